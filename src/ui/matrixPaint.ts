import type { Visible } from '../state/rows.ts';
import type { MatrixBody, MatrixCell } from '../views/view.ts';
import type { Pen } from './theme.ts';
import { textWidth } from './width.ts';

/** A matrix as it is laid out for one width. */
export interface MatrixPlan {
  readonly width: number;
  readonly labelWidth: number;
  readonly columns: readonly { readonly title: string; readonly width: number }[];
  /** Cells say all they know. */
  readonly wide: boolean;
  readonly textWidth: number;
  readonly head: string;
  /** Rows that begin a group. */
  readonly firsts: ReadonlySet<number>;
}

/** The words at the end of a row need so many cells; columns make room for them from the right. */
const TEXT_MIN = 26;
/** The cursor's mark, the row's state, a space. */
const GUTTER = 3;

/** From this width on cells say more by themselves, while so much is left for the words. */
const WIDE_FROM = 160;
const WIDE_TEXT_MIN = 50;

/** As wide as asked for; unasked, where the screen has room for it. */
export function planMatrix(
  body: MatrixBody<unknown>,
  visible: Visible,
  width: number,
  wide: boolean,
  pen: Pen,
): MatrixPlan {
  if (wide) return layOut(body, visible, width, true, pen);
  const roomy = width >= WIDE_FROM ? layOut(body, visible, width, true, pen) : undefined;
  return roomy && roomy.textWidth >= WIDE_TEXT_MIN ? roomy : layOut(body, visible, width, false, pen);
}

/** What a cell shows. */
const textOf = ({ text, wide: more }: MatrixCell, wide: boolean): string => (wide ? (more ?? text) : text);

/** Columns come from the rows, in the order in which they are named; those that do not fit are left out. */
function layOut(body: MatrixBody<unknown>, visible: Visible, width: number, wide: boolean, pen: Pen): MatrixPlan {
  const widths = new Map<string, number>();
  let labels = 0;
  const firsts = new Set<number>();
  let group: string | undefined;
  for (const [index, row] of visible.rows.entries()) {
    labels = Math.max(labels, textWidth(pen.text(body.label(row))));
    for (const cell of body.cells(row))
      widths.set(
        cell.column,
        Math.max(widths.get(cell.column) ?? textWidth(pen.text(cell.column)), textWidth(pen.text(textOf(cell, wide)))),
      );
    if (body.group(row) !== group) firsts.add(index);
    group = body.group(row);
  }
  const labelWidth = Math.min(labels, Math.max(8, Math.floor(width * 0.3)));
  let left = width - GUTTER - labelWidth - TEXT_MIN - 1;
  const columns = [...widths].flatMap(([title, cells]) => {
    left -= cells + 1;
    return left >= 0 ? [{ title, width: cells }] : [];
  });
  const used = columns.reduce((sum, column) => sum + column.width + 1, 0);
  const more = columns.length < widths.size ? pen.own(' …') : '';
  const titles = columns.map((column) => ` ${pen.fit(pen.text(column.title), column.width)}`).join('') + more;
  return {
    width,
    labelWidth,
    columns,
    wide,
    textWidth: Math.max(0, width - GUTTER - labelWidth - used - 1),
    head: pen.bold(pen.fit(`${' '.repeat(GUTTER + labelWidth)}${titles}`, width)),
    firsts,
  };
}

/** Lines that a row takes: one more where its group begins. */
export const matrixHeight = (plan: MatrixPlan, index: number): number => (plan.firsts.has(index) ? 2 : 1);

export function paintMatrixRow(
  body: MatrixBody<unknown>,
  plan: MatrixPlan,
  row: unknown,
  { index, selected, old }: { readonly index: number; readonly selected: boolean; readonly old: boolean },
  pen: Pen,
): readonly string[] {
  const tone = body.tone(row);
  const label = pen.fit(pen.text(body.label(row)), plan.labelWidth);
  const cells = new Map(body.cells(row).map((cell) => [cell.column, cell]));
  const placed = plan.columns.map(({ title, width }) => {
    const cell = cells.get(title);
    return {
      text: pen.fit(pen.text(cell ? textOf(cell, plan.wide) : ''), width),
      tone: cell?.tone ?? ('plain' as const),
    };
  });
  const text = pen.fit(pen.text(body.text(row)), plan.textWidth);
  const glyph = pen.glyph(tone);
  const line = selected
    ? pen.selected(pen.fit(`>${glyph} ${label}${placed.map((cell) => ` ${cell.text}`).join('')} ${text}`, plan.width))
    : [
        ` ${pen.tone(glyph, tone)} `,
        body.marked(row) ? pen.inverse(label) : old ? pen.dim(label) : label,
        ...placed.map((cell) => ` ${old ? pen.dim(cell.text) : pen.tone(cell.text, cell.tone)}`),
        ` ${old || tone === 'good' ? pen.dim(text) : pen.tone(text, tone)}`,
      ].join('');
  if (!plan.firsts.has(index)) return [line];
  return [pen.dim(pen.fit(`${pen.own('──')} ${pen.text(body.group(row))}`, plan.width)), line];
}
