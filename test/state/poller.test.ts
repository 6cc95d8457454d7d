import { describe, expect, test } from 'vitest';
import type { Loaded } from '../../src/domain/result.ts';
import { createPoller, type Polled, pauseSeconds } from '../../src/state/poller.ts';
import { madeScheduler } from '../made-scheduler.ts';
import { faultOf, loadedOf } from '../made-views.ts';

/** A screen whose loads are counted and answered by the test. */
function made(change: Partial<Polled> = {}) {
  const scheduler = madeScheduler();
  const log: string[] = [];
  const signals: AbortSignal[] = [];
  let polled: Polled = {
    key: 'a',
    everySeconds: 15,
    clockUnix: () => Math.floor(scheduler.nowMs() / 1000),
    begin: () => log.push('begin'),
    async *load(signal) {
      signals.push(signal);
      yield loadedOf([]) as Loaded<unknown>;
    },
    settle: () => void log.push('settle'),
    finish: () => void log.push('finish'),
    abandon: () => void log.push('abandon'),
    breakDown: (_turn, thrown) => void log.push(`broke: ${(thrown as Error).message}`),
    ...change,
  };
  const poller = createPoller(() => polled, scheduler);
  return {
    scheduler,
    log,
    signals,
    poller,
    change: (next: Partial<Polled>) => {
      polled = { ...polled, ...next };
    },
  };
}

const begun = (log: readonly string[]): number => log.filter((each) => each === 'begin').length;

describe('the poller', () => {
  test('loads at once, then every so often', async () => {
    const { scheduler, log, poller } = made();
    poller.look();
    await scheduler.pass(0);
    expect(log).toEqual(['begin', 'settle', 'finish']);
    await scheduler.pass(14);
    expect(begun(log)).toBe(1);
    await scheduler.pass(2);
    expect(begun(log)).toBe(2);
  });

  test('what is followed goes on until its screen is left, and is begun again when that comes back', async () => {
    const held: AbortSignal[] = [];
    const { scheduler, log, poller, change } = made({
      follows: true,
      atMs: 0,
      async *load(signal) {
        held.push(signal);
        yield loadedOf([]) as Loaded<unknown>;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    });
    poller.look();
    await scheduler.pass(600);
    expect(log).toEqual(['begin', 'settle']);
    change({ key: 'other' });
    poller.look();
    await scheduler.pass(0);
    expect(held[0]?.aborted).toBe(true);
    change({ key: 'a' });
    poller.look();
    await scheduler.pass(0);
    expect(held).toHaveLength(3);
    expect(held[2]?.aborted).toBe(false);
    poller.stop();
  });

  test('looking again at the same screen asks nothing', async () => {
    const { scheduler, log, poller } = made();
    poller.look();
    poller.look();
    await scheduler.pass(0);
    poller.look();
    expect(begun(log)).toBe(1);
  });

  test('leaving aborts what is under way, and says that it was dropped', async () => {
    const gate = Promise.withResolvers<void>();
    const { scheduler, log, signals, poller, change } = made({
      async *load(signal) {
        signals.push(signal);
        await gate.promise;
        yield loadedOf([]) as Loaded<unknown>;
      },
    });
    poller.look();
    await scheduler.pass(0);
    change({ key: 'b' });
    poller.look();
    expect(signals[0]?.aborted).toBe(true);
    gate.resolve();
    await scheduler.pass(0);
    expect(log.filter((each) => each === 'abandon')).toHaveLength(1);
    expect(log.filter((each) => each === 'settle')).toHaveLength(1);
  });

  test.each([
    ['younger than its pace: waits', 15, 5000, 0, 1],
    ['older than its pace: asks at once', 15, 20_000, 1, 1],
    ['a frame that is loaded once stays', 0, 5_000_000, 0, 0],
  ])('coming back to a frame that is %s', async (_name, everySeconds, ageMs, atOnce, later) => {
    const { scheduler, log, poller } = made({ everySeconds, atMs: 0 });
    await scheduler.pass(ageMs / 1000);
    poller.look();
    await scheduler.pass(0);
    expect(begun(log)).toBe(atOnce);
    await scheduler.pass(11);
    expect(begun(log)).toBe(later);
  });

  test('waits longer and longer while everything fails', async () => {
    const { scheduler, log, poller } = made({
      async *load() {
        yield loadedOf([], { gaps: [faultOf()] }) as Loaded<unknown>;
      },
    });
    poller.look();
    await scheduler.pass(29);
    expect(begun(log)).toBe(1);
    await scheduler.pass(2);
    expect(begun(log)).toBe(2);
    await scheduler.pass(58);
    expect(begun(log)).toBe(2);
    await scheduler.pass(3);
    expect(begun(log)).toBe(3);
  });

  test('a view that throws is shown as broken, and asked again later', async () => {
    const { scheduler, log, poller } = made({
      // biome-ignore lint/correctness/useYield: it never comes so far.
      async *load() {
        throw new Error('undefined is not a row');
      },
    });
    poller.look();
    await scheduler.pass(0);
    expect(log).toEqual(['begin', 'broke: undefined is not a row']);
    await scheduler.pass(31);
    expect(begun(log)).toBe(2);
  });

  test('asks nothing while the clock stands, as at the end of a recording', async () => {
    const { scheduler, log, poller } = made({ clockUnix: () => 1_795_140_000 });
    poller.look();
    await scheduler.pass(100);
    expect(begun(log)).toBe(1);
    poller.refresh();
    expect(begun(log)).toBe(2);
  });

  test('stops', async () => {
    const { scheduler, log, signals, poller } = made();
    poller.look();
    await scheduler.pass(0);
    poller.stop();
    await scheduler.pass(1000);
    expect(begun(log)).toBe(1);
    expect(signals[0]?.aborted).toBe(true);
  });
});

test.each([
  [0, 3, undefined, 0],
  [15, 0, undefined, 15],
  [15, 1, undefined, 30],
  [15, 9, undefined, 120],
  [300, 2, undefined, 300],
  [15, 0, 60, 60],
])('every %i s, after %i failures, the server wanting %s: %i s', (every, failures, retryAfterSeconds, pause) =>
  expect(pauseSeconds(every, failures, loadedOf([], { gaps: [faultOf({ retryAfterSeconds })] }))).toBe(pause),
);
