import type { TimeRange } from '../domain/time.ts';
import { type Change, flash, type Scene, type Tools } from './change.ts';
import { EMPTY_SLOT } from './data.ts';
import type { Frame } from './model.ts';
import { isPage } from './pages.ts';
import { withTop } from './stack.ts';
import { moveTime, printRange, type TimeMove } from './timeRange.ts';

/** Another time range, for all screens: rows of the range before go at once, for they would stand under another time. */
export function shiftTime(move: TimeMove, { state, view }: Scene, tools: Tools): Change {
  const moved = moveTime(move, state.time, tools.givenTime, view, tools.nowUnix());
  return moved.ok ? withTime(moved.time, { state, view }, tools) : flash(moved.because, 'dim');
}

/** The same with the range itself, and with what else changes on the frame that is shown. */
export function withTime(
  time: TimeRange,
  { state, view }: Pick<Scene, 'state' | 'view'>,
  tools: Tools,
  frame?: Partial<Frame>,
): Change {
  const nowUnix = tools.nowUnix();
  const pages = new Set([...state.past.flat(), ...state.future.flat(), ...state.stack].flatMap(pageNumber));
  const slots = Object.entries(state.slots).map(([id, slot]) => [
    id,
    pages.has(Number(id)) ? slot : { ...EMPTY_SLOT, turn: slot.turn + 1 },
  ]);
  const said = printRange(time, view, nowUnix, tools.times);
  const again = time.live && !state.time.live ? `live again: ${said}` : said;
  const stack = frame ? { stack: withTop(state.stack, frame) } : {};
  return { ...stack, time, slots: Object.fromEntries(slots), ...flash(again, 'dim') };
}

const pageNumber = ({ id, view }: Frame): readonly number[] => (isPage(view) ? [id] : []);
