import { describe, expect, test } from 'vitest';
import { culpritOf, movingTogether, savings } from '../../src/domain/culprit.ts';
import { forecastOf, reachedUnix, secondsTo } from '../../src/domain/forecast.ts';
import { type Growth, growthOf, type Points, perMinute } from '../../src/domain/growth.ts';
import { investigate, makeWorld, type Shape } from './made-explosions.ts';

const SHAPES: readonly Shape[] = ['linear', 'stepwise', 'saw-tooth growth', 'saw-tooth churn', 'flat with noise'];

const every15 = (values: readonly number[]): Points => values.map((value, index) => [1000 + 15 * index, value]);
const line = (count: number, value: (index: number) => number): Points =>
  every15(Array.from({ length: count }, (_, index) => value(index)));

describe('a hundred made explosions', () => {
  const found = Array.from({ length: 100 }, (_, index) => {
    const world = makeWorld((index + 1) * 7919, SHAPES[index % SHAPES.length] ?? 'linear');
    return { world, ...investigate(world) };
  });

  test('metric and label are found first in at least 95 of 100', () => {
    const exploding = found.filter(({ world }) => world.truth !== undefined);
    const right = exploding.filter(
      ({ world, metric, label }) => metric === world.truth?.metric && label === world.truth?.label,
    );
    expect(exploding.length).toBe(60);
    expect(right.length / exploding.length).toBeGreaterThanOrEqual(0.95);
  });

  test('what comes and goes is said to explode in at most 2 of 100', () => {
    const steady = ['http_server_request_duration_seconds_bucket', 'search_requests_total', 'kube_pod_info'];
    const wrong = found.filter(({ world, exploding }) =>
      world.truth === undefined ? exploding.length > 0 : exploding.some((metric) => steady.includes(metric ?? '')),
    );
    expect(wrong.length).toBeLessThanOrEqual(2);
  });

  test('neither le nor quantile is ever to blame', () => {
    expect(found.filter(({ label }) => label === 'le' || label === 'quantile')).toEqual([]);
  });
}, 60_000);

describe('growth', () => {
  test('is measured since it began: a third of the window does not make it a third as fast', () => {
    const growth = growthOf(line(60, (index) => 1244 + Math.max(0, index - 40) * 210));
    expect(growth).toMatchObject({ kind: 'growing', sinceUnix: 1000 + 15 * 40 });
    expect(perMinute(growth)).toBeCloseTo(840, 0);
  });

  test('of a metric that did not exist before is known after a minute and a quarter', () => {
    expect(growthOf(every15([91, 301, 511, 721, 931])).kind).toBe('unknown');
    expect(growthOf(every15([91, 301, 511, 721, 931, 1141])).kind).toBe('growing');
  });

  test('in steps is growth as long as the steps keep coming', () => {
    expect(growthOf(line(60, (index) => 100 * Math.floor(index / 4))).kind).toBe('growing');
  });

  test.each([
    ['one step long ago', line(60, (index) => (index < 20 ? 1000 : 1500))],
    ['a growth that ended', line(60, (index) => Math.min(2000, 500 + index * 60))],
    ['a saw-tooth', line(60, (index) => 1000 + 40 * (index % 15))],
    ['noise', line(60, (index) => 1000 + ((index * 7919) % 31))],
    ['a fall', line(60, (index) => 3000 - 20 * index)],
    ['a constant', line(60, () => 72)],
  ])('is not %s', (_, points) => {
    expect(growthOf(points).kind).not.toBe('growing');
  });

  test('of too few points is not guessed', () => {
    expect(perMinute(growthOf(every15([1, 2, 3])))).toBeUndefined();
    expect(growthOf([])).toMatchObject({ kind: 'unknown', because: expect.stringContaining('not enough data') });
  });
});

describe('time to a limit', () => {
  const growing = growthOf(line(20, (index) => 91 + 210 * index));
  const ask = (used: number | undefined, limit: number, growth: Growth = growing, extra = {}) =>
    forecastOf({ used, limit, growth, dataUnix: 1285, nowUnix: 1295, fullest: 1, ...extra });

  test('is what is left at that slope, and the age of the data is taken off', () => {
    expect(secondsTo(ask(4000, 6000))).toBeCloseTo(2000 / 14 - 10, 3);
  });

  test('comes with an interval around it', () => {
    const noisy = growthOf(line(20, (index) => 91 + 210 * index + ((index * 7919) % 61)));
    const forecast = ask(4000, 6000, noisy);
    if (forecast.kind !== 'in') throw new Error(forecast.kind);
    expect(forecast.lowSeconds).toBeLessThan(forecast.seconds);
    expect(forecast.highSeconds).toBeGreaterThan(forecast.seconds);
  });

  test('is 0 once it is reached or series are refused, and says since when', () => {
    const points: Points = [
      [1000, 5000],
      [1100, 7000],
    ];
    expect(ask(7000, 6000, growing, { points })).toEqual({ kind: 'reached', sinceUnix: 1050 });
    expect(secondsTo(ask(5900, 6000, growing, { refusing: true }))).toBe(0);
    expect(reachedUnix([[1, 7000]], 6000)).toBeUndefined();
  });

  test('is never where nothing grows or nothing limits, and unknown where nothing is known', () => {
    expect(ask(4000, 0)).toEqual({ kind: 'never', because: 'no limit' });
    expect(ask(4000, 6000, { kind: 'flat', because: 'flat' }).kind).toBe('never');
    expect(ask(undefined, 6000).kind).toBe('unknown');
    expect(ask(4000, 6000, { kind: 'unknown', because: 'not enough data' }).kind).toBe('unknown');
  });
});

describe('the culprit', () => {
  test('is the label whose removal saves most series, counted, not the one with most values', () => {
    const labels = savings(1000, [
      { label: 'le', values: 10, seriesWithout: 100 },
      { label: 'pod', values: 90, seriesWithout: 900 },
      { label: 'session', values: 50, seriesWithout: 200 },
    ]);
    expect(culpritOf(labels)).toMatchObject({ label: 'session', seriesSaved: 800, share: 0.8 });
    expect(labels.at(-1)).toMatchObject({ label: 'le', spared: 'the buckets of a histogram' });
  });

  test('is nobody where no label saves a tenth; labels that move together are named', () => {
    const labels = savings(500, [
      { label: 'pod', values: 250, seriesWithout: 500 },
      { label: 'instance', values: 250, seriesWithout: 500 },
      { label: 'code', values: 2, seriesWithout: 480 },
    ]);
    expect(culpritOf(labels)).toBeUndefined();
    expect(movingTogether(500, labels)).toEqual(['instance', 'pod']);
  });

  test('is nobody where nothing could be counted', () => {
    expect(culpritOf(savings(500, [{ label: 'pod', values: 250, seriesWithout: undefined }]))).toBeUndefined();
  });
});
