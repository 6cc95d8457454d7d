import { type Change, changeFrame, flash, type Scene } from './change.ts';
import type { Frame } from './model.ts';

const NOTHING_MARKED: ReadonlySet<string> = new Set();

export const marksOf = (frame: Pick<Frame, 'marks'>): ReadonlySet<string> => frame.marks ?? NOTHING_MARKED;

/** Mark the row under the cursor, or take its mark away. */
export function toggleMark(scene: Scene): Change {
  const { frame, visible, at } = scene;
  const id = visible.ids[at];
  if (id === undefined) return flash('nothing is selected, so there is nothing to mark', 'warn');
  const marks = new Set(marksOf(frame));
  if (!marks.delete(id)) marks.add(id);
  return { ...changeFrame(scene, { marks }), ...flash(sayMarks(marks.size), 'dim') };
}

/** No row is marked any more. */
export function clearMarks(scene: Scene): Change {
  if (marksOf(scene.frame).size === 0) return flash('nothing is marked here; space marks', 'dim');
  return { ...changeFrame(scene, { marks: NOTHING_MARKED }), ...flash(sayMarks(0), 'dim') };
}

const sayMarks = (count: number): string =>
  count === 0 ? 'nothing marked' : `${count} marked: c copies and ctrl-s saves ${count === 1 ? 'it' : 'them'}`;

/**
 * The rows that a copy or a file is made of: the marked ones, those on the screen first and in its order, then those that
 * a filter hides; where none is marked, none.
 */
export function markedRows({ frame, view, slot, visible }: Scene): readonly unknown[] {
  const marks = marksOf(frame);
  if (marks.size === 0) return [];
  const { rowId } = view.body;
  const hidden = slot.rows.filter((row) => !visible.index.has(rowId(row)));
  return [...visible.rows, ...hidden].filter((row) => marks.has(rowId(row)));
}
