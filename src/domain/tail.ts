import type { LogLine } from './log.ts';
import type { Fault, Origin } from './result.ts';

/** Where a tail begins; absent: with the last hundred lines. */
export interface TailOptions {
  /** Unix seconds. */
  readonly sinceUnix?: number;
}

/** What came of a tail since the part before. */
export interface TailPart {
  /** Oldest first within a part; lines of other streams may be older than those of the part before. */
  readonly lines: readonly LogLine[];
  /** Whether lines come by themselves, or are asked for again and again. */
  readonly by: 'tail' | 'polling';
  /** Lines that Loki left out so far, because they were read too slowly. */
  readonly dropped: number;
  /** How it is going, where that changed: why it is asked again and again, or that it was interrupted and goes on when. */
  readonly said?: string;
  readonly gap?: Fault;
  readonly origin: Origin;
}
