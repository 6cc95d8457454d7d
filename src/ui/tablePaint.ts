import type { Frame } from '../state/model.ts';
import { toneOf, type Visible } from '../state/rows.ts';
import type { Column, TableBody, View } from '../views/view.ts';
import { GAP, type Placed, placeColumns, type Sized } from './layout.ts';
import type { Pen } from './theme.ts';
import { textWidth } from './width.ts';

/** Rows that are measured for the widths of columns; later ones are cut where they are wider. */
const MEASURED_MAX = 400;

/** From this width on, columns marked `wide` show by themselves. */
const WIDE_FROM = 160;

/** A table as it is laid out for one width. */
export interface TablePlan {
  readonly columns: readonly { readonly column: Column<unknown>; readonly width: number }[];
  readonly head: string;
  readonly width: number;
}

type Order = Pick<Frame, 'sort' | 'column'>;

/** Choose columns and widths for what there is to show. */
export function planTable(
  body: TableBody<unknown>,
  visible: Visible,
  order: Order,
  width: number,
  wide: boolean,
  pen: Pen,
): TablePlan {
  const wanted = [order.column, order.sort?.column];
  const offered = body.columns.filter(
    (column) => !column.wide || wide || width >= WIDE_FROM || wanted.includes(column.id),
  );
  const sample = visible.rows.slice(0, MEASURED_MAX);
  const sized = offered.map((column): Sized => {
    const contentWidth = sample.reduce<number>(
      (widest, row) => Math.max(widest, textWidth(pen.text(column.cell(row)))),
      0,
    );
    const keep = column.id === order.column || column.id === order.sort?.column ? 1000 : column.keep;
    // Where every row was measured, room beyond the widest cell would only pull the columns apart.
    const all = sample.length === visible.rows.length;
    return {
      ...column,
      keep,
      widthMax: all ? Math.min(contentWidth, column.widthMax ?? contentWidth) : column.widthMax,
      titleWidth: titleOf(column, order).reduce((sum, { text }) => sum + textWidth(text), 0),
      contentWidth,
    };
  });
  const placed = placeColumns(sized, width - GUTTER - 1);
  const byId = new Map(offered.map((column) => [column.id, column]));
  const columns = placed.flatMap((place: Placed) => {
    const column = byId.get(place.id);
    return column ? [{ column, width: place.width }] : [];
  });
  const head = columns.map((place) => paintTitle(place.column, place.width, order, pen)).join(' '.repeat(GAP));
  return { columns, head: `${' '.repeat(GUTTER)}${head}`, width };
}

/** The cursor, the row's worst state, whether it is marked. */
export const GUTTER = 3;

interface TitlePart {
  readonly text: string;
  readonly letter?: boolean;
  readonly bare?: boolean;
}

/** A title in parts: its sort letter marked, and added where the title lacks it; the arrow of the order. */
function titleOf(column: Column<unknown>, { sort }: Order): readonly TitlePart[] {
  const { title, letter } = column;
  const at = letter ? title.toUpperCase().indexOf(letter) : -1;
  const marked: readonly TitlePart[] = !letter
    ? [{ text: title }]
    : at < 0
      ? [{ text: `${title} ` }, { text: letter, letter: true }]
      : [{ text: title.slice(0, at) }, { text: title.slice(at, at + 1), letter: true }, { text: title.slice(at + 1) }];
  return sort?.column === column.id ? [...marked, { text: sort.down ? '↓' : '↑', bare: true }] : marked;
}

function paintTitle(column: Column<unknown>, width: number, order: Order, pen: Pen): string {
  const parts = titleOf(column, order);
  const cells = parts.reduce((sum, { text }) => sum + textWidth(text), 0);
  if (cells > width) return pen.bold(pen.fit(pen.text(column.title), width));
  const chosen = column.id === order.column;
  const painted = parts.map((part) => (part.letter ? pen.underline(pen.own(part.text)) : pen.own(part.text))).join('');
  const pad = ' '.repeat(width - cells);
  const title = chosen ? pen.inverse(painted) : pen.bold(painted);
  return column.alignRight ? pad + title : title + pad;
}

/** How a row stands on the screen. */
export interface RowState {
  readonly selected: boolean;
  readonly marked: boolean;
  /** Older than the last load. */
  readonly old: boolean;
  /** The same row as it was before the last load. */
  readonly before?: unknown;
}

/** One row as one string of exactly the plan's width. */
export function paintRow(view: View<unknown>, plan: TablePlan, row: unknown, state: RowState, pen: Pen): string {
  const tone = toneOf(view, row);
  const mark = state.selected ? '>' : ' ';
  const cells = plan.columns.map(({ column, width }) => ({
    column,
    text: pen.fit(pen.text(column.cell(row)), width, column.alignRight),
  }));
  // A verdict in the first column has its mark itself; twice side by side it would only be noise.
  const said = tone === 'plain' || cells[0]?.text.startsWith(`${pen.glyph(tone)} `) === true;
  const glyph = said ? ' ' : pen.glyph(tone);
  const gap = ' '.repeat(GAP);
  if (state.selected) {
    const bare = `${mark}${glyph}${pen.mark(state.marked)}${cells.map(({ text }) => text).join(gap)}`;
    return pen.selected(pen.fit(bare, plan.width));
  }
  const painted = cells.map(({ column, text }) => {
    if (state.old) return pen.dim(text);
    const toned = pen.tone(text, column.tone?.(row) ?? 'plain');
    const marks = state.before !== undefined && !column.drifts;
    const changed = marks && column.cell(row) !== column.cell(state.before);
    return changed ? pen.bold(toned) : toned;
  });
  return `${mark}${said ? ' ' : pen.tone(glyph, tone)}${pen.tone(pen.mark(state.marked), 'accent')}${painted.join(gap)}`;
}
