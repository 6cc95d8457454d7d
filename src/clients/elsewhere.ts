import type { Answered, Asked, Exchange } from '../domain/exchange.ts';
import type { HeaderSignal } from '../domain/header-probe.ts';
import { type HostFound, whereIs } from './elsewhere-host.ts';
import { understandUrl } from './target.ts';
import type { Through } from './through.ts';

/** A URL as it stands in an agent's configuration, and where that agent stands. */
export interface AgentUrl {
  readonly url: string;
  readonly context: string;
  readonly namespace: string;
  /** Of its cluster, those that are known. */
  readonly namespaces?: readonly string[];
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
      /** As whom this console logs in there. */
      readonly login?: string;
      /** The cluster within which alone the URL means something. */
      readonly context?: string;
    }
  | { readonly ok: false; readonly because: string; readonly context?: string };

export interface ElsewhereOptions {
  /** How what stands behind a service of a cluster is asked; undefined on a tape. */
  through(context: string): Through | undefined;
  readonly open?: OpenElsewhere;
  /** A server that was named by its URL is asked with our login. */
  isNamed?(root: string): boolean;
  /** As whom the console logs in at such servers, where it does. */
  readonly login?: string;
  /** A tape answers by component. */
  readonly tape?: Exchange;
}

const BACKEND = { metrics: 'mimir', logs: 'loki', traces: 'tempo' } as const;
const PUSHES_ONLY =
  'it only takes pushes, and nothing is pushed from here; Tempo refuses a missing header there with 503, which the agent retries for ever';

const LOGIN_IN_URL = 'a login stands in it, which is the agent’s: it is not asked with that';

/**
 * Find how a URL that agents send to can be asked, read-only, from here: a service of their cluster through its API server,
 * a host of the world as it stands.
 *
 * Fails: with a sentence, where it only takes pushes or no way leads there.
 */
export function findElsewhere(signal: HeaderSignal, at: AgentUrl, options: ElsewhereOptions): ElsewhereFound {
  const backend = BACKEND[signal];
  const host = hostIn(at);
  const within = host.at === 'anywhere' ? {} : { context: at.context };
  if (at.grpc || isOtlpPort(at.url)) return { ok: false, because: PUSHES_ONLY, ...within };
  if (/^[^/]*\/\/[^/]*@/.test(at.url)) return { ok: false, because: LOGIN_IN_URL, ...within };
  const understood = understandUrl(backend, withoutDot(at.url));
  if (!understood.ok) return { ok: false, because: understood.because.replace(/^--\w+-url: /, ''), ...within };
  const { baseUrl, place } = understood;
  const found = whereIs(new URL(baseUrl), at);
  if (found.at === 'within') return { ok: false, because: found.because, ...within };
  // The same name is another service in another cluster.
  const component = `${backend}:${baseUrl}${found.at === 'service' ? ` of ${at.context}` : ''}`;
  const there = { ok: true, component, place, ...within } as const;
  if (options.tape) return { ...there, way: 'as it was recorded', exchange: options.tape };
  return found.at === 'service' ? throughCluster(there, found, at, options) : asItStands(there, baseUrl, options);
}

type There = Omit<Extract<ElsewhereFound, { ok: true }>, 'way' | 'exchange'>;

function throughCluster(
  there: There,
  { namespace, name }: Extract<HostFound, { at: 'service' }>,
  { context }: AgentUrl,
  options: ElsewhereOptions,
): ElsewhereFound {
  const through = options.through(context);
  if (through === undefined)
    return { ok: false, because: `it is a service of ${context}, which was not given`, context };
  const hop = `/api/v1/namespaces/${namespace}/services/${name}/proxy`;
  const exchange = (asked: Asked, stop: AbortSignal): Promise<Answered> => through(hop, asked, stop);
  return { ...there, exchange, way: `service proxy ${namespace}/${name} of ${context}` };
}

/** What was named is asked with what it was given. */
function asItStands(there: There, root: string, { open, isNamed, login }: ElsewhereOptions): ElsewhereFound {
  if (open === undefined) return { ok: false, because: 'no way leads there from here' };
  const logsIn = isNamed?.(root) === true && login !== undefined;
  const way = `as agents reach it, ${logsIn ? 'with your login' : 'without a login'}`;
  return { ...there, way, exchange: open(root), ...(logsIn ? { login } : {}) };
}

const isOtlpPort = (url: string): boolean => /:431[78](\/|$)/.test(url);

/** A dot at the end of a host only writes the name whole; certificates and proxies do not know it so. */
const withoutDot = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)?([^/:]+)\.(?=[:/]|$)/i, '$1$2');

/** Also of what is no URL to ask: `HOST:PORT` of OTLP. */
function hostIn(at: AgentUrl): HostFound {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(at.url) ? at.url : `http://${at.url}`;
  return URL.canParse(url) ? whereIs(new URL(url), at) : { at: 'anywhere' };
}
