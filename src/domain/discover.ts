import { type Container, type KubeService, type Pod, selects, type Workload, type WorkloadKind } from './kube.ts';
import { declaredMode, type Setup } from './mode.ts';
import { declaredVersion, type Product, type Recognised, recognise, type Version } from './product.ts';

/** What one cluster was seen to hold; what could not be listed is empty, and a gap elsewhere. */
export interface Inventory {
  readonly cluster: string;
  readonly workloads: readonly Workload[];
  readonly services: readonly KubeService[];
  readonly pods: readonly Pod[];
  /** Texts of ConfigMaps that were read, by `namespace/name`. */
  readonly configs?: ReadonlyMap<string, string>;
}

/** One workload of the stack: a row of `stack`. */
export interface Component {
  readonly cluster: string;
  readonly namespace: string;
  /** The workload's. */
  readonly name: string;
  readonly workload: WorkloadKind | 'pods';
  readonly kind: Product;
  readonly component: string;
  /** The release; several products may share one. */
  readonly instance: string;
  readonly version?: Version;
  readonly image?: string;
  readonly setup?: Setup;
  /** Of a zone-aware set: `zone-a`. */
  readonly zone?: string;
  readonly ready: number;
  /** Absent where only its pods could be listed. */
  readonly desired?: number;
  readonly pods: readonly Pod[];
  readonly podLabels: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
  /** Other workloads that are one process with this one: their pods have its address. */
  readonly oneProcessWith: readonly string[];
  readonly because: readonly string[];
}

/**
 * Everything of the stack in one cluster, by label, then image, then the charts' names.
 *
 * Fails: never; what is not recognised is not of the stack. Without workloads its pods stand for them.
 */
export function discover(inventory: Inventory): readonly Component[] {
  const workloads = inventory.workloads.length > 0 ? inventory.workloads.map(asSeen) : workloadsOfPods(inventory.pods);
  const found = workloads.flatMap((seen): Component[] => {
    const recognised = recognise(seen);
    return recognised ? [componentOf(inventory, seen, recognised)] : [];
  });
  const shared = sharedAddresses(found);
  return found.map((component) => ({
    ...component,
    setup: setupOf(component, found, inventory),
    oneProcessWith: shared.get(component) ?? [],
  }));
}

type Seen = Omit<Workload, 'kind' | 'desired'> & {
  readonly kind: WorkloadKind | 'pods';
  readonly desired?: number;
  readonly own?: readonly Pod[];
};

const asSeen = (workload: Workload): Seen => workload;

/** The pods of one owner stand for it; a ReplicaSet's name is its Deployment's with a hash behind it. */
function workloadsOfPods(pods: readonly Pod[]): readonly Seen[] {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    const name =
      pod.owner?.kind === 'ReplicaSet' ? pod.owner.name.replace(/-[a-z0-9]+$/, '') : (pod.owner?.name ?? pod.name);
    const key = `${pod.namespace}/${name}`;
    groups.set(key, [...(groups.get(key) ?? []), pod]);
  }
  return [...groups].flatMap(([key, own]) => {
    const [first] = own;
    if (!first) return [];
    return {
      namespace: first.namespace,
      name: key.slice(first.namespace.length + 1),
      labels: first.labels,
      podLabels: first.labels,
      selector: {},
      kind: 'pods' as const,
      ready: own.filter(({ ready }) => ready).length,
      containers: first.containers,
      configMaps: first.configMaps,
      own,
    };
  });
}

function componentOf({ cluster, pods }: Inventory, seen: Seen, recognised: Recognised): Component {
  const own = seen.own ?? pods.filter((pod) => pod.namespace === seen.namespace && selects(seen.selector, pod.labels));
  const zone = /-(zone-[a-z])$/.exec(seen.name)?.[1] ?? seen.podLabels.zone;
  return {
    cluster,
    namespace: seen.namespace,
    name: seen.name,
    workload: seen.kind,
    kind: recognised.product,
    component: recognised.component,
    instance: seen.labels['app.kubernetes.io/instance'] ?? seen.podLabels['app.kubernetes.io/instance'] ?? '',
    version: declaredVersion(recognised.image, { ...seen.podLabels, ...seen.labels }),
    image: recognised.image,
    ...(zone ? { zone } : {}),
    ready: seen.ready,
    desired: seen.desired,
    pods: own,
    podLabels: seen.podLabels,
    containers: seen.containers,
    oneProcessWith: [],
    because: recognised.because,
  };
}

/** Is it the same release of the same product? */
export const isOneRelease = (left: Component, right: Component): boolean =>
  left.kind === right.kind &&
  left.cluster === right.cluster &&
  left.namespace === right.namespace &&
  left.instance === right.instance;

function setupOf(
  component: Component,
  all: readonly Component[],
  { configs, workloads }: Inventory,
): Setup | undefined {
  const release = all.filter((other) => isOneRelease(component, other));
  const names = new Set(release.map(({ name }) => name));
  const maps = workloads.filter(({ namespace, name }) => namespace === component.namespace && names.has(name));
  const texts = maps.flatMap(({ namespace, configMaps }) =>
    configMaps.flatMap((name) => configs?.get(`${namespace}/${name}`) ?? []),
  );
  return declaredMode(component.kind, {
    components: new Set(release.map((other) => other.component)),
    args: release.flatMap(({ containers }) => containers.flatMap(({ args }) => args)),
    ...(texts.length > 0 ? { config: texts.join('\n') } : {}),
    version: component.version?.version,
  });
}

/** Pods have an address each, unless they borrow their node's: the same one twice is one process under two names. */
function sharedAddresses(all: readonly Component[]): ReadonlyMap<Component, readonly string[]> {
  const byAddress = new Map<string, Set<Component>>();
  for (const component of all)
    for (const { ip, hostNetwork } of component.pods) {
      if (ip === undefined || hostNetwork) continue;
      const key = `${component.cluster} ${ip}`;
      byAddress.set(key, (byAddress.get(key) ?? new Set()).add(component));
    }
  const shared = new Map<Component, readonly string[]>();
  for (const component of all) {
    const others = [...byAddress.values()].filter((each) => each.has(component)).flatMap((each) => [...each]);
    const names = new Set(others.filter((other) => other !== component).map(({ name }) => name));
    if (names.size > 0) shared.set(component, [...names]);
  }
  return shared;
}

/** Zone-aware: the component's pods stand in sets of their own, one a zone. */
export const isZoneAware = (component: Component, all: readonly Component[]): boolean =>
  component.zone !== undefined &&
  new Set(
    all
      .filter((other) => isOneRelease(component, other) && other.component === component.component)
      .map(({ zone }) => zone),
  ).size > 1;
