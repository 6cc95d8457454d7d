import type { Level } from '../domain/correlate.ts';
import { rfc3339OfNanos, SEARCH_WINDOW_SECONDS } from '../domain/time.ts';
import { goAround } from './logs-around.ts';
import { followLogs } from './logs-follow.ts';
import { loadLogs } from './logs-load.ts';
import { type LogRow, podOf } from './logs-rows.ts';
import { go, type Params, refuse, type Tone, type View, view } from './view.ts';

const TONES: Readonly<Record<Level, Tone>> = {
  fatal: 'bad',
  error: 'bad',
  warn: 'warn',
  info: 'plain',
  debug: 'dim',
  trace: 'dim',
  unknown: 'unknown',
};

/** The same question without the place in it. */
const withoutPlace = ({ follow: _follow, head: _head, pattern: _pattern, ...params }: Params): Params => params;

/** Log lines: of a trace, of a span, of a service and window, or of a LogQL query. */
export const logView: View<LogRow> = {
  id: 'logs',
  aliases: ['log', 'lines'],
  about: 'log lines of a trace, a span, a service or a query',
  everySeconds: 15,
  looksBackSeconds: SEARCH_WINDOW_SECONDS,
  flags: [
    { flag: 'trace', param: 'trace', about: 'lines of this trace', value: 'ID' },
    { flag: 'span', param: 'span', about: 'lines of this span; with --trace its lines are marked', value: 'ID' },
    { flag: 'service', param: 'service', about: 'lines of this service', value: 'S' },
    { flag: 'pod', param: 'pod', about: 'lines of this pod, also of one that is gone', value: 'POD' },
    { flag: 'query', param: 'query', about: 'a LogQL query', value: 'Q' },
  ],
  load: loadLogs,
  follow: followLogs,
  follows: (params) => params.follow === 'yes' && !params.trace && !params.around,
  body: {
    kind: 'lines',
    rowId: (row) => row.id,
    atNanos: (row) => row.line.atNanos,
    level: (row) => row.level,
    who: (row) => row.service,
    text: (row) => row.message,
    fields: (row) => row.fields,
    bare: (row) => row.text,
    tone: (row) => TONES[row.level],
    marked: (row) => row.marked,
  },
  keys: [
    {
      key: 'enter',
      does: 'the trace of this line, at its span',
      on: (row) =>
        row.traceId
          ? go('trace', { tenant: row.tenant, trace: row.traceId, ...(row.spanId ? { span: row.spanId } : {}) })
          : refuse('this line carries no trace id'),
    },
    {
      key: 'o',
      does: 'the lines around it',
      on: goAround,
    },
    {
      key: 'P',
      does: 'patterns',
      on: (_row, { params }) => go('patterns', withoutPlace(params)),
    },
    {
      key: 'm',
      does: 'the series of its service',
      on: (row) => go('slow', { tenant: row.tenant, service: row.service }),
    },
    {
      key: 'e',
      does: 'exemplars of its service',
      on: (row) => go('exemplars', { tenant: row.tenant, service: row.service }),
    },
  ],
  record: (row) => ({
    at: rfc3339OfNanos(row.line.atNanos),
    level: row.level,
    service: row.service,
    pod: podOf(row.line),
    line: row.line.line,
    fields: row.fields,
    traceId: row.traceId || null,
    tenant: row.tenant,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['at', rfc3339OfNanos(row.line.atNanos)],
    ['level', row.level],
    ['line', row.line.line],
    ...Object.entries(row.fields),
  ],
  crumb: (params) => {
    if (params.trace) return `of ${params.trace.slice(0, 8)}`;
    if (params.around) return `around a line of ${params.service ?? params.stream}`;
    if (params.pattern) return `like ${params.pattern.slice(0, 30)}`;
    return params.service ?? params.pod ?? params.query ?? params.span ?? 'that warn or fail';
  },
};

export const logs = view(logView);
