import type { Clock } from '../domain/exchange.ts';
import type { Fault, Result, Source } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';

/** What exists changes slowly, and asking costs the servers most. */
export const REMEMBER_SECONDS = 300;
/** Of dashboards alone there may be five hundred. */
const ANSWERS_MAX = 1000;

/** Ask once for all who want the same at the same time, and not again for five minutes. Faults are not remembered. */
export type Remember = <T>(question: Remembered<T>, signal: AbortSignal) => Promise<Result<T>>;

export interface Remembered<T> {
  readonly source: Source;
  readonly tenant: Tenant | null;
  /** Path and parameters without times. */
  readonly about: string;
  /** End of the window that was asked for (Unix seconds); another time may know other things. */
  readonly endUnix?: number;
  readonly ask: (signal: AbortSignal) => Promise<Result<T>>;
}

interface Slot {
  readonly atUnix: number;
  readonly endUnix: number;
  readonly answer: Promise<Result<unknown>>;
  readonly stop: AbortController;
  waiting: number;
  settled: boolean;
}

export function makeRemember(clock: Clock): Remember {
  const slots = new Map<string, Slot>();
  const near = (left: number, right: number): boolean => Math.abs(left - right) < REMEMBER_SECONDS;

  const begin = (key: string, question: Remembered<unknown>): Slot => {
    const stop = new AbortController();
    const slot: Slot = {
      atUnix: clock.now(),
      endUnix: question.endUnix ?? 0,
      stop,
      waiting: 0,
      settled: false,
      answer: question.ask(stop.signal).then(
        (result) => {
          slot.settled = true;
          if (!result.ok) forget();
          return result;
        },
        (bug: unknown) => {
          forget();
          throw bug;
        },
      ),
    };
    const forget = (): void => {
      if (slots.get(key) === slot) slots.delete(key);
    };
    slots.delete(key);
    slots.set(key, slot);
    const [oldest] = slots.keys();
    if (slots.size > ANSWERS_MAX && oldest !== undefined) slots.delete(oldest);
    return slot;
  };

  return async <T>(question: Remembered<T>, signal: AbortSignal): Promise<Result<T>> => {
    const cancelled: Fault = {
      kind: 'cancelled',
      source: question.source,
      ...(question.tenant === null ? {} : { tenant: question.tenant }),
      said: 'no longer wanted',
    };
    if (signal.aborted) return { ok: false, fault: cancelled };
    const key = `${question.source.backend}\n${question.tenant ?? ''}\n${question.about}`;
    const known = slots.get(key);
    const fresh = known && near(known.atUnix, clock.now()) && near(known.endUnix, question.endUnix ?? 0);
    const slot = fresh && !known.stop.signal.aborted ? known : begin(key, question);
    return waitFor(slot, signal, cancelled) as Promise<Result<T>>;
  };
}

/** One who waits may leave; only when the last has left is the request itself given up. */
async function waitFor(slot: Slot, signal: AbortSignal, cancelled: Fault): Promise<Result<unknown>> {
  const { promise, resolve } = Promise.withResolvers<Result<unknown>>();
  const leave = (): void => resolve({ ok: false, fault: cancelled });
  signal.addEventListener('abort', leave, { once: true });
  slot.waiting += 1;
  try {
    return await Promise.race([slot.answer, promise]);
  } finally {
    signal.removeEventListener('abort', leave);
    slot.waiting -= 1;
    if (slot.waiting === 0 && !slot.settled) slot.stop.abort();
  }
}
