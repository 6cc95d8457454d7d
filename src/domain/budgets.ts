import type { Replica } from './placement.ts';
import { type DisruptionBudget, matchesLabels, type PlacedPod } from './scheduling.ts';

/** What a PodDisruptionBudget does for these replicas. */
export interface BudgetJudgement {
  readonly state: 'good' | 'missing' | 'weak' | 'blocks' | 'two' | 'not-needed' | 'unknown';
  readonly name: string | null;
  /** How many may be gone at a time, by what is written; undefined where that cannot be told. */
  readonly allows: number | undefined;
  readonly because: string;
}

/** PDBs that select a pod. */
export const budgetsOf = (pod: PlacedPod, budgets: readonly DisruptionBudget[]): readonly DisruptionBudget[] =>
  budgets.filter(({ namespace, selector }) => namespace === pod.namespace && matchesLabels(selector, pod.labels));

/**
 * Does a PDB keep a drain from taking more replicas than can be spared?
 *
 * `spare`: replicas that may be gone without loss; undefined where that is not known.
 * Fails:  never; where PDBs could not be listed it is unknown.
 * Source: policy/v1; two PDBs on one pod make the eviction API answer 500.
 */
export function judgeBudget(
  replicas: readonly Replica[],
  budgets: readonly DisruptionBudget[] | undefined,
  spare: number | undefined,
): BudgetJudgement {
  const pods = replicas.flatMap(({ pod }) => (pod ? [pod] : []));
  const say = (
    state: BudgetJudgement['state'],
    because: string,
    name: string | null = null,
    allows?: number,
  ): BudgetJudgement => ({ state, name, allows, because });
  if (budgets === undefined) return say('unknown', 'PodDisruptionBudgets could not be listed');
  if (pods.length === 0) return say('unknown', 'no pods are to be seen');
  const perPod = pods.map((pod) => budgetsOf(pod, budgets));
  const double = perPod.find((found) => found.length > 1);
  if (double)
    return say(
      'two',
      `PDBs ${double.map(({ name }) => name).join(' and ')} select the same pod: its eviction answers 500`,
    );
  const [budget] = perPod.flat();
  if (!budget) {
    return pods.length === 1
      ? say('not-needed', 'one replica: a PDB could only block its node')
      : say('missing', 'no PodDisruptionBudget: a drain may take all of them at once');
  }
  const uncovered = perPod.filter((found) => found.length === 0).length;
  const allows = allowedBy(budget, pods.length);
  if (uncovered > 0)
    return say('weak', `PDB ${budget.name} leaves ${uncovered} of ${pods.length} pods out`, budget.name, allows);
  if (spare !== undefined && allows !== undefined && allows > spare && pods.length > 1)
    return say('weak', `PDB ${budget.name} lets ${allows} go at a time, ${spare} can be spared`, budget.name, allows);
  if (budget.disruptionsAllowed === 0)
    return say('blocks', `PDB ${budget.name} allows no disruption now: a drain waits`, budget.name, allows);
  return say(
    'good',
    `PDB ${budget.name} lets ${allows ?? budget.disruptionsAllowed ?? '?'} go at a time`,
    budget.name,
    allows,
  );
}

/** Pods that may be gone at a time, of so many. Percentages are rounded up. Source: policy/v1, disruption controller. */
export function allowedBy({ maxUnavailable, minAvailable }: DisruptionBudget, pods: number): number | undefined {
  const countOf = (bound: string): number | undefined => {
    const percent = /^(\d+)%$/.exec(bound);
    if (percent) return Math.ceil((Number(percent[1]) / 100) * pods);
    return /^\d+$/.test(bound) ? Number(bound) : undefined;
  };
  if (maxUnavailable !== undefined) return countOf(maxUnavailable);
  const least = minAvailable === undefined ? undefined : countOf(minAvailable);
  return least === undefined ? undefined : Math.max(0, pods - least);
}
