import type { Dispatcher } from 'undici';
import type { Answered, Asked, Exchange, Follow, Followed } from '../domain/exchange.ts';
import { mayGoOut } from './allowed.ts';
import { readBody } from './body.ts';
import { failureOf } from './failure.ts';
import type { Target } from './target.ts';

/** An exchange over the network, and how to let go of its connections. */
export interface Network extends Exchange {
  /** Over a WebSocket. */
  readonly follow: Follow;
  close(): Promise<void>;
}

/**
 * One backend over HTTP. Connections are kept, TLS is set once, and undici is loaded with the first request, so that
 * the first frame does not wait for it.
 *
 * Fails:  never; a request that does not only read is refused before a byte is sent.
 */
export function makeNetwork(target: Target): Network {
  let agent: Promise<Dispatcher> | undefined;
  const exchange = async (asked: Asked, signal: AbortSignal): Promise<Answered> => {
    const allowed = mayGoOut(asked);
    if (!allowed.ok) return { ok: false, kind: 'forbidden', said: allowed.because };
    agent ??= openAgent(target);
    try {
      return await request(await agent, target, asked, signal);
    } catch (thrown) {
      return failureOf(thrown, signal, target.baseUrl, target.proxy);
    }
  };
  return Object.assign(exchange, {
    async follow(asked: Asked, signal: AbortSignal): Promise<Followed> {
      const allowed = mayGoOut(asked);
      if (!allowed.ok) return { ok: false, kind: 'forbidden', said: allowed.because };
      agent ??= openAgent(target);
      const [dispatcher, { followSocket }] = await Promise.all([agent, import('./socket-follow.ts')]);
      const url = `${target.baseUrl.replace(/^http/i, 'ws').replace(/\/+$/, '')}${asked.path}${queryOf(asked)}`;
      return followSocket({ dispatcher, url, headers: headersOf(target, asked), exchange }, asked, signal);
    },
    async close(): Promise<void> {
      await (await agent)?.destroy();
      agent = undefined;
    },
  });
}

async function openAgent(target: Target): Promise<Dispatcher> {
  const { makeAgent } = await import('./agent.ts');
  return makeAgent(target);
}

async function request(agent: Dispatcher, target: Target, asked: Asked, signal: AbortSignal): Promise<Answered> {
  const base = new URL(target.baseUrl);
  const reply = await agent.request({
    origin: base.origin,
    path: `${base.pathname.replace(/\/+$/, '')}${asked.path}${queryOf(asked)}`,
    method: asked.method,
    headers: headersOf(target, asked),
    signal,
  });
  const headers = Object.fromEntries(
    Object.entries(reply.headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  const read = await readBody(reply.body, headers, asked.bytesMax, signal, asked.onLarge);
  if (!read.ok) return read;
  const atUnix = Date.now() / 1000;
  // Assigned, not spread: the text is made only when it is read.
  return Object.assign(read, { status: reply.statusCode, headers, atUnix });
}

function queryOf({ params }: Asked): string {
  const query = new URLSearchParams(params.map(([name, value]) => [name, value])).toString();
  return query === '' ? '' : `?${query}`;
}

/** Exactly one tenant header: of two, all three servers silently take the first. */
function headersOf(target: Target, asked: Asked): Record<string, string> {
  const own = Object.entries({ ...target.headers, ...asked.headers })
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name !== 'x-scope-orgid');
  return {
    'user-agent': 'lgtm-tui',
    'accept-encoding': 'gzip',
    ...Object.fromEntries(own),
    ...(asked.tenant === null ? {} : { 'x-scope-orgid': asked.tenant }),
  };
}
