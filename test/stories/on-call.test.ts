import { afterEach, describe, expect, test, vi } from 'vitest';
import { views } from '../../src/views/index.ts';
import { DEMO_FILE, type Demo, demo, OTHER_FILE, type Overlay, viewOf, worstTrace } from '../demo.ts';
import { type Stage, type StageOptions, stage } from '../stage.tsx';

vi.setConfig({ testTimeout: 30_000 });

let opened: { screen: Stage; recording: Demo }[] = [];
afterEach(async () => {
  for (const { screen, recording } of opened) {
    await screen.close();
    await recording.close();
  }
  opened = [];
});

async function onCall(options: Partial<StageOptions> = {}, overlay?: Overlay, file?: string): Promise<Stage> {
  const recording = await demo(overlay, { deadlineMs: overlay ? 2000 : 10_000, file });
  const screen = await stage({
    views,
    clients: recording.clients,
    clock: recording.clock,
    context: 'central',
    tenants: recording.tenants,
    home: 'slow',
    recording: true,
    patienceMs: 8000,
    ...options,
  });
  opened.push({ screen, recording });
  return screen;
}

/** Exemplars are counted last: then all rows are there. */
const COUNTED = />.*checkout.*2\.5–5s.* \d{3,4}$/m;

const cursorLine = (screen: Stage): string => screen.lines().find((line) => line.startsWith('>')) ?? '';

/** Two systems on the same stack, and what the night is about in each. Names of the second mean nothing to the program. */
const WORLDS = [
  {
    world: 'the shop',
    file: DEMO_FILE,
    slow: 'checkout',
    culprit: 'SELECT accounts',
    words: 'connection pool exhausted',
    at: 'payments',
    span: /payments {2}PaymentService/,
  },
  {
    world: 'a bank',
    file: OTHER_FILE,
    slow: 'gateway',
    culprit: 'UPDATE balances',
    words: 'Lock wait timeout exceeded',
    at: 'ledger',
    span: /ledger {2}LedgerService/,
  },
];

describe.each(WORLDS)('03:12 at $world', ({ file, slow, culprit, words, at, span }) => {
  test.each([
    [80, 24],
    [120, 40],
    [200, 60],
  ])(
    'at %ix%i three keys lead from the slow series to the log line, and enter back to its span',
    async (columns, rows) => {
      const screen = await onCall({ columns, rows }, undefined, file);
      const worst = new RegExp(`>.*${slow}.*2\\.5–5s`);
      const guilty = new RegExp(`>.*${culprit}`);
      await screen.shows(worst);
      await screen.press('enter');
      await screen.shows(/>.*✓ living/);
      await screen.press('enter');
      await screen.shows(guilty);
      await screen.press('l');
      await screen.shows(words);
      expect(cursorLine(screen)).toContain(at);
      await screen.press('enter');
      await screen.shows(new RegExp(`>.*${span.source}`));
      await screen.press('esc');
      await screen.shows(words);
      await screen.press('esc');
      await screen.shows(guilty);
      await screen.press('esc');
      await screen.shows(/>.*✓ living/);
      await screen.press('esc');
      await screen.shows(worst);
      expect(screen.lines().length).toBe(rows);
      expect(screen.raw()).not.toContain('\u001b[3J'); // Ink clears everything when a frame is taller than the screen.
    },
  );

  test('two quick enters: a trace that was sampled away is passed over for the next worst', async () => {
    const screen = await onCall({ columns: 120, rows: 40 }, undefined, file);
    await screen.shows(new RegExp(`>.*${slow}.*2\\.5–5s`));
    await screen.press('enter');
    await screen.shows(/>.*4\.\d+s/);
    await screen.press('enter');
    await screen.shows(new RegExp(`>.*${culprit}`));
  });

  test('one command tells the same story', async () => {
    const recording = await demo(undefined, { file });
    const told = await recording.load('chain');
    await recording.close();
    expect(told.gaps).toEqual([]);
    expect(JSON.stringify(told.rows.map((row) => viewOf('chain').record(row).line))).toContain(words);
    expect(told.extras).toMatchObject({ series: { service: slow }, culprit: { service: at, error: true } });
  });
});

describe('a bad night', () => {
  test('a backend that hangs is named beside the rows of the others', async () => {
    const screen = await onCall({ columns: 120, rows: 40, home: 'tenants' }, (asked, signal) =>
      asked.component === 'tempo'
        ? new Promise((resolve) =>
            signal.addEventListener('abort', () => resolve({ ok: false, kind: 'cancelled', said: 'aborted' })),
          )
        : undefined,
    );
    await screen.shows(/production-us-east.*\d+s ago/);
    await screen.shows(/timeout.*tempo@central/);
    expect(screen.text()).toMatch(/production-us-east.*\d+s ago/);
  });

  test('a refresh that fails keeps the rows and says how old they are', async () => {
    let broken = false;
    const screen = await onCall({ columns: 120, rows: 40 }, () =>
      broken
        ? Promise.resolve({
            ok: true,
            status: 500,
            headers: {},
            text: 'too many unhealthy instances in the ring',
            atUnix: 0,
          })
        : undefined,
    );
    await screen.shows(COUNTED);
    broken = true;
    await screen.press('ctrl-r');
    await screen.shows('too many unhealthy instances');
    expect(screen.text()).toMatch(/checkout.*2\.5–5s/);
    broken = false;
    await screen.press('ctrl-r');
    await screen.hides('too many unhealthy instances');
  });

  test('a missing tenant header is named, not an empty table', async () => {
    const screen = await onCall({}, () =>
      Promise.resolve({
        ok: true,
        status: 401,
        headers: { 'content-type': 'text/plain' },
        text: 'no org id\n',
        atUnix: 0,
      }),
    );
    await screen.shows('no org id');
    await screen.shows(/X-Scope-OrgID|--tenant/);
  });

  test('an empty tenant says why it is empty', async () => {
    const screen = await onCall({ scope: ['edge-dev'] });
    await screen.shows(/no metrics at all under edge-dev/);
  });
});

describe('finding the way', () => {
  test('digits choose a tenant; the rows are its own', async () => {
    const screen = await onCall({ columns: 120, rows: 40 });
    await screen.shows('production-eu-west');
    const digit = /(\d) staging/.exec(screen.text())?.[1] ?? '';
    await screen.press(digit);
    await screen.hides('payments  PaymentService/Charge      2.5–5s');
    await screen.shows(/>.*staging/);
    expect(screen.lines().slice(4).join('\n')).not.toContain('production-us-east');
    await screen.press('0');
    await screen.shows(/>.*production-us-east.*2\.5–5s/);
  });

  test(': goes to a view by alias, with its argument; - comes back', async () => {
    const screen = await onCall({ columns: 120, rows: 40 });
    await screen.shows(COUNTED);
    const trace = await worstTrace(opened.at(-1)!.recording, {
      tenant: 'production-us-east',
      service: 'checkout',
      route: '/checkout',
    });
    await screen.type(`:waterfall ${trace}`);
    await screen.press('enter');
    await screen.shows(/>.*SELECT accounts/);
    await screen.press('-');
    await screen.shows(/>.*checkout.*2\.5–5s/);
  });

  test('/ filters, ! turns it round, esc clears it and never leaves', async () => {
    const screen = await onCall({ columns: 120, rows: 40 });
    await screen.shows(COUNTED);
    await screen.type('/payments');
    await screen.press('enter');
    await screen.hides('/catalog');
    expect(screen.text()).toContain('PaymentService');
    await screen.press('esc');
    await screen.shows('/catalog');
    await screen.type('/!payments');
    await screen.press('enter');
    await screen.hides('PaymentService/Charge');
    await screen.press('esc');
    await screen.shows('PaymentService/Charge');
    await screen.press('esc');
    await screen.shows('PaymentService/Charge');
    expect(screen.inAlternateScreen()).toBe(true);
  });

  test('a letter sorts by its column, again turns it round', async () => {
    const screen = await onCall({ columns: 120, rows: 40 });
    await screen.shows(COUNTED);
    await screen.press('A');
    await screen.shows(/RATE ?[↑↓]|[↑↓] ?RATE/);
    const rates = () =>
      screen.lines().flatMap((line) => [...line.matchAll(/([\d.]+)\/s /g)].map((match) => Number(match[1])));
    const first = rates();
    expect(first.length).toBeGreaterThan(10);
    await screen.press('A');
    await screen.shows(new RegExp(`>?.*${first.at(-1)}/s `));
    await expect.poll(rates).toEqual(first.toReversed());
  });

  test('x says what was asked, of whom, as whom, and how old the answer is', async () => {
    const screen = await onCall({ columns: 120, rows: 40 });
    await screen.shows(COUNTED);
    await screen.press('x');
    await screen.shows('histogram_quantile(0.99');
    await screen.shows('mimir@central');
    await screen.shows('production-us-east');
    await screen.press('esc');
    await screen.shows(/>.*checkout.*2\.5–5s/);
  });

  test('@ lists the requests, d the details, y the JSON', async () => {
    const screen = await onCall({ columns: 120, rows: 40 });
    await screen.shows(COUNTED);
    await screen.press('d');
    await screen.shows('http_server_request_duration_seconds');
    await screen.press('esc', 'y');
    await screen.shows('"p99Seconds"');
    await screen.press('esc', '@');
    await screen.shows(/query_exemplars http_server_request/);
  });

  test('? prints every key of this view; what changes things in k9s is refused', async () => {
    const screen = await onCall({ columns: 120, rows: 40 });
    await screen.shows(COUNTED);
    await screen.press('?');
    await screen.shows('its exemplars');
    await screen.press('esc', 's');
    await screen.shows(/read-only/i);
  });
});

describe('another time', () => {
  test('a time that was not recorded is said, with no row of now under it; = is live again', async () => {
    const screen = await onCall({ columns: 120, rows: 40 });
    await screen.shows(/>.*checkout.*2\.5–5s/);
    await screen.press('<');
    await screen.shows(/\d\d:\d\d:\d\d–\d\d:\d\d:\d\d/);
    await screen.shows('not-recorded');
    expect(screen.text()).not.toContain('2.5–5s');
    await screen.press('=');
    await screen.shows(/>.*checkout.*2\.5–5s/);
    expect(screen.text()).toContain('last 15m');
  });

  test('it goes along on every jump', async () => {
    const screen = await onCall({ columns: 120, rows: 40 });
    await screen.shows(/>.*checkout.*2\.5–5s/);
    await screen.type('_:traces\r');
    await screen.shows(/traces ─/);
    await screen.shows('last 30m');
  });
});
