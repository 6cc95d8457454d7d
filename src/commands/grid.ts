import { rfc3339OfNanos, rfc3339OfUnix } from '../domain/time.ts';
import type { Column, HeatmapBody, LinesBody, MatrixBody, Tone, View, WaterfallBody } from '../views/view.ts';
import type { Answer, Page } from './answer.ts';

/** A table before it is text: any body becomes one. Cells are raw. */
export interface Grid {
  readonly columns: readonly GridColumn[];
  readonly rows: readonly GridRow[];
}

export interface GridColumn {
  readonly title: string;
  readonly alignRight?: boolean;
  /** As in `Column`: what goes first where the terminal is narrow. */
  readonly keep: number;
  readonly widthMax?: number;
}

export interface GridRow {
  readonly cells: readonly { readonly text: string; readonly tone: Tone }[];
  /** The row to look at: the guilty span, the lines of the selected span. */
  readonly marked: boolean;
}

const BAR_CELLS = 40;
const ALWAYS = 1000;
/** From here on a terminal shows the columns that are only for wide ones. */
const WIDE_CELLS = 160;

/** Lay an answer out in columns. */
export function gridOf({ view, loaded }: Answer, page: Pick<Page, 'utc' | 'columns'>): Grid {
  const { body } = view;
  switch (body.kind) {
    case 'table': {
      const columns = body.columns.filter(({ wide }) => !wide || (page.columns ?? 0) >= WIDE_CELLS);
      return {
        columns,
        rows: loaded.rows.map((row) => ({ cells: columns.map((column) => cellOf(column, row)), marked: false })),
      };
    }
    case 'waterfall':
      return waterfallGrid(body, view, loaded.rows, loaded.cursor);
    case 'lines':
      return linesGrid(body, loaded.rows, page.utc);
    case 'matrix':
      return matrixGrid(body, loaded.rows);
    case 'heatmap':
      return heatmapGrid(body, loaded.rows);
    case 'report': {
      const columns = [
        { title: '', keep: ALWAYS },
        { title: '', keep: ALWAYS },
      ];
      const rows = loaded.rows.map((row) => ({
        cells: [
          { text: body.label(row), tone: 'plain' as const },
          { text: body.text(row), tone: body.tone(row) },
        ],
        marked: false,
      }));
      return { columns, rows };
    }
  }
}

/** One line of text a cell that holds anything: a map is for eyes, and these are for a reader. */
function heatmapGrid(body: HeatmapBody<unknown>, rows: readonly unknown[]): Grid {
  const plain = (text: string) => ({ text, tone: 'plain' as const });
  return {
    columns: [
      { title: 'MINUTE TO', keep: ALWAYS },
      { title: 'LATENCY', keep: ALWAYS },
      { title: 'CELL', keep: ALWAYS },
    ],
    rows: rows
      .filter((row) => body.weight(row) > 0 || body.mark(row) !== '')
      .map((row) => ({
        cells: [
          plain(`${rfc3339OfUnix(body.atUnix(row)).slice(0, 16)}Z`),
          plain(body.line(row)),
          { text: body.text(row), tone: body.tone(row) },
        ],
        marked: false,
      })),
  };
}

/** Columns come from the rows, in the order in which they are named. */
function matrixGrid(body: MatrixBody<unknown>, rows: readonly unknown[]): Grid {
  const titles = [...new Set(rows.flatMap((row) => body.cells(row).map(({ column }) => column)))];
  const plain = (text: string) => ({ text, tone: 'plain' as const });
  return {
    columns: [
      { title: 'GROUP', keep: 90 },
      { title: 'NAME', keep: ALWAYS },
      { title: 'STATE', keep: ALWAYS },
      ...titles.map((title) => ({ title, keep: 60 })),
      { title: 'BECAUSE', keep: ALWAYS },
    ],
    rows: rows.map((row) => {
      const cells = new Map(body.cells(row).map((cell) => [cell.column, cell]));
      return {
        cells: [
          plain(body.group(row)),
          plain(body.label(row)),
          { text: body.tone(row), tone: body.tone(row) },
          ...titles.map((title) => cells.get(title) ?? plain('')),
          { text: body.text(row), tone: body.tone(row) },
        ],
        marked: body.marked(row),
      };
    }),
  };
}

const cellOf = (column: Column<unknown>, row: unknown) => ({
  text: column.cell(row),
  tone: column.tone?.(row) ?? ('plain' as const),
});

function linesGrid(body: LinesBody<unknown>, rows: readonly unknown[], utc: boolean): Grid {
  const zone = utc ? 'UTC' : 'LOCAL';
  return {
    columns: [
      { title: `TIME ${zone}`, keep: ALWAYS },
      { title: 'LEVEL', keep: ALWAYS },
      { title: 'WHO', keep: 100, widthMax: 24 },
      { title: 'LINE', keep: ALWAYS },
    ],
    rows: rows.map((row) => ({
      cells: [
        { text: printTime(body.atNanos(row), utc), tone: 'dim' },
        { text: body.level(row), tone: body.tone(row) },
        { text: body.who(row), tone: 'plain' },
        { text: body.text(row), tone: body.tone(row) },
      ],
      marked: body.marked(row),
    })),
  };
}

/** `2026-11-20T03:12:45.123Z`, or local with its offset: whole, so that a line that was pasted somewhere stays true. */
function printTime(nanos: bigint, utc: boolean): string {
  if (utc) return `${rfc3339OfNanos(nanos).slice(0, 23)}Z`;
  const milliseconds = Number(nanos / 1_000_000n);
  const aheadMinutes = -new Date(milliseconds).getTimezoneOffset();
  const local = new Date(milliseconds + aheadMinutes * 60_000).toISOString().slice(0, 23);
  const [hours, minutes] = [Math.floor(Math.abs(aheadMinutes) / 60), Math.abs(aheadMinutes) % 60];
  return `${local}${aheadMinutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

function waterfallGrid(
  body: WaterfallBody<unknown>,
  view: View<unknown>,
  rows: readonly unknown[],
  cursor: string | undefined,
): Grid {
  const bars = rows.map(body.bar);
  const wholeSeconds = Math.max(0, ...bars.map(({ startSeconds, durationSeconds }) => startSeconds + durationSeconds));
  const placed = inTreeOrder(rows, view.body.rowId, body.parentId);
  return {
    columns: [{ title: 'SPAN', keep: ALWAYS, widthMax: 60 }, ...body.columns, { title: 'WHEN', keep: 50 }],
    rows: placed.map(({ row, depth }) => ({
      cells: [
        { text: '  '.repeat(Math.min(depth, 20)) + body.label(row), tone: body.tone(row) },
        ...body.columns.map((column) => cellOf(column, row)),
        { text: barOf(body, row, wholeSeconds), tone: body.tone(row) },
      ],
      marked: cursor !== undefined && view.body.rowId(row) === cursor,
    })),
  };
}

/** Thick on the critical path, thin beside it. */
function barOf(body: WaterfallBody<unknown>, row: unknown, wholeSeconds: number): string {
  if (!(wholeSeconds > 0)) return '';
  const { startSeconds, durationSeconds } = body.bar(row);
  const start = Math.min(BAR_CELLS - 1, Math.max(0, Math.floor((startSeconds / wholeSeconds) * BAR_CELLS)));
  const cells = Math.max(1, Math.min(BAR_CELLS - start, Math.round((durationSeconds / wholeSeconds) * BAR_CELLS)));
  return ' '.repeat(start) + (body.onCriticalPath(row) ? '█' : '─').repeat(cells);
}

/** Rows below their parents, siblings as they came. A row whose parent is missing stands at the top; none is lost. */
function inTreeOrder(rows: readonly unknown[], rowId: (row: unknown) => string, parentId: (row: unknown) => string) {
  const ids = new Set(rows.map(rowId));
  const below = Map.groupBy(rows, (row) => (ids.has(parentId(row)) ? parentId(row) : ''));
  const placed: { row: unknown; depth: number }[] = [];
  const seen = new Set<unknown>();
  for (const top of [...(below.get('') ?? []), ...rows]) {
    const open = [{ row: top, depth: 0 }];
    for (let next = open.pop(); next; next = open.pop()) {
      if (seen.has(next.row)) continue;
      seen.add(next.row);
      placed.push(next);
      const depth = next.depth + 1;
      for (const row of (below.get(rowId(next.row)) ?? []).toReversed()) open.push({ row, depth });
    }
  }
  return placed;
}
