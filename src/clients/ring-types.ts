import type { Result } from '../domain/result.ts';
import type { PartitionRing, Ring } from '../domain/ring.ts';
import type { ConfigDump } from '../domain/ring-config.ts';

/** A ring of members, by product and component. */
export type RingName =
  | 'mimir ingester'
  | 'mimir distributor'
  | 'mimir store-gateway'
  | 'mimir compactor'
  | 'mimir ruler'
  | 'mimir alertmanager'
  | 'loki ingester'
  | 'tempo ingester'
  | 'tempo live-store';

/** A ring of partitions: ingest storage, Tempo 3. */
export type PartitionRingName = 'mimir partitions' | 'tempo partitions';

/** The rings of a stack and what their owners say of them, whoever the tenant. */
export interface Rings {
  ring(name: RingName, signal: AbortSignal): Promise<Result<Ring>>;
  partitions(name: PartitionRingName, signal: AbortSignal): Promise<Result<PartitionRing>>;
  /** What differs from the defaults; what is absent has its default. */
  config(backend: 'mimir' | 'loki' | 'tempo', signal: AbortSignal): Promise<Result<ConfigDump>>;
  /** As the distributor's own metrics have it; undefined where they have none. */
  replicationFactor(backend: 'mimir' | 'loki' | 'tempo', signal: AbortSignal): Promise<Result<number | undefined>>;
}
