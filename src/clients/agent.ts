import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { Target } from './target.ts';

/**
 * Connections to one backend. A file of its own, imported late: undici by name is what a bundle can split off, its
 * whole namespace is not.
 */
export function makeAgent(target: Target): Dispatcher {
  const { ca, cert, key, insecure } = target.tls ?? {};
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(insecure ? { rejectUnauthorized: false } : {}),
  };
  // Deadlines are ours (see http.ts): undici's own would only be vaguer twins.
  const limits = { headersTimeout: 0, bodyTimeout: 0 };
  if (target.proxy) {
    // A proxy that speaks TLS itself is known by the same authorities as the servers.
    const proxyTls = ca === undefined ? {} : { ca };
    return new ProxyAgent({ ...limits, uri: target.proxy.url, connectTimeout: 0, requestTls: tls, proxyTls });
  }
  return new Agent({ ...limits, connect: { ...tls, timeout: 0 } });
}
