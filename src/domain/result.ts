import type { Tenant } from './tenant.ts';
import type { Volume } from './volume.ts';

/** A kind of server that can be asked. */
export type Backend = 'mimir' | 'loki' | 'tempo' | 'grafana' | 'kubernetes' | 'agent';

/** One server as the screen names it: `mimir@central`. `place` is a context, or the host of a URL. */
export interface Source {
  readonly backend: Backend;
  readonly place: string;
}

export const sourceKey = (source: Source): string => `${source.backend}@${source.place}`;

/** What can go wrong on the way to an answer. The words are the contract's; scripts depend on them. */
export type FaultKind =
  | 'tenant'
  | 'auth'
  | 'forbidden'
  | 'bad-query'
  | 'not-found'
  | 'limit'
  | 'too-large'
  | 'timeout'
  | 'cancelled'
  | 'unreachable'
  | 'server'
  | 'shape'
  | 'not-recorded';

/** An expected failure, as a value. `said` is the server's own words, or the cause where nothing was said. */
export interface Fault {
  readonly kind: FaultKind;
  readonly source: Source;
  readonly tenant?: Tenant;
  readonly status?: number;
  readonly said: string;
  /** Seconds after which the server wants to be asked again (429 and 503). */
  readonly retryAfterSeconds?: number;
}

/** Where a number came from: who was asked, as whom, what, and when the answer was given (Unix seconds). */
export interface Origin {
  readonly source: Source;
  readonly tenant: Tenant | null;
  readonly atUnix: number;
  readonly path: string;
  /** The query as it was sent: PromQL, LogQL, TraceQL, or the parameters. */
  readonly asked: string;
}

/** An answer or a fault; never a throw. `gaps` are what a good answer still lacks (partial, truncated, old). */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly origin: Origin; readonly gaps: readonly Fault[] }
  | { readonly ok: false; readonly fault: Fault };

/** The four words for a state. Unknown is never good. */
export type Verdict = 'good' | 'warn' | 'bad' | 'unknown';

/** Every row says where it came from, so that age, tenant and query can be shown for it. */
export interface Sourced {
  readonly origin: Origin;
}

/** What could be loaded, and what could not; nothing is all-or-nothing. Each yield of a view replaces the last. */
export interface Loaded<Row> {
  readonly rows: readonly Row[];
  readonly gaps: readonly Fault[];
  /** Why there are no rows, in a sentence; needed whenever `rows` is empty and the load is complete. */
  readonly because?: string;
  /** One sentence about how the rows were found, such as "by search, not by exemplar". */
  readonly note?: string;
  /** The id of the row the cursor should stand on, until the user moves it. */
  readonly cursor?: string;
  /** False while more is on its way. */
  readonly complete: boolean;
  /** Of lines: how many there were, by time and level. */
  readonly volume?: Volume;
  /** The contract's extra fields of the JSON answer. */
  readonly extras?: Readonly<Record<string, Json>>;
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };
