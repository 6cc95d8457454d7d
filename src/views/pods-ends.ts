import type { Kubernetes } from '../clients/clients.ts';
import { keyOf, type Pod, type PodCells } from '../domain/kube.ts';
import { pause } from '../domain/pause.ts';

/** Pods asked for at once, and milliseconds until the next: a crash loop of hundreds must not become as many requests. */
const AT_ONCE = 3;
const PAUSE_MS = 1_000;

/** How containers ended the last time. A table of pods does not tell; each pod does, and is asked when it has restarted. */
export interface Ends {
  /** A pod as the table has it now. */
  note(cells: PodCells): void;
  /** Keys of pods that are known better now, again and again until the signal. */
  arrivals(): AsyncGenerator<ReadonlySet<string>>;
}

/**
 * Keep `seen` up with pods that restart while one looks on.
 *
 * Fails: silently; a pod that cannot be had keeps what was known of it, and is asked again at its next restart.
 */
export function makeEnds(
  cluster: Pick<Kubernetes, 'one'>,
  seen: Map<string, Pod>,
  signal: AbortSignal,
  pauseMs = PAUSE_MS,
): Ends {
  const wanted = new Map<string, PodCells>();
  let bell = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => bell.resolve(), { once: true });

  const ask = async (key: string, { namespace, name }: PodCells): Promise<readonly string[]> => {
    wanted.delete(key);
    const answer = await cluster.one('pods', namespace, name, signal);
    if (!answer.ok) return [];
    seen.set(key, answer.value);
    return [key];
  };
  return {
    note(cells) {
      const key = keyOf(cells);
      if (cells.restarts === 0 || !isNews(cells, seen.get(key))) return;
      wanted.set(key, cells);
      bell.resolve();
    },
    async *arrivals() {
      while (!signal.aborted) {
        await bell.promise;
        bell = Promise.withResolvers();
        if (signal.aborted) return;
        const some = [...wanted].slice(0, AT_ONCE);
        const told = await Promise.all(some.map(([key, cells]) => ask(key, cells)));
        if (told.flat().length > 0) yield new Set(told.flat());
        await pause(pauseMs, signal);
        if (wanted.size > 0 || signal.aborted) bell.resolve();
      }
    },
  };
}

/** It restarted, or came or went since it was seen whole. */
const isNews = ({ restarts, ready, desired }: PodCells, seen: Pod | undefined): boolean =>
  seen === undefined || seen.restarts !== restarts || seen.ready !== ready >= desired;
