import { type ReactElement, useMemo } from 'react';
import { matrixHeight, paintMatrixRow, planMatrix } from './matrixPaint.ts';
import { type Of, usePainted, windowOf } from './painting.ts';
import { Line, Window } from './Window.tsx';

/** Rows in groups against the columns that they bring along. */
export function Matrix(props: Of<'matrix'>): ReactElement {
  const { scene, width, height, pen, body } = props;
  const { visible, slot, state } = scene;
  const { wide } = state.display;
  const plan = useMemo(() => planMatrix(body, visible, width, wide, pen), [body, visible, width, wide, pen]);
  const paint = usePainted(
    (index, selected) => {
      const old = slot.kept.has(visible.ids[index] ?? '');
      return paintMatrixRow(body, plan, visible.rows[index], { index, selected, old }, pen);
    },
    [body, plan, visible, slot.kept, pen],
  );
  return (
    <>
      <Line text={plan.head} />
      <Window {...windowOf(props)} height={height - 1} heightOf={(index) => matrixHeight(plan, index)} paint={paint} />
    </>
  );
}
