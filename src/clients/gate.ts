/** How waiting for a free place ended. */
export type Entered = 'in' | 'cancelled' | 'stuck';

/** Lets so many requests at once go to one backend; the others wait in order. */
export interface Gate {
  /** `stuck`: it waited `patienceMs` in which the backend answered nobody. */
  enter(signal: AbortSignal): Promise<Entered>;
  /** Once for each `in`. `answered` says whether the backend gave a sign of life. */
  leave(answered: boolean): void;
}

interface Waiting {
  sinceMs: number;
  settle: (entered: Entered) => void;
}

/**
 * A queue that gives up as a whole when the backend hangs: forty questions behind four that hang would otherwise cost
 * ten deadlines one after the other. A slow backend that does answer may keep its queue waiting.
 */
export function makeGate(placesMax: number, patienceMs: number): Gate {
  const queue: Waiting[] = [];
  let inside = 0;
  let lastAnswerMs = Number.NEGATIVE_INFINITY;

  const admit = (): void => {
    while (inside < placesMax) {
      const next = queue.shift();
      if (!next) return;
      inside += 1;
      next.settle('in');
    }
  };

  const wait = (signal: AbortSignal): Promise<Entered> =>
    new Promise((resolve) => {
      let timer: NodeJS.Timeout;
      const waiting: Waiting = {
        sinceMs: performance.now(),
        settle: (entered) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', cancel);
          const at = queue.indexOf(waiting);
          if (at >= 0) queue.splice(at, 1);
          resolve(entered);
        },
      };
      const cancel = (): void => waiting.settle('cancelled');
      const lookAgain = (): void => {
        const leftMs = Math.max(waiting.sinceMs, lastAnswerMs) + patienceMs - performance.now();
        if (leftMs <= 0) waiting.settle('stuck');
        else timer = setTimeout(lookAgain, Math.ceil(leftMs));
      };
      timer = setTimeout(lookAgain, patienceMs);
      signal.addEventListener('abort', cancel, { once: true });
      queue.push(waiting);
    });

  return {
    async enter(signal) {
      if (signal.aborted) return 'cancelled';
      if (inside < placesMax) {
        inside += 1;
        return 'in';
      }
      return wait(signal);
    },
    leave(answered) {
      inside -= 1;
      if (answered) lastAnswerMs = performance.now();
      admit();
    },
  };
}
