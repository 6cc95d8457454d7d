import type { Kubernetes } from '../clients/clients.ts';
import type { KubeEvent, Pod } from '../domain/kube.ts';
import type { Loaded, Origin, Result } from '../domain/result.ts';
import { rfc3339OfUnix } from '../domain/time.ts';
import { formatAge } from '../domain/units.ts';
import { asTheyArrive, becauseOfGaps, type Gaps, makeGaps } from './arrival.ts';
import { ageOf, clustersOf, isSilent, sayNoCluster, stackNamespaces } from './cluster-rows.ts';
import { go, type LoadInput, type Params, type Tone, view } from './view.ts';

interface Fact {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly tone: Tone;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly origin: Origin;
}

/** One pod: what it runs, how it ended, and what the cluster says happened to it. */
export const pod = view<Fact>({
  id: 'pod',
  aliases: [],
  about: 'one pod: containers, state, how it ended, and its events',
  everySeconds: 15,
  tenantless: true,
  argument: { name: 'NAME', param: 'pod', required: true },
  load: loadPod,
  body: {
    kind: 'report',
    rowId: (row) => row.id,
    label: (row) => row.label,
    text: (row) => row.text,
    tone: (row) => row.tone,
  },
  keys: [
    { key: 'l', does: 'its log lines', on: (row) => go('logs', { namespace: row.namespace, pod: row.name }) },
    { key: 'p', does: 'pods there', on: (row) => go('pods', { cluster: row.cluster, namespace: row.namespace }) },
  ],
  record: (row) => ({
    cluster: row.cluster,
    namespace: row.namespace,
    name: row.name,
    fact: row.label,
    text: row.text,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['pod', `${row.namespace}/${row.name} in ${row.cluster}`],
    [row.label, row.text],
    ['asked of', `the API server of ${row.cluster}`],
  ],
  crumb: (params) => params.pod ?? '',
});

async function* loadPod(input: LoadInput): AsyncGenerator<Loaded<Fact>> {
  const gaps = makeGaps();
  const facts: Fact[] = [];
  const looking = clustersOf(input).map((cluster) => factsOfCluster(input, cluster, gaps));
  for await (const found of asTheyArrive(looking)) {
    facts.push(...found);
    yield { rows: [...facts], gaps: gaps.list, complete: false };
  }
  const because = facts.length > 0 ? undefined : sayNone(input, gaps);
  yield { rows: facts, gaps: gaps.list, complete: true, because };
}

async function factsOfCluster(input: LoadInput, cluster: Kubernetes, gaps: Gaps): Promise<readonly Fact[]> {
  const surveyed = await cluster.survey();
  for (const gap of surveyed.gaps) if (gap.kind !== 'forbidden') gaps.note(gap);
  if (isSilent(surveyed)) return [];
  const namespaces = await stackNamespaces(cluster, input.params);
  const found = await Promise.all(namespaces.map((namespace) => factsIn(input, cluster, namespace, gaps)));
  return found.flat();
}

function sayNone({ params, clients }: LoadInput, { list }: Gaps): string {
  if (clients.clusters.length === 0) return sayNoCluster;
  if (list.length > 0) return becauseOfGaps('the pod could not be had', list);
  const name = params.pod ?? '';
  return `no pod is called ${name} any more; its lines may still be in Loki: lgtm-tui logs --pod ${name}`;
}

async function factsIn(input: LoadInput, cluster: Kubernetes, namespace: string, gaps: Gaps): Promise<readonly Fact[]> {
  const found = await findPod(cluster, namespace, input.params, gaps, input.signal);
  if (!found) return [];
  const happened = gaps.take(await cluster.list('events', namespace, input.signal)) ?? [];
  return factsOf(cluster, found.pod, happened, found.origin);
}

/** A recording holds the list, not the pod alone. */
async function findPod(
  cluster: Kubernetes,
  namespace: string,
  { pod: name = '' }: Params,
  gaps: Gaps,
  signal: AbortSignal,
): Promise<{ readonly pod: Pod; readonly origin: Origin } | undefined> {
  const one: Result<Pod> = await cluster.one('pods', namespace, name, signal);
  if (one.ok) return { pod: one.value, origin: one.origin };
  if (one.fault.kind !== 'not-recorded') {
    if (one.fault.kind !== 'not-found') gaps.note(one.fault);
    return undefined;
  }
  const all = await cluster.list('pods', namespace, signal);
  const found = gaps.take(all)?.find((each) => each.name === name);
  return all.ok && found ? { pod: found, origin: all.origin } : undefined;
}

function factsOf(cluster: Kubernetes, found: Pod, events: readonly KubeEvent[], origin: Origin): readonly Fact[] {
  const { namespace, name, lastTermination: end } = found;
  let count = 0;
  const fact = (label: string, text: string, tone: Tone = 'plain'): Fact => {
    count += 1;
    return {
      id: `${cluster.context} ${name} ${count}`,
      label,
      text,
      tone,
      cluster: cluster.context,
      namespace,
      name,
      origin,
    };
  };
  const own = events.filter(({ about }) => about.kind === 'Pod' && about.name === name);
  return [
    fact('pod', `${namespace}/${name} in ${cluster.context}`, 'accent'),
    fact('state', sayState(found), found.ready ? 'good' : 'bad'),
    fact('restarts', String(found.restarts), found.restarts > 0 ? 'warn' : 'plain'),
    fact(
      'last end',
      end
        ? `${end.reason}${end.exitCode === undefined ? '' : `, exit code ${end.exitCode}`}${end.atUnix === undefined ? '' : `, at ${rfc3339OfUnix(end.atUnix)}`}`
        : found.restarts > 0
          ? 'the cluster does not tell'
          : 'has not ended yet',
      end && end.reason !== 'Completed' ? 'bad' : 'dim',
    ),
    fact('of', found.owner ? `${found.owner.kind} ${found.owner.name}` : 'nobody: it will not come back'),
    fact('node', found.node ?? 'none yet'),
    fact('address', found.ip ?? 'none yet'),
    fact('age', formatAge(ageOf(found, origin))),
    ...found.containers.map((container) => fact('container', `${container.name}: ${container.image}`)),
    ...own
      .toSorted((left, right) => (right.lastUnix ?? 0) - (left.lastUnix ?? 0))
      .map((event) =>
        fact('event', `${event.reason} ×${event.count}: ${event.message}`, event.type === 'Normal' ? 'dim' : 'warn'),
      ),
  ];
}

function sayState({ phase, waiting, ready, leaving }: Pod): string {
  const words = [phase, waiting ?? '', ready ? 'ready' : 'not ready', leaving ? 'being deleted' : ''];
  return words.filter((word) => word !== '').join(', ');
}
