import { setTimeout as after } from 'node:timers/promises';

/** Wait, no longer than the signal lets. Answers whether the whole time went by. Units: milliseconds. Fails: never. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<boolean> =>
  after(milliseconds, true, { signal }).catch(() => false);
