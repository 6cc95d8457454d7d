import type { AlloyEndpoint } from './alloy-endpoints.ts';
import { tenantFindings } from './alloy-tenants.ts';
import type { Agent } from './fleet.ts';
import type { HeaderSignal } from './header-probe.ts';
import { isLookAlike } from './look-alike.ts';
import { isDefaultTenant } from './radar.ts';
import { blind, good, type WhyHop } from './why-hop.ts';

/** The agents that send, or mean to send, as a tenant: by header, else by the `cluster` label beside it. */
export const agentsOfTenant = (agents: readonly Agent[], tenant: string): readonly Agent[] =>
  agents.filter((agent) => agent.alsoKnownAs.includes(tenant));

interface Found {
  readonly agent: Agent;
  readonly endpoint: AlloyEndpoint;
}

/** "ConfigMap NAME, line 28 of config.alloy (prometheus.remote_write.mimir)". */
export const sayLine = ({ config }: Agent, { component, tenant, line }: AlloyEndpoint): string =>
  `ConfigMap ${config?.configMap ?? '?'}, line ${tenant.state === 'unknown' ? line : tenant.line} of ${config?.file ?? '?'} (${component})`;

/** "the agent on NODE sends no X-Scope-OrgID; ConfigMap NAME, line N of FILE (COMPONENT)". */
export const sayBare = (agent: Agent, endpoint: AlloyEndpoint): string =>
  `${on(agent)} sends no X-Scope-OrgID; ${sayLine(agent, endpoint)}`;

const on = (agent: Agent): string => `the agent on ${agent.node ?? agent.pod}`;

/**
 * Does an agent send this signal as this tenant, by its configuration?
 *
 * Fails: never; no agent found, or a header that is secret or computed, is unknown, and no reason to stop.
 */
export function agentConfigHop(agents: readonly Agent[], tenant: string, signal: HeaderSignal): WhyHop {
  const hop = 'agent-config';
  const own = agentsOfTenant(agents, tenant);
  if (own.length === 0) return noAgent(agents, tenant, signal);
  const found = endpointsFor(own, signal);
  const [first] = own;
  if (found.length === 0 && own.some(({ config }) => config !== undefined))
    return {
      ...{ hop, verdict: 'bad', cause: 'no-exporter' },
      because: `${first ? on(first) : 'its agent'} sends no ${signal} at all; ConfigMap ${first?.config?.configMap ?? '?'} has no endpoint for them`,
      next: `add an endpoint for ${signal} to its configuration`,
    };
  const bare = found.find(({ endpoint }) => endpoint.tenant.state === 'missing');
  if (bare)
    return {
      ...{ hop, verdict: 'bad', cause: 'no-header' },
      because: sayBare(bare.agent, bare.endpoint),
      next: headerFor(bare.endpoint, tenant),
    };
  const other = found.find(({ endpoint }) => endpoint.tenant.state === 'set' && endpoint.tenant.tenant !== tenant);
  const right = found.find(({ endpoint }) => endpoint.tenant.state === 'set' && endpoint.tenant.tenant === tenant);
  if (right)
    return good(hop, `${on(right.agent)} sends ${signal} as ${tenant}; ${sayLine(right.agent, right.endpoint)}`);
  if (other && other.endpoint.tenant.state === 'set')
    return {
      ...{ hop, verdict: 'bad', cause: 'other-tenant' },
      because: `${on(other.agent)} sends ${signal} as ${other.endpoint.tenant.tenant}, not as ${tenant}; ${sayLine(other.agent, other.endpoint)}`,
      next: `look there as ${other.endpoint.tenant.tenant}, or correct the header`,
    };
  const lost = found.flatMap((each) => lostOnTheWay(each) ?? [])[0];
  if (lost) return lost;
  const secret = found.find(({ endpoint }) => endpoint.tenant.state === 'unknown');
  if (secret && secret.endpoint.tenant.state === 'unknown')
    return blind(
      hop,
      `as whom ${on(secret.agent)} sends is not in the text: ${secret.endpoint.tenant.because}`,
      'its queue tells: 401s',
    );
  return blind(
    hop,
    `the configuration of ${first ? on(first) : 'its agent'} could not be read`,
    'ConfigMaps must be readable: lgtm-tui rbac',
  );
}

/** Who takes the tenant from the sender needs it kept all the way there. */
function lostOnTheWay({ agent, endpoint }: Found): WhyHop | undefined {
  const { config } = agent;
  const losing = (config ? tenantFindings(config.config) : []).find(
    ({ id, sender }) => id === 'context-lost' && sender === endpoint.component,
  );
  if (losing === undefined || config === undefined) return undefined;
  return {
    ...{ hop: 'agent-config', verdict: 'bad', cause: 'context-lost' },
    because: `${on(agent)} loses what its senders say they are: ${losing.because}; ConfigMap ${config.configMap}, line ${losing.line} of ${config.file}`,
    next: losing.next,
  };
}

const endpointsFor = (agents: readonly Agent[], signal: HeaderSignal): readonly Found[] =>
  agents.flatMap((agent) =>
    (agent.config?.endpoints ?? [])
      .filter(({ signals }) => signals.includes(signal))
      .map((endpoint) => ({ agent, endpoint })),
  );

const headerFor = ({ kind }: AlloyEndpoint, tenant: string): string =>
  kind === 'loki.write'
    ? `add tenant_id = "${tenant}" to the endpoint`
    : `add headers = { "X-Scope-OrgID" = "${tenant}" } to the ${kind.startsWith('otelcol') ? 'client block' : 'endpoint'}`;

/** Nobody sends so in these clusters: perhaps nearly so, or as nobody. */
function noAgent(agents: readonly Agent[], tenant: string, signal: HeaderSignal): WhyHop {
  const hop = 'agent-config';
  if (agents.length === 0)
    return blind(hop, 'no agents were found', 'name the cluster whose data is missing: --context');
  const unread = agents.filter(({ config }) => config === undefined).length;
  if (unread === agents.length)
    return blind(
      hop,
      `the configurations of ${unread} agents could not be read: as whom they send is not known`,
      'ConfigMaps must be readable (lgtm-tui rbac), or recorded',
    );
  const clusters = [...new Set(agents.map(({ context }) => context))].join(', ');
  const found = endpointsFor(agents, signal);
  if (isDefaultTenant(tenant)) return standsForNobody(found, tenant);
  const near = found.find(({ endpoint: { tenant: sent } }) => sent.state === 'set' && isLookAlike(sent.tenant, tenant));
  if (near && near.endpoint.tenant.state === 'set')
    return {
      ...{ hop, verdict: 'bad', cause: 'misspelt' },
      because: `${on(near.agent)} sends as ${near.endpoint.tenant.tenant}, nobody as ${tenant}; ${sayLine(near.agent, near.endpoint)}`,
      next: `is one of the two misspelt? lgtm-tui tenants shows both`,
    };
  const bare = found.find(({ endpoint }) => endpoint.tenant.state === 'missing');
  const suspect = bare ? `; ${on(bare.agent)} sends no X-Scope-OrgID (${sayLine(bare.agent, bare.endpoint)})` : '';
  return blind(
    hop,
    `no agent of ${clusters} sends as ${tenant}${unread > 0 ? ` by what can be read: ${unread} cannot` : ''}${suspect}`,
    'name the cluster whose data is missing: --context',
  );
}

/** Its data was written without a header, through a way in that put one in its place. */
function standsForNobody(found: readonly Found[], tenant: string): WhyHop {
  const bare = found.find(({ endpoint }) => endpoint.tenant.state === 'missing');
  return {
    ...{ hop: 'agent-config', verdict: 'bad', cause: 'spill-over' },
    because: `${tenant} stands for nobody: what lies there was written without X-Scope-OrgID, by a way in that puts it in place${bare ? `; of the agents ${sayBare(bare.agent, bare.endpoint).replace(/^the agent/, 'the one')}` : ''}`,
    next: 'lgtm-tui header names the way in that lets it through; the series that lie there name the job that writes them',
  };
}
