import type { Column, TableBody, Tone, View } from '../views/view.ts';
import { matching, parseFilter } from './filter.ts';
import type { Frame, Slot, Sort } from './model.ts';
import { foldTree, layTree, pruneTree, type Tree } from './waterfall.ts';

/** Which rows, in which order: the one answer, for drawing and for keys. */
export interface Visible {
  readonly rows: readonly unknown[];
  readonly ids: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  /** Rows there are, seen or not. */
  readonly total: number;
  /** Of a waterfall: depths and counts, in step with `rows`. */
  readonly tree?: Tree;
  /** Of lines with a filter: which rows match. They are marked, the others stay. */
  readonly matches?: ReadonlySet<number>;
  /** A bug in a view, in its own words. */
  readonly broken?: string;
}

export const NO_ROWS: Visible = { rows: [], ids: [], index: new Map(), total: 0 };

interface Kept {
  readonly because: readonly unknown[];
  readonly visible: Visible;
  readonly printed?: { readonly of: readonly unknown[]; readonly texts: readonly string[] };
}

/** Answers "which rows" and remembers the answer for each frame, so that moving the cursor costs nothing. */
export function createVisibleRows(): {
  of(view: View<unknown>, slot: Slot, frame: Frame): Visible;
  forget(frames: ReadonlySet<number>): void;
} {
  const memory = new Map<number, Kept>();
  // A tail makes twenty pictures a second of lines that are mostly the same.
  const lowered = new WeakMap<object, string>();
  const lower = (view: View<unknown>, row: unknown): string => {
    if (view.body.kind !== 'lines' || typeof row !== 'object' || row === null) return printRow(view, row).toLowerCase();
    const known = lowered.get(row) ?? printRow(view, row).toLowerCase();
    lowered.set(row, known);
    return known;
  };
  return {
    of(view, slot, frame) {
      const because = [slot.rows, view, frame.filter, frame.sort, frame.folds, frame.faultsOnly];
      const before = memory.get(frame.id);
      if (before && because.every((reason, at) => reason === before.because[at])) return before.visible;
      const printed = { of: slot.rows, texts: [] as readonly string[] };
      const texts = (): readonly string[] => {
        if (before?.printed?.of === slot.rows) printed.texts = before.printed.texts;
        if (printed.texts.length === 0) printed.texts = slot.rows.map((row) => lower(view, row));
        return printed.texts;
      };
      const visible = visibleRows(view, slot.rows, frame, texts);
      memory.set(frame.id, { because, visible, printed: printed.texts.length > 0 ? printed : before?.printed });
      return visible;
    },
    forget(frames) {
      for (const id of memory.keys()) if (!frames.has(id)) memory.delete(id);
    },
  };
}

type Asked = Pick<Frame, 'filter' | 'sort' | 'folds' | 'faultsOnly'>;

/** Filter, faults, sort and folds, in this order. `texts` are the printed rows in lower case, asked for when needed. */
export function visibleRows(
  view: View<unknown>,
  all: readonly unknown[],
  asked: Asked,
  texts: () => readonly string[],
): Visible {
  const { body } = view;
  const filter = parseFilter(asked.filter);
  let rows = all;
  let matches: ReadonlySet<number> | undefined;
  if (filter.kind !== 'none') {
    const found = matching(texts(), filter);
    if (body.kind === 'lines') matches = new Set(found);
    else rows = found.map((index) => all[index]);
  }
  if (asked.faultsOnly && body.kind !== 'lines') rows = rows.filter((row) => isFault(view, row));
  if (asked.faultsOnly && body.kind === 'lines') return withFaultsOnly(view, all, matches);
  if (body.kind === 'waterfall') {
    const whole = layTree(all, body);
    const pruned = rows === all ? whole : pruneTree(whole, isIn(rows));
    const tree = foldTree(pruned, asked.folds, body.rowId);
    return Object.assign(indexed(view, tree.rows, all.length), { tree });
  }
  if (body.kind === 'table' && asked.sort) rows = sorted(rows, body, asked.sort);
  return Object.assign(indexed(view, rows, all.length), { matches });
}

function isIn(rows: readonly unknown[]): (row: unknown) => boolean {
  const wanted = new Set(rows);
  return (row) => wanted.has(row);
}

function withFaultsOnly(
  view: View<unknown>,
  all: readonly unknown[],
  matches: ReadonlySet<number> | undefined,
): Visible {
  const shown = [...all.keys()].filter((index) => isFault(view, all[index]));
  const visible = indexed(
    view,
    shown.map((index) => all[index]),
    all.length,
  );
  return matches
    ? Object.assign(visible, { matches: new Set([...shown.keys()].filter((at) => matches.has(shown[at] ?? -1))) })
    : visible;
}

function indexed(view: View<unknown>, rows: readonly unknown[], total: number): Visible {
  const ids = rows.map(view.body.rowId);
  let index: Map<string, number> | undefined;
  return {
    rows,
    ids,
    total,
    // Made when it is asked for: among a hundred thousand rows the cursor is mostly where it was.
    get index() {
      index ??= firstOf(ids);
      return index;
    },
  };
}

function firstOf(ids: readonly string[]): Map<string, number> {
  const index = new Map<string, number>();
  for (const [at, id] of ids.entries()) if (!index.has(id)) index.set(id, at);
  return index;
}

/** Where the cursor stands: on its row, else as near as possible to where that row was; -1 where there is no row. */
export function cursorIndex(visible: Visible, frame: Pick<Frame, 'cursor' | 'at'>): number {
  if (visible.rows.length === 0) return -1;
  if (frame.cursor === undefined) return 0;
  const near = Math.min(frame.at, visible.rows.length - 1);
  // A look along the ids costs less than an index of them: the lines of a tail only move up.
  const before = visible.ids.lastIndexOf(frame.cursor, near);
  if (before >= 0) return before;
  const after = visible.ids.indexOf(frame.cursor, near);
  return after < 0 ? near : after;
}

/** The first row on the screen, so that the cursor is on it and nothing moves that need not. */
export function windowTop(top: number, cursor: number, height: number, total: number): number {
  const inside = cursor < top ? cursor : cursor >= top + height ? cursor - height + 1 : top;
  return Math.max(0, Math.min(inside, total - height));
}

/** Everything the screen prints of a row, for filtering. */
export function printRow({ body }: View<unknown>, row: unknown): string {
  if (body.kind === 'table') return body.columns.map((column) => column.cell(row)).join('  ');
  if (body.kind === 'waterfall') return [body.label(row), ...body.columns.map((column) => column.cell(row))].join('  ');
  if (body.kind === 'lines') return `${body.level(row)} ${body.who(row)} ${body.text(row)}`;
  if (body.kind === 'heatmap') return body.text(row);
  if (body.kind === 'matrix')
    return [body.group(row), body.label(row), ...body.cells(row).map(({ column }) => column), body.text(row)].join(
      '  ',
    );
  return `${body.label(row)} ${body.text(row)}`;
}

/** The worst tone the screen gives a row. */
export function toneOf({ body }: View<unknown>, row: unknown): Tone {
  if (body.kind !== 'table') return body.tone(row);
  const tones = body.columns.map((column) => column.tone?.(row));
  return tones.includes('bad') ? 'bad' : tones.includes('warn') ? 'warn' : 'plain';
}

const isFault = (view: View<unknown>, row: unknown): boolean => ['bad', 'warn'].includes(toneOf(view, row));

function sorted(rows: readonly unknown[], body: TableBody<unknown>, sort: Sort): readonly unknown[] {
  const column = body.columns.find(({ id }) => id === sort.column);
  if (!column) return rows;
  const keyed = rows.map((row) => ({ row, key: sortKey(column, row) }));
  const sign = sort.down ? -1 : 1;
  return keyed.toSorted((a, b) => unknownLast(a.key, b.key) ?? sign * compare(a.key, b.key)).map(({ row }) => row);
}

type SortKey = number | string | undefined;

const sortKey = (column: Column<unknown>, row: unknown): SortKey => {
  const key = column.sortBy ? column.sortBy(row) : column.cell(row).toLowerCase();
  return typeof key === 'number' && Number.isNaN(key) ? undefined : key;
};

const unknownLast = (a: SortKey, b: SortKey): number | undefined =>
  a === undefined || b === undefined ? Number(a === undefined) - Number(b === undefined) : undefined;

const compare = (a: SortKey, b: SortKey): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** The order a column begins with: numbers from the largest, words from A. */
export const firstOrder = (column: Column<unknown>, rows: readonly unknown[]): boolean =>
  column.sortBy !== undefined && rows.slice(0, 50).some((row) => typeof column.sortBy?.(row) === 'number');
