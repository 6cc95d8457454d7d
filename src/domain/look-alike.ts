/** More changes than these make another name; of a short one a single change: `north` and `south` are two. Heuristic. */
const CHANGES_MAX = 2;
const SHORT = 8;

/** Two names that differ by one or two letters, so that one may be a misspelling. Short names differ by chance. */
export function isLookAlike(left: string, right: string): boolean {
  if (left === right || Math.min(left.length, right.length) <= CHANGES_MAX + 1) return false;
  if (Math.abs(left.length - right.length) > CHANGES_MAX || isNumbered(left, right)) return false;
  const most = Math.min(left.length, right.length) < SHORT ? 1 : CHANGES_MAX;
  return distance(left, right, most) <= most;
}

/** `shop-1` and `shop-2` are siblings, no misspelling. */
const isNumbered = (left: string, right: string): boolean => left.replace(/\d+/g, '#') === right.replace(/\d+/g, '#');

/** Letters to put in, take out, change or swap; it stops counting above `most`. */
function distance(left: string, right: string, most: number): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let at = 1; at <= left.length; at++) {
    const next = nextRow({ left, right, at, row, before });
    if (Math.min(...next, ...row) > most) return most + 1;
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
}

interface Reckoning {
  readonly left: string;
  readonly right: string;
  readonly at: number;
  readonly row: readonly number[];
  readonly before: readonly number[];
}

function nextRow({ left, right, at, row, before }: Reckoning): readonly number[] {
  const next = [at];
  for (let to = 1; to <= right.length; to++) {
    const same = left[at - 1] === right[to - 1] ? 0 : 1;
    const swapped = at > 1 && to > 1 && left[at - 1] === right[to - 2] && left[at - 2] === right[to - 1];
    const swap = swapped ? (before[to - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
    next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, (row[to - 1] ?? 0) + same, swap));
  }
  return next;
}
