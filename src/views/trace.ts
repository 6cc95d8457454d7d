import { setImmediate } from 'node:timers/promises';
import { namespacesOfTrace, windowOfTrace } from '../domain/correlate.ts';
import { type Culprit, layOut, lineageIn, type PlacedSpan } from '../domain/critical-path.ts';
import type { Fault, Loaded, Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { rfc3339OfNanos } from '../domain/time.ts';
import type { Trace } from '../domain/trace.ts';
import { formatSeconds } from '../domain/units.ts';
import { becauseOfGaps, makeGaps } from './arrival.ts';
import { go, type LoadInput, type Params, type Tone, view } from './view.ts';

/** A span, and whose it is. What it holds is read when it is looked at: there can be a hundred thousand. */
export interface SpanRow {
  readonly span: PlacedSpan;
  readonly culprit: boolean;
  readonly found: Laid;
}

/** A trace with who had it. */
interface Found {
  readonly trace: Trace;
  readonly tenant: Tenant;
  readonly origin: Origin;
}

/** What is known once of a whole trace, and needed at every key. */
interface Laid extends Found {
  readonly spans: readonly PlacedSpan[];
  /** Where its log lines are. */
  readonly logs: Params;
}

/** The span id; with a suffix where several spans share one, as Zipkin's do. */
const idOf = ({ spanId, again }: PlacedSpan): string => (again === 0 ? spanId : `${spanId} #${again}`);

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
    rowId: ({ span }) => idOf(span),
    parentId: ({ span }) => span.parentId,
    depth: ({ span }) => span.depth,
    label: ({ span }) => `${span.service}  ${span.name}`,
    tone,
    bar: ({ span }) => span,
    onCriticalPath: ({ span }) => span.onCriticalPath,
    worksItself: (row) => row.span.selfSeconds * 2 >= row.span.durationSeconds,
    columns: [
      {
        id: 'duration',
        title: 'DURATION',
        cell: (row) => formatSeconds(row.span.durationSeconds),
        sortBy: (row) => row.span.durationSeconds,
        alignRight: true,
        keep: 100,
        widthMin: 8,
        letter: 'D',
      },
      {
        id: 'self',
        title: 'SELF',
        cell: (row) => formatSeconds(row.span.selfSeconds),
        tone: (row) => (row.culprit ? 'bad' : 'plain'),
        sortBy: (row) => row.span.selfSeconds,
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
          tenant: row.found.tenant,
          service: row.span.service,
          route: row.span.attributes['http.route'] ?? row.span.attributes['rpc.method'] ?? '',
        }),
    },
    {
      key: 'e',
      does: 'exemplars of its service',
      on: (row) => go('exemplars', { tenant: row.found.tenant, service: row.span.service }),
    },
    {
      key: 't',
      does: 'traces of its service',
      on: (row) => go('traces', { tenant: row.found.tenant, service: row.span.service, by: 'search' }),
    },
  ],
  record: (row) => ({
    spanId: row.span.spanId,
    parentId: row.span.parentId || null,
    service: row.span.service,
    name: row.span.name,
    startSeconds: row.span.startSeconds,
    durationSeconds: row.span.durationSeconds,
    selfSeconds: row.span.selfSeconds,
    error: row.span.error,
    onCriticalPath: row.span.onCriticalPath,
    tenant: row.found.tenant,
  }),
  origin: (row) => row.found.origin,
  details: (row) => [
    ['span', row.span.name],
    ['service', row.span.service],
    ['kind', row.span.kind],
    ['span id', row.span.spanId],
    ['parent', row.span.parentId || 'none'],
    ['started', `${formatSeconds(row.span.startSeconds)} after ${rfc3339OfNanos(row.found.trace.startNanos)}`],
    ['duration', `${formatSeconds(row.span.durationSeconds)}, of which ${formatSeconds(row.span.selfSeconds)} its own`],
    ['status', row.span.error ? `error${row.span.said ? `: ${row.span.said}` : ''}` : 'not an error'],
    ...row.span.events.flatMap((event): [string, string][] => [
      [`event +${formatSeconds(event.atSeconds)}`, event.name],
      ...Object.entries(event.attributes).map(([name, value]): [string, string] => [`  ${name}`, value]),
    ]),
    ...Object.entries(row.span.attributes),
    ...Object.entries(row.span.resource),
  ],
  crumb: (params) => (params.trace ?? '').slice(0, 8),
});

function tone(row: SpanRow): Tone {
  if (row.span.error) return 'bad';
  return row.culprit ? 'accent' : 'plain';
}

/** Where `l` leads: the whole trace's lines, the span and its parents marked. */
export const logParams = ({ span, found }: SpanRow): Params => ({
  ...found.logs,
  span: span.spanId,
  marks: lineageIn(found.spans, span).join(','),
});

function logsOf({ trace, tenant }: Found): Params {
  const window = windowOfTrace(trace);
  return {
    tenant,
    trace: trace.traceId,
    namespaces: namespacesOfTrace(trace).join(','),
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
  const { found, gaps } = await findFirst(input, [id, ...listOf(input.params.next)]);
  if (found === undefined) {
    yield { rows: [], gaps, complete: true, because: whyMissing(id, input, gaps) };
    return;
  }
  const { spans, culprit } = layOut(found.trace);
  const guilty = spans.find(({ spanId }) => spanId === culprit?.spanId);
  const laid = { ...found, spans, logs: logsOf(found) };
  // Of a large trace, keys are heard before it is drawn.
  if (found.trace.laid) await setImmediate();
  const rows = spans.map((span): SpanRow => ({ span, found: laid, culprit: span === guilty }));
  const asked = input.params.span;
  yield {
    rows,
    gaps,
    complete: true,
    cursor: asked !== undefined && spans.some(({ spanId }) => spanId === asked) ? asked : culprit?.spanId,
    note: [
      instead(id, found),
      culprit && `${culprit.error ? '✗ ' : ''}${culprit.service} ${culprit.span}: ${culprit.because}`,
    ]
      .filter(Boolean)
      .join('; '),
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

const listOf = (text: string | undefined): readonly string[] => (text ?? '').split(',').filter((part) => part !== '');

/** The first trace that can be read; `next` are those to take where the wanted one was sampled away before anybody could know. */
async function findFirst(input: LoadInput, ids: readonly string[]): Promise<{ found?: Found; gaps: readonly Fault[] }> {
  let missing: readonly Fault[] = [];
  for (const [index, id] of ids.entries()) {
    const { found, gaps } = await findTrace(input, id);
    if (found !== undefined) return { found, gaps };
    if (index === 0) missing = gaps;
    if (gaps.some((gap) => gap.kind !== 'not-found')) break;
  }
  return { gaps: missing };
}

const instead = (wanted: string, found: Found): string =>
  found.trace.traceId.endsWith(wanted) ? '' : `trace ${wanted.slice(0, 8)} is gone, this is the next worst`;

/** Ask each tenant for the trace; the first that has it. Not there is a gap only where nobody has it. */
export async function findTrace(input: LoadInput, id: string): Promise<{ found?: Found; gaps: readonly Fault[] }> {
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
