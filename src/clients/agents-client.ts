import type { Agent } from '../domain/fleet.ts';
import type { AgentReading } from '../domain/queues-read.ts';
import type { Fault, Result } from '../domain/result.ts';

/** What an agent said of itself, and when (Unix seconds). */
export interface AgentScrape {
  readonly atUnix: number;
  readonly reading: AgentReading;
}

/** How far a queue was behind at the scrapes that are remembered, oldest first: Unix seconds, seconds of lag. */
export type LagTrend = readonly (readonly [atUnix: number, lagSeconds: number])[];

/** An agent at two moments. */
export interface ScrapedTwice {
  readonly now: AgentScrape;
  /** Absent where no earlier scrape makes a rate with it. */
  readonly before?: AgentScrape;
  /** Of the queue with this id; empty where it never had a lag. */
  lagOf(queue: string): LagTrend;
}

/** The agents that were found, and what could not be looked at. */
export interface Fleet {
  readonly agents: readonly Agent[];
  readonly gaps: readonly Fault[];
  /** By context the namespaces that were seen in it. */
  readonly namespaces?: ReadonlyMap<string, readonly string[]>;
}

/** One component as Alloy's own API tells it. `prometheus.remote_write` stays healthy there while every push fails. */
export interface AlloyComponent {
  readonly id: string;
  readonly name: string;
  /** `healthy`, `unhealthy`, `unknown`, `exited`. */
  readonly health: string;
  readonly message: string;
  readonly updated: string;
  readonly sendsTo: readonly string[];
  /** Lines of Alloy's syntax; empty where the list did not carry them. */
  readonly arguments: readonly string[];
  readonly exports: readonly string[];
}

/** The agents of all clusters. */
export interface Agents {
  /** A recording answers: there is nothing to wait for. */
  readonly replays: boolean;
  /** Some were named by URL: there is somebody to ask without a cluster. */
  readonly byUrl: boolean;
  fleet(signal: AbortSignal): Promise<Fleet>;
  /**
   * What an agent says now, and what it said at least nine seconds before: on a tape the scrape before, on a network the
   * last one that was kept. Without `before` there are no rates yet.
   */
  scrapeTwice(agent: Agent, signal: AbortSignal): Promise<Result<ScrapedTwice>>;
  components(agent: Agent, signal: AbortSignal): Promise<Result<readonly AlloyComponent[]>>;
  component(agent: Agent, id: string, signal: AbortSignal): Promise<Result<AlloyComponent>>;
}
