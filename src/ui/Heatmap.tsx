import { type ReactElement, useMemo } from 'react';
import { paintHeatLine, planHeatmap } from './heatmapPaint.ts';
import type { Of } from './painting.ts';
import { LineList } from './Window.tsx';

/** Cells over time and latency: as many lines as fit around the cursor, the times below, the cell in words at the end. */
export function Heatmap({ console, scene, width, height, pen, body }: Of<'heatmap'>): ReactElement {
  const { visible, at } = scene;
  const { times } = console;
  const plan = useMemo(() => planHeatmap(body, visible, width, times, pen), [body, visible, width, times, pen]);
  const here = plan.lines.findIndex((line) => at >= line.first && at < line.first + line.count);
  const room = Math.max(1, height - 3);
  const from = Math.max(0, Math.min(here - Math.floor(room / 2), plan.lines.length - room));
  const shown = plan.lines
    .slice(from, from + room)
    .map((_line, index) => paintHeatLine(body, plan, visible, from + index, at, pen));
  const row = visible.rows[at];
  const endUnix = row === undefined ? 0 : body.atUnix(row);
  const when = `minute to ${times.minute(endUnix)} ${times.zone(endUnix)}`;
  const words = pen.fit(`${when}, ${pen.text(body.text(row))}`, width - 2);
  return (
    <LineList lines={[...shown, plan.foot, '', `  ${words}`, ...Array(Math.max(0, room - shown.length)).fill('')]} />
  );
}
