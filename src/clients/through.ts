import type { Answered, Asked } from '../domain/exchange.ts';

/** Ask what stands behind a hop of an API server. */
export type Through = (hop: string, asked: Asked, signal: AbortSignal) => Promise<Answered>;
