import { budgetsOf } from './budgets.ts';
import type { DisruptionBudget, PlacedPod } from './scheduling.ts';

/** A pod that a drain would evict, and what stops it. */
export interface Eviction {
  readonly pod: PlacedPod;
  readonly workload: string;
  /** PDBs that do not let it go now; empty: it goes. */
  readonly blockedBy: readonly string[];
  readonly because: string;
}

/**
 * What `kubectl drain` would do to a node, in its order: pods of DaemonSets and finished ones stay.
 *
 * One eviction after the other: each takes from its PDB's allowance, so that a second pod under the same PDB may wait.
 * Fails:  never; two PDBs on one pod make the eviction API refuse for good.
 * Source: kubectl drain filters; policy/v1 eviction, which answers 429 without allowance and 500 with two PDBs.
 */
export function previewDrain(
  node: string,
  pods: readonly PlacedPod[],
  budgets: readonly DisruptionBudget[] | undefined,
): readonly Eviction[] {
  const left = new Map(budgets?.map((budget) => [budget, budget.disruptionsAllowed]));
  return pods
    .filter((pod) => pod.node === node && pod.owner?.kind !== 'DaemonSet' && !isOver(pod))
    .map((pod) => {
      const found = budgets === undefined ? [] : budgetsOf(pod, budgets);
      return { pod, workload: pod.owner?.name ?? pod.name, ...evict(pod, found, left, budgets !== undefined) };
    });
}

const isOver = ({ phase }: PlacedPod): boolean => phase === 'Succeeded' || phase === 'Failed';

function evict(
  pod: PlacedPod,
  found: readonly DisruptionBudget[],
  left: Map<DisruptionBudget, number | undefined>,
  known: boolean,
): Pick<Eviction, 'blockedBy' | 'because'> {
  if (!known)
    return { blockedBy: [], because: 'PodDisruptionBudgets could not be listed: whether it goes is not known' };
  const [budget, second] = found;
  if (budget && second) {
    const names = found.map(({ name }) => name);
    return { blockedBy: names, because: `two PDBs, ${names.join(' and ')}: its eviction is refused for good` };
  }
  if (!budget) return { blockedBy: [], because: 'no PDB: it goes at once' };
  const allowed = left.get(budget);
  if (allowed === undefined) return { blockedBy: [], because: `PDB ${budget.name} has no status: not known` };
  // A pod that is not ready takes nothing from a budget that holds, but waits where it does not.
  if (allowed <= 0)
    return { blockedBy: [budget.name], because: `PDB ${budget.name} allows no disruption: the drain waits` };
  if (pod.ready) left.set(budget, allowed - 1);
  return { blockedBy: [], because: `PDB ${budget.name} lets it go` };
}
