import { BlockList, isIP } from 'node:net';

/** What stands between here and a server, because the environment says so. */
export interface ProxyServer {
  /** With its user and password, where it has them: never printed. */
  readonly url: string;
  readonly host: string;
  /** As it was found: `https_proxy`. */
  readonly variable: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for one server, by HTTP_PROXY, HTTPS_PROXY and NO_PROXY, the small spelling first. Undefined: none.
 *
 * Fails:  with a sentence, where the variable holds no URL.
 * Source: Go's golang.org/x/net/http/httpproxy, which kubectl and logcli follow: this machine itself is never asked
 *         through a proxy, NO_PROXY takes names with all below them, `.suffix`, addresses, CIDR, ports and `*`.
 */
export function proxyFor(
  baseUrl: string,
  env: Env,
): { readonly ok: true; readonly proxy: ProxyServer | undefined } | { readonly ok: false; readonly because: string } {
  const { protocol, hostname, port } = new URL(baseUrl);
  const [variable, text] = firstOf(env, protocol === 'https:' ? 'https_proxy' : 'http_proxy');
  if (text === '' || isExempt(bare(hostname), port || (protocol === 'https:' ? '443' : '80'), env))
    return { ok: true, proxy: undefined };
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const known = URL.canParse(url) ? new URL(url) : undefined;
  if (!known || known.hostname === '' || !['http:', 'https:', 'socks5:'].includes(known.protocol))
    return { ok: false, because: `${variable} holds no proxy: http://PROXY:PORT is understood` };
  return { ok: true, proxy: { url, host: known.host, variable } };
}

/** A variable by its small name, else its large one; an empty one counts as none. */
function firstOf(env: Env, name: string): readonly [variable: string, text: string] {
  const variable = [name, name.toUpperCase()].find((each) => env[each]?.trim());
  return [variable ?? name, env[variable ?? name]?.trim() ?? ''];
}

const bare = (hostname: string): string =>
  hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();

function isExempt(host: string, port: string, env: Env): boolean {
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return true;
  const [, text] = firstOf(env, 'no_proxy');
  return text.split(/[\s,]+/).some((entry) => entry !== '' && isCovered(host, port, entry.toLowerCase()));
}

/** Is a host what one entry of NO_PROXY speaks of? */
function isCovered(host: string, port: string, entry: string): boolean {
  if (entry === '*') return true;
  const inside = /^(.+)\/(\d{1,3})$/.exec(entry);
  if (inside) return holds(bare(inside[1] ?? ''), Number(inside[2]), host);
  const [, name = entry, onlyPort] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const suffix = bare(name).replace(/^\*/, '');
  if (suffix.startsWith('.')) return host.endsWith(suffix);
  return host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`));
}

function holds(network: string, bits: number, host: string): boolean {
  const family = isIP(network);
  if (family === 0 || family !== isIP(host) || bits > (family === 4 ? 32 : 128)) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, bits, kind);
  return list.check(host, kind);
}
