import { Text } from 'ink';
import { memo, type ReactElement, useLayoutEffect } from 'react';
import type { Console } from '../state/console.ts';
import { windowTop } from '../state/rows.ts';
import { flowWindow } from './layout.ts';

/** One line of the screen. Lines are keyed by their place, and drawn again only when their text changes. */
export const Line = memo(
  ({ text }: { readonly text: string }): ReactElement => <Text wrap="truncate">{text === '' ? ' ' : text}</Text>,
);

/** Lines from top to bottom. */
export const LineList = ({ lines }: { readonly lines: readonly string[] }): ReactElement => (
  <>
    {lines.map((text, place) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a line belongs to its place on the screen, whichever row is there.
      <Line key={place} text={text} />
    ))}
  </>
);

interface WindowProps {
  readonly console: Console;
  readonly frame: number;
  readonly total: number;
  readonly at: number;
  readonly top: number;
  readonly height: number;
  /** Where rows are of different heights. */
  readonly heightOf?: (index: number) => number;
  readonly paint: (index: number, selected: boolean) => readonly string[];
}

/** The rows that fit, around the cursor; exactly `height` lines. Only these rows are ever painted. */
export function Window({ console, frame, total, at, top, height, heightOf, paint }: WindowProps): ReactElement {
  const first = windowTop(top, at, height, total);
  const { from, to } = heightOf
    ? flowWindow(top, at, total, height, heightOf)
    : { from: first, to: Math.min(total, first + height) };
  const lines: string[] = [];
  for (let index = from; index < to && lines.length < height; index++)
    lines.push(...paint(index, index === at).slice(0, height - lines.length));
  while (lines.length < height) lines.push('');
  useLayoutEffect(() => console.drawn({ frame, rows: Math.max(1, heightOf ? to - from : height), top: from }));
  return <LineList lines={lines} />;
}
