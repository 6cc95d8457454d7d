import type { KubeNode } from './kube.ts';
import type { Replica } from './placement.ts';
import {
  type LabelSelector,
  matchesLabels,
  type PlacedPod,
  type PlacedWorkload,
  type Scheduling,
  type SpreadConstraint,
} from './scheduling.ts';

/** What keeps replicas apart, whether it does, and why. */
export interface RuleJudgement {
  readonly declared: 'required' | 'preferred' | 'spread DoNotSchedule' | 'spread ScheduleAnyway' | 'none' | 'unknown';
  readonly effective: 'yes' | 'no' | 'partly' | 'unknown';
  readonly because: string;
}

/** What decides whether a rule is enough. */
export interface RuleAsked {
  /** A copy is kept in each zone: then only the zones must not share a node. */
  readonly zoneAware: boolean;
  /** Undefined where nodes could not be listed. */
  readonly nodes: readonly KubeNode[] | undefined;
}

const HOSTNAME = 'kubernetes.io/hostname';
const ZONE_KEYS = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];

type Bite = Pick<RuleJudgement, 'effective' | 'because'>;

/** A pod, and the ring's zone of its member. */
interface Placed {
  readonly pod: PlacedPod;
  readonly zone: string;
}

/**
 * Does the rule that should keep the replicas apart bite? What the workload declares, against its rendered pods.
 *
 * Fails:  never; without pods it is unknown.
 * Source: core/v1 PodAffinityTerm: a term without a labelSelector matches no pods; preferred is a wish; a null
 *         topologyKey is how charts leave the rule out; with zone-aware replication Mimir's chart takes each zone's own
 *         rule (zoneAwareReplication.topologyKey) and passes over the component's affinity.
 */
export function judgeRule(
  replicas: readonly Replica[],
  workloads: readonly PlacedWorkload[],
  asked: RuleAsked,
): RuleJudgement {
  const all = replicas.flatMap(({ pod, member }) => (pod ? [{ pod, zone: member?.zone ?? '' }] : []));
  if (all.length === 0) return NOTHING;
  const template = workloads.find(({ scheduling }) => !isBare(scheduling));
  if (template && all.every(({ pod }) => isBare(pod.scheduling)))
    return {
      declared: declaredIn(template.scheduling),
      effective: 'no',
      because: `${template.kind} ${template.name} has a rule, its pods were made without it: roll them out again`,
    };
  // Most pods have the same rule: each different one is judged once.
  const alike = Map.groupBy(all, ({ pod, zone }) => `${asked.zoneAware ? zone : ''} ${signatureOf(pod.scheduling)}`);
  const judged = [...alike.values()].flatMap((same) => {
    const [one] = same;
    return one ? [{ rule: judgePod(one, all, asked), pods: same.length }] : [];
  });
  // As weak as the weakest of them.
  const [weakest] = judged.toSorted(
    (left, right) => ORDER.indexOf(left.rule.effective) - ORDER.indexOf(right.rule.effective),
  );
  if (weakest === undefined) return NOTHING;
  const { rule } = weakest;
  const weak = judged
    .filter(({ rule: { because } }) => because === rule.because)
    .reduce((sum, { pods }) => sum + pods, 0);
  return weak === all.length || rule.effective === 'yes'
    ? rule
    : { ...rule, because: `${weak} of ${all.length} pods: ${rule.because}` };
}

const ORDER: readonly RuleJudgement['effective'][] = ['no', 'unknown', 'partly', 'yes'];
const BITES: readonly RuleJudgement['effective'][] = ['yes', 'unknown', 'partly', 'no'];
const signatureOf = ({ antiAffinity, spread }: Scheduling): string => JSON.stringify([antiAffinity, spread]);
const NOTHING: RuleJudgement = { declared: 'unknown', effective: 'unknown', because: 'no pods are to be seen' };

const isBare = ({ antiAffinity, spread }: Scheduling): boolean => antiAffinity.length === 0 && spread.length === 0;

function declaredIn({ antiAffinity, spread }: Scheduling): RuleJudgement['declared'] {
  if (antiAffinity.some(({ required }) => required)) return 'required';
  if (spread.some(({ hard }) => hard)) return 'spread DoNotSchedule';
  if (antiAffinity.length > 0) return 'preferred';
  return spread.length > 0 ? 'spread ScheduleAnyway' : 'none';
}

function judgePod(one: Placed, all: readonly Placed[], asked: RuleAsked): RuleJudgement {
  const { antiAffinity, spread } = one.pod.scheduling;
  const declared = declaredIn(one.pod.scheduling);
  const say = ({ effective, because }: Bite): RuleJudgement => ({ declared, effective, because });
  const hard = [
    ...antiAffinity.filter((term) => term.required).map((term) => biteOf(term, one, all, asked.zoneAware)),
    ...spread.filter((each) => each.hard).map((each) => biteOfSpread(each, one, all, asked)),
  ];
  // One that bites is enough; one that may bite hides how much the others leave.
  const [strongest] = hard.toSorted((left, right) => BITES.indexOf(left.effective) - BITES.indexOf(right.effective));
  if (strongest) return say(strongest);
  return say({ effective: 'no', because: withoutRule(declared, asked.zoneAware) });
}

function withoutRule(declared: RuleJudgement['declared'], zoneAware: boolean): string {
  if (declared === 'preferred') return 'the anti-affinity is only preferred: a wish that the scheduler may pass over';
  if (declared === 'spread ScheduleAnyway')
    return 'the topology spread is ScheduleAnyway: a wish that the scheduler may pass over';
  return zoneAware
    ? "nothing keeps the zones off each other's nodes: with zone awareness the chart passes over the component's own affinity, and topologyKey: null leaves the zones' rule out"
    : 'nothing keeps the replicas apart (charts leave the rule out for topologyKey: null)';
}

interface Term {
  readonly topologyKey: string | undefined;
  readonly selector: LabelSelector | undefined;
}

/** Does one hard term keep this pod off the others' nodes? */
function biteOf({ topologyKey, selector }: Term, one: Placed, all: readonly Placed[], zoneAware: boolean): Bite {
  const no = (because: string): Bite => ({ effective: 'no', because });
  if (topologyKey === undefined) return no('the rule has no topologyKey: it keeps nothing apart');
  if (selector === undefined) return no('the rule has no labelSelector: it matches no pods, and keeps nothing apart');
  const matched = all.filter(({ pod }) => matchesLabels(selector, pod.labels));
  if (matched.length === 0) return no("the rule's labelSelector matches none of the replicas");
  const byNode = topologyKey === HOSTNAME;
  if (!byNode && !ZONE_KEYS.includes(topologyKey))
    return { effective: 'partly', because: `apart only by ${topologyKey}, which need not be the node` };
  if (matched.length === all.length)
    return {
      effective: 'yes',
      because: byNode ? 'required: never two on one node' : 'required: never two in one zone',
    };
  const ofOthers = all.filter(({ zone }) => zone !== one.zone);
  if (zoneAware && ofOthers.length > 0 && ofOthers.every((other) => matched.includes(other)))
    return { effective: 'yes', because: `required: no two zones on one ${byNode ? 'node' : 'availability zone'}` };
  return {
    effective: 'partly',
    because: `the rule matches ${matched.length} of ${all.length} replicas: with zones apart, those of one zone may share a node`,
  };
}

/**
 * A spread is as good as an anti-affinity while there are as many nodes, or zones, as replicas.
 *
 * Source: diagnostics.md 3.4; core/v1 TopologySpreadConstraint: maxSkew is how many more one domain may have than another.
 */
function biteOfSpread(
  constraint: SpreadConstraint,
  one: Placed,
  all: readonly Placed[],
  { zoneAware, nodes }: RuleAsked,
): Bite {
  const bite = biteOf(constraint, one, all, zoneAware);
  if (bite.effective !== 'yes') return bite;
  const byNode = constraint.topologyKey === HOSTNAME;
  const share = byNode ? 'two share a node' : 'two share a zone, and a node there';
  const partly = (because: string): Bite => ({ effective: 'partly', because });
  if (constraint.maxSkew > 1)
    return partly(
      `the topology spread has maxSkew ${constraint.maxSkew}: ${byNode ? 'two may share a node' : 'two may share a zone, and a node there'}`,
    );
  const places = byNode ? nodes && usableNodes(nodes) : nodes && usableZones(nodes);
  if (places === undefined || places === 0)
    return {
      effective: 'unknown',
      because: `whether the topology spread lets ${share} is not known: ${sayNoPlaces(nodes, byNode)}`,
    };
  if (places >= all.length) return bite;
  return partly(
    `the topology spread lets ${share}: ${places} ${byNode ? 'nodes' : 'zones'} for ${all.length} replicas`,
  );
}

function sayNoPlaces(nodes: RuleAsked['nodes'], byNode: boolean): string {
  if (nodes === undefined) return 'nodes could not be listed';
  return byNode ? 'no node takes pods' : 'the nodes bear no zone';
}

/** Is a pod kept off every node that has one of its kind already? */
export const isAloneOnNode = ({ antiAffinity }: Scheduling): boolean =>
  antiAffinity.some(({ required, topologyKey }) => required && topologyKey === HOSTNAME);

/** Nodes that a pod may still be put on, as far as readiness and cordon tell; taints are not looked at. */
export const usableNodes = (nodes: readonly KubeNode[]): number => nodes.filter(isUsable).length;

const isUsable = ({ ready, cordoned }: KubeNode): boolean => ready === 'yes' && !cordoned;

const usableZones = (nodes: readonly KubeNode[]): number =>
  new Set(nodes.filter(isUsable).flatMap(({ zone }) => zone ?? [])).size;
