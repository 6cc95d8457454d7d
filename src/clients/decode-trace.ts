import type { Labels } from '../domain/series.ts';
import type { Span, SpanEvent, Trace } from '../domain/trace.ts';
import { bigintOf, decodeJson, each, type Fields, fieldsOf, holdsAny, textOf } from './decode.ts';
import type { Decoded, Gap } from './decoded.ts';

/** What is done with the spans of an answer, one after the other, as they come. */
export interface SpanSink<T> {
  /** False: it is not as promised, and with it the whole answer. */
  take(fields: Fields, service: string, resource: Labels): boolean;
  end(): T;
}

/**
 * A trace by id, from v1 (`batches`) or v2 (`trace.resourceSpans`).
 *
 * Units:  span times are seconds after the trace's first start; `startNanos` is exact.
 * Fails:  `not-found` for an empty answer, which is how Tempo 2.6 and newer say it; `shape` else.
 * Source: Tempo's JSON is protobuf's: ids base64, 64-bit integers as text, zero values left out; OTLP JSON (hex ids,
 *         enums as numbers, integers bare) is read as well.
 */
export const decodeTrace = (text: string, traceId: string): Decoded<Trace> => {
  const raw: RawSpan[] = [];
  return decodeSpans(text, {
    take(fields, service, resource) {
      const span = rawSpanOf(fields, service, resource);
      if (span) raw.push(span);
      return span !== undefined;
    },
    end: () => traceOf(traceId, raw),
  });
};

/** The same, into whatever the sink makes of it. */
export const decodeSpans = <T>(text: string, sink: SpanSink<T>): Decoded<T> =>
  decodeJson(quoteIntegers(text.trim() === '' ? '{}' : text), (answer) => {
    if (!holdsAny(answer, 'trace', 'batches', 'resourceSpans')) return { ok: false, said: 'no trace in the answer' };
    const trace = fieldsOf(answer.trace) ?? answer;
    let count = 0;
    const take: Take = (fields, service, resource) => {
      count += 1;
      return sink.take(fields, service, resource);
    };
    const batches = each(trace.resourceSpans ?? trace.batches, 'resourceSpans', (batch) => takeBatch(batch, take));
    if (!batches.ok) return batches;
    if (count === 0)
      return { ok: false, kind: 'not-found', said: 'no such trace for this tenant: the answer is empty' };
    return { ok: true, value: sink.end(), gaps: gapsOf(answer) };
  });

/** `PARTIAL` comes with a message that says which limit cut it; `COMPLETE` is left out. */
function gapsOf(answer: Fields): readonly Gap[] {
  const partial = answer.status === 'PARTIAL' || answer.status === 1;
  const words = textOf(answer.message);
  return partial ? [{ kind: 'limit', said: `the trace is incomplete${words ? `: ${words}` : ''}` }] : [];
}

/**
 * Bare 64-bit integers would lose their last digits in JSON.parse, so they are made text first. A key cannot be met
 * inside a text value: its closing quote would be escaped there.
 */
const quoteIntegers = (text: string): string =>
  ['UnixNano"', 'intValue"'].some((key) => isBareAt(text, text.indexOf(key) + key.length))
    ? text.replace(/("(?:startTimeUnixNano|endTimeUnixNano|timeUnixNano|intValue)"\s*:\s*)(-?\d+)/g, '$1"$2"')
    : text;

/** One look at the first of each: a server writes all of them the same way, and the text can have 128 MB. */
const isBareAt = (text: string, at: number): boolean => /^\s*:\s*-?\d/.test(text.slice(at, at + 40));

/** A span as it came: times in nanoseconds since 1970, 0 where they were left out. */
interface RawSpan {
  readonly span: Omit<Span, 'startSeconds' | 'durationSeconds' | 'events'>;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly events: readonly { name: string; atNanos: bigint; attributes: Labels }[];
}

function traceOf(traceId: string, raw: readonly RawSpan[]): Trace {
  // A span without a start (a zero, left out) must not move the trace's start to 1970.
  const starts = raw.map(({ startNanos }) => startNanos).filter((nanos) => nanos > 0n);
  const startNanos = starts.reduce((least, nanos) => (nanos < least ? nanos : least), starts[0] ?? 0n);
  const secondsAfter = (nanos: bigint): number => (nanos > 0n ? Number(nanos - startNanos) / 1e9 : 0);
  const spans = raw.map(
    ({ span, startNanos: from, endNanos: to, events }): Span => ({
      ...span,
      startSeconds: secondsAfter(from),
      durationSeconds: to > from && from > 0n ? Number(to - from) / 1e9 : 0,
      events: events.map(
        ({ name, atNanos, attributes }): SpanEvent => ({ name, atSeconds: secondsAfter(atNanos), attributes }),
      ),
    }),
  );
  spans.sort((left, right) => left.startSeconds - right.startSeconds);
  const durationSeconds = spans.reduce((most, span) => Math.max(most, span.startSeconds + span.durationSeconds), 0);
  return { traceId, startNanos, durationSeconds, spans };
}

type Take = SpanSink<unknown>['take'];

/** Hand on the spans of one resource; undefined where one is not as promised. */
function takeBatch(item: unknown, take: Take): true | undefined {
  const batch = fieldsOf(item);
  if (!batch) return undefined;
  const resource = attributesOf(fieldsOf(batch.resource)?.attributes);
  if (!resource) return undefined;
  const service = resource['service.name'] ?? '';
  const scopes = each(batch.scopeSpans ?? batch.instrumentationLibrarySpans, 'scopeSpans', (scope) => {
    const spans = each(fieldsOf(scope)?.spans, 'spans', (item): true | undefined => {
      const fields = fieldsOf(item);
      return fields && take(fields, service, resource) ? true : undefined;
    });
    return spans.ok ? true : undefined;
  });
  return scopes.ok ? true : undefined;
}

function rawSpanOf(fields: Fields, service: string, resource: Labels): RawSpan | undefined {
  const attributes = attributesOf(fields.attributes);
  const spanId = spanIdOf(fields.spanId);
  const parentId = spanIdOf(fields.parentSpanId ?? '');
  const startNanos = bigintOf(fields.startTimeUnixNano ?? '0');
  const endNanos = bigintOf(fields.endTimeUnixNano ?? '0');
  const events = each(fields.events, 'events', eventOf);
  if (!attributes || !spanId || parentId === undefined || !events.ok) return undefined;
  if (startNanos === undefined || endNanos === undefined) return undefined;
  const span = {
    spanId,
    parentId,
    service,
    name: textOf(fields.name) ?? '',
    kind: kindOf(fields.kind),
    ...statusOf(fields),
    attributes,
    resource,
  };
  return { span, startNanos, endNanos, events: events.value };
}

/** Whether a span failed, and its words. */
export function statusOf(fields: Fields): { readonly error: boolean; readonly said: string } {
  const status = fieldsOf(fields.status);
  const error = status?.code === 'STATUS_CODE_ERROR' || status?.code === 2;
  return { error, said: textOf(status?.message) ?? '' };
}

export function eventOf(item: unknown): RawSpan['events'][number] | undefined {
  const fields = fieldsOf(item);
  const attributes = attributesOf(fields?.attributes);
  const atNanos = bigintOf(fields?.timeUnixNano ?? '0');
  return fields && attributes && atNanos !== undefined
    ? { name: textOf(fields.name) ?? '', atNanos, attributes }
    : undefined;
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

export function kindOf(kind: unknown): string {
  const name = typeof kind === 'number' ? KINDS[kind] : textOf(kind)?.replace('SPAN_KIND_', '').toLowerCase();
  return name !== undefined && KINDS.includes(name) ? name : 'unspecified';
}

const NO_ID = '0000000000000000';

/** An id as hex: base64 of 8 bytes, or 16 hex digits, whose lengths never meet. Zeros are how some write "none". */
export function spanIdOf(id: unknown): string | undefined {
  if (typeof id !== 'string') return undefined;
  if (id === '') return '';
  // Eight bytes in base64 have 12 characters.
  const isHex = id.length !== 12 && /^[0-9a-f]{15,16}$/i.test(id);
  const hex = isHex ? id.toLowerCase() : Buffer.from(id, 'base64').toString('hex');
  if (hex.length > 16 || hex === '') return undefined;
  const whole = hex.padStart(16, '0');
  return whole === NO_ID ? '' : whole;
}

/** Attributes as text: lists and maps spelled as JSON, a value that was left out empty. */
export function attributesOf(list: unknown): Labels | undefined {
  if (list === undefined || list === null) return {};
  if (!Array.isArray(list)) return undefined;
  const labels: Record<string, string> = {};
  for (let at = 0; at < list.length; at++) {
    const fields = fieldsOf(list[at]);
    const key = textOf(fields?.key);
    if (key === undefined) return undefined;
    const value = plain(fields?.value);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    // An attribute may be called that too.
    if (key === '__proto__') Object.defineProperty(labels, key, { value: text, enumerable: true });
    else labels[key] = text;
  }
  return labels;
}

/** OTLP's AnyValue without its wrapping; 64-bit integers stay text. */
export function plain(value: unknown): unknown {
  const fields = fieldsOf(value);
  if (typeof fields?.stringValue === 'string') return fields.stringValue;
  const [kind, inner] = Object.entries(fields ?? {})[0] ?? [];
  switch (kind) {
    case 'stringValue':
    case 'boolValue':
    case 'doubleValue':
    case 'bytesValue':
      return inner;
    case 'intValue':
      return String(inner);
    case 'arrayValue': {
      const values = fieldsOf(inner)?.values;
      return Array.isArray(values) ? values.map(plain) : [];
    }
    case 'kvlistValue': {
      const values = fieldsOf(inner)?.values;
      const pairs = Array.isArray(values) ? values : [];
      return Object.fromEntries(pairs.map((pair) => [String(fieldsOf(pair)?.key ?? ''), plain(fieldsOf(pair)?.value)]));
    }
    default:
      return '';
  }
}
