import type { Component, Inventory } from './discover.ts';
import { isOneRelease } from './discover.ts';
import { type Container, type KubeService, type Pod, selects } from './kube.ts';

/** How one component is reached. */
export type Reach =
  | { readonly by: 'url'; readonly url: string }
  | { readonly by: 'service-proxy'; readonly namespace: string; readonly service: string; readonly port: number }
  | { readonly by: 'pod-proxy'; readonly namespace: string; readonly pod: string; readonly port: number }
  | { readonly by: 'port-forward'; readonly namespace: string; readonly pod: string; readonly port: number };

/** `service proxy monitoring/mimir-query-frontend:8080`. */
export function sayReach(reach: Reach): string {
  switch (reach.by) {
    case 'url':
      return `URL ${reach.url}`;
    case 'service-proxy':
      return `service proxy ${reach.namespace}/${reach.service}:${reach.port}`;
    case 'pod-proxy':
      return `pod proxy ${reach.namespace}/${reach.pod}:${reach.port}`;
    case 'port-forward':
      return `port-forward ${reach.namespace}/${reach.pod}:${reach.port}`;
  }
}

/** The API server's path to it; undefined where it is not reached through a proxy. Pods take a number only. */
export function hopOf(reach: Reach): string | undefined {
  if (reach.by === 'service-proxy')
    return `/api/v1/namespaces/${reach.namespace}/services/http:${reach.service}:${reach.port}/proxy`;
  if (reach.by === 'pod-proxy') return `/api/v1/namespaces/${reach.namespace}/pods/${reach.pod}:${reach.port}/proxy`;
  return undefined;
}

type Database = 'mimir' | 'loki' | 'tempo' | 'grafana';

/** Who answers queries, the best first: what is asked directly needs no gateway's password. */
const QUERIES: Readonly<Record<Database, readonly string[]>> = {
  mimir: ['query-frontend', 'gateway', 'nginx', 'single-binary', 'querier'],
  loki: ['query-frontend', 'read', 'single-binary', 'gateway', 'querier'],
  tempo: ['query-frontend', 'single-binary', 'gateway', 'querier'],
  grafana: ['grafana'],
};

/** Mimir's query-frontend has no rules; the ruler has. Source: apis.md 1.1. */
const RULES = ['ruler', 'gateway', 'nginx', 'single-binary'];

/**
 * Every way to who answers a question, in the order in which they are tried: services before pods.
 *
 * `component`: as a question names it: `mimir`, `mimir/distributor`, `mimir/ingester-0`, `agent/POD`.
 */
export function waysTo(
  component: string,
  path: string,
  found: readonly Component[],
  inventory: Inventory,
): readonly Reach[] {
  const [backend = '', part] = component.split('/');
  const own = found.filter(({ kind }) => kind === backend);
  const named = part === undefined ? undefined : own.filter((each) => each.component === part);
  if (part !== undefined && named?.length === 0) return waysToPod(own, part);
  const queries = QUERIES[backend as Database] ?? [];
  const order = backend === 'mimir' && /\/(rules|alerts)$/.test(path) ? RULES : queries;
  const targets = named ?? order.flatMap((wanted) => own.filter((each) => each.component === wanted));
  return [
    ...targets.flatMap((target) => serviceWays(target, inventory)),
    ...targets.flatMap((target) => podWays(target, 'pod-proxy')),
    ...targets.flatMap((target) => podWays(target, 'port-forward')),
  ];
}

/** `ingester-0` is the pod whose name ends so. */
function waysToPod(own: readonly Component[], part: string): readonly Reach[] {
  const found = own.flatMap((component) =>
    component.pods.filter(({ name }) => name === part || name.endsWith(`-${part}`)).map((pod) => ({ component, pod })),
  );
  return (['pod-proxy', 'port-forward'] as const).flatMap((by) =>
    found.flatMap(({ component, pod }) => wayToPod(pod, component.containers, by)),
  );
}

/** The best way there is to one component of the stack, whatever is asked of it. */
export const wayOf = (component: Component, inventory: Inventory): Reach | undefined =>
  [
    // Each agent speaks for its own node: a service would answer with any of them.
    ...(component.kind === 'agent' ? [] : serviceWays(component, inventory)),
    ...podWays(component, 'pod-proxy'),
  ][0];

function serviceWays(component: Component, { services }: Inventory): readonly Reach[] {
  const selecting = services.filter(
    ({ namespace, selector }) => namespace === component.namespace && selects(selector, component.podLabels),
  );
  const best = selecting.sort((left, right) => rankOf(left, component) - rankOf(right, component));
  return best.flatMap((service): Reach[] => {
    const port = httpPort(service.ports);
    return port === undefined
      ? []
      : [{ by: 'service-proxy', namespace: service.namespace, service: service.name, port }];
  });
}

/** Its own name first; a headless service has no address to be balanced over. */
const rankOf = ({ name, headless }: KubeService, component: Component): number =>
  (name === component.name ? 0 : 1) + (headless ? 2 : 0);

/** By name, else by the numbers that the charts use. OTLP and gRPC also speak HTTP, but not this one. */
export function httpPort(ports: readonly { readonly name?: string; readonly port: number }[]): number | undefined {
  const named = ports.find(({ name }) => name !== undefined && /^http($|-metrics?$)/.test(name));
  const numbered = ports.find(({ port }) => [80, 8080, 3000, 3100, 3200, 12345].includes(port));
  return (named ?? numbered)?.port;
}

function podWays(component: Component, by: 'pod-proxy' | 'port-forward'): readonly Reach[] {
  const ready = component.pods.filter((pod) => pod.ready && !pod.leaving);
  return ready.slice(0, 1).flatMap((pod) => wayToPod(pod, component.containers, by));
}

function wayToPod(pod: Pod, containers: readonly Container[], by: 'pod-proxy' | 'port-forward'): readonly Reach[] {
  const ports = (pod.containers.length > 0 ? pod.containers : containers).flatMap((container) => container.ports);
  const port = httpPort(ports) ?? ports[0]?.port;
  return port === undefined ? [] : [{ by, namespace: pod.namespace, pod: pod.name, port }];
}

/** Stacks of one database in what was found: which of them is meant is not ours to guess. */
export function releasesOf(database: string, found: readonly Component[]): readonly Component[] {
  const releases: Component[] = [];
  for (const component of found) {
    if (component.kind !== database || releases.some((other) => isOneRelease(other, component))) continue;
    releases.push(component);
  }
  return releases;
}
