import stringWidth from 'string-width';
import { clean, toAscii } from '../domain/text.ts';
import type { Tone } from '../views/view.ts';
import type { Answer, Page } from './answer.ts';
import { sayExtras } from './extras.ts';
import { type Grid, type GridRow, gridOf } from './grid.ts';

const SGR: Readonly<Record<Tone, string>> = {
  good: '32',
  warn: '33',
  bad: '1;31',
  unknown: '35',
  dim: '2',
  accent: '36',
  plain: '',
};
/** Wider cells are not waited for: one hostile name must not push every row off the screen. */
const ALIGNED_CELLS_MAX = 100;
const BETWEEN = 2;

/** The answer as aligned columns. Foreign text is clean; colours and shortening only where the page has them. */
export function printText(answer: Answer, page: Page): string {
  const lines = [...extraLines(answer, page), ...tableLines(answer, page)];
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function extraLines({ view, loaded }: Answer, page: Page): readonly string[] {
  const extras = view.summary?.(loaded) ?? sayExtras(loaded.extras);
  if (extras.length === 0) return [];
  const width = Math.max(...extras.map(([name]) => name.length));
  const lines = extras.map(([name, text]) => `${safe(name.padEnd(width), page)}  ${safe(text, page)}`);
  return loaded.rows.length > 0 ? [...lines, ''] : lines;
}

function tableLines(answer: Answer, page: Page): readonly string[] {
  if (answer.loaded.rows.length === 0) return [];
  const grid = safeGrid(gridOf(answer, page), page);
  const markCells = grid.rows.some(({ marked }) => marked) ? 2 : 0;
  const widths = grid.columns.map((column, index) => {
    const widest = Math.max(cellsOf(column.title), ...grid.rows.map(({ cells }) => cellsOf(cells[index]?.text ?? '')));
    return Math.min(widest, page.columns === undefined ? ALIGNED_CELLS_MAX : (column.widthMax ?? ALIGNED_CELLS_MAX));
  });
  const shown = columnsThatFit(grid, widths, page.columns === undefined ? undefined : page.columns - markCells);
  const print = (row: GridRow): string => {
    const mark = markCells === 0 ? '' : row.marked ? safe('▸ ', page) : '  ';
    const texts = shown.map((index, place) => {
      const cell = row.cells[index] ?? { text: '', tone: 'plain' as const };
      const last = place === shown.length - 1;
      const text = padTo(cell.text, widths[index] ?? 0, {
        right: grid.columns[index]?.alignRight,
        last,
        cut: page.columns !== undefined && !last,
        ascii: page.ascii,
      });
      return paint(text, cell.tone, page);
    });
    return (mark + texts.join(' '.repeat(BETWEEN))).trimEnd();
  };
  const hasTitles = grid.columns.some(({ title }) => title !== '');
  const titles = { cells: grid.columns.map(({ title }) => ({ text: title, tone: 'dim' as const })), marked: false };
  return [...(hasTitles ? [print(titles)] : []), ...grid.rows.map(print)];
}

const safe = (text: string, { ascii }: Page): string => (ascii ? toAscii(clean(text)) : clean(text));

const safeGrid = ({ columns, rows }: Grid, page: Page): Grid => ({
  columns: columns.map((column) => ({ ...column, title: safe(column.title, page) })),
  rows: rows.map((row) => ({ ...row, cells: row.cells.map((cell) => ({ ...cell, text: safe(cell.text, page) })) })),
});

/** Columns go in ascending order of `keep`; the last one may be longer than the line, for it is not padded. */
function columnsThatFit({ columns }: Grid, widths: readonly number[], cells: number | undefined): readonly number[] {
  const shown = columns.map((_, index) => index);
  if (cells === undefined) return shown;
  const needed = (): number =>
    shown
      .slice(0, -1)
      .reduce((sum, index) => sum + (widths[index] ?? 0) + BETWEEN, Math.min(8, widths[shown.at(-1) ?? 0] ?? 0));
  while (needed() > cells && shown.length > 1) {
    const weakest = shown.reduce((weak, index) =>
      (columns[index]?.keep ?? 0) < (columns[weak]?.keep ?? 0) ? index : weak,
    );
    if ((columns[weakest]?.keep ?? 0) >= 100) break;
    shown.splice(shown.indexOf(weakest), 1);
  }
  return shown;
}

const ASCII_ONLY = /^[\u0020-\u007e]*$/;
const cellsOf = (text: string): number => (ASCII_ONLY.test(text) ? text.length : stringWidth(text));

function padTo(
  text: string,
  width: number,
  how: { right?: boolean; last: boolean; cut: boolean; ascii: boolean },
): string {
  const cells = cellsOf(text);
  if (cells > width) return how.cut ? cutTo(text, width, how.ascii ? '~' : '…') : text;
  const pad = ' '.repeat(width - cells);
  if (how.right) return pad + text;
  return how.last ? text : text + pad;
}

function cutTo(text: string, width: number, end: string): string {
  let kept = '';
  for (const character of text) {
    if (cellsOf(kept + character) > width - 1) break;
    kept += character;
  }
  return kept + end + ' '.repeat(Math.max(0, width - cellsOf(kept) - 1));
}

const paint = (text: string, tone: Tone, { color }: Page): string =>
  color && SGR[tone] !== '' && text.trim() !== '' ? `\u001b[${SGR[tone]}m${text}\u001b[0m` : text;
