import type { Growth, Points } from './growth.ts';

/** When a limit will be reached. Seconds from now. */
export type Forecast =
  /** Reached: since when, as far as the window tells. */
  | { readonly kind: 'reached'; readonly sinceUnix?: number }
  | {
      readonly kind: 'in';
      readonly seconds: number;
      readonly lowSeconds: number;
      readonly highSeconds: number;
    }
  /** Nothing grows towards it, or there is no limit. */
  | { readonly kind: 'never'; readonly because: string }
  | { readonly kind: 'unknown'; readonly because: string };

/** An interval so many times as long as it is near is no forecast (heuristic); a minute does not count. */
const UNSURE_TIMES = 6;
const NEAR_SECONDS = 60;

/**
 * A limit is enforced by each ingester for its own share, so that the fullest one refuses first. Where its fill is not known
 * it is taken to hold this much more than the mean, at most that much (heuristic: 512 tokens an ingester spread so).
 */
export const FULLEST = { expected: 1.02, most: 1.05 } as const;

export interface ForecastInput {
  readonly used: number | undefined;
  /** 0: unlimited. */
  readonly limit: number;
  readonly growth: Growth;
  /** When the newest sample behind `used` was taken, Unix seconds. */
  readonly dataUnix: number;
  readonly nowUnix: number;
  /** Fill of the fullest ingester ÷ fill of the mean one, where it was measured. */
  readonly fullest?: number;
  /** How `used` came to be, where it is known: tells since when a limit is reached. */
  readonly points?: Points;
  /** The server already refuses series because of this limit. */
  readonly refusing?: boolean;
}

/**
 * Time until a limit is reached, with its interval.
 *
 * Units:  seconds, from `nowUnix`; the data's own age is taken off.
 * Fails:  never; without growth `never`, without data `unknown`.
 */
export function forecastOf(input: ForecastInput): Forecast {
  const { used, limit, growth, dataUnix, nowUnix } = input;
  if (limit <= 0) return { kind: 'never', because: 'no limit' };
  if (input.refusing === true || (used ?? 0) >= limit)
    return { kind: 'reached', sinceUnix: reachedUnix(input.points ?? [], limit, input.fullest) };
  if (used === undefined) return { kind: 'unknown', because: 'how many there are could not be asked' };
  if (growth.kind === 'unknown') return { kind: 'unknown', because: growth.because };
  if (growth.kind !== 'growing') return { kind: 'never', because: growth.because };
  const fullest = input.fullest ?? FULLEST.expected;
  const seconds = (filled: number, perSecond: number): number =>
    Math.max(0, dataUnix + (limit / filled - used) / perSecond - nowUnix);
  const margin = growth.spread / growth.perSecond;
  const earliest = Math.max(fullest * FULLEST.expected, FULLEST.most);
  const lowSeconds = Math.max(0, seconds(earliest, growth.highPerSecond) - margin);
  const highSeconds = growth.lowPerSecond > 0 ? seconds(1, growth.lowPerSecond) + margin : Number.POSITIVE_INFINITY;
  if (highSeconds + NEAR_SECONDS > UNSURE_TIMES * (lowSeconds + NEAR_SECONDS))
    return { kind: 'unknown', because: 'it grows, too unsteadily to say until when: a longer --since may tell' };
  return { kind: 'in', seconds: seconds(fullest, growth.perSecond), lowSeconds, highSeconds };
}

/** Seconds to the limit: 0 where it is reached, undefined where it will not be or nobody knows. */
export const secondsTo = (forecast: Forecast): number | undefined =>
  forecast.kind === 'reached' ? 0 : forecast.kind === 'in' ? forecast.seconds : undefined;

/**
 * When the points came to stand at the limit, as the fullest ingester sees it, between two points by a straight line.
 *
 * Fails: undefined where they never did, or stood there from the start.
 */
export function reachedUnix(points: Points, limit: number, fullest: number = FULLEST.expected): number | undefined {
  const wanted = limit / fullest;
  const at = points.findIndex(([, value]) => value >= wanted);
  const [after, before] = [points[at], points[at - 1]];
  if (after === undefined || before === undefined) return undefined;
  return before[0] + ((wanted - before[1]) / (after[1] - before[1])) * (after[0] - before[0]);
}
