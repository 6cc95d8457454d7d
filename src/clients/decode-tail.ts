import type { LogLine } from '../domain/log.ts';
import { decodeJson, each, fieldsOf, labelsOf } from './decode.ts';
import { lineOf } from './decode-loki.ts';
import type { Decoded } from './decoded.ts';

/** One message of a tail. */
export interface TailMessage {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** Lines that Loki left out, because they were read too slowly. */
  readonly dropped: number;
}

/** Source: loki pkg/loghttp/tail.go, and the recorded tail: `{streams: […], encodingFlags?, dropped_entries?: […]}`. */
export const decodeTail = (text: string): Decoded<TailMessage> =>
  decodeJson(text, ({ streams, dropped_entries: left }) => {
    const found = each(streams ?? [], 'streams', (item) => {
      const fields = fieldsOf(item);
      const labels = labelsOf(fields?.stream);
      const lines = labels && each(fields?.values, 'values', (value) => lineOf(labels, value));
      return lines?.ok ? lines.value : undefined;
    });
    if (!found.ok) return found;
    const lines = found.value.flat();
    if (found.value.length > 1)
      lines.sort((left, right) => (left.atNanos < right.atNanos ? -1 : left.atNanos > right.atNanos ? 1 : 0));
    return { ok: true, value: { lines, dropped: Array.isArray(left) ? left.length : 0 } };
  });
