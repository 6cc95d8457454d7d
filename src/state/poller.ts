import type { Loaded } from '../domain/result.ts';
import type { Scheduler } from './model.ts';

/** Longest pause between two tries while everything fails. */
const BACK_OFF_SECONDS_MAX = 120;

/** What the poller needs to know of the frame on the screen, and where it puts what it learns. */
export interface Polled {
  /** Changes whenever another question must be asked: frame, parameters, tenants, time. */
  readonly key: string;
  readonly everySeconds: number;
  /** Its load goes on for as long as it is on the screen, and is begun again whenever it comes back. */
  readonly follows?: boolean;
  /** When its last answer was taken in, by the scheduler; absent: never, or no longer true. */
  readonly atMs?: number;
  /** What is asked ends at this time; where it stands still, asking again would bring the same. Unix seconds. */
  readonly clockUnix: () => number;
  readonly begin: () => number;
  readonly load: (signal: AbortSignal) => AsyncIterable<Loaded<unknown>>;
  readonly settle: (turn: number, loaded: Loaded<unknown>) => void;
  readonly finish: (turn: number) => void;
  /** The load was dropped on the way. */
  readonly abandon: (turn: number) => void;
  readonly breakDown: (turn: number, thrown: unknown) => void;
}

export interface Poller {
  /** Look at what is on the screen now: ask for it unless that is being done or is not yet due. */
  look(): void;
  /** Ask now, whatever is due. */
  refresh(): void;
  stop(): void;
}

/** Loads the frame on the screen: at once, then every so often; drops the load when the frame is left; waits longer after failures. */
export function createPoller(screen: () => Polled, scheduler: Scheduler): Poller {
  let key: string | undefined;
  let leave = new AbortController();
  let forget = (): void => undefined;
  let failures = 0;

  const drop = (): void => {
    leave.abort();
    forget();
  };

  /** While the clock stands where it stood, asking again would bring the same. */
  const wait = (seconds: number, polled: Polled, askedUnix?: number): void => {
    forget = scheduler.after(seconds * 1000, () => {
      if (polled.clockUnix() === askedUnix) wait(seconds, polled, askedUnix);
      else void ask(polled);
    });
  };

  const ask = async (polled: Polled): Promise<void> => {
    drop();
    leave = new AbortController();
    const { signal } = leave;
    const askedUnix = polled.clockUnix();
    const end = await run(polled, signal);
    if (signal.aborted) return;
    failures = end.failed ? failures + 1 : 0;
    const pause = pauseSeconds(polled.everySeconds, failures, end.last);
    if (pause > 0) wait(pause, polled, end.failed ? undefined : askedUnix);
  };

  return {
    look() {
      const polled = screen();
      if (polled.key === key) return;
      key = polled.key;
      failures = 0;
      drop();
      if (polled.follows) return void ask(polled);
      if (polled.atMs !== undefined && polled.everySeconds === 0) return;
      const dueMs = polled.atMs === undefined ? 0 : polled.atMs + polled.everySeconds * 1000 - scheduler.nowMs();
      if (dueMs <= 0) void ask(polled);
      else wait(dueMs / 1000, polled);
    },
    refresh() {
      failures = 0;
      void ask(screen());
    },
    stop: drop,
  };
}

/** One load from begin to end. It never throws: a view that does is broken, and so shown. */
async function run(
  polled: Polled,
  signal: AbortSignal,
): Promise<{ readonly failed: boolean; readonly last?: Loaded<unknown> }> {
  const turn = polled.begin();
  let last: Loaded<unknown> | undefined;
  try {
    for await (const loaded of polled.load(signal)) {
      if (signal.aborted) break;
      last = loaded;
      polled.settle(turn, loaded);
    }
  } catch (thrown) {
    if (!signal.aborted) polled.breakDown(turn, thrown);
    return { failed: true, last };
  }
  if (signal.aborted) polled.abandon(turn);
  else polled.finish(turn);
  return { failed: allFailed(last), last };
}

const allFailed = (last: Loaded<unknown> | undefined): boolean =>
  last !== undefined && last.rows.length === 0 && last.gaps.length > 0;

/** Twice as long after each failure, never sooner than the server asked for; 0: not again by itself. */
export function pauseSeconds(everySeconds: number, failures: number, last: Loaded<unknown> | undefined): number {
  if (everySeconds === 0) return 0;
  const asked = Math.max(0, ...(last?.gaps.map((gap) => gap.retryAfterSeconds ?? 0) ?? []));
  const doubled =
    failures === 0
      ? everySeconds
      : Math.min(everySeconds * 2 ** failures, Math.max(BACK_OFF_SECONDS_MAX, everySeconds));
  return Math.max(doubled, asked);
}

/** The process's own time. */
export const processScheduler: Scheduler = {
  nowMs: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};
