import type { LabelCount } from './culprit.ts';
import type { Verdict } from './result.ts';
import type { Labels } from './series.ts';

/** Names under which ids travel. One value a request makes one stream a request (diagnostics.md, best practice 2). */
const ID_NAMES =
  /^((trace|span|request|correlation|session|user|order|transaction)_?ids?|x_request_id|session|uuid|guid)$/i;
/** Labels that have as many values as there are places to run. */
const PLACES = /^(pod|instance|node|host|hostname|container_id|filename)$/;
/** More values than that of any other label are suspicious (heuristic, diagnostics.md 4.4). */
const VALUES_MAX = 100;

export const looksLikeId = (label: string): boolean => ID_NAMES.test(label);

/**
 * Streams by their index labels, and how many would be left without each: counted from the streams themselves.
 *
 * `indexLabels`: Loki's list of streams may carry more than these.
 */
export function countStreams(
  streams: readonly Labels[],
  indexLabels: readonly string[],
): { readonly streams: number; readonly counts: readonly LabelCount[] } {
  const distinct = (labels: readonly string[]): number =>
    new Set(streams.map((stream) => JSON.stringify(labels.map((label) => stream[label] ?? '')))).size;
  return {
    streams: distinct(indexLabels),
    counts: indexLabels.map((label) => ({
      label,
      values: new Set(streams.map((stream) => stream[label]).filter((value) => value !== undefined)).size,
      seriesWithout: distinct(indexLabels.filter((other) => other !== label)),
    })),
  };
}

/** An id as an index label is bad whatever its number; many values of a label that is no place are a warning. */
export function judgeStreams(counts: readonly Pick<LabelCount, 'label' | 'values'>[]): {
  readonly verdict: Verdict;
  readonly because: string;
} {
  const id = counts.find(({ label, values }) => looksLikeId(label) && (values ?? 0) > 1);
  if (id)
    return {
      verdict: 'bad',
      because: `${id.label} is an index label, ${id.values} values: one stream each; make it structured metadata`,
    };
  const many = counts.find(({ label, values }) => !PLACES.test(label) && (values ?? 0) > VALUES_MAX);
  if (many) return { verdict: 'warn', because: `the label ${many.label} has ${many.values} values` };
  return counts.length === 0
    ? { verdict: 'unknown', because: 'no streams in this window' }
    : { verdict: 'good', because: '' };
}
