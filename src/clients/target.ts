import type { Backend } from '../domain/result.ts';
import type { ProxyServer } from './proxy.ts';

/** Where one backend is, and what is needed to be let in. Secrets live here and in the network only. */
export interface Target {
  /** Scheme, host and prefix, without a slash at the end: component paths are put behind it. */
  readonly baseUrl: string;
  /** Lower-case names: `authorization`, and what the user gave with `--header`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: TlsOptions;
  readonly proxy?: ProxyServer;
}

/** PEM texts. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecure?: boolean;
}

export type Understood =
  | { readonly ok: true; readonly baseUrl: string; readonly place: string; readonly said: string }
  | { readonly ok: false; readonly because: string };

/** Ends that people paste, longest first, each with its name. */
const ENDS: Readonly<
  Record<'mimir' | 'loki' | 'tempo' | 'grafana' | 'agent', readonly (readonly [end: RegExp, name: string])[]>
> = {
  mimir: [
    [/\/prometheus\/api\/v1(\/[a-z_]+)?$/, 'a query URL'],
    [/\/otlp(\/v1(\/metrics)?)?$/, 'an OTLP push URL'],
    [/\/api\/v1\/push$/, 'a remote-write URL'],
    [/\/prometheus$/, 'a Prometheus URL'],
  ],
  loki: [
    [/\/loki\/api\/v1\/push$/, 'a push URL'],
    [/\/loki\/api\/v1(\/[a-z_]+)?$/, 'a query URL'],
    [/\/otlp(\/v1(\/logs)?)?$/, 'an OTLP push URL'],
    [/\/loki(\/api)?$/, 'an API prefix'],
  ],
  tempo: [
    [/\/v1\/traces$/, 'an OTLP push URL'],
    [/\/api\/(v2\/)?(search|traces)(\/.*)?$/, 'a query URL'],
    [/\/api(\/v2)?$/, 'an API prefix'],
  ],
  agent: [[/\/(metrics|api\/v0(\/.*)?)$/, 'its metrics']],
  grafana: [
    [/\/(d|dashboards|explore|alerting)(\/.*)?$/, 'a page'],
    [/\/api(\/.*)?$/, 'an API prefix'],
  ],
};

/**
 * A URL as somebody pasted it: the root, the query prefix or a push URL.
 *
 * Fails: with one sentence. What was understood is said, so that a wrong guess is seen.
 */
export function understandUrl(backend: 'mimir' | 'loki' | 'tempo' | 'grafana' | 'agent', text: string): Understood {
  const flag = `--${backend}-url`;
  const typed = text.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`;
  if (typed === '' || !URL.canParse(withScheme))
    return { ok: false, because: `${flag}: ${JSON.stringify(typed)} is not a URL` };
  const url = new URL(withScheme);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { ok: false, because: `${flag}: ${url.protocol.slice(0, -1)} is not http or https` };
  if (url.username !== '' || url.password !== '')
    return { ok: false, because: `${flag}: a password does not belong in a URL: use --basic-auth-file` };
  if (backend === 'tempo' && url.port === '4317')
    return {
      ok: false,
      because: `${flag}: port 4317 takes OTLP over gRPC; queries go to Tempo's HTTP port, 3200 unless changed`,
    };
  if (backend === 'tempo' && url.port === '4318')
    return {
      ok: false,
      because: `${flag}: port 4318 only takes pushes; queries go to Tempo's HTTP port, 3200 unless changed`,
    };

  const path = url.pathname.replace(/\/+$/, '');
  const found = ENDS[backend].find(([end]) => end.test(path));
  const prefix = found ? path.replace(found[0], '') : path;
  const baseUrl = `${url.protocol}//${url.host}${prefix}`;
  const read = found ? `${found[1]}, read as its root` : prefix === '' ? 'the root' : 'the root, behind a prefix';
  return { ok: true, baseUrl, place: url.host, said: `${flag} is ${read}: ${baseUrl}` };
}

/** Is it one of the three that have a URL flag? */
export const hasUrl = (backend: Backend): backend is 'mimir' | 'loki' | 'tempo' =>
  backend === 'mimir' || backend === 'loki' || backend === 'tempo';
