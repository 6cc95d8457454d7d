/** The newest lines of a tail, in the order of time. */
export interface LineRing<Line> {
  /** Take in a line; one that is a little late finds its place. */
  push(line: Line): void;
  /** What is kept, oldest first: a picture that later lines do not change. */
  lines(): readonly Line[];
  /** Lines that ever came. */
  total(): number;
  /** Lines that went because newer ones came. */
  gone(): number;
}

/** How far back a late line is put into its place; one that is later still stands where it came. */
const LATE_MAX = 2000;

/** Keeps the newest `cap` lines; nothing before that is lost. */
export function makeLineRing<Line>(cap: number, atNanos: (line: Line) => bigint): LineRing<Line> {
  let kept: Line[] = [];
  let total = 0;
  // Cut now and then, not at every line: moving all lines for each would cost their square.
  const slack = Math.max(1000, Math.floor(cap / 4));
  return {
    push(line) {
      total += 1;
      const at = atNanos(line);
      let place = kept.length;
      const least = Math.max(0, place - LATE_MAX);
      while (place > least && atNanos(kept[place - 1] as Line) > at) place -= 1;
      if (place === least && least > 0 && atNanos(kept[place] as Line) > at) place = kept.length;
      if (place === kept.length) kept.push(line);
      else kept.splice(place, 0, line);
      if (kept.length > cap + slack) kept = kept.slice(-cap);
    },
    lines: () => kept.slice(-cap),
    total: () => total,
    gone: () => Math.max(0, total - cap),
  };
}
