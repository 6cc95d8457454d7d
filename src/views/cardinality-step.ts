import type { Window } from '../domain/time.ts';

/** Points of a window; no finer than a scrape. */
const POINTS = 60;
const STEP_SECONDS_MIN = 15;

/** Seconds between the points of a growth: sixty of them, on whole steps, so that answers stay in the servers' caches. */
export const growthStep = ({ startUnix, endUnix }: Window): number =>
  Math.max(STEP_SECONDS_MIN, Math.ceil((endUnix - startUnix) / POINTS / STEP_SECONDS_MIN) * STEP_SECONDS_MIN);
