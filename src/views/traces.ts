import { traceSearch } from '../domain/questions.ts';
import type { Loaded, Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { rfc3339OfNanos, SEARCH_WINDOW_SECONDS, searchWindow } from '../domain/time.ts';
import type { TraceSummary } from '../domain/trace.ts';
import { formatAge, formatCount, formatSeconds } from '../domain/units.ts';
import { asTheyArrive, becauseOfGaps, makeGaps } from './arrival.ts';
import { go, type LoadInput, view } from './view.ts';

export interface TraceRow extends TraceSummary {
  readonly tenant: Tenant;
  readonly ageSeconds: number;
  readonly origin: Origin;
}

/** Tempo is asked for that many: the newest that match. */
const LIMIT = 20;

/** Traces by search, newest first. */
export const traces = view<TraceRow>({
  id: 'traces',
  aliases: ['tr', 'search'],
  about: 'traces by search: service, name, duration, error; newest first',
  everySeconds: 30,
  looksBackSeconds: SEARCH_WINDOW_SECONDS,
  flags: [
    { flag: 'service', param: 'service', about: 'spans of this service', value: 'S' },
    { flag: 'name', param: 'name', about: 'spans of this name', value: 'N' },
    { flag: 'min', param: 'min', about: 'spans longer than this (500ms, 1s)', value: 'D' },
    { flag: 'errors', param: 'errors', about: 'only spans that failed' },
  ],
  load: loadTraces,
  body: {
    kind: 'table',
    rowId: (row) => `${row.tenant} ${row.traceId}`,
    columns: [
      {
        id: 'age',
        title: 'AGE',
        cell: (row) => formatAge(row.ageSeconds),
        sortBy: (row) => row.ageSeconds,
        alignRight: true,
        letter: 'A',
        keep: 100,
        widthMin: 5,
      },
      {
        id: 'duration',
        title: 'DURATION',
        cell: (row) => formatSeconds(row.durationSeconds),
        sortBy: (row) => row.durationSeconds,
        alignRight: true,
        letter: 'D',
        keep: 120,
        widthMin: 8,
      },
      {
        id: 'error',
        title: 'ERROR',
        cell: (row) => (row.error === undefined ? '?' : row.error ? '✗ failed' : '–'),
        tone: (row) => (row.error ? 'bad' : 'dim'),
        letter: 'E',
        keep: 110,
        widthMin: 8,
      },
      {
        id: 'service',
        title: 'ROOT SERVICE',
        cell: (row) => row.service || '(root not yet there)',
        letter: 'S',
        keep: 90,
        widthMin: 12,
        widthMax: 30,
      },
      {
        id: 'name',
        title: 'ROOT SPAN',
        cell: (row) => row.name || '–',
        letter: 'N',
        keep: 80,
        widthMin: 10,
        grow: true,
        widthMax: 60,
      },
      {
        id: 'spans',
        title: 'SPANS',
        cell: (row) => formatCount(row.spans),
        sortBy: (row) => row.spans,
        alignRight: true,
        letter: 'P',
        keep: 40,
        widthMin: 5,
      },
      { id: 'traceId', title: 'TRACE ID', cell: (row) => row.traceId, letter: 'I', keep: 50, widthMin: 32 },
      { id: 'tenant', title: 'TENANT', cell: (row) => row.tenant, letter: 'T', keep: 30, widthMin: 8, widthMax: 24 },
    ],
  },
  keys: [
    { key: 'enter', does: 'the trace', on: (row) => go('trace', { tenant: row.tenant, trace: row.traceId }) },
    { key: 'l', does: 'its log lines', on: (row) => go('logs', { tenant: row.tenant, trace: row.traceId }) },
    { key: 'm', does: 'the series behind it', on: (row) => go('slow', { tenant: row.tenant, service: row.service }) },
    {
      key: 'e',
      does: 'exemplars of the service',
      on: (row) => go('exemplars', { tenant: row.tenant, service: row.service }),
    },
  ],
  record: (row) => ({
    traceId: row.traceId,
    service: row.service,
    name: row.name,
    at: rfc3339OfNanos(row.startNanos),
    durationSeconds: row.durationSeconds,
    spans: row.spans,
    error: row.error ?? null,
    tenant: row.tenant,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['trace id', row.traceId],
    ['root service', row.service],
    ['root span', row.name],
    ['started', rfc3339OfNanos(row.startNanos)],
    ['duration', formatSeconds(row.durationSeconds)],
    ['spans', String(row.spans)],
    ['tenant', row.tenant],
  ],
  crumb: (params) =>
    [params.service, params.name, params.min && `>${params.min}`, params.errors && 'errors'].filter(Boolean).join(' '),
});

/** A question that never says less than what is slow: without any wish, spans over a second. */
function questionOf(input: LoadInput): string {
  const { service, name, min, errors } = input.params;
  const slow = min ?? (errors || name ? undefined : service ? '500ms' : '1s');
  return traceSearch({ service, name, min: slow, errors: errors !== undefined });
}

export async function* loadTraces(input: LoadInput): AsyncGenerator<Loaded<TraceRow>> {
  const gaps = makeGaps();
  const question = questionOf(input);
  const rows: TraceRow[] = [];
  const note = input.params.by === 'search' ? `by search, not by exemplar: ${question}` : question;
  const ask = async (tenant: Tenant) => ({
    tenant,
    answer: await input.clients.tempo(tenant).search(question, searchWindow(input.time), LIMIT, input.signal),
  });
  for await (const { tenant, answer } of asTheyArrive(input.tenants.map(ask))) {
    const found = gaps.take(answer) ?? [];
    if (answer.ok)
      rows.push(
        ...found.map((summary) => ({
          ...summary,
          tenant,
          origin: answer.origin,
          ageSeconds: Math.max(0, input.nowUnix - Number(summary.startNanos) / 1e9),
        })),
      );
    rows.sort((a, b) => Number(b.startNanos - a.startNanos));
    yield { rows: [...rows], gaps: gaps.list, complete: false, note };
  }
  const because =
    gaps.list.length > 0
      ? becauseOfGaps('the search could not be made', gaps.list)
      : `no trace matches ${question} in this window; Tempo hides the newest 30 s from search, not from trace by id`;
  yield { rows: [...rows], gaps: gaps.list, complete: true, note, because: rows.length === 0 ? because : undefined };
}
