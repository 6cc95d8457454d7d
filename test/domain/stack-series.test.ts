import { describe, expect, test } from 'vitest';
import { forecastOf, secondsTo } from '../../src/domain/forecast.ts';
import { growthOf } from '../../src/domain/growth.ts';
import { lokiLimits, sayLimitValue, tempoLimits } from '../../src/domain/limits.ts';
import type { Sample } from '../../src/domain/series.ts';
import { fullestRatio, NO_COUNTS, readStackSeries, refusedOnce } from '../../src/domain/stack-series.ts';

const sample = (what: string, tenant: string, value: number): Sample => ({
  labels: { what, ...(tenant === '' ? {} : { tenant }) },
  atUnix: 0,
  value,
});

/** As four real ingesters of a stack with replication factor 3 stood, a minute before staging's limit. */
const COUNTS = readStackSeries(
  [
    sample('replicas', '', 3),
    sample('fullest', 'staging', 0.7136),
    sample('ratio', 'staging', 1.04),
    sample('fullest', 'anonymous', 0.00003),
    sample('ratio', 'anonymous', 1.33),
    sample('streams-limit', '', 5000),
    sample('streams-limit', 'staging', 20_000),
    sample('spans', 'staging', Number.NaN),
  ],
  [
    {
      labels: { what: 'streams', tenant: 'staging' },
      points: [
        [1, 300],
        [2, 310],
      ],
    },
  ],
);

describe('what the stack says of itself', () => {
  test('is told by tenant, else as it is for everybody; no number is not known', () => {
    expect(COUNTS.of('streams-limit', 'staging')).toBe(20_000);
    expect(COUNTS.of('streams-limit', 'edge-dev')).toBe(5000);
    expect(COUNTS.of('spans', 'staging')).toBeUndefined();
    expect(COUNTS.points('streams', 'staging').at(-1)).toEqual([2, 310]);
    expect(COUNTS.points('spans', 'staging')).toEqual([]);
    expect(NO_COUNTS.of('fullest', 'staging')).toBeUndefined();
  });

  test('a limit bites where the fullest ingester is, unless there are too few series to tell', () => {
    expect(fullestRatio(COUNTS, 'staging')).toBe(1.04);
    expect(fullestRatio(COUNTS, 'anonymous')).toBeUndefined();
    expect(fullestRatio(NO_COUNTS, 'staging')).toBeUndefined();
    const growth = growthOf(Array.from({ length: 20 }, (_, at): [number, number] => [at * 15, 1000 + at * 210]));
    const left = (fullest?: number) =>
      secondsTo(forecastOf({ used: 4990, limit: 6000, growth, dataUnix: 285, nowUnix: 285, fullest })) ?? Number.NaN;
    expect(left(1.04)).toBeCloseTo((6000 / 1.04 - 4990) / 14, 3);
    expect(left(1.04)).toBeLessThan(left(1));
  });

  test('what each replica refuses for itself is one refusal; what the distributor refuses is one anyway', () => {
    expect(refusedOnce('per_metric_series_limit', 30, 3)).toBe(10);
    expect(refusedOnce('rate_limited', 30, 3)).toBe(30);
    expect(refusedOnce('per_metric_series_limit', 30, undefined)).toBe(30);
  });
});

describe('limits of the other two', () => {
  test('of Loki are those it tells; what it leaves out is everybody’s', () => {
    const told = new Map<string, number | string>([
      ['retention_period', '1w'],
      ['max_query_series', 100],
    ]);
    const server = new Map([
      ['retention_period', '1w'],
      ['max_query_series', '500'],
      ['max_global_streams_per_user', '5000'],
      ['allow_structured_metadata', 'true'],
    ]);
    expect(lokiLimits(told, server)).toEqual([
      ['retention_period', '1w', 'default'],
      ['max_query_series', 100, 'runtime'],
      ['max_global_streams_per_user', 5000, 'default'],
    ]);
    expect(lokiLimits(told, undefined).map(([, , from]) => from)).toEqual(['unknown', 'unknown']);
    expect(lokiLimits(undefined, undefined)).toEqual([]);
  });

  test('a tenant’s own of Tempo replace the defaults as a whole: what they do not name is unlimited', () => {
    const own = tempoLimits(
      { own: true, limits: new Map([['ingestion.rate_limit_bytes', '30000000']]) },
      new Map([['backend_worker.compaction.block_retention', '48h0m0s']]),
    );
    expect(own).toEqual([
      ['ingestion.rate_limit_bytes', 30_000_000, 'runtime'],
      ['global.max_bytes_per_trace', 0, 'runtime'],
      ['metrics_generator.max_active_series', 0, 'runtime'],
      ['compaction.block_retention', '48h0m0s', 'override'],
    ]);
    const [, value = 0] = own.find(([name]) => name === 'global.max_bytes_per_trace') ?? [];
    expect(sayLimitValue({ name: 'global.max_bytes_per_trace', value })).toBe('0: unlimited');
    expect(tempoLimits({ own: false, limits: new Map() }, undefined).at(-1)).toEqual([
      'compaction.block_retention',
      '336h0m0s',
      'default',
    ]);
  });
});
