import type { Agent } from '../domain/fleet.ts';
import { judgeHeader } from '../domain/header.ts';
import type { HeaderSignal } from '../domain/header-probe.ts';
import { judgeSenders, type Senders } from '../domain/header-senders.ts';
import type { HeaderVerdict } from '../domain/header-told.ts';
import type { Tenant } from '../domain/tenant.ts';
import { sayBare } from '../domain/why-agents.ts';
import type { Gaps } from './arrival.ts';
import { nobody, type Probed, probeEntry, tenantOf } from './header-probe.ts';
import type { HeaderRow } from './header-row.ts';
import type { LoadInput } from './view.ts';

/** URLs that are asked, each signal for itself; of more it is only told who sends there. */
const URLS_MAX = 12;

interface Sender {
  readonly agent: Agent;
  readonly endpoint: NonNullable<Agent['config']>['endpoints'][number];
}

/** Where the agents of the clusters send, whether with a header, and what that way in does with one: asked read-only. */
export function loadAgentUrls(
  input: LoadInput,
  signals: readonly HeaderSignal[],
  gaps: Gaps,
): readonly Promise<readonly HeaderRow[]>[] {
  const fleet = input.clients.agents.fleet(input.signal);
  return signals.map(async (signal) => {
    const { agents, gaps: faults } = await fleet;
    for (const fault of faults) if (fault.kind !== 'not-recorded') gaps.note(fault);
    const senders = agents.flatMap((agent) =>
      (agent.config?.endpoints ?? [])
        .filter((endpoint) => endpoint.signals.includes(signal))
        .map((endpoint): Sender => ({ agent, endpoint })),
    );
    const groups = [...Map.groupBy(senders, placeOf)];
    const rows = await Promise.all(groups.map(([, some], at) => rowOf(input, signal, some, at < URLS_MAX)));
    return rows.flat();
  });
}

/** A name within a cluster may be another service in another cluster. */
const placeOf = ({ agent, endpoint: { url } }: Sender): string => {
  if (url === undefined) return 'a computed URL';
  const isOfCluster = URL.canParse(url) && /^[^.]+$|\.svc(\.|$)/.test(new URL(url).hostname);
  return isOfCluster ? `${agent.context}: ${url}` : url;
};

async function rowOf(
  input: LoadInput,
  signal: HeaderSignal,
  some: readonly Sender[],
  asks: boolean,
): Promise<readonly HeaderRow[]> {
  const [first] = some;
  const source = input.clients.sources.find(
    ({ backend, place }) => backend === 'kubernetes' && place === first?.agent.context,
  );
  if (first === undefined || source === undefined) return [];
  const { agent } = first;
  const entry = placeOf(first);
  const expected = expectedOf(input, some);
  const asked = asks ? await ask(input, signal, first, expected) : { unasked: 'too many URLs: this one was not asked' };
  const probed = 'probed' in asked ? asked.probed : undefined;
  const judged =
    probed && probed.probes.length > 0 ? judgeHeader({ entry: 'it', probes: probed.probes, expected }) : undefined;
  const senders = sendersOf(some);
  return [
    {
      ...{ id: `${entry} ${signal}`, signal, entry, ofAgents: true, probes: probed?.probes ?? [] },
      ...(expected === undefined ? {} : { tenant: expected }),
      ...('way' in asked ? { way: asked.way } : {}),
      judged: judgeSenders(senders, judged ?? unasked('unasked' in asked ? asked.unasked : 'it was not asked')),
      origin: probed?.origin ?? {
        ...{ source, tenant: null, atUnix: input.nowUnix, path: '/api/v1/configmaps' },
        asked: agent.config?.configMap ?? '',
      },
    },
  ];
}

const unasked = (because: string): HeaderVerdict => ({
  cause: 'unknown',
  verdict: 'unknown',
  because,
  next: 'what the way in does is told by its own row above',
});

/** Whom an agent sends as is who should have data there; of those that were named the first. */
function expectedOf({ tenants }: LoadInput, some: readonly Sender[]): Tenant | undefined {
  const sent = some.flatMap(({ endpoint: { tenant } }) =>
    tenant.state === 'set' ? tenantOf(tenant.tenant) : undefined,
  );
  return tenants.find((tenant) => sent.includes(tenant)) ?? sent.find((tenant) => tenant !== undefined);
}

async function ask(
  { clients, signal: stop }: LoadInput,
  signal: HeaderSignal,
  { agent, endpoint }: Sender,
  expected: Tenant | undefined,
): Promise<{ readonly probed: Probed; readonly way?: string } | { readonly unasked: string }> {
  const { context, namespace } = agent;
  const { url, kind } = endpoint;
  if (url === undefined) return { unasked: 'its URL is not in the text: it cannot be asked' };
  const at = { url, context, namespace, grpc: kind === 'otelcol.exporter.otlp' };
  const found = clients.header.entryAt(signal, at);
  if (!found.ok) return { unasked: found.because };
  const probed = await probeEntry(clients.header, found.entry, { expected, random: nobody(clients.header) }, stop);
  const { elsewhere } = found.entry;
  return { probed, ...(elsewhere ? { way: elsewhere.way } : {}) };
}

function sendersOf(some: readonly Sender[]): Senders {
  const set = some.flatMap(({ endpoint: { tenant } }) => (tenant.state === 'set' ? tenant.tenant : []));
  return {
    tenants: [...new Set(set)],
    bare: some
      .filter(({ endpoint }) => endpoint.tenant.state === 'missing')
      .map(({ agent, endpoint }) => sayBare(agent, endpoint)),
    unknown: some.filter(({ endpoint }) => endpoint.tenant.state === 'unknown').length,
  };
}
