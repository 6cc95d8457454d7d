import type { LogLine } from '../domain/log.ts';

/** Lines that are remembered, so that none is told twice after an interruption. */
const KEPT_MAX = 5000;
/** Lines of other streams may come a little late. */
const LATE_NANOS = 1_000_000_000n;

/** What a tail has told so far. */
export interface Seen {
  /** Those that were not told yet; they are told now. */
  fresh(lines: readonly LogLine[]): readonly LogLine[];
  /** From now on lines may come twice. */
  interrupted(): void;
  wasInterrupted(): boolean;
  /** Where to go on: a little before the newest line. Undefined before the first. */
  fromNanos(): bigint | undefined;
  drop(count: number): void;
  dropped(): number;
  /** Lines told. */
  count(): number;
}

export function makeSeen(): Seen {
  let kept: LogLine[] = [];
  let known: Set<string> | undefined;
  let untilNanos = 0n;
  let interrupted = false;
  let newest: bigint | undefined;
  let dropped = 0;
  let count = 0;
  return {
    fresh(lines) {
      // What is so much younger than the interruption cannot have been told.
      if (lines[0] && lines[0].atNanos > untilNanos) known = undefined;
      const some = known ? lines.filter((line) => !known?.has(keyOf(line))) : lines;
      for (const line of some) {
        if (newest === undefined || line.atNanos > newest) newest = line.atNanos;
        kept.push(line);
      }
      if (kept.length > 2 * KEPT_MAX) kept = kept.slice(-KEPT_MAX);
      count += some.length;
      return some;
    },
    interrupted() {
      interrupted = true;
      known = new Set(kept.slice(-KEPT_MAX).map(keyOf));
      untilNanos = (newest ?? 0n) + LATE_NANOS;
    },
    wasInterrupted: () => interrupted,
    fromNanos: () => (newest === undefined ? undefined : newest - LATE_NANOS),
    drop(more) {
      dropped += more;
    },
    dropped: () => dropped,
    count: () => count,
  };
}

const keyOf = ({ atNanos, line, labels }: LogLine): string => `${atNanos} ${JSON.stringify(labels)} ${line}`;
