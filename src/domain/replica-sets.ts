import { cutTokenSpace, type RingState, type TokenRanges } from './ring.ts';
import type { Steps } from './steps.ts';

/** A member as the simulator needs it. `alive` false: no heartbeat, or known to be dead by its pod, or lost in a what-if. */
export interface QuorumMember {
  readonly state: RingState;
  readonly zone: string;
  readonly tokens: readonly number[];
  readonly alive: boolean;
}

/** For each piece of the token space, who holds its replicas. */
export interface ReplicaSets {
  readonly keys: Float64Array;
  /** The replicas of piece i stand in `members` from `starts[i]` to `starts[i + 1]`. */
  readonly starts: Int32Array;
  readonly members: Int32Array;
}

/** How a replica set is gathered. */
export interface Walk {
  readonly replicationFactor: number;
  readonly zoneAware: boolean;
  /** A member in one of these states gets one more beside it. */
  readonly extend: readonly RingState[];
}

/** Pieces of the token space between two pauses: some milliseconds. */
const CHUNK = 512;

/**
 * Walk the ring from every token on, and gather the replicas of the keys before it: distinct members, with zone
 * awareness of distinct zones (members without a zone always count), one more for each whose state asks for it.
 *
 * Yields: now and then, so that whoever drives it can draw a frame.
 * Fails:  never. Without tokens there are no pieces.
 * Source: dskit ring/ring.go, findInstancesForKey. Its early stop is only for speed; here too: once no member is left
 *         that could be added, the walk ends.
 */
export function* replicaSets(members: readonly QuorumMember[], walk: Walk, cut?: TokenRanges): Steps<ReplicaSets> {
  const ranges = cut ?? (yield* cutTokenSpace(members.map(({ tokens }) => tokens)));
  const gatherer = makeGatherer(members, walk, ranges.owners);
  const starts = new Int32Array(ranges.owners.length + 1);
  const found: Found = { members: new Int32Array(ranges.owners.length * (walk.replicationFactor + 1)), count: 0 };
  for (let at = 0; at < ranges.owners.length; at += 1) {
    gatherer(at, found);
    starts[at + 1] = found.count;
    if (at % CHUNK === CHUNK - 1) yield undefined;
  }
  return { keys: ranges.keys, starts, members: found.members.subarray(0, found.count) };
}

/** Replicas found so far. Numbers without boxes: half a million of them would be garbage for the frame that waits. */
interface Found {
  members: Int32Array;
  count: number;
}

function add(found: Found, member: number): void {
  if (found.count === found.members.length) {
    const wider = new Int32Array(Math.max(16, 2 * found.count));
    wider.set(found.members);
    found.members = wider;
  }
  found.members[found.count] = member;
  found.count += 1;
}

/** Adds the replicas of one piece to `found`. Zones are numbers; -1 is none, or zones do not matter. */
function makeGatherer(members: readonly QuorumMember[], walk: Walk, owners: Int32Array) {
  const zones = [...new Set(members.map(({ zone }) => zone))];
  const zoneOf = members.map(({ zone }) => (walk.zoneAware && zone !== '' ? zones.indexOf(zone) : -1));
  const extends_ = members.map(({ state }) => walk.extend.includes(state));
  const reachable = new Set(owners);
  const inZone = zones.map((_, zone) => [...reachable].filter((member) => zoneOf[member] === zone).length);
  // Marks hold the number of the walk that set them, so that nothing needs to be cleared between two walks.
  const takenIn = new Int32Array(members.length).fill(-1);
  const fullIn = new Int32Array(zones.length).fill(-1);
  const examined = new Int32Array(zones.length);

  const left = { count: 0 };

  const take = (member: number, start: number): void => {
    takenIn[member] = start;
    left.count -= 1;
    const zone = zoneOf[member] ?? -1;
    if (zone < 0) return;
    examined[zone] = (examined[zone] ?? 0) + 1;
    if (extends_[member]) return; // One more of the same zone is wanted.
    fullIn[zone] = start;
    left.count -= (inZone[zone] ?? 0) - (examined[zone] ?? 0);
  };

  const mayTake = (member: number, start: number): boolean =>
    takenIn[member] !== start && fullIn[zoneOf[member] ?? -1] !== start;

  return (start: number, found: Found): void => {
    examined.fill(0);
    left.count = reachable.size;
    let wanted = walk.replicationFactor;
    for (let step = 0; wanted > 0 && left.count > 0; step += 1) {
      const member = owners[(start + step) % owners.length] ?? 0;
      if (!mayTake(member, start)) continue;
      take(member, start);
      add(found, member);
      if (!extends_[member]) wanted -= 1;
    }
  };
}
