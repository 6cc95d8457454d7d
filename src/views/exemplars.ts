import type { TraceExists } from '../domain/correlate.ts';
import { rfc3339OfUnix } from '../domain/time.ts';
import { formatAge, formatSeconds } from '../domain/units.ts';
import { type ExemplarRow, exemplarRowId, loadExemplars } from './exemplars-load.ts';
import { go, refuse, type Tone, view } from './view.ts';

const WORDS: Readonly<Record<TraceExists, string>> = {
  yes: '✓ living',
  no: '✗ gone',
  pending: '… not yet',
  unknown: '? asking',
};
const TONES: Readonly<Record<TraceExists, Tone>> = { yes: 'good', no: 'dim', pending: 'warn', unknown: 'unknown' };

/** The requests behind a slow series: worst and newest, living traces told from those that are gone. */
export const exemplars = view<ExemplarRow>({
  id: 'exemplars',
  aliases: ['ex', 'exemplar'],
  about: 'single requests behind a series, worst first, and whether their trace exists',
  everySeconds: 30,
  flags: [
    { flag: 'service', param: 'service', about: 'only this service', value: 'S' },
    { flag: 'route', param: 'route', about: 'only this route', value: 'R' },
  ],
  load: loadExemplars,
  body: {
    kind: 'table',
    rowId: exemplarRowId,
    columns: [
      {
        id: 'seconds',
        title: 'VALUE',
        cell: (row) => formatSeconds(row.seconds),
        sortBy: (row) => row.seconds,
        alignRight: true,
        letter: 'V',
        keep: 120,
        widthMin: 8,
      },
      {
        id: 'exists',
        title: 'TRACE',
        cell: (row) => WORDS[row.traceExists],
        tone: (row) => TONES[row.traceExists],
        letter: 'T',
        keep: 110,
        widthMin: 9,
      },
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
      { id: 'service', title: 'SERVICE', cell: (row) => row.service, letter: 'S', keep: 70, widthMin: 8, widthMax: 30 },
      {
        id: 'route',
        title: 'ROUTE',
        cell: (row) => row.route || '–',
        letter: 'R',
        keep: 60,
        widthMin: 8,
        widthMax: 40,
        grow: true,
      },
      {
        id: 'status',
        title: 'STATUS',
        cell: statusOf,
        tone: (row) => (/^5|ERROR/.test(statusOf(row)) ? 'bad' : 'plain'),
        letter: 'U',
        keep: 80,
        widthMin: 6,
      },
      {
        id: 'pod',
        title: 'POD',
        cell: (row) => row.exemplar.seriesLabels.pod ?? '–',
        letter: 'P',
        keep: 40,
        widthMin: 10,
        widthMax: 40,
      },
      { id: 'traceId', title: 'TRACE ID', cell: (row) => row.exemplar.traceId, keep: 50, widthMin: 32, letter: 'I' },
      { id: 'tenant', title: 'TENANT', cell: (row) => row.tenant, keep: 20, widthMin: 8, widthMax: 24, letter: 'N' },
    ],
  },
  keys: [
    {
      key: 'enter',
      does: 'its trace',
      on: (row, { rows }) =>
        row.traceExists === 'no'
          ? refuse('this trace is gone: it was sampled away, or retention took it. Living ones are marked ✓')
          : go('trace', { tenant: row.tenant, trace: row.exemplar.traceId, ...untilKnown(row, rows) }),
    },
    { key: 'v', does: 'as a heatmap', on: (row) => go('heatmap', { tenant: row.tenant, service: row.service }) },
    {
      key: 't',
      does: 'traces by search',
      on: (row) => go('traces', { tenant: row.tenant, service: row.service, by: 'search' }),
    },
    {
      key: 'l',
      does: 'logs of this request',
      on: (row) => go('logs', { tenant: row.tenant, trace: row.exemplar.traceId }),
    },
    {
      key: 'm',
      does: 'the series behind it',
      on: (row) => go('slow', { tenant: row.tenant, service: row.service, route: row.route }),
    },
  ],
  record: (row) => ({
    traceId: row.exemplar.traceId,
    value: row.seconds,
    at: rfc3339OfUnix(row.exemplar.atUnix),
    service: row.service,
    route: row.route,
    traceExists: row.traceExists,
    tenant: row.tenant,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['trace id', row.exemplar.traceId],
    ['value', formatSeconds(row.seconds)],
    ['at', rfc3339OfUnix(row.exemplar.atUnix)],
    ['trace', WORDS[row.traceExists]],
    ...Object.entries(row.exemplar.seriesLabels),
    ...Object.entries(row.exemplar.labels),
  ],
  crumb: (params) => [params.service, params.route].filter(Boolean).join(' '),
});

/** Pressed before anybody could say whether this trace lives: the next worst are taken along, in case it does not. */
function untilKnown(row: ExemplarRow, rows: readonly ExemplarRow[]): { next?: string } {
  if (row.traceExists !== 'unknown') return {};
  const after = rows
    .slice(rows.indexOf(row) + 1)
    .filter((other) => other.traceExists !== 'no' && other.tenant === row.tenant);
  return {
    next: after
      .slice(0, 5)
      .map((other) => other.exemplar.traceId)
      .join(','),
  };
}

function statusOf(row: ExemplarRow): string {
  const labels = row.exemplar.seriesLabels;
  return (
    labels.http_response_status_code ??
    labels.http_status_code ??
    labels.status_code ??
    labels.status ??
    labels.code ??
    '–'
  );
}
