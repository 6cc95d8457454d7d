import type { EntryFound, EntryPoint } from '../clients/header.ts';
import type { Agent } from '../domain/fleet.ts';
import { judgeHeader } from '../domain/header.ts';
import type { HeaderSignal } from '../domain/header-probe.ts';
import { judgeSenders, type Senders } from '../domain/header-senders.ts';
import type { HeaderVerdict } from '../domain/header-told.ts';
import type { Tenant } from '../domain/tenant.ts';
import { sayBare } from '../domain/why-agents.ts';
import type { Gaps } from './arrival.ts';
import { noteGaps } from './header-gaps.ts';
import { nobody, type Probed, probeEntry, tenantOf } from './header-probe.ts';
import type { HeaderRow } from './header-row.ts';
import type { LoadInput } from './view.ts';

/** URLs that are asked, each signal for itself; of more it is only told who sends there. */
const URLS_MAX = 12;

type Endpoint = NonNullable<Agent['config']>['endpoints'][number];

/** Where an endpoint sends, as the screen calls it, and how it is asked or why it is not. */
interface Way {
  readonly place: string;
  readonly entry?: EntryPoint;
  readonly because?: string;
}

interface Sender {
  readonly agent: Agent;
  readonly endpoint: Endpoint;
  readonly way: Way;
}

/** Where the agents of the clusters send, whether with a header, and what that way in does with one: asked read-only. */
export function loadAgentUrls(
  input: LoadInput,
  signals: readonly HeaderSignal[],
  gaps: Gaps,
): readonly Promise<readonly HeaderRow[]>[] {
  const fleet = input.clients.agents.fleet(input.signal);
  return signals.map(async (signal) => {
    const { agents, gaps: faults, namespaces } = await fleet;
    for (const fault of faults) if (fault.kind !== 'not-recorded') gaps.note(fault);
    const wayOf = makeWayOf(input, signal, namespaces);
    const senders = agents.flatMap((agent) =>
      (agent.config?.endpoints ?? [])
        .filter((endpoint) => endpoint.signals.includes(signal))
        .map((endpoint): Sender => ({ agent, endpoint, way: wayOf(agent, endpoint) })),
    );
    const groups = [...Map.groupBy(senders, ({ way }) => way.place).values()];
    const rows = await Promise.all(groups.map((some, at) => rowOf(input, signal, some, { asks: at < URLS_MAX, gaps })));
    return rows.flat();
  });
}

/** Thousands of agents share a few URLs: each is looked for once. */
function makeWayOf(
  { clients }: LoadInput,
  signal: HeaderSignal,
  namespaces: ReadonlyMap<string, readonly string[]> | undefined,
): (agent: Agent, endpoint: Endpoint) => Way {
  const ways = new Map<string, Way>();
  return ({ context, namespace }, { url, kind }) => {
    if (url === undefined)
      return { place: 'a computed URL', because: 'its URL is not in the text: it cannot be asked' };
    const key = [context, namespace, kind, url].join(' ');
    const at = {
      url,
      context,
      namespace,
      namespaces: namespaces?.get(context),
      grpc: kind === 'otelcol.exporter.otlp',
    };
    const known = ways.get(key) ?? wayAt(url, clients.header.entryAt(signal, at));
    ways.set(key, known);
    return known;
  };
}

/** A name within a cluster is another service in another cluster. */
function wayAt(url: string, found: EntryFound): Way {
  const place = found.context === undefined ? url : `${found.context}: ${url}`;
  return found.ok ? { place, entry: found.entry } : { place, because: found.because };
}

async function rowOf(
  input: LoadInput,
  signal: HeaderSignal,
  some: readonly Sender[],
  { asks, gaps }: { readonly asks: boolean; readonly gaps: Gaps },
): Promise<readonly HeaderRow[]> {
  const [first] = some;
  const source = input.clients.sources.find(
    ({ backend, place }) => backend === 'kubernetes' && place === first?.agent.context,
  );
  if (first === undefined || source === undefined) return [];
  const { agent, way } = first;
  const { place, entry, because } = asks
    ? way
    : { ...way, entry: undefined, because: 'too many URLs: this one was not asked' };
  const expected = expectedOf(input, some);
  const probed = entry && (await ask(input, entry, expected));
  const probes = probed?.probes ?? [];
  const user = entry?.login;
  const judged =
    probes.length > 0
      ? judgeHeader({ entry: 'it', probes, expected, user })
      : unasked(because ?? 'it was not asked', nextFor(input, signal));
  if (entry?.elsewhere && !input.clients.agents.replays)
    noteGaps(judged, { probes, tenant: expected }, { backend: DATABASE[signal], place: entry.elsewhere.place }, gaps);
  return [
    {
      ...{ id: `${place} ${signal}`, signal, entry: place, ofAgents: true, probes, user },
      ...(expected === undefined ? {} : { tenant: expected }),
      ...(entry?.elsewhere ? { way: entry.elsewhere.way } : {}),
      judged: judgeSenders(sendersOf(some), judged),
      origin: probed?.origin ?? {
        ...{ source, tenant: null, atUnix: input.nowUnix, path: '/api/v1/configmaps' },
        asked: agent.config?.configMap ?? '',
      },
    },
  ];
}

const ask = ({ clients, signal }: LoadInput, entry: EntryPoint, expected: Tenant | undefined): Promise<Probed> =>
  probeEntry(clients.header, entry, { expected, random: nobody(clients.header) }, signal);

const DATABASE = { metrics: 'mimir', logs: 'loki', traces: 'tempo' } as const;

const nextFor = ({ clients }: LoadInput, signal: HeaderSignal): string =>
  clients.sources.some(({ backend }) => backend === DATABASE[signal])
    ? 'what the database does with a missing header is told by the row plain'
    : `name its query URL to see what it does with a missing header: --${DATABASE[signal]}-url`;

const unasked = (because: string, next: string): HeaderVerdict => ({
  cause: 'unknown',
  verdict: 'unknown',
  because,
  next,
});

/** Whom an agent sends as is who should have data there; of those that were named the first. */
function expectedOf({ tenants }: LoadInput, some: readonly Sender[]): Tenant | undefined {
  const sent = some.flatMap(({ endpoint: { tenant } }) =>
    tenant.state === 'set' ? tenantOf(tenant.tenant) : undefined,
  );
  return tenants.find((tenant) => sent.includes(tenant)) ?? sent.find((tenant) => tenant !== undefined);
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
