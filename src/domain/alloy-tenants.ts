import { type AlloyBlock, type AlloyConfig, blocksIn, idOf } from './alloy.ts';
import { type AlloyEndpoint, endpointsOf } from './alloy-endpoints.ts';
import { type AlloyGraph, graphOf } from './alloy-graph.ts';
import type { AlloyValue } from './alloy-value.ts';
import type { Verdict } from './result.ts';

export type TenantFindingId =
  | 'no-tenant'
  | 'signals-differ'
  | 'tenant-is-not-cluster'
  | 'context-lost'
  | 'tenant-unknown';

/** What is wrong with the tenants of one configuration, and where. */
export interface TenantFinding {
  readonly id: TenantFindingId;
  readonly verdict: Verdict;
  /** Of the configuration's text, from 1. */
  readonly line: number;
  /** `prometheus.remote_write.mimir` */
  readonly component: string;
  /** Where another component loses the tenant: the one that sends without it. */
  readonly sender?: string;
  readonly because: string;
  readonly next: string;
}

/**
 * Find what is wrong with the tenants that a configuration sends as.
 *
 * Fails:  never. What is secret or computed is unknown, neither good nor missing: only the queue's 401s can tell.
 * Source: Alloy's reference of prometheus.remote_write, loki.write, otelcol.auth.headers and otelcol.processor.batch.
 */
export function tenantFindings(config: AlloyConfig): readonly TenantFinding[] {
  const endpoints = endpointsOf(config);
  const graph = graphOf(config);
  return [
    ...endpoints.flatMap(missingOrUnknown),
    ...differing(endpoints),
    ...endpoints.flatMap(notItsCluster),
    ...endpoints.flatMap((endpoint) => contextLost(endpoint, graph)),
  ].sort((left, right) => left.line - right.line);
}

function missingOrUnknown({ tenant, component, kind, line }: AlloyEndpoint): readonly TenantFinding[] {
  if (tenant.state === 'set') return [];
  if (tenant.state === 'missing')
    return [
      {
        ...{ id: 'no-tenant', verdict: 'bad', line: tenant.line, component },
        because: `${component} sends no X-Scope-OrgID`,
        next: HOW_TO_SET[kind] ?? HOW_TO_SET_HEADERS,
      },
    ];
  if (tenant.fromContext !== undefined) return [];
  return [
    {
      ...{ id: 'tenant-unknown', verdict: 'unknown', line, component },
      because: `as whom ${component} sends is not in the text: ${tenant.because}`,
      next: 'look at its queue: 401s tell that it is missing',
    },
  ];
}

const HOW_TO_SET_HEADERS = 'add headers = { "X-Scope-OrgID" = "TENANT" } to the endpoint';
const HOW_TO_SET: Readonly<Record<string, string>> = {
  'prometheus.remote_write': HOW_TO_SET_HEADERS,
  'loki.write': 'add tenant_id = "TENANT" to the endpoint',
  'otelcol.exporter.otlphttp': 'add headers = { "X-Scope-OrgID" = "TENANT" } to the client block',
  'otelcol.exporter.otlp': 'add headers = { "X-Scope-OrgID" = "TENANT" } to the client block',
};

/** One agent's signals that no tenant has in common: each is then looked for in the wrong place. */
function differing(endpoints: readonly AlloyEndpoint[]): readonly TenantFinding[] {
  const tenants = new Map<string, Set<string>>();
  for (const { signals, tenant } of endpoints)
    if (tenant.state === 'set')
      for (const signal of signals) tenants.set(signal, (tenants.get(signal) ?? new Set()).add(tenant.tenant));
  const [first, ...others] = [...tenants];
  const apart = others.find(([, names]) => first && ![...names].some((name) => first[1].has(name)));
  if (first === undefined || apart === undefined) return [];
  const at = endpoints.find(
    ({ signals, tenant }) => tenant.state === 'set' && signals.some((each) => each === apart[0]),
  );
  const words = [...tenants].map(([signal, names]) => `${signal} as ${[...names].join(', ')}`).join('; ');
  return [
    {
      ...{ id: 'signals-differ', verdict: 'warn', line: at?.tenant.line ?? 1, component: at?.component ?? '' },
      because: `its signals go to different tenants: ${words}`,
      next: 'send all three as one tenant, or say why not',
    },
  ];
}

function notItsCluster({ tenant, cluster, component }: AlloyEndpoint): readonly TenantFinding[] {
  if (tenant.state !== 'set' || cluster === undefined || cluster.value === tenant.tenant) return [];
  return [
    {
      ...{ id: 'tenant-is-not-cluster', verdict: 'warn', line: tenant.line, component },
      because: `${component} sends as ${tenant.tenant}, but calls its cluster ${cluster.value}`,
      next: 'is it a copy of another cluster’s configuration?',
    },
  ];
}

/** A tenant taken from the sender survives only where the receiver keeps it and the batch does not mix it. */
function contextLost({ component, tenant }: AlloyEndpoint, graph: AlloyGraph): readonly TenantFinding[] {
  if (tenant.state !== 'unknown' || tenant.fromContext === undefined) return [];
  const key = tenant.fromContext;
  const upstream = graph.upstream(component);
  const deaf = upstream
    .filter(({ name }) => name.startsWith('otelcol.receiver.'))
    .filter((block) => !keepsMetadata(block));
  const mixing = upstream
    .filter(({ name }) => name === 'otelcol.processor.batch')
    .filter((block) => !keeps(block, key));
  return [
    ...deaf.map((block) =>
      finding(
        block,
        `does not keep what the sender says (include_metadata)`,
        'set include_metadata = true in its grpc and http blocks',
      ),
    ),
    ...mixing.map((block) =>
      finding(
        block,
        `mixes the batches of all senders (metadata_keys)`,
        `set metadata_keys = ["${key.toLowerCase()}"]`,
      ),
    ),
  ];

  function finding(block: AlloyBlock, what: string, next: string): TenantFinding {
    const because = `${idOf(block)} ${what}, so that ${component} loses the tenant`;
    return { ...LOST, line: block.line, component: idOf(block), sender: component, because, next };
  }
}

const LOST = { id: 'context-lost', verdict: 'bad' } as const;

/** Both protocols of a receiver must, or those that it has. */
function keepsMetadata(receiver: AlloyBlock): boolean {
  const protocols = ['grpc', 'http', 'protocols'].flatMap((name) => blocksIn(receiver, name));
  const asked = protocols.length > 0 ? protocols : [receiver];
  return asked.every((block) => isTrue(block.attributes.get('include_metadata')));
}

const isTrue = (value: AlloyValue | undefined): boolean =>
  value !== undefined && (value.kind === 'other' ? value.text === 'true' : value.kind !== 'text');

function keeps(batch: AlloyBlock, key: string): boolean {
  const keys = batch.attributes.get('metadata_keys');
  if (keys === undefined) return false;
  if (keys.kind !== 'list') return true;
  return keys.items.some((item) => item.kind !== 'text' || item.text.toLowerCase() === key.toLowerCase());
}
