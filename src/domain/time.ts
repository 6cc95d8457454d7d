/** The one time range of the console, carried through every jump. */
export interface TimeRange {
  /** Unix seconds, whole. */
  readonly endUnix: number;
  /** Seconds; absent where the user gave none, so that series and logs take their own default. */
  readonly windowSeconds?: number;
  /** True while the end follows the clock. */
  readonly live: boolean;
}

/** Start and end in Unix seconds. */
export interface Window {
  readonly startUnix: number;
  readonly endUnix: number;
}

export const SERIES_WINDOW_SECONDS = 900;
export const SEARCH_WINDOW_SECONDS = 300;

/** The window for series: 15 minutes unless the user chose. */
export const seriesWindow = (time: TimeRange): Window => windowOf(time, SERIES_WINDOW_SECONDS);

/** The window for logs and searches: 5 minutes unless the user chose. */
export const searchWindow = (time: TimeRange): Window => windowOf(time, SEARCH_WINDOW_SECONDS);

/**
 * The window that an answer really speaks of. A tape answers a question about now with its last round: all of it stands,
 * from as much before the asked start as that round's end is before the asked end. All others are trimmed exactly.
 */
export const windowAnswered = (asked: Window, untilUnix: number): Window => ({
  startUnix: asked.startUnix - Math.max(0, asked.endUnix - untilUnix),
  endUnix: asked.endUnix,
});

const windowOf = (time: TimeRange, defaultSeconds: number): Window => ({
  startUnix: time.endUnix - (time.windowSeconds ?? defaultSeconds),
  endUnix: time.endUnix,
});

/** Unix nanoseconds as RFC 3339 UTC with nine decimals. */
export function rfc3339OfNanos(nanos: bigint): string {
  const seconds = nanos / 1_000_000_000n;
  const fraction = (nanos % 1_000_000_000n).toString().padStart(9, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

/** Unix seconds as RFC 3339 UTC, with milliseconds where there are any. */
export const rfc3339OfUnix = (unix: number): string =>
  new Date(Math.round(unix * 1000)).toISOString().replace('.000Z', 'Z');
