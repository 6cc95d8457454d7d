import type { Labels } from './series.ts';

export type QueueSignal = 'metrics' | 'logs' | 'traces';

/** What an exporter counts: each name a sum over the series of one queue. */
export type QueueField =
  | 'attempts'
  | 'delivered'
  | 'failed'
  | 'retried'
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
  readonly values: ReadonlyMap<QueueField, number>;
  /** Upper bound in seconds to the count of batches at or below it. */
  readonly buckets: ReadonlyMap<number, number>;
  /** Entries dropped by the exporter's reason. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Requests by HTTP status, where the exporter counts them (`loki.write`). */
  readonly statuses: ReadonlyMap<string, number>;
}

/** Who a queue is, before anything was counted. `discriminator` tells two queues of one component apart. */
export interface QueueName extends Pick<QueueReading, 'signal' | 'kind' | 'component' | 'endpoint'> {
  readonly discriminator: string;
}

/** A reading that is still being summed up. */
export interface Draft extends QueueReading {
  readonly values: Map<QueueField, number>;
  readonly buckets: Map<number, number>;
  readonly reasons: Map<string, number>;
  readonly statuses: Map<string, number>;
}

/** Readings of one agent in the making. */
export interface Drafts {
  of(name: QueueName): Draft;
  /** A value that no single queue of a component owns. `highest`: the largest counts, not the sum. */
  share(component: string, field: QueueField, value: number): void;
  /** Those that are queues, each with what its component shares. */
  readings(): readonly QueueReading[];
}

export function makeDrafts(): Drafts {
  const drafts = new Map<string, Draft>();
  const shared = new Map<string, Map<QueueField, number>>();
  return {
    of({ discriminator, ...name }) {
      const signal = name.kind.startsWith('otelcol') ? name.signal : '';
      const id = [name.component, discriminator, name.endpoint, signal].filter((part) => part !== '').join(' ');
      const known = drafts.get(id);
      if (known) return known;
      const made = { id, ...name, values: new Map(), buckets: new Map(), reasons: new Map(), statuses: new Map() };
      drafts.set(id, made);
      return made;
    },
    share(component, field, value) {
      if (Number.isNaN(value)) return;
      const fields = shared.get(component) ?? new Map<QueueField, number>();
      shared.set(component, fields);
      const before = fields.get(field) ?? 0;
      fields.set(field, field === 'highest' ? Math.max(before, value) : before + value);
    },
    readings() {
      const queues = [...drafts.values()].filter(isQueue);
      for (const queue of queues) {
        const component = queue.kind === 'remote_write' ? '' : queue.component;
        for (const [field, value] of shared.get(component) ?? [])
          if (!queue.values.has(field)) queue.values.set(field, value);
      }
      return queues;
    },
  };
}

/** Something was sent, failed or waits: a lone gauge of another kind is no queue. */
const isQueue = ({ values }: QueueReading): boolean =>
  values.has('attempts') || values.has('delivered') || values.has('size') || values.has('failed');

/** Sum up; NaN is nothing. */
export function add<Key>(into: Map<Key, number>, key: Key, value: number): void {
  if (!Number.isNaN(value)) into.set(key, (into.get(key) ?? 0) + value);
}

/** One bucket of a batch's duration. */
export function addBucket(draft: Draft, labels: Labels, count: number): void {
  const le = labels.le ?? '';
  const bound = /^\+?inf$/i.test(le) ? Number.POSITIVE_INFINITY : Number(le === '' ? Number.NaN : le);
  if (!Number.isNaN(bound)) add(draft.buckets, bound, count);
}
