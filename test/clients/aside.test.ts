import { afterEach, describe, expect, test } from 'vitest';
import { type Aside, type AsideOptions, makeAside } from '../../src/clients/aside.ts';
import { decoders } from '../../src/clients/decoders.ts';
import { ASIDE_BYTES } from '../../src/clients/http.ts';
import { makeClients } from '../../src/clients/make.ts';
import type { Exchange } from '../../src/domain/exchange.ts';
import { faultOf, valueIn } from './scripted.ts';
import { CLOCK, never, tenantOf, WINDOW } from './server.ts';

const LINES = 6000;
const lines = JSON.stringify({
  status: 'success',
  data: {
    resultType: 'streams',
    result: [
      {
        stream: { app: 'cart' },
        values: Array.from({ length: LINES }, (_, at) => [
          String(BigInt(WINDOW.startUnix) * 1_000_000_000n + BigInt(at)),
          `line ${at} ✗ ${'x'.repeat(60)}`,
          { structuredMetadata: { level: 'info' } },
        ]),
      },
    ],
  },
});

/** Workers that go wrong, as programs of their own. */
const program = (code: string, memoryMb?: number): AsideOptions => ({
  file: new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads';${code}`)}`,
  ),
  memoryMb,
});

let aside: Aside | undefined;
afterEach(() => aside?.close());

/** Clients of one Loki that answers with this, as text or in pieces. */
function lokiWith(worker: Aside, text: string, pieces: boolean) {
  const bytes = new TextEncoder().encode(text);
  const exchange: Exchange = async () => {
    const utf8 = pieces ? { utf8: [bytes.slice(0, 100_001), bytes.slice(100_001)] } : {};
    return {
      ok: true,
      status: 200,
      headers: {},
      text: pieces ? 'never looked at' : text,
      atUnix: CLOCK.now(),
      ...utf8,
    };
  };
  const reached = { exchange, place: 'central' };
  return makeClients({ exchanges: { loki: reached, mimir: reached, tempo: reached }, clock: CLOCK, aside: worker });
}

describe('large answers are read on another thread', () => {
  const ask = (worker: Aside, text: string, pieces: boolean, signal = never()) =>
    lokiWith(worker, text, pieces).loki(tenantOf('staging')).lines('{app="cart"}', WINDOW, { limit: 5000 }, signal);

  test.each([true, false])('and are the same as if read here (in pieces: %s)', async (pieces) => {
    aside = makeAside();
    expect(lines.length).toBeGreaterThan(ASIDE_BYTES);
    const there = valueIn(await ask(aside, lines, pieces));
    const here = decoders.lines(WINDOW, 5000, 'backward')(lines, Number.POSITIVE_INFINITY);
    expect(here.ok && here.value).toEqual(there);
    expect(there).toHaveLength(5000);
  });

  test('the journal knows how large the answer was', async () => {
    aside = makeAside();
    const clients = lokiWith(aside, lines, true);
    await clients.loki(tenantOf('staging')).lines('{app="cart"}', WINDOW, { limit: 5000 }, never());
    expect(clients.journal.entries()[0]?.bytes).toBe(Buffer.byteLength(lines));
  });

  test('what is no JSON is the same fault', async () => {
    aside = makeAside();
    const fault = faultOf(await ask(aside, 'x'.repeat(ASIDE_BYTES), true));
    expect(fault).toMatchObject({ kind: 'shape', said: expect.stringContaining('not JSON: xxx') });
  });

  test('several at once are all answered', async () => {
    aside = makeAside();
    const worker = aside;
    const answers = await Promise.all([1, 2, 3].map(() => ask(worker, lines, true)));
    expect(answers.map((answer) => valueIn(answer).length)).toEqual([5000, 5000, 5000]);
  });

  test('keys are heard while a large trace is read and handed over', async () => {
    aside = makeAside();
    const span = (at: number) => ({
      spanId: Buffer.from(String(10_000_000 + at)).toString('base64'),
      ...(at === 0 ? {} : { parentSpanId: Buffer.from(String(10_000_000 + ((at - 1) >> 3))).toString('base64') }),
      name: `span ${at % 50}`,
      startTimeUnixNano: String(1_795_448_000_000_000_000n + BigInt(at)),
      endTimeUnixNano: String(1_795_448_000_000_900_000n + BigInt(at)),
      attributes: [{ key: 'at', value: { intValue: String(at) } }],
    });
    const spans = Array.from({ length: 30_000 }, (_, at) => span(at));
    const text = JSON.stringify({ trace: { resourceSpans: [{ scopeSpans: [{ spans }] }] } });
    const clients = lokiWith(aside, text, true);
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 5);
    const trace = valueIn(await clients.tempo(tenantOf('staging')).trace('0af7651916cd43dd8448eb211c80319c', never()));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
    expect(trace.spans).toHaveLength(30_000);
    expect(trace.spans[29_999]?.attributes).toEqual({ at: '29999' });
  });

  test('who leaves is not kept waiting, and the next answer is read', async () => {
    aside = makeAside();
    const leave = new AbortController();
    const left = ask(aside, lines, true, leave.signal);
    setTimeout(() => leave.abort(), 5);
    expect(faultOf(await left).kind).toBe('cancelled');
    expect(valueIn(await ask(aside, lines, true))).toHaveLength(5000);
  });

  test.each([
    ['throws', "parentPort.on('message', () => { throw new Error('broken') })", 'broken'],
    ['ends', "parentPort.on('message', () => process.exit(3))", 'ended with 3'],
    ['cannot be loaded', "import './nothing-there.mjs'", 'lgtm-tui'],
  ])('a thread that %s is a fault, not a wait', async (_name, code, said) => {
    aside = makeAside(program(code));
    const fault = faultOf(await ask(aside, lines, true));
    expect(fault.kind).toBe('shape');
    expect(fault.said).toContain(said);
  });

  test('a thread without memory for the answer says that', async () => {
    aside = makeAside(
      program("parentPort.on('message', () => { const all = []; for (;;) all.push(new Array(1e5).fill({})) })", 40),
    );
    const fault = faultOf(await ask(aside, lines, true));
    expect(fault).toMatchObject({ kind: 'too-large', said: 'to read the answer takes more memory than there is' });
  });

  test('a thread that dies while nothing is asked is replaced', async () => {
    aside = makeAside(
      program(
        "parentPort.on('message', () => { parentPort.postMessage({ say: 'failed', failed: { ok: false, said: 'first' } }); setTimeout(() => process.exit(1), 5) })",
      ),
    );
    expect(faultOf(await ask(aside, lines, true)).said).toBe('first');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(faultOf(await ask(aside, lines, true)).said).toBe('first');
  });

  test('every job is found under the name it bears', () => {
    const jobs = [
      decoders.trace('00'),
      decoders.search(WINDOW),
      decoders.lines(WINDOW, 1, 'forward'),
      decoders.samples(),
      decoders.series(WINDOW, 1),
      decoders.exemplars(WINDOW),
      decoders.names(),
      decoders.labelSets(),
    ].map((decoder) => decoder.job?.name);
    expect(jobs.sort()).toEqual(Object.keys(decoders).sort());
  });
});
