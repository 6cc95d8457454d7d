import { afterEach, describe, expect, test } from 'vitest';
import type { Clients } from '../../src/clients/clients.ts';
import type { LogLine } from '../../src/domain/log.ts';
import type { Loaded } from '../../src/domain/result.ts';
import type { TailPart } from '../../src/domain/tail.ts';
import { lastOf } from '../../src/views/arrival.ts';
import { goAround } from '../../src/views/logs-around.ts';
import { followLogs, TAIL_KEPT } from '../../src/views/logs-follow.ts';
import { loadLogs } from '../../src/views/logs-load.ts';
import { type LogRow, podOf } from '../../src/views/logs-rows.ts';
import type { PatternRow } from '../../src/views/patterns.ts';
import type { LoadInput, Params } from '../../src/views/view.ts';
import { type Demo, demo, INCIDENT_FILE } from '../demo.ts';
import { tenantOf } from '../stage.tsx';

const TENANT = 'production-us-east';

let opened: Demo | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function onDemo(params: Params, change: Partial<LoadInput> = {}): Promise<Loaded<LogRow>> {
  opened ??= await demo(undefined, { file: INCIDENT_FILE });
  const input = opened.input({ tenant: TENANT, ...params });
  const loaded = await lastOf(loadLogs({ ...input, onScreen: true, ...change }));
  if (loaded === undefined) throw new Error('logs yielded nothing');
  return loaded;
}

const secondsOf = (row: LogRow): number => Number(row.line.atNanos) / 1e9;
const asked = (): readonly string[] =>
  opened?.clients.journal.entries().map(({ params }) => new Map(params).get('query') ?? '') ?? [];

/** The demo's clock, in whole seconds. */
const nowUnix = (): number => Math.floor(opened?.clock.now() ?? 0);

describe('how many lines there were', () => {
  test('a quarter of an hour by level, as Loki counted them, above what warns or fails', async () => {
    const { volume, rows } = await onDemo({});
    expect(volume?.from).toBe('loki');
    expect(volume?.bars.at(-1)).toMatchObject({ errors: 192, warnings: 132, all: 192 + 132 + 708 });
    expect(volume?.bars[0]).toMatchObject({ errors: 0, warnings: 0, all: 990 });
    expect(rows).toHaveLength(100);
  });

  test('a command does not ask for what only a screen shows', async () => {
    const { volume } = await onDemo({}, { onScreen: undefined });
    expect(volume).toBeUndefined();
    expect(asked().filter((query) => query.includes('count_over_time'))).toEqual([]);
  });

  test('where Loki was not asked, the lines themselves are counted, and it leaves no gap', async () => {
    const { volume, rows, gaps } = await onDemo({ service: 'payments' });
    expect(volume?.from).toBe('lines');
    expect(volume?.bars.reduce((sum, { all }) => sum + all, 0)).toBe(rows.length);
    expect(gaps).toEqual([]);
  });

  test('of another time: the bars of the last round before it', async () => {
    await onDemo({});
    const endUnix = nowUnix() - 180;
    const { volume, rows, gaps } = await onDemo({}, { time: { endUnix, live: false } });
    expect(gaps).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
    expect(Math.max(...rows.map(secondsOf))).toBeLessThan(endUnix);
    expect(volume?.bars.at(-1)?.startUnix).toBeLessThan(endUnix);
  });
});

describe('windows', () => {
  test('a minute is the newest of five: none older than a minute, and no gap', async () => {
    await onDemo({});
    const { rows, gaps } = await onDemo({}, { time: { endUnix: nowUnix(), live: true, windowSeconds: 60 } });
    expect(gaps).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
    expect(Math.min(...rows.map(secondsOf))).toBeGreaterThan(nowUnix() - 75);
  });

  test.each([900, 1800, 3600])('of %d s a recording gives what it has, and says so', async (windowSeconds) => {
    await onDemo({});
    const { rows, gaps, note } = await onDemo({}, { time: { endUnix: nowUnix(), live: true, windowSeconds } });
    expect(gaps).toEqual([]);
    expect(rows).toHaveLength(100);
    expect(note).toMatch(/the recording holds only the newest lines/);
  });

  test('head stands on the oldest line', async () => {
    const { rows, cursor } = await onDemo({ head: 'yes' });
    expect(cursor).toBe(rows[0]?.id);
  });
});

describe('around a line', () => {
  test('what the same stream wrote before and after, the line marked and under the cursor', async () => {
    const { rows } = await onDemo({});
    const line = rows.findLast((row) => row.level === 'error' && row.service === 'payments');
    if (line === undefined) throw new Error('no failing line');
    const intent = goAround(line);
    if (intent.do !== 'go') throw new Error('it leads nowhere');
    const around = await onDemo(intent.params);
    const marked = around.rows.filter((row) => row.marked);
    expect(marked.map((row) => row.line.line)).toEqual([line.line.line]);
    expect(around.cursor).toBe(marked[0]?.id);
    expect(new Set(around.rows.map((row) => podOf(row.line)))).toEqual(new Set([podOf(line.line)]));
    expect(around.rows.map((row) => row.level)).toContain('info');
    expect(around.rows.map(secondsOf)).toEqual(around.rows.map(secondsOf).toSorted((a, b) => a - b));
    expect(around.note).toMatch(/lines before and \d+ after/);
  });

  test('where only what fails was recorded around it, that is said', async () => {
    const { rows } = await onDemo({});
    const line = rows.find((row) => row.level === 'error' && row.service === 'payments');
    const intent = line && goAround(line);
    const around = await onDemo(intent?.do === 'go' ? intent.params : {});
    expect(around.rows.filter((row) => row.marked)).toHaveLength(1);
    expect(around.note).toMatch(/only what warned or failed/);
  });

  test('the line itself is not among what came: that is said, and no other line is taken for it', async () => {
    const rows = [1, 2, 3].map((index) => lineOf(index));
    const origin = {
      source: { backend: 'loki', place: 'made' },
      tenant: tenantOf(TENANT),
      atUnix: 1,
      path: '',
      asked: '{}',
    } as const;
    const lines = async (...[, , { direction }]: readonly [string, object, { readonly direction?: string }]) => ({
      ...{ ok: true, origin, gaps: [] },
      value: direction === 'forward' ? [] : rows,
    });
    const loki = () => ({ lines });
    const params = { around: '1795447960000000000', stream: '{app="a"}', text: 'gone' };
    const around = await onDemo(params, { clients: { loki } as unknown as Clients });
    expect(around.rows.filter((row) => row.marked)).toEqual([]);
    expect([around.cursor, around.note]).toEqual([
      undefined,
      'the line itself is not among these 3; + and _ change how far',
    ]);
  });

  test('a stream that is not there says so', async () => {
    const around = await onDemo({ around: '1795447960000000000', stream: '{namespace="nowhere"}' });
    expect(around.rows).toEqual([]);
    expect(around.because).toMatch(/could not be had/);
  });
});

describe('patterns', () => {
  test('a hundred lines are a handful of shapes; one of them unfolds to its lines', async () => {
    opened = await demo();
    const { rows } = await opened.load('patterns', { tenant: TENANT });
    const folded = rows as readonly PatternRow[];
    expect(folded.reduce((sum, { count }) => sum + count, 0)).toBe(100);
    expect(folded.length).toBeLessThan(10);
    const exhausted = folded.find(({ pattern }) => pattern.includes('connection pool exhausted (max=<_>)'));
    expect(exhausted?.levels).toEqual({ error: exhausted?.count });
    const { rows: lines } = await onDemo({ pattern: exhausted?.pattern ?? '' });
    expect(lines).toHaveLength(exhausted?.count ?? 0);
  });
});

const lineOf = (at: number, text = `line ${at}`): LogLine => ({
  atNanos: BigInt(at),
  line: text,
  labels: {},
  metadata: {},
  parsed: {},
});

const part = (lines: readonly LogLine[], more: Partial<TailPart> = {}): TailPart => ({
  lines,
  by: 'tail',
  dropped: 0,
  origin: { source: { backend: 'loki', place: 'made' }, tenant: tenantOf('north'), atUnix: 1, path: '', asked: '{}' },
  ...more,
});

/** A screen that follows made tails, one for each tenant, until `enough`. */
async function followed(
  tails: Readonly<Record<string, () => AsyncIterable<TailPart>>>,
  enough: (loaded: Loaded<LogRow>) => boolean,
): Promise<readonly Loaded<LogRow>[]> {
  const stop = new AbortController();
  const loki = (tenant: string) => ({ tail: () => tails[tenant]?.() });
  const input: LoadInput = {
    clients: { loki } as unknown as Clients,
    tenants: Object.keys(tails).map(tenantOf),
    params: { query: '{a="b"}', follow: 'yes' },
    time: { endUnix: 1_795_447_980, live: true },
    nowUnix: 1_795_447_980,
    signal: stop.signal,
  };
  const pictures: Loaded<LogRow>[] = [];
  for await (const loaded of followLogs(input)) {
    pictures.push(loaded);
    if (enough(loaded)) stop.abort();
  }
  return pictures;
}

const forever = (): Promise<never> => new Promise(() => undefined);

describe('a tail', () => {
  test('of thousands of messages makes a few pictures, and loses none', async () => {
    const began = performance.now();
    const pictures = await followed(
      {
        async *north() {
          yield part([], { said: 'tail' });
          for (let message = 0; message < 500; message++) {
            yield part(Array.from({ length: 10 }, (_, index) => lineOf(message * 10 + index)));
            if (message % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
          }
          await forever();
        },
      },
      ({ rows }) => rows.length === 5000,
    );
    const seconds = (performance.now() - began) / 1000;
    expect(pictures.length).toBeLessThanOrEqual(Math.ceil(seconds * 20) + 1);
    expect(pictures.at(-1)?.rows.map((row) => row.line.line)).toEqual(
      Array.from({ length: 5000 }, (_, index) => `line ${index}`),
    );
    expect(pictures.at(-1)?.note).toBe('tail; 5000 lines so far');
  });

  test('beyond its cap the oldest go, and that is said; so is what Loki dropped', async () => {
    const pictures = await followed(
      {
        async *north() {
          yield part(
            Array.from({ length: TAIL_KEPT + 5 }, (_, index) => lineOf(index)),
            { said: 'tail', dropped: 7 },
          );
          await forever();
        },
      },
      () => true,
    );
    const last = pictures.at(-1);
    expect(last?.rows).toHaveLength(TAIL_KEPT);
    expect(last?.rows[0]?.line.line).toBe('line 5');
    expect(last?.note).toMatch(/10005 lines so far; the last 10000 are kept; Loki dropped 7/);
  });

  test('faster than anybody reads is pictured five times a second', async () => {
    const began = performance.now();
    const pictures = await followed(
      {
        async *north() {
          yield part([], { said: 'tail' });
          for (let message = 0; message < 40; message++) {
            yield part(Array.from({ length: 300 }, (_, index) => lineOf(message * 300 + index)));
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          await forever();
        },
      },
      ({ note }) => note?.startsWith('tail; 12000 lines so far') === true,
    );
    const seconds = (performance.now() - began) / 1000;
    expect(pictures.length).toBeLessThanOrEqual(4 + seconds * 5);
  });

  test('of two tenants stands in the order of time, and each says how it is had', async () => {
    const pictures = await followed(
      {
        async *north() {
          yield part([lineOf(1), lineOf(5)], { said: 'tail' });
          await forever();
        },
        async *south() {
          yield part([lineOf(3)], { said: 'asked every 5 s: no WebSocket', by: 'polling' });
          await forever();
        },
      },
      ({ rows }) => rows.length === 3,
    );
    expect(pictures.at(-1)?.rows.map((row) => [row.tenant, row.line.line])).toEqual([
      ['north', 'line 1'],
      ['south', 'line 3'],
      ['north', 'line 5'],
    ]);
    expect(pictures.at(-1)?.note).toMatch(/north: tail; south: asked every 5 s: no WebSocket/);
  });

  test('that is interrupted keeps its lines, names the fault, and forgets it when it goes on', async () => {
    const gap = { kind: 'server', source: { backend: 'loki', place: 'made' }, said: 'closed with 1013' } as const;
    const pictures = await followed(
      {
        async *north() {
          yield part([lineOf(1)], { said: 'tail' });
          yield part([], { said: 'the tail was interrupted: closed with 1013; next try in 1 s', gap });
          await new Promise((resolve) => setTimeout(resolve, 120));
          yield part([lineOf(2)], { said: 'tail' });
          await forever();
        },
      },
      ({ rows }) => rows.length === 2,
    );
    const broken = pictures.find(({ gaps }) => gaps.length > 0);
    expect(broken?.note).toMatch(/interrupted: closed with 1013; next try/);
    expect(broken?.rows).toHaveLength(1);
    expect(pictures.at(-1)?.gaps).toEqual([]);
  });

  test('of a query that cannot be tailed ends with the server’s words', async () => {
    const gap = { kind: 'bad-query', source: { backend: 'loki', place: 'made' }, said: 'parse error' } as const;
    const pictures = await followed(
      {
        async *north() {
          yield part([], { gap });
        },
      },
      () => false,
    );
    expect(pictures.at(-1)?.gaps).toEqual([gap]);
    expect(pictures.at(-1)?.because).toMatch(/no line came/);
  });
});
