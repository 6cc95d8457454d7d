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
  /** The ready ones that go; of a workload that is down those that are not ready. */
  readonly pods: readonly string[];
  /** Bad where a read or a write passes through it. */
  readonly verdict: Verdict;
  readonly priority: boolean;
  /** Null where PDBs could not be listed. */
  readonly budget: boolean | null;
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
  budgets: readonly DisruptionBudget[] | undefined,
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

/**
 * Workloads that should have pods, and of which none is ready: what a node could take of them is lost already.
 *
 * Fails:  never; where pods could not be listed nothing is said to be down.
 */
export const downNow = (
  workloads: readonly PlacedWorkload[],
  pods: readonly PlacedPod[] | undefined,
  budgets: readonly DisruptionBudget[] | undefined,
): readonly LastReplica[] =>
  workloads.flatMap((workload) => {
    const own = podsOf(workload, pods ?? []);
    const seen = pods !== undefined && (own.length > 0 || isFound(workload));
    return seen && workload.desired > 0 && own.every(({ ready }) => !ready) ? [lastOf(workload, own, budgets)] : [];
  });

/** A Deployment that selects by expressions alone has pods that nothing here leads to. */
const isFound = ({ kind, selector }: PlacedWorkload): boolean =>
  kind !== 'Deployment' || Object.keys(selector).length > 0;

const lastOf = (
  workload: PlacedWorkload,
  gone: readonly PlacedPod[],
  budgets: readonly DisruptionBudget[] | undefined,
): LastReplica => ({
  workload: workload.name,
  short: shortName(workload.name, workload.podLabels),
  kind: workload.kind,
  pods: gone.map(({ name }) => name),
  verdict: isOnTheWay({ labels: workload.podLabels }) ? 'bad' : 'warn',
  priority: (gone.length > 0 ? gone : [workload]).every(
    ({ scheduling }) => Boolean(scheduling.priorityClass) || (scheduling.priority ?? 0) > 0,
  ),
  budget:
    budgets === undefined
      ? null
      : budgets.some(
          ({ namespace, selector }) => namespace === workload.namespace && matchesLabels(selector, workload.podLabels),
        ),
});
