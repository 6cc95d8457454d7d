import { BlockList } from 'node:net';

/** Where the host of a URL stands that an agent's configuration names. */
export type HostFound =
  | { readonly at: 'service'; readonly namespace: string; readonly name: string }
  /** It means something only there, and no proxy of the cluster leads to it. */
  | { readonly at: 'within'; readonly because: string }
  | { readonly at: 'anywhere' };

/** Whose namespaces those are, and which of them the agent stands in. */
export interface HostOf {
  readonly context: string;
  readonly namespace: string;
  readonly namespaces?: readonly string[];
}

/** `NAME`, `NAME.NAMESPACE`, `NAME.NAMESPACE.svc…`; one dot at the end is only the way to write it whole. */
const SERVICE = /^([a-z0-9-]+)(?:\.([a-z0-9-]+)(\.svc(?:\..+)?)?)?$/;
const WITHIN = /\.(svc|pod)(\.|$)/;
const ADDRESS = /^[\d.]+$|^\[/;

/**
 * Tell a service of the agent's cluster from what only the agent itself reaches, and from a host of the world.
 *
 * A name of two parts may be a service of another namespace: it is one where the second part is a namespace of that cluster,
 * and is a host of the world only where a certificate proves it.
 *
 * Source: kubernetes.io/docs, DNS for services and pods.
 */
export function whereIs(url: URL, { context, namespace: own, namespaces = [] }: HostOf): HostFound {
  const hostname = url.hostname.replace(/\.$/, '');
  const near = nearTheAgent(hostname);
  if (near !== undefined) return { at: 'within', because: near };
  if (ADDRESS.test(hostname)) return { at: 'anywhere' };
  const found = SERVICE.exec(hostname);
  if (found === null)
    return WITHIN.test(hostname)
      ? { at: 'within', because: `it is a name within ${context}, of a pod: no proxy leads there` }
      : { at: 'anywhere' };
  const [, name = '', namespace = own, svc] = found;
  const isKnown = svc !== undefined || namespace === own || namespaces.includes(namespace);
  if (!isKnown && url.protocol === 'https:') return { at: 'anywhere' };
  if (!isKnown)
    return {
      at: 'within',
      because: `it may be a service of ${context}, in a namespace that was not seen: name its query URL, for example with --mimir-url`,
    };
  if (url.pathname.replace(/\/+$/, '') !== '')
    return { at: 'within', because: `it is a service of ${context} behind a prefix: no proxy leads there` };
  const scheme = url.protocol.slice(0, -1);
  return { at: 'service', namespace, name: `${scheme}:${name}:${url.port || (scheme === 'https' ? 443 : 80)}` };
}

/** What is asked at such an address would be asked on the machine of whoever is on call. */
function nearTheAgent(hostname: string): string | undefined {
  const address = hostname.replace(/^\[|\]$/g, '');
  const family = hostname.startsWith('[') ? 'ipv6' : 'ipv4';
  const isOf = (ranges: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): boolean => {
    if (!ADDRESS.test(hostname)) return false;
    const list = new BlockList();
    for (const range of ranges) list.addSubnet(...range);
    return list.check(address, family);
  };
  if (/^(.+\.)?localhost$/.test(hostname) || isOf(LOOPBACK))
    return 'it is in the agent’s own pod, which nothing but its own containers reaches';
  return isOf(LINK_LOCAL) ? 'it is an address of the agent’s own node, and another one here' : undefined;
}

/** A listener on all addresses is asked as this machine too. */
const LOOPBACK = [
  ['127.0.0.0', 8, 'ipv4'],
  ['0.0.0.0', 8, 'ipv4'],
  ['::', 127, 'ipv6'],
] as const;
const LINK_LOCAL = [
  ['169.254.0.0', 16, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
] as const;
