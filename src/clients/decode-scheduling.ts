import type { WorkloadKind } from '../domain/kube.ts';
import type {
  AntiAffinity,
  DisruptionBudget,
  LabelSelector,
  PlacedPod,
  PlacedWorkload,
  PriorityClass,
  Scheduling,
  SpreadConstraint,
  Volume,
  ZoneBudget,
} from '../domain/scheduling.ts';
import { type Fields, fieldsOf, textOf } from './decode.ts';
import { fields, items, objectOf, podOf, textsOf, unixOfText, workloadOf } from './decode-kube.ts';

const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

const words = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];

/** Undefined where there is none: a term without a selector matches no pods. */
export function selectorOf(value: unknown): LabelSelector | undefined {
  const selector = fieldsOf(value);
  if (!selector) return undefined;
  return {
    labels: textsOf(selector.matchLabels),
    expressions: items(selector.matchExpressions).map((each) => ({
      key: textOf(each.key) ?? '',
      operator: textOf(each.operator) ?? '',
      values: words(each.values),
    })),
  };
}

const termOf = (term: Fields, required: boolean): AntiAffinity => ({
  required,
  topologyKey: textOf(term.topologyKey) || undefined,
  selector: selectorOf(term.labelSelector),
});

const spreadOf = (each: Fields): SpreadConstraint => ({
  topologyKey: textOf(each.topologyKey) || undefined,
  hard: each.whenUnsatisfiable === 'DoNotSchedule',
  maxSkew: numberIn(each.maxSkew) ?? 1,
  selector: selectorOf(each.labelSelector),
});

/** What a pod spec, or a workload's template of one, says. Source: core/v1 PodSpec. */
export function schedulingOf(podSpec: Fields): Scheduling {
  const anti = fields(fields(podSpec.affinity).podAntiAffinity);
  return {
    antiAffinity: [
      ...items(anti.requiredDuringSchedulingIgnoredDuringExecution).map((term) => termOf(term, true)),
      ...items(anti.preferredDuringSchedulingIgnoredDuringExecution).map((term) =>
        termOf(fields(term.podAffinityTerm), false),
      ),
    ],
    spread: items(podSpec.topologySpreadConstraints).map(spreadOf),
    priorityClass: textOf(podSpec.priorityClassName) || undefined,
    priority: numberIn(podSpec.priority),
    volumes: volumesOf(podSpec),
    graceSeconds: numberIn(podSpec.terminationGracePeriodSeconds),
  };
}

function volumesOf(podSpec: Fields): readonly Volume[] {
  const mounts = items(podSpec.containers).flatMap((container) => items(container.volumeMounts));
  return items(podSpec.volumes).map((volume) => ({
    name: textOf(volume.name) ?? '',
    kind: volumeKind(volume),
    paths: mounts.filter(({ name }) => name === volume.name).map(({ mountPath }) => textOf(mountPath) ?? ''),
  }));
}

function volumeKind(volume: Fields): Volume['kind'] {
  if (volume.emptyDir !== undefined) return 'emptyDir';
  if (volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined) return 'claim';
  const config = ['configMap', 'secret', 'projected', 'downwardAPI'].some((kind) => volume[kind] !== undefined);
  return config ? 'config' : 'other';
}

export function placedPodOf(item: Fields): PlacedPod | undefined {
  const pod = podOf(item);
  return (
    pod && {
      ...pod,
      scheduling: schedulingOf(fields(item.spec)),
      startedUnix: unixOfText(fields(item.status).startTime),
    }
  );
}

export const placedWorkloadOf =
  (kind: WorkloadKind) =>
  (item: Fields): PlacedWorkload | undefined => {
    const workload = workloadOf(kind)(item);
    const spec = fields(item.spec);
    return (
      workload && {
        ...workload,
        scheduling: schedulingOf(fields(fields(spec.template).spec)),
        claims: items(spec.volumeClaimTemplates).map((claim) => textOf(fields(claim.metadata).name) ?? ''),
      }
    );
  };

/** A count or a percentage: both come. */
const bound = (value: unknown): string | undefined =>
  typeof value === 'number' ? String(value) : textOf(value) || undefined;

export function budgetOf(item: Fields): DisruptionBudget | undefined {
  const object = objectOf(item);
  if (!object) return undefined;
  const [spec, status] = [fields(item.spec), fields(item.status)];
  return {
    ...object,
    selector: selectorOf(spec.selector),
    minAvailable: bound(spec.minAvailable),
    maxUnavailable: bound(spec.maxUnavailable),
    disruptionsAllowed: numberIn(status.disruptionsAllowed),
    currentHealthy: numberIn(status.currentHealthy),
    desiredHealthy: numberIn(status.desiredHealthy),
    expectedPods: numberIn(status.expectedPods),
    refusesSinceUnix: refusesSince(status),
  };
}

/** Since when it lets nobody go. Source: policy/v1, condition DisruptionAllowed of the disruption controller. */
function refusesSince(status: Fields): number | undefined {
  const condition = items(status.conditions).find(({ type }) => type === 'DisruptionAllowed');
  return condition?.status === 'False' ? unixOfText(condition.lastTransitionTime) : undefined;
}

/**
 * It has no status, and is counted within one zone.
 *
 * Source: rollout-operator pkg/zpdb/config.go, ParseAndValidate: a count or a percentage in a field of its own, else 1.
 */
export function zoneBudgetOf(item: Fields): ZoneBudget | undefined {
  const object = objectOf(item);
  const spec = fields(item.spec);
  const partitions = textOf(spec.podNamePartitionRegex);
  const percentage = numberIn(spec.maxUnavailablePercentage);
  return (
    object && {
      ...object,
      selector: selectorOf(spec.selector),
      maxUnavailable: bound(spec.maxUnavailable) ?? (percentage === undefined ? '1' : `${percentage}%`),
      byPartition: partitions !== undefined && partitions !== '',
    }
  );
}

export function priorityClassOf(item: Fields): PriorityClass | undefined {
  const object = objectOf(item);
  return object && { ...object, value: numberIn(item.value) ?? 0, globalDefault: item.globalDefault === true };
}
