import {
  byDistance,
  byUrgency,
  type CardinalityRow,
  LIMIT_REASONS,
  type Refusal,
  type SeriesLimit,
} from '../domain/cardinality.ts';
import { forecastOf } from '../domain/forecast.ts';
import { type Growth, growthOf, type Points } from '../domain/growth.ts';
import { FRESHNESS } from '../domain/questions.ts';
import { ALL_SERIES, topMetrics } from '../domain/questions-cardinality.ts';
import type { Fault, Origin, Result } from '../domain/result.ts';
import type { Series } from '../domain/series.ts';
import type { Tenant } from '../domain/tenant.ts';
import { seriesWindow, type Window } from '../domain/time.ts';
import { knownOffender } from '../domain/used-by.ts';
import { type Gaps, makeGaps } from './arrival.ts';
import type { LoadInput } from './view.ts';

/** Metrics that are listed, and those whose growth is asked: the recordings' own numbers. */
const LISTED = 50;
const GROWING_ASKED = 10;
/** Above so many series a query over all of them is only asked when `--deep` says so. */
export const SERIES_UNASKED = 1_000_000;
/** Points of a window; no finer than a scrape. */
const POINTS = 60;
const STEP_SECONDS_MIN = 15;
/** Of a limit: refusals of one metric are laid to those that have used this much of it. */
const REFUSING_SHARE = 0.9;

/** What one tenant's series are, and how they move. */
export interface TenantSeries {
  readonly tenant: Tenant;
  readonly whole: CardinalityRow | undefined;
  /** Most urgent first. */
  readonly metrics: readonly CardinalityRow[];
  readonly gaps: readonly Fault[];
  readonly note?: string;
}

interface Known {
  readonly tenant: Tenant;
  readonly nowUnix: number;
  /** When the newest sample was taken: what is counted at some time is as old as that. */
  readonly freshUnix: number | undefined;
  readonly limits: ReadonlyMap<string, number> | undefined;
  readonly refused: readonly Refusal[];
  readonly total: number | undefined;
}

export async function loadTenantSeries(
  input: LoadInput,
  tenant: Tenant,
  refused: readonly Refusal[],
): Promise<TenantSeries> {
  const gaps = makeGaps();
  const mimir = input.clients.mimir(tenant);
  const { signal, time } = input;
  const window = seriesWindow(time);
  const [metrics, limits, stats, fresh] = await Promise.all([
    mimir.cardinalityLabelValues('__name__', undefined, LISTED, signal),
    askLimits(input, tenant, gaps),
    mimir.userStats(signal),
    mimir.query(FRESHNESS, time.endUnix, signal),
  ]);
  const inMemory = stats.ok ? stats.value.series : undefined;
  const counted = metrics.ok ? metrics.value.seriesTotal : inMemory;
  const mayAsk = (counted ?? 0) <= SERIES_UNASKED || input.params.deep !== undefined;
  const off = !metrics.ok && mayFallBack(metrics.fault);
  noteUnusual(gaps, metrics, stats);
  const asked = mayAsk ? await askGrowth(input, tenant, window, off, gaps) : undefined;
  const origin = metrics.ok ? metrics.origin : asked?.origin;
  if (origin === undefined) return { tenant, whole: undefined, metrics: [], gaps: gaps.list };
  const known: Known = {
    tenant,
    nowUnix: input.nowUnix,
    freshUnix: fresh.ok ? fresh.value[0]?.value : undefined,
    limits,
    refused,
    total: asked?.whole.at(-1)?.[1] ?? counted,
  };
  const names = metrics.ok ? metrics.value.values : (asked?.listed ?? []);
  const rows = metricRows(known, names, asked?.top ?? [], origin).sort(byUrgency);
  return {
    tenant,
    whole: wholeRow(known, asked?.whole ?? [], inMemory, rows, origin),
    metrics: rows,
    gaps: gaps.list,
    note: noteOf(tenant, off, mayAsk, counted),
  };
}

function noteOf(tenant: Tenant, off: boolean, mayAsk: boolean, series: number | undefined): string | undefined {
  if (!mayAsk)
    return `${tenant} has ${series} series: queries over all of them cost the servers much, --deep asks for their growth`;
  return off ? `the cardinality API is off for ${tenant}: counted by PromQL, the ${LISTED} largest metrics` : undefined;
}

/** Switched off (400, the default), not routed or too old (404): then PromQL counts. Other faults would meet it as well. */
export const mayFallBack = ({ status, kind }: Fault): boolean =>
  (status === 400 && kind !== 'tenant') || status === 404 || kind === 'not-recorded';

/** Not routed, too old or switched off is usual, and something else counts then; any other fault is told. */
export function noteUnusual(gaps: Gaps, ...answers: readonly Result<unknown>[]): void {
  for (const answer of answers) if (answer.ok || !mayFallBack(answer.fault)) gaps.take(answer);
}

interface Asked {
  readonly whole: Points;
  readonly top: readonly Series[];
  /** The largest metrics, where the cardinality API does not list them. */
  readonly listed: readonly { readonly value: string; readonly series: number }[];
  readonly origin: Origin | undefined;
}

async function askGrowth(input: LoadInput, tenant: Tenant, window: Window, list: boolean, gaps: Gaps): Promise<Asked> {
  const mimir = input.clients.mimir(tenant);
  const seconds = window.endUnix - window.startUnix;
  const step = Math.max(STEP_SECONDS_MIN, Math.ceil(seconds / POINTS / STEP_SECONDS_MIN) * STEP_SECONDS_MIN);
  const [whole, top, listed] = await Promise.all([
    mimir.queryRange(ALL_SERIES, window, step, input.signal),
    mimir.queryRange(topMetrics(GROWING_ASKED), window, step, input.signal),
    list ? mimir.query(topMetrics(LISTED), window.endUnix, input.signal) : undefined,
  ]);
  const samples = (listed && gaps.take(listed)) ?? [];
  return {
    whole: gaps.take(whole)?.[0]?.points ?? [],
    top: gaps.take(top) ?? [],
    listed: samples.map(({ labels, value }) => ({ value: labels.__name__ ?? '', series: value })),
    origin: whole.ok ? whole.origin : top.ok ? top.origin : undefined,
  };
}

/** Effective limits; where Mimir does not route them, the tenant's own overrides. */
async function askLimits(
  input: LoadInput,
  tenant: Tenant,
  gaps: Gaps,
): Promise<ReadonlyMap<string, number> | undefined> {
  const limits = await input.clients.mimir(tenant).userLimits(input.signal);
  if (limits.ok || limits.fault.kind !== 'not-found') return gaps.take(limits);
  const overrides = await input.clients.mimirAdmin.overrides(input.signal);
  const own = overrides.ok ? overrides.value.get(tenant) : undefined;
  if (own === undefined) return gaps.take(limits);
  return new Map([...own].map(([name, text]): [string, number] => [name, Number(text)]));
}

function metricRows(
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
  const limit = limitOf(known, 'max_global_series_per_metric', series, growth, points, metric);
  return {
    tenant: known.tenant,
    metric,
    series,
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

function wholeRow(
  known: Known,
  points: Points,
  inMemory: number | undefined,
  metrics: readonly CardinalityRow[],
  origin: Origin,
): CardinalityRow {
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
    remark: used === 0 ? 'no series at all: is the X-Scope-OrgID what the agents send?' : undefined,
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
  const forecast = forecastOf({ used, limit, growth, points, dataUnix, nowUnix: known.nowUnix, refusing });
  return { tenant: known.tenant, name, ...(metric === undefined ? {} : { metric }), used, limit, growth, forecast };
}
