import { exemplarsToShow, missingTrace, type TraceExists } from '../domain/correlate.ts';
import type { DurationMetric } from '../domain/latency.ts';
import { exemplarSelector } from '../domain/questions.ts';
import type { Fault, Loaded, Origin } from '../domain/result.ts';
import type { Exemplar } from '../domain/series.ts';
import type { SlowRoute } from '../domain/slow.ts';
import type { Tenant } from '../domain/tenant.ts';
import { rfc3339OfUnix, seriesWindow } from '../domain/time.ts';
import { formatAge, formatSeconds } from '../domain/units.ts';
import { asTheyArrive, type Gaps, makeGaps } from './arrival.ts';
import { learnServices } from './learn.ts';
import { go, type LoadInput, refuse, type Tone, view } from './view.ts';

/** One request that an exemplar points at, and whether its trace can still be read. */
export interface ExemplarRow {
  readonly tenant: Tenant;
  readonly service: string;
  readonly route: string;
  readonly exemplar: Exemplar;
  readonly seconds: number;
  readonly ageSeconds: number;
  readonly traceExists: TraceExists;
  readonly metric: DurationMetric;
  readonly origin: Origin;
}

/** Of the worst and of the newest, so that 20 at most are asked for. */
const EACH = 10;

const WORDS: Readonly<Record<TraceExists, string>> = { yes: '✓ living', no: '✗ gone', pending: '… not yet', unknown: '? asking' };
const TONES: Readonly<Record<TraceExists, Tone>> = { yes: 'good', no: 'dim', pending: 'warn', unknown: 'unknown' };

/** The requests behind a slow series: worst and newest, living traces told from those that are gone. */
export const exemplars = view<ExemplarRow>({
  id: 'exemplars', aliases: ['ex', 'exemplar'], about: 'single requests behind a series, worst first, and whether their trace exists', everySeconds: 30,
  flags: [
    { flag: 'service', param: 'service', about: 'only this service', value: 'S' },
    { flag: 'route', param: 'route', about: 'only this route', value: 'R' },
  ],
  load: loadExemplars,
  body: {
    kind: 'table', rowId: exemplarRowId,
    columns: [
      { id: 'seconds', title: 'VALUE', cell: (row) => formatSeconds(row.seconds), sortBy: (row) => row.seconds, alignRight: true, letter: 'V', keep: 120, widthMin: 8 },
      { id: 'exists', title: 'TRACE', cell: (row) => WORDS[row.traceExists], tone: (row) => TONES[row.traceExists], letter: 'T', keep: 110, widthMin: 9 },
      { id: 'age', title: 'AGE', cell: (row) => formatAge(row.ageSeconds), sortBy: (row) => row.ageSeconds, alignRight: true, letter: 'A', keep: 100, widthMin: 5 },
      { id: 'service', title: 'SERVICE', cell: (row) => row.service, letter: 'S', keep: 70, widthMin: 8, widthMax: 30 },
      { id: 'route', title: 'ROUTE', cell: (row) => row.route || '–', letter: 'R', keep: 60, widthMin: 8, widthMax: 40, grow: true },
      { id: 'status', title: 'STATUS', cell: statusOf, tone: (row) => (/^5|ERROR/.test(statusOf(row)) ? 'bad' : 'plain'), letter: 'U', keep: 80, widthMin: 6 },
      { id: 'pod', title: 'POD', cell: (row) => row.exemplar.seriesLabels['pod'] ?? '–', letter: 'P', keep: 40, widthMin: 10, widthMax: 40 },
      { id: 'traceId', title: 'TRACE ID', cell: (row) => row.exemplar.traceId, keep: 50, widthMin: 32, letter: 'I' },
      { id: 'tenant', title: 'TENANT', cell: (row) => row.tenant, keep: 20, widthMin: 8, widthMax: 24, letter: 'N' },
    ],
  },
  keys: [
    {
      key: 'enter', does: 'its trace',
      on: (row) => row.traceExists === 'no' ? refuse('this trace is gone: it was sampled away, or retention took it. Living ones are marked ✓') : go('trace', { tenant: row.tenant, trace: row.exemplar.traceId }),
    },
    { key: 't', does: 'traces by search', on: (row) => go('traces', { tenant: row.tenant, service: row.service, by: 'search' }) },
    { key: 'l', does: 'logs of this request', on: (row) => go('logs', { tenant: row.tenant, trace: row.exemplar.traceId }) },
    { key: 'm', does: 'the series behind it', on: (row) => go('slow', { tenant: row.tenant, service: row.service, route: row.route }) },
  ],
  record: (row) => ({
    traceId: row.exemplar.traceId, value: row.seconds, at: rfc3339OfUnix(row.exemplar.atUnix), service: row.service, route: row.route,
    traceExists: row.traceExists, tenant: row.tenant,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['trace id', row.exemplar.traceId], ['value', formatSeconds(row.seconds)], ['at', rfc3339OfUnix(row.exemplar.atUnix)], ['trace', WORDS[row.traceExists]],
    ...Object.entries(row.exemplar.seriesLabels), ...Object.entries(row.exemplar.labels),
  ],
  crumb: (params) => [params['service'], params['route']].filter(Boolean).join(' '),
});

export function exemplarRowId(row: ExemplarRow): string {
  return [row.exemplar.traceId, row.exemplar.atUnix, row.exemplar.value, row.service, row.route].join(' ');
}

function statusOf(row: ExemplarRow): string {
  const labels = row.exemplar.seriesLabels;
  return labels['http_response_status_code'] ?? labels['http_status_code'] ?? labels['status_code'] ?? labels['status'] ?? labels['code'] ?? '–';
}

export async function* loadExemplars(input: LoadInput): AsyncGenerator<Loaded<ExemplarRow>> {
  const gaps = makeGaps();
  const found = (await Promise.all(input.tenants.map((tenant) => exemplarsOf(input, tenant, gaps)))).flat();
  const show = new Set(exemplarsToShow(found.map((row) => row.exemplar), EACH));
  let rows = found.filter((row) => show.has(row.exemplar)).sort((a, b) => b.seconds - a.seconds);
  if (rows.length === 0) {
    yield { rows, gaps: gaps.list, complete: true, because: gaps.list.length > 0 ? 'the exemplars could not be asked for: see the gaps' : NONE };
    return;
  }
  yield { rows, gaps: gaps.list, complete: false };
  for await (const { id, exists, fault } of asTheyArrive(rows.map((row) => probe(input, row)))) {
    if (fault) gaps.note(fault);
    rows = rows.map((row) => (exemplarRowId(row) === id ? { ...row, traceExists: exists } : row));
    yield { rows, gaps: gaps.list, complete: false, cursor: worstLiving(rows) };
  }
  const living = rows.filter((row) => row.traceExists === 'yes').length;
  yield {
    rows, gaps: gaps.list, complete: true, cursor: worstLiving(rows),
    note: living === 0 ? 'none of these traces can be read: t finds traces by search, not by exemplar' : `${living} of ${rows.length} traces are there`,
  };
}

const NONE = 'no exemplars in this window: a stock Mimir stores none (max_global_exemplars_per_user is 0), or the service sends none. t finds traces by search';

/** The worst whose trace is known to exist, once everything worse has been answered; until then nothing is claimed. */
function worstLiving(rows: readonly ExemplarRow[]): string | undefined {
  const first = rows.find((row) => row.traceExists === 'yes' || row.traceExists === 'unknown');
  const chosen = first?.traceExists === 'yes' ? first : undefined;
  return chosen && exemplarRowId(chosen);
}

async function probe(input: LoadInput, row: ExemplarRow): Promise<{ id: string; exists: TraceExists; fault?: Fault }> {
  const answer = await input.clients.tempo(row.tenant).trace(row.exemplar.traceId, input.signal);
  const id = exemplarRowId(row);
  if (answer.ok) return { id, exists: 'yes' };
  if (answer.fault.kind === 'not-found') return { id, exists: missingTrace(row.exemplar.atUnix, input.nowUnix) };
  return { id, exists: 'unknown', fault: answer.fault };
}

/** Exemplars of the asked service and route of one tenant, or of all its services. */
async function exemplarsOf(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<readonly ExemplarRow[]> {
  const { service, route, source } = input.params;
  const window = seriesWindow(input.time);
  const learned = await learnServices(input.clients, tenant, window, gaps, input.signal);
  const metrics = source === 'span-metrics' ? [learned.spans] : learned.metrics.length > 0 ? learned.metrics : [learned.spans];
  const services = service === undefined ? [...learned.namespaces.keys()] : [service];
  const answers = await Promise.all(metrics.filter((metric) => metric !== undefined).flatMap((metric) => services.map(async (name) => {
    const answer = await input.clients.mimir(tenant).exemplars(exemplarSelector(metric, name), window, input.signal);
    const list = gaps.take(answer) ?? [];
    const origin = answer.ok ? answer.origin : undefined;
    return origin === undefined ? [] : list.map((exemplar): ExemplarRow => ({
      tenant, exemplar, metric, origin, service: exemplar.seriesLabels[metric.serviceLabel] ?? name, route: exemplar.seriesLabels[metric.routeLabel] ?? '',
      seconds: exemplar.value * metric.unitSeconds, ageSeconds: Math.max(0, input.nowUnix - exemplar.atUnix), traceExists: 'unknown',
    }));
  })));
  return answers.flat().filter((row) => !route || row.route === route);
}

/** How many exemplars each row of `slow` has, asked once a service; rows whose service could not be asked stay undefined. */
export async function countExemplars(input: LoadInput, rows: readonly SlowRoute[], gaps: Gaps): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const services = Map.groupBy(rows, (row) => [row.tenant, row.service, row.metric.base].join(' '));
  await Promise.all([...services.values()].map(async (group) => {
    const first = group[0];
    if (first === undefined) return;
    const list = gaps.take(await input.clients.mimir(first.tenant).exemplars(exemplarSelector(first.metric, first.service), seriesWindow(input.time), input.signal));
    if (list === undefined) return;
    for (const row of group)
      counts.set(slowRowId(row), list.filter((one) => (one.seriesLabels[row.metric.routeLabel] ?? '') === row.route).length);
  }));
  return counts;
}

/** The id of a row of `slow`. */
export const slowRowId = (row: SlowRoute): string => [row.tenant, row.service, row.route, row.metric.base].join(' ');
