import {
  byDistance,
  type CardinalityRow,
  LIMIT_REASONS,
  type Refusal,
  type SeriesLimit,
} from '../domain/cardinality.ts';
import { forecastOf } from '../domain/forecast.ts';
import { type Growth, growthOf, type Points } from '../domain/growth.ts';
import type { Origin } from '../domain/result.ts';
import type { Series } from '../domain/series.ts';
import { fullestRatio, type StackSeries } from '../domain/stack-series.ts';
import type { Tenant } from '../domain/tenant.ts';
import { formatShare } from '../domain/units.ts';
import { knownOffender } from '../domain/used-by.ts';

/** Metrics whose growth is asked: the recordings' own number. */
export const GROWING_ASKED = 10;
/** Of a limit: refusals of one metric are laid to those that have used this much of it. */
const REFUSING_SHARE = 0.9;

/** What was learned of one tenant, from which its rows are made. */
export interface Known {
  readonly tenant: Tenant;
  readonly nowUnix: number;
  /** When the newest sample was taken: what is counted at some time is as old as that. */
  readonly freshUnix: number | undefined;
  readonly limits: ReadonlyMap<string, number> | undefined;
  readonly refused: readonly Refusal[];
  readonly counts: StackSeries;
  /** Active series. */
  readonly total: number | undefined;
  /** Series in the ingesters' memory, of all metrics and by metric. */
  readonly inMemory: number | undefined;
  readonly standing: ReadonlyMap<string, number>;
}

/** The largest metrics, each with how it moves. */
export function metricRows(
  known: Known,
  names: readonly { readonly value: string; readonly series: number }[],
  top: readonly Series[],
  origin: Origin,
): CardinalityRow[] {
  const points = new Map(top.map((series): [string, Points] => [series.labels.__name__ ?? '', series.points]));
  const lastUnix = Math.max(...[...points.values()].map((list) => list.at(-1)?.[0] ?? 0));
  const listed = new Map(names.map(({ value, series }): [string, number] => [value, series]));
  return [...new Set([...listed.keys(), ...points.keys()])].map((metric) => {
    const own = points.get(metric) ?? [];
    const last = own.at(-1);
    // A metric that fell out of the largest has no newest point.
    const series = last !== undefined && last[0] === lastUnix ? last[1] : listed.get(metric);
    return metricRow(known, metric, series, own, origin);
  });
}

function metricRow(
  known: Known,
  metric: string,
  series: number | undefined,
  points: Points,
  origin: Origin,
): CardinalityRow {
  const growth: Growth =
    points.length === 0
      ? { kind: 'unknown', because: `only the ${GROWING_ASKED} largest are watched` }
      : growthOf(points);
  const share = series === undefined || !known.total ? undefined : Math.min(1, series / known.total);
  const inMemory = known.standing.get(metric);
  // The limit follows what stands in memory, which holds what has gone silent too.
  const used = series === undefined ? inMemory : Math.max(series, inMemory ?? 0);
  const limit = limitOf(known, 'max_global_series_per_metric', used, growth, points, metric);
  return {
    tenant: known.tenant,
    metric,
    series,
    inMemory,
    share,
    growth,
    limits: limit === undefined || limit.limit <= 0 ? [] : [limit],
    refused: [],
    labels: [],
    remark: knownOffender(metric, share),
    nowUnix: known.nowUnix,
    origin,
  };
}

/** All metrics of the tenant, with every limit that applies to it. */
export function wholeRow(
  known: Known,
  points: Points,
  metrics: readonly CardinalityRow[],
  origin: Origin,
): CardinalityRow {
  const { inMemory } = known;
  const growth = growthOf(points);
  // The limit follows what is in memory, which holds what has gone silent too; at a limit that is a mean of replicas.
  const used = known.total === undefined ? inMemory : Math.max(known.total, inMemory ?? 0);
  const own = limitOf(known, 'max_global_series_per_user', used, growth, points, undefined);
  const nearest = metrics.flatMap(({ limits }) => limits).sort(byDistance)[0];
  return {
    tenant: known.tenant,
    series: known.total,
    inMemory,
    share: undefined,
    growth,
    limits: [own, nearest].filter((limit) => limit !== undefined).sort(byDistance),
    refused: known.refused,
    labels: [],
    remark: remarkOf(used, metrics),
    nowUnix: known.nowUnix,
    origin,
  };
}

function limitOf(
  known: Known,
  name: string,
  used: number | undefined,
  growth: Growth,
  points: Points,
  metric: string | undefined,
): SeriesLimit | undefined {
  const limit = known.limits?.get(name);
  if (limit === undefined) return undefined;
  const refused = known.refused.some(({ reason }) => reason === LIMIT_REASONS[name]);
  const refusing = refused && (metric === undefined || (used ?? 0) >= REFUSING_SHARE * limit);
  const countedUnix = points.at(-1)?.[0] ?? known.nowUnix;
  const dataUnix = Math.min(countedUnix, Math.max(known.freshUnix ?? countedUnix, countedUnix - 300));
  const fullest = fullestRatio(known.counts, known.tenant);
  const forecast = forecastOf({ used, limit, growth, points, dataUnix, nowUnix: known.nowUnix, refusing, fullest });
  const fullestShare = metric === undefined ? known.counts.of('fullest', known.tenant) : undefined;
  return {
    tenant: known.tenant,
    name,
    ...(metric === undefined ? {} : { metric }),
    used,
    limit,
    growth,
    forecast,
    ...(fullestShare === undefined ? {} : { fullestShare }),
  };
}

/** More than this of a tenant from cAdvisor is too much (heuristic, diagnostics.md 4.3). */
const CADVISOR_SHARE = 0.3;

function remarkOf(used: number | undefined, metrics: readonly CardinalityRow[]): string | undefined {
  if (used === 0) return 'no series at all: is the X-Scope-OrgID what the agents send?';
  const shares = metrics.filter(({ metric }) => metric?.startsWith('container_')).map(({ share }) => share ?? 0);
  const share = shares.reduce((sum, each) => sum + each, 0);
  return share > CADVISOR_SHARE ? `${formatShare(share)} of it is cAdvisor: container_*` : undefined;
}
