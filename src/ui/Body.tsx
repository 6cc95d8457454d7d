import { Box } from 'ink';
import { type ReactElement, type ReactNode, useMemo } from 'react';
import type { Scene } from '../state/change.ts';
import type { View } from '../views/view.ts';
import { Heatmap } from './Heatmap.tsx';
import { Lines } from './Lines.tsx';
import { Matrix } from './Matrix.tsx';
import { type BodyProps, type Of, usePainted, windowOf } from './painting.ts';
import { Sources, sourcesHeight } from './Sources.tsx';
import { paintRow, planTable } from './tablePaint.ts';
import { paintEntry, planReport, reportPieces } from './textPaint.ts';
import type { Pen } from './theme.ts';
import { Line, LineList, Window } from './Window.tsx';
import { paintSpan, planWaterfall } from './waterfallPaint.ts';
import { wrapTo } from './width.ts';

function Table(props: Of<'table'>): ReactElement {
  const { scene, width, height, pen, body } = props;
  const { view, slot, visible, frame, state } = scene;
  const { wide } = state.display;
  const { sort, column, marks } = frame;
  const plan = useMemo(
    () => planTable(body, visible, { sort, column }, width, wide, pen),
    [body, visible, sort, column, width, wide, pen],
  );
  const paint = usePainted(
    (index, selected) => {
      const id = visible.ids[index] ?? '';
      return [
        paintRow(
          view,
          plan,
          visible.rows[index],
          { selected, marked: marks?.has(id) ?? false, old: slot.kept.has(id), before: slot.changedFrom?.get(id) },
          pen,
        ),
      ];
    },
    [view, plan, visible, slot.kept, slot.changedFrom, marks, pen],
  );
  return (
    <>
      <Line text={plan.head} />
      <Window {...windowOf(props)} height={height - 1} paint={paint} />
    </>
  );
}

function Waterfall(props: Of<'waterfall'>): ReactElement {
  const { scene, width, height, pen, body } = props;
  const { visible, frame, slot } = scene;
  const plan = useMemo(
    () => planWaterfall(body, visible, slot.rows, frame.folds, width, pen),
    [body, visible, slot.rows, frame.folds, width, pen],
  );
  const paint = usePainted(
    (index, selected) => [paintSpan(body, plan, visible, index, frame, selected, pen)],
    [body, plan, visible, frame.folds, frame.marks, pen],
  );
  return (
    <>
      <Line text={plan.head} />
      <Window {...windowOf(props)} height={height - 1} paint={paint} />
    </>
  );
}

function Report(props: Of<'report'>): ReactElement {
  const { scene, width, height, pen, body } = props;
  const { visible, frame } = scene;
  const { marks } = frame;
  const plan = useMemo(() => planReport(body, visible, width, pen), [body, visible, width, pen]);
  const pieces = usePainted((index) => reportPieces(body, plan, visible.rows[index], pen), [body, plan, visible, pen]);
  const stateOf = (index: number, selected: boolean): { readonly selected: boolean; readonly marked: boolean } => ({
    selected,
    marked: marks?.has(visible.ids[index] ?? '') ?? false,
  });
  const paint = usePainted(
    (index, selected) =>
      paintEntry(body, plan, visible.rows[index], pieces(index, false), stateOf(index, selected), pen),
    [body, plan, visible, pieces, marks, pen],
  );
  return (
    <Window {...windowOf(props)} height={height} heightOf={(index) => pieces(index, false).length} paint={paint} />
  );
}

/** Words instead of rows: never an empty screen without a reason. */
function Words({
  text,
  next,
  width,
  height,
  pen,
  bad,
}: {
  readonly text: string;
  readonly next: string;
  readonly width: number;
  readonly height: number;
  readonly pen: Pen;
  readonly bad: boolean;
}): ReactElement {
  const lines = [
    '',
    ...wrapTo(pen.text(text), width - 6).map((line) => `   ${bad ? pen.tone(line, 'bad') : line}`),
    '',
    ...wrapTo(pen.text(next), width - 6).map((line) => `   ${pen.dim(line)}`),
  ];
  return <LineList lines={Array.from({ length: height }, (_, place) => lines[place] ?? '')} />;
}

/** The one switch over the kinds of body. */
export function Body(props: BodyProps): ReactElement {
  const { scene, width, height, pen } = props;
  const { view, slot, visible, frame } = scene;
  const broken = visible.broken ?? slot.broken;
  if (visible.rows.length === 0) {
    const words = broken ? `A bug in lgtm-tui: ${broken}` : whyEmpty(scene);
    const next = broken
      ? 'esc goes back; the console lives on'
      : frame.filter !== '' && visible.total > 0
        ? 'esc clears the filter'
        : nextWhenEmpty(view, slot.fetching);
    return <Words text={words} next={next} width={width} height={height} pen={pen} bad={broken !== undefined} />;
  }
  const { health, nowUnix } = scene.state;
  if (view.id === 'sources' && frame.filter === '' && sourcesHeight(health.length) <= height)
    return (
      <Box height={height} flexDirection="column">
        <Sources health={health} nowUnix={nowUnix} pen={pen} />
      </Box>
    );
  switch (view.body.kind) {
    case 'table':
      return <Table {...props} body={view.body} />;
    case 'waterfall':
      return <Waterfall {...props} body={view.body} />;
    case 'lines':
      return <Lines {...props} body={view.body} />;
    case 'report':
      return <Report {...props} body={view.body} />;
    case 'matrix':
      return <Matrix {...props} body={view.body} />;
    case 'heatmap':
      return <Heatmap {...props} body={view.body} />;
  }
}

function whyEmpty({ slot, visible, frame, view }: Scene): string {
  if (visible.total > 0 && frame.filter !== '') return `No row matches ${frame.filter}; ${visible.total} are hidden.`;
  if (visible.total > 0 && frame.faultsOnly) return `No faults among ${visible.total} rows.`;
  if (slot.because) return slot.because;
  if (!slot.complete || slot.fetching) return `asking for ${view.id}…`;
  return slot.gaps.length > 0
    ? 'Nothing could be loaded; the lines below say why.'
    : 'Nothing there, and the view does not say why.';
}

const nextWhenEmpty = (view: View<unknown>, fetching: boolean): string =>
  fetching ? '' : view.consoleOnly ? 'esc goes back' : 'x explains what was asked · ctrl-r asks again · esc goes back';

/** What is drawn in the place of a body that threw. */
export const brokenBody =
  (props: BodyProps) =>
  (said: string): ReactNode => (
    <Words
      text={`A bug in lgtm-tui: ${said}`}
      next="esc goes back; the console lives on"
      width={props.width}
      height={props.height}
      pen={props.pen}
      bad
    />
  );
