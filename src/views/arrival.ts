import { nextStep } from '../domain/faults.ts';
import type { Fault, Result } from '../domain/result.ts';
import { sourceKey } from '../domain/result.ts';

/** Yield results as they arrive, so that one slow answer never holds the others. Tasks must not reject. */
export async function* asTheyArrive<T>(tasks: readonly Promise<T>[]): AsyncGenerator<T> {
  const waiting = new Map(tasks.map((task, index) => [index, task.then((value) => ({ index, value }))]));
  while (waiting.size > 0) {
    const { index, value } = await Promise.race(waiting.values());
    waiting.delete(index);
    yield value;
  }
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
