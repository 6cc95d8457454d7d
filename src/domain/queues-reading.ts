import type { Labels } from './series.ts';

export type QueueSignal = 'metrics' | 'logs' | 'traces';

/** What an exporter counts: each name a sum over the series of one queue. */
export type QueueField =
  | 'attempts'
  | 'delivered'
  | 'failed'
  | 'retried'
  | 'retriedBatches'
  | 'dropped'
  | 'tooOld'
  | 'enqueueFailed'
  | 'samplesIn'
  | 'appended'
  | 'pending'
  | 'capacity'
  | 'size'
  | 'shards'
  | 'desired'
  | 'shardsMin'
  | 'shardsMax'
  | 'batchMax'
  | 'highest'
  | 'highestSent'
  | 'batches'
  | 'batchSeconds';

/** What was counted, by field; absent where the exporter does not say. */
export interface FieldValues {
  get(field: QueueField): number | undefined;
  has(field: QueueField): boolean;
}

/** A histogram of durations: upper bounds in seconds, in the exporter's order, and the count at or below each. */
export interface Buckets {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** One queue at one moment, as its agent or Mimir's copy of the agent's series told it. Counters are since the start. */
export interface QueueReading {
  /** Unique within its agent. */
  readonly id: string;
  readonly signal: QueueSignal;
  /** `prometheus.remote_write`, `loki.write`, `otelcol.exporter.otlphttp`; `remote_write` for Prometheus itself. */
  readonly kind: string;
  /** Alloy's component id, else the queue's own name. */
  readonly component: string;
  /** URL or host, as the exporter names it; empty where it does not. */
  readonly endpoint: string;
  /** As whom it sends, where its own labels say so (`loki.write` with a `tenant_id`). */
  readonly sentAs?: string;
  readonly values: FieldValues;
  readonly buckets: Buckets;
  /** Entries dropped by the exporter's reason. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Requests by HTTP status, where the exporter counts them (`loki.write`). */
  readonly statuses: ReadonlyMap<string, number>;
}

/** Who a queue is, before anything was counted. `discriminator` tells two queues of one component apart. */
export interface QueueName extends Pick<QueueReading, 'signal' | 'kind' | 'component' | 'endpoint' | 'sentAs'> {
  readonly discriminator: string;
}

/** A reading that is still being summed up. */
export interface Draft extends QueueReading {
  readonly values: FieldSums;
  buckets: BucketSums;
  reasons: Map<string, number>;
  statuses: Map<string, number>;
}

const FIELDS: readonly QueueField[] = [
  ...(['attempts', 'delivered', 'failed', 'retried', 'dropped', 'tooOld', 'enqueueFailed', 'samplesIn'] as const),
  ...(['appended', 'pending', 'capacity', 'size', 'shards', 'desired', 'shardsMin', 'shardsMax', 'batchMax'] as const),
  ...(['highest', 'highestSent', 'batches', 'batchSeconds', 'retriedBatches'] as const),
];
const PLACE: ReadonlyMap<QueueField, number> = new Map(FIELDS.map((field, place) => [field, place]));

/** A map of few known keys in a tenth of a map's memory: thousands of queues are kept for the rates of the next scrape. */
export class FieldSums implements FieldValues {
  // A plain list of numbers holds nothing that a collector would have to look at.
  readonly #sums: number[] = new Array<number>(FIELDS.length).fill(Number.NaN);

  get(field: QueueField): number | undefined {
    const sum = this.#sums[PLACE.get(field) ?? -1];
    return sum === undefined || Number.isNaN(sum) ? undefined : sum;
  }

  has(field: QueueField): boolean {
    return this.get(field) !== undefined;
  }

  /** Sum up; NaN is nothing. */
  add(field: QueueField, value: number): void {
    if (!Number.isNaN(value)) this.#sums[PLACE.get(field) ?? -1] = (this.get(field) ?? 0) + value;
  }
}

interface BucketSums extends Buckets {
  readonly bounds: number[];
  readonly counts: number[];
}

/** What nothing was added to yet; never written to. */
const NOTHING = new Map<never, number>();
export const NO_BUCKETS: Buckets = { bounds: [], counts: [] };

/** A queue's name with its id, and the bucket's bound where the labels have one. */
export interface NamedQueue {
  readonly id: string;
  readonly name: Omit<QueueName, 'discriminator'>;
  readonly bound: number | undefined;
}

/**
 * Names that were made from labels before. The labels of thousands of agents are the same objects where their texts were
 * read once, so that their queues need be named once.
 */
export type QueueNames = WeakMap<Labels, NamedQueue>;

/** Readings of one agent in the making. */
export interface Drafts {
  /** The queue of these labels; `name` is asked only for labels that are new. */
  of(labels: Labels, name: () => QueueName): { readonly draft: Draft; readonly bound: number | undefined };
  /** A value that no single queue of a component owns. `highest`: the largest counts, not the sum. */
  share(component: string, field: QueueField, value: number): void;
  /** Those that are queues, each with what its component shares. */
  readings(): readonly QueueReading[];
}

export function makeDrafts(names: QueueNames = new WeakMap()): Drafts {
  const drafts = new Map<string, Draft>();
  const shared = new Map<string, Map<QueueField, number>>();
  return {
    of(labels, name) {
      let named = names.get(labels);
      if (named === undefined) {
        named = nameQueue(labels, name());
        names.set(labels, named);
      }
      const known = drafts.get(named.id);
      if (known) return { draft: known, bound: named.bound };
      const counts = {
        values: new FieldSums(),
        buckets: { bounds: [], counts: [] },
        reasons: NOTHING,
        statuses: NOTHING,
      };
      const draft = { id: named.id, ...named.name, ...counts };
      drafts.set(named.id, draft);
      return { draft, bound: named.bound };
    },
    share(component, field, value) {
      if (Number.isNaN(value)) return;
      const fields = shared.get(component) ?? new Map<QueueField, number>();
      shared.set(component, fields);
      const before = fields.get(field) ?? 0;
      fields.set(field, field === 'highest' ? Math.max(before, value) : before + value);
    },
    readings() {
      const queues = [...drafts.values()].filter(isQueue).filter(isInUse);
      for (const queue of queues) {
        for (const [field, value] of shared.get(sharerOf(queue)) ?? [])
          if (!queue.values.has(field)) queue.values.add(field, value);
      }
      return queues;
    },
  };
}

/**
 * An OTLP exporter of Alloy has a queue for each of the three signals, and most use one: the others never hold anything.
 *
 * Source: a running Alloy 1.16: `otelcol_exporter_queue_size{data_type="logs"} 0` beside the traces it exports.
 */
const isInUse = ({ kind, values }: QueueReading): boolean =>
  !kind.startsWith('otelcol') ||
  values.get('size') !== 0 ||
  (['delivered', 'failed', 'enqueueFailed'] as const).some((field) => values.has(field));

/** Under which name what no single queue owns was shared. */
function sharerOf({ kind, component, signal }: QueueReading): string {
  if (kind.startsWith('otelcol')) return `otelcol ${signal}`;
  return kind === 'remote_write' ? '' : component;
}

/** Something was sent, failed or waits: a lone gauge of another kind is no queue. */
const isQueue = ({ values }: QueueReading): boolean =>
  values.has('attempts') || values.has('delivered') || values.has('size') || values.has('failed');

/** Sum up under a key; NaN is nothing. */
export function addTo<Key>(sums: Map<Key, number>, key: Key, value: number): Map<Key, number> {
  if (Number.isNaN(value)) return sums;
  const into = sums.size === 0 ? new Map<Key, number>() : sums;
  return into.set(key, (into.get(key) ?? 0) + value);
}

/** Sum up in a bucket; NaN is nothing. */
export function addBucket({ bounds, counts }: BucketSums, bound: number, count: number): void {
  if (Number.isNaN(count)) return;
  const at = bounds.indexOf(bound);
  if (at >= 0) counts[at] = (counts[at] ?? 0) + count;
  else {
    bounds.push(bound);
    counts.push(count);
  }
}

function nameQueue(labels: Labels, { discriminator, ...name }: QueueName): NamedQueue {
  const signal = name.kind.startsWith('otelcol') ? name.signal : '';
  const id = [name.component, discriminator, name.endpoint, signal].filter((part) => part !== '').join(' ');
  const le = labels.le ?? '';
  const bound = /^\+?inf$/i.test(le) ? Number.POSITIVE_INFINITY : Number(le === '' ? Number.NaN : le);
  return { id, name, bound: Number.isNaN(bound) ? undefined : bound };
}
