import { type ReactElement, useMemo } from 'react';
import { type Of, usePainted, windowOf } from './painting.ts';
import { linePieces, linesHead, paintLine, planLines } from './textPaint.ts';
import { paintVolume, volumeHeight } from './volumePaint.ts';
import { Line, LineList, Window } from './Window.tsx';

/** Log lines; above them how many there were, and the names of the fields that stand in columns. */
export function Lines(props: Of<'lines'>): ReactElement {
  const { console, scene, width, height, pen, body } = props;
  const { visible, frame, state, slot, at } = scene;
  const { display } = state;
  const { shift, filter, marks, fields, bar } = frame;
  const plan = useMemo(
    () => planLines(body, visible, display, fields ?? [], width, pen),
    [body, visible, display, fields, width, pen],
  );
  const pieces = usePainted(
    (index) => linePieces(body, plan, visible.rows[index], shift, display.wrap, pen),
    [body, plan, visible, shift, display.wrap, pen],
  );
  const paint = usePainted(
    (index, selected) =>
      paintLine(
        body,
        plan,
        visible.rows[index],
        pieces(index, false),
        {
          selected,
          marked: marks?.has(visible.ids[index] ?? '') ?? false,
          matches: visible.matches?.has(index) ?? false,
          filter,
        },
        console.times,
        pen,
      ),
    [body, plan, visible, pieces, filter, marks, console.times, pen],
  );
  const row = visible.rows[at];
  const cursorUnix = row === undefined ? undefined : Number(body.atNanos(row)) / 1e9;
  const barLines = volumeHeight(slot.volume, height);
  const volume =
    slot.volume && barLines > 0
      ? paintVolume(slot.volume, { width, lines: barLines, chosenUnix: bar, cursorUnix }, console.times, pen)
      : [];
  const head = linesHead(plan, pen);
  return (
    <>
      <LineList lines={volume} />
      {head === '' ? null : <Line text={head} />}
      <Window
        {...windowOf(props)}
        height={height - volume.length - (head === '' ? 0 : 1)}
        heightOf={display.wrap ? (index) => pieces(index, false).length : undefined}
        paint={paint}
      />
    </>
  );
}
