import type { OpenElsewhere } from '../clients/elsewhere.ts';
import type { Reached } from '../clients/make.ts';
import type { Network } from '../clients/network.ts';
import type { TlsOptions } from '../clients/target.ts';
import type { Env } from '../config.ts';
import type { Asked, Exchange } from '../domain/exchange.ts';
import type { Backend } from '../domain/result.ts';

/** Ways to URLs that stand in agents' configurations, opened when they are asked. */
export interface Elsewhere {
  readonly open: OpenElsewhere;
  close(): Promise<void>;
}

/** Grafana has a token of its own, which is for nobody else. */
const DATABASES = ['mimir', 'loki', 'tempo'] as const;

/**
 * Ask a URL that somebody wrote into a configuration: with our login only where it is a server that was named by its URL.
 * Anywhere else neither a login nor `--header` goes; whom we trust is the same.
 */
export function makeElsewhere(
  named: Partial<Record<Backend, Reached>>,
  tls: TlsOptions | undefined,
  env: Env,
): Elsewhere {
  const networks = new Map<string, Promise<Exchange & Partial<Network>>>();
  const trust: TlsOptions | undefined = tls && { ca: tls.ca, insecure: tls.insecure };
  const connect = async (baseUrl: string): Promise<Exchange & Partial<Network>> => {
    const [{ makeNetwork }, { proxyFor }] = await Promise.all([
      import('../clients/network.ts'),
      import('../clients/proxy.ts'),
    ]);
    const proxy = proxyFor(baseUrl, env);
    if (!proxy.ok) return async () => ({ ok: false, kind: 'unreachable', said: proxy.because });
    return makeNetwork({ baseUrl, ...(trust ? { tls: trust } : {}), proxy: proxy.proxy });
  };
  return {
    open(root) {
      const known = DATABASES.map((backend) => named[backend]).find((reached) => reached?.url === root);
      if (known) return known.exchange;
      return async (asked: Asked, signal: AbortSignal) => {
        const network = networks.get(root) ?? connect(root);
        networks.set(root, network);
        return (await network)(asked, signal);
      };
    },
    async close() {
      await Promise.all([...networks.values()].map(async (network) => (await network).close?.()));
    },
  };
}
