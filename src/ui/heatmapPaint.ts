import type { Visible } from '../state/rows.ts';
import type { Times } from '../state/times.ts';
import type { HeatmapBody } from '../views/view.ts';
import type { Pen } from './theme.ts';
import { textWidth } from './width.ts';

/** A heatmap as it is laid out for one width: which rows stand in which line, and how wide a cell is. */
export interface HeatmapPlan {
  readonly lines: readonly { readonly label: string; readonly first: number; readonly count: number }[];
  readonly labelWidth: number;
  readonly cellWidth: number;
  /** Columns that fit, the newest ones. */
  readonly columns: number;
  readonly foot: string;
}

const CELL_MIN = 3;
const CELL_MAX = 8;
const SHADES = [' ', '·', '░', '▒', '▓', '█'];

export function planHeatmap(
  body: HeatmapBody<unknown>,
  visible: Visible,
  width: number,
  times: Times,
  pen: Pen,
): HeatmapPlan {
  const lines: { label: string; first: number; count: number }[] = [];
  for (const [index, row] of visible.rows.entries()) {
    const label = pen.text(body.line(row));
    const last = lines.at(-1);
    if (last?.label === label) last.count += 1;
    else lines.push({ label, first: index, count: 1 });
  }
  const labelWidth = lines.reduce((widest, line) => Math.max(widest, textWidth(line.label)), 4);
  const count = lines[0]?.count ?? 0;
  const room = width - labelWidth - 4;
  const cellWidth = Math.max(CELL_MIN, Math.min(CELL_MAX, Math.floor(room / Math.max(1, count))));
  const columns = Math.min(count, Math.floor(room / cellWidth));
  const names = visible.rows.slice(count - columns, count).map((row) => times.minute(body.atUnix(row)));
  return { lines, labelWidth, cellWidth, columns, foot: footOf(names, labelWidth, cellWidth, pen) };
}

/** As many times along the bottom as fit, each under the left edge of its cell. */
function footOf(names: readonly string[], labelWidth: number, cellWidth: number, pen: Pen): string {
  const every = Math.max(1, Math.ceil((textWidth(names[0] ?? '') + 1) / cellWidth));
  const times = names.map((name, index) => (index % every === 0 ? name.padEnd(cellWidth * every) : '')).join('');
  return `${' '.repeat(labelWidth + 4)}${pen.dim(times.slice(0, names.length * cellWidth))}`;
}

/** One line of cells; the cell under the cursor is inverse. */
export function paintHeatLine(
  body: HeatmapBody<unknown>,
  plan: HeatmapPlan,
  visible: Visible,
  line: number,
  at: number,
  pen: Pen,
): string {
  const place = plan.lines[line];
  if (place === undefined) return '';
  const from = place.first + place.count - plan.columns;
  const isHere = at >= place.first && at < place.first + place.count;
  const cells = Array.from({ length: plan.columns }, (_, column) => {
    const index = from + column;
    const row = visible.rows[index];
    const text = cellText(body.weight(row), pen.text(body.mark(row)), plan.cellWidth, pen);
    return index === at ? pen.selected(text) : pen.tone(text, body.tone(row));
  });
  const label = pen.fit(place.label, plan.labelWidth, true);
  return `${isHere ? '>' : ' '} ${isHere ? pen.bold(label) : pen.dim(label)}  ${cells.join('')}`;
}

/** Shade by weight, the mark in the middle; what is there at all is never blank. */
function cellText(weight: number, mark: string, width: number, pen: Pen): string {
  const shade =
    SHADES[weight <= 0 ? 0 : Math.max(1, Math.min(SHADES.length - 1, Math.ceil(weight * (SHADES.length - 1))))] ?? ' ';
  const inner = width - 1;
  const block = pen.own(shade).repeat(inner);
  if (mark === '') return `${block} `;
  const shown = mark.length > inner ? pen.own('+') : mark;
  const left = Math.floor((inner - shown.length) / 2);
  return `${block.slice(0, left)}${shown}${block.slice(left + shown.length)} `;
}
