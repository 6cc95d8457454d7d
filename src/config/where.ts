import { understandUrl } from '../clients/target.ts';
import type { FlagName } from './flags.ts';
import { type Read, right, wrong } from './read.ts';
import { lastOf, type Setting, type Settings } from './settings.ts';

type Named = 'mimir' | 'loki' | 'tempo' | 'grafana';

/** One server that was named, as it was understood. */
export interface Server {
  readonly backend: Named;
  readonly baseUrl: string;
  readonly place: string;
  /** How the URL was read: "--mimir-url is a remote-write URL, read as its root: https://…". */
  readonly said: string;
}

/** What opens the door. Files are named here and read later. */
export interface Access {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bearerTokenFile?: string;
  readonly basicAuthFile?: string;
  /** Where the one of the two is, if it is no file but a variable's name or a command. */
  readonly secretFrom?: 'env' | 'command';
  /** Grafana's own token, where the others would not let in there. */
  readonly grafanaToken?: { readonly where: string; readonly from?: 'env' | 'command' };
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly insecure: boolean;
}

/** An agent that was named by URL. */
export interface AgentServer {
  readonly baseUrl: string;
  readonly place: string;
}

/** Which clusters, and where in them. */
export interface KubeChoice {
  /** None: the kubeconfig's current one, or all of a recording. */
  readonly contexts: readonly string[];
  readonly kubeconfig?: string;
  readonly namespace?: string;
}

/** Who answers. */
export type Where =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'demo' }
  | { readonly kind: 'tape'; readonly file: string }
  /** `kube` absent: servers by URL alone. */
  | {
      readonly kind: 'servers';
      readonly servers: readonly Server[];
      readonly access: Access;
      readonly agents?: readonly AgentServer[];
      readonly kube?: KubeChoice;
    };

const BACKENDS: readonly Named[] = ['mimir', 'loki', 'tempo', 'grafana'];
const ONLY_SERVERS: readonly FlagName[] = [
  'header',
  'bearer-token-file',
  'basic-auth-file',
  'ca-file',
  'cert-file',
  'key-file',
  'grafana-token-file',
  'insecure-skip-verify',
];

/**
 * Who is to answer: servers, a recording or the demo, and not two of them.
 *
 * Fails: with a sentence that names the flags. What flags say makes variables of another kind void.
 */
export function readWhere(settings: Settings, demo: boolean): Read<Where> {
  const all = settingsOf(settings);
  const byFlag = all.filter(({ setting }) => setting.by === 'flag');
  const kindsByFlag = new Set([...byFlag.map(({ kind }) => kind), ...(demo ? ['demo'] : [])]);
  const counted = kindsByFlag.size > 0 ? all.filter(({ kind }) => kindsByFlag.has(kind)) : all;
  const kinds = new Set([...counted.map(({ kind }) => kind), ...(demo ? ['demo'] : [])]);
  if (kinds.size > 1) {
    const named = [
      ...(demo && !settings.demo ? ['demo'] : []),
      ...new Map(counted.map(({ kind, setting }) => [kind, setting.named])).values(),
    ];
    return wrong(`${named.join(' and ')}: one of them can answer, not both`);
  }
  const [kind] = kinds;
  const kube = readKube(settings);
  if (kind === 'servers' || (kind === undefined && kube)) return readServers(settings, kube);
  const stray = (['kubeconfig', 'namespace'] as const)
    .map((name) => settings[name])
    .find((each) => each?.by === 'flag');
  if (stray) return wrong(`${stray.named} is for clusters, and a recording answers here`);
  const idle = ONLY_SERVERS.map((name) => settings[name]).find((setting) => setting?.by === 'flag');
  if (idle) return wrong(`${idle.named} is for servers: name one with --mimir-url, --loki-url or --tempo-url`);
  if (kind === 'demo') return right({ kind: 'demo' });
  const file = lastOf(settings.replay);
  return right(kind === 'tape' && file !== undefined ? { kind, file } : { kind: 'nothing' });
}

function settingsOf(settings: Settings): readonly { kind: string; setting: Setting }[] {
  const found = [
    { kind: 'demo', setting: settings.demo },
    { kind: 'tape', setting: settings.replay },
    ...[...BACKENDS, 'agent' as const].map((each) => ({ kind: 'servers', setting: settings[`${each}-url`] })),
  ];
  return found.flatMap(({ kind, setting }) => (setting ? [{ kind, setting }] : []));
}

/** Undefined where nobody spoke of clusters. */
export function readKube({ context, kubeconfig, namespace }: Settings): KubeChoice | undefined {
  if (!context && !kubeconfig && !namespace) return undefined;
  return { contexts: [...new Set(context?.values)], kubeconfig: lastOf(kubeconfig), namespace: lastOf(namespace) };
}

/** Nobody was named: what the kubeconfig's current context leads to, if there is one. */
export const currentCluster = (): Where => ({
  kind: 'servers',
  servers: [],
  access: { headers: {}, insecure: false },
  kube: { contexts: [] },
});

function readServers(settings: Settings, kube: KubeChoice | undefined): Read<Where> {
  const servers: Server[] = [];
  for (const backend of BACKENDS) {
    const url = lastOf(settings[`${backend}-url`]);
    if (url === undefined) continue;
    const understood = understandUrl(backend, url);
    if (!understood.ok) return understood;
    servers.push({ backend, baseUrl: understood.baseUrl, place: understood.place, said: understood.said });
  }
  const agents = readAgents(settings['agent-url']);
  if (!agents.ok) return agents;
  const access = readAccess(settings);
  if (!access.ok) return access;
  // Dashboards alone are no stack: beside Grafana the kubeconfig's current context still answers.
  const only = kube === undefined && agents.value.length === 0 && servers.every(({ backend }) => backend === 'grafana');
  const clusters = only ? { kube: { contexts: [] } } : kube ? { kube } : {};
  const named = agents.value.length > 0 ? { agents: agents.value } : {};
  return right({ kind: 'servers', servers, access: access.value, ...named, ...clusters });
}

function readAgents(setting: Setting | undefined): Read<readonly AgentServer[]> {
  const found = new Map<string, AgentServer>();
  for (const text of setting?.values ?? []) {
    const understood = understandUrl('agent', text);
    if (!understood.ok) return understood;
    const { baseUrl } = understood;
    // Several agents may stand behind one host: the whole address tells them apart, and a port makes it no pod's name.
    const { host, port, pathname, protocol } = new URL(baseUrl);
    const place = `${port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host}${pathname.replace(/\/$/, '')}`;
    found.set(place, { baseUrl, place });
  }
  return right([...found.values()]);
}

function readAccess(settings: Settings): Read<Access> {
  const headers = readHeaders(settings.header);
  if (!headers.ok) return headers;
  const [bearer, basic] = [settings['bearer-token-file'], settings['basic-auth-file']];
  if (bearer && basic) return wrong(`${bearer.named} and ${basic.named}: only one of them can let you in`);
  const [cert, key] = [settings['cert-file'], settings['key-file']];
  if (!cert !== !key) return wrong(`${(cert ?? key)?.named} needs ${cert ? '--key-file' : '--cert-file'} beside it`);
  return right({
    headers: headers.value,
    bearerTokenFile: lastOf(bearer),
    basicAuthFile: lastOf(basic),
    secretFrom: (bearer ?? basic)?.from,
    ...readGrafanaToken(settings['grafana-token-file']),
    caFile: lastOf(settings['ca-file']),
    certFile: lastOf(cert),
    keyFile: lastOf(key),
    insecure: settings['insecure-skip-verify'] !== undefined,
  });
}

function readGrafanaToken(setting: Setting | undefined): Pick<Access, 'grafanaToken'> {
  const where = lastOf(setting);
  return where === undefined ? {} : { grafanaToken: { where, from: setting?.from } };
}

const SECRETS = ['authorization', 'proxy-authorization', 'cookie'];
const OURS = ['host', 'content-length', 'connection', 'transfer-encoding', 'accept-encoding'];

function readHeaders(setting: Setting | undefined): Read<Readonly<Record<string, string>>> {
  const headers: Record<string, string> = {};
  for (const text of setting?.values ?? []) {
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(0, equals)).trim().toLowerCase();
    const named = `${setting?.named} ${name}`;
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) {
      return wrong(`${setting?.named} is K=V, such as X-Team=shop; the name may hold letters, digits and dashes`);
    }
    if (name === 'x-scope-orgid') return wrong(`${named} is the tenant: give it with --tenant`);
    if (OURS.includes(name)) return wrong(`${named} is set by the connection itself`);
    if (SECRETS.includes(name) && setting?.by === 'flag') {
      return wrong(
        `${named} is a secret, and arguments are seen by everyone: --bearer-token-file, --basic-auth-file or LGTM_TUI_HEADER`,
      );
    }
    const value = text.slice(equals + 1).trim();
    if (!/^[\u0020-\u007e\u0080-\u00ff]*$/.test(value)) return wrong(`${named} has a value that no header can carry`);
    headers[name] = value;
  }
  return right(headers);
}
