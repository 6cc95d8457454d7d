import type { Network } from '../clients/network.ts';
import type { Target } from '../clients/target.ts';
import { type Read, right } from '../config/read.ts';
import type { AgentServer } from '../config/where.ts';
import type { Wall } from './opened.ts';

/** An agent outside the clusters, and the way to it. */
export interface OpenAgent {
  readonly place: string;
  readonly exchange: Network;
}

/**
 * Ways to the agents that were named by URL.
 *
 * Fails: with a sentence, where a proxy's variable holds no URL. What lets in at the databases goes to an agent only where
 * nobody can listen.
 */
export async function openAgents(
  agents: readonly AgentServer[],
  secrets: Omit<Target, 'baseUrl'>,
  env: Wall['env'],
): Promise<Read<readonly OpenAgent[]>> {
  if (agents.length === 0) return right([]);
  const [{ makeNetwork }, { proxyFor }] = await Promise.all([
    import('../clients/network.ts'),
    import('../clients/proxy.ts'),
  ]);
  const { authorization: _login, ...plain } = secrets.headers ?? {};
  const opened: OpenAgent[] = [];
  for (const { baseUrl, place } of agents) {
    const found = proxyFor(baseUrl, env);
    if (!found.ok) return found;
    const headers = baseUrl.startsWith('https:') ? secrets.headers : plain;
    opened.push({ place, exchange: makeNetwork({ ...secrets, headers, baseUrl, proxy: found.proxy }) });
  }
  return right(opened);
}
