import type { Kubernetes } from '../clients/clients.ts';
import { type Component, discover } from '../domain/discover.ts';
import { keyOf, type Pod, type PodCells, selects, type Termination, zoneOf } from '../domain/kube.ts';
import type { Fault, Loaded, Origin, Result } from '../domain/result.ts';
import { ageOf, clustersOf, merged, type Part, sayNoCluster, stackNamespaces } from './cluster-rows.ts';
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
interface Context {
  readonly components: readonly Component[];
  readonly seen: ReadonlyMap<string, Pod>;
  readonly zones: ReadonlyMap<string, string>;
  readonly gaps: readonly Fault[];
}

const NO_CONTEXT: Context = { components: [], seen: new Map(), zones: new Map(), gaps: [] };
/** A pod that went stays on the screen so long: its logs are what is wanted then. */
const GONE_SECONDS = 900;

/** Once: page by page, then with what the cluster tells of zones and of how containers ended. */
export const loadPods = (input: LoadInput): AsyncIterable<Loaded<PodRow>> =>
  merged(
    clustersOf(input).map((cluster) => loadCluster(input, cluster)),
    () => sayNone(input),
  );

/** By watch, for as long as it is looked at. */
export const followPods = (input: LoadInput): AsyncIterable<Loaded<PodRow>> =>
  merged(
    clustersOf(input).map((cluster) => followCluster(input, cluster)),
    () => sayNone(input),
    { complete: true },
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
  for (const namespace of all ? [input.params.namespace] : await stackNamespaces(cluster, input.params)) {
    for await (const page of cluster.pages('podCells', namespace, input.signal)) {
      if (!page.ok) gaps.push(page.fault);
      else {
        gaps.push(...page.gaps);
        cells.push({ pods: page.value, origin: page.origin });
        if (!all) continue;
        bare = [...bare, ...rowsOf(input.params, cluster, page.value, page.origin, NO_CONTEXT)];
        yield { key: cluster.context, rows: bare, gaps };
      }
    }
  }
  yield part(await (learning ?? learn(input, cluster)));
}

async function* followCluster(input: LoadInput, cluster: Kubernetes): AsyncGenerator<Part<PodRow>> {
  const all = input.params.all !== undefined;
  const context = await learn(input, cluster);
  const places = all ? [input.params.namespace] : await stackNamespaces(cluster, input.params);
  const gone = makeGone();
  const parts = places.map((namespace) => followPlace(input, cluster, namespace, context, gone));
  for await (const { rows, gaps } of merged(parts, () => '')) {
    yield { key: cluster.context, rows, gaps: [...context.gaps, ...gaps] };
  }
}

async function* followPlace(
  input: LoadInput,
  cluster: Kubernetes,
  namespace: string | undefined,
  context: Context,
  gone: Gone,
): AsyncGenerator<Part<PodRow>> {
  const key = namespace ?? '';
  let rows: readonly PodRow[] = [];
  const made = new WeakMap<PodCells, PodRow>();
  for await (const picture of cluster.follow('podCells', namespace, input.signal)) {
    if (picture.ok) rows = gone.with(key, pictureRows(input.params, cluster, picture, context, made));
    yield { key, rows, gaps: picture.ok ? picture.gaps : [picture.fault] };
  }
}

/** A pod that did not change keeps its row: of thousands, a burst touches a few. */
function pictureRows(
  params: Params,
  cluster: Kubernetes,
  picture: Extract<Result<readonly PodCells[]>, { ok: true }>,
  context: Context,
  made: WeakMap<PodCells, PodRow>,
): readonly PodRow[] {
  const rows: PodRow[] = [];
  for (const cells of picture.value) {
    const known = made.get(cells);
    const row = known ?? rowsOf(params, cluster, [cells], picture.origin, context)[0];
    if (row === undefined) continue;
    if (known === undefined) made.set(cells, row);
    rows.push(row);
  }
  return rows;
}

interface Gone {
  /** These rows, and behind them those that were there a while ago. */
  with(key: string, rows: readonly PodRow[]): readonly PodRow[];
}

function makeGone(): Gone {
  const before = new Map<string, { readonly rows: readonly PodRow[]; readonly gone: readonly PodRow[] }>();
  return {
    with(key, rows) {
      const last = before.get(key) ?? { rows: [], gone: [] };
      const gone = last.gone.length === 0 && sameOrder(last.rows, rows) ? last.gone : goneOf(last, rows);
      before.set(key, { rows, gone });
      return gone.length === 0 ? rows : [...rows, ...gone];
    },
  };
}

/** Nothing went: each row stands where it stood. What is new stands at the end. */
const sameOrder = (last: readonly PodRow[], rows: readonly PodRow[]): boolean =>
  last.length <= rows.length && last.every((row, at) => row === rows[at] || row.id === rows[at]?.id);

function goneOf(
  last: { readonly rows: readonly PodRow[]; readonly gone: readonly PodRow[] },
  rows: readonly PodRow[],
): readonly PodRow[] {
  const now = new Set(rows.map(({ id }) => id));
  const atUnix = rows[0]?.origin.atUnix ?? 0;
  const missing = last.rows.filter(({ id }) => !now.has(id));
  const fresh = missing.map((row) => ({
    ...row,
    gone: true,
    ready: 0,
    status: 'Gone',
    origin: { ...row.origin, atUnix },
  }));
  return [...last.gone.filter(({ id, origin }) => !now.has(id) && atUnix - origin.atUnix <= GONE_SECONDS), ...fresh];
}

async function learn(input: LoadInput, cluster: Kubernetes): Promise<Context> {
  const [{ inventory, gaps }, nodes] = await Promise.all([
    cluster.survey(),
    cluster.list('nodes', undefined, input.signal),
  ]);
  const zones = (nodes.ok ? nodes.value : []).flatMap(({ name, zone }) => (zone ? [[name, zone] as const] : []));
  return {
    components: discover(inventory),
    seen: new Map(inventory.pods.map((pod) => [keyOf(pod), pod])),
    zones: new Map(zones),
    // Without nodes the zones are missing, without workloads only what a pod is of: its own list tells the rest.
    gaps: [...gaps.filter(({ kind }) => kind !== 'forbidden'), ...(nodes.ok ? [] : [nodes.fault])],
  };
}

function rowsOf(
  params: Params,
  cluster: Kubernetes,
  pods: readonly PodCells[],
  origin: Origin,
  context: Context,
): readonly PodRow[] {
  return pods.flatMap((pod): PodRow[] => {
    const component = componentOf(pod, context.components);
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
        lastTermination: whole?.lastTermination,
        gone: false,
        origin,
      },
    ];
  });
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

function sayNone(input: LoadInput): string {
  const clusters = clustersOf(input);
  if (clusters.length === 0) return sayNoCluster;
  const names = clusters.map(({ context }) => context).join(', ');
  return `no pod of the stack was found in ${names}${input.params.workload ? ` for ${input.params.workload}` : ''}`;
}
