import { SERIES_WINDOW_SECONDS, type TimeRange } from '../domain/time.ts';
import { formatDuration } from '../domain/units.ts';
import type { View } from '../views/view.ts';
import type { Times } from './times.ts';

/** A rate over less than a minute has no two scrapes to stand on. */
const WINDOW_SECONDS_MIN = 60;
/** A console that can ask for a year by a slip of the finger is an incident of its own. */
const WINDOW_SECONDS_MAX = 30 * 86_400;

/** What a key does to the time range. */
export type TimeMove = 'earlier' | 'later' | 'closer' | 'wider' | 'live';

/** Another range, or why it stays as it is. */
export type Moved = { readonly ok: true; readonly time: TimeRange } | { readonly ok: false; readonly because: string };

/** Seconds that this view looks back: what the user chose, else its own default. */
export const windowSecondsOf = (time: TimeRange, view: Pick<View<unknown>, 'looksBackSeconds'>): number =>
  time.windowSeconds ?? view.looksBackSeconds ?? SERIES_WINDOW_SECONDS;

/**
 * Move the range by half its window, or halve or double the window around its end. An end that would pass now is now,
 * and follows the clock again.
 *
 * Units: Unix seconds. `given` is the range that the console was started with: `live` returns to its window.
 */
export function moveTime(
  move: TimeMove,
  time: TimeRange,
  given: TimeRange,
  view: Pick<View<unknown>, 'looksBackSeconds'>,
  nowUnix: number,
): Moved {
  const windowSeconds = windowSecondsOf(time, view);
  const now = Math.floor(nowUnix);
  const endUnix = time.live ? now : time.endUnix;
  const half = Math.max(1, Math.floor(windowSeconds / 2));
  switch (move) {
    case 'earlier':
      return moved({ ...time, endUnix: endUnix - half, live: false });
    case 'later': {
      if (time.live) return stays('this is live: its end is now already; < goes back');
      const end = endUnix + half;
      return moved(end >= now ? { ...time, endUnix: now, live: true } : { ...time, endUnix: end });
    }
    case 'closer':
      if (windowSeconds <= WINDOW_SECONDS_MIN) return stays(`${formatDuration(windowSeconds)} is the shortest window`);
      return moved({ ...time, windowSeconds: Math.max(WINDOW_SECONDS_MIN, half) });
    case 'wider':
      if (windowSeconds >= WINDOW_SECONDS_MAX) return stays(`${formatDuration(windowSeconds)} is the longest window`);
      return moved({ ...time, windowSeconds: Math.min(WINDOW_SECONDS_MAX, windowSeconds * 2) });
    case 'live':
      if (time.live && time.windowSeconds === given.windowSeconds) return stays('this is live already: its end is now');
      return moved({ endUnix: now, windowSeconds: given.windowSeconds, live: true });
  }
}

const moved = (time: TimeRange): Moved => ({ ok: true, time });
const stays = (because: string): Moved => ({ ok: false, because });

/** `last 15m`, or `15:10–15:25`; with days where it is not today's, with seconds where minutes would not tell. */
export function printRange(
  time: TimeRange,
  view: Pick<View<unknown>, 'looksBackSeconds'>,
  nowUnix: number,
  times: Times,
): string {
  const windowSeconds = windowSecondsOf(time, view);
  if (time.live) return `last ${formatDuration(windowSeconds)}`;
  const startUnix = time.endUnix - windowSeconds;
  const clock = startUnix % 60 === 0 && time.endUnix % 60 === 0 ? times.minute : times.clock;
  const sameDay = times.day(startUnix) === times.day(time.endUnix);
  const day = sameDay && times.day(time.endUnix) === times.day(nowUnix) ? '' : `${times.day(startUnix)} `;
  return `${day}${clock(startUnix)}–${sameDay ? '' : `${times.day(time.endUnix)} `}${clock(time.endUnix)}`;
}
