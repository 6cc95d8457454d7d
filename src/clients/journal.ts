import type { Backend } from '../domain/result.ts';
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

const BASE: Readonly<Record<Backend, string>> = {
  mimir: '$MIMIR_URL',
  loki: '$LOKI_URL',
  tempo: '$TEMPO_URL',
  kubernetes: '$KUBERNETES_URL',
  agent: '$AGENT_URL',
};

/**
 * The request as a shell line. The address is a variable of the reader's own, for what leads to the server (a token,
 * a proxy) is not ours to print.
 */
export function curlOf(entry: JournalEntry): string {
  const words = ['curl -sS -G'];
  if (entry.tenant !== null) words.push('-H', quoteForShell(`X-Scope-OrgID: ${entry.tenant}`));
  for (const [name, value] of Object.entries(entry.headers ?? {})) words.push('-H', quoteForShell(`${name}: ${value}`));
  for (const [name, value] of entry.params) words.push('--data-urlencode', quoteForShell(`${name}=${value}`));
  words.push(`"${BASE[entry.source.backend]}"${quoteForShell(entry.path)}`);
  return words.join(' ');
}

/** One shell word. Control characters are spelled out, so that a paste cannot move the cursor or hide a command. */
function quoteForShell(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for.
  if (!/[\u0000-\u001f\u007f-\u009f]/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const spelled = text
    .replace(/[\\']/g, (found) => `\\${found}`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `$'${spelled}'`;
}
