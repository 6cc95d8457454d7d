import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { Pass } from './kube-login.ts';

/**
 * The one pool of connections to one API server. client-node would make one a request, and with it a TLS handshake.
 * Imported late, as `agent.ts` is.
 */
export function makeKubeAgent({ tls, proxyUrl }: Pass): Dispatcher {
  const { ca, cert, key, serverName, insecure } = tls;
  const connect = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(insecure ? { rejectUnauthorized: false } : {}),
  };
  // A watch is silent for up to a minute; deadlines are ours. HTTP/1.1: a watch holds its own connection, and an answer
  // that is given up closes it.
  const common = { headersTimeout: 0, bodyTimeout: 0, allowH2: false };
  if (proxyUrl !== undefined) return new ProxyAgent({ ...common, uri: proxyUrl, requestTls: connect });
  return new Agent({ ...common, connect: { ...connect, timeout: 0, keepAlive: true, keepAliveInitialDelay: 30_000 } });
}
