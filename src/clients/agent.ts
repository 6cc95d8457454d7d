import { Agent, type Dispatcher } from 'undici';
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
  return new Agent({ connect: { ...tls, timeout: 0 }, headersTimeout: 0, bodyTimeout: 0 });
}
