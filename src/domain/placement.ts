import type { KubeNode } from './kube.ts';
import { heartbeatAge, type Ring, type RingMember, type TokenShares, tokenShares } from './ring.ts';
import type { RingSettings } from './ring-config.ts';
import type { PlacedPod } from './scheduling.ts';
import { formatAge } from './units.ts';

/** A ring member and its pod, or one of the two where the other is missing. */
export interface Replica {
  /** The member's id; the pod's name where there is no member. */
  readonly id: string;
  readonly member?: RingMember;
  readonly pod?: PlacedPod;
  /** How the two were found to be one. */
  readonly joined: 'name' | 'address' | 'ring only' | 'pod only';
  readonly node?: string;
  readonly zone?: string;
  readonly tokenShare?: number;
  readonly heartbeatAgeSeconds?: number;
  /** Counts for quorum: by the ring, by its heartbeat and by its pod. */
  readonly alive: boolean;
  /** Why it does not count, or what is odd about it; empty where all is well. */
  readonly because: string;
}

export interface Placing {
  /** Undefined: there is none, or it could not be read. */
  readonly ring: Ring | undefined;
  /** Pods of this component, by their labels. */
  readonly own: readonly PlacedPod[];
  /** All pods of the clusters; undefined where pods could not be listed. */
  readonly pods: readonly PlacedPod[] | undefined;
  /** Undefined where nodes could not be listed: then zones are not known. */
  readonly nodes: readonly KubeNode[] | undefined;
  readonly settings: RingSettings;
  /** Where somebody has worked them out already. */
  readonly shares?: TokenShares;
}

/**
 * Bring ring and pods together: by id = pod name, else by address = pod IP. Strangers in either list stay.
 *
 * Fails:  never. A loopback address says nothing; one address that several pods have says nothing either.
 *         That a pod is missing only counts where at least one other member has its pod there: else the pods of this ring
 *         are simply not to be seen.
 */
export function placeReplicas({ ring, own, pods, nodes, settings, shares: known }: Placing): readonly Replica[] {
  const members = ring?.members ?? [];
  const shares = known ?? tokenShares(members);
  const zones = new Map(nodes?.map(({ name, zone }) => [name, zone]));
  const joined = members.map((member) => podOf(member, own, pods ?? []));
  const seen = joined.some(({ pod }) => pod !== undefined);
  const taken = new Set(joined.map(({ pod }) => pod));
  return [
    ...members.map((member, index): Replica => {
      const { pod, by } = joined[index] ?? { by: 'ring only' as const };
      const age = heartbeatAge(member, ring?.nowUnix);
      const because = whyDead(member, pod, age, settings, seen);
      return {
        id: member.id,
        member,
        ...(pod && { pod }),
        joined: by,
        ...standing(pod, zones),
        tokenShare: shares[index],
        heartbeatAgeSeconds: age,
        alive: because === '',
        because: because === '' ? oddness(member, pod, age, settings) : because,
      };
    }),
    ...own
      .filter((pod) => !taken.has(pod))
      .map(
        (pod): Replica => ({
          id: pod.name,
          pod,
          joined: 'pod only',
          ...standing(pod, zones),
          alive: pod.ready,
          because: whyPod(pod) || (ring && members.length > 0 ? 'not in the ring' : ''),
        }),
      ),
  ];
}

function podOf(
  member: RingMember,
  own: readonly PlacedPod[],
  pods: readonly PlacedPod[],
): { pod?: PlacedPod; by: Replica['joined'] } {
  const named = own.find(({ name }) => name === member.id) ?? pods.find(({ name }) => name === member.id);
  if (named) return { pod: named, by: 'name' };
  const host = hostOf(member.address);
  if (isLoopback(host)) return { by: 'ring only' };
  // Of its own kind only: an address is not unique across clusters, nor where pods share the network of a node.
  const addressed = own.filter(({ ip }) => ip !== undefined && ip === host);
  const [only, second] = addressed;
  return only && !second ? { pod: only, by: 'address' } : { by: 'ring only' };
}

/** Host of `10.244.1.10:9095` or `[fd00::1]:9095`. */
export const hostOf = (address: string): string => address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

const isLoopback = (host: string): boolean =>
  host === '' || host === 'localhost' || host === '::1' || host === '0.0.0.0' || host.startsWith('127.');

const standing = (pod: PlacedPod | undefined, zones: ReadonlyMap<string, string | undefined>) => {
  const zone = pod?.node === undefined ? undefined : zones.get(pod.node);
  return { ...(pod?.node !== undefined && { node: pod.node }), ...(zone !== undefined && { zone }) };
};

/** Why a member does not count; empty: it does. The ring's own word comes late: pod and heartbeat are asked too. */
function whyDead(
  member: RingMember,
  pod: PlacedPod | undefined,
  ageSeconds: number | undefined,
  settings: RingSettings,
  podsSeen: boolean,
): string {
  const age = ageSeconds === undefined ? 'no heartbeat ever' : `last heartbeat ${formatAge(ageSeconds)} ago`;
  const ofPod = pod && whyPod(pod);
  if (ofPod) return member.state === 'ACTIVE' ? `${ofPod}, though the ring says ACTIVE (${age})` : `${ofPod}; ${age}`;
  if (!pod && podsSeen) return `in the ring without a pod; ${member.state}, ${age}`;
  if (member.state === 'UNHEALTHY' || member.state === 'LEFT') return `${member.state} in the ring, ${age}`;
  const timeout = settings.heartbeatTimeoutSeconds;
  if (timeout !== undefined && timeout > 0 && ageSeconds !== undefined && ageSeconds > timeout)
    return `${age}: older than the ring's ${formatAge(timeout)}`;
  return '';
}

function whyPod(pod: PlacedPod): string {
  if (pod.ready) return '';
  const ended = pod.lastTermination && `, ${pod.lastTermination.reason}`;
  if (pod.node === undefined) return 'pod stands on no node';
  return `pod is not ready${pod.waiting ? `, ${pod.waiting}` : (ended ?? '')}`;
}

/** What is worth a word although it counts. */
function oddness(
  member: RingMember,
  pod: PlacedPod | undefined,
  ageSeconds: number | undefined,
  { heartbeatPeriodSeconds: period }: RingSettings,
): string {
  if (member.state !== 'ACTIVE') return `${member.state} in the ring`;
  if (period !== undefined && period > 0 && ageSeconds !== undefined && ageSeconds > 2 * period)
    return `last heartbeat ${formatAge(ageSeconds)} ago, one is due every ${formatAge(period)}`;
  if (pod?.leaving) return 'pod is being deleted';
  return '';
}
