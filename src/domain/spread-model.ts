import type { RuleJudgement } from './affinity.ts';
import type { BudgetJudgement } from './budgets.ts';
import type { SpreadComponent } from './components.ts';
import type { KubeNode } from './kube.ts';
import type { Replica } from './placement.ts';
import type { Verdict } from './result.ts';
import type { PartitionRing, Ring, TokenRanges, TokenShares } from './ring.ts';
import type { RingSettings } from './ring-config.ts';
import type { DisruptionBudget, PlacedPod, PlacedWorkload, PriorityClass, ZoneBudget } from './scheduling.ts';
import type { Shard } from './shuffle-shard.ts';

/** The part of a ring that somebody uses. */
export interface UsedPart extends Shard {
  /** Undefined: everybody who has no shard of his own. */
  readonly tenant: string | undefined;
  /** Members that the tenant's limit asks for; 0 without one. */
  readonly size: number;
}

/** What a cluster says of where pods stand; undefined is what could not be listed. */
export interface ClusterView {
  readonly pods: readonly PlacedPod[] | undefined;
  readonly nodes: readonly KubeNode[] | undefined;
  readonly workloads: readonly PlacedWorkload[];
  readonly budgets: readonly DisruptionBudget[] | undefined;
  /** Undefined where nothing is zone-aware, or they could not be listed. */
  readonly zoneBudgets?: readonly ZoneBudget[];
  /** Undefined where they could not be listed. */
  readonly priorityClasses?: readonly PriorityClass[];
}

/** What a component's ring says, as far as it could be read. */
export interface RingView {
  readonly ring: Ring | undefined;
  /** Why there is none, in a sentence. */
  readonly because: string;
  readonly partitions: PartitionRing | undefined;
  readonly settings: RingSettings;
  /** Shares of the members, in their order, where somebody has worked them out already. */
  readonly shares?: TokenShares;
  /** The token space cut at the tokens of the members, in their order; the same. */
  readonly ranges?: TokenRanges;
}

/** One thing that is wrong, with what to do. */
export interface Finding {
  readonly verdict: Verdict;
  readonly cause: string;
  readonly because: string;
  readonly next: string;
}

/** One component: where its replicas stand, what keeps them apart, and what is wrong with it. */
export interface ComponentSpread {
  readonly component: SpreadComponent;
  readonly view: RingView;
  /** `classic`, `partitions`, or `none` where keys are not placed by a ring. */
  readonly mode: 'classic' | 'partitions' | 'none';
  readonly replicas: readonly Replica[];
  /** Pods of the same component of other releases: their ring is another one. */
  readonly beside: readonly PlacedPod[];
  /** Absent: the whole ring is written to and read from. */
  readonly used?: UsedPart;
  /** Every tenant that was asked for has a part of its own: what the whole loses is nobody's loss. */
  readonly usedByNobody?: boolean;
  /** Why shards of some tenants are not among the parts: what they lose is not known. */
  readonly unsharded?: string;
  /** Ids that share a node. */
  readonly coLocated: readonly (readonly string[])[];
  readonly rule: RuleJudgement;
  readonly pdb: BudgetJudgement;
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
  readonly cause: string;
  readonly because: string;
  readonly next: string;
}
