import { Transform } from 'ink';
import { memo, type ReactElement, useLayoutEffect } from 'react';
import type { Console } from '../state/console.ts';
import { windowTop } from '../state/rows.ts';
import { flowWindow } from './layout.ts';

/**
 * One line of the screen: a string of at most the screen's width, drawn again only when it changes.
 *
 * Ink measures the text of every node in every frame, and that costs more than drawing it. Our strings are measured
 * already, so Ink is given one blank to measure, and the line as that blank's transform.
 */
export const Line = memo(
  ({ text }: { readonly text: string }): ReactElement => (
    <Transform transform={() => text} accessibilityLabel={bare(text)}>
      {' '}
    </Transform>
  ),
);

// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours, for a reader that speaks.
const bare = (text: string): string => text.replace(/\u001b\[[\d;]*m/g, '') || ' ';

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

/**
 * Every other row begins with a faint blank. When all rows move by one, Ink looks in each line for the beginning that it
 * can leave on the screen, at a third of the frame's cost; there is none worth finding, and so it is seen at once.
 */
const apart = (text: string): string => (text.startsWith(' ') ? `\u001b[2m \u001b[22m${text.slice(1)}` : text);

/** The rows that fit, around the cursor; exactly `height` lines. Only these rows are ever painted. */
export function Window({ console, frame, total, at, top, height, heightOf, paint }: WindowProps): ReactElement {
  const first = windowTop(top, at, height, total);
  const { from, to } = heightOf
    ? flowWindow(top, at, total, height, heightOf)
    : { from: first, to: Math.min(total, first + height) };
  const lines: string[] = [];
  for (let index = from; index < to && lines.length < height; index++)
    lines.push(
      ...paint(index, index === at)
        .slice(0, height - lines.length)
        .map((text) => (index % 2 === 0 ? text : apart(text))),
    );
  while (lines.length < height) lines.push('');
  useLayoutEffect(() => console.drawn({ frame, rows: Math.max(1, heightOf ? to - from : height), top: from }));
  return <LineList lines={lines} />;
}
