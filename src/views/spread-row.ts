import type { LastReplica } from '../domain/last-replicas.ts';
import type { LossAnswer } from '../domain/loss-answer.ts';
import type { Replica } from '../domain/placement.ts';
import type { Origin, Verdict } from '../domain/result.ts';
import type { ComponentSpread } from '../domain/spread-model.ts';

/** A node and what goes with it. */
export interface NodeRow extends Row {
  readonly kind: 'node';
  readonly node: string;
  readonly zone?: string;
  readonly state: string;
  readonly lost: boolean;
  readonly held: readonly Held[];
  readonly last: readonly LastReplica[];
}

/** What a zone takes along that none of its nodes takes alone. */
export interface ZoneRow extends Row {
  readonly kind: 'zone';
  readonly nodes: readonly string[];
  readonly last: readonly LastReplica[];
}

/** Replicas that stand on no node that is known: strangers in the ring, pods that wait for a node. */
export interface NowhereRow extends Row {
  readonly kind: 'nowhere';
  readonly held: readonly Held[];
}

/** The replicas of one component that stand on a node. */
export interface Held {
  readonly component: string;
  readonly short: string;
  readonly replicas: readonly Replica[];
}

export interface Row {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly verdict: Verdict;
  readonly because: string;
  /** Context of the cluster; empty where none was looked into. */
  readonly cluster: string;
  readonly origin: Origin;
}

/** A component and what is wrong with it. */
export interface ComponentRow extends Row {
  readonly kind: 'component';
  readonly spread: ComponentSpread;
  /** Its workload, where it is one only. */
  readonly workload?: string;
  /** What the marked nodes take from it; only where some are marked. */
  readonly loss?: LossAnswer;
  /** Single nodes and pairs that take something, worst first. */
  readonly worst: readonly LossAnswer[];
}

/** What all marked nodes together take with them, beside the rings. */
export interface LostRow extends Row {
  readonly kind: 'lost';
  readonly last: readonly LastReplica[];
  /** What was marked, and is no node. */
  readonly strangers: readonly string[];
  /** Lists that are missing for a whole answer. */
  readonly unseen: readonly string[];
}

/** Workloads that are gone as things stand, whoever looks. */
export interface DownRow extends Row {
  readonly kind: 'down';
  readonly last: readonly LastReplica[];
}

export type SpreadRow = ComponentRow | NodeRow | ZoneRow | NowhereRow | LostRow | DownRow;
