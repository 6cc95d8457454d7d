import type { Component } from '../domain/discover.ts';
import type { Answered, Asked, Exchange } from '../domain/exchange.ts';
import { hopOf, type Reach, releasesOf, sayReach, waysTo } from '../domain/reach.ts';
import { type Known, makeLooks } from './kube-look.ts';
import type { RouteCluster } from './route-cluster.ts';

export interface Routed extends Exchange {
  /** How a component is reached: as it last was, else as it would be tried first. Undefined before a cluster was looked into. */
  reach(component: string): Reach | undefined;
  /** The context that holds a database; a sentence where none or more than one does. */
  find(
    database: 'mimir' | 'loki' | 'tempo' | 'grafana',
  ): Promise<{ readonly ok: true; readonly context: string } | Extract<Answered, { ok: false }>>;
}

export interface RouteOptions {
  readonly clusters: readonly RouteCluster[];
  /** `--namespace`: of two stacks the one there is meant. */
  readonly namespace?: string;
  /**
   * Who needs a login of its own: ports are forwarded to it, and nothing else is tried.
   *
   * Source: apiserver endpoints/filters/authentication.go takes the header Authorization away, before any proxy.
   */
  readonly onlyForward?: readonly string[];
}

type Failure = Extract<Answered, { ok: false }>;

/**
 * Mimir, Loki, Tempo and the agents through the API servers, by whatever way answers: service proxy, pod proxy,
 * port-forward. A way that failed is not tried first again.
 *
 * Fails: `unreachable` with the first way's own words and the ways tried; two stacks are a question, never a silent first.
 */
export function makeRoutes({ clusters, namespace, onlyForward = [] }: RouteOptions): Routed {
  const looks = makeLooks(clusters, (found) => inNamespace(found, namespace));
  const worked = new Map<string, string>();
  /** A cluster that is slow is waited for only where the others do not hold what is wanted. */
  const lookFor = async (backend: string) =>
    choose(
      await looks.until((known) => backend !== 'agent' && choose(known, backend, namespace).ok),
      backend,
      namespace,
    );

  const waysIn = (all: readonly Known[], component: string, path: string) =>
    all.flatMap((each) =>
      waysTo(component, path, each.found, each.inventory)
        .filter(({ by }) => by === 'port-forward' || !onlyForward.includes(component))
        .map((way) => ({ way, cluster: each.cluster })),
    );

  const exchange = async (asked: Asked, signal: AbortSignal): Promise<Answered> => {
    const chosen = await lookFor(asked.component.split('/')[0] ?? '');
    if (!chosen.ok) {
      looks.forget();
      return chosen;
    }
    const key = `${asked.component} ${/\/(rules|alerts)$/.test(asked.path)}`;
    const ways = waysIn(chosen.all, asked.component, asked.path);
    const lucky = ways.filter(({ way }) => sayReach(way) === worked.get(key));
    const failures: { readonly said: string; readonly failure: Failure }[] = [];
    for (const { way, cluster } of [...lucky, ...ways.filter((each) => !lucky.includes(each))]) {
      const answered = await go(cluster, way, asked, signal);
      if (answered === undefined) continue;
      if (answered.ok) {
        worked.set(key, sayReach(way));
        return answered;
      }
      if (answered.kind === 'cancelled' || answered.kind === 'timeout' || signal.aborted) return answered;
      failures.push({ said: sayReach(way), failure: answered });
    }
    looks.forget();
    return sayAll(asked.component, failures);
  };

  return Object.assign(exchange, {
    reach(component: string): Reach | undefined {
      const ways = waysIn(looks.last(), component, '').map(({ way }) => way);
      return ways.find((way) => sayReach(way) === worked.get(`${component} false`)) ?? ways[0];
    },
    async find(database: 'mimir' | 'loki' | 'tempo' | 'grafana') {
      const chosen = await lookFor(database);
      if (!chosen.ok) return chosen;
      const [only] = chosen.all;
      return only ? { ok: true as const, context: only.cluster.context } : sayNone(database, []);
    },
  });
}

async function go(cluster: RouteCluster, way: Reach, asked: Asked, signal: AbortSignal): Promise<Answered | undefined> {
  const hop = hopOf(way);
  if (hop !== undefined) return cluster.through(hop, asked, signal);
  return way.by === 'port-forward' ? cluster.forward?.(way, asked, signal) : undefined;
}

const inNamespace = (found: readonly Component[], namespace: string | undefined): readonly Component[] =>
  namespace === undefined
    ? found
    : found.filter((component) => component.namespace === namespace || component.kind === 'agent');

/** The clusters that hold it: agents stand in all of them, a database in one. */
function choose(
  all: readonly Known[],
  backend: string,
  namespace: string | undefined,
): { readonly ok: true; readonly all: readonly Known[] } | Failure {
  if (backend === 'agent') return { ok: true, all };
  const holding = all.flatMap((each) => releasesOf(backend, each.found).map((release) => ({ each, release })));
  const [first, second] = holding;
  if (!first) return sayNone(backend, all, namespace);
  if (!second) return { ok: true, all: [first.each] };
  const names = holding.map(
    ({ each, release }) => `${release.namespace}/${release.instance} in ${each.cluster.context}`,
  );
  const flag = holding.every(({ each }) => each === first.each) ? '--namespace' : '--context';
  return {
    ok: false,
    kind: 'unreachable',
    said: `${holding.length} of ${TITLE[backend] ?? backend} were found, ${names.join(' and ')}: choose one with ${flag}`,
  };
}

const TITLE: Readonly<Record<string, string>> = { mimir: 'Mimir', loki: 'Loki', tempo: 'Tempo', grafana: 'Grafana' };

/** Nothing found, or nothing that could be looked at: these are two things. */
function sayNone(backend: string, all: readonly Known[], namespace?: string): Failure {
  const refused = all.flatMap(({ surveyed }) => surveyed.gaps);
  const unseen = all.length > 0 && all.every(({ surveyed }) => surveyed.origin === undefined);
  const [gap] = refused;
  if (gap && unseen) return { ok: false, kind: gap.kind, said: gap.said, ...statusOf(gap.status) };
  const where = all.map(({ cluster }) => cluster.context).join(', ');
  const inside = namespace === undefined ? '' : `, namespace ${namespace}`;
  const partly = gap ? `; not all could be looked at: ${gap.said}` : '';
  return {
    ok: false,
    kind: 'unreachable',
    said: `no ${TITLE[backend] ?? backend} was found in ${where}${inside}: give --${backend}-url or another --context${partly}`,
  };
}

const statusOf = (status: number | undefined): { status?: number } => (status === undefined ? {} : { status });

function sayAll(component: string, failures: readonly { readonly said: string; readonly failure: Failure }[]): Failure {
  const [first, ...others] = failures;
  if (!first)
    return {
      ok: false,
      kind: 'unreachable',
      said: `no way leads to ${component}: no service and no ready pod of it was found`,
    };
  // What its owner can change is worth more than what merely is down.
  const told = failures.find(({ failure }) => failure.kind === 'forbidden') ?? first;
  const tried = others.length === 0 ? '' : `; tried: ${failures.map(({ said }) => said).join(', ')}`;
  return { ...told.failure, said: `${told.failure.said}${tried}` };
}
