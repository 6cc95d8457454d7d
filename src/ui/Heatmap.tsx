import { type ReactElement, useMemo } from 'react';
import { paintHeatLine, planHeatmap } from './heatmapPaint.ts';
import type { Of } from './painting.ts';
import { LineList } from './Window.tsx';

/** Cells over time and latency: as many lines as fit around the cursor, the times below, the cell in words at the end. */
export function Heatmap({ scene, width, height, pen, body }: Of<'heatmap'>): ReactElement {
  const { visible, at } = scene;
  const plan = useMemo(() => planHeatmap(body, visible, width, pen), [body, visible, width, pen]);
  const here = plan.lines.findIndex((line) => at >= line.first && at < line.first + line.count);
  const room = Math.max(1, height - 3);
  const from = Math.max(0, Math.min(here - Math.floor(room / 2), plan.lines.length - room));
  const shown = plan.lines
    .slice(from, from + room)
    .map((_line, index) => paintHeatLine(body, plan, visible, from + index, at, pen));
  const words = pen.fit(pen.text(body.text(visible.rows[at])), width - 2);
  return (
    <LineList lines={[...shown, plan.foot, '', `  ${words}`, ...Array(Math.max(0, room - shown.length)).fill('')]} />
  );
}
