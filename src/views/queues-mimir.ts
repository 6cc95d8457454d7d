import {
  EXPORTER_SERIES,
  QUEUE_AGENTS_LAST,
  QUEUE_LAG,
  QUEUE_SERIES,
  QUEUE_SERIES_LAST,
  queueSeriesLastOf,
  TURNED_AWAY,
} from '../domain/questions-queues.ts';
import { measureQueue } from '../domain/queues.ts';
import { QUEUE_LIMITS } from '../domain/queues-causes.ts';
import { type AgentInMimir, agentsInMimir, toldUnix, withTrueLag } from '../domain/queues-mimir.ts';
import { readTurnedAway, type ServerSide } from '../domain/queues-server.ts';
import type { Sight } from '../domain/queues-sight.ts';
import type { Origin, Result } from '../domain/result.ts';
import type { Sample, Series } from '../domain/series.ts';
import type { Tenant } from '../domain/tenant.ts';
import { seriesWindow } from '../domain/time.ts';
import type { Gaps } from './arrival.ts';
import { tenantOf } from './header-probe.ts';
import { stackCountsOf } from './stack-counts.ts';
import type { LoadInput } from './view.ts';

/** Between the two answers that make a rate: agents are scraped every 15 s to a minute. */
const BETWEEN_SECONDS = 60;
const STEP_SECONDS = 15;

/** What Mimir holds of queues under one tenant. */
export interface TenantSights {
  readonly tenant: Tenant;
  /** Whether it answered; what did not answer proves no absence. */
  readonly answered: boolean;
  readonly origin?: Origin;
  readonly sights: readonly Sight[];
}

/** Ask one tenant for the queues of its agents: now, a minute ago, and how their lag went. */
export async function sightsOf(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<TenantSights> {
  const mimir = input.clients.mimir(tenant);
  const { endUnix } = input.time;
  const [answer, others] = await Promise.all([
    mimir.query(QUEUE_SERIES, endUnix, input.signal),
    exportersAt(input, tenant, endUnix),
  ]);
  const samples = gaps.take(answer);
  if (samples === undefined || !answer.ok) return { tenant, answered: false, sights: [] };
  const present = agentsInMimir([...samples, ...others]);
  const late = await lastSeen(input, tenant, present);
  const agents = [...present, ...late];
  if (agents.length === 0) return { tenant, answered: true, origin: answer.origin, sights: [] };
  const askedUnix = untilOf(answer, endUnix);
  const [earlier, lag] = await Promise.all([
    earlierOf(input, tenant, agents, askedUnix),
    mimir.queryRange(QUEUE_LAG, seriesWindow(input.time), STEP_SECONDS, input.signal),
  ]);
  const trends = gaps.take(lag) ?? [];
  const names = Map.groupBy(agents, ({ agent }) => agent);
  const sights = agents.flatMap((agent) =>
    sightsOfAgent(agent, earlier.find(isSame(agent)), {
      // The question tells lag by pod and URL: of two pods of one name it would show whoever is further behind.
      ...{ tenant, origin: answer.origin, trends: names.get(agent.agent)?.length === 1 ? trends : [], askedUnix },
      isLast: late.includes(agent),
    }),
  );
  return { tenant, answered: true, origin: answer.origin, sights };
}

/**
 * The agents a minute before what was just told of them. Who is late is asked for a minute before its newest sample: that
 * came late, and an earlier question would find the same one. Where nothing answers, a queue was seen once, and says so.
 */
async function earlierOf(
  input: LoadInput,
  tenant: Tenant,
  agents: readonly AgentInMimir[],
  askedUnix: number,
): Promise<readonly AgentInMimir[]> {
  const { clients, signal } = input;
  const toldAt = agents.map(({ reading }) => toldUnix(reading, askedUnix));
  // A tape's answers were given then, when late samples had not come yet.
  const late = clients.agents.replays ? [] : toldAt.filter((unix) => unix < askedUnix - BETWEEN_SECONDS);
  // A recording may have asked before the moment that is shown.
  const times = [Math.floor(askedUnix), ...(late.length > 0 ? [Math.floor(Math.min(...late))] : [])];
  const found = await Promise.all(
    times.map(async (unix) => {
      const before = unix - BETWEEN_SECONDS;
      const [answer, others] = await Promise.all([
        clients.mimir(tenant).query(QUEUE_SERIES, before, signal),
        exportersAt(input, tenant, before),
      ]);
      return answer.ok ? agentsInMimir([...answer.value, ...others]) : [];
    }),
  );
  return agents.flatMap((agent, at) => {
    const isLate = late.includes(toldAt[at] ?? Number.NaN);
    return (isLate ? found[1] : found[0])?.find(isSame(agent)) ?? [];
  });
}

/** Logs, spans, and what the agents are. Where it was not recorded the queues of metrics stand alone, as they did then. */
async function exportersAt({ clients, signal }: LoadInput, tenant: Tenant, unix: number): Promise<readonly Sample[]> {
  const answer = await clients.mimir(tenant).query(EXPORTER_SERIES, unix, signal);
  return answer.ok ? answer.value : [];
}

/** A tape answers for the moment that was asked when it was made. */
const untilOf = (answer: Extract<Result<readonly Sample[]>, { ok: true }>, askedUnix: number): number =>
  answer.value[0]?.atUnix ?? askedUnix;

const isSame =
  (agent: AgentInMimir) =>
  (other: AgentInMimir): boolean =>
    nameOf(other) === nameOf(agent);

interface Told {
  readonly tenant: Tenant;
  readonly origin: Origin;
  readonly trends: readonly Series[];
  readonly askedUnix: number;
  /** It stands no longer in what an instant query sees. */
  readonly isLast: boolean;
}

function sightsOfAgent(agent: AgentInMimir, earlier: AgentInMimir | undefined, told: Told): readonly Sight[] {
  const { tenant, origin, trends, askedUnix, isLast } = told;
  return agent.reading.queues.map((reading) => {
    const past = earlier?.reading.queues.find(({ id }) => id === reading.id);
    const queue = measureQueue(
      { atUnix: toldUnix(agent.reading, askedUnix), reading },
      past && earlier && { atUnix: toldUnix(earlier.reading, askedUnix - BETWEEN_SECONDS), reading: past },
      agent.reading.build,
    );
    const trend = trends.find(({ labels }) => labels.pod === agent.agent && labels.url === reading.endpoint);
    // Whoever kept up until its last sample did not fall behind: it fell silent.
    const silent = isLast && (queue.lagSeconds ?? 0) <= QUEUE_LIMITS.lagSecondsWarn;
    return {
      ...{ tenant, origin, agent: agent.agent, namespace: agent.namespace, cluster: agent.cluster, askedUnix },
      queue: silent ? queue : withTrueLag(queue, reading, askedUnix),
      ...(isLast ? { last: silent ? ('silent' as const) : ('late' as const) } : {}),
      trend: () => trend?.points ?? [],
    };
  });
}

/**
 * Who is more than five minutes behind looks empty to an instant query, also beside others that are not. Where that was not
 * recorded nothing is missing.
 */
async function lastSeen(
  { clients, time, signal }: LoadInput,
  tenant: Tenant,
  present: readonly AgentInMimir[],
): Promise<readonly AgentInMimir[]> {
  if (clients.agents.replays) return [];
  const ask = async (promql: string): Promise<readonly Sample[]> => {
    const answer = await clients.mimir(tenant).query(promql, time.endUnix, signal);
    return answer.ok ? answer.value : [];
  };
  if (present.length === 0) return agentsInMimir(await ask(QUEUE_SERIES_LAST));
  const known = new Set(present.map(nameOf));
  const missing = (await ask(QUEUE_AGENTS_LAST)).filter(({ labels }) => !known.has(nameOf(namedIn(labels))));
  const questions = (['pod', 'instance'] as const).flatMap((label) => {
    const names = missing.flatMap(
      ({ labels }) => (label === 'pod' ? labels.pod : labels.pod ? [] : labels.instance) ?? [],
    );
    return chunksOf([...new Set(names)], NAMES_MAX).map((some) => queueSeriesLastOf(label, some));
  });
  const found = agentsInMimir((await Promise.all(questions.map(ask))).flat());
  return found.filter((agent) => !known.has(nameOf(agent)));
}

/** Names that one question asks for. */
const NAMES_MAX = 100;

const nameOf = ({ agent, cluster, namespace }: Pick<AgentInMimir, 'agent' | 'cluster' | 'namespace'>): string =>
  [cluster, namespace, agent].join('/');

const namedIn = ({ cluster = '', namespace = '', pod, instance = '' }: Sample['labels']) => ({
  ...{ cluster, namespace, agent: pod ?? instance },
});

const chunksOf = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

/**
 * Did Mimir hold no agent of this tenant, within two hours up to five minutes ago? Where many tenants are named most are so,
 * and each would be asked three questions with every refresh.
 */
export async function hasNoAgents({ clients, time, signal }: LoadInput, tenant: Tenant): Promise<boolean> {
  if (clients.agents.replays) return false;
  for (const promql of [QUEUE_AGENTS_LAST, EXPORTER_SERIES]) {
    const answer = await clients.mimir(tenant).queryRarely(promql, time.endUnix, signal);
    if (!answer.ok || answer.value.length > 0) return false;
  }
  return true;
}

/** Tenants that Mimir itself lists, the largest first. */
export async function tenantsOfMimir({ clients, signal }: LoadInput, gaps: Gaps): Promise<readonly Tenant[]> {
  const listed = gaps.take(await clients.mimirAdmin.allUserStats(signal)) ?? [];
  const bySize = listed.toSorted((left, right) => right.series - left.series);
  return bySize.flatMap(({ tenant }) => tenantOf(tenant) ?? []);
}

/** What the servers tell of pushes, from the tenant that holds the stack's own metrics; empty where none of these does. */
export async function serverSideOf(input: LoadInput, candidates: readonly Tenant[], gaps: Gaps): Promise<ServerSide> {
  const found = await stackCountsOf(input, candidates, gaps);
  const meta = found && tenantOf(found.origin.tenant ?? '');
  if (found === undefined || meta === undefined) return {};
  const { clients, time, signal } = input;
  const answer = await clients.mimir(meta).query(TURNED_AWAY, time.endUnix, signal);
  // It is a hint beside others: a recording from before it was asked lacks nothing that has to be said.
  return { stack: meta, counts: found.counts, ...(answer.ok ? { turnedAway: readTurnedAway(answer.value) } : {}) };
}
