import type { Kubernetes } from '../clients/clients.ts';
import type { KubeNetwork } from '../clients/kube-network.ts';
import type { Routed } from '../clients/kube-route.ts';
import type { ClusterReached, Reached } from '../clients/make.ts';
import type { KubeChoice } from '../config/where.ts';
import { nextStep, sayFault } from '../domain/faults.ts';
import type { Reach } from '../domain/reach.ts';
import type { Backend } from '../domain/result.ts';
import type { Wall } from './opened.ts';

type Database = 'mimir' | 'loki' | 'tempo' | 'grafana';
const DATABASES: readonly Database[] = ['mimir', 'loki', 'tempo', 'grafana'];

/** The chosen clusters, opened; nothing was asked of them yet. */
export interface Clusters {
  readonly ok: true;
  readonly clusters: readonly ClusterReached[];
  /** Contexts that were not chosen; they are asked only when somebody looks into one. */
  readonly others: readonly ClusterReached[];
  /** Databases that are reached through them; their place is known once they were looked for. */
  readonly exchanges: Partial<Record<Backend, Reached>>;
  readonly reach?: (component: string) => Reach | undefined;
  /** Look for the stack with these clients. Fails: with a sentence, where no cluster answered. */
  find(
    clients: readonly Kubernetes[],
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly because: string }>;
  close(): Promise<void>;
}

/** What lets in behind a forwarded port. */
interface Logins {
  /** At the databases: `authorization`, and `--header`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** At Grafana: the whole value of `authorization`. */
  readonly grafana?: string;
}

interface Failed {
  readonly ok: false;
  readonly because: string;
  readonly wrong: boolean;
}

export const NO_CLUSTERS: Clusters = {
  ok: true,
  clusters: [],
  others: [],
  exchanges: {},
  find: async () => ({ ok: true }),
  close: async () => undefined,
};

/** Is there a kubeconfig that leads anywhere? Without one nobody is asked. */
export async function hasCurrentContext(env: Wall['env']): Promise<boolean> {
  if (!env.KUBECONFIG && !env.HOME) return false;
  const { readKubeconfig } = await import('../clients/kubeconfig.ts');
  const read = await readKubeconfig({ env });
  return read.ok && read.value.current !== undefined;
}

/**
 * Open the contexts that were chosen, else the current one.
 *
 * Fails: with a sentence, where the kubeconfig or a context of it is not there. `named`: what has a URL is not looked for.
 */
export async function openClusters(
  kube: KubeChoice,
  how: { env: Wall['env']; named: readonly Backend[] } & Logins,
): Promise<Clusters | Failed> {
  const [{ readKubeconfig }, { makeKubeNetwork }, { makeRoutes }, { proxyFor }] = await Promise.all([
    import('../clients/kubeconfig.ts'),
    import('../clients/kube-network.ts'),
    import('../clients/kube-route.ts'),
    import('../clients/proxy.ts'),
  ]);
  const read = await readKubeconfig({ file: kube.kubeconfig, env: how.env });
  if (!read.ok) return { ...read, wrong: false };
  const contexts = kube.contexts.length > 0 ? kube.contexts : [read.value.current ?? ''];
  if (contexts[0] === '') {
    const names = read.value.contexts.map(({ name }) => name).join(', ');
    return {
      ok: false,
      because: `the kubeconfig has no current context: choose one with --context${names ? `: ${names}` : ''}`,
      wrong: false,
    };
  }
  const networks: KubeNetwork[] = [];
  for (const context of contexts) {
    const opened = read.value.open(context);
    if (!opened.ok) return { ...opened, wrong: false };
    const proxy = proxyFor(opened.login.server, how.env);
    if (!proxy.ok) return { ...proxy, wrong: true };
    networks.push(makeKubeNetwork(opened.login, proxy.proxy?.url));
  }
  const others = read.value.contexts.flatMap(({ name }) => {
    const opened = contexts.includes(name) ? undefined : read.value.open(name);
    return opened?.ok ? [makeKubeNetwork(opened.login)] : [];
  });
  let found: readonly Kubernetes[] = [];
  const routes = makeRoutes({
    namespace: kube.namespace,
    clusters: networks.map((network, at) => ({
      context: network.login.context,
      survey: async () => {
        const cluster = found[at];
        if (!cluster) throw new Error('clusters are looked into before they are known');
        return cluster.survey();
      },
      through: network.through,
      forward: (way, asked, signal) =>
        network.forward({ ...way, headers: headersFor(asked.component, how) }, asked, signal),
    })),
    onlyForward: how.grafana === undefined ? [] : ['grafana'],
  });
  const databases = DATABASES.filter((database) => !how.named.includes(database));
  const places = new Map<Database, string>();
  return {
    ok: true,
    clusters: networks.map((network) => clusterOf(network, kube.namespace)),
    others: others.map((network) => clusterOf(network, undefined)),
    exchanges: Object.fromEntries(
      databases.map((database) => [database, reachedBy(routes, database, places, contexts)]),
    ),
    reach: routes.reach,
    async find(clients) {
      found = clients;
      const finding = databases.map(async (database) => {
        const holding = await routes.find(database);
        if (holding.ok) places.set(database, holding.context);
      });
      const blind = await sayBlind(clients);
      // Where one cluster hangs, what the others do not hold is known only when it has given up: nobody waits for that.
      if (blind.ok) await Promise.race([Promise.all(finding), pause(GRACE_MS)]);
      return blind;
    },
    close: async () => {
      await Promise.all([...networks, ...others].map((network) => network.close()));
    },
  };
}

/** A Grafana was merely found: what lets in at the databases is none of its business. */
function headersFor(component: string, { headers, grafana }: Logins): Readonly<Record<string, string>> | undefined {
  if (component !== 'grafana') return headers;
  return grafana === undefined ? undefined : { authorization: grafana };
}

function clusterOf(network: KubeNetwork, namespace: string | undefined): ClusterReached {
  const namespaces = [namespace, network.login.namespace].flatMap((each) => (each ? [each] : []));
  return {
    context: network.login.context,
    server: network.login.server,
    user: network.login.user,
    exchange: network,
    stream: network.stream,
    through: (hop, asked, signal) => network.through(hop, asked, signal),
    namespaces: namespaces.length > 0 ? [...new Set(namespaces)] : ['default'],
  };
}

const reachedBy = (
  routes: Routed,
  database: Database,
  places: ReadonlyMap<Database, string>,
  contexts: readonly string[],
): Reached => ({
  exchange: routes,
  get place() {
    return places.get(database) ?? contexts.join(', ');
  },
});

/** Milliseconds for what the clusters hold to be found, once one of them has answered. */
const GRACE_MS = 2_000;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });

/** All clusters silent: the first one's reason is everybody's answer. One that answers is enough. */
async function sayBlind(
  clients: readonly Kubernetes[],
): Promise<{ readonly ok: true } | { readonly ok: false; readonly because: string }> {
  const surveys = clients.map((cluster) => cluster.survey());
  const seen = Promise.withResolvers<'seen'>();
  for (const survey of surveys) void survey.then(({ origin }) => origin !== undefined && seen.resolve('seen'));
  const all = await Promise.race([seen.promise, Promise.all(surveys)]);
  if (all === 'seen' || all.some(({ origin }) => origin !== undefined)) return { ok: true };
  const [fault] = all.flatMap(({ gaps }) => gaps);
  return fault ? { ok: false, because: `${sayFault(fault)}; next: ${nextStep(fault)}` } : { ok: true };
}
