/** More changes than these make another name. Heuristic. */
const CHANGES_MAX = 2;

/** Two names that differ by one or two letters, so that one may be a misspelling. Short names differ by chance. */
export function isLookAlike(left: string, right: string): boolean {
  if (left === right || Math.min(left.length, right.length) <= CHANGES_MAX + 1) return false;
  if (Math.abs(left.length - right.length) > CHANGES_MAX || isNumbered(left, right)) return false;
  return distance(left, right) <= CHANGES_MAX;
}

/** `shop-1` and `shop-2` are siblings, no misspelling. */
const isNumbered = (left: string, right: string): boolean => left.replace(/\d+/g, '#') === right.replace(/\d+/g, '#');

/** Letters to put in, take out, change or swap. */
function distance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const steps = [(row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same];
      if (swapped) steps.push((before[j - 2] ?? 0) + 1);
      next.push(Math.min(...steps));
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
}
