import type { Fault, Source } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';

/** One request as it went out, for `:requests`, the header's ages and "copy as curl". No secret is in it. */
export interface JournalEntry {
  readonly id: number;
  readonly source: Source;
  readonly tenant: Tenant | null;
  readonly method: string;
  readonly path: string;
  readonly params: readonly (readonly [string, string])[];
  /** Lower-case names; the tenant and whatever proves who asks are not among them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** When it was sent, by the console's clock (Unix seconds). */
  readonly sentUnix: number;
  readonly milliseconds: number;
  readonly status?: number;
  readonly bytes?: number;
  readonly fault?: Fault;
  /** When the answer was given (Unix seconds); on a tape this is older than `sentUnix`. */
  readonly answeredUnix?: number;
}

export interface Journal {
  /** The last 200, newest first. */
  entries(): readonly JournalEntry[];
  /** Called after each request; returns how to stop. */
  onChange(listener: () => void): () => void;
}

/** Requests that are kept. */
export const JOURNAL_ENTRIES_MAX = 200;

/** The journal as `http.ts` writes it. */
export interface WritableJournal extends Journal {
  note(entry: Omit<JournalEntry, 'id'>): void;
}

/** The last requests, newest first. Authorization never reaches it: only the network knows that header. */
export function makeJournal(): WritableJournal {
  let entries: readonly JournalEntry[] = [];
  let nextId = 1;
  const listeners = new Set<() => void>();
  return {
    entries: () => entries,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    note(entry) {
      entries = [{ id: nextId++, ...entry }, ...entries.slice(0, JOURNAL_ENTRIES_MAX - 1)];
      for (const listener of listeners) listener();
    },
  };
}
