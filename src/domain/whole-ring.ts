import type { QuorumMember } from './replica-sets.ts';
import type { RingRule } from './ring-rules.ts';

/** Members by group (by node, by zone): `of[i]` is the group of member i, -1 for none. */
export interface Groups {
  readonly of: readonly number[];
  readonly count: number;
}

/**
 * Do reads that ask every member fail, once one or two groups are lost? -1 is no group.
 *
 * Fails:  never; undefined where reads do not ask the whole ring. A ring without tokens fails every read.
 * Source: dskit ring/ring.go, GetReplicationSetForOperation.
 */
export function wholeRingFails(
  members: readonly QuorumMember[],
  rule: RingRule,
  groups: Groups,
): ((left: number, right: number) => boolean) | undefined {
  const { read } = rule;
  if (!rule.readsWholeRing || read === undefined) return undefined;
  const bad = members.map(({ state, alive }) => !(alive && read.healthy.includes(state)));
  if (members.every(({ tokens }) => tokens.length === 0)) return () => true;
  return rule.zoneAware ? wholeByZone(members, rule, groups, bad) : wholeByCount(members, rule, groups, bad);
}

function wholeByCount(
  members: readonly QuorumMember[],
  rule: RingRule,
  groups: Groups,
  bad: readonly boolean[],
): (left: number, right: number) => boolean {
  const good = new Float64Array(groups.count);
  for (const [index, group] of groups.of.entries()) if (group >= 0 && !bad[index]) good[group] = (good[group] ?? 0) + 1;
  const healthy = bad.filter((isBad) => !isBad).length;
  const required = Math.max(members.length, rule.replicationFactor) - Math.floor(rule.replicationFactor / 2);
  return (left, right) => healthy - (good[left] ?? 0) - (good[right] ?? 0) < required;
}

/** One bad member fails its zone. */
function wholeByZone(
  members: readonly QuorumMember[],
  rule: RingRule,
  groups: Groups,
  bad: readonly boolean[],
): (left: number, right: number) => boolean {
  const zones = new Set(members.map(({ zone }) => zone));
  const spare = Math.floor(Math.min(zones.size, rule.replicationFactor) / 2);
  const failed = new Set(members.filter((_, index) => bad[index]).map(({ zone }) => zone));
  const inGroup = Array.from({ length: groups.count }, () => new Set<string>());
  for (const [index, group] of groups.of.entries())
    if (group >= 0 && !failed.has(members[index]?.zone ?? '')) inGroup[group]?.add(members[index]?.zone ?? '');
  return (left, right) => {
    const first = inGroup[left];
    const second = inGroup[right];
    if (first === undefined || second === undefined)
      return failed.size + (first?.size ?? 0) + (second?.size ?? 0) > spare;
    return failed.size + new Set([...first, ...second]).size > spare;
  };
}
