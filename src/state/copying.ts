import { clean } from '../domain/text.ts';
import type { View } from '../views/view.ts';
import { type Change, flash, type Scene } from './change.ts';
import { markedRows } from './marks.ts';
import type { ConsoleState, Frame } from './model.ts';

/** Hand a text to the clipboard; what in it could move a cursor is gone. */
export function copy(state: ConsoleState, text: string, said?: string): Change {
  const safe = text.split('\n').map(clean).join('\n');
  return {
    copied: { text: safe, serial: (state.copied?.serial ?? 0) + 1 },
    ...flash(`copied ${said ?? safe}`, 'good'),
  };
}

/** Copy the marked rows, one a line; else the cell or the row under the cursor. */
export function copyRows(scene: Scene): Change {
  const { state, view, visible, at, frame } = scene;
  const marked = markedRows(scene);
  const rows = marked.length > 0 ? marked : at < 0 ? [] : [visible.rows[at]];
  if (rows.length === 0) return flash('nothing is selected, so there is nothing to copy', 'warn');
  const text = rows.map((row) => textOf(view, row, frame)).join('\n');
  return copy(
    state,
    text,
    marked.length > 0 ? `${marked.length} marked ${marked.length === 1 ? 'row' : 'rows'}` : undefined,
  );
}

/** A row as it is copied: its text, the chosen cell, or all that has something in it. */
function textOf({ body }: View<unknown>, row: unknown, { column }: Frame): string {
  switch (body.kind) {
    case 'table': {
      const chosen = body.columns.find(({ id }) => id === column);
      if (chosen) return chosen.cell(row);
      return body.columns
        .map((each) => each.cell(row))
        .filter((cell) => cell !== '')
        .join('  ');
    }
    case 'lines':
    case 'heatmap':
      return body.text(row);
    case 'report':
      return body.copied ? body.copied(row) : body.text(row);
    default:
      return body.label(row);
  }
}

/** The rows of a file: the marked ones, else all that the screen lets through. */
export function rowsToSave(scene: Scene): readonly unknown[] {
  const marked = markedRows(scene);
  return marked.length > 0 ? marked : scene.visible.rows;
}

/** The marked rows as text; undefined where none is marked, and the screen itself is the text. */
export function screenText(scene: Scene): string | undefined {
  const marked = markedRows(scene);
  if (marked.length === 0) return undefined;
  return `${marked.map((row) => clean(textOf(scene.view, row, scene.frame))).join('\n')}\n`;
}
