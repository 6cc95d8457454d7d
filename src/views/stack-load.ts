import type { Kubernetes } from '../clients/clients.ts';
import { type Component, discover, type Inventory, isZoneAware } from '../domain/discover.ts';
import { keyOf } from '../domain/kube.ts';
import { type Reach, wayOf } from '../domain/reach.ts';
import type { Loaded, Origin } from '../domain/result.ts';
import { asTheyArrive, type Gaps, makeGaps } from './arrival.ts';
import { clustersOf } from './cluster-rows.ts';
import { agentsByPod, askRows, isDatabase, onceEach } from './stack-ask.ts';
import type { StackRow } from './stack-row.ts';
import type { LoadInput } from './view.ts';

/** Rows as the clusters answer, then again with what the databases say of themselves. */
export async function* loadStack(input: LoadInput): AsyncGenerator<Loaded<StackRow>> {
  const clusters = clustersOf(input);
  const gaps = makeGaps();
  let rows: readonly StackRow[] = [];
  for await (const found of asTheyArrive(clusters.map((cluster) => rowsOf(input, cluster, gaps)))) {
    rows = sorted([...rows, ...found]);
    yield { rows, gaps: gaps.list, complete: false };
  }
  for await (const learn of asTheyArrive(askRows(input, rows, onceEach(gaps)))) {
    rows = learn(rows);
    yield { rows, gaps: gaps.list, complete: false };
  }
  yield { rows, gaps: gaps.list, complete: true, because: rows.length > 0 ? undefined : sayEmpty(clusters, gaps) };
}

async function rowsOf(input: LoadInput, cluster: Kubernetes, gaps: Gaps): Promise<readonly StackRow[]> {
  const surveyed = await cluster.survey();
  const { inventory, gaps: unseen, origin } = surveyed;
  for (const gap of unseen) gaps.note(gap);
  const found = discover(inventory);
  const agents = agentsByPod(surveyed);
  return found.map((component) => ({
    ...component,
    agents: component.pods.flatMap((pod) => agents.get(keyOf(pod)) ?? []),
    declared: component.version,
    zoneAware: isZoneAware(component, found),
    nodes: [...new Set(component.pods.flatMap(({ node }) => node ?? []))],
    reach: reachOf(input, component, inventory),
    origin: origin ?? originOf(input, cluster),
  }));
}

const originOf = (input: LoadInput, { source }: Kubernetes): Origin => ({
  source,
  tenant: null,
  atUnix: input.nowUnix,
  path: '',
  asked: '',
});

/** A URL where one was given; else the way that is tried first. Grafana is not asked anything. */
function reachOf({ clients }: LoadInput, component: Component, inventory: Inventory): Reach | undefined {
  if (component.kind === 'grafana') return undefined;
  const url = isDatabase(component.kind) ? clients.reach(component.kind) : undefined;
  return url?.by === 'url' ? url : wayOf(component, inventory);
}

const KINDS = ['mimir', 'loki', 'tempo', 'grafana', 'agent'];

const sorted = (rows: readonly StackRow[]): readonly StackRow[] =>
  [...rows].sort(
    (left, right) =>
      KINDS.indexOf(left.kind) - KINDS.indexOf(right.kind) ||
      left.cluster.localeCompare(right.cluster) ||
      left.namespace.localeCompare(right.namespace) ||
      left.name.localeCompare(right.name),
  );

function sayEmpty(clusters: readonly Kubernetes[], gaps: Gaps): string {
  if (clusters.length === 0) return 'no cluster was chosen: --context, or a kubeconfig with a current context';
  const names = clusters.map(({ context }) => context).join(', ');
  if (gaps.list.length > 0) return `nothing of the stack could be seen in ${names}`;
  return `nothing of the stack runs in ${names}: no workload with its labels, images or names`;
}
