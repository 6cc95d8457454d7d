import type { Journal, JournalEntry } from './clients.ts';

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
