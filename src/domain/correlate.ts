import type { LogLine } from './log.ts';
import type { IdPlace } from './questions.ts';
import type { Exemplar } from './series.ts';
import type { Window } from './time.ts';
import type { Trace } from './trace.ts';

/** Names under which exporters and agents put a trace id; the first is OTLP's and the reference setup's. */
export const TRACE_ID_KEYS = ['trace_id', 'traceID', 'traceId', 'TraceID', 'TraceId', 'traceid'] as const;
const SPAN_ID_KEYS = ['span_id', 'spanID', 'spanId', 'SpanID', 'SpanId', 'spanid'] as const;
const NAMESPACE_LABELS = ['namespace', 'k8s_namespace_name', 'service_namespace'];
const SERVICE_LABELS = ['service', 'service_name', 'app', 'app_kubernetes_io_name', 'container'];

/** How one tenant's logs are joined to its traces and series, learned from what Loki says it holds. */
export interface LogKeys {
  readonly namespaceLabel: string | undefined;
  readonly serviceLabel: string | undefined;
  readonly traceId: IdPlace;
  readonly spanId: IdPlace;
  readonly levelKey: string;
}

/**
 * Learn the join keys.
 *
 * `fields`: Loki's detected fields; `parsers` empty means only in structured metadata, but what stands in the body as well
 * reads like a field of the body. `carried`: labels and metadata of a real line, which settles it.
 */
export function learnLogKeys(
  labels: readonly string[],
  fields: readonly { label: string; parsers: readonly string[] }[],
  carried: readonly string[],
): LogKeys {
  const have = new Set([...labels, ...carried]);
  const levels = new Set([
    ...have,
    ...fields.filter((field) => field.parsers.length === 0).map((field) => field.label),
  ]);
  return {
    namespaceLabel: NAMESPACE_LABELS.find((label) => have.has(label)),
    serviceLabel: SERVICE_LABELS.find((label) => have.has(label)),
    traceId: placeOf(TRACE_ID_KEYS, have, fields),
    spanId: placeOf(SPAN_ID_KEYS, have, fields),
    levelKey: levels.has('level') ? 'level' : 'detected_level',
  };
}

/** Metadata and index labels are both found by a label filter; a JSON body needs its parser; else the text is searched. */
function placeOf(
  keys: readonly string[],
  labels: ReadonlySet<string>,
  fields: readonly { label: string; parsers: readonly string[] }[],
): IdPlace {
  const field = (wanted: (parsers: readonly string[]) => boolean) =>
    keys.find((key) => fields.some((one) => one.label === key && wanted(one.parsers)));
  const metadata = keys.find((key) => labels.has(key)) ?? field((parsers) => parsers.length === 0);
  if (metadata !== undefined) return { in: 'metadata', key: metadata };
  const json = field((parsers) => parsers.includes('json'));
  // After `| json` a filter still finds metadata of that name, so a body that some lines lack costs nothing.
  return json !== undefined ? { in: 'json', key: json } : { in: 'text' };
}

/** Seconds around a trace in which its lines are looked for: clocks differ, and agents ship late. */
const BEFORE_SECONDS = 60;
const AFTER_SECONDS = 120;

/** The window of a trace's log lines, from the times of its spans. */
export function windowOfTrace(trace: Trace): Window {
  const startUnix = Number(trace.startNanos / 1_000_000_000n);
  return {
    startUnix: startUnix - BEFORE_SECONDS,
    endUnix: Math.ceil(startUnix + trace.durationSeconds) + AFTER_SECONDS,
  };
}

/** Namespaces that the trace's spans ran in, by the resource's attributes. */
export const namespacesOfTrace = (trace: Trace): readonly string[] => [
  ...new Set(
    trace.spans
      .map((span) => span.resource['k8s.namespace.name'] ?? span.resource['service.namespace'] ?? '')
      .filter((name) => name !== ''),
  ),
];

/** Exemplars worth showing: the worst and the newest, worst first. */
export function exemplarsToShow(exemplars: readonly Exemplar[], each: number): readonly Exemplar[] {
  const unique = [
    ...new Map(
      exemplars.filter((one) => one.traceId !== '').map((one) => [`${one.traceId} ${one.atUnix} ${one.value}`, one]),
    ).values(),
  ];
  const worst = unique.toSorted((a, b) => b.value - a.value).slice(0, each);
  const newest = unique.toSorted((a, b) => b.atUnix - a.atUnix).slice(0, each);
  return [...new Set([...worst, ...newest])].sort((a, b) => b.value - a.value);
}

/** Seconds in which a trace may still be on its way: agents batch, tail samplers wait, Tempo cuts blocks. */
export const TRACE_PENDING_SECONDS = 60;

export type TraceExists = 'yes' | 'no' | 'pending' | 'unknown';

/** A trace that is not there: still to come while the exemplar is young, else gone. */
export const missingTrace = (exemplarAtUnix: number, nowUnix: number): TraceExists =>
  nowUnix - exemplarAtUnix < TRACE_PENDING_SECONDS ? 'pending' : 'no';

/** Fields of a line, body before parsed before metadata before labels; what a later one adds never hides an earlier. */
export function fieldsOf(line: LogLine, body: Body = bodyOf(line.line)): Body {
  return { ...line.labels, ...line.metadata, ...line.parsed, ...body };
}

/** Names to values of a JSON body. */
type Body = Readonly<Record<string, string>>;

/** What a person and a jump need of one line. */
export interface ReadLine {
  readonly level: Level;
  readonly message: string;
  /** The message alone, where the body has one. */
  readonly text: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly fields: Body;
}

/** Read a line once: its JSON body is parsed a single time for all of it. */
export function readLine(line: LogLine): ReadLine {
  const body = bodyOf(line.line);
  const key = MESSAGE_KEYS.find((one) => body[one] !== undefined);
  return {
    level: levelOf(line, body),
    message: messageOf(line.line, body),
    text: (key && body[key]) ?? line.line,
    traceId: idIn(line, TRACE_ID_KEYS, body),
    spanId: idIn(line, SPAN_ID_KEYS, body),
    fields: fieldsOf(line, body),
  };
}

/** The values of a JSON body as text, or nothing where the line is not a JSON object. */
export function bodyOf(line: string): Readonly<Record<string, string>> {
  if (!line.startsWith('{')) return {};
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
    );
  } catch {
    return {};
  }
}

const MESSAGE_KEYS = ['msg', 'message', 'log', 'body', 'event'];
const LEVEL_KEYS = ['level', 'levelname', 'severity', 'severity_text', 'lvl', 'log.level'];
const HIDDEN = new Set<string>([
  ...MESSAGE_KEYS,
  ...LEVEL_KEYS,
  ...TRACE_ID_KEYS,
  ...SPAN_ID_KEYS,
  'time',
  'timestamp',
  'ts',
  '@timestamp',
]);

/** What a person reads of a line: the message, then the other fields of its JSON body as key=value. */
export function messageOf(line: string, body: Body = bodyOf(line)): string {
  const key = MESSAGE_KEYS.find((one) => body[one] !== undefined);
  if (key === undefined) return line;
  const rest = Object.entries(body)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, value]) => `${name}=${value}`);
  return [body[key] ?? '', ...rest].join('  ');
}

export type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'unknown';

/**
 * The level of a line. What the program itself wrote in its body goes before what Loki guessed from the text:
 * with Python's `levelname` Loki takes the first level word of the message (a failing line reads as info).
 */
export function levelOf(line: LogLine, body: Body = bodyOf(line.line)): Level {
  const said =
    LEVEL_KEYS.map((key) => body[key]).find((value) => value !== undefined) ??
    line.metadata.level ??
    line.parsed.level ??
    line.labels.level ??
    line.metadata.detected_level ??
    line.labels.detected_level ??
    '';
  return levelNamed(said);
}

/** The level that a word stands for, however it is written. */
export function levelNamed(said: string): Level {
  const word = said.toLowerCase();
  if (/^(fatal|crit|critical|panic|emerg|alert)/.test(word)) return 'fatal';
  if (/^err/.test(word)) return 'error';
  if (/^warn/.test(word)) return 'warn';
  if (/^(info|notice)/.test(word)) return 'info';
  if (/^debug/.test(word)) return 'debug';
  return word.startsWith('trace') ? 'trace' : 'unknown';
}

/** The id a line carries, wherever it does; empty where it does not. */
export const traceIdOf = (line: LogLine): string => idIn(line, TRACE_ID_KEYS);
export const spanIdOf = (line: LogLine): string => idIn(line, SPAN_ID_KEYS);

function idIn(line: LogLine, keys: readonly string[], body: Body = bodyOf(line.line)): string {
  for (const key of keys) {
    const id = line.metadata[key] ?? line.labels[key] ?? line.parsed[key] ?? body[key];
    if (id !== undefined && /^[0-9a-fA-F]{8,32}$/.test(id)) return id.toLowerCase();
  }
  return '';
}
