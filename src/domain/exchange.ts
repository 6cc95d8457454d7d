import type { FaultKind } from './result.ts';
import type { Tenant } from './tenant.ts';

/**
 * One HTTP question, named by component and never by host, so that a tape made by URL replays through an API server.
 *
 * `component`: `mimir`, `loki`, `tempo` where the gateway would route; `mimir/distributor` for what one component says
 * of itself; `agent/POD`; `kubernetes/CONTEXT`; a further entry point is one of its own (`mimir:defaulting`).
 * `path` begins below the component's prefix: `/prometheus/api/v1/query`, `/loki/api/v1/labels`, `/api/search`.
 */
export interface Asked {
  readonly component: string;
  /** Hash of the credential, or `''` where there is none. */
  readonly identity: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly tenant: Tenant | null;
  /** Lower-case names. Only those that change the answer: `accept`, `x-loki-response-encoding-flags`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly deadlineMs: number;
  readonly bytesMax: number;
  /** Called when so many bytes have come that to read them will take a while: help can be on its way. */
  readonly onLarge?: { readonly bytes: number; readonly call: () => void };
  /** Ask for the newest answer given by then (Unix seconds). Only a tape can: a server tells of now, and is not asked so. */
  readonly beforeUnix?: number;
}

/** What came back, before it is decoded; or why nothing did. Any HTTP status is an answer. */
export type Answered =
  | {
      readonly ok: true;
      readonly status: number;
      /** Lower-case names. */
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
      /**
       * The same in UTF-8, piece by piece, where it was not made text yet: another thread can then do that. Whoever hands
       * the pieces on no longer reads `text`.
       */
      readonly utf8?: readonly Uint8Array<ArrayBuffer>[];
      /** When the answer was given, Unix seconds: now on a network, the entry's own time on a tape. */
      readonly atUnix: number;
      /** Where a tape answers about now with its last round: the end of the window that was asked then (Unix seconds). */
      readonly untilUnix?: number;
      /** A sentence where a tape's answer is older than what was asked for. */
      readonly stale?: string;
    }
  | { readonly ok: false; readonly kind: FaultKind; readonly said: string; readonly status?: number };

/** Ask once. The network and a tape are the two that implement this; a recorder wraps either. Never throws. */
export type Exchange = (asked: Asked, signal: AbortSignal) => Promise<Answered>;

/**
 * An answer that keeps coming: a watch's lines, a tail's messages. `lines` ends when the server ends it or the signal
 * does; `ended` then says why, where that was not as it should be.
 */
export type Followed =
  | { readonly ok: true; readonly lines: AsyncIterable<string>; readonly ended?: () => Broken | undefined }
  | Extract<Answered, { ok: false }>;

/** Why an answer broke off. `code`: of a WebSocket that was closed. */
export interface Broken {
  readonly kind: FaultKind;
  readonly said: string;
  readonly code?: number;
}

/** Ask for an answer that keeps coming. Network, tape and recorder implement this too. Never throws. */
export type Follow = (asked: Asked, signal: AbortSignal) => Promise<Followed>;

/** Where "now" is: the wall's on a network, the recording's on a tape. */
export interface Clock {
  /** Unix seconds. */
  now(): number;
  /** A sentence such as "end of recording", once there is one. */
  said(): string | undefined;
  /** Present while all is written down: `said` is a sentence once that has ended. */
  readonly recorder?: { said(): string | undefined };
}
