import { isOnTheWay } from './components.ts';
import { selects } from './kube.ts';
import type { Verdict } from './result.ts';
import { type DisruptionBudget, matchesLabels, type PlacedPod, type PlacedWorkload } from './scheduling.ts';

/** A workload whose last ready replica stands on a node, or on one of several. */
export interface LastReplica {
  readonly workload: string;
  readonly kind: string;
  readonly pods: readonly string[];
  /** Bad where a read or a write passes through it. */
  readonly verdict: Verdict;
  readonly priority: boolean;
  readonly budget: boolean;
}

/** The pods of a workload: by its selector, where it has one by labels; else by owner. */
export const podsOf = (workload: PlacedWorkload, pods: readonly PlacedPod[]): readonly PlacedPod[] =>
  pods.filter(
    (pod) =>
      pod.namespace === workload.namespace &&
      (selects(workload.selector, pod.labels) ||
        (pod.owner?.kind === workload.kind && pod.owner.name === workload.name)),
  );

/**
 * Workloads that have no ready replica left once these nodes are lost. DaemonSets are not among `workloads`.
 *
 * Fails:  never. What is not ready anywhere has been lost before, and is left out.
 */
export function lastReplicasOn(
  lost: ReadonlySet<string>,
  workloads: readonly PlacedWorkload[],
  pods: readonly PlacedPod[],
  budgets: readonly DisruptionBudget[],
): readonly LastReplica[] {
  return workloads.flatMap((workload) => {
    const ready = podsOf(workload, pods).filter((pod) => pod.ready);
    const gone = ready.filter(({ node }) => node !== undefined && lost.has(node));
    if (gone.length === 0 || gone.length < ready.length) return [];
    const covered = budgets.some(
      ({ namespace, selector }) => namespace === workload.namespace && matchesLabels(selector, workload.podLabels),
    );
    return [
      {
        workload: workload.name,
        kind: workload.kind,
        pods: gone.map(({ name }) => name),
        verdict: isOnTheWay({ labels: workload.podLabels }) ? 'bad' : 'warn',
        priority: gone.every(({ scheduling }) => Boolean(scheduling.priorityClass) || (scheduling.priority ?? 0) > 0),
        budget: covered,
      },
    ];
  });
}
