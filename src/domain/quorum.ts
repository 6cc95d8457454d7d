import { type QuorumMember, type ReplicaSets, replicaSets } from './replica-sets.ts';
import type { RingState, TokenRanges } from './ring.ts';
import { HOLDS, type Operation, type RingRule, type Strategy } from './ring-rules.ts';
import type { Steps } from './steps.ts';
import { type Groups, wholeRingFails } from './whole-ring.ts';

/** Keys of the token space that lost something: integers from 0 to 2³². Undefined where the ring has no such rule. */
export interface LostKeys {
  readonly write: number | undefined;
  readonly read: number | undefined;
  readonly copies: number | undefined;
}

/** What one loss does to one ring. */
export interface Loss extends LostKeys {
  /** Every read fails, whatever its keys; undefined where reads do not ask the whole ring. */
  readonly readsFail: boolean | undefined;
}

/** What the loss of each group of members does, alone and in pairs, on top of who is dead already. */
export interface Losses {
  /** As things stand. */
  readonly none: Loss;
  readonly one: readonly Loss[];
  /** Of two different groups, in any order. */
  readonly pair: (left: number, right: number) => Loss;
}

/** What does not hang on the groups: worked out once, where the same members are asked for by node and by zone. */
export interface Kept {
  /** By the states that extend a replica set. */
  readonly sets: Map<string, ReplicaSets>;
  readonly ranges: TokenRanges | undefined;
}

/** Keys lost per group and per pair of groups, for one operation. */
export interface Tally {
  base: number;
  readonly one: Float64Array;
  /** Beyond what each of the two loses alone; dense, both orders. */
  readonly beyond: Float64Array | undefined;
}

/** Pieces between two pauses. */
const CHUNK = 1_024;

/**
 * For every group, and every pair of groups: which share of the token space loses its write quorum, its read quorum and
 * all of its copies, and whether reads fail as a whole.
 *
 * Exact: sums of integers below 2³², no tolerance.
 * Yields: now and then, so that whoever drives it can draw a frame between two chunks.
 * Fails:  never. A ring without tokens loses nothing by token and fails every read.
 * Source: dskit ring/ring.go (Get, GetReplicationSetForOperation) and ring/replication_strategy.go. Dead members still
 *         count in the denominator.
 */
export function* simulate(
  members: readonly QuorumMember[],
  rule: RingRule,
  groups: Groups,
  pairs: boolean,
  { sets: walks, ranges }: Kept = { sets: new Map(), ranges: undefined },
): Steps<Losses> {
  const tallies: (Tally | undefined)[] = [];
  for (const { extend, healthy, strategy } of operationsOf(rule)) {
    if (extend === undefined) {
      tallies.push(undefined);
      continue;
    }
    const asked = extend.join();
    const sets = walks.get(asked) ?? (yield* replicaSets(members, { ...rule, extend }, ranges));
    walks.set(asked, sets);
    const usable = Uint8Array.from(members, ({ state, alive }) => (alive && healthy.includes(state) ? 1 : 0));
    tallies.push(yield* tally(sets, usable, rule.replicationFactor, strategy, groups, pairs));
  }
  const [write, read, copies] = tallies;
  const fails = wholeRingFails(members, rule, groups);
  const loss = (left: number, right: number): Loss => ({
    write: write && lostKeys(write, left, right, groups.count),
    read: read && lostKeys(read, left, right, groups.count),
    copies: copies && lostKeys(copies, left, right, groups.count),
    readsFail: fails?.(left, right),
  });
  return {
    none: loss(-1, -1),
    one: Array.from({ length: groups.count }, (_, group) => loss(group, -1)),
    pair: loss,
  };
}

/** What happens if exactly these members (by index) are lost. */
export function* simulateLoss(
  members: readonly QuorumMember[],
  rule: RingRule,
  lost: ReadonlySet<number>,
): Steps<Loss> {
  const left = members.map((member, index) => (lost.has(index) ? { ...member, alive: false } : member));
  const { none } = yield* simulate(left, rule, { of: members.map(() => -1), count: 0 }, false);
  return none;
}

/**
 * Share of pushes that fail whole, where each holds so many series: one without its quorum is enough.
 *
 * Units: shares 0–1. Series are hashed, so that each falls on the lost share alike.
 */
export const pushFailShare = (lostShare: number, seriesPerPush: number): number =>
  lostShare >= 1 ? 1 : -Math.expm1(seriesPerPush * Math.log1p(-lostShare));

interface Judged {
  readonly extend: readonly RingState[] | undefined;
  readonly healthy: readonly RingState[];
  readonly strategy: Strategy;
}

/** Write, read, copies: in this order. Copies lie where writes went. */
function operationsOf(rule: RingRule): readonly Judged[] {
  const of = (operation: Operation | undefined): Judged => ({
    extend: operation?.extend,
    healthy: operation?.healthy ?? [],
    strategy: rule.strategy,
  });
  return [
    of(rule.write),
    of(rule.read),
    { extend: (rule.write ?? rule.read)?.extend, healthy: HOLDS, strategy: 'one' },
  ];
}

/** How many of a replica set must be usable. */
const neededOf = (size: number, replicationFactor: number, strategy: Strategy): number =>
  strategy === 'one' ? 1 : Math.floor(Math.max(size, replicationFactor) / 2) + 1;

/** Count what is lost per group, and per pair beyond that. `usable` 1: the member may be used. */
export function* tally(
  sets: ReplicaSets,
  usable: Uint8Array,
  replicationFactor: number,
  strategy: Strategy,
  groups: Groups,
  pairs: boolean,
): Steps<Tally> {
  const result: Tally = {
    base: 0,
    one: new Float64Array(groups.count),
    beyond: pairs ? new Float64Array(groups.count * groups.count) : undefined,
  };
  const groupOf = Int32Array.from(groups.of);
  const held = holdersFor(sets);
  for (let piece = 0; piece < sets.keys.length; piece += 1) {
    if (piece % CHUNK === CHUNK - 1) yield undefined;
    const size = gather(sets, piece, usable, groupOf, held);
    const spare = held.usable - neededOf(size, replicationFactor, strategy);
    const keys = sets.keys[piece] ?? 0;
    if (spare < 0) result.base += keys;
    else addLosses(result, keys, spare, held);
  }
  return result;
}

/**
 * Who holds the usable replicas of the piece at hand: groups and how many each, without an object for any of them. A
 * hundred thousand pieces would else be garbage that a key waits for.
 */
interface Holders {
  usable: number;
  count: number;
  readonly group: Int32Array;
  readonly replicas: Int32Array;
}

const holdersFor = (sets: ReplicaSets): Holders => {
  let largest = 0;
  for (let piece = 0; piece < sets.keys.length; piece += 1)
    largest = Math.max(largest, (sets.starts[piece + 1] ?? 0) - (sets.starts[piece] ?? 0));
  return { usable: 0, count: 0, group: new Int32Array(largest), replicas: new Int32Array(largest) };
};

/** Who holds usable replicas of a piece; the answer is the size of its whole replica set. */
function gather(sets: ReplicaSets, piece: number, usable: Uint8Array, groupOf: Int32Array, held: Holders): number {
  const from = sets.starts[piece] ?? 0;
  const to = sets.starts[piece + 1] ?? 0;
  held.usable = 0;
  held.count = 0;
  for (let at = from; at < to; at += 1) {
    const member = sets.members[at] ?? 0;
    if (usable[member] !== 1) continue;
    held.usable += 1;
    const group = groupOf[member] ?? -1;
    if (group >= 0) hold(held, group);
  }
  return to - from;
}

function hold(held: Holders, group: number): void {
  let at = 0;
  while (at < held.count && held.group[at] !== group) at += 1;
  if (at === held.count) {
    held.group[at] = group;
    held.replicas[at] = 0;
    held.count += 1;
  }
  held.replicas[at] = (held.replicas[at] ?? 0) + 1;
}

/** A piece is lost with a group that holds more than can be spared, and with two that do so only together. */
function addLosses(result: Tally, keys: number, spare: number, held: Holders): void {
  const { one, beyond } = result;
  for (let left = 0; left < held.count; left += 1) {
    const group = held.group[left] ?? 0;
    const replicas = held.replicas[left] ?? 0;
    if (replicas > spare) one[group] = (one[group] ?? 0) + keys;
    if (beyond === undefined) continue;
    for (let right = left + 1; right < held.count; right += 1) {
      const more = keys * beyondOf(replicas, held.replicas[right] ?? 0, spare);
      if (more !== 0) addPair(beyond, one.length, group, held.group[right] ?? 0, more);
    }
  }
}

/** What both lose alone stands in both sums, and is taken off once; what only both together lose is added. */
function beyondOf(left: number, right: number, spare: number): number {
  const alone = (left > spare ? 1 : 0) + (right > spare ? 1 : 0);
  if (alone === 2) return -1;
  return alone === 0 && left + right > spare ? 1 : 0;
}

function addPair(beyond: Float64Array, count: number, left: number, right: number, keys: number): void {
  beyond[left * count + right] = (beyond[left * count + right] ?? 0) + keys;
  beyond[right * count + left] = (beyond[right * count + left] ?? 0) + keys;
}

/** Keys lost with one or two groups; -1 is no group. */
export const lostKeys = (counted: Tally, left: number, right: number, count: number): number =>
  counted.base +
  (left < 0 ? 0 : (counted.one[left] ?? 0)) +
  (right < 0 ? 0 : (counted.one[right] ?? 0)) +
  (left < 0 || right < 0 ? 0 : (counted.beyond?.[left * count + right] ?? 0));
