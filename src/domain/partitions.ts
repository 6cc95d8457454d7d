import { cutTokenSpace, type PartitionRing, type RingState, TOKEN_SPACE } from './ring.ts';
import type { Operation } from './ring-rules.ts';
import { finish } from './steps.ts';

/** An owner as the simulator needs it. */
export interface Owner {
  readonly id: string;
  readonly state: RingState;
  readonly alive: boolean;
}

/** What a partition ring loses. Writes go to the log (Kafka), and do not hang on the owners. */
export interface PartitionLoss {
  /** Keys whose active partition nobody can read; an integer. */
  readonly read: number;
  /** One partition without an owner, in whatever state it is, fails every query. */
  readonly readsFail: boolean;
  readonly ownerless: readonly number[];
}

/**
 * Which partitions nobody can read, and how much of the token space they hold.
 *
 * Units:  `read` counts keys of 2³².
 * Fails:  never. No partition, or none that is active: everything is lost.
 * Source: dskit ring/partition_instance_ring.go (GetReplicationSetsForOperation) and partition_ring.go
 *         (ActivePartitionForKey); the heartbeat of an owner is the one of the members' ring.
 */
export function partitionLoss(
  ring: PartitionRing,
  owners: readonly Owner[],
  read: Operation,
  lost: ReadonlySet<string>,
): PartitionLoss {
  const readable = new Set(
    owners.filter(({ id, state, alive }) => alive && read.healthy.includes(state) && !lost.has(id)).map(({ id }) => id),
  );
  const ownerless = new Set(
    ring.partitions.filter(({ owners: ids }) => !ids.some((id) => readable.has(ownerOf(id)))).map(({ id }) => id),
  );
  return {
    read: keysLost(ring, ownerless),
    readsFail: ring.partitions.length === 0 || ownerless.size > 0,
    ownerless: [...ownerless],
  };
}

/** An owner of several partitions registers as `INSTANCE/PARTITION`. Source: dskit multiPartitionOwnerInstanceID. */
export const ownerOf = (ownerId: string): string => ownerId.replace(/\/\d+$/, '');

/** Only active partitions take keys: the tokens of the others are passed over. */
function keysLost(ring: PartitionRing, ownerless: ReadonlySet<number>): number {
  const active = ring.partitions.filter(({ state }) => state === 'active');
  const ranges = finish(cutTokenSpace(active.map(({ tokens }) => tokens)));
  if (ranges.keys.length === 0) return TOKEN_SPACE;
  return ranges.keys.reduce(
    (sum, keys, piece) => sum + (ownerless.has(active[ranges.owners[piece] ?? 0]?.id ?? -1) ? keys : 0),
    0,
  );
}
