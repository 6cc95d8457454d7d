/** A tree laid out as the rows of a screen. The lists run in parallel. */
export interface Tree {
  readonly rows: readonly unknown[];
  readonly depths: readonly number[];
  /** How many rows hang below each, at any depth. */
  readonly below: readonly number[];
}

interface Shape {
  readonly rowId: (row: unknown) => string;
  readonly parentId: (row: unknown) => string;
  /** Where rows come as a tree already. */
  readonly depth?: (row: unknown) => number;
}

/**
 * Lay out rows below their parents, in their own order among siblings.
 *
 * Fails: never. A row whose parent is missing, or that is its own ancestor, becomes a root: none is lost. No recursion,
 * for a trace may be a chain of ten thousand spans.
 */
export function layTree(rows: readonly unknown[], { rowId, parentId, depth: depthOf }: Shape): Tree {
  if (depthOf) {
    const depths = rows.map(depthOf);
    return { rows, depths, below: countBelow(depths) };
  }
  const laid = { rows: [] as unknown[], depths: [] as number[] };
  const { roots, childrenOf } = families(rows, { rowId, parentId });
  const seen = new Set<unknown>();
  // Behind the roots come all rows again: those in a ring of parents hang below no root.
  for (const root of [...roots, ...rows]) {
    const stack = [{ row: root, depth: 0 }];
    for (let next = stack.pop(); next; next = stack.pop()) {
      if (seen.has(next.row)) continue;
      seen.add(next.row);
      laid.rows.push(next.row);
      laid.depths.push(next.depth);
      const depth = next.depth + 1;
      for (const child of childrenOf(next.row).toReversed()) stack.push({ row: child, depth });
    }
  }
  return { ...laid, below: countBelow(laid.depths) };
}

function families(
  rows: readonly unknown[],
  { rowId, parentId }: Pick<Shape, 'rowId' | 'parentId'>,
): { readonly roots: readonly unknown[]; readonly childrenOf: (row: unknown) => readonly unknown[] } {
  const children = new Map<string, unknown[]>(rows.map((row) => [rowId(row), []]));
  const roots: unknown[] = [];
  for (const row of rows) (children.get(parentId(row)) ?? roots).push(row);
  return { roots, childrenOf: (row) => children.get(rowId(row)) ?? [] };
}

function countBelow(depths: readonly number[]): readonly number[] {
  const below = depths.map(() => 0);
  const open: number[] = [];
  for (let index = 0; index <= depths.length; index++) {
    const depth = depths[index] ?? -1;
    for (let last = open.at(-1); last !== undefined && (depths[last] ?? 0) >= depth; last = open.at(-1)) {
      below[last] = index - last - 1;
      open.pop();
    }
    open.push(index);
  }
  return below;
}

/** Drop what hangs below folded rows. */
export function foldTree(tree: Tree, folds: ReadonlySet<string>, rowId: (row: unknown) => string): Tree {
  if (folds.size === 0) return tree;
  const shown: number[] = [];
  for (let index = 0; index < tree.rows.length; index++) {
    shown.push(index);
    if (folds.has(rowId(tree.rows[index]))) index += tree.below[index] ?? 0;
  }
  return pick(tree, shown);
}

/** Keep the rows that are wanted, and every row above them, so that the tree still hangs together. */
export function pruneTree(tree: Tree, wanted: (row: unknown) => boolean): Tree {
  const shown = new Set<number>();
  const path: number[] = [];
  for (const [index, row] of tree.rows.entries()) {
    const depth = tree.depths[index] ?? 0;
    path.length = Math.min(path.length, depth);
    path.push(index);
    if (wanted(row)) for (const above of path) shown.add(above);
  }
  return pick(
    tree,
    [...shown].toSorted((a, b) => a - b),
  );
}

const pick = (tree: Tree, indexes: readonly number[]): Tree => ({
  rows: indexes.map((index) => tree.rows[index]),
  depths: indexes.map((index) => tree.depths[index] ?? 0),
  below: indexes.map((index) => tree.below[index] ?? 0),
});
