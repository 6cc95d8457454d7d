import type { Partition, PartitionRing, PartitionState, Ring, RingMember, RingState } from '../domain/ring.ts';
import { decodeJson, each, type Fields, fieldsOf, textOf } from './decode.ts';
import { unixOfText } from './decode-kube.ts';
import type { Decoded } from './decoded.ts';

const STATES: readonly RingState[] = ['ACTIVE', 'LEAVING', 'PENDING', 'JOINING', 'LEFT', 'UNHEALTHY'];
/** By the integer that the page gives. Source: dskit ring/partition_ring_desc.proto. */
const PARTITION_STATES: readonly PartitionState[] = ['unknown', 'pending', 'active', 'inactive', 'deleted'];
const TOKEN_MAX = 2 ** 32 - 1;

/**
 * A ring page as JSON.
 *
 * Fails:  with a sentence. A web page is what a version before dskit had JSON answers with, and what a ring that is
 *         switched off answers even so.
 * Source: dskit ring/ring_http.go; year 1 and 1970 stand for "never".
 */
export const decodeRing = (text: string): Decoded<Ring> =>
  decodeJson(text, (answer) => {
    if (!('shards' in answer)) return { ok: false, said: 'no ring in the answer: it has no shards' };
    const members = each(answer.shards, 'shards', memberOf);
    return members.ok ? { ok: true, value: { members: members.value, nowUnix: whenOf(answer.now) } } : members;
  });

function memberOf(item: unknown): RingMember | undefined {
  const shard = fieldsOf(item);
  const id = textOf(shard?.id);
  const tokens = shard && tokensOf(shard.tokens);
  if (!shard || id === undefined || tokens === undefined) return undefined;
  const state = textOf(shard.state);
  return {
    id,
    address: textOf(shard.address) ?? '',
    zone: textOf(shard.zone) ?? '',
    state: STATES.find((known) => known === state) ?? 'unknown',
    heartbeatUnix: whenOf(shard.timestamp),
    registeredUnix: whenOf(shard.registered_timestamp),
    readOnly: shard.read_only === true,
    readOnlySinceUnix: whenOf(shard.read_only_updated_timestamp),
    tokens,
  };
}

/** `null` where the ring has none; undefined where one is no 32-bit integer. */
function tokensOf(value: unknown): readonly number[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const good = value.every((token) => Number.isInteger(token) && token >= 0 && token <= TOKEN_MAX);
  return good ? value : undefined;
}

function whenOf(value: unknown): number | undefined {
  const unix = unixOfText(value);
  return unix !== undefined && unix > 0 ? unix : undefined;
}

/** The partition ring's page. An integer that nobody knows is the state `unknown`. */
export const decodePartitionRing = (text: string): Decoded<PartitionRing> =>
  decodeJson(text, (answer) => {
    if (!('partitions' in answer)) return { ok: false, said: 'no partition ring in the answer' };
    const partitions = each(answer.partitions, 'partitions', partitionOf);
    return partitions.ok ? { ok: true, value: { partitions: partitions.value } } : partitions;
  });

function partitionOf(item: unknown): Partition | undefined {
  const partition: Fields | undefined = fieldsOf(item);
  const tokens = partition && tokensOf(partition.tokens);
  if (!partition || typeof partition.id !== 'number' || tokens === undefined) return undefined;
  const owners = partition.owner_ids;
  return {
    id: partition.id,
    state: stateOf(partition.state),
    owners: Array.isArray(owners) ? owners.filter((owner) => typeof owner === 'string') : [],
    tokens,
  };
}

function stateOf(value: unknown): PartitionState {
  if (typeof value === 'number') return PARTITION_STATES[value] ?? 'unknown';
  const word = textOf(value)
    ?.replace(/^Partition/, '')
    .toLowerCase();
  return PARTITION_STATES.find((known) => known === word) ?? 'unknown';
}

/**
 * One ring out of the memberlist page, for where the ring page itself is not to be had. Times are Unix seconds here.
 *
 * Fails:  with a sentence. It tells neither its own clock nor who is late: see `judgedAt`.
 * Source: dskit kv/memberlist/http_status_handler.go (viewKey, format=json) and ring/model.go.
 */
export function decodeMemberlistRing(text: string): Decoded<Ring> {
  if (NO_MEMBERLIST.test(text)) return { ok: false, kind: 'not-found', said: text.trim().slice(0, 80) };
  return decodeJson(text, (answer) => {
    const ingesters = fieldsOf(answer.ingesters);
    if (!ingesters) return { ok: false, said: 'no ring in the answer: it has no ingesters' };
    const members = each(Object.entries(ingesters), 'ingesters', listed);
    return members.ok ? { ok: true, value: { members: members.value, nowUnix: undefined } } : members;
  });
}

/** Answered with 200 by who has no gossip. Source: dskit kv/memberlist/http_status_handler.go. */
const NO_MEMBERLIST = /^This instance doesn't use memberlist/;

/** As the ring page would say it at that time: who is later than the timeout is UNHEALTHY. Units: Unix seconds, seconds. */
export const judgedAt = ({ members }: Ring, atUnix: number, timeoutSeconds: number): Ring => ({
  nowUnix: atUnix,
  members: members.map((member) =>
    member.heartbeatUnix === undefined || atUnix - member.heartbeatUnix > timeoutSeconds
      ? { ...member, state: 'UNHEALTHY' }
      : member,
  ),
});

/** ACTIVE is 0, and left out. Source: dskit ring/ring.proto, InstanceState. */
const STATES_BY_NUMBER: readonly RingState[] = ['ACTIVE', 'LEAVING', 'PENDING', 'JOINING', 'LEFT'];

function listed(entry: unknown): RingMember | undefined {
  if (!Array.isArray(entry)) return undefined;
  const [id, item] = entry as readonly unknown[];
  const instance = fieldsOf(item);
  const tokens = instance && tokensOf(instance.tokens);
  if (typeof id !== 'string' || !instance || tokens === undefined) return undefined;
  const heartbeatUnix =
    typeof instance.timestamp === 'number' && instance.timestamp > 0 ? instance.timestamp : undefined;
  const state = typeof instance.state === 'number' ? STATES_BY_NUMBER[instance.state] : undefined;
  return {
    id,
    address: textOf(instance.addr) ?? '',
    zone: textOf(instance.zone) ?? '',
    state: state ?? (instance.state === undefined ? 'ACTIVE' : 'unknown'),
    heartbeatUnix,
    registeredUnix: undefined,
    readOnly: instance.read_only === true,
    tokens,
  };
}
