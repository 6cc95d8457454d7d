import type { Verdict } from './result.ts';
import type { ComponentSpread, Finding } from './spread.ts';

/** A component's spread before it is judged. */
export type Judged = Pick<ComponentSpread, 'component' | 'view' | 'mode' | 'replicas' | 'coLocated' | 'rule' | 'pdb'>;

export const finding = (verdict: Verdict, cause: string, because: string, next: string): Finding => ({
  verdict,
  cause,
  because,
  next,
});

/** Ids for a sentence. */
export const names = (ids: readonly string[]): string =>
  ids.length <= 3 ? ids.join(', ') : `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more`;
