import type { Clock } from '../domain/exchange.ts';
import { keyOf } from '../domain/kube.ts';
import type { KubeKinds } from '../domain/kube-kinds.ts';
import type { Fault, Result, Source } from '../domain/result.ts';
import type { Page } from './kube-list.ts';
import { type OpenStream, watchOnce } from './kube-watch.ts';

export interface FollowOptions {
  readonly context: string;
  readonly source: Source;
  readonly clock: Clock;
  readonly list: <K extends keyof KubeKinds>(
    kind: K,
    namespace: string | undefined,
    signal: AbortSignal,
  ) => Promise<Result<Page<KubeKinds[K]>>>;
  /** Absent where nothing can be watched, as on a tape. */
  readonly stream?: OpenStream;
  /** A burst of changes becomes one picture in so many milliseconds. */
  readonly batchMs?: number;
  /** The same picture once more after so many milliseconds without a change: its time is another. */
  readonly sameAgainMs?: number;
  /** Between two lists where there is no watch. */
  readonly pollMs?: number;
  /** The first pause after a failure; it doubles. */
  readonly retryMs?: number;
}

/** Five pictures a second are what an eye follows; each costs the keys a few milliseconds. */
const BATCH_MS = 200;
/** After a pause a change is shown sooner. */
const FIRST_MS = 50;
const QUIET_MS = 1_000;
/** Where nothing changes, ages still do. */
const SAME_AGAIN_MS = 30_000;
const POLL_MS = 10_000;
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 30_000;
const WATCH_SECONDS = 290;

type Items<K extends keyof KubeKinds> = Result<readonly KubeKinds[K][]>;

/**
 * Everything of a kind, again whenever something changed: list, then watch with bookmarks, list again after a 410.
 *
 * Fails: it never ends by itself. A failure is a gap beside what was last known; the next try waits longer each time.
 * Source: apis.md 5; kubernetes.io "Efficient detection of changes".
 */
export async function* follow<K extends keyof KubeKinds>(
  options: FollowOptions,
  kind: K,
  namespace: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Items<K>> {
  const backOff = makeBackOff(options.retryMs ?? RETRY_MS);
  while (!signal.aborted) {
    const listed = await options.list(kind, namespace, signal);
    if (signal.aborted) return;
    yield listed.ok ? { ...listed, value: listed.value.items } : listed;
    if (listed.ok) {
      backOff.reset();
      yield* changesAfter(options, { kind, namespace }, listed, signal);
    } else {
      // Nobody gets a right by asking again at once.
      await pause(listed.fault.kind === 'forbidden' ? RETRY_MS_MAX : backOff.next(), signal);
    }
  }
}

/** What changes after a list, until all must be listed anew. */
async function* changesAfter<K extends keyof KubeKinds>(
  options: FollowOptions,
  what: { kind: K; namespace: string | undefined },
  listed: Extract<Result<Page<KubeKinds[K]>>, { ok: true }>,
  signal: AbortSignal,
): AsyncGenerator<Items<K>> {
  const known = new Map(listed.value.items.map((item) => [keyOf(item), item]));
  const bell = makeBell(signal, options.sameAgainMs ?? SAME_AGAIN_MS);
  const watching = keepWatching(options, { ...what, known, version: listed.value.version }, bell, signal);
  void watching.finally(bell.stop);
  const { batchMs = BATCH_MS } = options;
  let toldMs = Number.NEGATIVE_INFINITY;
  const pauseMs = (): number => (performance.now() - toldMs > QUIET_MS ? Math.min(FIRST_MS, batchMs) : batchMs);
  while (await bell.heard(pauseMs)) {
    toldMs = performance.now();
    const origin = { ...listed.origin, atUnix: options.clock.now() };
    yield { ...listed, value: [...known.values()], gaps: bell.gaps(), origin };
  }
  if ((await watching) === 'poll') await pause(options.pollMs ?? POLL_MS, signal);
}

/** Watches one after another for as long as each can go on where the one before ended. */
async function keepWatching<K extends keyof KubeKinds>(
  options: FollowOptions,
  from: { kind: K; namespace: string | undefined; known: Map<string, KubeKinds[K]>; version: string },
  bell: Bell,
  signal: AbortSignal,
): Promise<'list' | 'poll'> {
  const { stream, context, source, retryMs = RETRY_MS } = options;
  if (!stream) return 'poll';
  const backOff = makeBackOff(retryMs);
  let { version } = from;
  while (!signal.aborted) {
    const startedMs = performance.now();
    const hooks = { onOpen: () => bell.gap(undefined), onChange: bell.ring };
    const end = await watchOnce(stream, { ...from, ...hooks, context, version, seconds: WATCH_SECONDS }, signal);
    if (end.failed && !signal.aborted) bell.gap({ source, ...wordsOf(end.failed) });
    // One that ends at once must not be begun in a circle.
    if (performance.now() - startedMs < retryMs) await pause(backOff.next(), signal);
    else backOff.reset();
    if (end.next !== 'again') return end.next;
    version = end.version;
  }
  return 'list';
}

const wordsOf = ({ kind, said, status }: Omit<Fault, 'source'>): Omit<Fault, 'source'> => ({
  kind,
  said,
  ...(status === undefined ? {} : { status }),
});

/** Tells the one who waits that something changed; many changes are told once. */
interface Bell {
  ring(): void;
  /** What is missing from now on; undefined: nothing any more. */
  gap(fault: Fault | undefined): void;
  gaps(): readonly Fault[];
  stop(): void;
  /** False once it was stopped and all is told. */
  heard(pauseMs: () => number): Promise<boolean>;
}

function makeBell(signal: AbortSignal, sameAgainMs: number): Bell {
  let [rung, stopped] = [false, false];
  let gap: Fault | undefined;
  let wake = Promise.withResolvers<void>();
  const ring = (): void => {
    rung = true;
    wake.resolve();
  };
  const stop = (): void => {
    stopped = true;
    wake.resolve();
  };
  signal.addEventListener('abort', stop, { once: true });
  return {
    ring,
    stop,
    gap(fault) {
      if (gap === undefined && fault === undefined) return;
      gap = fault;
      ring();
    },
    gaps: () => (gap === undefined ? [] : [gap]),
    async heard(pauseMs) {
      const rest = pausing(sameAgainMs, signal);
      const waited = await Promise.race([wake.promise, rest.over.then(() => 'same' as const)]);
      rest.stop();
      if (!stopped && waited !== 'same') await pause(pauseMs(), signal);
      const told = (rung || waited === 'same') && !signal.aborted;
      rung = false;
      wake = Promise.withResolvers();
      if (stopped) wake.resolve();
      return told;
    },
  };
}

function makeBackOff(firstMs: number): { next(): number; reset(): void } {
  let failures = 0;
  return {
    next: () => Math.min(RETRY_MS_MAX, firstMs * 2 ** failures++),
    reset() {
      failures = 0;
    },
  };
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> => pausing(milliseconds, signal).over;

/** A pause that can be given up. */
function pausing(milliseconds: number, signal: AbortSignal): { readonly over: Promise<void>; stop(): void } {
  if (signal.aborted) return { over: Promise.resolve(), stop: () => undefined };
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    resolve();
  };
  const timer = setTimeout(end, milliseconds);
  signal.addEventListener('abort', end, { once: true });
  return { over: promise, stop: end };
}
