import { Box } from 'ink';
import { type ReactElement, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Scene } from '../state/change.ts';
import type { Console } from '../state/console.ts';
import { hintsOf } from '../state/keys.ts';
import { breadcrumbs } from '../state/stack.ts';
import { Body, brokenBody } from './Body.tsx';
import { Boundary } from './Boundary.tsx';
import { crumbsLine, type Frame, gapLines, hintsLine, noteLines, statusLine, tenantsLine } from './chrome.ts';
import { footerLine } from './footer.ts';
import type { BodyProps } from './painting.ts';
import type { Pen } from './theme.ts';
import { useKeys } from './useKeys.ts';
import { Line, LineList } from './Window.tsx';
import { fitTo } from './width.ts';

export const COLUMNS_MIN = 60;
export const ROWS_MIN = 15;

/** Screens that are lower do without the line of hints. */
const HINTS_FROM_ROWS = 18;

/** The console on a terminal: header, path, body, gaps, and the line for prompts and words. Never taller than the terminal. */
export function Screen({
  console,
  pen,
  stdout,
}: {
  readonly console: Console;
  readonly pen: Pen;
  readonly stdout: NodeJS.WriteStream;
}): ReactElement {
  useStore(console.store);
  useKeys(console);
  const { columns, rows } = useTerminalSize(stdout);
  if (columns < COLUMNS_MIN || rows < ROWS_MIN) {
    return <Line text={fitTo(`lgtm-tui needs ${COLUMNS_MIN}x${ROWS_MIN}; this is ${columns}x${rows}`, columns)} />;
  }
  const scene = console.scene();
  const frame: Frame = { width: columns, pen, times: console.times };
  const header = scene.state.display.fullScreen ? [] : headerLines(console, scene, frame, rows);
  const gapsMax = scene.visible.rows.length === 0 ? Math.floor(rows / 3) : rows >= 30 ? 4 : 2;
  const gaps = [...noteLines(scene.slot, 2, frame), ...gapLines(scene.slot, scene.state.nowUnix, gapsMax, frame)];
  const height = rows - header.length - 1 - gaps.length - 1;
  const body: BodyProps = { console, scene, width: columns, height, pen };
  const reason = `${scene.frame.id} ${scene.slot.turn} ${scene.frame.filter}`;
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <LineList lines={header} />
      <Line text={crumbsLine(crumbsOf(console, scene), remarksOf(scene), frame)} />
      <Boundary of={reason} fallback={brokenBody(body)}>
        <Body key={scene.frame.id} {...body} />
      </Boundary>
      <LineList lines={gaps} />
      <Line text={footerLine(console, scene, frame)} />
    </Box>
  );
}

function headerLines(console: Console, scene: Scene, frame: Frame, rows: number): readonly string[] {
  const always = [statusLine(scene.state, console.recording, frame), tenantsLine(scene.state, scene.view, frame)];
  return rows < HINTS_FROM_ROWS ? always : [...always, hintsLine(hintsOf(scene.view, console.refuses), frame)];
}

const crumbsOf = (console: Console, { state }: Scene): readonly string[] => breadcrumbs(state.stack, console.viewOf);

function remarksOf({ frame, slot, visible, view, state }: Scene): readonly string[] {
  const marks = visible.matches
    ? `/${frame.filter}: ${visible.matches.size} of ${visible.rows.length}`
    : `/${frame.filter}`;
  return [
    ...(frame.filter === '' ? [] : [marks]),
    ...(frame.faultsOnly ? ['faults only'] : []),
    ...(frame.marks?.size ? [`${frame.marks.size} marked`] : []),
    ...(view.body.kind === 'lines' && state.display.autoscroll ? ['autoscroll'] : []),
    ...(slot.fetching && slot.atUnix === undefined ? ['asking…'] : []),
  ];
}

/** The size of the terminal. Heard before Ink hears it, so that no frame of the old size is drawn at the new one. */
function useTerminalSize(stdout: NodeJS.WriteStream): { readonly columns: number; readonly rows: number } {
  const [size, setSize] = useState(() => sizeOf(stdout));
  useEffect(() => {
    const onResize = (): void => setSize(sizeOf(stdout));
    stdout.prependListener('resize', onResize);
    return () => {
      stdout.off('resize', onResize);
    };
  }, [stdout]);
  return size;
}

const sizeOf = ({ columns, rows }: NodeJS.WriteStream): { readonly columns: number; readonly rows: number } => ({
  columns: columns || 80,
  rows: rows || 24,
});
