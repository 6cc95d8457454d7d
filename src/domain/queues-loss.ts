import type { Queue } from './queues.ts';
import { formatCount, formatDuration, formatRate } from './units.ts';

/** A time, and from where it is known: "ConfigMap monitoring-agent-alloy", "default of wal.max_keepalive_time". */
export interface KnownSeconds {
  readonly seconds: number;
  readonly said: string;
}

/** How long an agent keeps what it could not send. */
export interface Keeping {
  /** What is older is thrown away for sure. */
  readonly kept: KnownSeconds;
  /** How often the WAL is cut down to its newest third; undefined where its age alone decides. */
  readonly cut?: KnownSeconds;
  /** It is cut also while nothing at all gets through. */
  readonly cutsAlways: boolean;
}

/**
 * How long an agent keeps samples by default.
 *
 * Source: Alloy prometheus/remotewrite/types.go: `wal.max_keepalive_time` 8h, `wal.truncate_frequency` 2h; it is not cut
 *         while the newest timestamp that was sent stands still (remote_write.go). Prometheus tsdb/agent/db.go: 4h, 2h, and
 *         it is cut always. A Prometheus server keeps what its head needs, two hours (its documentation of remote write).
 */
export function keepingByDefault({ build, kind }: Pick<Queue, 'build' | 'kind'>): Keeping {
  if (build?.mode === 'server') return SERVER;
  return build?.name === 'prometheus' || (build === undefined && kind === 'remote_write') ? AGENT : ALLOY;
}

const HOUR = 3600;
const SERVER: Keeping = { kept: { seconds: 2 * HOUR, said: 'what a Prometheus server keeps' }, cutsAlways: true };
const AGENT: Keeping = {
  kept: { seconds: 4 * HOUR, said: 'default of a Prometheus agent' },
  cut: { seconds: 2 * HOUR, said: 'default of a Prometheus agent' },
  cutsAlways: true,
};
const ALLOY: Keeping = {
  kept: { seconds: 8 * HOUR, said: 'default of wal.max_keepalive_time' },
  cut: { seconds: 2 * HOUR, said: 'default of wal.truncate_frequency' },
  cutsAlways: false,
};

/** When samples are lost, and when the queue has caught up. Seconds; absent where that will not happen, or is not known. */
export interface Outlook {
  /** The earliest; 0 where something is lost now, or may be with the next cut. */
  readonly secondsToLoss?: number;
  /** From then on for sure. */
  readonly secondsToSureLoss?: number;
  readonly secondsToDrain?: number;
  /** Samples, lines or spans a second that are lost now. */
  readonly losingPerSecond?: number;
  /** A half sentence; empty where there is nothing to say. */
  readonly said: string;
}

/**
 * Time to loss, and time to drain.
 *
 * Units:  seconds; `lagGrowth` is seconds of lag per second, at most 1 (nothing gets through).
 * Fails:  never; without two readings there is no outlook.
 * Source: lag × in ÷ (out − in); the ceiling is shards_max × max_samples_per_send ÷ mean batch duration. A cut takes two
 *         thirds of what was written since the one before: who is further behind than a third may lose by it (Alloy's
 *         documentation of prometheus.remote_write, "Falling behind").
 */
export function outlookOf(queue: Queue, keeping: Keeping): Outlook {
  const { rates, lagSeconds = 0 } = queue;
  if (rates === undefined) return { said: '' };
  const lost = (rates.failed ?? 0) + (rates.dropped ?? 0);
  if (lost > 0) return { secondsToLoss: 0, losingPerSecond: lost, said: `already losing ${sayUnits(queue, lost)}` };
  const { kept } = keeping;
  if (lagSeconds >= kept.seconds)
    return { secondsToLoss: 0, said: `older than what is kept (${formatDuration(kept.seconds)}, ${kept.said})` };
  const growth = growthOf(queue);
  if (growth !== undefined && growth > GROWTH_MIN && lagSeconds > LAG_NOISE_SECONDS)
    return lossOf(queue, keeping, Math.min(1, growth));
  if (growth !== undefined && growth < -GROWTH_MIN && lagSeconds > LAG_NOISE_SECONDS) {
    const secondsToDrain = lagSeconds / -growth;
    return { secondsToDrain, said: `caught up in ${sayLong(secondsToDrain)}${sayPace(rates)}` };
  }
  return { said: '' };
}

/** "94.3 samples/s". */
export const sayUnits = ({ signal }: Pick<Queue, 'signal'>, perSecond: number): string =>
  `${formatCount(perSecond)} ${UNIT[signal]}/s`;

const UNIT: Readonly<Record<Queue['signal'], string>> = { metrics: 'samples', logs: 'lines', traces: 'spans' };

/** Less than this much lag per second is rounding. */
const GROWTH_MIN = 0.01;
/** Up to here a lag is the time between two scrapes and a batch. */
const LAG_NOISE_SECONDS = 30;
/** Of what was written since the last cut, what the next one leaves. */
const LEFT_SHARE = 1 / 3;

function lossOf(queue: Queue, { kept, cut, cutsAlways }: Keeping, growth: number): Outlook {
  const { lagSeconds = 0 } = queue;
  const secondsToSureLoss = (kept.seconds - lagSeconds) / growth;
  const stands = (queue.rates?.delivered ?? 0) === 0;
  const told = (...parts: readonly string[]): string =>
    [...parts, sayCeiling(queue)].filter((part) => part !== '').join('; ');
  if (cut === undefined || (stands && !cutsAlways) || cut.seconds * LEFT_SHARE >= kept.seconds)
    return {
      secondsToLoss: secondsToSureLoss,
      secondsToSureLoss,
      said: told(`loss in ${sayLong(secondsToSureLoss)} (kept ${formatDuration(kept.seconds)}: ${kept.said})`),
    };
  const secondsToLoss = Math.max(0, (cut.seconds * LEFT_SHARE - lagSeconds) / growth);
  const when = secondsToLoss === 0 ? 'loss with the next cut' : `loss from ${sayLong(secondsToLoss)} on`;
  const by = cut.said === kept.said ? kept.said : `${cut.said}; ${kept.said}`;
  const how = `WAL cut to a third every ${formatDuration(cut.seconds)}, kept ${formatDuration(kept.seconds)}: ${by}`;
  return {
    ...{ secondsToLoss, secondsToSureLoss },
    said: told(`${when}, certain in ${sayLong(secondsToSureLoss)} (${how})`),
  };
}

/**
 * Seconds of lag per second: 1 − out ÷ in where both are known, for lag itself moves in steps of a scrape.
 *
 * Fails: undefined where less is tried than comes in while the lag does not grow: what is missing was dropped on purpose.
 */
export function growthOf(queue: Queue): number | undefined {
  const { rates, lagGrowth } = queue;
  const wanted = wantedIn(queue);
  if (!wanted || rates?.delivered === undefined) return lagGrowth;
  const growth = 1 - rates.delivered / wanted;
  const isHeldUp = (rates.attempts ?? 0) > rates.delivered;
  return growth > 0 && !isHeldUp && lagGrowth !== undefined && lagGrowth <= 0 ? undefined : growth;
}

/**
 * What comes in and shall go out, a second: without that which a relabel rule of the endpoint drops.
 *
 * Source: Prometheus storage/remote/queue_manager.go, `samples_dropped_total{reason="dropped_series"}`; releases that have
 *         no reasons do not tell.
 */
export const wantedIn = ({ rates, reasons }: Queue): number | undefined =>
  rates?.in === undefined ? undefined : Math.max(0, rates.in - droppedByRule({ reasons }));

/** Dropped by a relabel rule, a second: nobody wanted it. */
export const droppedByRule = ({ reasons }: Pick<Queue, 'reasons'>): number => reasons.get('dropped_series') ?? 0;

const sayPace = ({ in: taken, delivered }: NonNullable<Queue['rates']>): string =>
  taken === undefined || delivered === undefined ? '' : ` at ${formatRate(delivered)}, ${formatRate(taken)} come in`;

/** Whether it could catch up at all with the shards it may have. A refusal is quick: only deliveries tell a ceiling. */
function sayCeiling(queue: Queue): string {
  const { shardsMax, batchMax, batchMeanSeconds, rates, lagSeconds = 0 } = queue;
  const { delivered = 0, retried = 0 } = rates ?? {};
  const taken = wantedIn(queue);
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
