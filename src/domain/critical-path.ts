import type { Span, Trace } from './trace.ts';

/** A span with its place in the trace. Seconds; `depth` 0 is a root. */
export interface PlacedSpan extends Span {
  readonly depth: number;
  readonly childCount: number;
  /** Time in which no child ran. */
  readonly selfSeconds: number;
  readonly onCriticalPath: boolean;
  /** The part of the critical path that is this span's own. */
  readonly criticalSeconds: number;
}

/** The span that explains most of a trace, and why it is that one. */
export interface Culprit {
  readonly spanId: string;
  readonly service: string;
  readonly span: string;
  readonly selfSeconds: number;
  readonly error: boolean;
  readonly because: string;
}

/**
 * Spans in the order of the tree (parents before children, children by start), with self time and critical path.
 *
 * A span whose parent is missing stands as a root: part of the trace has not arrived or was never sent.
 * A loop of parents (broken instrumentation) is cut where it closes. No recursion: traces can be 100,000 deep.
 */
export function placeSpans(trace: Trace): readonly PlacedSpan[] {
  const children = childrenOf(trace.spans);
  const roots = rootsOf(trace.spans, children);
  const critical = criticalSeconds(roots, children);
  const placed: PlacedSpan[] = [];
  const seen = new Set<Span>();
  const open: { span: Span; depth: number }[] = roots.toReversed().map((span) => ({ span, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next.span)) continue;
    seen.add(next.span);
    const below = children.get(next.span.spanId) ?? [];
    placed.push({
      ...next.span,
      depth: next.depth,
      childCount: below.length,
      selfSeconds: selfSecondsOf(next.span, below),
      onCriticalPath: critical.has(next.span),
      criticalSeconds: critical.get(next.span) ?? 0,
    });
    for (let index = below.length - 1; index >= 0; index--) {
      const span = below[index];
      if (span !== undefined) open.push({ span, depth: next.depth + 1 });
    }
  }
  return placed;
}

/** Children by parent id, by start; ties keep the order of the answer. */
function childrenOf(spans: readonly Span[]): ReadonlyMap<string, readonly Span[]> {
  const children = new Map<string, Span[]>();
  for (const span of spans) {
    if (span.parentId === '' || span.parentId === span.spanId) continue;
    const siblings = children.get(span.parentId);
    if (siblings) siblings.push(span);
    else children.set(span.parentId, [span]);
  }
  for (const siblings of children.values()) siblings.sort((a, b) => a.startSeconds - b.startSeconds);
  return children;
}

/** Spans without a known parent by start; where a loop leaves spans out of reach, its first span as well. */
function rootsOf(spans: readonly Span[], children: ReadonlyMap<string, readonly Span[]>): Span[] {
  const ids = new Set(spans.map((span) => span.spanId));
  const roots = spans.filter(
    (span) => span.parentId === '' || span.parentId === span.spanId || !ids.has(span.parentId),
  );
  const reached = new Set<Span>();
  const reach = (from: readonly Span[]) => {
    const open = [...from];
    for (let span = open.pop(); span !== undefined; span = open.pop()) {
      if (reached.has(span)) continue;
      reached.add(span);
      open.push(...(children.get(span.spanId) ?? []));
    }
  };
  reach(roots);
  for (const span of spans)
    if (!reached.has(span)) {
      roots.push(span);
      reach([span]);
    }
  return roots.sort((a, b) => a.startSeconds - b.startSeconds);
}

const endOf = (span: Span): number => span.startSeconds + span.durationSeconds;

/** Duration less the union of the children's times inside it. `children` are by start. */
function selfSecondsOf(span: Span, children: readonly Span[]): number {
  let covered = 0;
  let until = span.startSeconds;
  for (const child of children) {
    const from = Math.max(until, child.startSeconds);
    const to = Math.min(endOf(span), endOf(child));
    if (to > from) {
      covered += to - from;
      until = to;
    }
  }
  return Math.max(0, span.durationSeconds - covered);
}

/**
 * What the end of the trace waited for: from the end of the longest root backwards, always the child that ended last.
 * The value is the part of it that is the span's own; the parts add up to the root's duration.
 */
function criticalSeconds(
  roots: readonly Span[],
  children: ReadonlyMap<string, readonly Span[]>,
): ReadonlyMap<Span, number> {
  const own = new Map<Span, number>();
  const root = roots.reduce<Span | undefined>(
    (longest, span) => (longest && longest.durationSeconds >= span.durationSeconds ? longest : span),
    undefined,
  );
  if (root === undefined) return own;
  const open: { span: Span; until: number }[] = [{ span: root, until: endOf(root) }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (own.has(next.span)) continue;
    let until = next.until;
    let seconds = 0;
    const byEnd = [...(children.get(next.span.spanId) ?? [])].sort((a, b) => endOf(b) - endOf(a));
    for (const child of byEnd) {
      const end = Math.min(endOf(child), until);
      if (child.startSeconds >= until || end <= next.span.startSeconds) continue;
      seconds += until - end;
      open.push({ span: child, until: end });
      until = Math.max(child.startSeconds, next.span.startSeconds);
    }
    own.set(next.span, seconds + Math.max(0, until - next.span.startSeconds));
  }
  return own;
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
