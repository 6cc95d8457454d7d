import type { Asked } from '../domain/exchange.ts';
import { keyOf } from '../domain/kube.ts';
import type { KubeKinds } from '../domain/kube-kinds.ts';
import type { FaultKind } from '../domain/result.ts';
import { LISTED, makeWatchReader, pathOf, type WatchEvent } from './kube-list.ts';
import type { Streamed } from './kube-network.ts';

export type OpenStream = (asked: Asked, signal: AbortSignal) => Promise<Streamed>;

/** How a watch ended: it goes on where it stood, all is listed anew, or it may not watch and must ask again and again. */
export interface WatchEnd {
  readonly next: 'again' | 'list' | 'poll';
  readonly version: string;
  readonly failed?: { readonly kind: FaultKind; readonly said: string; readonly status?: number };
}

export interface Watch<K extends keyof KubeKinds> {
  readonly context: string;
  readonly kind: K;
  readonly namespace: string | undefined;
  /** Where the list stood. */
  readonly version: string;
  /** Changed as the events say. */
  readonly known: Map<string, KubeKinds[K]>;
  /** The server ends the watch then, and it is begun again where it stood. */
  readonly seconds: number;
  readonly onOpen: () => void;
  readonly onChange: () => void;
}

/**
 * One watch, from its beginning to its end.
 *
 * Fails: never; how it ended says what to do. A 410, as a status or as an event, means "list anew".
 */
export async function watchOnce<K extends keyof KubeKinds>(
  stream: OpenStream,
  watch: Watch<K>,
  signal: AbortSignal,
): Promise<WatchEnd> {
  const opened = await stream(askedOf(watch), signal);
  if (!opened.ok) {
    if (opened.status === 410) return { next: 'list', version: '' };
    // A recording that nobody followed at this time: what changes is asked for again and again, as it was then.
    if (opened.kind === 'not-recorded') return { next: 'poll', version: '' };
    return { next: opened.kind === 'forbidden' ? 'poll' : 'again', version: watch.version, failed: opened };
  }
  watch.onOpen();
  const read = makeWatchReader(LISTED[watch.kind]);
  let { version } = watch;
  for await (const line of opened.lines) {
    const event = read(line);
    if (event.type === 'expired') return { next: 'list', version };
    if (event.type === 'refused')
      return { next: 'list', version, failed: { kind: 'server', said: `watch: ${event.said}` } };
    version = event.version || version;
    if (apply(event, watch.known)) watch.onChange();
  }
  return { next: 'again', version };
}

/** Did it change anything that is shown? */
function apply<K extends keyof KubeKinds>(
  event: Extract<WatchEvent<KubeKinds[K]>, { version: string }>,
  known: Map<string, KubeKinds[K]>,
): boolean {
  if (event.type === 'bookmark') return false;
  if (event.type === 'gone') return known.delete(keyOf(event.item));
  known.set(keyOf(event.item), event.item);
  return true;
}

function askedOf<K extends keyof KubeKinds>({ context, kind, namespace, version, seconds }: Watch<K>): Asked {
  const listed = LISTED[kind];
  return {
    component: `kubernetes/${context}`,
    identity: '',
    method: 'GET',
    path: pathOf(listed, namespace),
    params: [
      ['watch', '1'],
      ['allowWatchBookmarks', 'true'],
      ['resourceVersion', version],
      ['timeoutSeconds', String(seconds)],
    ],
    tenant: null,
    headers: listed.accept === undefined ? {} : { accept: listed.accept },
    deadlineMs: 10_000,
    bytesMax: 1024 * 1024,
  };
}
