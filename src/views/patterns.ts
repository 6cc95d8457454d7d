import { foldPatterns, type Pattern } from '../domain/patterns.ts';
import type { Loaded, Origin } from '../domain/result.ts';
import { rfc3339OfNanos, SEARCH_WINDOW_SECONDS } from '../domain/time.ts';
import { logView } from './logs.ts';
import { loadLogs } from './logs-load.ts';
import { LINES_FOLDED } from './logs-query.ts';
import type { LogRow } from './logs-rows.ts';
import { go, type LoadInput, type Tone, view } from './view.ts';

/** Lines of one shape, with the newest of them. */
export interface PatternRow extends Pattern {
  readonly newestRow: LogRow;
  readonly services: readonly string[];
}

async function* loadPatterns(input: LoadInput): AsyncGenerator<Loaded<PatternRow>> {
  for await (const { volume: _volume, ...loaded } of loadLogs(input, LINES_FOLDED)) {
    const { rows } = loaded;
    const folded = foldPatterns(rows).flatMap((pattern): readonly PatternRow[] => {
      const newestRow = rows[pattern.newest];
      return newestRow ? [{ ...pattern, newestRow, services: servicesOf(rows, pattern.lines) }] : [];
    });
    const note = `${rows.length} lines in ${folded.length} patterns${loaded.note ? `; ${loaded.note}` : ''}`;
    yield { ...loaded, rows: folded, cursor: undefined, note };
  }
}

const servicesOf = (rows: readonly LogRow[], lines: readonly number[]): readonly string[] => [
  ...new Set(lines.map((index) => rows[index]?.service ?? '–')),
];

const errorsOf = ({ levels }: Pattern): number => (levels.error ?? 0) + (levels.fatal ?? 0);
const toneOf = (row: PatternRow): Tone => (errorsOf(row) > 0 ? 'bad' : (row.levels.warn ?? 0) > 0 ? 'warn' : 'plain');
const countOf = (count: number): string => (count === 0 ? '' : String(count));

/** The lines of the logs screen, folded by their shape. */
export const patterns = view<PatternRow>({
  id: 'patterns',
  aliases: ['pattern', 'pat'],
  about: 'log lines folded by their shape, with counts by level',
  everySeconds: 15,
  looksBackSeconds: SEARCH_WINDOW_SECONDS,
  flags: logView.flags,
  load: loadPatterns,
  body: {
    kind: 'table',
    rowId: (row) => row.pattern,
    columns: [
      {
        id: 'count',
        title: 'LINES',
        cell: (row) => String(row.count),
        alignRight: true,
        letter: 'L',
        keep: 100,
        sortBy: (row) => row.count,
      },
      {
        id: 'errors',
        title: 'ERR',
        cell: (row) => countOf(errorsOf(row)),
        tone: toneOf,
        alignRight: true,
        letter: 'E',
        keep: 90,
        sortBy: errorsOf,
      },
      {
        id: 'warnings',
        title: 'WRN',
        cell: (row) => countOf(row.levels.warn ?? 0),
        alignRight: true,
        letter: 'W',
        keep: 80,
        sortBy: (row) => row.levels.warn ?? 0,
      },
      { id: 'services', title: 'SERVICE', cell: (row) => row.services.join(' '), letter: 'S', keep: 70, widthMax: 20 },
      {
        id: 'pattern',
        title: 'PATTERN',
        cell: (row) => row.pattern,
        letter: 'P',
        keep: 100,
        grow: true,
        widthMax: 200,
      },
    ],
  },
  keys: [
    { key: 'enter', does: 'its lines', on: (row, { params }) => go('logs', { ...params, pattern: row.pattern }) },
    { key: 'l', does: 'its lines', on: (row, { params }) => go('logs', { ...params, pattern: row.pattern }) },
  ],
  record: (row) => ({
    pattern: row.pattern,
    lines: row.count,
    levels: { ...row.levels },
    services: row.services,
    newest: row.newestRow.line.line,
    newestAt: rfc3339OfNanos(row.newestRow.line.atNanos),
    tenant: row.newestRow.tenant,
  }),
  origin: (row): Origin => row.newestRow.origin,
  details: (row) => [
    ['pattern', row.pattern],
    [
      'lines',
      Object.entries(row.levels)
        .map(([level, count]) => `${count} ${level}`)
        .join(', '),
    ],
    ['of', row.services.join(', ')],
    ['newest', row.newestRow.line.line],
    ['at', rfc3339OfNanos(row.newestRow.line.atNanos)],
  ],
  crumb: logView.crumb,
});
