import { describe, expect, test } from 'vitest';
import made from '../fixtures/made-mimir.json' with { type: 'json' };
import recorded from '../fixtures/mimir-recorded.json' with { type: 'json' };
import { answerOf, faultOf, scripted, valueIn } from './scripted.ts';
import { CLOCK, never, tenantOf, WINDOW } from './server.ts';

const T = tenantOf('production-us-east');
const mimirWith = (fixture: Parameters<typeof answerOf>[0], extra = {}) =>
  scripted(answerOf(fixture, extra)).clients.mimir(T);

describe('instant and range', () => {
  test('series keep their order, and say where and when they came from', async () => {
    const result = await mimirWith(recorded.instant).query('quantile', WINDOW.endUnix, never());
    expect(valueIn(result).map(({ labels, value }) => [labels.http_route, value])).toEqual([
      ['/cart', 0.05917647058823472],
      ['/catalog', 0.05138461538461503],
      ['/shipping', 0.05693749999999963],
      ['/checkout', 4.933640552995392],
    ]);
    expect(result).toMatchObject({
      origin: {
        source: { backend: 'mimir', place: 'central' },
        tenant: 'production-us-east',
        atUnix: CLOCK.now() - 3,
        path: '/prometheus/api/v1/query',
        asked: 'quantile',
      },
      gaps: [],
    });
  });

  test('nothing is an answer', async () => {
    expect(valueIn(await mimirWith(recorded.nothing).query('x', 1, never()))).toEqual([]);
  });

  test('a wider answer is trimmed to the window that was asked for', async () => {
    const window = { startUnix: 1_795_448_086, endUnix: 1_795_448_116 };
    const series = valueIn(await mimirWith(recorded.range).queryRange('x', window, 15, never()));
    expect(series[0]?.points.map(([unix]) => unix)).toEqual([1_795_448_086, 1_795_448_101, 1_795_448_116]);
  });

  test('NaN and infinities stay what they are', async () => {
    const samples = valueIn(await mimirWith(made.odd).query('x', 1, never()));
    expect(samples.map(({ value }) => value)).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      1e21,
    ]);
  });

  test('a native histogram counts as its count, also between floats', async () => {
    expect(valueIn(await mimirWith(made.nativeInstant).query('x', 1, never()))[0]).toMatchObject({
      value: 15,
      labels: { service: 'cart' },
    });
    const series = valueIn(await mimirWith(made.nativeRange).queryRange('x', WINDOW, 15, never()));
    expect(series[0]?.points).toEqual([
      [1_795_448_086, 3],
      [1_795_448_101, 4],
      [1_795_448_116, 15],
    ]);
  });

  test('a scalar is one value without labels', async () => {
    expect(valueIn(await mimirWith(made.scalar).query('1', 1, never()))).toEqual([
      { labels: {}, atUnix: 1_795_448_131, value: 1 },
    ]);
  });

  test('only a warning that takes something away is a gap', async () => {
    const result = await mimirWith(made.warned).query('x', 1, never());
    expect(result).toMatchObject({
      ok: true,
      gaps: [{ kind: 'limit', said: 'results truncated due to limit', tenant: 'production-us-east' }],
    });
    expect(result.ok && result.gaps).toHaveLength(1);
  });

  test('an old answer of a tape stands, with a gap that says so', async () => {
    const result = await mimirWith(recorded.instant, { stale: 'recorded 90 s before' }).query('x', 1, never());
    expect(result).toMatchObject({ ok: true, gaps: [{ kind: 'not-recorded', said: 'recorded 90 s before' }] });
  });

  test('a series that is not as promised is named', async () => {
    const fixture = {
      body: { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, 'x'] }] } },
    };
    expect(faultOf(await mimirWith(fixture).query('x', 1, never()))).toMatchObject({
      kind: 'shape',
      said: 'vector: item 1 of 1 is not as promised',
    });
  });
});

describe('exemplars', () => {
  test('the keys of applications and of Tempo', async () => {
    const own = valueIn(await mimirWith(recorded.exemplars).exemplars('x', WINDOW, never()));
    expect(own.length).toBeGreaterThan(2);
    expect(own.every(({ labels, traceId }) => /^[0-9a-f]{32}$/.test(traceId) && labels.trace_id === traceId)).toBe(
      true,
    );
    expect(own[0]?.seriesLabels.le).toBeDefined();
    const ofSpans = valueIn(await mimirWith(recorded.exemplarsOfSpans).exemplars('x', WINDOW, never()));
    expect(
      ofSpans.every(({ labels, traceId }) => traceId.length === 32 && labels.traceID?.padStart(32, '0') === traceId),
    ).toBe(true);
  });

  test('traceId, TraceID, stripped zeros, no id at all', async () => {
    const found = valueIn(await mimirWith(made.exemplarKeys).exemplars('x', WINDOW, never()));
    expect(found.map(({ traceId }) => traceId)).toEqual([
      '00000000000000000000000000000abc',
      '0b14de183b0173902bb76142f0b9e85a',
      '',
      '',
    ]);
  });

  test('none: a list without items, or null', async () => {
    expect(valueIn(await mimirWith(recorded.noExemplars).exemplars('x', WINDOW, never()))).toEqual([]);
    expect(valueIn(await mimirWith(made.nullExemplars).exemplars('x', WINDOW, never()))).toEqual([]);
  });

  test('those outside the window are left out', async () => {
    const all = valueIn(await mimirWith(recorded.exemplars).exemplars('x', WINDOW, never()));
    const times = all.map(({ atUnix }) => atUnix).sort((a, b) => a - b);
    const window = { startUnix: (times[0] ?? 0) + 0.001, endUnix: CLOCK.now() - 3 };
    const later = valueIn(await mimirWith(recorded.exemplars).exemplars('x', window, never()));
    expect(later).toHaveLength(all.length - 1);
  });
});

describe('what exists', () => {
  test('names, series and metadata', async () => {
    expect(valueIn(await mimirWith(recorded.labelValues).labelValues('service', WINDOW, never()))).toContain(
      'checkout',
    );
    const series = valueIn(await mimirWith(recorded.series).series('x', WINDOW, never()));
    expect(series[0]).toMatchObject({ __name__: 'http_server_request_duration_seconds_count', http_route: '/cart' });
    const metadata = valueIn(await mimirWith(recorded.metadata).metadata(never()));
    expect(metadata.get('http_server_request_duration_seconds')).toEqual({ type: 'histogram', help: '', unit: '' });
  });

  test('bounds of buckets as numbers, ascending, without infinity', async () => {
    const bounds = valueIn(await mimirWith(recorded.heatmap).bucketBounds('m', 'service="checkout"', WINDOW, never()));
    expect(bounds).toEqual([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]);
  });

  test('every tenant that the distributor knows, also the one nobody listed', async () => {
    const stats = valueIn(await scripted(answerOf(recorded.allUserStats)).clients.mimirAdmin.allUserStats(never()));
    expect(stats.map(({ tenant, series }) => [tenant, series])).toEqual([
      ['production-us-east', 26_184],
      ['staging', 21_732],
      ['production-eu-west', 3804],
      ['anonymous', 12],
    ]);
  });

  test('a label called __proto__ is a label', async () => {
    const fixture = { text: '{"status":"success","data":[{"__proto__":"x","a":"b"}]}' };
    const [labels] = valueIn(await mimirWith(fixture).series('x', WINDOW, never()));
    expect(Object.entries(labels ?? {})).toEqual([
      ['__proto__', 'x'],
      ['a', 'b'],
    ]);
  });
});
