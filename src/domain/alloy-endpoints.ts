import { type AlloyBlock, type AlloyConfig, blocksIn, idOf } from './alloy.ts';
import { type ClusterName, clusterOf } from './alloy-cluster.ts';
import { type AlloyGraph, graphOf } from './alloy-graph.ts';
import type { AlloyValue } from './alloy-value.ts';
import { withoutPassword } from './password.ts';
import type { QueueSignal } from './queues-reading.ts';
import { parseDuration } from './units.ts';

/** As whom an endpoint sends, as far as the text tells. Lines are those of the deciding place. */
export type TenantSetting =
  | { readonly state: 'set'; readonly tenant: string; readonly line: number; readonly by: string }
  | { readonly state: 'missing'; readonly line: number }
  /** Secret, computed, or decided elsewhere: `because` says which. */
  | { readonly state: 'unknown'; readonly line: number; readonly because: string; readonly fromContext?: string };

/** One place to which an agent sends. */
export interface AlloyEndpoint {
  /** `prometheus.remote_write.mimir`, as in the agent's own metrics. */
  readonly component: string;
  readonly kind: string;
  readonly signals: readonly QueueSignal[];
  /** Without a password: `https://bob:xxxxx@mimir.example.com`. */
  readonly url?: string;
  /** The endpoint's own name: `remote_name` in the metrics. */
  readonly name?: string;
  /** The line of the endpoint's block. */
  readonly line: number;
  readonly tenant: TenantSetting;
  /** What its data is given as `cluster`, where that is plain text. */
  readonly cluster?: ClusterName;
  /** `wal.max_keepalive_time`, where it is set. Seconds. */
  readonly keepaliveSeconds?: number;
  /** `wal.truncate_frequency`, where it is set. Seconds. */
  readonly truncateSeconds?: number;
}

/** Every endpoint of a configuration, those within `declare` and `foreach` too. */
export function endpointsOf(config: AlloyConfig): readonly AlloyEndpoint[] {
  const graph = graphOf(config);
  return graph.components.flatMap((component) => {
    if (component.name === 'prometheus.remote_write' || component.name === 'prometheus.write.queue')
      return blocksIn(component, 'endpoint').map((endpoint) => metricsEndpoint(component, endpoint, graph));
    if (component.name === 'loki.write')
      return blocksIn(component, 'endpoint').map((endpoint) => logsEndpoint(component, endpoint, graph));
    if (/^otelcol\.exporter\.otlp(http)?$/.test(component.name)) return [exporterEndpoint(component, graph)];
    return [];
  });
}

const metricsEndpoint = (component: AlloyBlock, endpoint: AlloyBlock, graph: AlloyGraph): AlloyEndpoint => ({
  ...common(component, endpoint, 'url'),
  signals: ['metrics'],
  tenant: headerOf(endpoint) ?? loginOf(endpoint) ?? { state: 'missing', line: endpoint.line },
  cluster: clusterOf(component, endpoint, graph),
  keepaliveSeconds: walSetting(component, 'max_keepalive_time'),
  truncateSeconds: walSetting(component, 'truncate_frequency'),
});

function logsEndpoint(component: AlloyBlock, endpoint: AlloyBlock, graph: AlloyGraph): AlloyEndpoint {
  const own = endpoint.attributes.get('tenant_id');
  const set = own && settingOf(own, 'tenant_id');
  const staged = graph.upstream(idOf(component)).flatMap((block) => blocksIn(block, 'stage.tenant'));
  return {
    ...common(component, endpoint, 'url'),
    signals: ['logs'],
    tenant: stageOf(staged) ??
      set ??
      headerOf(endpoint) ??
      loginOf(endpoint) ?? { state: 'missing', line: endpoint.line },
    cluster: clusterOf(component, endpoint, graph),
  };
}

/** A stage decides line by line, unless it names one tenant for all. */
function stageOf([stage, ...others]: readonly AlloyBlock[]): TenantSetting | undefined {
  if (stage === undefined) return undefined;
  const value = stage.attributes.get('value');
  if (value?.kind === 'text' && others.length === 0)
    return { state: 'set', tenant: value.text, line: value.line, by: 'stage.tenant' };
  return { state: 'unknown', line: stage.line, because: 'stage.tenant decides line by line' };
}

function exporterEndpoint(component: AlloyBlock, graph: AlloyGraph): AlloyEndpoint {
  const client = blocksIn(component, 'client')[0] ?? component;
  const auth = client.attributes.get('auth');
  const found = graph.signalsInto(idOf(component));
  return {
    ...common(component, client, 'endpoint'),
    signals: found.length > 0 ? found : ['traces'],
    tenant: headerOf(client) ?? (auth && authOf(auth, graph)) ?? { state: 'missing', line: client.line },
    cluster: clusterOf(component, client, graph),
  };
}

const common = (component: AlloyBlock, endpoint: AlloyBlock, url: string) => ({
  component: idOf(component),
  kind: component.name,
  line: endpoint.line,
  url: urlOf(endpoint.attributes.get(url)),
  name:
    textOf(endpoint.attributes.get('name')) ??
    (component.name === 'prometheus.write.queue' ? endpoint.label : undefined),
});

const textOf = (value: AlloyValue | undefined): string | undefined => (value?.kind === 'text' ? value.text : undefined);

function urlOf(value: AlloyValue | undefined): string | undefined {
  const url = textOf(value);
  return url === undefined ? undefined : withoutPassword(url);
}

/** Header names are told apart without case. */
export const isTenantHeader = (name: string): boolean => name.toLowerCase() === 'x-scope-orgid';

function headerOf(endpoint: AlloyBlock): TenantSetting | undefined {
  for (const name of ['headers', 'http_headers']) {
    const headers = endpoint.attributes.get(name);
    if (headers === undefined) continue;
    if (headers.kind !== 'object')
      return { state: 'unknown', line: headers.line, because: `${name} is ${sayComputed(headers)}` };
    const found = headers.entries.find(([key]) => isTenantHeader(key));
    if (found) return settingOf(found[1], name);
  }
  return undefined;
}

/** A text, or a list of one text, is a tenant; anything else is computed or secret. */
function settingOf(value: AlloyValue, by: string): TenantSetting {
  const only = value.kind === 'list' && value.items.length === 1 ? (value.items[0] ?? value) : value;
  if (only.kind !== 'text') return { state: 'unknown', line: value.line, because: `${by} is ${sayComputed(only)}` };
  return only.text === ''
    ? { state: 'missing', line: value.line }
    : { state: 'set', tenant: only.text, line: value.line, by };
}

function sayComputed(value: AlloyValue): string {
  if (value.kind === 'reference') return value.path;
  if (value.kind !== 'computed') return 'no text';
  return /secret/i.test(value.text) ? `secret: ${value.text}` : `computed: ${value.text}`;
}

/** Behind a login a gateway may take the user for the tenant: then no header is needed. */
function loginOf(endpoint: AlloyBlock): TenantSetting | undefined {
  const login = endpoint.blocks.find(({ name }) =>
    /^(basic_auth|authorization|oauth2|sigv4|azuread|google_iam)$/.test(name),
  );
  const token = endpoint.attributes.get('bearer_token') ?? endpoint.attributes.get('bearer_token_file');
  const line = login?.line ?? token?.line;
  if (line === undefined) return undefined;
  const by = login?.name ?? 'a bearer token';
  return { state: 'unknown', line, because: `no header, but ${by}: the gateway may know the tenant by it` };
}

/** `auth = otelcol.auth.headers.NAME.handler` */
function authOf(auth: AlloyValue, graph: AlloyGraph): TenantSetting {
  const path = auth.kind === 'reference' ? auth.path.replace(/\.handler$/, '') : '';
  const block = graph.component(path);
  if (block?.name !== 'otelcol.auth.headers')
    return {
      state: 'unknown',
      line: auth.line,
      because: `no header, but ${path || 'auth'}: the gateway may know the tenant by it`,
    };
  const header = blocksIn(block, 'header').find((each) => isTenantHeader(textOf(each.attributes.get('key')) ?? ''));
  if (header === undefined) return { state: 'missing', line: block.line };
  const value = header.attributes.get('value');
  if (value) return settingOf(value, idOf(block));
  const fromContext = textOf(header.attributes.get('from_context'));
  return { state: 'unknown', line: header.line, because: `${idOf(block)} takes it from the sender`, fromContext };
}

function walSetting(component: AlloyBlock, name: string): number | undefined {
  const text = textOf(blocksIn(component, 'wal')[0]?.attributes.get(name));
  const parsed = text === undefined ? undefined : parseDuration(text);
  return parsed?.ok ? parsed.seconds : undefined;
}
