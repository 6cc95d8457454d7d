import { describe, expect, test } from 'vitest';
import type { Answered, Asked } from '../../src/domain/exchange.ts';
import type { Json } from '../../src/domain/result.ts';
import { INCIDENT_FILE } from '../demo.ts';
import recorded from '../fixtures/cardinality-recorded.json' with { type: 'json' };
import { at } from './cardinality-world.ts';

const good = (body: unknown): Answered => ({
  ok: true,
  status: 200,
  headers: {},
  text: typeof body === 'string' ? body : JSON.stringify(body),
  atUnix: 0,
});

const vector = (...samples: readonly [labels: Record<string, string>, value: number][]): Answered =>
  good({
    status: 'success',
    data: { resultType: 'vector', result: samples.map(([metric, value]) => ({ metric, value: [0, String(value)] })) },
  });

interface Stack {
  readonly streamsLimit?: number;
  readonly streamsPerStep?: number;
  readonly spansLimit?: number;
  readonly spansRefused?: number;
  readonly ratio?: number;
}

/** The stack's own metrics, as real servers give them, beside what was recorded. */
const stackOf =
  ({ streamsLimit, streamsPerStep = 0, spansLimit = 0, spansRefused = 0, ratio = 1.04 }: Stack) =>
  (asked: Asked): Answered | undefined => {
    const query = asked.params.find(([name]) => name === 'query')?.[1] ?? '';
    const end = Number(asked.params.find(([name]) => name === 'end')?.[1]);
    if (asked.component === 'loki' && asked.path === '/config') return good(recorded.lokiConfig.text);
    if (query.includes('"what", "fullest"'))
      return vector([{ what: 'fullest', tenant: 'staging' }, 0.71], [{ what: 'ratio', tenant: 'staging' }, ratio]);
    if (query.includes('"what", "replicas"'))
      return vector(
        [{ what: 'replicas' }, 3],
        ...(streamsLimit === undefined
          ? []
          : [[{ what: 'streams-limit', tenant: 'staging' }, streamsLimit] as [Record<string, string>, number]]),
        [{ what: 'spans', tenant: 'staging' }, 351],
        [{ what: 'spans-limit', tenant: 'staging' }, spansLimit],
        [{ what: 'spans-refused', tenant: 'staging' }, spansRefused],
      );
    if (!query.includes('"what", "streams"')) return undefined;
    const points = (first: number, step: number) =>
      Array.from({ length: 60 }, (_, index) => [end - 15 * (59 - index), String(first + step * index)]);
    return good({
      status: 'success',
      data: {
        resultType: 'matrix',
        result: [
          { metric: { what: 'streams', tenant: 'staging' }, values: points(300, streamsPerStep) },
          { metric: { what: 'spans', tenant: 'staging' }, values: points(351, 0) },
        ],
      },
    });
  };

const staging = (stack: Stack) => at(500, 'cardinality', { tenant: 'staging' }, INCIDENT_FILE, stackOf(stack));
const ofSignal = (rows: readonly Readonly<Record<string, Json | undefined>>[], signal: string) =>
  rows.find((row) => row.signal === signal);

describe('three signals in one table', () => {
  test('log streams come with the limit on them, their growth, and when it will be reached', async () => {
    const { rows, loaded } = await staging({ streamsPerStep: 15 });
    const streams = ofSignal(rows, 'logs');
    expect(streams).toMatchObject({ series: 300 + 15 * 59, growthPerMinute: 60, verdict: 'bad' });
    const [limit] = (streams?.limits ?? []) as unknown as { name: string; limit: number; secondsToLimit: number }[];
    expect(limit).toMatchObject({ name: 'max_global_streams_per_user', limit: 5000 });
    expect(Math.abs((limit?.secondsToLimit ?? 0) / ((5000 / 1.02 - 1185) * 1) - 1)).toBeLessThan(0.05);
    expect(loaded.extras?.limits).toEqual(expect.arrayContaining([expect.objectContaining({ limit: 5000 })]));
    expect(loaded.gaps).toEqual([]);
  });

  test('a limit that Loki exports for the tenant wins over what holds for everybody', async () => {
    const { rows } = await staging({ streamsLimit: 20_000 });
    expect(ofSignal(rows, 'logs')?.limits).toMatchObject([{ limit: 20_000 }]);
  });

  test('series of spans come with the generator’s limit, and what it refuses is bad', async () => {
    const calm = await staging({ spansLimit: 2000 });
    expect(ofSignal(calm.rows, 'traces')).toMatchObject({
      series: 351,
      verdict: 'good',
      limits: [{ name: 'metrics_generator.max_active_series', used: 351, limit: 2000 }],
    });
    const refused = await staging({ spansLimit: 351, spansRefused: 2 });
    expect(ofSignal(refused.rows, 'traces')).toMatchObject({
      verdict: 'bad',
      cause: 'limit-reached',
      discarded: [{ reason: 'registry_series_limited', perSecond: 2 }],
      next: expect.stringContaining('dimensions'),
    });
  });

  test('without the stack’s own metrics they are counted where they are stored', async () => {
    const { rows } = await at(500, 'cardinality', { tenant: 'staging' });
    expect(ofSignal(rows, 'traces')).toMatchObject({ series: expect.any(Number), growthPerMinute: null, limits: [] });
  });

  test('enter leads to tags of spans, and r says why no relabel rule helps', async () => {
    const { view, loaded } = await staging({});
    const row = loaded.rows.find((one) => view.record(one).signal === 'traces');
    const press = (key: string) => view.keys.find((one) => one.key === key)?.on(row, { params: {}, rows: loaded.rows });
    expect(press('enter')).toMatchObject({ do: 'go', view: 'labels', params: { signal: 'traces', tenant: 'staging' } });
    expect(press('r')).toMatchObject({ do: 'refuse', because: expect.stringContaining('dimensions') });
  });

  test('tags of spans are listed by their values', async () => {
    const tags = good(recorded.spanTags.body);
    const { rows } = await at(500, 'labels', { tenant: 'staging', signal: 'traces' }, INCIDENT_FILE, ({ path }) =>
      path === '/api/v2/search/tags'
        ? tags
        : path.endsWith('/values') && path.includes('/tag/')
          ? good({ tagValues: path.includes('http.route') ? [{ value: '/a' }, { value: '/b' }] : [{ value: 'x' }] })
          : undefined,
    );
    expect(rows[0]).toMatchObject({
      signal: 'traces',
      label: 'span.http.route',
      values: 2,
      seriesSavedIfDropped: null,
    });
    expect(rows).toHaveLength(15);
  });
});

describe('log streams by label', () => {
  test('values of a label come with the streams and bytes of each; enter leads to the lines', async () => {
    const { rows, loaded, view } = await at(720, 'values', {
      tenant: 'staging',
      signal: 'logs',
      label: 'service_name',
    });
    expect(rows[0]).toMatchObject({ signal: 'logs', value: 'cart', series: expect.any(Number) });
    expect(Number(rows[0]?.series)).toBeGreaterThan(100);
    const key = view.keys.find(({ key }) => key === 'enter');
    expect(key?.on(loaded.rows[0], { params: {}, rows: loaded.rows })).toMatchObject({
      view: 'logs',
      params: { query: '{service_name="cart"}' },
    });
  });

  test('too many to be listed: Loki itself counts the values of their labels, and the gap says why', async () => {
    const { rows, loaded } = await at(
      720,
      'cardinality',
      { tenant: 'staging' },
      INCIDENT_FILE,
      ({ component, path }) => {
        if (component !== 'loki') return undefined;
        if (path.endsWith('/series')) return { ok: false, kind: 'too-large', said: 'the answer is larger than 16 MiB' };
        return path.endsWith('/detected_labels')
          ? good({
              detectedLabels: [
                { label: 'trace_id', cardinality: 100_000 },
                { label: 'pod', cardinality: 40 },
              ],
            })
          : undefined;
      },
    );
    expect(ofSignal(rows, 'logs')).toMatchObject({
      series: null,
      verdict: 'bad',
      because: expect.stringMatching(/too many streams to be listed; trace_id is an index label, 100000 values/),
    });
    expect(loaded.gaps).toMatchObject([{ kind: 'too-large', source: { backend: 'loki' } }]);
  });
});

describe('the fullest ingester', () => {
  type Limit = { name: string; secondsToLimit: number; fullestIngesterShare: number | null };
  const whole = (rows: readonly Readonly<Record<string, Json | undefined>>[]) =>
    rows[0]?.limits as unknown as readonly Limit[];

  test('decides when a limit bites, and its fill is told', async () => {
    const [calm, uneven] = [await staging({ ratio: 1 }), await staging({ ratio: 1.2 })];
    const perUser = (rows: typeof calm.rows) => whole(rows).find(({ name }) => name === 'max_global_series_per_user');
    expect(perUser(calm.rows)?.fullestIngesterShare).toBe(0.71);
    const sooner = (perUser(calm.rows)?.secondsToLimit ?? 0) - (perUser(uneven.rows)?.secondsToLimit ?? 0);
    // 9000 series, of which 9000 / 1.2 are enough, at 14 a second.
    expect(sooner).toBeCloseTo((9000 - 9000 / 1.2) / 14, 0);
    const { view, loaded } = uneven;
    expect(view.details(loaded.rows[0]).flat().join(' ')).toContain('fullest ingester 71%');
  });

  test('samples that each replica refuses are counted once', async () => {
    const { rows } = await at(720, 'cardinality', { tenant: 'staging' }, INCIDENT_FILE, stackOf({}));
    const plain = await at(720, 'cardinality', { tenant: 'staging' });
    const refused = (list: typeof rows) =>
      ((list[0]?.discarded ?? []) as unknown as { perSecond: number }[])[0]?.perSecond ?? 0;
    expect(refused(plain.rows)).toBeGreaterThan(0);
    expect(refused(rows)).toBeCloseTo(refused(plain.rows) / 3, 5);
  });
});

describe('behind a gateway that routes no limits', () => {
  const missing: Answered = { ok: true, status: 404, headers: {}, text: 'not found', atUnix: 0 };
  const gateway = (asked: Asked): Answered | undefined => {
    if (/v1\/user_(limits|stats)|runtime_config/.test(asked.path)) return missing;
    if (!asked.params.some(([, value]) => value.includes('"what", "replicas"'))) return stackOf({})(asked);
    return vector(
      [{ what: 'max_global_series_per_metric', tenant: 'staging' }, 6000],
      [{ what: 'max_global_series_per_user' }, 150_000],
    );
  };

  test('the overrides-exporter tells them, so that there is a forecast all the same', async () => {
    const { rows, loaded } = await at(500, 'cardinality', { tenant: 'staging' }, INCIDENT_FILE, gateway);
    expect(loaded.gaps).toEqual([]);
    expect(rows[0]?.limits).toMatchObject([
      { name: 'max_global_series_per_metric', limit: 6000, secondsToLimit: expect.any(Number) },
      { name: 'max_global_series_per_user', limit: 150_000 },
    ]);
    const limits = await at(500, 'limits', { tenant: 'staging' }, INCIDENT_FILE, gateway);
    const own = limits.rows.filter(({ signal }) => signal === 'metrics');
    expect(own).toMatchObject([{ name: 'max_global_series_per_metric' }, { name: 'max_global_series_per_user' }]);
    expect(own.every(({ used }) => Number(used) > 1000)).toBe(true);
  });

  test('without that exporter the gap says what is not routed', async () => {
    const { loaded } = await at(500, 'cardinality', { tenant: 'staging' }, INCIDENT_FILE, ({ path }) =>
      /v1\/user_(limits|stats)|runtime_config/.test(path) ? missing : undefined,
    );
    expect(loaded.gaps).toMatchObject([{ kind: 'not-found', status: 404 }]);
  });
});

describe('limits of all three signals', () => {
  test('stand in one table: streams and span metrics with their use, Tempo’s retention too', async () => {
    const stack = stackOf({ streamsPerStep: 15, spansLimit: 400 });
    const { rows, loaded } = await at(500, 'limits', { tenant: 'staging' }, INCIDENT_FILE, (asked) =>
      asked.path.startsWith('/status/overrides/') ? good(recorded.spanLimits.body) : stack(asked),
    );
    expect(loaded.gaps).toEqual([]);
    const named = (name: string) => rows.find((row) => row.name === name);
    expect(named('max_global_streams_per_user')).toMatchObject({
      signal: 'logs',
      value: 5000,
      from: 'default',
      used: 1185,
    });
    expect(named('global.max_bytes_per_trace')).toMatchObject({ signal: 'traces', value: 5_000_000, from: 'default' });
    expect(named('metrics_generator.max_active_series')).toMatchObject({ value: 0, used: 351, share: null });
    expect(named('compaction.block_retention')).toMatchObject({ value: '336h0m0s', from: 'default' });
  });
});
