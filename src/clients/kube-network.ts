import type { Dispatcher } from 'undici';
import type { Answered, Asked, Exchange } from '../domain/exchange.ts';
import type { FaultKind } from '../domain/result.ts';
import { type Allowed, mayGoOut, mayGoThrough } from './allowed.ts';
import { readBody } from './body.ts';
import { failureOf } from './failure.ts';
import type { ForwardTarget } from './kube-forward.ts';
import type { KubeLogin, Pass } from './kube-login.ts';
import { linesOf } from './kube-stream.ts';
import { refusedByApiServer, sayWebPage } from './kube-words.ts';

/** An answer that keeps coming, a line at a time; it ends when the server ends it or the signal does. */
export type Streamed =
  | { readonly ok: true; readonly lines: AsyncIterable<string> }
  | { readonly ok: false; readonly kind: FaultKind; readonly said: string; readonly status?: number };

/** A service or a pod behind the API server: `/api/v1/namespaces/NS/services/http:NAME:PORT/proxy`. */
export type Hop = string;

/** The API server of one context. */
export interface KubeNetwork extends Exchange {
  readonly login: KubeLogin;
  /** Ask what stands behind a hop; the API server's own refusals are failures, an answer from behind is an answer. */
  through(hop: Hop, asked: Asked, signal: AbortSignal): Promise<Answered>;
  /** Ask what listens on a pod's port, where the proxy may not be used or would drop a password. */
  forward(target: ForwardTarget, asked: Asked, signal: AbortSignal): Promise<Answered>;
  stream(asked: Asked, signal: AbortSignal): Promise<Streamed>;
  close(): Promise<void>;
}

type Reply = Dispatcher.ResponseData;
type Failure = Extract<Answered, { ok: false }>;

/**
 * One pool of connections for everything that goes to or through this API server. `proxyUrl`: what the environment says;
 * the kubeconfig's own `proxy-url` wins.
 *
 * Fails:  never; a request that does not only read is refused before a byte is sent.
 */
export function makeKubeNetwork(login: KubeLogin, proxyUrl?: string): KubeNetwork {
  let pool: { readonly key: string; readonly agent: Promise<Dispatcher> } | undefined;

  const agentFor = (pass: Pass): Promise<Dispatcher> => {
    const through = { ...pass, proxyUrl: pass.proxyUrl ?? proxyUrl };
    const key = JSON.stringify([through.tls, through.proxyUrl]);
    if (pool?.key === key) return pool.agent;
    // A certificate that was renewed makes a new pool; what still runs on the old one may end.
    void pool?.agent.then((agent) => agent.close());
    pool = { key, agent: import('./kube-agent.ts').then(({ makeKubeAgent }) => makeKubeAgent(through)) };
    return pool.agent;
  };

  const once = async (asked: Asked, hop: Hop, again: boolean, signal: AbortSignal): Promise<Reply | Failure> => {
    const harvest = await login.pass(again);
    if (!harvest.ok) return harvest;
    try {
      return await (await agentFor(harvest.pass)).request(requestOf(login, harvest.pass, asked, hop, signal));
    } catch (thrown) {
      return sayHop(login, failureOf(thrown, signal, login.server));
    }
  };

  /** A token that has just run out is asked for anew, once. */
  const request = async (allowed: Allowed, asked: Asked, hop: Hop, signal: AbortSignal): Promise<Reply | Failure> => {
    if (!allowed.ok) return { ok: false, kind: 'forbidden', said: allowed.because };
    const first = await once(asked, hop, false, signal);
    if (!('statusCode' in first) || first.statusCode !== 401 || hop !== '' || !login.renews) return first;
    await first.body.dump();
    return once(asked, hop, true, signal);
  };

  const answer = async (reply: Reply | Failure, asked: Asked, signal: AbortSignal): Promise<Answered> => {
    if (!('statusCode' in reply)) return reply;
    const headers = headersIn(reply);
    try {
      const read = await readBody(reply.body, headers, asked.bytesMax, signal);
      if (!read.ok) return read;
      return { ok: true, status: reply.statusCode, headers, text: read.text, atUnix: Date.now() / 1000 };
    } catch (thrown) {
      return sayHop(login, failureOf(thrown, signal, login.server));
    }
  };

  const exchange = async (asked: Asked, signal: AbortSignal): Promise<Answered> => {
    const answered = await answer(await request(mayGoOut(asked), asked, '', signal), asked, signal);
    if (!answered.ok) return answered;
    return refusedByApiServer(login, answered) ?? sayWebPage(login, answered) ?? answered;
  };

  return Object.assign(exchange, {
    login,
    async through(hop: Hop, asked: Asked, signal: AbortSignal): Promise<Answered> {
      const reply = await request(mayGoThrough(hop, asked), asked, hop, signal);
      const answered = await answer(reply, asked, signal);
      return answered.ok ? (refusedByApiServer(login, answered, hop) ?? answered) : answered;
    },
    forward: async (target: ForwardTarget, asked: Asked, signal: AbortSignal): Promise<Answered> => {
      const { askForwarded } = await import('./kube-forward.ts');
      return askForwarded(login, agentFor, target, asked, signal);
    },
    async stream(asked: Asked, signal: AbortSignal): Promise<Streamed> {
      const reply = await request(mayGoOut(asked), asked, '', signal);
      if ('statusCode' in reply && reply.statusCode === 200)
        return { ok: true, lines: linesOf(reply.body, headersIn(reply)) };
      const answered = await answer(reply, asked, signal);
      if (!answered.ok) return answered;
      const refused = refusedByApiServer(login, answered) ?? sayWebPage(login, answered);
      return refused ?? { ok: false, kind: 'server', said: `HTTP ${answered.status}`, status: answered.status };
    },
    async close(): Promise<void> {
      await (await pool?.agent)?.destroy();
      pool = undefined;
    },
  });
}

function requestOf(login: KubeLogin, pass: Pass, asked: Asked, hop: Hop, signal: AbortSignal) {
  const base = new URL(login.server);
  const query = new URLSearchParams(asked.params.map(([name, value]) => [name, value])).toString();
  return {
    origin: base.origin,
    path: `${base.pathname.replace(/\/+$/, '')}${hop}${asked.path}${query === '' ? '' : `?${query}`}`,
    method: asked.method,
    headers: {
      'user-agent': 'lgtm-tui',
      'accept-encoding': 'gzip',
      ...asked.headers,
      ...(asked.tenant === null ? {} : { 'x-scope-orgid': asked.tenant }),
      ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
      // Last: nobody's header may take the place of the one that lets us in.
      ...pass.headers,
    },
    ...(asked.body === undefined ? {} : { body: asked.body }),
    signal,
  };
}

const headersIn = (reply: Reply): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(reply.headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

/** Which hop failed: it was the API server that could not be asked, not what stands behind it. */
function sayHop({ context, user }: KubeLogin, failure: Failure): Failure {
  if (failure.kind === 'cancelled') return failure;
  const said = failure.said
    .replace(': --ca-file', `: certificate-authority of context ${context} is not its own`)
    .replace(': --cert-file and --key-file', `: user ${user} of the kubeconfig has none`);
  return { ...failure, said: `API server of context ${context}: ${said}` };
}
