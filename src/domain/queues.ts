import type { AgentBuild } from './queues-read.ts';
import { type Buckets, NO_BUCKETS, type QueueField, type QueueReading, type QueueSignal } from './queues-reading.ts';

/** A reading, and when it was taken (Unix seconds). */
export interface TimedReading {
  readonly atUnix: number;
  readonly reading: QueueReading;
}

/** What happened between two readings, a second each. Samples, log entries or spans, by the queue's signal. */
export interface QueueRates {
  /** Between the two readings. */
  readonly seconds: number;
  /** Everything that was tried: delivered, failed and retried alike. */
  readonly attempts?: number;
  readonly delivered?: number;
  readonly failed?: number;
  readonly retried?: number;
  /** Where batches are counted instead (`loki.write`): how many lines each held is not told. */
  readonly retriedBatches?: number;
  /** Lost before they were tried: old names, unintentionally dropped series, and what fell off the WAL. */
  readonly dropped?: number;
  /** Of those, given up because they were too old. */
  readonly tooOld?: number;
  /** Turned away because the buffers were full. */
  readonly enqueueFailed?: number;
  readonly in?: number;
  readonly batches?: number;
}

/** One queue as it stands, with what two readings of it tell. */
export interface Queue {
  readonly id: string;
  readonly signal: QueueSignal;
  readonly kind: string;
  readonly component: string;
  readonly endpoint: string;
  /** As its own labels have it. */
  readonly sentAs?: string;
  readonly atUnix: number;
  readonly build?: AgentBuild;
  /** Behind the newest sample taken in, by one formula or the other; undefined where nothing was sent yet. */
  readonly lagSeconds?: number;
  /** Seconds of lag gained per second; negative while it catches up. */
  readonly lagGrowth?: number;
  /** Never has anything been sent; the exporter's timestamp still reads 0. */
  readonly neverSent: boolean;
  readonly shards?: number;
  readonly shardsDesired?: number;
  readonly shardsMax?: number;
  /** Most that can stand in one batch. */
  readonly batchMax?: number;
  readonly pending?: number;
  /** 0–1; a full one reads up to 1.15. */
  readonly bufferFill?: number;
  /** What waited at the reading before, so that something stuck can be told from something new. */
  readonly pendingBefore?: number;
  /** Undefined where the queue was seen once, or the same reading twice. */
  readonly rates?: QueueRates;
  readonly batchP99Seconds?: number;
  readonly batchMeanSeconds?: number;
  /** A counter went back: the agent was restarted, and rates count from its start. */
  readonly restarted: boolean;
  /** Requests per HTTP status and second, where the exporter counts them. */
  readonly statuses: ReadonlyMap<string, number>;
  /** Losses by the exporter's own reason, a second. */
  readonly reasons: ReadonlyMap<string, number>;
}

/**
 * Put two readings of a queue together.
 *
 * Units:  rates a second; a counter that went back counts from 0 (the agent was restarted).
 * Fails:  never; without `before`, or with the very same reading, there are no rates, which is not the same as 0.
 * Source: Prometheus storage/remote/queue_manager.go: samples_total holds delivered, failed and retried alike.
 */
export function measureQueue(now: TimedReading, before: TimedReading | undefined, build?: AgentBuild): Queue {
  const { reading, atUnix } = now;
  const { values } = reading;
  const { id, signal, kind, component, endpoint, sentAs } = reading;
  const seconds = before === undefined ? 0 : atUnix - before.atUnix;
  const earlier = seconds >= 1 ? before?.reading : undefined;
  const restarted = earlier !== undefined && COUNTERS.some((field) => wentBack(values, earlier.values, field));
  const past = restarted ? fromZero(reading) : earlier;
  return {
    ...{ id, signal, kind, component, endpoint, sentAs, build, restarted, atUnix },
    neverSent: values.get('highestSent') === 0,
    lagSeconds: lagOf(reading),
    shards: values.get('shards'),
    shardsDesired: values.get('desired'),
    shardsMax: values.get('shardsMax'),
    batchMax: values.get('batchMax'),
    pending: waitingIn(values),
    bufferFill: fillOf(values),
    ...(past ? between(reading, past, seconds) : { statuses: NOTHING, reasons: NOTHING }),
  };
}

const NOTHING: ReadonlyMap<string, number> = new Map();

/** What only two readings tell. */
function between(
  now: QueueReading,
  past: QueueReading,
  seconds: number,
): Pick<
  Queue,
  'rates' | 'lagGrowth' | 'pendingBefore' | 'batchP99Seconds' | 'batchMeanSeconds' | 'statuses' | 'reasons'
> {
  const [lag, lagBefore] = [lagOf(now), lagOf(past)];
  const batches = delta(now.values, past.values, 'batches');
  const inBatches = delta(now.values, past.values, 'batchSeconds');
  return {
    rates: ratesOf(now, past, seconds),
    lagGrowth: lag === undefined || lagBefore === undefined ? undefined : (lag - lagBefore) / seconds,
    pendingBefore: waitingIn(past.values),
    batchP99Seconds: quantileOf(now.buckets, past.buckets, 0.99),
    batchMeanSeconds: batches && inBatches !== undefined ? inBatches / batches : undefined,
    statuses: perSecond(now.statuses, past.statuses, seconds),
    reasons: perSecond(now.reasons, past.reasons, seconds),
  };
}

const fromZero = (reading: QueueReading): QueueReading => ({
  ...reading,
  values: { get: () => undefined, has: () => false },
  buckets: NO_BUCKETS,
  reasons: new Map(),
  statuses: new Map(),
});

const waitingIn = (values: Values): number | undefined => values.get('pending') ?? values.get('size');

/** Any of these going back means a restart. */
const COUNTERS: readonly QueueField[] = ['attempts', 'delivered', 'samplesIn', 'failed', 'batches'];

type Values = QueueReading['values'];

const wentBack = (now: Values, before: Values, field: QueueField): boolean =>
  (now.get(field) ?? Number.POSITIVE_INFINITY) < (before.get(field) ?? 0);

function ratesOf(now: QueueReading, past: QueueReading, seconds: number): QueueRates {
  const more = (field: QueueField): number | undefined => delta(now.values, past.values, field);
  const rate = (count: number | undefined): number | undefined => (count === undefined ? undefined : count / seconds);
  const isExporter = now.kind.startsWith('otelcol');
  const [failed = isExporter ? 0 : undefined, retried] = [more('failed'), more('retried')];
  // An exporter makes its counters with the first event: until then nothing was sent, though it may wait.
  const attempts = more('attempts') ?? (isUncounted(now) ? 0 : undefined);
  // Counts are whole numbers: what is left of them is exactly 0 where nothing got through.
  const tried = attempts === undefined ? undefined : Math.max(0, attempts - (failed ?? 0) - (retried ?? 0));
  return {
    seconds,
    attempts: rate(attempts ?? sumOf(more('delivered'), failed)),
    delivered: rate(more('delivered') ?? tried),
    failed: rate(failed),
    retried: rate(retried),
    retriedBatches: rate(more('retriedBatches')),
    tooOld: rate(more('tooOld')),
    dropped: rate(sumOf(more('dropped'), more('tooOld'))),
    enqueueFailed: rate(more('enqueueFailed')),
    // Alloy counts what came in over all its components together, and each component's WAL by itself.
    in: rate(more('samplesIn') ?? more('appended')),
    batches: rate(more('batches')),
  };
}

/** An OTLP exporter's queue that is known by its size alone. */
export const isUncounted = ({ values }: QueueReading): boolean =>
  values.has('size') && !(['delivered', 'failed', 'enqueueFailed'] as const).some((field) => values.has(field));

function sumOf(...parts: readonly (number | undefined)[]): number | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, part) => total + part, 0);
}

/** A counter that appears for the first time has counted from 0: exporters make some of them with the first event. */
function delta(now: Values, before: Values, field: QueueField): number | undefined {
  const value = now.get(field);
  return value === undefined ? undefined : Math.max(0, value - (before.get(field) ?? 0));
}

/** Seconds between the newest sample taken in and the newest one sent. 0 means never, not 1970. */
export function lagOf({ values }: QueueReading): number | undefined {
  const [highest = 0, sent = 0] = [values.get('highest'), values.get('highestSent')];
  return highest > 0 && sent > 0 ? Math.max(0, highest - sent) : undefined;
}

function fillOf(values: Values): number | undefined {
  const capacity = values.get('capacity');
  const size = values.get('size');
  if (!capacity) return undefined;
  if (size !== undefined) return size / capacity;
  const [pending, shards] = [values.get('pending'), values.get('shards')];
  return pending === undefined || !shards ? undefined : pending / (shards * capacity);
}

/**
 * A quantile of what happened between two states of a histogram.
 *
 * Fails:  undefined where nothing happened, where `+Inf` is missing (nobody knows the total), and where there is no
 *         other bucket than `+Inf`, as native histograms look in the text format.
 * Source: Prometheus promql/quantile.go, bucketQuantile: linear within a bucket, the last bound where it falls beyond.
 */
export function quantileOf(now: Buckets, before: Buckets, share: number): number | undefined {
  const earlier = (bound: number): number => before.counts[before.bounds.indexOf(bound)] ?? 0;
  const buckets = now.bounds
    .map((bound, at) => ({ bound, count: Math.max(0, (now.counts[at] ?? 0) - earlier(bound)) }))
    .sort((left, right) => left.bound - right.bound);
  const total = buckets.at(-1);
  if (buckets.length < 2 || total?.bound !== Number.POSITIVE_INFINITY || total.count === 0) return undefined;
  const rank = share * total.count;
  let low = { bound: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= rank) {
      if (bucket.bound === Number.POSITIVE_INFINITY) return low.bound;
      const inside = bucket.count - low.count;
      return inside > 0 ? low.bound + ((bucket.bound - low.bound) * (rank - low.count)) / inside : bucket.bound;
    }
    low = bucket;
  }
  return undefined;
}

function perSecond(
  now: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, number>,
  seconds: number,
): ReadonlyMap<string, number> {
  if (now.size === 0) return now;
  return new Map([...now].map(([key, count]) => [key, Math.max(0, count - (before.get(key) ?? 0)) / seconds]));
}
