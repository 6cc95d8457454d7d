import { formatSeconds } from '../domain/units.ts';
import type { Frame } from '../state/model.ts';
import type { Visible } from '../state/rows.ts';
import type { Column, WaterfallBody } from '../views/view.ts';
import { GAP } from './layout.ts';
import type { Pen } from './theme.ts';
import { textWidth } from './width.ts';

/** A waterfall as it is laid out for one width. */
export interface WaterfallPlan {
  readonly labelWidth: number;
  readonly columns: readonly { readonly column: Column<unknown>; readonly width: number }[];
  readonly barWidth: number;
  /** Seconds from the left edge of the bars to the right one. */
  readonly spanSeconds: number;
  readonly head: string;
  readonly width: number;
}

const GUTTER = 2;
const MEASURED_MAX = 400;

/** A bar that is narrower says nothing; columns go first. */
const BAR_MIN = 16;

/** Share the width between the tree, its columns and the bars. */
export function planWaterfall(
  body: WaterfallBody<unknown>,
  visible: Visible,
  all: readonly unknown[],
  folds: Frame['folds'],
  width: number,
  pen: Pen,
): WaterfallPlan {
  const spanSeconds = all.reduce<number>((end, row) => Math.max(end, endOf(body.bar(row))), 0) || 1;
  const sample = visible.rows.slice(0, MEASURED_MAX);
  const labelContent = sample.reduce<number>(
    (widest, _row, index) => Math.max(widest, labelWidthOf(labelOf(body, visible, index, folds, pen))),
    8,
  );
  let columns = body.columns.map((column) => {
    const content = sample.reduce<number>(
      (widest, row) => Math.max(widest, textWidth(pen.text(column.cell(row)))),
      textWidth(column.title),
    );
    return { column, width: Math.min(content, column.widthMax ?? 20) };
  });
  const columnCells = (): number => columns.reduce((sum, place) => sum + place.width + GAP, 0);
  while (columns.length > 0 && columnCells() > width * 0.35) {
    const least = columns.reduce((least, each) => (each.column.keep <= least.column.keep ? each : least));
    columns = columns.filter((each) => each !== least);
  }
  const room = width - GUTTER - columnCells() - GAP;
  const labelWidth = Math.max(
    8,
    Math.min(labelContent, Math.max(room - BAR_MIN, Math.floor(room * 0.55)), Math.floor(room * 0.7)),
  );
  const barWidth = Math.max(0, room - labelWidth);
  const titles = columns
    .map(
      ({ column, width: cells }) =>
        pen.bold(pen.fit(pen.text(column.title), cells, column.alignRight)) + ' '.repeat(GAP),
    )
    .join('');
  const head = `${' '.repeat(GUTTER)}${pen.bold(pen.fit('SPAN', labelWidth))}${' '.repeat(GAP)}${titles}${pen.dim(axis(barWidth, spanSeconds, pen))}`;
  return { labelWidth, columns, barWidth, spanSeconds, head, width };
}

const endOf = (bar: { readonly startSeconds: number; readonly durationSeconds: number }): number =>
  bar.startSeconds + bar.durationSeconds;

/** Times along the top, as many as fit, the last at the right edge. */
function axis(width: number, spanSeconds: number, pen: Pen): string {
  const last = `${formatSeconds(spanSeconds)}`;
  const steps = width >= 60 ? 4 : width >= 30 ? 2 : 1;
  const step = Math.floor(width / steps);
  let line = '';
  for (let index = 0; index < steps; index++)
    line += pen.fit(`${pen.own('│')}${index === 0 ? '0s' : formatSeconds((spanSeconds * index) / steps)}`, step);
  const room = width - textWidth(last);
  const shown = line.slice(0, Math.max(0, room)).replace(/\S+$/, '');
  return pen.own(room < 6 ? pen.fit(line, width) : `${pen.fit(shown, room)}${last}`);
}

/** What a label is made of: where it hangs, its state, its words, and how much is folded away below it. */
function labelOf(body: WaterfallBody<unknown>, visible: Visible, index: number, folds: Frame['folds'], pen: Pen) {
  const row = visible.rows[index];
  const tone = body.tone(row);
  const below = visible.tree?.below[index] ?? 0;
  const folded = below > 0 && folds.has(visible.ids[index] ?? '');
  return {
    tone,
    depth: visible.tree?.depths[index] ?? 0,
    mark: below === 0 ? ' ' : pen.own(folded ? '▸' : '▾'),
    glyph: tone === 'bad' || tone === 'warn' ? `${pen.glyph(tone)} ` : '',
    name: pen.text(body.label(row)),
    hidden: folded ? ` (+${below})` : '',
  };
}

/** Levels that the label is made wide enough for; deeper ones are squeezed. */
const DEPTH_MEASURED_MAX = 24;

function labelWidthOf({ depth, glyph, name, hidden }: ReturnType<typeof labelOf>): number {
  return Math.min(depth, DEPTH_MEASURED_MAX) * 2 + 2 + glyph.length + textWidth(name) + hidden.length;
}

/** One span: its place in the tree, its numbers, its bar. Exactly the plan's width. */
export function paintSpan(
  body: WaterfallBody<unknown>,
  plan: WaterfallPlan,
  visible: Visible,
  index: number,
  frame: Pick<Frame, 'folds' | 'marks'>,
  selected: boolean,
  pen: Pen,
): string {
  const row = visible.rows[index];
  const { tone, depth, mark, glyph, name: words, hidden } = labelOf(body, visible, index, frame.folds, pen);
  const indent = indentOf(depth, plan.labelWidth, pen);
  const tree = `${indent}${mark} `;
  const nameWidth = Math.max(0, plan.labelWidth - textWidth(tree));
  const room = Math.max(4, nameWidth - glyph.length - hidden.length);
  const shown = textWidth(words) > room ? pen.fit(words, room) : words;
  const name = pen.fit(`${glyph}${shown}${hidden}`, nameWidth);
  const cells = plan.columns.map(({ column, width }) => ({
    column,
    text: pen.fit(pen.text(column.cell(row)), width, column.alignRight),
  }));
  const bar = drawBar(body, row, plan, pen);
  const gap = ' '.repeat(GAP);
  const marked = pen.mark(frame.marks?.has(visible.ids[index] ?? '') ?? false);
  if (selected) {
    const bare = `>${marked}${tree}${name}${gap}${cells.map(({ text }) => text + gap).join('')}`;
    return pen.selected(bare) + paintBar(body, row, bar, pen);
  }
  const painted = cells.map(({ column, text }) => pen.tone(text, column.tone?.(row) ?? 'plain') + gap).join('');
  return ` ${pen.tone(marked, 'accent')}${pen.dim(tree)}${pen.tone(name, tone)}${gap}${painted}${paintBar(body, row, bar, pen)}`;
}

const worksItself = (body: WaterfallBody<unknown>, row: unknown): boolean => body.worksItself?.(row) ?? true;

/** A bar keeps its meaning under the cursor too: a fault where the time was spent, then the critical path. */
function paintBar(body: WaterfallBody<unknown>, row: unknown, bar: string, pen: Pen): string {
  const tone = body.tone(row);
  const isFault = (tone === 'bad' || tone === 'warn') && worksItself(body, row);
  return pen.tone(bar, isFault ? tone : body.onCriticalPath(row) ? 'accent' : 'dim');
}

/** Two cells a level; a tree deeper than half the label says its depth instead. */
function indentOf(depth: number, labelWidth: number, pen: Pen): string {
  const max = Math.max(2, Math.floor(labelWidth / 2) - 2);
  return depth * 2 <= max ? '  '.repeat(depth) : pen.fit(`${' '.repeat(Math.max(0, max - 4))}${depth}`, max);
}

/**
 * A block where a span worked itself, a line where it waited for its children; heavy on the critical path, light off it:
 * told apart without colour. A span too short for a cell still has one.
 */
function drawBar(
  body: WaterfallBody<unknown>,
  row: unknown,
  { barWidth, spanSeconds }: WaterfallPlan,
  pen: Pen,
): string {
  if (barWidth === 0) return '';
  const { startSeconds, durationSeconds } = body.bar(row);
  const cell = (seconds: number): number => (seconds / spanSeconds) * barWidth;
  const from = Math.max(0, Math.min(barWidth - 1, Math.floor(cell(startSeconds))));
  const to = Math.max(from + 1, Math.min(barWidth, Math.round(cell(startSeconds + durationSeconds))));
  const [work, wait] = body.onCriticalPath(row) ? ['█', '━'] : ['▒', '─'];
  const block = pen.own(worksItself(body, row) ? work : wait);
  return `${' '.repeat(from)}${block.repeat(to - from)}${' '.repeat(barWidth - to)}`;
}
