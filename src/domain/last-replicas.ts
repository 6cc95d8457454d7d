import { isOnTheWay } from './components.ts';
import { selects } from './kube.ts';
import type { Verdict } from './result.ts';
import { type DisruptionBudget, matchesLabels, type PlacedPod, type PlacedWorkload, shortName } from './scheduling.ts';

/** A workload whose last ready replica stands on a node, or on one of several. */
export interface LastReplica {
  readonly workload: string;
  /** The same for a sentence: without the release in front. */
  readonly short: string;
  readonly kind: string;
  readonly pods: readonly string[];
  /** Bad where a read or a write passes through it. */
  readonly verdict: Verdict;
  readonly priority: boolean;
  readonly budget: boolean;
}

/** Which workloads have no ready replica left once these nodes are lost. */
export type FindLast = (lost: ReadonlySet<string>) => readonly LastReplica[];

/** The pods of a workload: by its selector, where it has one by labels; else by owner. */
const podsOf = (workload: PlacedWorkload, pods: readonly PlacedPod[]): readonly PlacedPod[] =>
  pods.filter(
    (pod) =>
      pod.namespace === workload.namespace &&
      (selects(workload.selector, pod.labels) ||
        (pod.owner?.kind === workload.kind && pod.owner.name === workload.name)),
  );

/**
 * Finds the workloads that have no ready replica left once some nodes are lost. DaemonSets are not among `workloads`.
 * Pods are looked through once, however many losses are asked for.
 *
 * Fails:  never. What is not ready anywhere has been lost before, and is left out.
 */
export function lastReplicas(
  workloads: readonly PlacedWorkload[],
  pods: readonly PlacedPod[],
  budgets: readonly DisruptionBudget[],
): FindLast {
  const standing = workloads.map((workload) => {
    const ready = podsOf(workload, pods).filter((pod) => pod.ready);
    return { workload, ready, nodes: new Set(ready.map(({ node }) => node)) };
  });
  return (lost) =>
    standing.flatMap(({ workload, ready, nodes }) => {
      if (nodes.size === 0 || nodes.size > lost.size) return [];
      for (const node of nodes) if (node === undefined || !lost.has(node)) return [];
      return [lastOf(workload, ready, budgets)];
    });
}

/** Workloads that have pods, and none of them ready: what a node could take of them is lost already. */
export const downNow = (
  workloads: readonly PlacedWorkload[],
  pods: readonly PlacedPod[],
  budgets: readonly DisruptionBudget[],
): readonly LastReplica[] =>
  workloads.flatMap((workload) => {
    const own = podsOf(workload, pods);
    return workload.desired > 0 && own.length > 0 && own.every(({ ready }) => !ready)
      ? [lastOf(workload, own, budgets)]
      : [];
  });

/** Once: for one loss. */
export const lastReplicasOn = (
  lost: ReadonlySet<string>,
  workloads: readonly PlacedWorkload[],
  pods: readonly PlacedPod[],
  budgets: readonly DisruptionBudget[],
): readonly LastReplica[] => lastReplicas(workloads, pods, budgets)(lost);

const lastOf = (
  workload: PlacedWorkload,
  gone: readonly PlacedPod[],
  budgets: readonly DisruptionBudget[],
): LastReplica => ({
  workload: workload.name,
  short: shortName(workload.name, workload.podLabels),
  kind: workload.kind,
  pods: gone.map(({ name }) => name),
  verdict: isOnTheWay({ labels: workload.podLabels }) ? 'bad' : 'warn',
  priority: gone.every(({ scheduling }) => Boolean(scheduling.priorityClass) || (scheduling.priority ?? 0) > 0),
  budget: budgets.some(
    ({ namespace, selector }) => namespace === workload.namespace && matchesLabels(selector, workload.podLabels),
  ),
});
