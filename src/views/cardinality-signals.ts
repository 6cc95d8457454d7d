import { type CardinalityRow, LIMIT_REASONS, type SeriesLimit } from '../domain/cardinality.ts';
import { forecastOf } from '../domain/forecast.ts';
import { type Growth, growthOf, type Points } from '../domain/growth.ts';
import type { Origin } from '../domain/result.ts';
import type { StackSeries } from '../domain/stack-series.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Gaps } from './arrival.ts';
import type { TenantSeries } from './cardinality-tenant.ts';
import type { Refusals } from './refusals.ts';
import { loadStreams, type TenantStreams } from './streams-load.ts';
import type { LoadInput } from './view.ts';

const STREAMS_LIMIT = 'max_global_streams_per_user';
const SPANS_LIMIT = 'metrics_generator.max_active_series';

/** Streams of one tenant, and the limit on them. */
export interface StreamsSeen {
  readonly tenant: Tenant;
  readonly streams: TenantStreams;
  readonly limit: number | undefined;
}

/** Log streams of a tenant with their labels, and their limit where the stack's own metrics do not export it. */
export async function seeStreams(
  input: LoadInput,
  tenant: Tenant,
  refusals: Promise<Refusals>,
  gaps: Gaps,
): Promise<StreamsSeen | undefined> {
  const streams = await loadStreams(input, tenant, gaps);
  if (streams === undefined) return undefined;
  const exported = (await refusals).counts.of('streams-limit', tenant);
  if (exported !== undefined) return { tenant, streams, limit: exported };
  // Everybody's: an override of the tenant's own is told by Loki's exporter only.
  const server = await input.clients.loki(tenant).serverLimits(input.signal);
  const written = server.ok ? Number(server.value.get(STREAMS_LIMIT)) : Number.NaN;
  return { tenant, streams, limit: Number.isFinite(written) ? written : undefined };
}

/** One row for the log streams of a tenant, beside its metrics. */
export function streamRow(
  { tenant, streams, limit }: StreamsSeen,
  stack: StackSeries,
  nowUnix: number,
): CardinalityRow {
  const points = stack.points('streams', tenant);
  const used = points.at(-1)?.[1] ?? streams.streams;
  return rowOf({
    tenant,
    signal: 'logs',
    // What is held in memory is what the limit counts; without it, what was written to of late.
    series: used,
    points,
    limit: limit === undefined ? undefined : { name: STREAMS_LIMIT, value: limit, used },
    refusedPerSecond: stack.of('streams-refused', tenant) ?? 0,
    labels: streams.labels,
    remark: streams.because,
    verdict: streams.verdict,
    nowUnix,
    origin: streams.origin,
  });
}

/** Metrics that Tempo's generator writes. */
const OF_SPANS = /^traces_(spanmetrics|service_graph|target_info|host_info)/;

/** One row for the series that are made of a tenant's spans; undefined where there are none. */
export function spanRow({ tenant, whole, metrics }: TenantSeries, stack: StackSeries, nowUnix: number) {
  const points = stack.points('spans', tenant);
  const listed = metrics.filter(({ metric }) => OF_SPANS.test(metric ?? ''));
  const series = stack.of('spans', tenant) ?? listed.reduce((sum, row) => sum + (row.series ?? 0), 0);
  if (whole === undefined || series === 0) return undefined;
  const limit = stack.of('spans-limit', tenant);
  return rowOf({
    tenant,
    signal: 'traces',
    series,
    points,
    // Each generator has its own limit, and the fullest one reaches it first.
    limit: limit === undefined ? undefined : { name: SPANS_LIMIT, value: limit, used: points.at(-1)?.[1] },
    refusedPerSecond: stack.of('spans-refused', tenant) ?? 0,
    labels: [],
    remark: undefined,
    verdict: undefined,
    nowUnix,
    origin: whole.origin,
  });
}

interface Counted extends Pick<CardinalityRow, 'tenant' | 'labels' | 'remark' | 'verdict' | 'nowUnix'> {
  readonly signal: 'logs' | 'traces';
  readonly series: number | undefined;
  readonly points: Points;
  readonly limit: { readonly name: string; readonly value: number; readonly used: number | undefined } | undefined;
  readonly refusedPerSecond: number;
  readonly origin: Origin;
}

function rowOf(counted: Counted): CardinalityRow {
  const { points, limit, refusedPerSecond, ...row } = counted;
  const growth: Growth =
    points.length === 0
      ? { kind: 'unknown', because: "the stack's own metrics do not tell how they came to be" }
      : growthOf(points);
  const limits = limit === undefined ? [] : [limitOf(counted, limit, growth)];
  const reason = LIMIT_REASONS[limit?.name ?? ''] ?? 'limit';
  return {
    ...row,
    share: undefined,
    growth,
    limits,
    refused: refusedPerSecond > 0 ? [{ reason, perSecond: refusedPerSecond }] : [],
  };
}

function limitOf(
  { tenant, points, nowUnix, refusedPerSecond }: Counted,
  { name, value, used }: NonNullable<Counted['limit']>,
  growth: Growth,
): SeriesLimit {
  const dataUnix = points.at(-1)?.[0] ?? nowUnix;
  const refusing = refusedPerSecond > 0;
  const forecast = forecastOf({ used, limit: value, growth, points, dataUnix, nowUnix, refusing });
  return { tenant, name, used, limit: value, growth, forecast };
}
