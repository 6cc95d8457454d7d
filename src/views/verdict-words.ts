import type { Verdict } from '../domain/result.ts';

/** A verdict as a cell says it: with its mark, for where there is no colour. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  good: '✓ good',
  warn: '▲ warn',
  bad: '✗ bad',
  unknown: '? unknown',
};
