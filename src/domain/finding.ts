import type { Replica } from './placement.ts';
import type { Verdict } from './result.ts';
import { shortName } from './scheduling.ts';
import type { ComponentSpread, Finding } from './spread-model.ts';

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

/** A replica for a sentence: without its release in front, where its pod tells that. */
export const nameOf = ({ id, pod }: Pick<Replica, 'id' | 'pod'>): string => (pod ? shortName(id, pod.labels) : id);

export const namesOf = (replicas: readonly Replica[]): string => names(replicas.map(nameOf));
