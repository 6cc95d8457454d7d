import type { Scene } from '../state/change.ts';
import type { Console } from '../state/console.ts';
import { marksOf } from '../state/marks.ts';
import { sayGap } from '../state/pages.ts';
import { printRow, toneOf } from '../state/rows.ts';
import { breadcrumbs } from '../state/stack.ts';
import { printRange } from '../state/timeRange.ts';
import type { View } from '../views/view.ts';
import type { Pen } from './theme.ts';

/** A drawing made of blocks or braille says nothing aloud. */
const DRAWN = /^[\s\u2500-\u259f\u2800-\u28ff]+$/;

/**
 * The console in words, for somebody who hears it: where one is, the row under the cursor as "column: value", what is
 * missing, and what is being written or was just said. No frames, no columns side by side, nothing that only looks.
 */
export function spokenLines(console: Console, scene: Scene, pen: Pen): readonly string[] {
  const { state, slot, visible, at } = scene;
  const row = visible.rows[at];
  return [
    placeOf(console, scene),
    ...(at < 0 || row === undefined ? [whyNothing(scene)] : [spokenRow(scene, row)]),
    ...(slot.note ? [`note: ${slot.note}`] : []),
    ...[...new Set(slot.gaps.map(sayGap))].map((gap) => `missing: ${gap}`),
    ...promptOf(scene),
    ...(state.flash ? [state.flash.text] : []),
  ].map((line) => pen.text(line));
}

function placeOf(console: Console, { state, visible, at, frame, view, slot }: Scene): string {
  const path = breadcrumbs(state.stack, console.viewOf).join(', then ');
  const tenants = state.scope.length === 0 ? 'all tenants' : state.scope.join(' and ');
  const range = printRange(state.time, view, state.nowUnix, console.times).replace('–', ' to ');
  return [
    path,
    `${tenants}, ${range}`,
    ...(visible.rows.length === 0 ? [] : [`row ${at + 1} of ${visible.rows.length}`]),
    ...(frame.filter === '' ? [] : [`filter ${frame.filter}`]),
    ...(frame.faultsOnly ? ['faults only'] : []),
    ...(slot.fetching && slot.atUnix === undefined ? ['asking'] : []),
    ...(console.recording ? [state.clockSaid ?? 'recording'] : []),
  ].join('. ');
}

const TONES: Readonly<Record<string, string>> = { bad: 'fault: ', warn: 'warning: ' };

function spokenRow(scene: Scene, row: unknown): string {
  const { view, visible, at, frame, slot } = scene;
  const id = visible.ids[at] ?? '';
  const marked = marksOf(frame).has(id) ? 'marked: ' : '';
  const old = slot.kept.has(id) ? 'old: ' : '';
  return `${marked}${old}${TONES[toneOf(view, row)] ?? ''}${wordsOf(scene, view, row)}`;
}

function wordsOf({ state, visible, at }: Scene, view: View<unknown>, row: unknown): string {
  const { body } = view;
  switch (body.kind) {
    case 'table':
      return namedCells(
        body.columns.filter(({ wide }) => !wide || state.display.wide),
        row,
      );
    case 'waterfall': {
      const depth = visible.tree?.depths[at] ?? 0;
      const below = visible.tree?.below[at] ?? 0;
      const { startSeconds } = body.bar(row);
      return [
        body.label(row),
        namedCells(body.columns, row),
        `level ${depth + 1}`,
        ...(below > 0 ? [`${below} below`] : []),
        `begins at ${startSeconds.toFixed(3)} seconds`,
        ...(body.onCriticalPath(row) ? ['on the critical path'] : []),
      ].join(', ');
    }
    case 'lines':
      return `${body.level(row)}, ${body.who(row)}: ${body.text(row)}`;
    case 'report':
      return body.text(row) === '' ? body.label(row) : `${body.label(row)}: ${body.text(row)}`;
    default:
      return printRow(view, row);
  }
}

const namedCells = (
  columns: readonly { readonly title: string; readonly cell: (row: unknown) => string }[],
  row: unknown,
): string =>
  columns
    .map(({ title, cell }) => ({ title, text: cell(row).trim() }))
    .filter(({ text }) => text !== '' && !DRAWN.test(text))
    .map(({ title, text }) => `${title.toLowerCase()}: ${text}`)
    .join(', ');

function whyNothing({ slot, visible, frame, view }: Scene): string {
  const broken = visible.broken ?? slot.broken;
  if (broken) return `a bug in lgtm-tui: ${broken}`;
  if (visible.total > 0) return `none of ${visible.total} rows is let through by ${frame.filter || 'faults only'}`;
  return slot.because ?? (slot.complete ? 'no rows' : `asking for ${view.id}`);
}

function promptOf({ state }: Scene): readonly string[] {
  const { prompt, choice } = state;
  if (choice) return [`${choice.title}: ${choice.choices.map(({ key, does }) => `${key} for ${does}`).join(', ')}`];
  return prompt ? [`${prompt.mode}: ${prompt.text}`] : [];
}
