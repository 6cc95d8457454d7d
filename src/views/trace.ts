import { namespacesOfTrace, windowOfTrace } from '../domain/correlate.ts';
import { type Culprit, findCulprit, lineageOf, type PlacedSpan, placeSpans } from '../domain/critical-path.ts';
import type { Fault, Loaded, Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { rfc3339OfNanos } from '../domain/time.ts';
import type { Trace } from '../domain/trace.ts';
import { formatSeconds } from '../domain/units.ts';
import { becauseOfGaps, makeGaps } from './arrival.ts';
import { go, type LoadInput, type Params, type Tone, view } from './view.ts';

export interface SpanRow extends PlacedSpan {
  readonly tenant: Tenant;
  readonly trace: Trace;
  /** The span id; with a suffix where several spans share one, as Zipkin's do. */
  readonly id: string;
  readonly culprit: boolean;
  readonly origin: Origin;
}

/** One trace as a waterfall; opens on the span that explains most. */
export const trace = view<SpanRow>({
  id: 'trace',
  aliases: ['waterfall'],
  about: 'one trace: where its time went, and which span to blame',
  everySeconds: 0,
  argument: { name: 'ID', param: 'trace', required: true },
  load: loadTrace,
  body: {
    kind: 'waterfall',
    rowId: (row) => row.id,
    parentId: (row) => row.parentId,
    label: (row) => `${row.service}  ${row.name}`,
    tone,
    bar: (row) => row,
    onCriticalPath: (row) => row.onCriticalPath,
    worksItself: (row) => row.selfSeconds * 2 >= row.durationSeconds,
    columns: [
      {
        id: 'duration',
        title: 'DURATION',
        cell: (row) => formatSeconds(row.durationSeconds),
        sortBy: (row) => row.durationSeconds,
        alignRight: true,
        keep: 100,
        widthMin: 8,
        letter: 'D',
      },
      {
        id: 'self',
        title: 'SELF',
        cell: (row) => formatSeconds(row.selfSeconds),
        tone: (row) => (row.culprit ? 'bad' : 'plain'),
        sortBy: (row) => row.selfSeconds,
        alignRight: true,
        keep: 90,
        widthMin: 7,
        letter: 'S',
      },
    ],
  },
  keys: [
    { key: 'enter', does: 'its log lines', on: (row) => go('logs', logParams(row)) },
    { key: 'l', does: 'log lines of the whole trace, this span marked', on: (row) => go('logs', logParams(row)) },
    {
      key: 'm',
      does: 'the series of this span',
      on: (row) =>
        go('slow', {
          tenant: row.tenant,
          service: row.service,
          route: row.attributes['http.route'] ?? row.attributes['rpc.method'] ?? '',
        }),
    },
    {
      key: 'e',
      does: 'exemplars of its service',
      on: (row) => go('exemplars', { tenant: row.tenant, service: row.service }),
    },
    {
      key: 't',
      does: 'traces of its service',
      on: (row) => go('traces', { tenant: row.tenant, service: row.service, by: 'search' }),
    },
  ],
  record: (row) => ({
    spanId: row.spanId,
    parentId: row.parentId || null,
    service: row.service,
    name: row.name,
    startSeconds: row.startSeconds,
    durationSeconds: row.durationSeconds,
    selfSeconds: row.selfSeconds,
    error: row.error,
    onCriticalPath: row.onCriticalPath,
    tenant: row.tenant,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['span', row.name],
    ['service', row.service],
    ['kind', row.kind],
    ['span id', row.spanId],
    ['parent', row.parentId || 'none'],
    ['started', `${formatSeconds(row.startSeconds)} after ${rfc3339OfNanos(row.trace.startNanos)}`],
    ['duration', `${formatSeconds(row.durationSeconds)}, of which ${formatSeconds(row.selfSeconds)} its own`],
    ['status', row.error ? `error${row.said ? `: ${row.said}` : ''}` : 'not an error'],
    ...row.events.flatMap((event): [string, string][] => [
      [`event +${formatSeconds(event.atSeconds)}`, event.name],
      ...Object.entries(event.attributes).map(([name, value]): [string, string] => [`  ${name}`, value]),
    ]),
    ...Object.entries(row.attributes),
    ...Object.entries(row.resource),
  ],
  crumb: (params) => (params.trace ?? '').slice(0, 8),
});

function tone(row: SpanRow): Tone {
  if (row.error) return 'bad';
  return row.culprit ? 'accent' : 'plain';
}

/** Where `l` leads: the whole trace's lines, the span and its parents marked. */
export function logParams(row: SpanRow): Params {
  const window = windowOfTrace(row.trace);
  return {
    tenant: row.tenant,
    trace: row.trace.traceId,
    span: row.spanId,
    marks: lineageOf(row.trace.spans, row.spanId).join(','),
    namespaces: namespacesOfTrace(row.trace).join(','),
    from: String(window.startUnix),
    to: String(window.endUnix),
  };
}

export async function* loadTrace(input: LoadInput): AsyncGenerator<Loaded<SpanRow>> {
  const id = (input.params.trace ?? '').toLowerCase();
  if (!/^[0-9a-f]{1,32}$/.test(id)) {
    yield {
      rows: [],
      gaps: [],
      complete: true,
      because: `"${input.params.trace ?? ''}" is no trace id: up to 32 hex digits`,
    };
    return;
  }
  const { found, gaps } = await findTrace(input, id);
  if (found === undefined) {
    yield { rows: [], gaps, complete: true, because: whyMissing(id, input, gaps) };
    return;
  }
  const placed = placeSpans(found.trace);
  const culprit = findCulprit(placed);
  const seen = new Map<string, number>();
  const rows = placed.map((span): SpanRow => {
    const again = seen.get(span.spanId) ?? 0;
    seen.set(span.spanId, again + 1);
    return {
      ...span,
      id: again === 0 ? span.spanId : `${span.spanId} #${again}`,
      tenant: found.tenant,
      trace: found.trace,
      origin: found.origin,
      culprit: again === 0 && span.spanId === culprit?.spanId,
    };
  });
  yield {
    rows,
    gaps,
    complete: true,
    cursor: rows.some((row) => row.spanId === input.params.span) ? input.params.span : culprit?.spanId,
    note: culprit && `${culprit.error ? '✗ ' : ''}${culprit.service} ${culprit.span}: ${culprit.because}`,
    extras: { culprit: culpritRecord(culprit) },
  };
}

export const culpritRecord = (culprit: Culprit | undefined) =>
  culprit === undefined
    ? null
    : {
        service: culprit.service,
        span: culprit.span,
        spanId: culprit.spanId,
        selfSeconds: culprit.selfSeconds,
        error: culprit.error,
        because: culprit.because,
      };

/** Ask each tenant for the trace; the first that has it. Not there is a gap only where nobody has it. */
export async function findTrace(
  input: LoadInput,
  id: string,
): Promise<{ found?: { trace: Trace; tenant: Tenant; origin: Origin }; gaps: readonly Fault[] }> {
  const gaps = makeGaps();
  const answers = await Promise.all(
    input.tenants.map(async (tenant) => ({
      tenant,
      answer: await input.clients.tempo(tenant).trace(id, input.signal),
    })),
  );
  for (const { tenant, answer } of answers) {
    if (!answer.ok) continue;
    for (const gap of answer.gaps) gaps.note(gap);
    return { found: { trace: answer.value, tenant, origin: answer.origin }, gaps: gaps.list };
  }
  for (const { answer } of answers) gaps.take(answer);
  return { gaps: gaps.list };
}

function whyMissing(id: string, input: LoadInput, gaps: readonly Fault[]): string {
  if (gaps.some((gap) => gap.kind !== 'not-found')) return becauseOfGaps('the trace could not be had', gaps);
  return `trace ${id.padStart(32, '0')} is not in Tempo under ${input.tenants.join(', ')}: younger than a minute it may still arrive; else it was sampled away, retention took it, or it is another tenant's`;
}
