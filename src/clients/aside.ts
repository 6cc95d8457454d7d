import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './aside-words.ts';
import type { Decoded } from './decoded.ts';
import type { Job } from './decoders.ts';
import { unpackTrace } from './packed-trace.ts';

/** Reads large answers on a thread of its own, so that no key waits for JSON. */
export interface Aside {
  /** A large answer is on its way: the thread may as well start. */
  expect(): void;
  /** Never throws, never hangs: a thread that dies is a fault, and the next answer gets a new one. */
  read<T>(
    job: Job,
    answer: Extract<ToWorker, { say: 'read' }>['answer'],
    untilUnix: number,
    signal: AbortSignal,
  ): Promise<Decoded<T>>;
  close(): Promise<void>;
}

/** An idle thread holds what the last answer took; it goes after this long. */
const IDLE_MS = 10_000;

/** Answers are much garbage: room for it to die young. Megabytes. */
const YOUNG_MB = 192;

/** From source and from the bundle alike, beside this file. */
const workerUrl = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './aside-worker.ts' : './aside-worker.mjs', import.meta.url);

/** For tests: another worker, or one with less memory (megabytes). */
export interface AsideOptions {
  readonly file?: URL;
  readonly memoryMb?: number;
}

/** Where large answers are read. No thread is started before the first of them. */
export function makeAside({ file = workerUrl(), memoryMb }: AsideOptions = {}): Aside {
  let idle: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const take = (): Worker => {
    clearTimeout(timer);
    const worker = idle ?? start();
    idle = undefined;
    worker.ref();
    return worker;
  };
  const start = (): Worker => {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB, maxOldGenerationSizeMb: memoryMb };
    const worker = new Worker(file, { resourceLimits });
    // One that dies between two answers is not asked again, and is nobody's fault.
    worker.on('error', () => {});
    worker.once('exit', () => {
      if (idle === worker) idle = undefined;
    });
    return worker;
  };
  const keep = (worker: Worker): void => {
    clearTimeout(timer);
    idle = worker;
    worker.unref();
    timer = setTimeout(() => void drop(), IDLE_MS);
    timer.unref();
  };
  const drop = async (): Promise<void> => {
    clearTimeout(timer);
    const worker = idle;
    idle = undefined;
    await worker?.terminate();
  };

  let reading = 0;
  return {
    expect() {
      if (idle === undefined && reading === 0) keep(start());
    },
    read<T>(job: Job, answer: Extract<ToWorker, { say: 'read' }>['answer'], untilUnix: number, signal: AbortSignal) {
      const own = turn.then(async (): Promise<Decoded<T>> => {
        if (signal.aborted) return LEFT;
        const worker = take();
        reading += 1;
        const { decoded, alive } = await askWorker(worker, { say: 'read', job, untilUnix, answer }, signal);
        reading -= 1;
        if (alive) keep(worker);
        else void worker.terminate();
        // To make spans of it took a moment: keys go first.
        await setImmediate();
        return decoded as Decoded<T>;
      });
      turn = own;
      return own;
    },
    close: drop,
  };
}

const LEFT = { ok: false, kind: 'cancelled', said: 'left before it was read' } as const;

interface Read {
  readonly decoded: Decoded<unknown>;
  /** The thread may be asked again. */
  readonly alive: boolean;
}

/** One answer, from its pieces. Ends with the signal, and with the thread, however that ends. */
function askWorker(worker: Worker, words: Extract<ToWorker, { say: 'read' }>, signal: AbortSignal): Promise<Read> {
  const { promise, resolve } = Promise.withResolvers<Read>();
  const items: unknown[] = [];
  const dies = (thrown: unknown): void => resolve({ decoded: { ok: false, ...whyDead(thrown) }, alive: false });
  const exits = (code: number): void => dies(new Error(`its thread ended with ${code}`));
  const leaves = (): void => resolve({ decoded: LEFT, alive: false });
  const hears = (said: FromWorker): void => {
    if (said.say === 'failed') resolve({ decoded: said.failed, alive: true });
    else if (said.say === 'trace')
      resolve({ decoded: { ok: true, value: unpackTrace(said.trace), gaps: said.gaps }, alive: true });
    else {
      for (const item of said.items) items.push(item);
      if (said.last) resolve({ decoded: { ok: true, value: items, gaps: said.gaps }, alive: true });
      else worker.postMessage({ say: 'more' } satisfies ToWorker);
    }
  };
  worker.on('message', hears).on('error', dies).on('messageerror', dies).on('exit', exits);
  signal.addEventListener('abort', leaves, { once: true });
  const memory = typeof words.answer === 'string' ? [] : words.answer.map(({ buffer }) => buffer);
  worker.postMessage(words, memory);
  return promise.finally(() => {
    signal.removeEventListener('abort', leaves);
    worker.off('message', hears).off('messageerror', dies).off('exit', exits).off('error', dies);
  });
}

function whyDead(thrown: unknown): { readonly kind: 'too-large' | 'shape'; readonly said: string } {
  const { code, message } = (thrown ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? { kind: 'too-large', said: 'to read the answer takes more memory than there is' }
    : { kind: 'shape', said: `a bug in lgtm-tui, while the answer was read: ${String(message ?? code ?? thrown)}` };
}
