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
  for (const queue of reading.queues) {
    const own = lags.get(queue.id) ?? new Array<number>(times.length - 1).fill(Number.NaN);
    lags.set(queue.id, own);
    own.push(lagOf(queue) ?? Number.NaN);
  }
  // A queue that is not there any more, or not yet again.
  for (const own of lags.values()) if (own.length < times.length) own.push(Number.NaN);
  if (times.length > KEPT) for (const own of [times, ...lags.values()]) own.shift();
}
