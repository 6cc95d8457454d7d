import type { MetricSample } from './exposition.ts';
import type { Queue } from './queues.ts';
import { QUEUE_LIMITS } from './queues-causes.ts';
import { type AgentReading, readAgent } from './queues-read.ts';
import type { QueueReading } from './queues-reading.ts';
import type { Sample } from './series.ts';

/** An agent as the series that Mimir holds of it name it. */
export interface AgentInMimir {
  /** Pod, else instance. */
  readonly agent: string;
  /** External label; empty where there is none. */
  readonly cluster: string;
  readonly namespace: string;
  readonly reading: AgentReading;
}

/**
 * Find agents among the series of an instant query: whoever has a queue is one.
 *
 * Source: labels as Alloy's and Prometheus' service discovery set them; without a pod, the instance stands for the agent.
 */
export function agentsInMimir(samples: readonly Sample[]): readonly AgentInMimir[] {
  const groups = new Map<string, { readonly labels: Sample['labels']; readonly samples: MetricSample[] }>();
  for (const { labels, value } of samples) {
    const { __name__: name, ...rest } = labels;
    if (name === undefined) continue;
    const key = [rest.cluster, rest.namespace, rest.pod ?? rest.instance].join('\n');
    const group = groups.get(key) ?? { labels: rest, samples: [] };
    groups.set(key, group);
    group.samples.push({ name, labels: rest, value });
  }
  return [...groups.values()].flatMap(({ labels, samples: own }) => {
    const reading = readAgent(own);
    if (reading.queues.length === 0) return [];
    const agent = labels.pod ?? labels.instance ?? '';
    return [{ agent, cluster: labels.cluster ?? '', namespace: labels.namespace ?? '', reading }];
  });
}

/**
 * When the newest samples of an agent were taken, by its own clock: two answers may hold the same sample, and those of a
 * late agent are further apart than the answers are. `askedUnix` where it does not say.
 */
export function toldUnix({ queues }: AgentReading, askedUnix: number): number {
  const newest = Math.max(0, ...queues.map(({ values }) => values.get('highest') ?? 0));
  return newest > 0 ? newest : askedUnix;
}

/**
 * A sick agent's own metrics come as late as everything else it sends: the age of its newest sample is its true lag.
 *
 * Units:  Unix seconds. A queue that keeps up is not late by the time between two scrapes, so that its age counts for nothing.
 */
export function withTrueLag(queue: Queue, reading: QueueReading, nowUnix: number): Queue {
  const newestUnix = reading.values.get('highest') ?? 0;
  const ageSeconds = newestUnix > 0 ? nowUnix - newestUnix : 0;
  const late = (queue.lagSeconds ?? 0) > QUEUE_LIMITS.lagSecondsWarn || ageSeconds > LOOKBACK_SECONDS;
  return late && ageSeconds > (queue.lagSeconds ?? 0) ? { ...queue, lagSeconds: ageSeconds } : queue;
}

/** What an instant query looks back. Source: Mimir `-querier.lookback-delta`. */
export const LOOKBACK_SECONDS = 300;
