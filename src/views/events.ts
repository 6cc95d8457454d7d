import type { Kubernetes } from '../clients/clients.ts';
import type { KubeEvent } from '../domain/kube.ts';
import type { Fault, Loaded, Origin, Result } from '../domain/result.ts';
import { rfc3339OfUnix } from '../domain/time.ts';
import { formatAge } from '../domain/units.ts';
import { clustersOf, isSilent, merged, type Part, sayNoCluster, stackNamespaces } from './cluster-rows.ts';
import { go, type LoadInput, type Params, refuse, view } from './view.ts';

interface EventRow extends KubeEvent {
  readonly cluster: string;
  readonly ageSeconds?: number;
  readonly origin: Origin;
}

/** What the clusters say happened where the stack stands, the newest first. The API server keeps an hour of it. */
export const events = view<EventRow>({
  id: 'events',
  aliases: ['ev', 'event'],
  about: 'events where the stack stands: restarts, evictions, failed mounts, the newest first',
  everySeconds: 30,
  tenantless: true,
  flags: [{ flag: 'about', param: 'about', about: 'of this object', value: 'NAME' }],
  load: (input) =>
    eventsOf(input, (cluster, namespace) => once(cluster.list('events', namespace, input.signal)), false),
  follow: (input) => eventsOf(input, (cluster, namespace) => cluster.follow('events', namespace, input.signal), true),
  body: {
    kind: 'table',
    rowId: (row) => `${row.cluster} ${row.namespace} ${row.name}`,
    columns: [
      {
        id: 'age',
        title: 'LAST',
        drifts: true,
        cell: (row) => (row.ageSeconds === undefined ? '–' : `${formatAge(row.ageSeconds)} ago`),
        sortBy: (row) => row.ageSeconds,
        alignRight: true,
        letter: 'L',
        keep: 110,
        widthMin: 7,
      },
      {
        id: 'type',
        title: 'TYPE',
        cell: (row) => row.type,
        tone: (row) => (row.type === 'Normal' ? 'dim' : 'warn'),
        letter: 'T',
        keep: 90,
        widthMin: 7,
      },
      { id: 'reason', title: 'REASON', cell: (row) => row.reason, letter: 'R', keep: 105, widthMin: 7, widthMax: 24 },
      {
        id: 'count',
        title: 'COUNT',
        cell: (row) => String(row.count),
        sortBy: (row) => row.count,
        alignRight: true,
        letter: 'N',
        keep: 70,
        widthMin: 5,
      },
      {
        id: 'about',
        title: 'OBJECT',
        cell: (row) => `${row.about.kind.toLowerCase()}/${row.about.name}`,
        letter: 'O',
        keep: 115,
        widthMin: 14,
        widthMax: 60,
        grow: true,
      },
      { id: 'cluster', title: 'CLUSTER', cell: (row) => row.cluster, letter: 'C', keep: 60, widthMin: 7, widthMax: 20 },
      {
        id: 'message',
        title: 'MESSAGE',
        cell: (row) => row.message,
        letter: 'M',
        keep: 100,
        widthMin: 16,
        widthMax: 200,
        grow: true,
      },
      {
        id: 'from',
        title: 'FROM',
        cell: (row) => row.from,
        letter: 'F',
        keep: 40,
        widthMin: 7,
        widthMax: 24,
        wide: true,
      },
    ],
  },
  keys: [
    {
      key: 'l',
      does: 'log lines of its pod',
      on: (row) =>
        row.about.kind === 'Pod'
          ? go('logs', { namespace: row.namespace, pod: row.about.name })
          : refuse(`a ${row.about.kind || 'thing without a kind'} writes no log lines`),
    },
    { key: 'p', does: 'pods there', on: (row) => go('pods', { cluster: row.cluster, namespace: row.namespace }) },
  ],
  record: (row) => ({
    cluster: row.cluster,
    namespace: row.namespace,
    name: row.name,
    kind: row.about.kind,
    object: row.about.name,
    type: row.type,
    reason: row.reason,
    message: row.message,
    count: row.count,
    firstAt: row.firstUnix === undefined ? null : rfc3339OfUnix(row.firstUnix),
    lastAt: row.lastUnix === undefined ? null : rfc3339OfUnix(row.lastUnix),
    from: row.from,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['object', `${row.about.kind} ${row.namespace}/${row.about.name} in ${row.cluster}`],
    ['event', `${row.type} ${row.reason}, ${row.count} times`],
    ['message', row.message],
    ['first', row.firstUnix === undefined ? 'not known' : rfc3339OfUnix(row.firstUnix)],
    ['last', row.lastUnix === undefined ? 'not known' : rfc3339OfUnix(row.lastUnix)],
    ['from', row.from],
  ],
  crumb: (params) => params.about ?? '',
});

async function* once<T>(answer: Promise<T>): AsyncGenerator<T> {
  yield await answer;
}

type Ask = (cluster: Kubernetes, namespace: string) => AsyncIterable<Result<readonly KubeEvent[]>>;

async function* eventsOf(input: LoadInput, ask: Ask, complete: boolean): AsyncGenerator<Loaded<EventRow>> {
  const parts = clustersOf(input).map((cluster) => clusterParts(input, cluster, ask, complete));
  for await (const loaded of merged(parts, () => sayNone(input), { complete }))
    yield { ...loaded, rows: loaded.rows.toSorted((left, right) => (right.lastUnix ?? 0) - (left.lastUnix ?? 0)) };
}

async function* clusterParts(
  input: LoadInput,
  cluster: Kubernetes,
  ask: Ask,
  follows: boolean,
): AsyncGenerator<Part<EventRow>> {
  const surveyed = await cluster.survey();
  const { gaps: unseen } = surveyed;
  // Who looks on hears of it when it comes back.
  if (isSilent(surveyed)) yield { key: cluster.context, rows: [], gaps: unseen };
  if (isSilent(surveyed) && !follows) return;
  const namespaces = await stackNamespaces(cluster, input.params);
  const parts = namespaces.map((namespace) => partsOf(input.params, cluster, namespace, ask));
  for await (const { rows, gaps } of merged(parts, () => ''))
    yield { key: cluster.context, rows, gaps: [...gaps, ...unseen.filter(({ kind }) => kind !== 'forbidden')] };
}

async function* partsOf(
  params: Params,
  cluster: Kubernetes,
  namespace: string,
  ask: Ask,
): AsyncGenerator<Part<EventRow>> {
  let rows: readonly EventRow[] = [];
  for await (const answer of ask(cluster, namespace)) {
    const gaps: readonly Fault[] = answer.ok ? answer.gaps : [answer.fault];
    if (answer.ok)
      rows = answer.value
        .filter(({ about }) => params.about === undefined || about.name === params.about)
        .map((event) => ({
          ...event,
          cluster: cluster.context,
          ageSeconds: event.lastUnix === undefined ? undefined : Math.max(0, answer.origin.atUnix - event.lastUnix),
          origin: answer.origin,
        }));
    yield { key: namespace, rows, gaps };
  }
}

function sayNone({ clients, params }: LoadInput): string {
  if (clients.clusters.length === 0) return sayNoCluster;
  if (params.about !== undefined) return `no event about ${params.about}: a cluster keeps them for about an hour`;
  return 'nothing happened where the stack stands: a cluster keeps events for about an hour';
}
