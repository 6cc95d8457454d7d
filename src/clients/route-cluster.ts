import type { Answered, Asked } from '../domain/exchange.ts';
import type { Reach } from '../domain/reach.ts';
import type { Surveyed } from './clients.ts';

/** One cluster through which something may be reached. */
export interface RouteCluster {
  readonly context: string;
  survey(): Promise<Surveyed>;
  /** Through the API server's proxy. */
  through(hop: string, asked: Asked, signal: AbortSignal): Promise<Answered>;
  /** Through a forwarded port; absent where that is not offered. */
  forward?(way: Extract<Reach, { by: 'port-forward' }>, asked: Asked, signal: AbortSignal): Promise<Answered>;
}
