/** The spans of a trace as columns, in the order of their starts. Times are seconds. */
export interface SpanColumns {
  /** Their ids, as a number from 0 for each distinct one. */
  readonly names: Uint32Array;
  readonly nameCount: number;
  /** The name of each one's parent; `NO_PARENT` for a root, also where the parent is not there. */
  readonly above: Int32Array;
  readonly starts: Float64Array;
  readonly durations: Float64Array;
}

export const NO_PARENT = -1;

/** Where each span stands. The columns run in step with `order`: parents before children, children by start. */
export interface SpanTree {
  /** Which span of the columns stands at each place. */
  readonly order: Uint32Array<ArrayBuffer>;
  readonly depths: Uint32Array<ArrayBuffer>;
  readonly childCounts: Uint32Array<ArrayBuffer>;
  /** How many spans before it share its id. */
  readonly again: Uint32Array<ArrayBuffer>;
  /** Time in which no child ran. */
  readonly selfSeconds: Float64Array<ArrayBuffer>;
  /** The span's own part of the critical path; NaN off it. */
  readonly criticalSeconds: Float64Array<ArrayBuffer>;
}

/** Whose children are whose: `list` from `from[name]` to `from[name + 1]` are those of the spans called `name`. */
interface Family {
  /** A number for each distinct id. */
  readonly names: Uint32Array;
  readonly from: Uint32Array;
  readonly list: Uint32Array;
  readonly roots: readonly number[];
}

/**
 * Lay out a trace, with self times and critical path.
 *
 * A span whose parent is missing stands as a root: part of the trace has not arrived or was never sent.
 * A loop of parents (broken instrumentation) is cut where it closes. No recursion and no object a span: traces can have
 * 100,000 spans, and be as deep.
 */
export function layTree(columns: SpanColumns): SpanTree {
  const family = familyOf(columns);
  const count = columns.names.length;
  const tree = {
    order: new Uint32Array(count),
    depths: new Uint32Array(count),
    childCounts: new Uint32Array(count),
    again: new Uint32Array(count),
    selfSeconds: new Float64Array(count),
    criticalSeconds: new Float64Array(count),
  };
  const critical = criticalSeconds(columns, family);
  const seen = new Uint8Array(count);
  const named = new Uint32Array(count);
  const open = family.roots.toReversed();
  const depths = open.map(() => 0);
  let place = 0;
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const depth = depths.pop() ?? 0;
    if (seen[span]) continue;
    seen[span] = 1;
    const name = family.names[span] ?? 0;
    const [first, end] = [family.from[name] ?? 0, family.from[name + 1] ?? 0];
    tree.order[place] = span;
    tree.depths[place] = depth;
    tree.childCounts[place] = end - first;
    tree.again[place] = named[name] ?? 0;
    named[name] = (named[name] ?? 0) + 1;
    tree.selfSeconds[place] = selfSecondsOf(columns, family, span);
    tree.criticalSeconds[place] = critical[span] ?? Number.NaN;
    place += 1;
    for (let index = end - 1; index >= first; index--) {
      open.push(family.list[index] ?? 0);
      depths.push(depth + 1);
    }
  }
  return tree;
}

function familyOf(columns: SpanColumns): Family {
  const { names, nameCount } = columns;
  // Whoever is its own parent has none.
  const above = columns.above.map((parent, span) => (parent === names[span] ? NO_PARENT : parent));
  const { from, list } = childrenOf(above, nameCount);
  const roots: number[] = [];
  for (let span = 0; span < above.length; span++) if (above[span] === NO_PARENT) roots.push(span);
  return { names, from, list, roots: withLoops(roots, { names, from, list }, columns) };
}

/** Columns of ids that are text; an empty parent is none. */
export function numberIds(
  ids: readonly string[],
  parents: readonly string[],
): Pick<SpanColumns, 'names' | 'nameCount' | 'above'> {
  const numbers = new Map<string, number>();
  const names = Uint32Array.from(ids, (id) => {
    const number = numbers.get(id) ?? numbers.size;
    if (number === numbers.size) numbers.set(id, number);
    return number;
  });
  const above = Int32Array.from(parents, (id) => (id === '' ? NO_PARENT : (numbers.get(id) ?? NO_PARENT)));
  return { names, nameCount: numbers.size, above };
}

/** The children of all names in one list: counted, given their places, put there in the order of their starts. */
function childrenOf(above: Int32Array, names: number): Pick<Family, 'from' | 'list'> {
  // One more than there are names, so that each has an end.
  const from = new Uint32Array(names + 1);
  for (const parent of above) if (parent !== NO_PARENT) from[parent + 1] = (from[parent + 1] ?? 0) + 1;
  for (let name = 0; name < names; name++) from[name + 1] = (from[name + 1] ?? 0) + (from[name] ?? 0);
  const next = from.slice();
  const list = new Uint32Array(from[names] ?? 0);
  for (const [span, parent] of above.entries()) {
    if (parent === NO_PARENT) continue;
    list[next[parent] ?? 0] = span;
    next[parent] = (next[parent] ?? 0) + 1;
  }
  return { from, list };
}

/** Where a loop leaves spans out of reach of the roots, its first span is a root as well. */
function withLoops(
  roots: readonly number[],
  { names, from, list }: Omit<Family, 'roots'>,
  { starts }: SpanColumns,
): readonly number[] {
  const reached = new Uint8Array(names.length);
  const reach = (spans: number[]): void => {
    for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
      if (reached[span]) continue;
      reached[span] = 1;
      const name = names[span] ?? 0;
      for (let index = from[name] ?? 0; index < (from[name + 1] ?? 0); index++) spans.push(list[index] ?? 0);
    }
  };
  reach([...roots]);
  const all = [...roots];
  for (let span = 0; span < names.length; span++) {
    if (reached[span]) continue;
    all.push(span);
    reach([span]);
  }
  return all.sort((left, right) => (starts[left] ?? 0) - (starts[right] ?? 0));
}

/** Duration less the union of the children's times inside it. */
function selfSecondsOf({ starts, durations }: SpanColumns, { names, from, list }: Family, span: number): number {
  const name = names[span] ?? 0;
  const duration = durations[span] ?? 0;
  let until = starts[span] ?? 0;
  const end = until + duration;
  let covered = 0;
  for (let index = from[name] ?? 0; index < (from[name + 1] ?? 0); index++) {
    const child = list[index] ?? 0;
    const start = starts[child] ?? 0;
    const begin = Math.max(until, start);
    const to = Math.min(end, start + (durations[child] ?? 0));
    if (to > begin) {
      covered += to - begin;
      until = to;
    }
  }
  return Math.max(0, duration - covered);
}

/**
 * What the end of the trace waited for: from the end of the longest root backwards, always the child that ended last.
 * The value is the part of it that is the span's own; the parts add up to the root's duration. NaN off the path.
 */
function criticalSeconds({ starts, durations }: SpanColumns, { names, from, list, roots }: Family): Float64Array {
  const own = new Float64Array(names.length).fill(Number.NaN);
  const endOf = (span: number): number => (starts[span] ?? 0) + (durations[span] ?? 0);
  const longest = roots.reduce<number | undefined>(
    (most, span) => (most !== undefined && (durations[most] ?? 0) >= (durations[span] ?? 0) ? most : span),
    undefined,
  );
  if (longest === undefined) return own;
  const open = [{ span: longest, until: endOf(longest) }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!Number.isNaN(own[next.span])) continue;
    const start = starts[next.span] ?? 0;
    const name = names[next.span] ?? 0;
    let { until } = next;
    let seconds = 0;
    const byEnd = Array.from(list.subarray(from[name], from[name + 1])).sort((a, b) => endOf(b) - endOf(a));
    for (const child of byEnd) {
      const end = Math.min(endOf(child), until);
      const childStart = starts[child] ?? 0;
      if (childStart >= until || end <= start) continue;
      seconds += until - end;
      open.push({ span: child, until: end });
      until = Math.max(childStart, start);
    }
    own[next.span] = seconds + Math.max(0, until - start);
  }
  return own;
}
