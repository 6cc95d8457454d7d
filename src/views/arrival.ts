import { nextStep } from '../domain/faults.ts';
import type { Fault, Result } from '../domain/result.ts';
import { sourceKey } from '../domain/result.ts';

/** Yield results as they arrive, so that one slow answer never holds the others. Tasks must not reject. */
export async function* asTheyArrive<T>(tasks: readonly Promise<T>[]): AsyncGenerator<T> {
  // A list and a bell: racing what is left anew for each result would cost thousands of tasks their square.
  const arrived: T[] = [];
  let bug: { readonly thrown: unknown } | undefined;
  let ring = (): void => undefined;
  for (const task of tasks)
    task.then(
      (value) => {
        arrived.push(value);
        ring();
      },
      (thrown: unknown) => {
        bug = { thrown };
        ring();
      },
    );
  for (let count = 0; count < tasks.length; ) {
    if (bug) throw bug.thrown;
    const batch = arrived.splice(0);
    count += batch.length;
    yield* batch;
    if (count < tasks.length && arrived.length === 0 && !bug) await new Promise<void>((wake) => (ring = wake));
  }
}

/**
 * What has arrived, every so many milliseconds and at the end: a screen of thousands is not painted anew for each. Tasks
 * must not reject. `slower`: each wait is so many times the one before, where all rows are told anew with each batch.
 */
export async function* inBatches<T>(
  tasks: readonly Promise<T>[],
  everyMs: number,
  slower = 1,
): AsyncGenerator<readonly T[]> {
  let waitMs = everyMs;
  const arrived: T[] = [];
  for (const task of tasks) void task.then((value) => arrived.push(value));
  const all = Promise.all(tasks).then(() => true);
  for (let done = tasks.length === 0; !done; ) {
    let timer: NodeJS.Timeout | undefined;
    const tick = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), waitMs);
    });
    waitMs *= slower;
    done = await Promise.race([all, tick]);
    clearTimeout(timer);
    if (arrived.length > 0) yield arrived.splice(0);
  }
}

/** So many at a time, in order; each promise settles with its own. A thousand requests at once would all just wait. */
export function aFewAtATime<Item, T>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<T>,
): readonly Promise<T>[] {
  const slots = items.map((item) => ({ item, ...Promise.withResolvers<T>() }));
  const waiting = slots.values();
  const worker = async (): Promise<void> => {
    for (const { item, resolve, reject } of waiting) await work(item).then(resolve, reject);
  };
  for (let count = 0; count < width; count++) void worker();
  return slots.map(({ promise }) => promise);
}

/** Collects what a load could not see, each gap once. */
export interface Gaps {
  /** The value, or undefined with its fault noted. */
  take<T>(result: Result<T>): T | undefined;
  note(fault: Fault): void;
  readonly list: readonly Fault[];
}

export function makeGaps(): Gaps {
  const found = new Map<string, Fault>();
  const note = (fault: Fault) => {
    found.set([fault.kind, sourceKey(fault.source), fault.tenant ?? '', fault.said].join(' '), fault);
  };
  return {
    take(result) {
      if (!result.ok) {
        note(result.fault);
        return undefined;
      }
      for (const gap of result.gaps) note(gap);
      return result.value;
    },
    note,
    get list() {
      return [...found.values()];
    },
  };
}

/** Why there are no rows, where gaps are the reason: what could not be had, and what to do about the first of them. */
export function becauseOfGaps(what: string, gaps: readonly Fault[]): string {
  const first = gaps.find((gap) => gap.kind !== 'not-found') ?? gaps[0];
  return `${what}${first === undefined ? '' : `. Next: ${nextStep(first)}`}`;
}

/** The last yield of a load, which is what a one-shot command prints. Undefined where nothing was yielded. */
export async function lastOf<T>(yields: AsyncIterable<T>): Promise<T | undefined> {
  let last: T | undefined;
  for await (const one of yields) last = one;
  return last;
}
