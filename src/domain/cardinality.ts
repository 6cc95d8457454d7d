import type { LabelSaving } from './culprit.ts';
import { type Forecast, secondsTo } from './forecast.ts';
import type { Growth } from './growth.ts';
import type { Origin, Verdict } from './result.ts';
import type { Tenant } from './tenant.ts';
import { formatAge, formatCount, formatSeconds, formatShare } from './units.ts';

/** One limit on series that applies to a tenant, how much of it is used, and when it will be reached. */
export interface SeriesLimit {
  readonly tenant: Tenant;
  /** As Mimir calls it: `max_global_series_per_metric`. */
  readonly name: string;
  readonly metric?: string;
  readonly used: number | undefined;
  /** 0: unlimited. */
  readonly limit: number;
  readonly growth: Growth;
  readonly forecast: Forecast;
  /** Fill of the fullest ingester, 0–1, where the stack's own metrics tell. */
  readonly fullestShare?: number;
}

/** A metric of a tenant, or the tenant as a whole. */
export interface CardinalityRow {
  readonly tenant: Tenant;
  /** Absent: metrics. Of logs and traces the whole tenant is one row: its streams, the series made of its spans. */
  readonly signal?: 'logs' | 'traces';
  /** Absent: all metrics of the tenant. */
  readonly metric?: string;
  /** Active series; undefined: could not be asked. */
  readonly series: number | undefined;
  /** Series in the ingesters' memory, which limits follow. */
  readonly inMemory?: number;
  /** Of the tenant's series, 0–1. */
  readonly share: number | undefined;
  readonly growth: Growth;
  /** Every limit that applies, nearest first. */
  readonly limits: readonly SeriesLimit[];
  /** Samples refused a second, by reason; only of a whole tenant. */
  readonly refused: readonly Refusal[];
  /** Filled for the metric that is to blame, and where `--metric` asks. */
  readonly labels: readonly LabelSaving[];
  readonly remark?: string;
  /** Of log streams, beside what the limits tell: their labels. */
  readonly verdict?: Verdict;
  readonly nowUnix: number;
  readonly origin: Origin;
}

export interface Refusal {
  readonly reason: string;
  readonly perSecond: number;
}

/**
 * Reasons for which series and streams are refused, by limit. Source: mimir pkg/ingester/ingester.go, reason* constants; loki
 * pkg/validation/validate.go; of Tempo it is a counter of its own, `…_registry_series_limited_total`.
 */
export const LIMIT_REASONS: Readonly<Record<string, string>> = {
  max_global_series_per_user: 'per_user_series_limit',
  max_global_series_per_metric: 'per_metric_series_limit',
  max_global_streams_per_user: 'stream_limit',
  'metrics_generator.max_active_series': 'registry_series_limited',
};

const DAY_SECONDS = 86_400;
/** What has used less than this of a limit is far from it, however it moves (heuristic). */
const SMALL_SHARE = 0.02;

/** Nearer than a day is bad, than a week a warning; four fifths of it used is a warning (heuristic). */
export function judgeLimit(limit: SeriesLimit): Verdict {
  const { forecast } = limit;
  const fill = Math.max(shareOf(limit) ?? 0, limit.fullestShare ?? 0);
  const seconds = secondsTo(forecast) ?? Number.POSITIVE_INFINITY;
  if (seconds < DAY_SECONDS || fill > 0.95) return 'bad';
  if (seconds < 7 * DAY_SECONDS || fill > 0.8) return 'warn';
  const isFar = limit.limit <= 0 || (limit.used !== undefined && fill < SMALL_SHARE);
  return forecast.kind === 'unknown' && !isFar ? 'unknown' : 'good';
}

/** How much of a limit is used, 0–1; undefined without a limit. */
export const shareOf = ({ used, limit }: Pick<SeriesLimit, 'used' | 'limit'>): number | undefined =>
  used === undefined || limit <= 0 ? undefined : used / limit;

/** Nearest first: reached, then by time, then by how much is used. */
export function byDistance(left: SeriesLimit, right: SeriesLimit): number {
  const distance = ({ forecast }: SeriesLimit) => secondsTo(forecast) ?? Number.POSITIVE_INFINITY;
  const [a, b] = [distance(left), distance(right)];
  return (a === b ? 0 : a - b) || (shareOf(right) ?? 0) - (shareOf(left) ?? 0);
}

export function judgeRow(row: CardinalityRow): Verdict {
  if (row.refused.some(({ reason }) => Object.values(LIMIT_REASONS).includes(reason))) return 'bad';
  const verdicts = [...row.limits.map(judgeLimit), ...(row.verdict === undefined ? [] : [row.verdict])];
  const order: readonly Verdict[] = ['bad', 'warn', 'unknown', 'good'];
  return order.find((verdict) => verdicts.includes(verdict)) ?? (row.series === undefined ? 'unknown' : 'good');
}

/** Most urgent first; of one urgency the growing before the large. */
export function byUrgency(left: CardinalityRow, right: CardinalityRow): number {
  const seconds = (row: CardinalityRow) => {
    const [first] = row.limits;
    return (first && secondsTo(first.forecast)) ?? Number.POSITIVE_INFINITY;
  };
  const [a, b] = [seconds(left), seconds(right)];
  return (
    (a === b ? 0 : a - b) ||
    slopeOf(right.growth) - slopeOf(left.growth) ||
    (right.series ?? 0) - (left.series ?? 0) ||
    (left.metric ?? '').localeCompare(right.metric ?? '')
  );
}

export const slopeOf = (growth: Growth): number => (growth.kind === 'growing' ? growth.perSecond : 0);

/**
 * The metric to look into: the one nearest to its own limit, else the one that grows fastest; undefined where none grows.
 *
 * `refusing`: the tenant is already refused series, so that the largest is looked into even where nothing grows any more.
 */
export function suspectOf(metrics: readonly CardinalityRow[], refusing: boolean): CardinalityRow | undefined {
  const [first] = [...metrics].sort(byUrgency);
  if (first === undefined) return undefined;
  const near = first.limits[0] !== undefined && secondsTo(first.limits[0].forecast) !== undefined;
  return near || slopeOf(first.growth) > 0 || refusing ? first : undefined;
}

/** When a limit will be reached, in words: "in 4m5s (3m50s–4m20s)", "reached 2m ago". */
export function sayForecast(forecast: Forecast, nowUnix: number): string {
  if (forecast.kind === 'reached')
    return forecast.sinceUnix === undefined ? 'reached' : `reached ${formatAge(nowUnix - forecast.sinceUnix)} ago`;
  if (forecast.kind !== 'in') return forecast.because;
  const [now, low, high] = [forecast.seconds, forecast.lowSeconds, forecast.highSeconds].map((seconds) =>
    formatSeconds(Math.round(seconds)),
  );
  return `in ${now} (${low}–${high})`;
}

/** What is wrong or not with one limit: "max_global_series_per_metric 6000: 40% used, in 4m5s (…)". */
export function sayLimit(limit: SeriesLimit, nowUnix: number): string {
  if (limit.limit <= 0) return `${limit.name}: unlimited`;
  const fullest = limit.fullestShare === undefined ? '' : `, fullest ingester ${formatShare(limit.fullestShare)}`;
  return `${limit.name} ${formatCount(limit.limit)}: ${formatShare(shareOf(limit))} used${fullest}, ${sayForecast(limit.forecast, nowUnix)}`;
}
