import { type AlloyConfig, parseAlloy } from './alloy.ts';
import { type AlloyEndpoint, endpointsOf } from './alloy-endpoints.ts';
import { type Component, discover, type Inventory } from './discover.ts';
import type { ConfigMap, Container, Pod } from './kube.ts';
import { isPrometheus } from './product.ts';
import { httpPort } from './reach.ts';

/** One agent of a cluster, before it is asked anything. */
export interface Agent {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly node?: string;
  readonly ip?: string;
  readonly ready: boolean;
  /** Of `/metrics` and the API. */
  readonly port: number;
  readonly config?: AgentConfig;
  /** Other names that a recording may know it by: its address, whom it sends as. */
  readonly alsoKnownAs: readonly string[];
  /** A URL of its own, where it was given and not found in a cluster. */
  readonly url?: string;
}

/** The configuration that a pod mounts. */
export interface AgentConfig {
  readonly configMap: string;
  /** The key within the ConfigMap. */
  readonly file: string;
  readonly config: AlloyConfig;
  readonly endpoints: readonly AlloyEndpoint[];
}

export const agentKey = ({ context, namespace, pod, url }: Agent): string => url ?? `${context}/${namespace}/${pod}`;

/** Alloy's own; what its chart listens on unless told otherwise. */
export const AGENT_PORT = 12_345;

/**
 * The agents of a cluster: pods of workloads that were recognised as such, each with the configuration it mounts.
 *
 * Fails: never; a ConfigMap that could not be read leaves its agents without a configuration, which is not an empty one.
 */
export function agentsOf(inventory: Inventory, configMaps: readonly ConfigMap[]): readonly Agent[] {
  const agents = discover(inventory).filter(({ kind }) => kind === 'agent');
  // Two thousand pods mount the same few texts: each is parsed once.
  const parsed = new Map<ConfigMap, AgentConfig | undefined>();
  const read = (map: ConfigMap): AgentConfig | undefined => {
    if (!parsed.has(map)) parsed.set(map, readConfig(map));
    return parsed.get(map);
  };
  return agents.flatMap((component) =>
    component.pods.filter(({ leaving }) => !leaving).map((pod) => agentOf(component, pod, configMaps, read)),
  );
}

function agentOf(
  { cluster, containers }: Component,
  pod: Pod,
  configMaps: readonly ConfigMap[],
  read: (map: ConfigMap) => AgentConfig | undefined,
): Agent {
  const mounted = configMaps.filter(
    ({ namespace, name }) => namespace === pod.namespace && pod.configMaps.includes(name),
  );
  // Modules are mounted beside it: the one that sends is the agent's own.
  const configs = mounted.flatMap((map) => read(map) ?? []);
  const config = configs.find(({ endpoints: some }) => some.length > 0) ?? configs[0];
  const names = config?.endpoints.flatMap(({ tenant, cluster: label }) => [
    ...(tenant.state === 'set' ? [tenant.tenant] : []),
    ...(label ? [label.value] : []),
  ]);
  return {
    context: cluster,
    namespace: pod.namespace,
    pod: pod.name,
    node: pod.node,
    ip: pod.ip,
    ready: pod.ready,
    port: portOf(pod.containers.length > 0 ? pod.containers : containers),
    config,
    alsoKnownAs: [...new Set([...(pod.ip ? [pod.ip] : []), ...(names ?? [])])],
  };
}

/** Beside a Prometheus stand reloaders with ports of their own; its operator calls the right one `http-web`. */
function portOf(containers: readonly Container[]): number {
  const prometheus = containers.find(isPrometheus);
  if (prometheus === undefined) return httpPort(containers.flatMap(({ ports }) => ports)) ?? AGENT_PORT;
  const named = prometheus.ports.find(({ name = '', port }) => port === PROMETHEUS_PORT || /^(http-)?web$/.test(name));
  return (named ?? prometheus.ports[0])?.port ?? PROMETHEUS_PORT;
}

const PROMETHEUS_PORT = 9090;

/** The text of a ConfigMap that is Alloy's: by its name, else by what stands in it; of several the one that sends to most. */
export function readConfig(map: ConfigMap): AgentConfig | undefined {
  const entries = Object.entries(map.data);
  const named = entries.filter(([file]) => /\.(alloy|river)$/.test(file));
  const found = named.length > 0 ? named : entries.filter(([, text]) => SENDS.test(text));
  const read = found.map(([file, text]): AgentConfig => {
    const config = parseAlloy(text);
    return { configMap: map.name, file, config, endpoints: endpointsOf(config) };
  });
  return read.toSorted((left, right) => right.endpoints.length - left.endpoints.length)[0];
}

const SENDS = /^\s*(prometheus\.remote_write|loki\.write|otelcol\.exporter\.\w+)\s+"/m;

/** "ConfigMap monitoring-agent-alloy, config.alloy line 28" */
export const sayPlace = ({ configMap, file }: AgentConfig, line: number): string =>
  `ConfigMap ${configMap}, ${file} line ${line}`;
