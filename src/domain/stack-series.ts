import type { Points } from './growth.ts';
import type { Sample, Series } from './series.ts';

/** What the stack's own metrics tell, by tenant; undefined where they do not. */
export interface StackSeries {
  /** Of each series that a tenant has, so many replicas. */
  readonly replicas: number | undefined;
  of(what: StackCount, tenant: string): number | undefined;
  /** How `streams` and `spans` came to be what they are. */
  points(what: 'streams' | 'spans', tenant: string): Points;
}

export type StackCount =
  | 'fullest'
  | 'ratio'
  | 'max_global_series_per_user'
  | 'max_global_series_per_metric'
  | 'streams-limit'
  | 'streams-refused'
  | 'spans'
  | 'spans-limit'
  | 'spans-refused';

export const NO_COUNTS: StackSeries = { replicas: undefined, of: () => undefined, points: () => [] };

/** Read the answers to `STACK_SERIES` and `STACK_GROWTH`. Without a tenant of its own a number is everybody's default. */
export function readStackSeries(samples: readonly Sample[], series: readonly Series[]): StackSeries {
  const values = new Map<string, number>();
  for (const { labels, value } of samples)
    if (Number.isFinite(value)) values.set(`${labels.what} ${labels.tenant ?? ''}`, value);
  const points = new Map(
    series.map((one): [string, Points] => [`${one.labels.what} ${one.labels.tenant ?? ''}`, one.points]),
  );
  return {
    replicas: values.get('replicas '),
    of: (what, tenant) => values.get(`${what} ${tenant}`) ?? values.get(`${what} `),
    points: (what, tenant) => points.get(`${what} ${tenant}`) ?? [],
  };
}

const SERIES_LIMITS = ['max_global_series_per_user', 'max_global_series_per_metric'] as const;

/** The tenant's limits on series as the overrides-exporter tells them; empty where none runs. */
export const exportedLimits = (counts: StackSeries, tenant: string): ReadonlyMap<string, number> =>
  new Map(
    SERIES_LIMITS.flatMap((name): [string, number][] => {
      const value = counts.of(name, tenant);
      return value === undefined ? [] : [[name, value]];
    }),
  );

/**
 * How much fuller the fullest ingester is than the mean one; undefined where that is not known.
 *
 * A few series are spread by chance and say nothing of many (heuristic: a hundredth of the limit).
 */
export function fullestRatio(counts: StackSeries, tenant: string): number | undefined {
  const [fullest, ratio] = [counts.of('fullest', tenant), counts.of('ratio', tenant)];
  return fullest === undefined || ratio === undefined || fullest < 0.01 ? undefined : Math.max(1, ratio);
}

/**
 * Reasons that each replica counts for itself. Source: mimir pkg/ingester/ingester.go, metrics.go; apis.md 1.5.
 */
const BY_REPLICA = new Set([
  'per_user_series_limit',
  'per_metric_series_limit',
  'sample-out-of-order',
  'sample-timestamp-too-old',
  'sample-too-far-in-future',
  'new-value-for-timestamp',
]);

/** Samples refused a second, each counted once. */
export const refusedOnce = (reason: string, perSecond: number, replicas: number | undefined): number =>
  replicas !== undefined && replicas > 1 && BY_REPLICA.has(reason) ? perSecond / replicas : perSecond;
