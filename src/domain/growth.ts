/** A count over time: Unix seconds and value, oldest first. */
export type Points = readonly (readonly [unix: number, value: number])[];

/** How a number of series moves. Rates in series a second. */
export type Growth =
  | {
      readonly kind: 'growing';
      readonly perSecond: number;
      /** 95 % of where the slope may lie. */
      readonly lowPerSecond: number;
      readonly highPerSecond: number;
      /** When it began, as far as the window tells. */
      readonly sinceUnix: number;
      /** Typical distance of a point from the line, in series. */
      readonly spread: number;
    }
  /** `flat`: nothing stays. `churning`: series come and go and the level stays. `stopped`: it grew, and no longer does. */
  | { readonly kind: 'flat' | 'churning' | 'stopped'; readonly because: string }
  /** Not enough data is an answer. */
  | { readonly kind: 'unknown'; readonly because: string };

/** Fewer points do not make a slope (heuristic: a minute and a quarter of 15 s steps). */
export const POINTS_MIN = 6;
/** Kendall's test must be this sure before anybody is woken (heuristic: one in two thousand, as onsets are searched for). */
const SURE_Z = 3.5;
const INTERVAL_Z = 1.96;
/** A rise smaller than this share of the level is not worth a forecast (heuristic). */
const RISE_SHARE_MIN = 0.01;
const RISE_SERIES_MIN = 5;
/** What grows has risen by this many times its deepest fall (heuristic): pods that are replaced rise and fall alike. */
const FALLS_TIMES = 2;

/**
 * Robust slope since growth began: over the whole window a young growth reads a third of itself.
 *
 * A hinge (flat, then rising) finds the onset; Theil–Sen gives the slope behind it, Kendall's variance its interval. What
 * falls back to where it was is churn; what has been quiet for twice its longest pause has stopped.
 *
 * Units:  points in Unix seconds and series, rates in series a second.
 * Fails:  never; too few points are `unknown`.
 * Source: P. K. Sen 1968, "Estimates of the regression coefficient based on Kendall's tau".
 */
export function growthOf(points: Points): Growth {
  const known = points.filter(([, value]) => Number.isFinite(value));
  if (known.length < POINTS_MIN)
    return { kind: 'unknown', because: `not enough data: ${known.length} points of at least ${POINTS_MIN}` };
  const first = onset(known);
  const young = growthFrom(known, first);
  if (young.kind === 'growing' || first === 0) return young;
  // Behind a restart the last slope may be too short to tell: then the whole window speaks.
  const whole = growthFrom(known, 0);
  return whole.kind === 'growing' || whole.kind === 'stopped' ? whole : young;
}

/** Judged from one point on. */
function growthFrom(known: Points, first: number): Growth {
  const rising = known.slice(first);
  const before = known.slice(0, first);
  const fit = theilSen(rising);
  const rise = fit.slope * (unixOf(rising.at(-1)) - unixOf(rising[0]));
  const level = levelOf(rising.at(-1));
  const worth = Math.max(RISE_SERIES_MIN, RISE_SHARE_MIN * level, 3 * fit.spread);
  if (fit.slope <= 0 || rise < worth || fit.z < SURE_Z) return steady(known, rising, rise);
  if (before.length >= 3 && fallsBack(before, level, fit.spread))
    return { kind: 'churning', because: 'it was as high before and fell again' };
  if (rise < FALLS_TIMES * deepestFall(known))
    return { kind: 'churning', because: 'it falls about as much as it rises' };
  const stoppedSeconds = quietFor(rising, fit.spread);
  if (stoppedSeconds !== undefined)
    return { kind: 'stopped', because: `it grew, and stopped ${Math.round(stoppedSeconds)} s ago` };
  return {
    kind: 'growing',
    perSecond: fit.slope,
    lowPerSecond: fit.low,
    highPerSecond: fit.high,
    sinceUnix: unixOf(rising[0]),
    spread: fit.spread,
  };
}

/** Growth a minute as people read it; undefined where it is not known, 0 where nothing grows. */
export function perMinute(growth: Growth): number | undefined {
  if (growth.kind === 'unknown') return undefined;
  return growth.kind === 'growing' ? growth.perSecond * 60 : 0;
}

const unixOf = (point: readonly [number, number] | undefined): number => point?.[0] ?? Number.NaN;
const levelOf = (point: readonly [number, number] | undefined): number => point?.[1] ?? Number.NaN;

/** Why it does not grow: too young to say, coming and going, or simply flat. */
function steady(known: Points, rising: Points, rise: number): Growth {
  if (rising.length < POINTS_MIN && rise > RISE_SERIES_MIN)
    return { kind: 'unknown', because: 'not enough data since it last changed' };
  const down = sum(known.slice(1).map(([, value], index) => Math.max(0, levelOf(known[index]) - value)));
  return down > 0.2 * median(known.map(([, value]) => value))
    ? { kind: 'churning', because: 'series come and go, the level stays' }
    : { kind: 'flat', because: 'no growth beyond its noise' };
}

/** It has been as high in this window, and came down: a rollout or a saw-tooth, not growth. */
function fallsBack(before: Points, level: number, spread: number): boolean {
  const highest = Math.max(...before.map(([, value]) => value));
  return highest >= level - Math.max(2 * spread, 0.02 * level);
}

/** The most that was lost between a height and a later low. */
function deepestFall(points: Points): number {
  let [top, deepest] = [Number.NEGATIVE_INFINITY, 0];
  for (const [, value] of points) {
    top = Math.max(top, value);
    deepest = Math.max(deepest, top - value);
  }
  return deepest;
}

/** Seconds since the last new height, where that is more than twice the longest pause since growth began. */
function quietFor(rising: Points, spread: number): number | undefined {
  let top = levelOf(rising[0]);
  let lastUnix: number | undefined;
  let longest = unixOf(rising[1]) - unixOf(rising[0]);
  for (const [unix, value] of rising.slice(1)) {
    if (value <= top + 0.25 * spread) continue;
    if (lastUnix !== undefined) longest = Math.max(longest, unix - lastUnix);
    [top, lastUnix] = [value, unix];
  }
  if (lastUnix === undefined) return undefined;
  const quiet = unixOf(rising.at(-1)) - lastUnix;
  return quiet > 2 * longest && quiet >= 45 ? quiet : undefined;
}

/** Index of the point where the last slope begins; 0 where one line does as well as two. */
function onset(points: Points): number {
  const n = points.length;
  const start = unixOf(points[0]);
  const times = points.map(([unix]) => unix - start);
  const residuals = offLine(
    times,
    points.map(([, value]) => value),
  );
  const single = dot(residuals, residuals);
  let [best, bestSquares] = [0, single];
  for (let at = 1; at <= n - 4; at++) {
    // What a second slope from here on adds to the one line (Frisch–Waugh).
    const hinge = offLine(
      times,
      times.map((time) => Math.max(0, time - (times[at] ?? 0))),
    );
    const found = single - dot(residuals, hinge) ** 2 / (dot(hinge, hinge) || 1);
    if (found < bestSquares) [best, bestSquares] = [at, found];
  }
  const floor = 1e-6 * n;
  const gain = n * Math.log((single + floor) / (Math.max(0, bestSquares) + floor));
  // Two more parameters (Bayesian information criterion), and again as much, for the hinge was searched for.
  return gain > 4 * Math.log(n) ? best : 0;
}

/** What is left of the values beside their least-squares line. */
function offLine(times: readonly number[], values: readonly number[]): readonly number[] {
  const n = times.length;
  const [time, value] = [sum(times) / n, sum(values) / n];
  const centred = times.map((each) => each - time);
  const slope = dot(centred, values) / (dot(centred, centred) || 1);
  return values.map((each, at) => each - value - slope * (centred[at] ?? 0));
}

interface Fit {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  readonly z: number;
  readonly spread: number;
}

/** Median of all pairwise slopes, with its interval; z is Kendall's. */
function theilSen(points: Points): Fit {
  const n = points.length;
  const slopes: number[] = [];
  let concordant = 0;
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      const slope = (levelOf(points[j]) - levelOf(points[i])) / (unixOf(points[j]) - unixOf(points[i]));
      slopes.push(slope);
      concordant += Math.sign(slope);
    }
  slopes.sort((left, right) => left - right);
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const slope = median(slopes);
  const margin = INTERVAL_Z * deviation;
  const rank = (at: number): number => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(at)))] ?? slope;
  const start = unixOf(points[0]);
  const residuals = points.map(([unix, value]) => value - slope * (unix - start));
  const middle = median(residuals);
  return {
    slope,
    low: rank((slopes.length - margin) / 2),
    high: rank((slopes.length + margin) / 2),
    // Few points can never be very sure; when all of them agree, six are enough.
    z: concordant === slopes.length ? Number.POSITIVE_INFINITY : concordant / deviation,
    spread: 1.4826 * median(residuals.map((residual) => Math.abs(residual - middle))),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const dot = (left: readonly number[], right: readonly number[]): number =>
  sum(left.map((value, at) => value * (right[at] ?? 0)));
