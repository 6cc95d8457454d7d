import { type Loss, type Losses, lostKeys, tally } from './quorum.ts';
import { cutTokenSpace, type PartitionRing, type RingState, TOKEN_SPACE } from './ring.ts';
import type { Operation } from './ring-rules.ts';
import { finish, type Steps } from './steps.ts';
import type { Groups } from './whole-ring.ts';

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

function keysLost(ring: PartitionRing, ownerless: ReadonlySet<number>): number {
  if (ring.partitions.every(({ state }) => state !== 'active')) return TOKEN_SPACE;
  return keysByPartition(ring).reduce(
    (sum, keys, index) => sum + (ownerless.has(ring.partitions[index]?.id ?? -1) ? keys : 0),
    0,
  );
}

/** Keys of each partition. Only active ones take keys: the tokens of the others are passed over. */
function keysByPartition(ring: PartitionRing): Float64Array {
  const ranges = finish(cutTokenSpace(ring.partitions.map(({ state, tokens }) => (state === 'active' ? tokens : []))));
  const keys = new Float64Array(ring.partitions.length);
  for (const [piece, owner] of ranges.owners.entries()) keys[owner] = (keys[owner] ?? 0) + (ranges.keys[piece] ?? 0);
  return keys;
}

/**
 * The same for every group of owners and every pair of groups: each partition is a piece whose replicas are its owners.
 *
 * Yields: now and then. Fails: never.
 * Source: as `partitionLoss`, which it equals.
 */
export function* simulatePartitions(
  ring: PartitionRing,
  owners: readonly Owner[],
  read: Operation,
  groups: Groups,
  pairs: boolean,
): Steps<Losses> {
  const indexOf = new Map(owners.map(({ id }, index) => [id, index]));
  const members: number[] = [];
  const starts = [0];
  for (const { owners: ids } of ring.partitions) {
    for (const id of new Set(ids.map(ownerOf))) {
      const index = indexOf.get(id);
      if (index !== undefined) members.push(index);
    }
    starts.push(members.length);
  }
  const sets = { starts: Int32Array.from(starts), members: Int32Array.from(members) };
  const usable = Uint8Array.from(owners, ({ state, alive }) => (alive && read.healthy.includes(state) ? 1 : 0));
  const keys = keysByPartition(ring);
  const ones = new Float64Array(ring.partitions.length).fill(1);
  const byKeys = yield* tally({ ...sets, keys }, usable, 1, 'one', groups, pairs);
  const byCount = yield* tally({ ...sets, keys: ones }, usable, 1, 'one', groups, pairs);
  const none = ring.partitions.length === 0;
  const nowhere = ring.partitions.every(({ state }) => state !== 'active');
  const loss = (left: number, right: number): Loss => ({
    write: 0,
    read: nowhere ? TOKEN_SPACE : lostKeys(byKeys, left, right, groups.count),
    copies: 0,
    readsFail: none || lostKeys(byCount, left, right, groups.count) > 0,
  });
  return {
    none: loss(-1, -1),
    one: Array.from({ length: groups.count }, (_, group) => loss(group, -1)),
    pair: loss,
  };
}
