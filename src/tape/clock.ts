import type { Clock } from '../domain/exchange.ts';

/**
 * Where "now" is on a tape.
 *
 * Running, it moves with the wall from `atUnix` to `toUnix` and then stands; else it stands at `atUnix`.
 * Units: Unix seconds; `wall` too, of which only differences are used.
 */
export function makeTapeClock(atUnix: number, toUnix: number, running: boolean, wall: () => number): Clock {
  const startedUnix = wall();
  const now = (): number => (running ? Math.min(toUnix, atUnix + Math.max(0, wall() - startedUnix)) : atUnix);
  return { now, said: () => (running && now() >= toUnix ? 'end of recording' : undefined) };
}
