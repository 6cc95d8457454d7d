import type { Queue } from './queues.ts';
import { formatCount, formatDuration, formatRate } from './units.ts';

/** How long an agent keeps what it could not send, and from where that is known. */
export interface Keeping {
  readonly seconds: number;
  readonly said: string;
}

/**
 * How long an agent keeps samples by default.
 *
 * Source: Alloy prometheus.remote_write, `wal.max_keepalive_time` 8h; Prometheus cmd/prometheus main.go,
 *         `--storage.agent.retention.max-time` 4h. A Prometheus server keeps the WAL of its head, about two hours.
 */
export function keepingByDefault({ build, kind }: Pick<Queue, 'build' | 'kind'>): Keeping {
  return build?.name === 'prometheus' || (build === undefined && kind === 'remote_write')
    ? { seconds: 4 * 3600, said: 'default of a Prometheus agent' }
    : { seconds: 8 * 3600, said: 'default of wal.max_keepalive_time' };
}

/** When samples are lost, and when the queue has caught up. Seconds; absent where that will not happen, or is not known. */
export interface Outlook {
  readonly secondsToLoss?: number;
  readonly secondsToDrain?: number;
  /** A half sentence; empty where there is nothing to say. */
  readonly said: string;
}

/**
 * Time to loss, and time to drain.
 *
 * Units:  seconds; `lagGrowth` is seconds of lag per second, at most 1 (nothing gets through).
 * Fails:  never; without two readings there is no outlook.
 * Source: lag × in ÷ (out − in); the ceiling is shards_max × max_samples_per_send ÷ mean batch duration.
 */
export function outlookOf(queue: Queue, keeping: Keeping): Outlook {
  const { rates, lagSeconds = 0 } = queue;
  if (rates === undefined) return { said: '' };
  const lost = (rates.failed ?? 0) + (rates.dropped ?? 0);
  if (lost > 0) return { secondsToLoss: 0, said: `already losing ${formatRate(lost)}` };
  if (lagSeconds >= keeping.seconds)
    return { secondsToLoss: 0, said: `older than what is kept (${formatDuration(keeping.seconds)}, ${keeping.said})` };
  const growth = growthOf(queue);
  if (growth !== undefined && growth > GROWTH_MIN && lagSeconds > LAG_NOISE_SECONDS) {
    const secondsToLoss = (keeping.seconds - lagSeconds) / Math.min(1, growth);
    const kept = `kept ${formatDuration(keeping.seconds)}, ${keeping.said}`;
    const said = [`loss in ${sayLong(secondsToLoss)} (${kept})`, sayCeiling(queue)].filter((part) => part !== '');
    return { secondsToLoss, said: said.join('; ') };
  }
  if (growth !== undefined && growth < -GROWTH_MIN && lagSeconds > LAG_NOISE_SECONDS) {
    const secondsToDrain = lagSeconds / -growth;
    return { secondsToDrain, said: `caught up in ${sayLong(secondsToDrain)}` };
  }
  return { said: '' };
}

/** Less than this much lag per second is rounding. */
const GROWTH_MIN = 0.01;
/** Up to here a lag is the time between two scrapes and a batch. */
const LAG_NOISE_SECONDS = 30;

/** Seconds of lag per second: 1 − out ÷ in where both are known, for lag itself moves in steps of a scrape. */
export function growthOf({ rates, lagGrowth }: Queue): number | undefined {
  if (rates?.in === undefined || rates.in === 0 || rates.delivered === undefined) return lagGrowth;
  return 1 - rates.delivered / rates.in;
}

/** Whether it could catch up at all with the shards it may have. A refusal is quick: only deliveries tell a ceiling. */
function sayCeiling({ shardsMax, batchMax, batchMeanSeconds, rates, lagSeconds = 0 }: Queue): string {
  const { in: taken, delivered = 0, retried = 0 } = rates ?? {};
  if (!shardsMax || !batchMax || !batchMeanSeconds || taken === undefined || delivered <= retried) return '';
  const ceiling = (shardsMax * batchMax) / batchMeanSeconds;
  return ceiling > taken
    ? `at its ceiling of ${formatRate(ceiling)} it would drain in ${sayLong((lagSeconds * taken) / (ceiling - taken))}`
    : `it cannot catch up: at most ${formatRate(ceiling)}, ${formatCount(taken)} come in`;
}

/** Nobody plans by the second for an hour away. */
const sayLong = (seconds: number): string =>
  formatDuration(
    seconds >= 7200
      ? Math.round(seconds / 3600) * 3600
      : seconds >= 600
        ? Math.round(seconds / 60) * 60
        : Math.max(1, Math.round(seconds)),
  );
