import { channel } from 'node:diagnostics_channel';
import type { CloseEvent, Dispatcher, WebSocket } from 'undici';
import type { Answered, Asked, Broken, Exchange, Followed } from '../domain/exchange.ts';
import { refusedBy } from './faults.ts';

/** Messages that wait for their reader; beyond that they come faster than they can be read. */
const WAITING_CHARACTERS_MAX = 64 * 1024 * 1024;
/** A server that pings (Loki: every second) and then is silent for so long is gone. */
const SILENT_MS = 15_000;
const NORMAL_CLOSE = 1000;

/** Where to, and with what. */
export interface Socket {
  readonly dispatcher: Dispatcher;
  /** `ws:` or `wss:`, with its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The same place by plain HTTP: a WebSocket that is refused does not say why. */
  readonly exchange: Exchange;
}

/**
 * Follow the messages of a WebSocket.
 *
 * Fails: with what the same question by plain HTTP is refused with. Status 426: the server is there, and what stands
 * before it lets no WebSocket through. `ended` tells a close that was not wanted.
 */
export async function followSocket(socket: Socket, asked: Asked, signal: AbortSignal): Promise<Followed> {
  const { WebSocket: Opened } = await import('./kube-socket.ts');
  const { url, dispatcher, headers } = socket;
  const open = new Opened(url, { dispatcher, headers });
  const inbox = makeInbox(open, signal);
  if (await inbox.opened) return { ok: true, lines: inbox.lines(), ended: inbox.ended };
  if (signal.aborted) return { ok: false, kind: 'cancelled', said: 'no longer wanted' };
  return sayRefused(await socket.exchange(asked, signal));
}

const NO_UPGRADE = /websocket|upgrade/i;

/** Why it was refused, as far as plain HTTP tells. */
function sayRefused(answered: Answered): Followed {
  if (!answered.ok) return answered;
  const { status, headers, text } = answered;
  if (status < 300 || (status < 500 && NO_UPGRADE.test(text)))
    return { ok: false, kind: 'shape', status: 426, said: 'what stands before the server lets no WebSocket through' };
  const { kind, said } = refusedBy(status, headers, text, 0);
  return { ok: false, kind, said, status };
}

interface Inbox {
  /** False where it was refused. */
  readonly opened: Promise<boolean>;
  lines(): AsyncGenerator<string>;
  ended(): Broken | undefined;
}

/** Keeps messages until they are read, in their order. */
function makeInbox(socket: WebSocket, signal: AbortSignal): Inbox {
  const opened = Promise.withResolvers<boolean>();
  let waiting: string[] = [];
  let characters = 0;
  let wake = Promise.withResolvers<void>();
  let over = false;
  let broken: Broken | undefined;

  const end = (why: Broken | undefined): void => {
    if (over) return;
    over = true;
    broken = why;
    opened.resolve(false);
    wake.resolve();
    watch.stop();
    signal.removeEventListener('abort', leave);
    if (socket.readyState < socket.CLOSING) socket.close(NORMAL_CLOSE);
  };
  const leave = (): void => end(undefined);
  const watch = watchSilence(socket, () => end({ kind: 'timeout', said: `no sign of life for ${SILENT_MS / 1000} s` }));
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  socket.addEventListener('open', () => opened.resolve(true));
  socket.addEventListener('error', () => end({ kind: 'unreachable', said: 'the connection broke' }));
  socket.addEventListener('close', (event) => end(sayClose(event)));
  socket.addEventListener('message', ({ data }) => {
    if (over || typeof data !== 'string') return;
    watch.alive();
    waiting.push(data);
    characters += data.length;
    if (characters > WAITING_CHARACTERS_MAX) end({ kind: 'too-large', said: 'it comes faster than it can be read' });
    wake.resolve();
  });

  return {
    opened: opened.promise,
    ended: () => broken,
    async *lines() {
      try {
        while (waiting.length > 0 || !over) {
          const some = waiting;
          [waiting, characters] = [[], 0];
          yield* some;
          if (waiting.length > 0 || over) continue;
          wake = Promise.withResolvers();
          await wake.promise;
        }
      } finally {
        leave();
      }
    },
  };
}

/** A close as a sentence's end. Source: RFC 6455, 7.4.1; Loki pkg/querier/http.go closes with 1011 and its reason. */
function sayClose({ code, reason }: CloseEvent): Broken {
  const because = reason === '' ? '' : `: ${reason}`;
  if (code === 1013) return { kind: 'limit', code, said: `closed with "try again later" (1013)${because}` };
  if (code === 1011) return { kind: 'server', code, said: `closed with an error (1011)${because}` };
  if (code === NORMAL_CLOSE || code === 1001)
    return { kind: 'server', code, said: `ended by the server (${code})${because}` };
  return { kind: 'unreachable', code, said: code === 1006 ? 'the connection broke' : `closed (${code})${because}` };
}

/** Notices when a server that pinged no longer does: a connection can die without a word. */
function watchSilence(socket: WebSocket, gone: () => void): { alive(): void; stop(): void } {
  const pings = channel('undici:websocket:ping');
  let timer: NodeJS.Timeout | undefined;
  const alive = (): void => void timer?.refresh();
  const pinged = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('websocket' in message) || message.websocket !== socket)
      return;
    timer ??= setTimeout(gone, SILENT_MS);
    timer.refresh();
  };
  pings.subscribe(pinged);
  return {
    alive,
    stop() {
      clearTimeout(timer);
      pings.unsubscribe(pinged);
    },
  };
}
