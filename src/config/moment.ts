import { parseDuration } from '../domain/units.ts';
import { type Read, right, wrong } from './read.ts';

/** A point in time as it was typed; which one it is depends on the clock it is read by. */
export type Moment =
  | { readonly kind: 'unix'; readonly unix: number }
  | { readonly kind: 'clock'; readonly text: string; readonly secondsOfDay: number }
  | { readonly kind: 'offset'; readonly text: string; readonly seconds: number };

/** Where a moment is read. */
export interface MomentContext {
  /** Unix seconds; the end of a recording. `03:12` is the last one before it. */
  readonly nowUnix: number;
  /** Start of the recording; absent on live servers. */
  readonly startUnix?: number;
  readonly utc: boolean;
}

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)([Zz]|[+-]\d{2}:\d{2})$/;

/** Read `--at`. Fails: with a sentence that names the four forms. */
export function parseMoment(text: string): Read<Moment> {
  const typed = text.trim();
  if (typed.startsWith('+')) {
    const parsed = /^\+0[smh]?$/.test(typed) ? { ok: true as const, seconds: 0 } : parseDuration(typed.slice(1));
    if (!parsed.ok) return parsed;
    return right({ kind: 'offset', text: typed, seconds: parsed.seconds });
  }
  if (/^\d{9,11}(\.\d+)?$/.test(typed)) return right({ kind: 'unix', unix: Number(typed) });
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(typed);
  if (clock) {
    const [hours, minutes, seconds] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)];
    if (hours > 23 || minutes > 59 || seconds > 59) return wrong(`"${text}" is no time of day`);
    return right({ kind: 'clock', text: typed, secondsOfDay: hours * 3600 + minutes * 60 + seconds });
  }
  const rfc = RFC_3339.exec(typed);
  const milliseconds = rfc ? Date.parse(`${rfc[1]}T${rfc[2]}${rfc[3]?.toUpperCase()}`) : Number.NaN;
  if (!Number.isNaN(milliseconds) && rfc?.[1] && isDay(rfc[1])) {
    return right({ kind: 'unix', unix: milliseconds / 1000 });
  }
  if (RFC_3339.test(`${typed}Z`)) return wrong(`"${text}" has no zone: ${typed}Z for UTC, or +02:00 behind it`);
  return wrong(`"${text}" is no time: 2026-11-20T03:12:00Z, Unix seconds, 03:12, or +12m into a recording are`);
}

/** Date.parse takes the 31st of February for the 3rd of March. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/**
 * Which point in time is meant. Units: Unix seconds.
 *
 * Fails: with a sentence, where `+12m` has no recording to count from.
 */
export function resolveMoment(moment: Moment, { nowUnix, startUnix, utc }: MomentContext): Read<number> {
  switch (moment.kind) {
    case 'unix':
      return right(moment.unix);
    case 'offset':
      if (startUnix !== undefined) return right(startUnix + moment.seconds);
      return wrong(`${moment.text} counts from the start of a recording, and there is none: --replay FILE or --demo`);
    case 'clock':
      return right(lastTimeOfDay(moment.secondsOfDay, nowUnix, utc));
  }
}

/** Local days have 23 to 25 hours: the calendar is asked, not subtracted. */
function lastTimeOfDay(secondsOfDay: number, nowUnix: number, utc: boolean): number {
  const now = new Date(nowUnix * 1000);
  for (const daysBack of [0, 1, 2]) {
    const then = utc
      ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - daysBack, 0, 0, secondsOfDay)
      : new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBack, 0, 0, secondsOfDay).getTime();
    if (then <= nowUnix * 1000) return then / 1000;
  }
  return nowUnix;
}
