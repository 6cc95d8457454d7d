import type { LabelValues } from '../clients/decode-cardinality.ts';
import { byUrgency, type CardinalityRow } from '../domain/cardinality.ts';
import type { Points } from '../domain/growth.ts';
import { FRESHNESS } from '../domain/questions.ts';
import { ALL_SERIES, topMetrics } from '../domain/questions-cardinality.ts';
import type { Fault, Origin, Result } from '../domain/result.ts';
import type { Series } from '../domain/series.ts';
import { exportedLimits } from '../domain/stack-series.ts';
import type { Tenant } from '../domain/tenant.ts';
import { seriesWindow, type Window } from '../domain/time.ts';
import { type Gaps, makeGaps } from './arrival.ts';
import { askHidden } from './cardinality-hidden.ts';
import { GROWING_ASKED, type Known, metricRows, wholeRow } from './cardinality-rows.ts';
import { growthStep } from './cardinality-step.ts';
import { NOTHING_REFUSED, type Refusals } from './refusals.ts';
import type { LoadInput } from './view.ts';

/** Metrics that are listed: the recordings' own number; `--top` may ask for more, and Mimir gives 500 at most. */
const LISTED = 50;
const LISTED_MAX = 500;

const listedOf = ({ params }: LoadInput): number =>
  Math.min(LISTED_MAX, Math.max(LISTED, Math.floor(Number(params.top)) || 0));

/** Above so many series a query over all of them is only asked when `--deep` says so. */
export const SERIES_UNASKED = 1_000_000;

/** What one tenant's series are, and how they move. */
export interface TenantSeries {
  readonly tenant: Tenant;
  readonly whole: CardinalityRow | undefined;
  /** Most urgent first. */
  readonly metrics: readonly CardinalityRow[];
  readonly gaps: readonly Fault[];
  readonly note?: string;
}

export async function loadTenantSeries(
  input: LoadInput,
  tenant: Tenant,
  refusals: Refusals = NOTHING_REFUSED,
): Promise<TenantSeries> {
  const gaps = makeGaps();
  const mimir = input.clients.mimir(tenant);
  const { signal, time } = input;
  const window = seriesWindow(time);
  const listed = listedOf(input);
  const [metrics, standing, limits, stats, fresh] = await Promise.all([
    mimir.cardinalityLabelValues('__name__', undefined, listed, signal),
    mimir.cardinalityLabelValues('__name__', undefined, listed, signal, 'inmemory'),
    askLimits(input, tenant, refusals, gaps),
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
    refused: refusals.byTenant.get(tenant) ?? [],
    counts: refusals.counts,
    total: asked?.whole.at(-1)?.[1] ?? counted,
    inMemory,
    standing: bySeries(standing),
  };
  const names = metrics.ok ? metrics.value.values : (asked?.listed ?? []);
  const rows = metricRows(known, names, asked?.top ?? [], origin).sort(byUrgency);
  return {
    tenant,
    whole: wholeRow(known, asked?.whole ?? [], rows, origin),
    metrics: rows,
    gaps: gaps.list,
    note: noteOf(tenant, { off, listed, mayAsk, counted }),
  };
}

const bySeries = (answer: Result<LabelValues>): ReadonlyMap<string, number> =>
  new Map(answer.ok ? answer.value.values.map(({ value, series }) => [value, series]) : []);

interface Asking {
  readonly off: boolean;
  readonly listed: number;
  readonly mayAsk: boolean;
  readonly counted: number | undefined;
}

function noteOf(tenant: Tenant, { off, listed, mayAsk, counted }: Asking): string | undefined {
  if (!mayAsk)
    return `${tenant} has ${counted} series: queries over all of them cost the servers much, --deep asks for their growth`;
  return off ? `the cardinality API is off for ${tenant}: counted by PromQL, the ${listed} largest metrics` : undefined;
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
  const step = growthStep(window);
  const [whole, top, listed] = await Promise.all([
    mimir.queryRange(ALL_SERIES, window, step, input.signal),
    mimir.queryRange(topMetrics(GROWING_ASKED), window, step, input.signal),
    list ? mimir.query(topMetrics(listedOf(input)), window.endUnix, input.signal) : undefined,
  ]);
  const samples = (listed && gaps.take(listed)) ?? [];
  const seen = { window, whole: gaps.take(whole)?.[0]?.points ?? [], top: gaps.take(top) ?? [] };
  return {
    whole: seen.whole,
    top: [...seen.top, ...(await askHidden(input, tenant, seen, gaps))],
    listed: samples.map(({ labels, value }) => ({ value: labels.__name__ ?? '', series: value })),
    origin: whole.ok ? whole.origin : top.ok ? top.origin : undefined,
  };
}

/**
 * Effective limits. A gateway does not route them: then what the overrides-exporter tells, and the tenant's own overrides.
 */
export async function askLimits(
  input: LoadInput,
  tenant: Tenant,
  { counts }: Refusals,
  gaps: Gaps,
): Promise<ReadonlyMap<string, number> | undefined> {
  const limits = await input.clients.mimir(tenant).userLimits(input.signal);
  if (limits.ok || limits.fault.kind !== 'not-found') return gaps.take(limits);
  const exported = exportedLimits(counts, tenant);
  const overrides = await input.clients.mimirAdmin.overrides(input.signal);
  const own = [...((overrides.ok && overrides.value.get(tenant)) || [])];
  if (exported.size === 0 && own.length === 0) return gaps.take(limits);
  return new Map([...exported, ...own.map(([name, text]): [string, number] => [name, Number(text)])]);
}
