import type { Window } from '../domain/time.ts';
import type { TraceSummary } from '../domain/trace.ts';
import {
  bigintOf,
  decodeJson,
  each,
  type Fields,
  fieldsOf,
  holdsAny,
  map,
  numberOf,
  padTraceId,
  textOf,
} from './decode.ts';
import { nanosOf } from './decode-loki.ts';
import type { Decoded } from './decoded.ts';

/**
 * What a search found, in the server's order, trimmed to traces that touch the window: a search within Tempo's newest
 * 30 seconds loses its filter and answers with old traces.
 *
 * Fails:  `shape`. Left-out zeros are read as zeros; a duration that is missing is computed from the spans.
 */
export const decodeSearch = (text: string, window: Window): Decoded<readonly TraceSummary[]> =>
  decodeJson(text, (answer) => {
    if (!holdsAny(answer, 'traces', 'metrics'))
      return { ok: false, said: 'neither "traces" nor "metrics" in the answer' };
    const startNanos = nanosOf(window.startUnix);
    const endNanos = nanosOf(window.endUnix);
    return map(each(answer.traces, 'traces', summaryOf), (traces) =>
      traces.filter(
        (trace) => trace.startNanos <= endNanos && trace.startNanos + nanosOf(trace.durationSeconds) >= startNanos,
      ),
    );
  });

function summaryOf(item: unknown): TraceSummary | undefined {
  const fields = fieldsOf(item);
  const traceId = padTraceId(textOf(fields?.traceID) ?? '');
  const startNanos = bigintOf(fields?.startTimeUnixNano ?? '0');
  if (!fields || traceId === undefined || startNanos === undefined) return undefined;
  const matched = matchedOf(fields);
  const stats = Object.values(fieldsOf(fields.serviceStats) ?? {}).map((service) => fieldsOf(service) ?? {});
  const sum = (name: string): number => stats.reduce((total, service) => total + (numberOf(service[name]) ?? 0), 0);
  const milliseconds = numberOf(fields.durationMs);
  return {
    traceId,
    service: textOf(fields.rootServiceName) ?? '',
    name: textOf(fields.rootTraceName) ?? '',
    startNanos,
    durationSeconds: milliseconds === undefined ? lengthOf(matched.spans) : milliseconds / 1000,
    spans: stats.length > 0 ? sum('spanCount') : matched.count,
    ...(stats.length > 0 ? { error: sum('errorCount') > 0 } : {}),
  };
}

/** The spans that matched; `spanSet` only repeats the first of `spanSets`. */
function matchedOf(fields: Fields): { spans: readonly Fields[]; count: number } {
  const sets = objectsIn(fields.spanSets ?? [fields.spanSet]);
  const spans = sets.flatMap((set) => objectsIn(set.spans));
  const count = sets.reduce((total, set) => total + (numberOf(set.matched) ?? 0), 0);
  return { spans, count: Math.max(spans.length, count) };
}

const objectsIn = (list: unknown): readonly Fields[] =>
  Array.isArray(list) ? list.map(fieldsOf).filter((item) => item !== undefined) : [];

/** Seconds from the first start to the last end of these spans. */
function lengthOf(spans: readonly Fields[]): number {
  let first: bigint | undefined;
  let last = 0n;
  for (const span of spans) {
    const start = bigintOf(span.startTimeUnixNano);
    if (start === undefined) continue;
    const end = start + (bigintOf(span.durationNanos ?? '0') ?? 0n);
    if (first === undefined || start < first) first = start;
    if (end > last) last = end;
  }
  return first === undefined ? 0 : Number(last - first) / 1e9;
}

/** Values of a tag, whatever their type. */
export const decodeTagValues = (text: string): Decoded<readonly string[]> =>
  decodeJson(text, (answer) => {
    if (!holdsAny(answer, 'tagValues', 'metrics'))
      return { ok: false, said: 'neither "tagValues" nor "metrics" in the answer' };
    return each(answer.tagValues, 'tagValues', (item) => {
      const fields = fieldsOf(item);
      // An empty value is a zero, left out.
      return fields && (textOf(fields.value) ?? '');
    });
  });
