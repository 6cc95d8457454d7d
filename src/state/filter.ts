import { go as fuzzyGo } from 'fuzzysort';

/** What a filter text asks for: `text`, `!text` (rows without it), `-f text` (letters in order). */
export interface Filter {
  readonly kind: 'none' | 'has' | 'lacks' | 'fuzzy';
  readonly text: string;
}

/** Read a filter. A `!` or `-f` with nothing behind it asks for nothing yet. */
export function parseFilter(text: string): Filter {
  const trimmed = text.trim();
  const fuzzy = /^-f(?:\s+(.*))?$/.exec(trimmed);
  const kind = fuzzy ? 'fuzzy' : trimmed.startsWith('!') ? 'lacks' : 'has';
  const wanted = (fuzzy ? (fuzzy[1] ?? '') : kind === 'lacks' ? trimmed.slice(1).trim() : trimmed).toLowerCase();
  return wanted === '' ? { kind: 'none', text: '' } : { kind, text: wanted };
}

/** Indexes of the printed rows that a filter lets through; a fuzzy one puts the best first. Rows come in lower case. */
export function matching(printed: readonly string[], filter: Filter): readonly number[] {
  if (filter.kind === 'fuzzy') {
    const rows = printed.map((text, index) => ({ text, index }));
    return fuzzyGo(filter.text, rows, { key: 'text', limit: 0, threshold: 0.2 }).map((found) => found.obj.index);
  }
  const found: number[] = [];
  for (const [index, text] of printed.entries())
    if (filter.kind === 'none' || text.includes(filter.text) === (filter.kind === 'has')) found.push(index);
  return found;
}
