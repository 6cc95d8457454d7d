/** What the layout must know of a column; `contentWidth` is its widest cell. */
export interface Sized {
  readonly id: string;
  readonly titleWidth: number;
  readonly contentWidth: number;
  readonly keep: number;
  readonly widthMin?: number;
  readonly widthMax?: number;
  readonly grow?: boolean;
}

/** A column on the screen. */
export interface Placed {
  readonly id: string;
  readonly width: number;
}

/** Cells between two columns. */
export const GAP = 2;

/** A growing column gives room until it is this narrow; then columns go. */
const GROW_FLOOR = 16;

const WIDTH_MAX = 80;

/**
 * Give each column its width. Growing columns shrink first, then columns go in ascending order of `keep`, then all
 * shrink; what is left over goes to the growing ones. Widths and gaps together never pass `width` (cells).
 */
export function placeColumns(columns: readonly Sized[], width: number): readonly Placed[] {
  let kept = [...columns];
  const floor = (each: Sized): number =>
    each.grow ? Math.min(natural(each), Math.max(each.widthMin ?? 0, GROW_FLOOR, each.titleWidth)) : natural(each);
  const total = (widths: readonly number[]): number =>
    widths.reduce((sum, each) => sum + each, 0) + GAP * Math.max(0, widths.length - 1);
  while (kept.length > 1 && total(kept.map(floor)) > width) {
    const least = kept.reduce((least, each) => (each.keep <= least.keep ? each : least));
    if (least.keep >= 100) break;
    kept = kept.filter((each) => each !== least);
  }
  const widths = shrink(kept, kept.map(floor), width - GAP * (kept.length - 1));
  grow(kept, widths, width - total(widths), natural);
  grow(kept, widths, width - total(widths), (each) => each.widthMax ?? Number.POSITIVE_INFINITY);
  return kept.map(({ id }, index) => ({ id, width: widths[index] ?? 0 })).filter((each) => each.width > 0);
}

const natural = (each: Sized): number =>
  Math.max(each.widthMin ?? 1, each.titleWidth, Math.min(each.contentWidth, each.widthMax ?? WIDTH_MAX));

/** All columns matter and still do not fit: take from the widest, cell by cell, as low as three; then from the end. */
function shrink(columns: readonly Sized[], from: readonly number[], width: number): number[] {
  const widths = [...from];
  let over = widths.reduce((sum, each) => sum + each, 0) - width;
  while (over > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= 3) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
  for (let last = columns.length - 1; over > 0 && last > 0; last--) {
    over -= (widths[last] ?? 0) + GAP;
    widths[last] = 0;
  }
  return widths;
}

/** Hand out what is left, evenly, to columns that may grow. */
function grow(columns: readonly Sized[], widths: number[], left: number, limit: (each: Sized) => number): void {
  let rest = left;
  for (let given = true; rest > 0 && given; ) {
    given = false;
    for (const [index, each] of columns.entries()) {
      const width = widths[index] ?? 0;
      if (rest <= 0 || !each.grow || width === 0 || width >= limit(each)) continue;
      widths[index] = width + 1;
      rest -= 1;
      given = true;
    }
  }
}

/** Rows of different heights: which come first and last so that the cursor's row is on the screen and little moves. */
export function flowWindow(
  top: number,
  cursor: number,
  total: number,
  height: number,
  heightOf: (index: number) => number,
): { readonly from: number; readonly to: number } {
  const at = Math.max(0, Math.min(cursor, total - 1));
  let from = Math.max(0, Math.min(top, at));
  let used = 0;
  let first = at;
  for (let index = at; index >= from; index--) {
    used += heightOf(index);
    if (used > height && index !== at) break;
    first = index;
  }
  from = first;
  used = 0;
  let to = from;
  while (to < total && used < height) used += heightOf(to++);
  while (to >= total && from > 0 && used + heightOf(from - 1) <= height) used += heightOf(--from);
  return { from, to };
}
