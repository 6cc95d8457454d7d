import type { Queue, QueueRates } from './queues.ts';
import {
  behind,
  buffersFull,
  isLate,
  type Judged,
  QUEUE_LIMITS,
  type QueueCause,
  sayLag,
  shardsAtMax,
  walStalled,
  walTruncated,
} from './queues-causes.ts';
import { type Keeping, keepingByDefault, type Outlook, outlookOf, sayUnits } from './queues-loss.ts';
import { refusalOf, type ServerEvidence } from './queues-refused.ts';
import { formatCount, formatRate, formatSeconds, formatShare } from './units.ts';

/** What is known beside the queue's own numbers. */
export interface QueueEvidence extends ServerEvidence {
  /** Whether Mimir, which was asked and holds other agents' series, holds this one's; undefined where nobody knows. */
  readonly inMimir?: boolean;
  readonly keeping?: Keeping;
  /** Of the tenant, as its server's distributors count it, all agents together; a second. */
  readonly receivedPerSecond?: number;
}

export interface QueueVerdict extends Judged {
  readonly outlook: Outlook;
}

/** Their own sentence says how much is lost. */
const SAYS_LOSS: readonly QueueCause[] = ['refused', 'wal-truncated'];

type Rule = (queue: Queue, evidence: QueueEvidence) => Judged | undefined;

/**
 * Say what is wrong with one queue: the first cause that is true, from the far end backwards.
 *
 * Units:  rates a second, times in seconds.
 * Fails:  never. A queue seen once has no rates: what its gauges do not tell is unknown, never good.
 * Source: Prometheus storage/remote/queue_manager.go. Refused samples (4xx) count as dealt with: lag stays 0 while all
 *         is lost. No metric carries the HTTP status of remote write: it is inferred, and `because` says from what.
 */
export function judgeQueue(queue: Queue, evidence: QueueEvidence = {}): QueueVerdict {
  const outlook = outlookOf(queue, evidence.keeping ?? keepingByDefault(queue));
  for (const rule of RULES) {
    const judged = rule(queue, evidence);
    if (judged === undefined) continue;
    const alreadySaid = SAYS_LOSS.includes(judged.cause);
    const asides = [judged.because, alreadySaid ? '' : outlook.said, ...asidesOf(queue, evidence, judged.cause)].filter(
      (part) => part !== '',
    );
    return { ...judged, because: asides.join('; '), outlook };
  }
  return { verdict: 'unknown', cause: 'none', because: 'nothing is known of it', outlook };
}

const refusedOrLimited: Rule = (queue, evidence) => {
  const failed = queue.rates?.failed ?? 0;
  if (failed <= 0) return undefined;
  const final = Math.max(failed, (queue.rates?.attempts ?? failed) - (queue.rates?.retried ?? 0));
  const refusal = refusalOf(queue, evidence);
  if (refusal.kind === 'remote') return undefined;
  const share = failed / final;
  const all = share > 0.999 ? 'all of it' : formatShare(share);
  return {
    verdict: share > QUEUE_LIMITS.failedShareBad ? 'bad' : 'warn',
    cause: refusal.kind,
    because: `${refusal.kind}, ${refusal.because}: ${sayUnits(queue, failed)} lost, ${all}`,
    next: refusal.next,
  };
};

const absent: Rule = (_queue, { inMimir, header }) =>
  inMimir === false
    ? {
        verdict: 'warn',
        cause: 'absent',
        because: 'Mimir holds nothing of this agent’s own metrics, though it holds those of others',
        next:
          header?.state === 'missing'
            ? `give it a tenant: ${header.where}`
            : 'check that the agent scrapes itself, and as which tenant that is sent',
      }
    : undefined;

const limited: Rule = (queue, evidence) => {
  if (!isHeldUp(queue)) return undefined;
  const refusal = refusalOf(queue, evidence);
  if (refusal.kind !== 'limited') return undefined;
  return { verdict: 'bad', cause: 'limited', because: `held back: ${refusal.because}`, next: refusal.next };
};

/** Something is tried again and again, or waits without being tried. */
const isHeldUp = (queue: Queue): boolean => triedAgain(queue.rates) > 0 || isStuck(queue);

/** Samples or spans, of `loki.write` batches: more than none is all that both tell. */
const triedAgain = (rates: QueueRates | undefined): number => (rates?.retried ?? 0) + (rates?.retriedBatches ?? 0);

/** With a long Retry-After none of the counters moves, only what waits. */
const isStuck = ({ rates, pending = 0, pendingBefore = 0 }: Queue): boolean =>
  rates !== undefined &&
  rates.attempts === 0 &&
  pending > 0 &&
  pendingBefore > 0 &&
  rates.seconds >= QUEUE_LIMITS.stuckSeconds;

const remote: Rule = (queue, evidence) => {
  const { rates, batchP99Seconds: p99 = 0 } = queue;
  if (rates === undefined) return undefined;
  const judged = (verdict: 'bad' | 'warn', because: string): Judged => ({
    ...{ verdict, because, cause: 'remote' },
    next: 'look at the server and what stands before it (:stack, :pods); more shards will not help',
  });
  if (isStuck(queue))
    return judged('bad', `nothing sent for ${formatSeconds(rates.seconds)} while ${formatCount(queue.pending)} wait`);
  if (triedAgain(rates) + (rates.failed ?? 0) > 0) return judged(...heldUp(queue, rates, evidence));
  if (p99 <= QUEUE_LIMITS.batchSecondsBad) return undefined;
  return judged(isLate(queue) ? 'bad' : 'warn', `slow: a batch takes ${formatSeconds(p99)} (p99)`);
};

function heldUp(queue: Queue, rates: QueueRates, evidence: QueueEvidence): ['bad' | 'warn', string] {
  const [share, what] = shareHeldUp(queue, rates);
  const none = (rates.delivered ?? 0) === 0;
  const lost = (rates.failed ?? 0) > 0 ? `, ${formatRate(rates.failed)} lost` : '';
  const how = none ? 'nothing gets through' : `${formatShare(share)} ${what}`;
  const bad = none || share >= QUEUE_LIMITS.retriedShareBad || isLate(queue);
  return [bad ? 'bad' : 'warn', `${how}${lost} (${refusalOf(queue, evidence).because})`];
}

/** Who counts requests and batches is measured by them: beside lines they would be next to nothing. */
function shareHeldUp({ statuses }: Queue, rates: QueueRates): readonly [share: number, what: string] {
  const requests = sumOf(statuses.values());
  if (requests > 0) {
    const answered = [...statuses].filter(([status]) => /^2\d\d$/.test(status)).map(([, perSecond]) => perSecond);
    return [1 - sumOf(answered) / requests, 'of its requests fail'];
  }
  if (rates.retriedBatches && rates.batches)
    return [Math.min(1, rates.retriedBatches / rates.batches), 'of its batches are tried again'];
  const held = (rates.retried ?? 0) + (rates.failed ?? 0);
  return [held > 0 ? held / Math.max(rates.attempts ?? 0, held) : 0, 'is tried again'];
}

const sumOf = (rates: Iterable<number>): number => [...rates].reduce((total, rate) => total + rate, 0);

const seenOnce: Rule = ({ rates }) =>
  rates === undefined
    ? { verdict: 'unknown', cause: 'one-scrape', because: 'seen once: no rates yet', next: 'ask again in 15 seconds' }
    : undefined;

const keepsUp: Rule = (queue) => {
  const { rates, neverSent } = queue;
  if (rates?.failed === undefined && rates?.delivered === undefined)
    return { verdict: 'unknown', cause: 'none', because: 'it does not say what it sent' };
  if ((rates.attempts ?? 0) === 0 && neverSent)
    return { verdict: 'unknown', cause: 'none', because: 'it has never sent anything' };
  // An exporter has no lag: what waits while nothing goes may be stuck, or have come just now.
  if (rates.attempts === 0 && queue.lagSeconds === undefined && (queue.pending ?? 0) > 0)
    return { verdict: 'unknown', cause: 'none', because: `sent nothing yet; ${formatCount(queue.pending)} wait` };
  return { verdict: 'good', cause: 'none', because: `keeps up: ${sayLag(queue)}` };
};

const RULES: readonly Rule[] = [
  refusedOrLimited,
  absent,
  limited,
  remote,
  shardsAtMax,
  buffersFull,
  walStalled,
  walTruncated,
  behind,
  seenOnce,
  keepsUp,
];

/** Other things that are true, each worth a half sentence beside the cause. */
function asidesOf(queue: Queue, { header, inMimir }: QueueEvidence, cause: QueueCause): readonly string[] {
  const p99 = queue.batchP99Seconds ?? 0;
  const slow = p99 > QUEUE_LIMITS.batchSecondsSlow && cause !== 'remote' && cause !== 'none';
  return [
    slow ? `a batch takes ${formatSeconds(p99)} (p99)` : '',
    header?.state === 'missing' && cause !== 'refused' ? `and no tenant header: ${header.where}` : '',
    inMimir === false && cause !== 'absent' ? 'absent from Mimir' : '',
    queue.restarted ? 'restarted since' : '',
  ];
}
