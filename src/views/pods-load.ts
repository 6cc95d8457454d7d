import type { Kubernetes } from '../clients/clients.ts';
import { type Component, discover } from '../domain/discover.ts';
import { keyOf, type Pod, type PodCells, selects, type Termination, zoneOf } from '../domain/kube.ts';
import { recognise } from '../domain/product.ts';
import type { Fault, Loaded, Origin } from '../domain/result.ts';
import { ageOf, clustersOf, isSilent, merged, type Part, sayNoCluster, stackNamespaces } from './cluster-rows.ts';
import type { LoadInput, Params } from './view.ts';

export interface PodRow extends PodCells {
  /** Made once: a table of thousands is looked through by it again and again. */
  readonly id: string;
  readonly cluster: string;
  /** What it is of; absent where it is not of the stack. */
  readonly kind?: string;
  readonly component?: string;
  readonly workload?: string;
  readonly zone?: string;
  readonly ageSeconds?: number;
  readonly lastTermination?: Termination;
  /** It was there, and is not any more. */
  readonly gone: boolean;
  readonly origin: Origin;
}

/** What helps to read a cluster's pods. */
export interface Context {
  readonly components: readonly Component[];
  /** Pods as they were seen whole. */
  readonly seen: Map<string, Pod>;
  readonly zones: ReadonlyMap<string, string>;
  readonly gaps: readonly Fault[];
  /** Nobody answered in the cluster. */
  readonly silent: boolean;
  /** False for rows that must be there before anything was learned. */
  readonly learned: boolean;
}

const noContext = (): Context => ({
  components: [],
  seen: new Map(),
  zones: new Map(),
  gaps: [],
  silent: false,
  learned: false,
});

/** Once: page by page, then with what the cluster tells of zones and of how containers ended. */
export const loadPods = (input: LoadInput): AsyncIterable<Loaded<PodRow>> =>
  merged(
    clustersOf(input).map((cluster) => loadCluster(input, cluster)),
    () => sayNone(input),
  );

async function* loadCluster(input: LoadInput, cluster: Kubernetes): AsyncGenerator<Part<PodRow>> {
  const all = input.params.all !== undefined;
  // All pods are many: what helps to read them must not hold them up.
  const learning = all ? undefined : learn(input, cluster);
  let bare: readonly PodRow[] = [];
  const cells: { pods: readonly PodCells[]; origin: Origin }[] = [];
  const gaps: Fault[] = [];
  const part = (context: Context): Part<PodRow> => ({
    key: cluster.context,
    rows: cells.flatMap(({ pods, origin }) => rowsOf(input.params, cluster, pods, origin, context)),
    gaps: [...context.gaps, ...gaps],
  });
  const places = (await learning)?.silent ? [] : await placesOf(input, cluster);
  for (const namespace of places) {
    for await (const page of cluster.pages('podCells', namespace, input.signal)) {
      if (!page.ok) gaps.push(page.fault);
      else {
        gaps.push(...page.gaps);
        cells.push({ pods: page.value, origin: page.origin });
        if (!all) continue;
        bare = [...bare, ...rowsOf(input.params, cluster, page.value, page.origin, noContext())];
        yield { key: cluster.context, rows: bare, gaps };
      }
    }
  }
  yield part(await (learning ?? learn(input, cluster)));
}

/** All pods are listed at once where that is allowed, else in the namespaces that one may look into. */
export async function placesOf(
  { params, signal }: LoadInput,
  cluster: Kubernetes,
): Promise<readonly (string | undefined)[]> {
  if (params.all === undefined) return stackNamespaces(cluster, params);
  if (params.namespace !== undefined) return [params.namespace];
  const may = await cluster.may({ verb: 'list', resource: 'pods' }, signal);
  return may.ok && !may.value ? cluster.namespaces : [undefined];
}

/** What a cluster tells of its pods beside their table. */
export async function learn(input: LoadInput, cluster: Kubernetes): Promise<Context> {
  const surveyed = await cluster.survey();
  const silent = isSilent(surveyed);
  const nodes = silent ? undefined : await cluster.list('nodes', undefined, input.signal);
  const { inventory, gaps } = surveyed;
  const zones = (nodes?.ok ? nodes.value : []).flatMap(({ name, zone }) => (zone ? [[name, zone] as const] : []));
  return {
    components: discover(inventory),
    seen: new Map(inventory.pods.map((pod) => [keyOf(pod), pod])),
    zones: new Map(zones),
    silent,
    learned: true,
    // Without nodes the zones are missing, without workloads only what a pod is of: its own list tells the rest.
    gaps: [
      ...gaps.filter(({ kind }) => kind !== 'forbidden'),
      ...(nodes === undefined || nodes.ok ? [] : [nodes.fault]),
    ],
  };
}

export function rowsOf(
  params: Params,
  cluster: Kubernetes,
  pods: readonly PodCells[],
  origin: Origin,
  context: Context,
): readonly PodRow[] {
  return pods.flatMap((pod): PodRow[] => {
    const component = componentIn(pod, context);
    if (params.all === undefined && !component) return [];
    if (params.workload !== undefined && component?.name !== params.workload) return [];
    if (params.node !== undefined && pod.node !== params.node) return [];
    const whole = context.seen.get(keyOf(pod));
    return [
      {
        ...pod,
        id: `${cluster.context} ${pod.namespace} ${pod.name}`,
        cluster: cluster.context,
        kind: component?.kind,
        component: component?.component,
        workload: component?.name,
        zone: zoneOf(pod.labels) ?? context.zones.get(pod.node ?? ''),
        ageSeconds: ageOf(pod, origin),
        // One that has never restarted only bears the name of one that had.
        lastTermination: pod.restarts > 0 ? whole?.lastTermination : undefined,
        gone: false,
        origin,
      },
    ];
  });
}

function componentIn(pod: PodCells, { components, learned }: Context) {
  const known = componentOf(pod, components);
  return known ?? (learned ? byLabels(pod) : undefined);
}

/** Of a workload that was made after the cluster was looked into, or that one may not see: its own labels say what it is. */
function byLabels(pod: PodCells): Pick<Component, 'kind' | 'component' | 'name'> | undefined {
  const found = recognise({ ...pod, name: '', containers: [] });
  const { owner } = pod;
  const name = owner?.kind === 'ReplicaSet' ? owner.name.replace(/-[a-z0-9]+$/, '') : (owner?.name ?? pod.name);
  return found && { kind: found.product, component: found.component, name };
}

/** By its owner; a ReplicaSet is called as its Deployment and a hash. Else by the labels of the workload's own template. */
function componentOf(pod: PodCells, components: readonly Component[]): Component | undefined {
  const near = components.filter(({ namespace }) => namespace === pod.namespace);
  const { owner } = pod;
  const owned =
    owner &&
    near.find(
      ({ name }) =>
        owner.name === name || (owner.kind === 'ReplicaSet' && owner.name.replace(/-[a-z0-9]+$/, '') === name),
    );
  return owned ?? near.find(({ podLabels }) => selects(podLabels, pod.labels));
}

/** Why there is no row. */
export function sayNone(input: LoadInput): string {
  const clusters = clustersOf(input);
  if (clusters.length === 0) return sayNoCluster;
  const names = clusters.map(({ context }) => context).join(', ');
  if (input.params.all !== undefined) return `no pod is to be seen in ${names}`;
  return `no pod of the stack was found in ${names}${input.params.workload ? ` for ${input.params.workload}` : ''}`;
}
