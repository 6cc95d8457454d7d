import type { QueueSignal } from './queues-reading.ts';
import type { Sample } from './series.ts';
import type { Tenant } from './tenant.ts';
import type { TenantCounts } from './tenant-counts.ts';

/** What the servers tell of pushes, whoever sends them. */
export interface ServerSide {
  /** Who holds the stack's own metrics, and told this. */
  readonly stack?: Tenant;
  /** What arrives and what is thrown away, by tenant and signal. */
  readonly counts?: TenantCounts;
  /** Pushes a second that are turned away for want of a tenant or a login; of Tempo spans. */
  readonly turnedAway?: ReadonlyMap<QueueSignal, number>;
}

/** Who reads without a header is another matter. Source: the servers' own names of their routes. */
const PUSHES: Readonly<Record<QueueSignal, RegExp>> = {
  metrics: /push|otlp/,
  logs: /push|otlp/,
  traces: /^$/,
};

/**
 * Read the answer to `TURNED_AWAY`.
 *
 * Units:  requests a second, of traces spans. Fails: never; a signal of which nothing is told is absent.
 */
export function readTurnedAway(samples: readonly Sample[]): ReadonlyMap<QueueSignal, number> {
  const found = new Map<QueueSignal, number>();
  for (const { labels, value } of samples) {
    const signal = (['metrics', 'logs', 'traces'] as const).find((each) => each === labels.signal);
    if (signal === undefined || !Number.isFinite(value) || !PUSHES[signal].test(labels.route ?? '')) continue;
    found.set(signal, (found.get(signal) ?? 0) + value);
  }
  return found;
}
