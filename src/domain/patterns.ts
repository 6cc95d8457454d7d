import type { Level } from './correlate.ts';

/** What stands for a part that differs from line to line. */
const HOLE = '<_>';

/**
 * Parts of a line that tell this line from its sisters, most telling first: quoted text stays, for it often names what
 * failed; ids, addresses, times and numbers go.
 */
const DIFFERING = new RegExp(
  [
    '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}', // a UUID
    String.raw`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?`, // a time
    String.raw`\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?`, // an address
    String.raw`\b0x[0-9a-fA-F]+\b`,
    String.raw`\b(?=[0-9a-fA-F]*\d)(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{6,}\b`, // hex with both digits and letters
    String.raw`\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?\b`,
    String.raw`(?<![A-Za-z\d])-?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?(?:ns|µs|us|ms|s|m|h|d|B|kB|KB|KiB|MB|MiB|GB|GiB|%)?(?![A-Za-z])`,
    String.raw`\b(?=[A-Za-z]*\d)[A-Za-z]*\d[A-Za-z0-9]{5,}\b`, // a name with a random part
  ].join('|'),
  'g',
);

/** Longer lines are folded by their beginning. */
const CHARACTERS_MAX = 500;

/** The shape of a text: all that differs from line to line is a hole. */
export function patternOf(text: string): string {
  const holed = text.slice(0, CHARACTERS_MAX).replace(DIFFERING, HOLE);
  return holed.replaceAll(/<_>(?:[-_.:/,]?<_>)+/g, HOLE).trimEnd();
}

/** Lines of one shape. */
export interface Pattern {
  readonly pattern: string;
  readonly count: number;
  readonly levels: Readonly<Partial<Record<Level, number>>>;
  /** The newest line of this shape, as an index into what was folded. */
  readonly newest: number;
  /** All of them, likewise. */
  readonly lines: readonly number[];
}

/** Fold lines by their shape, most frequent first. Lines stand oldest first. */
export function foldPatterns(lines: readonly { readonly text: string; readonly level: Level }[]): readonly Pattern[] {
  const found = new Map<string, { levels: Partial<Record<Level, number>>; lines: number[] }>();
  for (const [index, { text, level }] of lines.entries()) {
    const pattern = patternOf(text);
    const known = found.get(pattern) ?? { levels: {}, lines: [] };
    known.levels[level] = (known.levels[level] ?? 0) + 1;
    known.lines.push(index);
    found.set(pattern, known);
  }
  return [...found]
    .map(([pattern, { levels, lines }]) => ({ pattern, count: lines.length, levels, lines, newest: lines.at(-1) ?? 0 }))
    .sort((left, right) => right.count - left.count || (left.pattern < right.pattern ? -1 : 1));
}
