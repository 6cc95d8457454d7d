import type { LogLine } from '../domain/log.ts';
import type { Labels } from '../domain/series.ts';
import type { Window } from '../domain/time.ts';
import { bigintOf, decodeJson, each, fieldsOf, holdsAny, labelsOf, map, numberOf, textOf, textsOf } from './decode.ts';
import { decodeEnvelope } from './decode-prometheus.ts';
import type { Decoded } from './decoded.ts';

/** A field that Loki found in a sample of lines; no parsers: it lives in structured metadata. */
export interface DetectedField {
  readonly label: string;
  readonly cardinality: number;
  readonly parsers: readonly string[];
}

/** Unix seconds as Loki takes them without doubt: nanoseconds. Whole microseconds are exact. */
export const nanosOf = (unix: number): bigint => BigInt(Math.round(unix * 1e6)) * 1000n;

/**
 * Log lines of all streams in one order.
 *
 * With `encodingFlags` a value is `[time, line, {structuredMetadata, parsed}]` and `stream` holds index labels only;
 * without (2.9, or not asked for) metadata and parsed labels are merged into `stream`, and stay there: which of them
 * are which can no longer be told.
 */
export const decodeLines = (
  text: string,
  window: Window,
  limit: number,
  direction: 'forward' | 'backward',
): Decoded<readonly LogLine[]> =>
  decodeEnvelope(text, (data) => {
    const { resultType, result } = fieldsOf(data) ?? {};
    if (resultType !== 'streams')
      return { ok: false, said: `resultType ${JSON.stringify(resultType) ?? 'missing'} where "streams" was promised` };
    const startNanos = nanosOf(window.startUnix);
    const endNanos = nanosOf(window.endUnix);
    const streams = each(result, 'streams', (item) => {
      const fields = fieldsOf(item);
      const labels = labelsOf(fields?.stream);
      const lines = labels && each(fields?.values, 'values', (value) => lineOf(labels, value));
      return lines?.ok ? lines.value : undefined;
    });
    return map(streams, (lists) => {
      const sign = direction === 'forward' ? 1 : -1;
      return lists
        .flat()
        .filter(({ atNanos }) => atNanos >= startNanos && atNanos < endNanos)
        .sort((left, right) => (left.atNanos === right.atNanos ? 0 : left.atNanos < right.atNanos ? -sign : sign))
        .slice(0, limit);
    });
  });

/** One `[time, line, extra?]` of a stream; undefined where it is none. */
export function lineOf(labels: Labels, value: unknown): LogLine | undefined {
  if (!Array.isArray(value)) return undefined;
  const atNanos = bigintOf(value[0]);
  const line = textOf(value[1]);
  if (atNanos === undefined || line === undefined) return undefined;
  const extra = fieldsOf(value[2]) ?? {};
  const metadata = labelsOf(extra.structuredMetadata);
  const parsed = labelsOf(extra.parsed);
  return metadata && parsed ? { atNanos, line, labels, metadata, parsed } : undefined;
}

/** Names or values; `data` is absent where there are none. */
export const decodeLokiNames = (text: string): Decoded<readonly string[]> =>
  decodeEnvelope(text, (data) => textsOf(data, 'data'));

/** A bare object without envelope; `parsers: null` means structured metadata only. */
export const decodeDetectedFields = (text: string): Decoded<readonly DetectedField[]> =>
  decodeJson(text, (answer) => {
    if (!holdsAny(answer, 'fields', 'limit')) return { ok: false, said: 'neither "fields" nor "limit" in the answer' };
    return each(answer.fields, 'fields', (item) => {
      const fields = fieldsOf(item);
      const label = textOf(fields?.label);
      const parsers = textsOf(fields?.parsers, 'parsers');
      if (label === undefined || !parsers.ok) return undefined;
      return { label, cardinality: numberOf(fields?.cardinality) ?? 0, parsers: parsers.value };
    });
  });
