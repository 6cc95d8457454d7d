import type { Verdict } from './result.ts';

/** One signal of one tenant. Seconds; undefined: not known. */
export interface Signal {
  /** Age of the newest sample, line or trace; undefined where there is none, or nobody could say. */
  readonly ageSeconds?: number;
  /** The age is an upper bound: one that matches is known, not the newest (Tempo's search answers with any). */
  readonly atMost?: boolean;
  /** Whether the server answered at all. */
  readonly asked: boolean;
}

/** Older than this, a signal counts as silent (heuristic: twenty scrapes of 15 s). */
export const SILENT_SECONDS = 300;

/** Three times as old as what is merely late has ended, whatever is still known of it. Heuristic. */
const GONE_SECONDS = 3 * SILENT_SECONDS;

/**
 * Judge one signal: nothing there, or nothing new for long, is bad; late is a warning, not asked is unknown. An upper bound
 * only says that the window holds some.
 */
export function judgeSignal(signal: Signal): Verdict {
  if (!signal.asked) return 'unknown';
  if (signal.ageSeconds === undefined) return 'bad';
  if (signal.atMost) return 'good';
  if (signal.ageSeconds > GONE_SECONDS) return 'bad';
  return signal.ageSeconds > SILENT_SECONDS ? 'warn' : 'good';
}

/** It does not arrive: there is nothing, or nothing new for long. What was not asked is not gone. */
export const isGone = (signal: Signal): boolean => judgeSignal(signal) === 'bad';

/** The worst of several verdicts; unknown is worse than good and better than warn. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  const order: readonly Verdict[] = ['bad', 'warn', 'unknown', 'good'];
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'unknown';
}
