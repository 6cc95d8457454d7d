import { allowedOfZone, budgetsOf, zoneOf } from './budgets.ts';
import type { DisruptionBudget, PlacedPod, ZoneBudget } from './scheduling.ts';

/** A pod that a drain would evict, and what stops it. */
export interface Eviction {
  readonly pod: PlacedPod;
  readonly workload: string;
  /** PDBs that do not let it go now; empty: it goes. */
  readonly blockedBy: readonly string[];
  readonly because: string;
  /** Whether it goes cannot be told. */
  readonly untold?: true;
}

type Answer = Pick<Eviction, 'blockedBy' | 'because' | 'untold'>;

/**
 * What `kubectl drain` would do to a node, in its order: pods of DaemonSets and finished ones stay.
 *
 * One eviction after the other: each takes from its PDB's allowance, so that a second pod under the same PDB may wait.
 * Fails:  never; two PDBs on one pod make the eviction API refuse for good.
 * Source: kubectl drain filters; policy/v1 eviction, which answers 429 without allowance and 500 with two PDBs; the
 *         rollout-operator's webhook, which asks its zone-aware budgets first.
 */
export function previewDrain(
  node: string,
  pods: readonly PlacedPod[],
  budgets: readonly DisruptionBudget[] | undefined,
  zoneBudgets: readonly ZoneBudget[] = [],
): readonly Eviction[] {
  const left = new Map(budgets?.map((budget) => [budget, budget.disruptionsAllowed]));
  const gone = new Set<PlacedPod>();
  return pods
    .filter((pod) => pod.node === node && pod.owner?.kind !== 'DaemonSet' && !isOver(pod))
    .map((pod) => {
      const found = budgets === undefined ? [] : budgetsOf(pod, budgets);
      const [zoneBudget] = budgetsOf(pod, zoneBudgets);
      const refused = zoneBudget && refusedByZone(pod, zoneBudget, pods, gone);
      const answer = refused ?? (zoneBudget && found.length === 0 ? letGo(zoneBudget) : undefined);
      const decided = answer ?? evict(pod, found, left, budgets !== undefined);
      if (decided.blockedBy.length === 0) gone.add(pod);
      return { pod, workload: pod.owner?.name ?? pod.name, ...decided };
    });
}

const isOver = ({ phase }: PlacedPod): boolean => phase === 'Succeeded' || phase === 'Failed';

const letGo = ({ name }: ZoneBudget): Answer => ({ blockedBy: [], because: `zone-aware PDB ${name} lets it go` });

/**
 * Zones are the StatefulSets of a rollout group: none may go of one while another lacks any. Undefined: it may go.
 *
 * Source: rollout-operator pkg/zpdb. With partitions only the pods of the same number count.
 */
function refusedByZone(
  pod: PlacedPod,
  budget: ZoneBudget,
  pods: readonly PlacedPod[],
  gone: ReadonlySet<PlacedPod>,
): Answer | undefined {
  const group = pods.filter((other) => budgetsOf(other, [budget]).length > 0);
  const counted = budget.byPartition ? group.filter((other) => ordinalOf(other) === ordinalOf(pod)) : group;
  const missing = counted.filter((other) => other !== pod && (!other.ready || gone.has(other)));
  const say = (because: string): Answer => ({ blockedBy: [budget.name], because });
  if (missing.some((other) => zoneOf(other) !== zoneOf(pod)))
    return say(`zone-aware PDB ${budget.name}: another zone lacks a pod: the drain waits`);
  const inZone = group.filter((other) => zoneOf(other) === zoneOf(pod)).length;
  const allows = allowedOfZone(budget, inZone);
  if (allows === undefined || missing.length < allows) return undefined;
  return say(`zone-aware PDB ${budget.name} lets ${allows} of a zone go: the drain waits`);
}

const ordinalOf = ({ name }: PlacedPod): string => /-(\d+)$/.exec(name)?.[1] ?? name;

function evict(
  pod: PlacedPod,
  found: readonly DisruptionBudget[],
  left: Map<DisruptionBudget, number | undefined>,
  known: boolean,
): Answer {
  if (!known)
    return {
      blockedBy: [],
      because: 'PodDisruptionBudgets could not be listed: whether it goes is not known',
      untold: true,
    };
  const [budget, second] = found;
  if (budget && second) {
    const names = found.map(({ name }) => name);
    return { blockedBy: names, because: `two PDBs, ${names.join(' and ')}: its eviction is refused for good` };
  }
  if (!budget) return { blockedBy: [], because: 'no PDB: it goes at once' };
  const allowed = left.get(budget);
  if (allowed === undefined)
    return { blockedBy: [], because: `PDB ${budget.name} has no status: not known`, untold: true };
  // A pod that is not ready takes nothing from a budget that holds, but waits where it does not.
  if (allowed <= 0)
    return { blockedBy: [budget.name], because: `PDB ${budget.name} allows no disruption: the drain waits` };
  if (pod.ready) left.set(budget, allowed - 1);
  return { blockedBy: [], because: `PDB ${budget.name} lets it go` };
}
