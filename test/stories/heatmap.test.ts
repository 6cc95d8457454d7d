import { afterEach, expect, test, vi } from 'vitest';
import { views } from '../../src/views/index.ts';
import { type Demo, demo } from '../demo.ts';
import { type Stage, type StageOptions, stage } from '../stage.tsx';

vi.setConfig({ testTimeout: 30_000 });

const NIGHT = { tenant: 'production-us-east', service: 'checkout' };

let opened: { screen: Stage; recording: Demo } | undefined;
afterEach(async () => {
  await opened?.screen.close();
  await opened?.recording.close();
  opened = undefined;
});

async function onMap(options: Partial<StageOptions> = {}): Promise<Stage> {
  const recording = await demo();
  const screen = await stage({
    views,
    clients: recording.clients,
    clock: recording.clock,
    context: 'central',
    tenants: recording.tenants,
    home: 'heatmap',
    params: NIGHT,
    recording: true,
    columns: 120,
    rows: 40,
    patienceMs: 8000,
    ...options,
  });
  opened = { screen, recording };
  await screen.shows(options.home === 'exemplars' ? /traces are there/ : /minute to/);
  return screen;
}

/** The cell under the cursor: where its minute ends, its slowest latency, and its exemplars. */
function cellOf(screen: Stage): { minute: string; line: string; words: string } {
  const words = /minute to (\d\d:\d\d) [^,]+, (.*)$/m.exec(screen.text());
  const line = /^> +(\S.*?s) {2}/m.exec(screen.text());
  return { minute: words?.[1] ?? '', words: words?.[2]?.trim() ?? '', line: line?.[1] ?? '' };
}

test('the cursor begins on the worst exemplar; arrows go from minute to minute and from bucket to bucket', async () => {
  const screen = await onMap();
  const worst = cellOf(screen);
  expect(worst).toMatchObject({ line: '≤ 5s', words: expect.stringMatching(/^2\.5s–5s: .* the worst 4\.\d+s$/) });
  await screen.press('left');
  const before = cellOf(screen);
  expect(before.line).toBe('≤ 5s');
  expect(before.minute < worst.minute).toBe(true);
  await screen.press('right');
  expect(cellOf(screen)).toEqual(worst);
  await screen.press('down');
  expect(cellOf(screen)).toMatchObject({ minute: worst.minute, line: '≤ 2.5s' });
  await screen.press('up');
  expect(cellOf(screen)).toEqual(worst);
});

test('enter opens the worst trace of the cell; where it is gone the next worst, and says so', async () => {
  const screen = await onMap();
  await screen.press('enter');
  await screen.shows(/PaymentService/);
  await screen.shows(/is gone, this is the next worst/);
  await screen.press('esc');
  await screen.shows(/minute to/);
  expect(cellOf(screen).line).toBe('≤ 5s');
});

test('a cell without requests has nothing to open, and says so', async () => {
  const screen = await onMap();
  for (let presses = 0; presses < 20 && !/ 0 requests/.test(screen.text()); presses++) await screen.press('down');
  await screen.press('enter');
  await screen.shows('no request fell into this cell');
});

test('v turns the list of exemplars into the map of the same service, e the map into the list', async () => {
  const screen = await onMap({ home: 'exemplars', params: { ...NIGHT, route: '/checkout' } });
  await screen.press('v');
  await screen.shows(/minute to/);
  await screen.shows('checkout of production-us-east');
  await screen.press('e');
  await screen.shows(/traces are there/);
});

test('its minutes are in local time with the zone, as everywhere', async () => {
  const zone = process.env.TZ;
  process.env.TZ = 'America/New_York';
  try {
    const screen = await onMap({ utc: false });
    expect(screen.text()).toMatch(/minute to \d\d:\d\d -0[45]:00,/);
    const [, minute = ''] = /minute to (\d\d:\d\d)/.exec(screen.text()) ?? [];
    const foot = screen.lines().find((line) => /^ +\d\d:\d\d +\d\d:\d\d/.test(line)) ?? '';
    expect(foot).toContain(minute);
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});
