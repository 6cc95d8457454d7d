import type { KubeObject, Pod, Workload } from './kube.ts';

/** A label selector. Source: apimachinery meta/v1 LabelSelector; undefined where there is none at all. */
export interface LabelSelector {
  readonly labels: Readonly<Record<string, string>>;
  readonly expressions: readonly {
    readonly key: string;
    /** `In`, `NotIn`, `Exists`, `DoesNotExist`. */
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** One term of a pod anti-affinity. Source: core/v1 PodAffinityTerm. */
export interface AntiAffinity {
  /** Else preferred: a wish. */
  readonly required: boolean;
  readonly topologyKey: string | undefined;
  readonly selector: LabelSelector | undefined;
}

/** Source: core/v1 TopologySpreadConstraint. */
export interface SpreadConstraint {
  readonly topologyKey: string | undefined;
  /** `DoNotSchedule`, else it is a wish. */
  readonly hard: boolean;
  readonly maxSkew: number;
  readonly selector: LabelSelector | undefined;
}

export interface Volume {
  readonly name: string;
  readonly kind: 'emptyDir' | 'claim' | 'config' | 'other';
  /** Where containers see it. */
  readonly paths: readonly string[];
}

/** What a pod spec says of where the pod may stand, and of what outlives it. */
export interface Scheduling {
  readonly antiAffinity: readonly AntiAffinity[];
  readonly spread: readonly SpreadConstraint[];
  readonly priorityClass?: string;
  readonly priority?: number;
  readonly volumes: readonly Volume[];
  readonly graceSeconds?: number;
}

/** A pod with what decides where it stands. */
export interface PlacedPod extends Pod {
  readonly scheduling: Scheduling;
  /** When the pod came to its node, Unix seconds; restarts of its containers do not move it. */
  readonly startedUnix?: number;
}

/** What a workload declares for its pods. */
export interface PlacedWorkload extends Workload {
  readonly scheduling: Scheduling;
  /** Names of its volume claim templates. */
  readonly claims: readonly string[];
}

/** Source: policy/v1 PodDisruptionBudget. Counts are undefined where no controller has filled the status. */
export interface DisruptionBudget extends KubeObject {
  readonly selector: LabelSelector | undefined;
  /** A number or a percentage, as it was written. */
  readonly minAvailable?: string;
  readonly maxUnavailable?: string;
  readonly disruptionsAllowed?: number;
  readonly currentHealthy?: number;
  readonly desiredHealthy?: number;
  readonly expectedPods?: number;
  /** Since when it lets nobody go, Unix seconds; undefined: it does, or nobody says. */
  readonly refusesSinceUnix?: number;
}

/** The rollout-operator's own budget, which its webhook holds: so many of one zone, and only while all others stand. */
export interface ZoneBudget extends KubeObject {
  readonly selector: LabelSelector | undefined;
  readonly maxUnavailable?: string;
  /** Only the pods of the same partition count, one in each zone. */
  readonly byPartition: boolean;
}

export interface PriorityClass extends KubeObject {
  readonly value: number;
  readonly globalDefault: boolean;
}

/**
 * Does a selector match these labels? An empty selector matches everything, none at all matches nothing.
 *
 * Fails:  never; an operator that nobody knows matches nothing.
 * Source: apimachinery labels.Selector; a PodAffinityTerm with a null selector matches no pods.
 */
export function matchesLabels(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined) return false;
  return (
    Object.entries(selector.labels).every(([name, value]) => labels[name] === value) &&
    selector.expressions.every(({ key, operator, values }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          return false;
      }
    })
  );
}

/** `loki-ingester-1` of `monitoring-server-loki-ingester-1`: the release stands in front of every name of a chart. */
export function shortName(name: string, labels: Readonly<Record<string, string>>): string {
  const release = labels['app.kubernetes.io/instance'];
  const short = release && name.startsWith(`${release}-`) ? name.slice(release.length + 1) : '';
  return short === '' ? name : short;
}
