import type { DurationMetric } from './latency.ts';
import type { Origin } from './result.ts';
import type { Sample, Series } from './series.ts';
import type { Tenant } from './tenant.ts';

/** One service and route, as slow as it is. Seconds, requests a second, shares 0–1; undefined: not known. */
export interface SlowRoute {
  readonly tenant: Tenant;
  readonly service: string;
  readonly route: string;
  readonly namespaces: readonly string[];
  readonly metric: DurationMetric;
  readonly p50Seconds?: number;
  readonly p95Seconds?: number;
  readonly p99Seconds?: number;
  /** The bucket that holds the p99, where it is so wide (×2 and more) that the quantile says no more than that. */
  readonly p99Bucket?: readonly [lowSeconds: number, highSeconds: number];
  readonly perSecond?: number;
  readonly errorShare?: number;
  /** p99 now ÷ p99 at the start of the window. */
  readonly change?: number;
  /** p99 in seconds, one a step, oldest first; NaN where nothing was asked of it. */
  readonly trend: readonly number[];
  /** How many exemplars there are; undefined until they were asked for. */
  readonly exemplars?: number;
  readonly origin: Origin;
}

/** Answers of one tenant and one metric, as the queries gave them. */
export interface SlowAnswers {
  readonly p50: readonly Sample[];
  readonly p95: readonly Sample[];
  readonly p99: readonly Sample[];
  readonly rate: readonly Sample[];
  readonly errors: readonly Sample[] | undefined;
  readonly trend: readonly Series[];
}

/** Thresholds for tonight's news (heuristic): a share of errors, or a growth of the p99 (now ÷ before) that anybody would feel. */
export const NEWS = { errorShare: 0.01, change: 1.5, p99Seconds: 0.1 } as const;

/** Join the answers to rows, one a service and route that is asked at all; a p99 of NaN means no request. */
export function slowRoutes(
  metric: DurationMetric,
  answers: SlowAnswers,
  tenant: Tenant,
  origin: Origin,
  namespaces: ReadonlyMap<string, readonly string[]>,
): SlowRoute[] {
  const key = (labels: Readonly<Record<string, string>>) =>
    `${labels[metric.serviceLabel] ?? ''}\u0000${labels[metric.routeLabel] ?? ''}`;
  const values = (samples: readonly Sample[]) => new Map(samples.map((sample) => [key(sample.labels), sample.value]));
  const [p50, p95, rate] = [values(answers.p50), values(answers.p95), values(answers.rate)];
  const errors = answers.errors === undefined ? undefined : values(answers.errors);
  const trends = new Map(
    answers.trend.map((series) => [key(series.labels), series.points.map(([, value]) => value * metric.unitSeconds)]),
  );
  return answers.p99
    .filter((sample) => Number.isFinite(sample.value))
    .map((sample) => {
      const id = key(sample.labels);
      const service = sample.labels[metric.serviceLabel] ?? '';
      const perSecond = finite(rate.get(id));
      const trend = trends.get(id) ?? [];
      return {
        tenant,
        service,
        route: sample.labels[metric.routeLabel] ?? '',
        metric,
        origin,
        trend,
        namespaces: namespaces.get(service) ?? [],
        p50Seconds: scaled(p50.get(id), metric),
        p95Seconds: scaled(p95.get(id), metric),
        p99Seconds: scaled(sample.value, metric),
        perSecond,
        errorShare: shareOf(errors, id, perSecond),
        change: changeOf(trend),
      };
    });
}

/** No series of failures is no failure, as long as requests are counted and failures were asked for. */
function shareOf(
  errors: ReadonlyMap<string, number> | undefined,
  id: string,
  perSecond: number | undefined,
): number | undefined {
  if (errors === undefined || perSecond === undefined || perSecond <= 0) return undefined;
  return Math.min(1, (finite(errors.get(id)) ?? 0) / perSecond);
}

const finite = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) ? value : undefined;
const scaled = (value: number | undefined, metric: DurationMetric): number | undefined => {
  const known = finite(value);
  return known === undefined ? undefined : known * metric.unitSeconds;
};

/** Median of the last three points ÷ median of the first three; undefined with fewer than six points. */
export function changeOf(trend: readonly number[]): number | undefined {
  const known = trend.filter((value) => Number.isFinite(value));
  if (known.length < 6) return undefined;
  const before = median(known.slice(0, 3));
  return before > 0 ? median(known.slice(-3)) / before : undefined;
}

const median = (three: readonly number[]): number => [...three].sort((a, b) => a - b)[1] ?? Number.NaN;

/**
 * The bucket a quantile fell into, where it is ×2 or wider (or open at an end), in seconds.
 *
 * `bounds`: upper bounds in the metric's unit, ascending, without +Inf. A quantile in the last, open bucket reads as its lower bound.
 */
export function wideBucket(
  seconds: number,
  bounds: readonly number[],
  unitSeconds: number,
): readonly [number, number] | undefined {
  const value = seconds / unitSeconds;
  const index = bounds.findIndex((bound) => value <= bound * (1 + 1e-9));
  const high = bounds[index];
  if (high === undefined) return undefined;
  const low = index === 0 ? 0 : (bounds[index - 1] ?? 0);
  return low === 0 || high / low >= 2 ? [low * unitSeconds, high * unitSeconds] : undefined;
}

/** Fails or has changed: tonight's news. A route that is always slow is not. */
export const isNews = (row: SlowRoute): boolean =>
  (row.errorShare ?? 0) >= NEWS.errorShare ||
  ((row.change ?? 1) >= NEWS.change && (row.p99Seconds ?? 0) >= NEWS.p99Seconds);

/** Worst first: news before the rest, then the p99 as far as it is known, then errors, then the name. */
export function bySlowness(a: SlowRoute, b: SlowRoute): number {
  return (
    Number(isNews(b)) - Number(isNews(a)) ||
    shownP99(b) - shownP99(a) ||
    Math.round((b.errorShare ?? 0) * 1000) - Math.round((a.errorShare ?? 0) * 1000) ||
    byText(a.service, b.service) ||
    byText(a.route, b.route) ||
    byText(a.tenant, b.tenant)
  );
}

/** The same order in every locale, and no collation tables to load before the first row. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Two p99s in one wide bucket are equally slow: nothing tells them apart. */
const shownP99 = (row: SlowRoute): number => row.p99Bucket?.[1] ?? row.p99Seconds ?? -1;

/** Services of span metrics that have no histogram of their own. */
export const withoutOwn = (rows: readonly SlowRoute[], services: readonly string[]): readonly string[] => {
  const own = new Set(rows.map((row) => row.service));
  return [...new Set(services)].filter((service) => service !== '' && !own.has(service));
};
