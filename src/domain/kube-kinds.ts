import type { ConfigMap, KubeEvent, KubeNode, KubeService, Pod, PodCells, Workload } from './kube.ts';
import type { DisruptionBudget, PlacedPod, PlacedWorkload, PriorityClass, ZoneBudget } from './scheduling.ts';

/** What can be listed, by the name it is asked for. */
export interface KubeKinds {
  pods: Pod;
  podCells: PodCells;
  services: KubeService;
  statefulsets: Workload;
  deployments: Workload;
  daemonsets: Workload;
  nodes: KubeNode;
  events: KubeEvent;
  configmaps: ConfigMap;
  /** The same lists again, with what decides where a pod may stand. */
  placedPods: PlacedPod;
  placedStatefulsets: PlacedWorkload;
  placedDeployments: PlacedWorkload;
  budgets: DisruptionBudget;
  zoneBudgets: ZoneBudget;
  priorityclasses: PriorityClass;
}
