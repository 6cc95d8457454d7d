import type { Journal, JournalEntry } from '../clients/journal.ts';
import { sourceKey } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { formatBytes } from '../domain/units.ts';

/** Tell each request as it comes back (`--requests`); returns how to stop. */
export function tellRequests(journal: Journal, tell: (line: string) => void): () => void {
  let told = Math.max(0, ...journal.entries().map(({ id }) => id));
  return journal.onChange(() => {
    const fresh = journal.entries().filter(({ id }) => id > told);
    for (const entry of fresh.toReversed()) {
      told = Math.max(told, entry.id);
      tell(sayRequest(entry));
    }
  });
}

/** `mimir@central shop GET /prometheus/api/v1/query query=up time=1790000000: 200, 1.2KiB, 12 ms`. */
export function sayRequest(entry: JournalEntry): string {
  const params = entry.params.map(([name, value]) => ` ${name}=${value}`).join('');
  const came = [
    entry.status ?? entry.fault?.kind ?? 'no answer',
    ...(entry.bytes === undefined ? [] : [formatBytes(entry.bytes)]),
    `${entry.milliseconds.toFixed(0)} ms`,
    ...(entry.fault ? [entry.fault.said] : []),
  ];
  return clean(
    `${sourceKey(entry.source)} ${entry.tenant ?? 'no tenant'} ${entry.method} ${entry.path}${params}: ${came.join(', ')}`,
  );
}
