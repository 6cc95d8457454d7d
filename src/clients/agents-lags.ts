import { type Agent, agentKey } from '../domain/fleet.ts';
import { lagOf } from '../domain/queues.ts';
import type { AgentScrape, LagTrend } from './agents-client.ts';

/** Scrapes whose lags are remembered: ten minutes of a screen that asks every 15 s. */
const KEPT = 40;

/** Times once for all queues of an agent: thousands of them are remembered. */
interface Kept {
  readonly times: number[];
  readonly lags: Map<string, number[]>;
}

/** The lag of every queue at the last scrapes. */
export interface Lags {
  remember(agent: Agent, scrape: AgentScrape | undefined): void;
  of(agent: Agent, queue: string): LagTrend;
}

/** Remember how far queues are behind, so that a sparkline can be drawn from scrapes alone. */
export function makeLags(): Lags {
  const kept = new Map<string, Kept>();
  return {
    remember(agent, scrape) {
      if (scrape === undefined) return;
      const key = agentKey(agent);
      const own = kept.get(key) ?? { times: [], lags: new Map<string, number[]>() };
      kept.set(key, own);
      // A recording that was set back, or the same scrape once more.
      if (scrape.atUnix > (own.times.at(-1) ?? 0)) add(own, scrape);
    },
    of(agent, queue) {
      const { times = [], lags } = kept.get(agentKey(agent)) ?? {};
      const own = lags?.get(queue) ?? [];
      return own.some((lag) => !Number.isNaN(lag)) ? own.map((lag, at) => [times[at] ?? 0, lag]) : [];
    },
  };
}

function add({ times, lags }: Kept, { atUnix, reading }: AgentScrape): void {
  times.push(atUnix);
  const now = new Map(reading.queues.map((queue) => [queue.id, lagOf(queue)]));
  for (const id of now.keys()) if (!lags.has(id)) lags.set(id, new Array<number>(times.length - 1).fill(Number.NaN));
  for (const [id, own] of lags) own.push(now.get(id) ?? Number.NaN);
  if (times.length > KEPT) for (const own of [times, ...lags.values()]) own.shift();
}
