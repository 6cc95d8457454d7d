import type { Scheduler } from '../src/state/model.ts';

/** Time that passes only when a test says so. */
export interface MadeScheduler extends Scheduler {
  /** Let so many seconds pass, timer by timer, with a turn for promises at each. */
  pass(seconds: number): Promise<void>;
}

export function madeScheduler(): MadeScheduler {
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    nowMs: () => nowMs,
    after(milliseconds, run) {
      const timer = { atMs: nowMs + milliseconds, run };
      timers = [...timers, timer];
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    async pass(seconds) {
      const until = nowMs + seconds * 1000;
      await turn();
      for (let due = first(timers, until); due; due = first(timers, until)) {
        const fires = due;
        timers = timers.filter((each) => each !== fires);
        nowMs = fires.atMs;
        fires.run();
        await turn();
      }
      nowMs = until;
    },
  };
}

const first = <Timer extends { readonly atMs: number }>(timers: readonly Timer[], untilMs: number): Timer | undefined =>
  timers.filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0];
