import type { Params, View } from '../views/view.ts';
import type { ConsoleState, Frame } from './model.ts';

/** Stacks kept to return to. */
const HISTORY_MAX = 30;

const NOTHING_FOLDED: ReadonlySet<string> = new Set();

/** A frame as it is when it opens: the cursor where the load puts it. */
export const openFrame = (id: number, view: string, params: Params): Frame => ({
  id,
  view,
  params,
  at: 0,
  moved: false,
  top: 0,
  filter: '',
  folds: NOTHING_FOLDED,
  faultsOnly: false,
  shift: 0,
});

/** The frame on the screen. A stack is never empty. */
export function topOf(stack: readonly Frame[]): Frame {
  const top = stack.at(-1);
  if (!top) throw new Error('the stack of screens is empty');
  return top;
}

type Stacks = Pick<ConsoleState, 'stack' | 'past' | 'future'>;

/** Put another stack on the screen and remember the one before. */
export const visit = (state: Stacks, stack: readonly Frame[]): Stacks => ({
  stack,
  past: [...state.past, state.stack].slice(-HISTORY_MAX),
  future: [],
});

/** One step back in the history; undefined where there is none. */
export function stepBack(state: Stacks): Stacks | undefined {
  const stack = state.past.at(-1);
  return stack && { stack, past: state.past.slice(0, -1), future: [state.stack, ...state.future] };
}

/** One step forward in the history; undefined where there is none. */
export function stepForward(state: Stacks): Stacks | undefined {
  const stack = state.future[0];
  return stack && { stack, past: [...state.past, state.stack], future: state.future.slice(1) };
}

/** Back and forth between the last two screens. */
export function swapLast(state: Stacks): Stacks | undefined {
  const stack = state.past.at(-1);
  return stack && { stack, past: [...state.past.slice(0, -1), state.stack], future: state.future };
}

/** Change the frame on the screen, whatever else is on the stack. */
export const withTop = (stack: readonly Frame[], change: Partial<Frame>): readonly Frame[] => [
  ...stack.slice(0, -1),
  { ...topOf(stack), ...change },
];

/** Change one frame, wherever on the stack it is. */
export const withFrame = (stack: readonly Frame[], id: number, change: Partial<Frame>): readonly Frame[] =>
  stack.map((frame) => (frame.id === id ? { ...frame, ...change } : frame));

/** Numbers of all frames that can still be returned to, the likeliest first. */
export const reachable = (state: Stacks): readonly number[] => [
  ...new Set(
    [state.stack, ...state.past.toReversed(), ...state.future].flatMap((stack) =>
      stack.toReversed().map(({ id }) => id),
    ),
  ),
];

/** `slow`, `exemplars checkout /checkout`, `trace 7980…`: one piece a frame. */
export function breadcrumbs(stack: readonly Frame[], viewOf: (id: string) => View<unknown>): readonly string[] {
  return stack.map((frame) => {
    const crumb = viewOf(frame.view).crumb(frame.params);
    return crumb === '' || crumb === frame.view
      ? frame.view
      : crumb.startsWith(`${frame.view} `)
        ? crumb
        : `${frame.view} ${crumb}`;
  });
}
