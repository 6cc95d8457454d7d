import type { Queue } from './queues.ts';
import { growthOf, type Keeping, keepingByDefault } from './queues-loss.ts';
import type { Verdict } from './result.ts';
import { formatRate, formatSeconds, formatShare } from './units.ts';

/* What a queue's own numbers tell of the near end: shards, buffers, the WAL. */

/** The words of the contract: the first that is true, from the far end backwards. */
export type QueueCause =
  | 'refused'
  | 'absent'
  | 'limited'
  | 'remote'
  | 'shards-at-max'
  | 'buffers-full'
  | 'wal-stalled'
  | 'wal-truncated'
  | 'lag'
  | 'one-scrape'
  | 'none';

export interface Judged {
  readonly verdict: Verdict;
  readonly cause: QueueCause;
  readonly because: string;
  /** What to do next; absent where nothing is to be done. */
  readonly next?: string;
}

/** Heuristics; the lag limits are Prometheus' own alert (120 s) and a quarter of it. Units: seconds, shares 0–1. */
export const QUEUE_LIMITS = {
  lagSecondsWarn: 30,
  lagSecondsBad: 120,
  batchSecondsSlow: 1,
  batchSecondsBad: 5,
  failedShareBad: 0.01,
  retriedShareBad: 0.5,
  fillFull: 0.95,
  fillWarn: 0.8,
  /** A batch waits 5 s at most unless told otherwise: what waits longer is stuck. */
  stuckSeconds: 9,
} as const;

export const isLate = ({ lagSeconds = 0 }: Queue): boolean => lagSeconds > QUEUE_LIMITS.lagSecondsBad;

const isGrowing = (queue: Queue): boolean => (queue.lagGrowth ?? 0) > 0 || (growthOf(queue) ?? 0) > 0.03;

export const shardsAtMax = (queue: Queue): Judged | undefined => {
  const { shardsDesired = 0, shardsMax = Number.POSITIVE_INFINITY, batchP99Seconds: p99 = 0 } = queue;
  if (shardsDesired <= shardsMax) return undefined;
  const slow = p99 > QUEUE_LIMITS.batchSecondsSlow;
  return {
    verdict: isGrowing(queue) || isLate(queue) ? 'bad' : 'warn',
    cause: 'shards-at-max',
    because: `shards at max: wants ${Math.ceil(shardsDesired)}, may have ${shardsMax}; ${sayLag(queue)}`,
    next: slow
      ? `find out why a batch takes ${formatSeconds(p99)} first (network, proxy, Mimir); more shards on an overloaded Mimir make it worse`
      : `raise max_shards to ${Math.max(50, Math.ceil(shardsDesired) * 4)}, if Mimir is healthy (:stack)`,
  };
};

export const buffersFull = (queue: Queue): Judged | undefined => {
  const { bufferFill = 0, rates } = queue;
  const turnedAway = rates?.enqueueFailed ?? 0;
  const exporter = queue.kind.startsWith('otelcol');
  const full = turnedAway > 0 || bufferFill >= (exporter ? QUEUE_LIMITS.fillWarn : QUEUE_LIMITS.fillFull);
  if (!full) return undefined;
  const lost = exporter && turnedAway > 0;
  const away = turnedAway > 0 ? `, ${formatRate(turnedAway)} turned away${lost ? ' and lost' : ''}` : '';
  return {
    verdict:
      lost || isLate(queue) || (isGrowing(queue) && (queue.lagSeconds ?? 0) > QUEUE_LIMITS.lagSecondsWarn)
        ? 'bad'
        : 'warn',
    cause: 'buffers-full',
    because: `buffers are ${formatShare(bufferFill)} full${away}; ${sayLag(queue)}`,
    next: 'the far end takes less than comes in: look at batch time and Mimir, then at capacity',
  };
};

export const walStalled = (queue: Queue): Judged | undefined => {
  const { rates, pending = 0, lagSeconds = 0 } = queue;
  if (rates?.attempts !== 0 || pending > 0 || lagSeconds <= QUEUE_LIMITS.lagSecondsWarn || !((rates.in ?? 0) > 0))
    return undefined;
  return {
    verdict: isLate(queue) || isGrowing(queue) ? 'bad' : 'warn',
    cause: 'wal-stalled',
    because: `the WAL is written but not read: nothing waits, nothing is sent; ${sayLag(queue)}`,
    next: 'look at the agent’s log for WAL errors and at its disk; a restart reads the WAL anew',
  };
};

export const walTruncated = (queue: Queue, { keeping }: { readonly keeping?: Keeping }): Judged | undefined => {
  const lost = queue.rates?.dropped ?? 0;
  const over = (queue.lagSeconds ?? 0) > (keeping ?? keepingByDefault(queue)).kept.seconds;
  if (lost <= 0 && !over) return undefined;
  return {
    verdict: 'bad',
    cause: 'wal-truncated',
    because: over
      ? `the WAL no longer holds what was not sent; ${sayLag(queue)}`
      : `${formatRate(lost)} fell off the WAL unsent`,
    next: 'what fell off is gone: keep the WAL longer (wal.max_keepalive_time) and find what held the queue up',
  };
};

export const behind = (queue: Queue): Judged | undefined => {
  const { lagSeconds = 0 } = queue;
  if (lagSeconds <= QUEUE_LIMITS.lagSecondsWarn) return undefined;
  return {
    verdict: isLate(queue) ? 'bad' : 'warn',
    cause: 'lag',
    because: sayLag(queue),
    next: 'watch whether it shrinks: after an outage it does',
  };
};

export const sayLag = ({ lagSeconds, lagGrowth = 0, rates }: Queue): string => {
  if (lagSeconds === undefined)
    return rates?.delivered === undefined ? 'lag unknown' : `${formatRate(rates.delivered)} sent`;
  return `${formatSeconds(lagSeconds)} behind${lagGrowth > 0.05 && lagSeconds > QUEUE_LIMITS.lagSecondsWarn ? ' and growing' : ''}`;
};
