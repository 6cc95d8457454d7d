import { parseFilter } from '../state/filter.ts';
import type { Display, Frame } from '../state/model.ts';
import type { Visible } from '../state/rows.ts';
import type { Times } from '../state/times.ts';
import type { LinesBody, ReportBody } from '../views/view.ts';
import type { Pen } from './theme.ts';
import { cutTo, skip, textWidth, wrapTo } from './width.ts';

/** How lines are laid out for one width. */
export interface LinesPlan {
  readonly width: number;
  readonly timeWidth: number;
  readonly whoWidth: number;
  readonly textWidth: number;
  /** Fields in columns of their own, before the text. */
  readonly fields: readonly { readonly name: string; readonly width: number }[];
}

/** A column of a field, at most; and what the text keeps whatever is chosen. */
const FIELD_MAX = 24;
const TEXT_MIN = 20;

const WHO_MAX = 18;
const MEASURED_MAX = 300;

const LEVELS: Readonly<Record<string, string>> = {
  warning: 'WRN',
  warn: 'WRN',
  information: 'INF',
  critical: 'CRT',
  error: 'ERR',
  err: 'ERR',
  debug: 'DBG',
  trace: 'TRC',
  fatal: 'FTL',
  unknown: '???',
};

/** Time, level and origin take what they need; the text takes the rest. */
export function planLines(
  body: LinesBody<unknown>,
  visible: Visible,
  display: Display,
  names: readonly string[],
  width: number,
  pen: Pen,
): LinesPlan {
  const widest = visible.rows
    .slice(0, MEASURED_MAX)
    .reduce<number>((most, row) => Math.max(most, textWidth(pen.text(body.who(row)))), 0);
  const timeWidth = display.timestamps ? 13 : 0;
  const whoWidth = Math.min(widest, WHO_MAX, Math.floor(width / 4));
  const room = width - 2 - timeWidth - 4 - (whoWidth > 0 ? whoWidth + 2 : 0);
  const fields = planFields(body, visible, names, room - TEXT_MIN, pen);
  const taken = fields.reduce((sum, field) => sum + field.width + 2, 0);
  return { width, timeWidth, whoWidth, textWidth: Math.max(4, room - taken), fields };
}

/** Columns as wide as they need, from the left, while there is room. */
function planFields(
  body: LinesBody<unknown>,
  visible: Visible,
  names: readonly string[],
  room: number,
  pen: Pen,
): LinesPlan['fields'] {
  let left = room;
  return names.flatMap((name) => {
    const widest = visible.rows
      .slice(0, MEASURED_MAX)
      .reduce<number>(
        (most, row) => Math.max(most, textWidth(pen.text(body.fields?.(row)[name] ?? ''))),
        textWidth(pen.text(name)),
      );
    const width = Math.min(widest, FIELD_MAX, left - 2);
    if (width < 3) return [];
    left -= width + 2;
    return [{ name, width }];
  });
}

/** The line that names the columns; empty where there are none. */
export function linesHead(plan: LinesPlan, pen: Pen): string {
  if (plan.fields.length === 0) return '';
  const before = 2 + plan.timeWidth + 4 + (plan.whoWidth > 0 ? plan.whoWidth + 2 : 0);
  const names = plan.fields.map(({ name, width }) => `${pen.fit(pen.text(name), width)}  `).join('');
  return pen.dim(pen.fit(`${' '.repeat(before)}${names}message`, plan.width));
}

const cellsOf = (body: LinesBody<unknown>, plan: LinesPlan, row: unknown, pen: Pen): string =>
  plan.fields.map(({ name, width }) => `${pen.fit(pen.text(body.fields?.(row)[name] ?? ''), width)}  `).join('');

/** The text of a line as it is cut or wrapped: one piece for each line of the screen. */
export function linePieces(
  body: LinesBody<unknown>,
  plan: LinesPlan,
  row: unknown,
  shift: number,
  wrap: boolean,
  pen: Pen,
): readonly string[] {
  const text = pen.text(plan.fields.length > 0 ? (body.bare ?? body.text)(row) : body.text(row));
  return wrap ? wrapTo(text, plan.textWidth) : [skip(text, shift)];
}

interface LineState {
  readonly selected: boolean;
  /** By hand; `body.marked` is what the view marks. */
  readonly marked: boolean;
  readonly matches: boolean;
  readonly filter: string;
}

/** One log line as lines of the screen, each exactly the plan's width. */
export function paintLine(
  body: LinesBody<unknown>,
  plan: LinesPlan,
  row: unknown,
  pieces: readonly string[],
  state: LineState,
  times: Times,
  pen: Pen,
): readonly string[] {
  const marked = body.marked(row);
  const tone = body.tone(row);
  const time = plan.timeWidth > 0 ? pen.fit(times.millis(body.atNanos(row)), plan.timeWidth) : '';
  const word = body.level(row).toLowerCase();
  const level = pen.fit(LEVELS[word] ?? cutTo(pen.text(word).toUpperCase(), 3).text, 3);
  const who = plan.whoWidth > 0 ? `${pen.fit(pen.text(body.who(row)), plan.whoWidth)}  ` : '';
  const cells = cellsOf(body, plan, row, pen);
  const mark = state.marked ? pen.mark(true) : pen.own(marked ? '▌' : ' ');
  return pieces.map((piece, index) => {
    const text = pen.fit(piece, plan.textWidth);
    const gutter = state.selected ? '>' : ' ';
    const head =
      index === 0
        ? [time, level, who, cells]
        : [' '.repeat(plan.timeWidth), '   ', ' '.repeat(textWidth(who)), ' '.repeat(textWidth(cells))];
    const [at = '', levelText = '', whoText = '', cellsText = ''] = head;
    if (state.selected)
      return pen.selected(pen.fit(`${gutter}${mark}${at}${levelText} ${whoText}${cellsText}${text}`, plan.width));
    const body_ = state.matches ? highlight(text, state.filter, pen) : text;
    const strong = marked ? pen.bold(body_) : body_;
    return `${gutter}${pen.tone(mark, 'accent')}${pen.dim(at)}${pen.tone(levelText, tone)} ${pen.tone(whoText, marked ? 'accent' : 'dim')}${cellsText}${strong}`;
  });
}

function highlight(text: string, filter: string, pen: Pen): string {
  const wanted = parseFilter(filter);
  if (wanted.kind !== 'has') return text;
  const lower = text.toLowerCase();
  if (lower.length !== text.length) return text;
  let painted = '';
  let from = 0;
  for (let at = lower.indexOf(wanted.text); at >= 0; at = lower.indexOf(wanted.text, from)) {
    painted += text.slice(from, at) + pen.inverse(text.slice(at, at + wanted.text.length));
    from = at + wanted.text.length;
  }
  return painted + text.slice(from);
}

/** How a report is laid out: labels at the left, as wide as they need, text wrapped beside them. */
export interface ReportPlan {
  readonly width: number;
  readonly labelWidth: number;
}

export function planReport(body: ReportBody<unknown>, visible: Visible, width: number, pen: Pen): ReportPlan {
  const withText = visible.rows.filter((row) => body.text(row) !== '');
  const widest = withText.reduce<number>((most, row) => Math.max(most, textWidth(pen.text(body.label(row)))), 0);
  return { width, labelWidth: Math.min(widest, Math.floor(width * 0.4)) };
}

export function reportPieces(body: ReportBody<unknown>, plan: ReportPlan, row: unknown, pen: Pen): readonly string[] {
  const indent = plan.labelWidth > 0 ? plan.labelWidth + 2 : 0;
  return wrapTo(pen.text(body.text(row)), plan.width - 2 - indent);
}

/** One entry of a report; one that has no text is a heading. */
export function paintEntry(
  body: ReportBody<unknown>,
  plan: ReportPlan,
  row: unknown,
  pieces: readonly string[],
  { selected, marked }: { readonly selected: boolean; readonly marked: boolean },
  pen: Pen,
): readonly string[] {
  const label = pen.text(body.label(row));
  const tone = body.tone(row);
  const gutter = `${selected ? '>' : ' '}${pen.mark(marked)}`;
  if (pieces.length === 1 && pieces[0] === '') {
    const heading = pen.fit(label, plan.width - 2);
    return [
      selected
        ? pen.selected(gutter + heading)
        : gutter + pen.tone(heading.trimEnd() === '' ? heading : pen.bold(heading), tone),
    ];
  }
  const indent = plan.labelWidth > 0 ? plan.labelWidth + 2 : 0;
  return pieces.map((piece, index) => {
    const left = pen.fit(index === 0 ? label : '', indent);
    const text = pen.fit(piece, plan.width - 2 - indent);
    return selected
      ? pen.selected(`${gutter}${left}${text}`)
      : `${gutter}${tone === 'plain' ? pen.dim(left) : pen.tone(left, tone)}${tone === 'plain' || tone === 'accent' ? text : pen.tone(text, tone)}`;
  });
}

/** What the frame must know to draw text. */
export type TextFrame = Pick<Frame, 'shift' | 'filter'>;
