import type { RingState } from './ring.ts';

/** Which members an operation may use, and which states make it look for one more. Source: dskit ring/ring.go, NewOp. */
export interface Operation {
  readonly healthy: readonly RingState[];
  readonly extend: readonly RingState[];
}

/** What is left of a replica set must be a majority, or just one. Source: dskit ring/replication_strategy.go. */
export type Strategy = 'majority' | 'one';

/** How one component uses its ring. */
export interface RingRule {
  readonly replicationFactor: number;
  readonly zoneAware: boolean;
  readonly strategy: Strategy;
  /** Undefined: nothing is written by this ring's tokens. */
  readonly write: Operation | undefined;
  /** Undefined: nothing is read by this ring's tokens. */
  readonly read: Operation | undefined;
  /** A read asks every member, not those of a key: too many bad ones anywhere and every read fails. */
  readonly readsWholeRing: boolean;
}

const NOT_ACTIVE: readonly RingState[] = ['LEAVING', 'PENDING', 'JOINING', 'LEFT'];

/** Source: dskit ring/ring.go. */
export const WRITE_NO_EXTEND: Operation = { healthy: ['ACTIVE'], extend: [] };
export const WRITE: Operation = { healthy: ['ACTIVE'], extend: NOT_ACTIVE };
export const READ: Operation = {
  healthy: ['ACTIVE', 'PENDING', 'LEAVING'],
  extend: NOT_ACTIVE.filter((state) => state !== 'LEAVING'),
};
/** Source: mimir pkg/distributor/query.go: a LEAVING ingester counts as failed. */
export const MIMIR_READ: Operation = { healthy: ['ACTIVE', 'PENDING'], extend: [] };

/** Who still holds what was written: one that is on its way in holds nothing yet. */
export const HOLDS: readonly RingState[] = ['ACTIVE', 'LEAVING'];

/** How a ring is used, before the replication factor is known. */
export type Use = Omit<RingRule, 'replicationFactor' | 'zoneAware'>;

/**
 * How each component uses its ring.
 *
 * Source: mimir pkg/distributor/{distributor,query}.go, pkg/storegateway/gateway_ring.go, pkg/querier/
 * blocks_store_queryable.go, pkg/alertmanager, pkg/ruler, pkg/compactor/compactor.go; loki pkg/distributor/distributor.go,
 * pkg/querier/ingester_querier.go; tempo 2 modules/distributor, pkg/ring/ring.go.
 */
export const USES = {
  'mimir ingester': {
    strategy: 'majority',
    write: WRITE_NO_EXTEND,
    read: MIMIR_READ,
    readsWholeRing: true,
  },
  'loki ingester': { strategy: 'majority', write: WRITE_NO_EXTEND, read: READ, readsWholeRing: true },
  'tempo ingester': { strategy: 'majority', write: WRITE, read: READ, readsWholeRing: true },
  'mimir store-gateway': { strategy: 'one', write: undefined, read: WRITE, readsWholeRing: false },
  'mimir alertmanager': { strategy: 'one', write: WRITE, read: WRITE, readsWholeRing: false },
  'mimir ruler': { strategy: 'one', write: undefined, read: WRITE, readsWholeRing: false },
} as const satisfies Readonly<Record<string, Use>>;

/** The rule of one ring. Tempo 2 with two replicas is content with one. Source: tempo pkg/ring/ring.go, New. */
export function ruleFor(use: keyof typeof USES, replicationFactor: number, zoneAware: boolean): RingRule {
  const strategy = use === 'tempo ingester' && replicationFactor === 2 ? 'one' : USES[use].strategy;
  return { ...USES[use], strategy, replicationFactor, zoneAware };
}
