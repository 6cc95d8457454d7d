import { type LabelTexts, parseExposition } from '../domain/exposition.ts';
import { AGENT_PORT, type Agent, agentKey, agentsOf } from '../domain/fleet.ts';
import { type AgentReading, QUEUE_METRICS, readAgent } from '../domain/queues-read.ts';
import type { QueueNames } from '../domain/queues-reading.ts';
import type { Result } from '../domain/result.ts';
import { type AgentByUrl, type AskOptions, BY_URL, makeAskAgent } from './agents-ask.ts';
import type { AgentScrape, Agents, Fleet } from './agents-client.ts';
import { componentQuestion, componentsQuestion } from './agents-components.ts';
import { makeLags } from './agents-lags.ts';
import type { Kubernetes } from './clients.ts';
import type { Decoded } from './decoded.ts';
import type { Remember } from './remember.ts';

/** A body has 70 kB, that of a large agent a few hundred. */
const METRICS_BYTES_MAX = 8 * 1024 * 1024;
/** Two scrapes that are nearer tell no rate: a batch waits up to five seconds. */
const BETWEEN_SECONDS_MIN = 9;
/** One that is older tells of another time. */
const BETWEEN_SECONDS_MAX = 120;
const KEPT_SCRAPES = 9;
const LABEL_TEXTS_MAX = 20_000;

export interface AgentsOptions extends AskOptions {
  readonly remember: Remember;
}

/**
 * The agents of all clusters: which there are, what their queues say, and what Alloy's own API tells.
 *
 * Fails: never; an agent that hangs is a fault of that agent alone. Scrapes are kept for the rates of the next.
 */
export function makeAgents(options: AgentsOptions): Agents {
  const { clusters, byUrl = [], tape, remember } = options;
  const ask = makeAskAgent(options);
  const kept = new Map<string, readonly AgentScrape[]>();
  const lags = makeLags();
  const labelTexts: LabelTexts = new Map();
  const names: QueueNames = new WeakMap();
  const decode = (text: string): Decoded<AgentReading> => {
    if (labelTexts.size > LABEL_TEXTS_MAX) labelTexts.clear();
    return decodeReading(text, labelTexts, names);
  };

  const scrape = async (
    agent: Agent,
    beforeUnix: number | undefined,
    signal: AbortSignal,
  ): Promise<Result<AgentScrape>> => {
    const question = { path: '/metrics', params: [], bytesMax: METRICS_BYTES_MAX, beforeUnix, decode };
    const answer = await ask(agent, question, signal);
    return answer.ok ? { ...answer, value: { atUnix: answer.origin.atUnix, reading: answer.value } } : answer;
  };

  /** The newest of the kept ones that makes a rate with this one, which is kept as well. */
  const keep = (agent: Agent, taken: AgentScrape): AgentScrape | undefined => {
    const key = agentKey(agent);
    const earlier = (kept.get(key) ?? []).filter(({ atUnix }) => atUnix < taken.atUnix);
    const found = earlier.find((each) => makesRate(taken, each));
    // Two are enough: the newest, and one that is old enough for the next where screens are refreshed by hand.
    kept.set(key, found ? [taken, found] : [taken, ...earlier].slice(0, KEPT_SCRAPES));
    return found;
  };

  return {
    replays: tape !== undefined,
    byUrl: byUrl.length > 0,
    async fleet(signal) {
      const found = await Promise.all(clusters.map(({ cluster }) => fleetOf(cluster, remember, signal)));
      const agents = [...found.flatMap((each) => each.agents), ...byUrl.map(agentAt)];
      const seen = found.map(({ namespaces }, at) => [clusters[at]?.cluster.context ?? '', namespaces] as const);
      return { agents, gaps: found.flatMap(({ gaps }) => gaps), namespaces: new Map(seen) };
    },
    async scrapeTwice(agent, signal) {
      const now = await scrape(agent, undefined, signal);
      if (!now.ok) return now;
      const known = keep(agent, now.value);
      const told = (before: AgentScrape | undefined) => {
        lags.remember(agent, before);
        lags.remember(agent, now.value);
        return { ...now, value: { now: now.value, before, lagOf: (queue: string) => lags.of(agent, queue) } };
      };
      if (known || !tape) return told(known);
      const before = await scrape(agent, now.value.atUnix - BETWEEN_SECONDS_MIN, signal);
      const fits = before.ok && makesRate(now.value, before.value);
      return told(fits ? before.value : undefined);
    },
    components: (agent, signal) => ask(agent, componentsQuestion, signal),
    component: (agent, id, signal) => ask(agent, componentQuestion(id), signal),
  };
}

/** Whoever names an agent by URL knows that it is there; whose it is, its own answers tell. */
const agentAt = ({ place }: AgentByUrl): Agent => ({
  ...{ context: BY_URL, namespace: '', pod: place, ready: true, port: AGENT_PORT, alsoKnownAs: [], url: place },
});

function makesRate(taken: AgentScrape, earlier: AgentScrape): boolean {
  const seconds = taken.atUnix - earlier.atUnix;
  return seconds >= BETWEEN_SECONDS_MIN && seconds <= BETWEEN_SECONDS_MAX;
}

function decodeReading(text: string, labelTexts: LabelTexts, names: QueueNames): Decoded<AgentReading> {
  const { samples, cutOff, brokenLines } = parseExposition(text, QUEUE_METRICS, labelTexts);
  const reading = readAgent(samples, names);
  if (reading.build === undefined && reading.queues.length === 0)
    return { ok: false, said: cutOff ? 'its metrics broke off before they said anything' : 'no metrics of an agent' };
  const broken = brokenLines > 0 ? `${brokenLines} lines of its metrics cannot be read` : '';
  const gap = cutOff ? 'its metrics broke off' : broken;
  return { ok: true, value: reading, gaps: gap === '' ? [] : [{ kind: 'shape', said: gap }] };
}

/** Agents stand in the survey; ConfigMaps change slowly, and are asked for every five minutes. */
async function fleetOf(
  cluster: Kubernetes,
  remember: Remember,
  signal: AbortSignal,
): Promise<Omit<Fleet, 'namespaces'> & { readonly namespaces: readonly string[] }> {
  const { inventory, gaps } = await cluster.survey();
  const namespaces = [...new Set(agentsOf(inventory, []).map(({ namespace }) => namespace))];
  const { source, context } = cluster;
  const lists = await Promise.all(
    namespaces.map((namespace) => {
      const about = `configmaps ${context} ${namespace}`;
      const ask = (shared: AbortSignal) => cluster.list('configmaps', namespace, shared);
      return remember({ source, tenant: null, about, ask }, signal);
    }),
  );
  const maps = lists.flatMap((list) => (list.ok ? list.value : []));
  const faults = lists.flatMap((list) => (list.ok ? list.gaps : [list.fault]));
  const seen = [...inventory.workloads, ...inventory.services].map(({ namespace }) => namespace);
  return { agents: agentsOf(inventory, maps), gaps: [...gaps, ...faults], namespaces: [...new Set(seen)] };
}
