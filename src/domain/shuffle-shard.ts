import { goRandom } from './go-random.ts';
import { md5 } from './md5.ts';
import { cutTokenSpace, type RingMember, type TokenRanges } from './ring.ts';
import { finish } from './steps.ts';

/** Which members one tenant's writes go to, and which are asked for its reads, by id. */
export interface Shard {
  readonly writes: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
}

export interface ShardAsked {
  readonly tenant: string;
  /** 0: the tenant uses the whole ring. */
  readonly size: number;
  /** Reads also ask who held data so long ago. Units: seconds. */
  readonly lookbackSeconds: number;
  readonly nowUnix: number;
}

/** Picks shards out of one ring; its tokens are sorted once, however many tenants are asked for. */
export type PickShard = (asked: ShardAsked) => Shard;

/**
 * The sub-ring of one tenant (shuffle sharding); without a size it is the ring less its read-only members.
 *
 * Fails:  never. A member whose registration is not known counts as old.
 * Source: dskit ring/ring.go (ShuffleShard, ShuffleShardWithLookback, filterOutReadOnlyInstances) and ring/shard/shard.go;
 *         mimir pkg/distributor/distributor.go and query.go: writes without, reads with the lookback.
 */
export function shardsOf(members: readonly RingMember[], zoneAware: boolean): PickShard {
  const zones = zoneAware ? [...new Set(members.map(({ zone }) => zone))].sort() : [''];
  const sorted = new Map<string, SortedZone>();
  const zoneOf = (zone: string): SortedZone => {
    const known = sorted.get(zone);
    if (known) return known;
    const own = zoneAware ? members.filter((member) => member.zone === zone) : members;
    const made = { members: own, ranges: finish(cutTokenSpace(own.map(({ tokens }) => tokens))) };
    sorted.set(zone, made);
    return made;
  };
  const ring: SortedRing = { members, zoneAware, zones, zoneOf };
  return (asked) => ({ writes: pick(ring, asked, 0), reads: pick(ring, asked, asked.lookbackSeconds) });
}

interface SortedZone {
  readonly members: readonly RingMember[];
  readonly ranges: TokenRanges;
}

interface SortedRing {
  readonly members: readonly RingMember[];
  readonly zoneAware: boolean;
  /** In dskit's order; one without a name where zones do not matter. */
  readonly zones: readonly string[];
  readonly zoneOf: (zone: string) => SortedZone;
}

const idsOf = (members: readonly RingMember[]): ReadonlySet<string> => new Set(members.map(({ id }) => id));

function pick(ring: SortedRing, asked: ShardAsked, lookbackSeconds: number): ReadonlySet<string> {
  const { members, zoneAware, zones, zoneOf } = ring;
  const untilUnix = asked.nowUnix - lookbackSeconds;
  const included = (member: RingMember): boolean => isIncluded(member, lookbackSeconds, untilUnix);
  if (asked.size <= 0) return idsOf(members.filter(included));
  const recent = ({ registeredUnix }: RingMember): boolean =>
    registeredUnix !== undefined && registeredUnix >= Math.floor(untilUnix);
  // Younger than what is looked back to: any of them may hold something of the tenant.
  if (lookbackSeconds > 0 && members.every(recent)) return idsOf(members);
  const perZone = Math.ceil(asked.size / zones.length);
  const shard = new Set<string>();
  for (const zone of zones) {
    const own = zoneOf(zone);
    if (zoneAware && perZone >= own.members.length) {
      for (const { id } of own.members.filter(included)) shard.add(id);
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
function walk(zone: SortedZone, seed: bigint, wanted: number, choice: Choice, shard: Set<string>): void {
  const random = goRandom(seed);
  for (let round = 0; round < wanted; round += 1)
    if (!takeNext(zone, firstAfter(zone.ranges.tokens, random()), choice, shard)) return;
}

/** The first token that is greater than the key, round the end. Source: dskit ring/util.go, searchToken. */
function firstAfter(tokens: Uint32Array, key: number): number {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle] ?? 0) > key) high = middle;
    else low = middle + 1;
  }
  return low === tokens.length ? 0 : low;
}

function takeNext(
  { members, ranges }: SortedZone,
  start: number,
  { included, goesOn }: Choice,
  shard: Set<string>,
): boolean {
  const { owners } = ranges;
  for (let step = 0; step < owners.length; step += 1) {
    const member = members[owners[(start + step) % owners.length] ?? -1];
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
