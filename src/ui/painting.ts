import { useRef } from 'react';
import type { Scene } from '../state/change.ts';
import type { Console } from '../state/console.ts';
import type { Body as BodyKind } from '../views/view.ts';
import type { Pen } from './theme.ts';

/** What every kind of body is drawn from. */
export interface BodyProps {
  readonly console: Console;
  readonly scene: Scene;
  readonly width: number;
  readonly height: number;
  readonly pen: Pen;
}

export type Of<Kind extends BodyKind<unknown>['kind']> = BodyProps & {
  readonly body: Extract<BodyKind<unknown>, { kind: Kind }>;
};

type Paint = (index: number, selected: boolean) => readonly string[];

/** Painted rows that are remembered at once; beyond, all are forgotten. */
const PAINTED_MAX = 5000;

/** Remembers painted rows until what they were painted from changes. */
export function usePainted(paint: Paint, reasons: readonly unknown[]): Paint {
  const kept = useRef<{ readonly reasons: readonly unknown[]; readonly paint: Paint }>(undefined);
  const { current } = kept;
  if (current && reasons.every((reason, at) => reason === current.reasons[at])) return current.paint;
  const remembering = rememberPainted(paint);
  kept.current = { reasons, paint: remembering };
  return remembering;
}

/** A function of its own: a closure made above would hold what was painted before, and that what was before it, for ever. */
function rememberPainted(paint: Paint): Paint {
  const painted = new Map<number, readonly string[]>();
  return (index, selected) => {
    const key = selected ? -index - 1 : index;
    const known = painted.get(key);
    if (known) return known;
    if (painted.size > PAINTED_MAX) painted.clear();
    const lines = paint(index, selected);
    painted.set(key, lines);
    return lines;
  };
}

/** Where a window stands, from the scene. */
export const windowOf = ({
  console,
  scene,
}: BodyProps): { console: Console; frame: number; total: number; at: number; top: number } => ({
  console,
  frame: scene.frame.id,
  total: scene.visible.rows.length,
  at: scene.at,
  top: scene.top,
});
