import type { Replica } from './placement.ts';
import {
  type LabelSelector,
  matchesLabels,
  type PlacedPod,
  type PlacedWorkload,
  type Scheduling,
} from './scheduling.ts';

/** What keeps replicas apart, whether it does, and why. */
export interface RuleJudgement {
  readonly declared: 'required' | 'preferred' | 'spread DoNotSchedule' | 'spread ScheduleAnyway' | 'none' | 'unknown';
  readonly effective: 'yes' | 'no' | 'partly' | 'unknown';
  readonly because: string;
}

const HOSTNAME = 'kubernetes.io/hostname';
const ZONE_KEYS = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];

/**
 * Does the rule that should keep the replicas apart bite? What the workload declares, against its rendered pods.
 *
 * Fails:  never; without pods it is unknown.
 * Source: core/v1 PodAffinityTerm: a term without a labelSelector matches no pods; preferred is a wish; a null
 *         topologyKey is how charts leave the rule out.
 */
export function judgeRule(replicas: readonly Replica[], workloads: readonly PlacedWorkload[]): RuleJudgement {
  const pods = replicas.flatMap(({ pod }) => (pod ? [pod] : []));
  const [first] = pods;
  if (!first) return { declared: 'unknown', effective: 'unknown', because: 'no pods are to be seen' };
  const template = workloads.find(({ scheduling }) => !isBare(scheduling));
  if (template && pods.every(({ scheduling }) => isBare(scheduling)))
    return {
      declared: declaredIn(template.scheduling),
      effective: 'no',
      because: `${template.kind} ${template.name} has a rule, its pods were made without it: roll them out again`,
    };
  return judgeSpec(first, pods);
}

const isBare = ({ antiAffinity, spread }: Scheduling): boolean => antiAffinity.length === 0 && spread.length === 0;

function declaredIn({ antiAffinity, spread }: Scheduling): RuleJudgement['declared'] {
  if (antiAffinity.some(({ required }) => required)) return 'required';
  if (spread.some(({ hard }) => hard)) return 'spread DoNotSchedule';
  if (antiAffinity.length > 0) return 'preferred';
  return spread.length > 0 ? 'spread ScheduleAnyway' : 'none';
}

function judgeSpec(pod: PlacedPod, pods: readonly PlacedPod[]): RuleJudgement {
  const { antiAffinity, spread } = pod.scheduling;
  const declared = declaredIn(pod.scheduling);
  const say = (effective: RuleJudgement['effective'], because: string): RuleJudgement => ({
    declared,
    effective,
    because,
  });
  const required = antiAffinity.filter((term) => term.required);
  const terms = required.map((term) => biteOf(term.topologyKey, term.selector, pods));
  const hard = spread.filter((one) => one.hard).map((one) => biteOf(one.topologyKey, one.selector, pods));
  const bites = [...terms, ...hard].find(({ effective }) => effective === 'yes');
  if (bites) return say('yes', bites.because);
  const weaker = [...terms, ...hard][0];
  if (weaker) return say(weaker.effective, weaker.because);
  if (declared === 'preferred')
    return say('no', 'the anti-affinity is only preferred: a wish that the scheduler may pass over');
  if (declared === 'spread ScheduleAnyway')
    return say('no', 'the topology spread is ScheduleAnyway: a wish that the scheduler may pass over');
  return say('no', 'nothing keeps the replicas apart (charts leave the rule out for topologyKey: null)');
}

/** Does one hard term keep these pods off each other's node? */
function biteOf(
  topologyKey: string | undefined,
  selector: LabelSelector | undefined,
  pods: readonly PlacedPod[],
): Pick<RuleJudgement, 'effective' | 'because'> {
  if (topologyKey === undefined)
    return { effective: 'no', because: 'the rule has no topologyKey: it keeps nothing apart' };
  if (selector === undefined)
    return { effective: 'no', because: 'the rule has no labelSelector: it matches no pods, and keeps nothing apart' };
  const matched = pods.filter(({ labels }) => matchesLabels(selector, labels));
  if (matched.length === 0)
    return { effective: 'no', because: "the rule's labelSelector matches none of the replicas" };
  if (matched.length < pods.length)
    return {
      effective: 'partly',
      because: `the rule matches ${matched.length} of ${pods.length} replicas: with zones apart, those of one zone may share a node`,
    };
  if (topologyKey === HOSTNAME) return { effective: 'yes', because: 'required: never two on one node' };
  if (ZONE_KEYS.includes(topologyKey)) return { effective: 'yes', because: 'required: never two in one zone' };
  return { effective: 'partly', because: `apart only by ${topologyKey}, which need not be the node` };
}
