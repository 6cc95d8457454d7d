import { goRandom } from './go-random.ts';
import { md5 } from './md5.ts';
import type { RingMember } from './ring.ts';

/** Which members one tenant's writes go to, and which are asked for its reads, by id. */
export interface Shard {
  readonly writes: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
}

export interface ShardAsked {
  readonly tenant: string;
  /** 0: the tenant uses the whole ring. */
  readonly size: number;
  readonly zoneAware: boolean;
  /** Reads also ask who held data so long ago. Units: seconds. */
  readonly lookbackSeconds: number;
  readonly nowUnix: number;
}

/**
 * The sub-ring of one tenant (shuffle sharding); without a size it is the ring less its read-only members.
 *
 * Fails:  never. A member whose registration is not known counts as old.
 * Source: dskit ring/ring.go (ShuffleShard, ShuffleShardWithLookback, filterOutReadOnlyInstances) and ring/shard/shard.go;
 *         mimir pkg/distributor/distributor.go and query.go: writes without, reads with the lookback.
 */
export function shardOf(members: readonly RingMember[], asked: ShardAsked): Shard {
  return { writes: pick(members, asked, 0), reads: pick(members, asked, asked.lookbackSeconds) };
}

const idsOf = (members: readonly RingMember[]): ReadonlySet<string> => new Set(members.map(({ id }) => id));

function pick(members: readonly RingMember[], asked: ShardAsked, lookbackSeconds: number): ReadonlySet<string> {
  const untilUnix = asked.nowUnix - lookbackSeconds;
  const included = (member: RingMember): boolean => isIncluded(member, lookbackSeconds, untilUnix);
  if (asked.size <= 0) return idsOf(members.filter(included));
  const recent = ({ registeredUnix }: RingMember): boolean =>
    registeredUnix !== undefined && registeredUnix >= Math.floor(untilUnix);
  // Younger than what is looked back to: any of them may hold something of the tenant.
  if (lookbackSeconds > 0 && members.every(recent)) return idsOf(members);
  const zones = asked.zoneAware ? [...new Set(members.map(({ zone }) => zone))].sort() : [''];
  const perZone = Math.ceil(asked.size / zones.length);
  const shard = new Set<string>();
  for (const zone of zones) {
    const own = asked.zoneAware ? members.filter((member) => member.zone === zone) : members;
    if (asked.zoneAware && perZone >= own.length) {
      for (const { id } of own.filter(included)) shard.add(id);
      continue;
    }
    const goesOn = (member: RingMember): boolean =>
      lookbackSeconds > 0 && (recent(member) || member.readOnly || (member.readOnlySinceUnix ?? 0) >= untilUnix);
    walk(own, seedOf(asked.tenant, zone), perZone, { included, goesOn }, shard);
  }
  return shard;
}

function isIncluded(member: RingMember, lookbackSeconds: number, untilUnix: number): boolean {
  if (!member.readOnly) return true;
  if (lookbackSeconds === 0) return false;
  return member.readOnlySinceUnix === undefined || member.readOnlySinceUnix >= untilUnix;
}

interface Choice {
  readonly included: (member: RingMember) => boolean;
  /** It is taken, and does not count: one more is looked for. */
  readonly goesOn: (member: RingMember) => boolean;
}

/** From a random place on, the next member that is not in the shard yet; so often as members are wanted. */
function walk(members: readonly RingMember[], seed: bigint, wanted: number, choice: Choice, shard: Set<string>): void {
  const ring = members
    .flatMap((member) => member.tokens.map((token) => ({ token, member })))
    .sort((left, right) => left.token - right.token);
  const random = goRandom(seed);
  for (let round = 0; round < wanted; round += 1) {
    const key = random();
    const first = ring.findIndex(({ token }) => token > key);
    if (!takeNext(ring, Math.max(0, first), choice, shard)) return;
  }
}

function takeNext(
  ring: readonly { readonly member: RingMember }[],
  start: number,
  { included, goesOn }: Choice,
  shard: Set<string>,
): boolean {
  for (let step = 0; step < ring.length; step += 1) {
    const member = ring[(start + step) % ring.length]?.member;
    if (member === undefined || shard.has(member.id) || !included(member)) continue;
    shard.add(member.id);
    if (!goesOn(member)) return true;
  }
  return false;
}

/** Source: dskit ring/shard/shard.go, ShuffleShardSeed. */
function seedOf(tenant: string, zone: string): bigint {
  const digest = md5(new TextEncoder().encode(zone === '' ? tenant : `${tenant}\u0000${zone}`));
  return new DataView(digest.buffer).getBigInt64(0);
}
