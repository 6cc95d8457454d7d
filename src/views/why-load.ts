import type { Agent } from '../domain/fleet.ts';
import { HEADER_SIGNALS, type HeaderSignal } from '../domain/header-probe.ts';
import type { Fault, Loaded, Origin, Source } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Counted } from '../domain/tenant-counts.ts';
import { SERIES_WINDOW_SECONDS } from '../domain/time.ts';
import { parseDuration } from '../domain/units.ts';
import {
  agentQueueHop,
  componentHop,
  delayHop,
  gatewayHop,
  limitsHop,
  retentionHop,
  windowHop,
} from '../domain/why.ts';
import { agentConfigHop, agentsOfTenant } from '../domain/why-agents.ts';
import { blind, type WhyHop } from '../domain/why-hop.ts';
import { type Gaps, lastOf, makeGaps } from './arrival.ts';
import { loadHeader } from './header-load.ts';
import { tenantOf } from './header-probe.ts';
import type { HeaderRow } from './header-row.ts';
import { NEWEST, signalOf } from './newest.ts';
import { loadQueues } from './queues-load.ts';
import { metaCandidates, stackCountsOf } from './stack-counts.ts';
import type { LoadInput } from './view.ts';

/** One station of the way, as it is shown. */
export interface WhyRow {
  readonly tenant: Tenant;
  readonly signal: HeaderSignal;
  readonly hop: WhyHop;
  readonly origin: Origin;
}

/** One question of why: whose, and which signal. */
interface Case {
  readonly input: LoadInput;
  readonly tenant: Tenant;
  readonly signal: HeaderSignal;
  readonly gaps: Gaps;
  /** Everybody who was named: one of them may hold the stack's own metrics. */
  readonly all: readonly Tenant[];
}

/** Hop by hop from the agent to the screen; the first that is broken is the last that is asked. */
export async function* loadWhy(input: LoadInput): AsyncGenerator<Loaded<WhyRow>> {
  const signal = HEADER_SIGNALS.find((each) => each === (input.params.signal ?? 'metrics'));
  const refused = refusal(input, signal);
  const tenant = input.params.tenant === undefined ? input.tenants[0] : tenantOf(input.params.tenant);
  if (refused !== undefined || signal === undefined || tenant === undefined)
    return yield {
      rows: [],
      gaps: [],
      complete: true,
      because: refused ?? 'whose data is missing? name it with --tenant',
    };
  const gaps = makeGaps();
  const rows: WhyRow[] = [];
  for await (const { hop, origin } of hopsOf({
    input: { ...input, tenants: [tenant] },
    tenant,
    signal,
    gaps,
    all: input.tenants,
  })) {
    const { source, path = '', asked = '', atUnix = input.nowUnix } = origin;
    rows.push({ tenant, signal, hop, origin: { source, tenant, path, asked, atUnix } });
    const broken = hop.verdict === 'bad';
    yield { rows: [...rows], gaps: gaps.list, complete: false };
    if (broken) break;
  }
  const last = rows.at(-1);
  const cursor = last?.hop.verdict === 'bad' ? last.hop.hop : undefined;
  const note = cursor === undefined ? sayWhole(rows) : undefined;
  yield { rows, gaps: gaps.list, complete: true, note, ...(cursor === undefined ? {} : { cursor }) };
}

function sayWhole(rows: readonly WhyRow[]): string {
  const unknown = rows.filter(({ hop }) => hop.verdict === 'unknown').map(({ hop }) => hop.hop);
  const odd = rows.filter(({ hop }) => hop.verdict === 'warn').map(({ hop }) => hop.hop);
  const whole = unknown.length === 0 ? 'no hop is broken: the data is there' : 'no hop is seen to be broken';
  return [
    whole,
    ...(odd.length > 0 ? [`worth a look: ${odd.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`not known: ${unknown.join(', ')}`] : []),
  ].join('; ');
}

function refusal({ params, tenants }: LoadInput, signal: HeaderSignal | undefined): string | undefined {
  if (signal === undefined) return `--signal is ${HEADER_SIGNALS.join(', ')}, not ${JSON.stringify(params.signal)}`;
  if (params.tenant === undefined && tenants.length !== 1)
    return `whose data is missing? --tenant T${tenants.length > 0 ? `: ${tenants.join(', ')}` : ''}`;
  return undefined;
}

type Told = { readonly hop: WhyHop; readonly origin: Partial<Origin> & { readonly source: Source } };

async function* hopsOf(about: Case): AsyncGenerator<Told> {
  const { input, tenant, signal } = about;
  const kube = sourceOf(input, 'kubernetes');
  const agents = await fleetOf(about);
  yield { hop: agentConfigHop(agents, tenant, signal), origin: { source: kube, path: '/api/v1/configmaps' } };
  yield { hop: await queueHop(about, agents), origin: { source: sourceOf(input, 'agent'), path: '/metrics' } };
  const backend = ({ metrics: 'mimir', logs: 'loki', traces: 'tempo' } as const)[signal];
  const source = sourceOf(input, backend);
  const probed = await headerRows(about);
  yield { hop: gatewayHop(probed.map(({ judged }) => judged)), origin: originOf(probed[0]?.origin, source) };
  const own = makeGaps();
  const newest = await NEWEST[signal](input, tenant, own);
  for (const gap of own.list) about.gaps.note(gap);
  const seen = signalOf(input.nowUnix, newest);
  const plain = probed.find(({ entry }) => entry === 'plain')?.judged;
  const origin = originOf(newest.origin, source);
  yield { hop: componentHop(tenant, seen, plain, faultOf(own.list)), origin };
  const counted = await countsFor(about);
  yield {
    hop: limitsHop(signal, counted?.discards, seen.ageSeconds !== undefined || (counted?.perSecond ?? 0) > 0),
    origin,
  };
  yield { hop: delayHop(signal, seen), origin };
  const windowSeconds = input.time.windowSeconds ?? SERIES_WINDOW_SECONDS;
  yield { hop: retentionHop(await keptFor(about, counted), windowSeconds), origin };
  yield { hop: windowHop(seen, windowSeconds), origin };
}

const originOf = (found: Origin | undefined, source: Source): Told['origin'] => found ?? { source };

const faultOf = (faults: readonly Fault[]): Fault | undefined => faults[0];

function sourceOf({ clients }: LoadInput, backend: Source['backend']): Source {
  return clients.sources.find((source) => source.backend === backend) ?? { backend, place: 'none' };
}

async function fleetOf({ input, gaps }: Case): Promise<readonly Agent[]> {
  const { agents, gaps: faults } = await input.clients.agents.fleet(input.signal);
  // A configuration that was not recorded leaves its hop unknown; that is said there.
  for (const fault of faults) if (fault.kind !== 'not-recorded') gaps.note(fault);
  return agents;
}

/** Only the tenant's own agents are asked. */
async function queueHop({ input, tenant, signal, gaps }: Case, agents: readonly Agent[]): Promise<WhyHop> {
  const own = agentsOfTenant(agents, tenant);
  const names = new Set(own.map(({ pod }) => pod));
  if (own.length === 0) return agentQueueHop([], signal);
  const [only, ...others] = [...names];
  const params = { source: 'scrape', ...(others.length === 0 && only !== undefined ? { agent: only } : {}) };
  const loaded = await lastOf(loadQueues({ ...input, params }));
  for (const gap of loaded?.gaps ?? []) gaps.note(gap);
  const rows = (loaded?.rows ?? []).filter(({ agent, queue }) => names.has(agent) && queue?.signal === signal);
  const mute = rows.length === 0 ? loaded?.gaps.find(({ source }) => source.backend === 'agent') : undefined;
  if (mute === undefined || mute.kind === 'not-recorded') return agentQueueHop(rows, signal);
  return blind('agent-queue', `its agent could not be asked: ${mute.said}`, 'does it run? lgtm-tui agents, then pods');
}

/** The ways in that this console takes, the gateways beside it, and those of the tenant's agents; further ones are other people's. */
async function headerRows({ input, tenant, signal, gaps }: Case): Promise<readonly HeaderRow[]> {
  const loaded = await lastOf(loadHeader({ ...input, params: { tenant, signal } }));
  // A probe that was not recorded leaves its hop unknown; that is said there. URLs of other agents are not on this way.
  const own = (loaded?.gaps ?? []).filter(({ source }) =>
    input.clients.sources.some(({ backend, place }) => backend === source.backend && place === source.place),
  );
  for (const gap of own) if (gap.kind !== 'not-recorded') gaps.note(gap);
  return (loaded?.rows ?? []).filter((row) => OWN_WAYS.includes(row.entry) || isOfItsAgents(row, tenant));
}

const OWN_WAYS: readonly string[] = ['plain', 'gateway', 'nginx'];

/** What wants a login there may be given one by the agent. */
const isOfItsAgents = ({ ofAgents, tenant: sends, judged }: HeaderRow, tenant: Tenant): boolean =>
  ofAgents === true && sends === tenant && !UNTOLD.includes(judged.cause);

const UNTOLD: readonly HeaderRow['judged']['cause'][] = ['proxy-auth', 'no-header', 'unknown'];

/** From the tenant that holds the stack's own metrics, which may be another one; whoever does not is no gap of this question. */
async function countsFor({ input, tenant, signal, all }: Case): Promise<Counted | undefined> {
  const listed = await metaCandidates({ ...input, tenants: [tenant, ...all] });
  return (await stackCountsOf(input, listed, makeGaps()))?.counts.of(tenant, signal);
}

/** Seconds; undefined where nobody tells. */
async function keptFor({ input, tenant, signal }: Case, counted: Counted | undefined): Promise<number | undefined> {
  // Tempo exports an override of 0 where its own configuration decides.
  if (signal === 'traces') return counted?.keptSeconds || undefined;
  if (signal === 'metrics') {
    const limits = await input.clients.mimir(tenant).userLimits(input.signal);
    return limits.ok ? limits.value.get('compactor_blocks_retention_period_seconds') : undefined;
  }
  const limits = await input.clients.loki(tenant).limits(input.signal);
  const kept = limits.ok ? limits.value.get('retention_period') : undefined;
  if (typeof kept === 'number') return kept;
  const parsed = kept === undefined ? undefined : parseDuration(kept);
  return parsed?.ok ? parsed.seconds : undefined;
}
