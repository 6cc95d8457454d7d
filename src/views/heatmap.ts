import { type HeatCell, heatCells } from '../domain/heatmap.ts';
import type { DurationMetric } from '../domain/latency.ts';
import { exemplarSelector, heatmap as heatmapQuestion } from '../domain/questions.ts';
import type { Loaded, Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { rfc3339OfUnix, seriesWindow } from '../domain/time.ts';
import { formatCount, formatSeconds } from '../domain/units.ts';
import { asTheyArrive, becauseOfGaps, type Gaps, makeGaps } from './arrival.ts';
import { learnServices } from './learn.ts';
import { go, type LoadInput, refuse, type Tone, view } from './view.ts';

/** A cell, and where it came from. */
export interface HeatRow extends HeatCell {
  readonly tenant: Tenant;
  readonly service: string;
  readonly metric: DurationMetric;
  /** 0–1 of the fullest cell. */
  readonly weight: number;
  readonly origin: Origin;
}

const STEP_SECONDS = 60;
/** Traces that are looked for where the worst is gone. */
const NEXT_MAX = 5;

/** Requests of one service over time and latency, with the exemplars on them. */
export const heatmap = view<HeatRow>({
  id: 'heatmap',
  aliases: ['heat', 'hm'],
  about: 'requests of a service over time and latency, its exemplars on them',
  everySeconds: 60,
  flags: [
    { flag: 'service', param: 'service', about: 'this service; without it the first that has a histogram', value: 'S' },
  ],
  load: loadHeatmap,
  body: {
    kind: 'heatmap',
    rowId,
    line: lineOf,
    atUnix: (row) => row.atUnix,
    weight: (row) => row.weight,
    mark: (row) => (row.exemplars.length === 0 ? '' : String(row.exemplars.length)),
    tone: toneOf,
    text: textOf,
  },
  keys: [
    {
      key: 'enter',
      does: 'the trace of the worst exemplar in this cell',
      on: (row) => {
        // Traces of the worst are often gone: the next ones are taken along.
        const [worst, ...next] = row.exemplars.flatMap(({ traceId }) => (traceId === '' ? [] : traceId));
        return worst === undefined
          ? refuse(row.count > 0 ? `${textOf(row)}: nobody kept an exemplar of them` : 'no request fell into this cell')
          : go('trace', { tenant: row.tenant, trace: worst, next: next.slice(0, NEXT_MAX).join(',') });
      },
    },
    {
      key: 'e',
      does: 'exemplars as a list',
      on: (row) => go('exemplars', { tenant: row.tenant, service: row.service }),
    },
    {
      key: 't',
      does: 'traces by search',
      on: (row) => go('traces', { tenant: row.tenant, service: row.service, by: 'search' }),
    },
    { key: 'l', does: 'logs of the service', on: (row) => go('logs', { tenant: row.tenant, service: row.service }) },
    { key: 'm', does: 'the series behind it', on: (row) => go('slow', { tenant: row.tenant, service: row.service }) },
  ],
  record: (row) => ({
    at: rfc3339OfUnix(row.atUnix),
    lowSeconds: row.low,
    highSeconds: Number.isFinite(row.high) ? row.high : null,
    count: row.count,
    exemplars: row.exemplars.length,
    worstTraceId: row.exemplars[0]?.traceId ?? null,
    service: row.service,
    tenant: row.tenant,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['cell', textOf(row)],
    ['minute to', rfc3339OfUnix(row.atUnix)],
    ['service', row.service],
    ['metric', row.metric.base],
    ['tenant', row.tenant],
    ...row.exemplars.map((one): [string, string] => [
      `exemplar ${formatSeconds(one.value * row.metric.unitSeconds)}`,
      `${one.traceId} at ${rfc3339OfUnix(one.atUnix)}`,
    ]),
  ],
  crumb: (params) => params.service ?? '',
});

function rowId(row: HeatRow): string {
  return [row.tenant, row.service, row.low, row.atUnix].join(' ');
}

function lineOf(row: HeatRow): string {
  return Number.isFinite(row.high) ? `≤ ${formatSeconds(row.high)}` : `> ${formatSeconds(row.low)}`;
}

/** Slower than a second catches the eye: that is what exemplars are opened for. */
function toneOf(row: HeatRow): Tone {
  if (row.count === 0) return 'dim';
  return row.low >= 1 ? 'bad' : row.low >= 0.25 ? 'warn' : 'accent';
}

function textOf(row: HeatRow): string {
  const bucket = Number.isFinite(row.high)
    ? `${formatSeconds(row.low)}–${formatSeconds(row.high)}`
    : `over ${formatSeconds(row.low)}`;
  const worst = row.exemplars[0];
  const sampled =
    worst === undefined
      ? 'no exemplar'
      : `${several(row.exemplars.length, 'exemplar')}, the worst ${formatSeconds(worst.value * row.metric.unitSeconds)}`;
  return `${bucket}: ${several(Math.round(row.count), 'request')}, ${sampled}`;
}

const several = (count: number, what: string): string => `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;

async function* loadHeatmap(input: LoadInput): AsyncGenerator<Loaded<HeatRow>> {
  const gaps = makeGaps();
  const candidates: HeatRow[][] = [];
  for await (const rows of asTheyArrive(input.tenants.map((tenant) => cellsOf(input, tenant, gaps))))
    if (rows.length > 0) candidates.push([...rows]);
  // One service at a time: the map of several would be nobody's. Without a wish it is the one with the slowest request.
  const rows = candidates.sort((a, b) => slowestOf(b) - slowestOf(a))[0] ?? [];
  const cursor = rows.toSorted((a, b) => worstOf(b) - worstOf(a)).find((row) => worstOf(row) > 0) ?? rows.find(isHeld);
  const because =
    gaps.list.length > 0
      ? becauseOfGaps('the buckets could not be had', gaps.list)
      : 'no classic histogram of request durations has had a request in this window';
  yield {
    rows,
    gaps: gaps.list,
    complete: true,
    cursor: cursor && rowId(cursor),
    because: rows.length === 0 ? because : undefined,
    note: rows[0] && `${rows[0].service} of ${rows[0].tenant}: the numbers are exemplars in that minute and bucket`,
  };
}

/** A whole request: of an extrapolated increase there may be a share of one, in buckets that nothing fell into. */
const isHeld = (row: HeatRow): boolean => row.count >= 1;

/** Seconds that the worst exemplar of a cell took; 0 where it has none. */
const worstOf = ({ exemplars: [worst], metric }: HeatRow): number => (worst ? worst.value * metric.unitSeconds : 0);

/** Seconds of the slowest request: as an exemplar says, else as long as its bucket says at least. */
const slowestOf = (rows: readonly HeatRow[]): number =>
  Math.max(
    ...rows.map(worstOf),
    rows.some(({ exemplars }) => exemplars.length > 0) ? 0 : (rows.find(isHeld)?.low ?? 0),
  );

async function cellsOf(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<readonly HeatRow[]> {
  const window = seriesWindow(input.time);
  const learned = await learnServices(input.clients, tenant, window, gaps, input.signal);
  const metric = learned.metrics.find((one) => !one.native) ?? learned.spans;
  if (metric === undefined || metric.native) return [];
  const services = input.params.service === undefined ? [...learned.namespaces.keys()] : [input.params.service];
  const maps = await Promise.all(services.map((service) => cellsOfService(input, tenant, metric, service, gaps)));
  return maps.sort((a, b) => slowestOf(b) - slowestOf(a))[0] ?? [];
}

async function cellsOfService(
  input: LoadInput,
  tenant: Tenant,
  metric: DurationMetric,
  service: string,
  gaps: Gaps,
): Promise<readonly HeatRow[]> {
  const mimir = input.clients.mimir(tenant);
  const window = seriesWindow(input.time);
  const [counts, exemplars] = await Promise.all([
    mimir.queryRange(heatmapQuestion(metric, service), window, STEP_SECONDS, input.signal),
    mimir.exemplars(exemplarSelector(metric, service), window, input.signal),
  ]);
  const series = gaps.take(counts) ?? [];
  const found = gaps.take(exemplars) ?? [];
  if (!counts.ok) return [];
  const cells = heatCells(series, found, STEP_SECONDS, metric.unitSeconds);
  const fullest = Math.max(1, ...cells.map((cell) => cell.count));
  return cells.map((cell) => ({
    ...cell,
    tenant,
    service,
    metric,
    origin: counts.origin,
    weight: cell.count / fullest,
  }));
}
