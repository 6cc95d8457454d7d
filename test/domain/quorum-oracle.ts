/*
 * A second, slow way to the same answer, written from dskit's rule alone: for every loss the ring is walked anew, in
 * whole 64-bit integers, with nothing shared. It exists only to be compared with.
 * Source: dskit ring/ring.go (findInstancesForKey, GetReplicationSetForOperation), ring/replication_strategy.go (Filter).
 */

export interface OracleMember {
  state: string;
  zone: string;
  alive: boolean;
  tokens: readonly number[];
}

export interface OracleRule {
  replicationFactor: number;
  zoneAware: boolean;
  strategy: string;
  write: { healthy: readonly string[]; extend: readonly string[] } | undefined;
  read: { healthy: readonly string[]; extend: readonly string[] } | undefined;
  readsWholeRing: boolean;
}

export interface OracleLoss {
  write: number | undefined;
  read: number | undefined;
  copies: number | undefined;
  readsFail: boolean | undefined;
}

/** What the ring loses when these members' heartbeats stop. */
export function oracle(members: readonly OracleMember[], rule: OracleRule): (lost: readonly number[]) => OracleLoss {
  const ringTokens = members
    .flatMap(({ tokens }, instance) => tokens.map((token) => ({ token, instance })))
    .sort((a, b) => a.token - b.token);
  return (lost) => {
    const ring = members.map((member, index) => ({ ...member, alive: member.alive && !lost.includes(index) }));
    const { write, read } = rule;
    const copies = write ?? read;
    return {
      write: write && sum(ring, rule, write.extend, write.healthy, rule.strategy, ringTokens),
      read: read && sum(ring, rule, read.extend, read.healthy, rule.strategy, ringTokens),
      copies: copies && sum(ring, rule, copies.extend, ['ACTIVE', 'LEAVING'], 'one', ringTokens),
      readsFail: read && rule.readsWholeRing ? wholeFails(ring, rule, read.healthy) : undefined,
    };
  };
}

interface RingToken {
  token: number;
  instance: number;
}

function sum(
  ring: readonly OracleMember[],
  rule: OracleRule,
  extend: readonly string[],
  healthy: readonly string[],
  strategy: string,
  ringTokens: readonly RingToken[],
): number {
  let lost = 0n;
  for (const [start, { token }] of ringTokens.entries()) {
    if (getSucceeds(ring, rule, extend, healthy, strategy, ringTokens, start)) continue;
    const before = ringTokens[start - 1];
    const last = ringTokens.at(-1)?.token ?? 0;
    lost += before ? BigInt(token) - BigInt(before.token) : BigInt(token) + (1n << 32n) - BigInt(last);
  }
  return Number(lost);
}

function getSucceeds(
  ring: readonly OracleMember[],
  rule: OracleRule,
  extend: readonly string[],
  healthy: readonly string[],
  strategy: string,
  ringTokens: readonly RingToken[],
  start: number,
): boolean {
  let n = rule.replicationFactor;
  const hosts: number[] = [];
  const zones: string[] = [];
  for (let i = 0; hosts.length < n && i < ringTokens.length; i++) {
    const instance = ringTokens[(start + i) % ringTokens.length]?.instance ?? -1;
    const member = ring[instance];
    if (!member || hosts.includes(instance)) continue;
    const zoned = isZoned(rule, member);
    if (zoned && zones.includes(member.zone)) continue;
    hosts.push(instance);
    if (extend.includes(member.state)) n++;
    else if (zoned) zones.push(member.zone);
  }
  let replicationFactor = rule.replicationFactor;
  if (hosts.length > replicationFactor) replicationFactor = hosts.length;
  const minSuccess = strategy === 'one' ? 1 : Math.trunc(replicationFactor / 2) + 1;
  const instances = hosts.filter((host) => ring[host]?.alive && healthy.includes(ring[host]?.state ?? ''));
  return instances.length >= minSuccess;
}

const isZoned = (rule: OracleRule, member: OracleMember): boolean => rule.zoneAware && member.zone !== '';

function wholeFails(ring: readonly OracleMember[], rule: OracleRule, healthy: readonly string[]): boolean {
  if (ring.flatMap(({ tokens }) => tokens).length === 0) return true;
  const good = ring.filter(({ alive, state }) => alive && healthy.includes(state));
  if (!rule.zoneAware) {
    let numRequired = ring.length;
    if (numRequired < rule.replicationFactor) numRequired = rule.replicationFactor;
    numRequired -= Math.trunc(rule.replicationFactor / 2);
    return good.length < numRequired;
  }
  const zoneFailures = new Set(ring.filter((member) => !good.includes(member)).map(({ zone }) => zone));
  const replicated = Math.min(new Set(ring.map(({ zone }) => zone)).size, rule.replicationFactor);
  return zoneFailures.size > Math.trunc(replicated / 2) + 1 - 1;
}
