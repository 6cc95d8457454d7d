import { AGENT_PORT, type Agent } from '../domain/fleet.ts';
import { pause } from '../domain/pause.ts';
import { measureQueue } from '../domain/queues.ts';
import type { QueueRow, Sight } from '../domain/queues-sight.ts';
import type { Loaded } from '../domain/result.ts';
import { aFewAtATime, type Gaps, inBatches, makeGaps } from './arrival.ts';
import { gatherEvidence } from './queues-evidence.ts';
import { hasNoAgents, serverSideOf, sightsOf, tenantsOfMimir } from './queues-mimir.ts';
import { type Seen, told } from './queues-rows.ts';
import type { LoadInput } from './view.ts';

const SOURCES = ['scrape', 'mimir', 'both'];
/** How often a screen of thousands is told anew, milliseconds. */
const YIELD_MS = 400;
/** The first rows come soon; what is told again and again costs more with each. */
const YIELD_SLOWER = 1.5;
/** Scrapes at once in one cluster; a cluster that hangs holds no other. */
const SCRAPES_AT_ONCE = 8;
/** Between two scrapes of a command, which has none before. */
const AGAIN_SECONDS = 15;

/** Nothing was seen yet. */
export const nothingSeen = (): Seen => ({
  agents: [],
  scraped: new Map(),
  silent: new Set(),
  mimir: [],
  covers: false,
  server: {},
  logLines: new Map(),
  told: new Map(),
  judged: new WeakMap(),
});

/** Every queue of every agent, by scrape, from Mimir, or both; each row is judged once from all that saw it, as `seen` holds it. */
export async function* loadQueues(input: LoadInput, seen: Seen = nothingSeen()): AsyncGenerator<Loaded<QueueRow>> {
  const gaps = makeGaps();
  const wanted = input.params.source ?? 'both';
  if (!SOURCES.includes(wanted)) {
    const because = `--source is ${SOURCES.join(', ')}; ${JSON.stringify(wanted)} is none of them`;
    return yield { rows: [], gaps: [], complete: true, because };
  }
  const loaded = (complete: boolean): Loaded<QueueRow> => told(input, seen, wanted, gaps.list, complete);

  const fleet = findAgents(input, seen, gaps);
  const fromMimir = wanted === 'scrape' ? Promise.resolve() : askMimir(input, seen, gaps);
  await fleet;
  if (wanted !== 'mimir') {
    yield* scrapeAll(input, seen, gaps, seen.agents, loaded);
    const once = seen.agents.filter((agent) => seen.scraped.get(agent)?.some(({ queue }) => queue.rates === undefined));
    if (once.length > 0 && !input.time.live && !input.clients.agents.replays) {
      yield loaded(false);
      if (await pause(AGAIN_SECONDS * 1000, input.signal)) yield* scrapeAll(input, seen, gaps, once, loaded);
    }
  }
  await fromMimir;
  const judged = loaded(false);
  if (wanted !== 'scrape') yield judged;
  await gatherEvidence(input, seen, judged.rows, gaps);
  yield loaded(true);
}

/** Agents of the clusters; on a recording without clusters each tenant stands for its agent. */
async function findAgents(input: LoadInput, seen: Seen, gaps: Gaps): Promise<void> {
  const { agents, gaps: faults } = await input.clients.agents.fleet(input.signal);
  for (const fault of faults) gaps.note(fault);
  const recorded = input.clients.sources.find(({ backend }) => backend === 'agent');
  seen.agents =
    agents.length > 0 || recorded === undefined
      ? agents
      : input.tenants.map((tenant) => ({
          ...{ context: recorded.place, namespace: '', pod: tenant, ready: true, port: AGENT_PORT, alsoKnownAs: [] },
        }));
}

/** Tenants that are asked where nobody named any; of more than these, who has no agents is asked rarely. */
const TENANTS_MAX = 20;

async function askMimir(input: LoadInput, seen: Seen, gaps: Gaps): Promise<void> {
  const hasMimir = input.clients.sources.some(({ backend }) => backend === 'mimir');
  if (!hasMimir && input.params.source === undefined) return;
  const isNamed = input.tenants.length > 0;
  // Where tenants were named, who lists no others is no gap.
  const listed = await tenantsOfMimir(input, isNamed ? makeGaps() : gaps);
  const tenants = isNamed ? input.tenants : listed.slice(0, TENANTS_MAX);
  const server = serverSideOf(input, [...new Set([...tenants, ...listed])], gaps);
  const isMany = tenants.length > TENANTS_MAX;
  seen.mimir = await Promise.all(
    tenants.map(async (tenant) =>
      isMany && (await hasNoAgents(input, tenant))
        ? { tenant, answered: true, sights: [] }
        : sightsOf(input, tenant, gaps),
    ),
  );
  seen.covers = listed.length > 0 ? listed.every((tenant) => tenants.includes(tenant)) : input.clients.agents.replays;
  seen.server = await server;
}

async function* scrapeAll(
  input: LoadInput,
  seen: Seen,
  gaps: Gaps,
  agents: readonly Agent[],
  loaded: (complete: boolean) => Loaded<QueueRow>,
): AsyncGenerator<Loaded<QueueRow>> {
  const byContext = [...Map.groupBy(agents, ({ context }) => context).values()];
  const tasks = byContext.flatMap((some) =>
    aFewAtATime(some, SCRAPES_AT_ONCE, (agent) => scrapeOne(input, seen, gaps, agent)),
  );
  for await (const batch of inBatches(tasks, YIELD_MS, YIELD_SLOWER))
    if (batch.some((sights) => sights.length > 0)) yield loaded(false);
}

async function scrapeOne(input: LoadInput, seen: Seen, gaps: Gaps, agent: Agent): Promise<readonly Sight[]> {
  const answer = await input.clients.agents.scrapeTwice(agent, input.signal);
  const scrapes = gaps.take(answer);
  if (scrapes === undefined || !answer.ok) {
    seen.silent.add(agent);
    return [];
  }
  const { now, before } = scrapes;
  const sights = now.reading.queues.map((reading): Sight => {
    const past = before?.reading.queues.find(({ id }) => id === reading.id);
    const earlier = before && past && { atUnix: before.atUnix, reading: past };
    return {
      queue: measureQueue({ atUnix: now.atUnix, reading }, earlier, now.reading.build),
      ...{ origin: answer.origin, agent: agent.pod, namespace: agent.namespace, cluster: '' },
      trend: () => scrapes.lagOf(reading.id),
    };
  });
  seen.scraped.set(agent, sights);
  seen.silent.delete(agent);
  return sights;
}
