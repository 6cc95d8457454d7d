import type { Kubernetes } from '../clients/clients.ts';
import { discover } from '../domain/discover.ts';
import type { KubeNode } from '../domain/kube.ts';
import type { Fault, Loaded, Origin, Result } from '../domain/result.ts';
import { formatAge, UNKNOWN } from '../domain/units.ts';
import { ageOf, clustersOf, isSilent, merged, type Part, sayNoCluster } from './cluster-rows.ts';
import { go, type LoadInput, type Tone, view } from './view.ts';

interface NodeRow extends KubeNode {
  readonly cluster: string;
  /** Components of the stack that have a pod here, each with how many. */
  readonly holds: readonly (readonly [component: string, pods: number])[];
  readonly ageSeconds?: number;
  readonly origin: Origin;
}

/** Nodes of all clusters, with what of the stack stands on each. */
export const nodes = view<NodeRow>({
  id: 'nodes',
  aliases: ['no', 'node'],
  about: 'nodes: zone, readiness, pressure, cordon, and what of the stack stands on each',
  everySeconds: 30,
  tenantless: true,
  load: (input) => rowsOf(input, (cluster) => once(() => cluster.list('nodes', undefined, input.signal)), false),
  follow: (input) => rowsOf(input, (cluster) => cluster.follow('nodes', undefined, input.signal), true),
  body: {
    kind: 'table',
    rowId: (row) => `${row.cluster} ${row.name}`,
    columns: [
      {
        id: 'name',
        title: 'NODE',
        cell: (row) => row.name,
        letter: 'N',
        keep: 120,
        widthMin: 14,
        widthMax: 60,
        grow: true,
      },
      { id: 'state', title: 'STATE', cell: sayState, tone: toneOf, letter: 'S', keep: 110, widthMin: 7, widthMax: 40 },
      {
        id: 'zone',
        title: 'ZONE',
        cell: (row) => row.zone ?? UNKNOWN,
        letter: 'Z',
        keep: 100,
        widthMin: 6,
        widthMax: 20,
      },
      {
        id: 'stack',
        title: 'STACK PODS',
        cell: (row) => String(row.holds.reduce((sum, [, pods]) => sum + pods, 0)),
        sortBy: (row) => row.holds.reduce((sum, [, pods]) => sum + pods, 0),
        alignRight: true,
        letter: 'P',
        keep: 95,
        widthMin: 10,
      },
      { id: 'cluster', title: 'CLUSTER', cell: (row) => row.cluster, letter: 'C', keep: 90, widthMin: 7, widthMax: 20 },
      { id: 'version', title: 'VERSION', cell: (row) => row.version, letter: 'V', keep: 60, widthMin: 7, widthMax: 20 },
      {
        id: 'age',
        title: 'AGE',
        drifts: true,
        cell: (row) => formatAge(row.ageSeconds),
        sortBy: (row) => row.ageSeconds,
        alignRight: true,
        letter: 'A',
        keep: 70,
        widthMin: 4,
      },
      { id: 'holds', title: 'HOLDS', cell: sayHolds, letter: 'H', keep: 80, widthMin: 10, widthMax: 90, grow: true },
      {
        id: 'type',
        title: 'TYPE',
        cell: (row) => row.instanceType ?? UNKNOWN,
        letter: 'T',
        keep: 40,
        widthMin: 8,
        wide: true,
      },
    ],
  },
  keys: [
    { key: 'enter', does: 'its pods of the stack', on: (row) => go('pods', { cluster: row.cluster, node: row.name }) },
    { key: 'p', does: 'its pods of the stack', on: (row) => go('pods', { cluster: row.cluster, node: row.name }) },
  ],
  record: (row) => ({
    cluster: row.cluster,
    name: row.name,
    zone: row.zone ?? null,
    ready: row.ready,
    pressures: row.pressures,
    cordoned: row.cordoned,
    version: row.version,
    instanceType: row.instanceType ?? null,
    ageSeconds: row.ageSeconds ?? null,
    stackPods: row.holds.reduce((sum, [, pods]) => sum + pods, 0),
    holds: Object.fromEntries(row.holds),
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['node', `${row.name} in ${row.cluster}`],
    ['state', sayState(row)],
    ['zone', row.zone ?? 'its labels name none'],
    ['kubelet', row.version],
    ['type', row.instanceType ?? 'not known'],
    ['room for', row.podsMax === undefined ? 'not known' : `${row.podsMax} pods`],
    ...row.holds.map(([component, pods]): [string, string] => ['holds', `${pods} × ${component}`]),
  ],
  crumb: () => '',
});

async function* once<T>(ask: () => Promise<T>): AsyncGenerator<T> {
  yield await ask();
}

const rowsOf = (
  input: LoadInput,
  ask: (cluster: Kubernetes) => AsyncIterable<Result<readonly KubeNode[]>>,
  complete: boolean,
): AsyncIterable<Loaded<NodeRow>> =>
  merged(
    clustersOf(input).map((cluster) => partsOf(cluster, ask(cluster), complete)),
    () => (input.clients.clusters.length === 0 ? sayNoCluster : 'no node could be listed'),
    { complete },
  );

async function* partsOf(
  cluster: Kubernetes,
  answers: AsyncIterable<Result<readonly KubeNode[]>>,
  follows: boolean,
): AsyncGenerator<Part<NodeRow>> {
  let rows: readonly NodeRow[] = [];
  let surveying = cluster.survey();
  const first = await surveying;
  // Who looks on hears of it when it comes back.
  if (isSilent(first)) yield { key: cluster.context, rows, gaps: first.gaps };
  if (isSilent(first) && !follows) return;
  for await (const answer of answers) {
    if (isSilent(await surveying)) surveying = cluster.survey();
    const { inventory, gaps: unseen } = await surveying;
    const gaps: Fault[] = answer.ok ? [...answer.gaps] : [answer.fault];
    if (answer.ok) {
      const holds = holdsOf(discover(inventory));
      rows = answer.value.map((node) => ({
        ...node,
        cluster: cluster.context,
        holds: [...(holds.get(node.name) ?? [])],
        ageSeconds: ageOf(node, answer.origin),
        origin: answer.origin,
      }));
    }
    yield { key: cluster.context, rows, gaps: [...gaps, ...unseen.filter(({ kind }) => kind !== 'forbidden')] };
  }
}

function holdsOf(components: ReturnType<typeof discover>): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const nodesHold = new Map<string, Map<string, number>>();
  for (const component of components)
    for (const { node } of component.pods) {
      if (node === undefined) continue;
      const holds = nodesHold.get(node) ?? new Map<string, number>();
      const name = component.kind === component.component ? component.kind : `${component.kind} ${component.component}`;
      holds.set(name, (holds.get(name) ?? 0) + 1);
      nodesHold.set(node, holds);
    }
  return nodesHold;
}

function sayState({ ready, pressures, cordoned }: KubeNode): string {
  const word = { yes: 'Ready', no: 'NotReady', unknown: 'Unknown' }[ready];
  return [word, ...pressures, ...(cordoned ? ['cordoned'] : [])].join(', ');
}

function toneOf({ ready, pressures, cordoned }: KubeNode): Tone {
  if (ready === 'no') return 'bad';
  if (ready === 'unknown') return 'unknown';
  return pressures.length > 0 || cordoned ? 'warn' : 'good';
}

function sayHolds({ holds }: NodeRow): string {
  return holds.map(([component, pods]) => (pods > 1 ? `${component} ×${pods}` : component)).join(', ');
}
