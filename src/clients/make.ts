import type { Clock, Exchange, Follow } from '../domain/exchange.ts';
import type { Reach } from '../domain/reach.ts';
import type { Backend, Source } from '../domain/result.ts';
import type { TailPart } from '../domain/tail.ts';
import type { Tenant } from '../domain/tenant.ts';
import { makeAbout } from './about.ts';
import { makeAgents } from './agents.ts';
import type { AgentByUrl } from './agents-ask.ts';
import type { Aside } from './aside.ts';
import type { Clients, ContextEntry, Kubernetes, Loki } from './clients.ts';
import { findElsewhere, type OpenElsewhere } from './elsewhere.ts';
import { type Grafana, makeGrafana } from './grafana.ts';
import { DATABASE_OF, makeHeaderProbes, type RecordedEntry } from './header.ts';
import { makeSend, type Send } from './http.ts';
import { makeJournal } from './journal.ts';
import { makeKubernetes } from './kube.ts';
import type { OpenStream } from './kube-watch.ts';
import { makeLoki } from './loki.ts';
import type { Tailer } from './loki-tail.ts';
import { makeMimir, makeMimirAdmin } from './mimir.ts';
import { makeRemember, type Remember } from './remember.ts';
import { makeRings } from './rings.ts';
import { makeTempo } from './tempo.ts';
import type { Through } from './through.ts';

/** How one backend is reached, and what the screen calls the place. */
export interface Reached {
  readonly exchange: Exchange;
  /** A context, or the host of a URL. */
  readonly place: string;
  /** Hash of the credential; absent where there is none. */
  readonly identity?: string;
  /** Tails; absent where no WebSocket gets there whole. */
  readonly follow?: Follow;
  /** Where a URL was given. */
  readonly url?: string;
}

/** A tail is the last thing that anybody asks for: its code is read then. */
async function* tailOf(
  tailer: Tailer,
  lines: Loki['lines'],
  tenant: Tenant,
  ...[logql, signal, options = {}]: Parameters<Loki['tail']>
): AsyncGenerator<TailPart> {
  const { tailLines } = await import('./loki-tail.ts');
  yield* tailLines(tailer, { lines, tenant, logql, options }, signal);
}

const saidNowhere = (backend: 'mimir' | 'loki' | 'tempo'): string =>
  `no ${TITLE[backend]} URL was given: --${backend}-url, or a kubeconfig`;

const followNowhere: Follow = async () => ({ ok: false, kind: 'unreachable', said: saidNowhere('loki') });

/** How one cluster is reached. */
export interface ClusterReached {
  readonly context: string;
  readonly exchange: Exchange;
  /** Absent on a tape: nothing there keeps coming. */
  readonly stream?: OpenStream;
  /** Where to look after a 403 of the whole cluster. */
  readonly namespaces: readonly string[];
  /** As the kubeconfig has it; absent on a tape. */
  readonly server?: string;
  readonly user?: string;
  /** Ask what stands behind a service or a pod of the cluster; absent on a tape. */
  readonly through?: Through;
}

export interface ClientsOptions {
  readonly exchanges: Partial<Record<Backend, Reached>>;
  readonly clusters?: readonly ClusterReached[];
  /** Contexts that were not chosen. */
  readonly otherClusters?: readonly ClusterReached[];
  /** Agents that were named by URL. */
  readonly agentsByUrl?: readonly AgentByUrl[];
  /** How what has no URL is reached through a cluster. */
  readonly reach?: (component: string) => Reach | undefined;
  /** How a URL that stands in an agent's configuration is asked; absent on a tape. */
  readonly elsewhere?: OpenElsewhere;
  /** As whom the console logs in at URLs, where it does. */
  readonly login?: string;
  /** Further ways in that a recording knows. */
  readonly entries?: readonly RecordedEntry[];
  readonly clock: Clock;
  /** For one request, milliseconds; 10 s unless given. */
  readonly deadlineMs?: number;
  /** Where large answers are read, for who must not be kept waiting; absent: on this thread. */
  readonly aside?: Aside;
}

/** Nobody waits long for a URL that may not lead anywhere from here. */
const ELSEWHERE_MS = 4_000;
/** Grafana is not among them: it is asked only by who wants to know what a metric is used by. */
const BACKENDS: readonly Backend[] = ['mimir', 'loki', 'tempo', 'kubernetes', 'agent'];
const TITLE: Readonly<Record<'mimir' | 'loki' | 'tempo', string>> = { mimir: 'Mimir', loki: 'Loki', tempo: 'Tempo' };

/** Everything a view may ask. Each backend has its own queue, so that one that hangs delays no other. */
export function makeClients(options: ClientsOptions): Clients {
  const { exchanges, clock, deadlineMs, aside } = options;
  const journal = makeJournal();
  const remember = makeRemember(clock);
  const sendTo = (backend: 'mimir' | 'loki' | 'tempo', user?: string): Send => {
    const reached = exchanges[backend];
    if (!reached) return sendNowhere(backend);
    // Where a database is found in a cluster, its place is known only after it was looked for.
    const source: Source = {
      backend,
      get place() {
        return reached.place;
      },
    };
    const { exchange } = reached;
    const identity = user ?? reached.identity;
    return makeSend({ exchange, source, clock, journal, identity, deadlineMs, aside });
  };
  const clusterOf = ({ context, exchange, stream, namespaces }: ClusterReached): Kubernetes => {
    const source: Source = { backend: 'kubernetes', place: context };
    const send = makeSend({ exchange, source, clock, journal, deadlineMs });
    return makeKubernetes({ context, send, clock, stream, namespaces });
  };
  const clusters = (options.clusters ?? []).map(clusterOf);
  const entryOf = (reached: ClusterReached, chosen: Kubernetes | undefined): ContextEntry => ({
    name: reached.context,
    server: reached.server,
    user: reached.user,
    namespace: reached.namespaces[0],
    chosen: chosen !== undefined,
    cluster: chosen ?? clusterOf(reached),
  });
  const [mimir, loki, tempo] = [sendTo('mimir'), sendTo('loki'), sendTo('tempo')];
  const reach = (component: string): Reach | undefined => {
    const backend = [...BACKENDS, 'grafana' as const].find(
      (each) => component === each || component.startsWith(`${each}/`),
    );
    const url = backend && exchanges[backend]?.url;
    return url === undefined ? options.reach?.(component) : { by: 'url', url };
  };
  const tailer = {
    follow: exchanges.loki ? exchanges.loki.follow : followNowhere,
    source: loki.source,
    identity: exchanges.loki?.identity ?? '',
    clock,
    journal,
  };
  return {
    mimir: (tenant: Tenant) => makeMimir(mimir, remember, tenant),
    loki(tenant: Tenant) {
      const queries = makeLoki(loki, remember, tenant);
      return { ...queries, tail: (...asked) => tailOf(tailer, queries.lines, tenant, ...asked) };
    },
    tempo: (tenant: Tenant) => makeTempo(tempo, remember, tenant),
    mimirAdmin: makeMimirAdmin(mimir),
    grafana: grafanaOf(
      options,
      (source, reached) =>
        makeSend({ exchange: reached.exchange, source, clock, journal, identity: reached.identity, deadlineMs }),
      remember,
    ),
    rings: makeRings({ mimir, loki, tempo }),
    about: makeAbout({ mimir, loki, tempo }),
    reach,
    header: makeHeaderProbes({
      ...{ send: sendTo, reach, recorded: options.entries, login: options.login },
      elsewhere: (signal, at) =>
        findElsewhere(signal, at, {
          through: (context) => options.clusters?.find((cluster) => cluster.context === context)?.through,
          open: options.elsewhere,
          isNamed: (root) => Object.values(DATABASE_OF).some((database) => exchanges[database]?.url === root),
          login: options.login,
          tape: options.elsewhere ? undefined : exchanges[DATABASE_OF[signal]]?.exchange,
        }),
      sendElsewhere: (backend, { exchange, place }) =>
        makeSend({ exchange, source: { backend, place }, clock, journal, deadlineMs: ELSEWHERE_MS }),
    }),
    clusters,
    contexts: [
      ...(options.clusters ?? []).map((reached, at) => entryOf(reached, clusters[at])),
      ...(options.otherClusters ?? []).map((reached) => entryOf(reached, undefined)),
    ],
    agents: makeAgents({
      clusters: clusters.map((cluster, at) => ({ cluster, through: options.clusters?.[at]?.through })),
      others: options.otherClusters,
      byUrl: options.agentsByUrl,
      tape: exchanges.agent?.exchange,
      clock,
      journal,
      remember,
      deadlineMs,
    }),
    journal,
    get sources() {
      return [
        ...BACKENDS.flatMap((backend) => {
          const reached = backend === 'kubernetes' && clusters.length > 0 ? undefined : exchanges[backend];
          return reached ? [{ backend, place: reached.place }] : [];
        }),
        ...clusters.map(({ source }) => source),
      ];
    },
  };
}

function grafanaOf(
  { exchanges }: ClientsOptions,
  sendBy: (source: Source, reached: Reached) => Send,
  remember: Remember,
): Grafana | undefined {
  const reached = exchanges.grafana;
  if (!reached) return undefined;
  const source: Source = {
    backend: 'grafana',
    get place() {
      return reached.place;
    },
  };
  return makeGrafana(sendBy(source, reached), remember);
}

/** For a backend that was not given: nothing is sent, and the fault says which flag is missing. */
function sendNowhere(backend: 'mimir' | 'loki' | 'tempo'): Send {
  const source: Source = { backend, place: 'none' };
  const said = saidNowhere(backend);
  const send: Send = Object.assign(
    async (question: { tenant: Tenant | null }) => ({
      ok: false as const,
      fault: {
        kind: 'unreachable' as const,
        source,
        ...(question.tenant === null ? {} : { tenant: question.tenant }),
        said,
      },
    }),
    { source },
  );
  return send;
}
