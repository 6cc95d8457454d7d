import { DISCARDED, QUEUE_LAG, QUEUE_SERIES, QUEUE_SERIES_LAST, STACK_PRESENT } from '../domain/questions-queues.ts';
import { measureQueue } from '../domain/queues.ts';
import { type AgentInMimir, agentsInMimir, toldUnix, withTrueLag } from '../domain/queues-mimir.ts';
import type { Sight } from '../domain/queues-sight.ts';
import type { Origin, Result } from '../domain/result.ts';
import type { Sample, Series } from '../domain/series.ts';
import type { Tenant } from '../domain/tenant.ts';
import { seriesWindow } from '../domain/time.ts';
import type { Gaps } from './arrival.ts';
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
  const answer = await mimir.query(QUEUE_SERIES, endUnix, input.signal);
  const samples = gaps.take(answer);
  if (samples === undefined || !answer.ok) return { tenant, answered: false, sights: [] };
  const present = agentsInMimir(samples);
  const agents = present.length > 0 ? present : await lastSeen(input, tenant);
  if (agents.length === 0) return { tenant, answered: true, origin: answer.origin, sights: [] };
  const [earlier, lag] = await Promise.all([
    earlierOf(input, tenant, agents),
    mimir.queryRange(QUEUE_LAG, seriesWindow(input.time), STEP_SECONDS, input.signal),
  ]);
  const trends = gaps.take(lag) ?? [];
  const askedUnix = untilOf(answer, endUnix);
  const sights = agents.flatMap((agent) =>
    sightsOfAgent(agent, earlier.find(isSame(agent)), { tenant, origin: answer.origin, trends, askedUnix }),
  );
  return { tenant, answered: true, origin: answer.origin, sights };
}

/**
 * The agents a minute before what was just told of them. Who is late is asked for a minute before its newest sample: that
 * came late, and an earlier question would find the same one. Where nothing answers, a queue was seen once, and says so.
 */
async function earlierOf(
  { clients, time, signal }: LoadInput,
  tenant: Tenant,
  agents: readonly AgentInMimir[],
): Promise<readonly AgentInMimir[]> {
  const toldAt = agents.map(({ reading }) => toldUnix(reading, time.endUnix));
  // A tape's answers were given then, when late samples had not come yet.
  const late = clients.agents.replays ? [] : toldAt.filter((unix) => unix < time.endUnix - BETWEEN_SECONDS);
  const times = [time.endUnix, ...(late.length > 0 ? [Math.floor(Math.min(...late))] : [])];
  const answers = await Promise.all(
    times.map((unix) => clients.mimir(tenant).query(QUEUE_SERIES, unix - BETWEEN_SECONDS, signal)),
  );
  const found = answers.map((answer) => (answer.ok ? agentsInMimir(answer.value) : []));
  return agents.flatMap((agent, at) => {
    const isLate = late.includes(toldAt[at] ?? Number.NaN);
    return (isLate ? found[1] : found[0])?.find(isSame(agent)) ?? [];
  });
}

/** A tape answers for the moment that was asked when it was made. */
const untilOf = (answer: Extract<Result<readonly Sample[]>, { ok: true }>, askedUnix: number): number =>
  answer.value[0]?.atUnix ?? askedUnix;

const isSame =
  (agent: AgentInMimir) =>
  (other: AgentInMimir): boolean =>
    other.agent === agent.agent && other.cluster === agent.cluster && other.namespace === agent.namespace;

interface Told {
  readonly tenant: Tenant;
  readonly origin: Origin;
  readonly trends: readonly Series[];
  readonly askedUnix: number;
}

function sightsOfAgent(agent: AgentInMimir, earlier: AgentInMimir | undefined, told: Told): readonly Sight[] {
  const { tenant, origin, trends, askedUnix } = told;
  return agent.reading.queues.map((reading) => {
    const past = earlier?.reading.queues.find(({ id }) => id === reading.id);
    const queue = measureQueue(
      { atUnix: toldUnix(agent.reading, askedUnix), reading },
      past && earlier && { atUnix: toldUnix(earlier.reading, askedUnix - BETWEEN_SECONDS), reading: past },
      agent.reading.build,
    );
    const trend = trends.find(({ labels }) => labels.pod === agent.agent && labels.url === reading.endpoint);
    return {
      ...{ tenant, origin, agent: agent.agent, namespace: agent.namespace, cluster: agent.cluster },
      queue: withTrueLag(queue, reading, askedUnix),
      trend: trend?.points.map(([, lagSeconds]) => lagSeconds),
    };
  });
}

/** Who is more than five minutes behind looks empty to an instant query. Where that was not recorded nothing is missing. */
async function lastSeen(input: LoadInput, tenant: Tenant): Promise<readonly AgentInMimir[]> {
  if (input.clients.agents.replays) return [];
  const answer = await input.clients.mimir(tenant).query(QUEUE_SERIES_LAST, input.time.endUnix, input.signal);
  return answer.ok ? agentsInMimir(answer.value) : [];
}

/** What Mimir throws away, by tenant and reason, from the tenant that holds the stack's own metrics; undefined where none does. */
export async function discardsOf(
  input: LoadInput,
  gaps: Gaps,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>> | undefined> {
  const found = new Map<string, Map<string, number>>();
  let known = false;
  await Promise.all(
    input.tenants.map(async (tenant) => {
      const mimir = input.clients.mimir(tenant);
      const present = gaps.take(await mimir.query(STACK_PRESENT, input.time.endUnix, input.signal));
      if (!present?.some(({ value }) => value > 0)) return;
      const discards = gaps.take(await mimir.query(DISCARDED, input.time.endUnix, input.signal));
      known = known || discards !== undefined;
      for (const { labels, value } of discards ?? []) {
        const reasons = found.get(labels.user ?? '') ?? new Map<string, number>();
        found.set(labels.user ?? '', reasons.set(labels.reason ?? '', value));
      }
    }),
  );
  return known ? found : undefined;
}
