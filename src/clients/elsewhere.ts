import type { Answered, Asked, Exchange } from '../domain/exchange.ts';
import type { HeaderSignal } from '../domain/header-probe.ts';
import { understandUrl } from './target.ts';
import type { Through } from './through.ts';

/** A URL as it stands in an agent's configuration, and where that agent stands. */
export interface AgentUrl {
  readonly url: string;
  readonly context: string;
  readonly namespace: string;
  /** OTLP over gRPC: pushes only. */
  readonly grpc: boolean;
}

/** Open a root somewhere else: no credential of ours goes there unless it is a server that was named. */
export type OpenElsewhere = (root: string) => Exchange;

/** One way to a URL of an agent. */
export type ElsewhereFound =
  | {
      readonly ok: true;
      /** As in `Asked`: `mimir:https://mimir.example.com`. */
      readonly component: string;
      readonly place: string;
      readonly way: string;
      readonly exchange: Exchange;
    }
  | { readonly ok: false; readonly because: string };

export interface ElsewhereOptions {
  /** How what stands behind a service of a cluster is asked; undefined on a tape. */
  through(context: string): Through | undefined;
  readonly open?: OpenElsewhere;
  /** A tape answers by component. */
  readonly tape?: Exchange;
}

const BACKEND = { metrics: 'mimir', logs: 'loki', traces: 'tempo' } as const;
const PUSHES_ONLY =
  'it only takes pushes, and nothing is pushed from here; Tempo refuses a missing header there with 503, which the agent retries for ever';

/**
 * Find how a URL that agents send to can be asked, read-only, from here: a service of their cluster through its API server,
 * anything else as it stands.
 *
 * Fails: with a sentence, where it only takes pushes or no way leads there.
 */
export function findElsewhere(signal: HeaderSignal, at: AgentUrl, options: ElsewhereOptions): ElsewhereFound {
  const backend = BACKEND[signal];
  const understood = understandUrl(backend, at.url);
  if (at.grpc || isOtlpPort(at.url)) return { ok: false, because: PUSHES_ONLY };
  if (!understood.ok) return { ok: false, because: understood.because.replace(/^--\w+-url: /, '') };
  const { baseUrl, place } = understood;
  const service = serviceOf(new URL(baseUrl), at.namespace);
  // The same name is another service in another cluster.
  const component = `${backend}:${baseUrl}${service ? ` of ${at.context}` : ''}`;
  if (options.tape) return { ok: true, component, place, way: 'as it was recorded', exchange: options.tape };
  if (service === undefined)
    return options.open
      ? { ok: true, component, place, way: 'as agents reach it, without a login', exchange: options.open(baseUrl) }
      : { ok: false, because: 'no way leads there from here' };
  const through = options.through(at.context);
  if (through === undefined) return { ok: false, because: `it is a service of ${at.context}, which was not given` };
  const hop = `/api/v1/namespaces/${service.namespace}/services/${service.name}/proxy`;
  const exchange = (asked: Asked, stop: AbortSignal): Promise<Answered> => through(hop, asked, stop);
  return {
    ...{ ok: true, component, place, exchange },
    way: `service proxy ${service.namespace}/${service.name} of ${at.context}`,
  };
}

const isOtlpPort = (url: string): boolean => /:431[78](\/|$)/.test(url);

/** `NAME.NAMESPACE.svc…`, `NAME.NAMESPACE` of the agent's own, or `NAME`; behind a prefix no proxy leads. */
function serviceOf(
  { hostname, protocol, port, pathname }: URL,
  own: string,
): { readonly name: string; readonly namespace: string } | undefined {
  if (pathname.replace(/\/+$/, '') !== '') return undefined;
  const found = /^([a-z0-9-]+)(?:\.([a-z0-9-]+)(\.svc(?:\..+)?)?)?$/.exec(hostname);
  if (found === null || hostname === 'localhost') return undefined;
  const [, name = '', namespace = own, svc] = found;
  if (svc === undefined && namespace !== own) return undefined;
  const scheme = protocol.slice(0, -1);
  return { namespace, name: `${scheme}:${name}:${port || (scheme === 'https' ? 443 : 80)}` };
}
