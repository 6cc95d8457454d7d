import { layTree, numberIds } from './span-tree.ts';
import type { Culprit, LaidTrace, PlacedSpan, Span, Trace } from './trace.ts';

export type { Culprit, PlacedSpan } from './trace.ts';

/** The spans in their places and the one to blame: as they came with the trace, else found now. */
export function layOut(trace: Trace): LaidTrace {
  if (trace.laid) return trace.laid;
  const spans = placeSpans(trace);
  return { spans, culprit: findCulprit(spans) };
}

/** Spans in the order of the tree (parents before children, children by start), with self time and critical path. */
export function placeSpans(trace: Trace): readonly PlacedSpan[] {
  const spans = trace.spans.toSorted((left, right) => left.startSeconds - right.startSeconds);
  const tree = layTree({
    ...numberIds(
      spans.map(({ spanId }) => spanId),
      spans.map(({ parentId }) => parentId),
    ),
    starts: Float64Array.from(spans, ({ startSeconds }) => startSeconds),
    durations: Float64Array.from(spans, ({ durationSeconds }) => durationSeconds),
  });
  return Array.from(tree.order).flatMap((at, place): PlacedSpan[] => {
    const span = spans[at];
    const critical = tree.criticalSeconds[place] ?? Number.NaN;
    const placed = {
      again: tree.again[place] ?? 0,
      depth: tree.depths[place] ?? 0,
      childCount: tree.childCounts[place] ?? 0,
      selfSeconds: tree.selfSeconds[place] ?? 0,
      onCriticalPath: !Number.isNaN(critical),
      criticalSeconds: Number.isNaN(critical) ? 0 : critical,
    };
    return span ? [{ ...span, ...placed }] : [];
  });
}

/**
 * The span to look at first. Where the trace failed: the span that failed first, deepest below the failure of the root,
 * unless it took no time and something else took most. Else the span with the largest own part of the critical path.
 */
export function findCulprit(placed: readonly PlacedSpan[]): Culprit | undefined {
  const slowest = placed.reduce<PlacedSpan | undefined>(
    (most, span) => (most && most.criticalSeconds >= span.criticalSeconds ? most : span),
    undefined,
  );
  if (slowest === undefined) return undefined;
  const total = placed.reduce((sum, span) => sum + span.criticalSeconds, 0);
  const failed = firstFailure(placed);
  const chosen = failed ?? slowest;
  const share = total > 0 ? chosen.criticalSeconds / total : 0;
  const time = `${Math.round(share * 100)}% of the time is its own`;
  const reasons = [
    failed ? `first to fail${chosen.said ? `: ${chosen.said}` : ''}` : '',
    failed && share < 0.05 ? '' : time,
    failed && failed !== slowest && slowest.criticalSeconds > 0.5 * total
      ? `but ${slowest.service} ${slowest.name} took ${Math.round((slowest.criticalSeconds / total) * 100)}%`
      : '',
  ].filter((reason) => reason !== '');
  return {
    spanId: chosen.spanId,
    service: chosen.service,
    span: chosen.name,
    selfSeconds: chosen.selfSeconds,
    error: chosen.error,
    because: reasons.join('; '),
  };
}

/** The failed span none of whose children failed, in the trace's failing branch that ended the root; the longest of them. */
function firstFailure(placed: readonly PlacedSpan[]): PlacedSpan | undefined {
  const root = placed.find((span) => span.depth === 0 && span.onCriticalPath);
  if (root === undefined || !root.error) return undefined;
  const failedParents = new Set(placed.filter((span) => span.error).map((span) => span.parentId));
  const origins = placed.filter((span) => span.error && !failedParents.has(span.spanId));
  return origins.reduce<PlacedSpan | undefined>(
    (first, span) => (first && first.durationSeconds >= span.durationSeconds ? first : span),
    undefined,
  );
}

/** A span's id and those of all its parents, nearest first. */
export function lineageOf(spans: readonly Span[], spanId: string): readonly string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const lineage: string[] = [];
  for (
    let span = byId.get(spanId);
    span !== undefined && !lineage.includes(span.spanId);
    span = byId.get(span.parentId)
  )
    lineage.push(span.spanId);
  return lineage;
}

/** The same in a trace that is laid out, where a parent is the nearest span before that stands one level higher. */
export function lineageIn(placed: readonly PlacedSpan[], span: PlacedSpan): readonly string[] {
  const lineage = [span.spanId];
  let { depth } = span;
  for (let place = placed.indexOf(span) - 1; place >= 0 && depth > 0; place--) {
    const above = placed[place];
    if (above === undefined || above.depth >= depth) continue;
    lineage.push(above.spanId);
    depth = above.depth;
  }
  return lineage;
}
