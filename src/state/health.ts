import type { Journal } from '../clients/journal.ts';
import { type Source, sourceKey } from '../domain/result.ts';
import type { Health } from './model.ts';

/** Faults that say nothing about the server: it answered, or it was not asked. */
const HARMLESS = new Set(['cancelled', 'not-found', 'not-recorded']);

/** How each backend is doing: by the newest request that says something about it; unknown until there is one. */
export function healthOf(journal: Journal, sources: readonly Source[]): readonly Health[] {
  const entries = journal.entries();
  return sources.map((source) => {
    const own = entries.filter((entry) => sourceKey(entry.source) === sourceKey(source));
    const telling = own.find((entry) => (entry.fault ? !HARMLESS.has(entry.fault.kind) : entry.status !== undefined));
    const answeredUnix = own.find((entry) => !entry.fault && entry.answeredUnix !== undefined)?.answeredUnix;
    if (!telling) {
      const fault = own.find((entry) => entry.fault && entry.fault.kind !== 'cancelled')?.fault;
      return { source, tone: fault ? 'unknown' : 'dim', word: fault?.kind ?? 'not asked', answeredUnix };
    }
    if (telling.fault)
      return { source, tone: telling.fault.kind === 'limit' ? 'warn' : 'bad', word: telling.fault.kind, answeredUnix };
    return { source, tone: 'good', word: '', answeredUnix };
  });
}
