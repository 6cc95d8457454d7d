import { type Change, changeFrame, flash, type Scene } from './change.ts';
import type { Command } from './model.ts';
import { firstOrder, windowTop } from './rows.ts';

type Move = Extract<
  Command,
  {
    do: 'move' | 'cell' | 'page' | 'edge' | 'sort' | 'column' | 'fold' | 'sideways' | 'match' | 'fault' | 'faults-only';
  }
>;

/** Commands that stay on the frame: the cursor, the order, what is folded. */
export function perform(command: Move, scene: Scene): Change {
  const { frame, at, rowsOnScreen } = scene;
  switch (command.do) {
    case 'move':
      return standOn(scene, lineAt(command.by, scene));
    case 'cell':
      return standOn(scene, at + command.by);
    case 'page': {
      const by = Math.trunc(command.by * Math.max(1, rowsOnScreen));
      return standOn(scene, at + by, scene.top + by);
    }
    case 'edge':
      return edge(command.edge, scene);
    case 'sort':
      return sortBy(command.letter, scene);
    case 'column':
      return chooseColumn(command.by, scene);
    case 'fold':
      return command.open ? unfold(scene) : fold(scene);
    case 'sideways':
      return changeFrame(scene, { shift: Math.max(0, frame.shift + command.by) });
    case 'match':
      return nextMatch(command.by, scene);
    case 'fault':
      return nextFault(command.tone, scene);
    case 'faults-only':
      return {
        ...changeFrame(scene, { faultsOnly: !frame.faultsOnly }),
        ...flash(frame.faultsOnly ? 'all rows' : 'faults only; ctrl-z shows all', 'dim'),
      };
  }
}

/** In a heatmap a move down is a move to the next line of cells, where there is one; everywhere else a row is a line. */
function lineAt(by: number, { view, visible, at }: Scene): number {
  if (view.body.kind !== 'heatmap') return at + by;
  const { line } = view.body;
  const [first] = visible.rows;
  const length = visible.rows.findIndex((row) => line(row) !== line(first));
  const to = at + by * length;
  return length > 0 && visible.rows[to] !== undefined ? to : at;
}

/** Put the cursor on a row, as near as there is one, and the window around it. */
export function standOn(scene: Scene, index: number, top = scene.top): Change {
  const { visible, rowsOnScreen } = scene;
  if (visible.rows.length === 0) return {};
  const at = Math.max(0, Math.min(index, visible.rows.length - 1));
  const height = Math.max(1, rowsOnScreen);
  const first = Math.max(0, Math.min(top, visible.rows.length - height));
  const moved = changeFrame(scene, {
    cursor: visible.ids[at],
    at,
    moved: true,
    bar: undefined,
    top: windowTop(first, at, height, visible.rows.length),
  });
  const { display } = scene.state;
  // Whoever goes up to read must not be carried off by the next line.
  const leaves = scene.view.body.kind === 'lines' && display.autoscroll && at < visible.rows.length - 1;
  return leaves ? { ...moved, display: { ...display, autoscroll: false } } : moved;
}

/** To the first or last line; at the end of a tail the next lines are followed again. */
function edge(which: 'first' | 'last', scene: Scene): Change {
  const { visible, frame, state } = scene;
  if (which === 'first') return standOn(scene, 0);
  const end = standOn(scene, visible.rows.length - 1);
  return frame.params.follow ? { ...end, display: { ...state.display, autoscroll: true } } : end;
}

function sortBy(letter: string, scene: Scene): Change {
  const { view, frame, visible } = scene;
  if (view.body.kind !== 'table') return {};
  const column = view.body.columns.find((each) => each.letter === letter);
  if (!column) {
    const letters = view.body.columns.flatMap((each) => each.letter ?? []).join(' ');
    return flash(`no column sorts by ${letter}${letters === '' ? '' : `; here: ${letters}`}`, 'warn');
  }
  const down = frame.sort?.column === column.id ? !frame.sort.down : firstOrder(column, visible.rows);
  return changeFrame(scene, { sort: { column: column.id, down }, cursor: visible.ids[scene.at] });
}

function chooseColumn(by: number, scene: Scene): Change {
  const { view, frame } = scene;
  if (view.body.kind !== 'table') return {};
  const ids = view.body.columns.map(({ id }) => id);
  const before = frame.column === undefined ? (by > 0 ? -1 : ids.length) : ids.indexOf(frame.column);
  const column = ids[before + by];
  return {
    ...changeFrame(scene, { column }),
    ...flash(column === undefined ? 'c copies the row' : `c copies ${column}`, 'dim'),
  };
}

function fold(scene: Scene): Change {
  const { frame, visible, at } = scene;
  const id = visible.ids[at];
  if (!visible.tree || id === undefined) return {};
  if ((visible.tree.below[at] ?? 0) > 0 && !frame.folds.has(id))
    return changeFrame(scene, { folds: new Set([...frame.folds, id]), cursor: id, at, moved: true });
  const depth = visible.tree.depths[at] ?? 0;
  const parent = visible.tree.depths.findLastIndex((each, index) => index < at && each < depth);
  return parent < 0 ? flash('this is the root', 'dim') : standOn(scene, parent);
}

function unfold(scene: Scene): Change {
  const { frame, visible, at } = scene;
  const id = visible.ids[at];
  if (!visible.tree || id === undefined) return {};
  if (frame.folds.has(id))
    return changeFrame(scene, {
      folds: new Set([...frame.folds].filter((each) => each !== id)),
      cursor: id,
      at,
      moved: true,
    });
  return (visible.tree.below[at] ?? 0) > 0 ? standOn(scene, at + 1) : flash('nothing hangs below this', 'dim');
}

function nextMatch(by: number, scene: Scene): Change {
  const { frame, visible, at } = scene;
  if (frame.filter === '') return flash('nothing to find yet: / begins a search', 'warn');
  const found = visible.matches ? [...visible.matches].toSorted((a, b) => a - b) : [...visible.rows.keys()];
  if (found.length === 0) return flash(`nothing matches ${frame.filter}`, 'warn');
  const next =
    by > 0 ? (found.find((index) => index > at) ?? found[0]) : (found.findLast((index) => index < at) ?? found.at(-1));
  return { ...standOn(scene, next ?? 0), ...flash(`match ${found.indexOf(next ?? 0) + 1} of ${found.length}`, 'dim') };
}

function nextFault(tone: 'bad' | 'warn', scene: Scene): Change {
  const { view, visible, at } = scene;
  if (view.body.kind === 'table') return {};
  const { tone: toneOf } = view.body;
  const next = visible.rows.findIndex((row, index) => index > at && toneOf(row) === tone);
  const word = tone === 'bad' ? 'error' : 'warning';
  return next < 0 ? flash(`no further ${word} below`, 'dim') : standOn(scene, next);
}
