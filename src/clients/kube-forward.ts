import { request } from 'node:http';
import { Duplex } from 'node:stream';
import type { Dispatcher, WebSocket } from 'undici';
import type { Answered, Asked } from '../domain/exchange.ts';
import { mayGoThrough } from './allowed.ts';
import { readBody } from './body.ts';
import { failureOf } from './failure.ts';
import type { KubeLogin, Pass } from './kube-login.ts';

/** A pod's port, and what opens the door of what listens there: the API server's own proxy would drop that. */
export interface ForwardTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  /** Lower-case names: basic auth, a team's header. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What client-node asks for, newest first. Source: client-node web-socket-handler; kubelet portforward/websocket.go. */
const PROTOCOLS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
];
const DATA = 0;
const ERROR = 1;

type Failure = Extract<Answered, { ok: false }>;

/**
 * One request through a forwarded port, over one WebSocket to the API server. Nothing listens on this machine.
 *
 * Fails:  never; a request that does not only read is refused before a byte is sent.
 * Source: kubelet cri/streaming/portforward/websocket.go: a byte of channel first, and in each channel the port first.
 */
export async function askForwarded(
  login: KubeLogin,
  agentFor: (pass: Pass) => Promise<Dispatcher>,
  target: ForwardTarget,
  asked: Asked,
  signal: AbortSignal,
): Promise<Answered> {
  const allowed = mayGoThrough(`/api/v1/namespaces/${target.namespace}/pods/${target.pod}:${target.port}/proxy`, asked);
  if (!allowed.ok) return { ok: false, kind: 'forbidden', said: allowed.because };
  const harvest = await login.pass();
  if (!harvest.ok) return harvest;
  const where = `port-forward ${target.namespace}/${target.pod}:${target.port}, context ${login.context}`;
  const { WebSocket: Socket } = await import('./kube-socket.ts');
  const socket = new Socket(addressOf(login.server, target), {
    protocols: PROTOCOLS,
    dispatcher: await agentFor(harvest.pass),
    headers: { 'user-agent': 'lgtm-tui', ...harvest.pass.headers },
  });
  const tunnel = makeTunnel(socket);
  const close = (): void => socket.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const opened = await tunnel.opened;
    if (!opened) return { ok: false, kind: 'unreachable', said: `${where}: the API server does not open it` };
    return await askOver(tunnel, target, asked, signal);
  } catch (thrown) {
    const said = tunnel.said();
    if (said !== undefined && !signal.aborted) return { ok: false, kind: 'unreachable', said: `${where}: ${said}` };
    const failure: Failure = failureOf(thrown, signal, `http://${target.pod}:${target.port}`);
    return { ...failure, said: failure.kind === 'cancelled' ? failure.said : `${where}: ${failure.said}` };
  } finally {
    signal.removeEventListener('abort', close);
    tunnel.stream.destroy();
    socket.close();
  }
}

function addressOf(server: string, { namespace, pod, port }: ForwardTarget): string {
  const path = ['api', 'v1', 'namespaces', namespace, 'pods', pod, 'portforward'].map(encodeURIComponent).join('/');
  return `${server.replace(/^http/, 'ws').replace(/\/+$/, '')}/${path}?ports=${port}`;
}

interface Tunnel {
  readonly stream: Duplex;
  /** False where the WebSocket was refused. */
  readonly opened: Promise<boolean>;
  /** What came over the channel of errors. */
  said(): string | undefined;
}

/** A WebSocket as the stream that HTTP wants. */
function makeTunnel(socket: WebSocket): Tunnel {
  const opened = Promise.withResolvers<boolean>();
  const begun = new Set<number>();
  let said: string | undefined;
  socket.binaryType = 'arraybuffer';
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      const framed = Buffer.concat([Buffer.from([DATA]), chunk]);
      socket.send(framed);
      done();
    },
    final(done) {
      done();
    },
  });
  stream.on('error', () => {});
  socket.addEventListener('open', () => opened.resolve(true));
  socket.addEventListener('message', ({ data }) => {
    if (!(data instanceof ArrayBuffer) || data.byteLength === 0) return;
    const message = Buffer.from(data);
    const channel = message[0] ?? 0;
    // The first message of each channel begins with the port, two bytes of it.
    const body = message.subarray(begun.has(channel) ? 1 : 3);
    begun.add(channel);
    if (channel === DATA && body.length > 0) stream.push(body);
    if (channel === ERROR && body.length > 0) {
      said = body.toString('utf8').trim();
      stream.destroy(new Error(said));
    }
  });
  const end = (): void => {
    opened.resolve(false);
    stream.push(null);
  };
  socket.addEventListener('close', end);
  socket.addEventListener('error', end);
  return { stream, opened: opened.promise, said: () => said };
}

function askOver(tunnel: Tunnel, target: ForwardTarget, asked: Asked, signal: AbortSignal): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  const query = new URLSearchParams(asked.params.map(([name, value]) => [name, value])).toString();
  const sent = request(
    {
      createConnection: () => tunnel.stream,
      method: asked.method,
      path: `${asked.path}${query === '' ? '' : `?${query}`}`,
      headers: {
        ...target.headers,
        host: `${target.pod}:${target.port}`,
        'user-agent': 'lgtm-tui',
        'accept-encoding': 'gzip',
        connection: 'close',
        ...asked.headers,
        ...(asked.tenant === null ? {} : { 'x-scope-orgid': asked.tenant }),
      },
      signal,
    },
    (reply) => {
      const headers = Object.fromEntries(
        Object.entries(reply.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      );
      readBody(reply, headers, asked.bytesMax, signal).then(
        (read) =>
          resolve(
            read.ok
              ? { ok: true, status: reply.statusCode ?? 0, headers, text: read.text, atUnix: Date.now() / 1000 }
              : read,
          ),
        reject,
      );
    },
  );
  sent.on('error', reject);
  sent.end();
  return promise;
}
