import {
  type ConfigMap,
  type Container,
  type KubeEvent,
  type KubeNode,
  type KubeObject,
  type KubeService,
  type Owner,
  type Pod,
  type Termination,
  type Workload,
  type WorkloadKind,
  zoneOf,
} from '../domain/kube.ts';
import { type Fields, fieldsOf, textOf } from './decode.ts';

const NONE: Fields = {};

export const fields = (value: unknown): Fields => fieldsOf(value) ?? NONE;
export const items = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** RFC 3339 as Unix seconds; undefined where it is no time. */
export function unixOfText(value: unknown): number | undefined {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

export function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields(value)).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

/** Undefined where it has no name: then it is no object of a cluster. */
export function objectOf(item: Fields): KubeObject | undefined {
  const metadata = fields(item.metadata);
  const name = textOf(metadata.name);
  if (name === undefined) return undefined;
  return {
    namespace: textOf(metadata.namespace) ?? '',
    name,
    labels: textsOf(metadata.labels),
    createdUnix: unixOfText(metadata.creationTimestamp),
  };
}

export function ownerOf(item: Fields): Owner | undefined {
  const owners = items(fields(item.metadata).ownerReferences);
  const owner = owners.find((each) => each.controller === true) ?? owners[0];
  const name = textOf(owner?.name);
  return name === undefined ? undefined : { kind: textOf(owner?.kind) ?? '', name };
}

export function podOf(item: Fields): Pod | undefined {
  const object = objectOf(item);
  if (!object) return undefined;
  const [spec, status] = [fields(item.spec), fields(item.status)];
  const statuses = items(status.containerStatuses);
  const conditions = items(status.conditions);
  return {
    ...object,
    owner: ownerOf(item),
    node: textOf(spec.nodeName),
    ip: textOf(status.podIP),
    hostNetwork: spec.hostNetwork === true,
    phase: textOf(status.phase) ?? 'Unknown',
    ready: conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    containers: containersOf(spec),
    restarts: statuses.reduce((sum, each) => sum + count(each.restartCount), 0),
    lastTermination: lastTerminationOf(statuses),
    waiting: statuses.map((each) => textOf(fields(fields(each.state).waiting).reason)).find(isText),
    configMaps: configMapsOf(spec),
    leaving: fields(item.metadata).deletionTimestamp !== undefined,
  };
}

const isText = (value: string | undefined): value is string => value !== undefined && value !== '';

/** The newest end of any container: what it did before it was started again, or that it does not run now. */
function lastTerminationOf(statuses: readonly Fields[]): Termination | undefined {
  const ends = statuses.flatMap((each) =>
    [fields(each.lastState).terminated, fields(each.state).terminated].flatMap((value): Termination[] => {
      const end = fieldsOf(value);
      if (!end) return [];
      const exitCode = typeof end.exitCode === 'number' ? end.exitCode : undefined;
      return [{ reason: textOf(end.reason) ?? 'unknown', exitCode, atUnix: unixOfText(end.finishedAt) }];
    }),
  );
  return ends.sort((left, right) => (right.atUnix ?? 0) - (left.atUnix ?? 0))[0];
}

function containersOf(podSpec: Fields): readonly Container[] {
  return items(podSpec.containers).map((each) => ({
    name: textOf(each.name) ?? '',
    image: textOf(each.image) ?? '',
    args: [each.command, each.args].flatMap((words) =>
      Array.isArray(words) ? words.filter((word) => typeof word === 'string') : [],
    ),
    ports: items(each.ports).map((port) => ({ name: textOf(port.name), port: count(port.containerPort) })),
  }));
}

const configMapsOf = (podSpec: Fields): readonly string[] =>
  items(podSpec.volumes).flatMap((volume) => {
    const own = textOf(fields(volume.configMap).name);
    const projected = items(fields(volume.projected).sources).map((source) => textOf(fields(source.configMap).name));
    return [own, ...projected].filter(isText);
  });

/** `replicas` absent is one; a DaemonSet counts the nodes it belongs on. Source: apps/v1. */
export const workloadOf =
  (kind: WorkloadKind) =>
  (item: Fields): Workload | undefined => {
    const object = objectOf(item);
    if (!object) return undefined;
    const [spec, status] = [fields(item.spec), fields(item.status)];
    const template = fields(spec.template);
    const podSpec = fields(template.spec);
    const daemon = kind === 'DaemonSet';
    return {
      ...object,
      kind,
      selector: textsOf(fields(spec.selector).matchLabels),
      podLabels: textsOf(fields(template.metadata).labels),
      desired: daemon ? count(status.desiredNumberScheduled) : typeof spec.replicas === 'number' ? spec.replicas : 1,
      ready: count(daemon ? status.numberReady : status.readyReplicas),
      containers: containersOf(podSpec),
      configMaps: configMapsOf(podSpec),
    };
  };

export function serviceOf(item: Fields): KubeService | undefined {
  const object = objectOf(item);
  const spec = fields(item.spec);
  return (
    object && {
      ...object,
      selector: textsOf(spec.selector),
      ports: items(spec.ports).map((port) => ({ name: textOf(port.name), port: count(port.port) })),
      headless: spec.clusterIP === 'None',
    }
  );
}

export function nodeOf(item: Fields): KubeNode | undefined {
  const object = objectOf(item);
  if (!object) return undefined;
  const status = fields(item.status);
  const conditions = items(status.conditions);
  const ready = conditions.find(({ type }) => type === 'Ready')?.status;
  return {
    ...object,
    zone: zoneOf(object.labels),
    ready: ready === 'True' ? 'yes' : ready === 'False' ? 'no' : 'unknown',
    pressures: conditions
      .filter(({ type, status: is }) => type !== 'Ready' && is === 'True')
      .map(({ type }) => textOf(type) ?? ''),
    cordoned: fields(item.spec).unschedulable === true,
    version: textOf(fields(status.nodeInfo).kubeletVersion) ?? '',
    podsMax: Number(fields(status.allocatable).pods) || undefined,
    instanceType: object.labels['node.kubernetes.io/instance-type'],
  };
}

/** Newer writers fill `eventTime` and `series` where older ones have `lastTimestamp` and `count`. Source: core/v1 Event. */
export function eventOf(item: Fields): KubeEvent | undefined {
  const object = objectOf(item);
  if (!object) return undefined;
  const [about, series] = [fields(item.involvedObject), fields(item.series)];
  const firstUnix = unixOfText(item.firstTimestamp) ?? unixOfText(item.eventTime) ?? object.createdUnix;
  return {
    ...object,
    type: textOf(item.type) ?? 'Normal',
    reason: textOf(item.reason) ?? '',
    message: textOf(item.message) ?? textOf(item.note) ?? '',
    about: { kind: textOf(about.kind) ?? '', name: textOf(about.name) ?? '' },
    count: count(series.count) || count(item.count) || 1,
    firstUnix,
    lastUnix: unixOfText(series.lastObservedTime) ?? unixOfText(item.lastTimestamp) ?? firstUnix,
    from: textOf(fields(item.source).component) ?? textOf(item.reportingComponent) ?? '',
  };
}

export function configMapOf(item: Fields): ConfigMap | undefined {
  const object = objectOf(item);
  return object && { ...object, data: textsOf(item.data) };
}
