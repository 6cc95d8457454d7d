import type { RequestOptions } from 'node:https';
import type { Cluster, Context, User } from '@kubernetes/client-node';
import type { FaultKind } from '../domain/result.ts';
import { cut } from './faults.ts';

/** What lets a request into one cluster. Never printed, never in the journal. */
export interface Pass {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: KubeTls;
  readonly proxyUrl?: string;
}

/** PEM texts, and the name that the server's certificate is checked for. */
export interface KubeTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly insecure?: boolean;
}

export type Harvest =
  | { readonly ok: true; readonly pass: Pass }
  | { readonly ok: false; readonly kind: FaultKind; readonly said: string };

/** The door of one context. */
export interface KubeLogin {
  readonly context: string;
  readonly user: string;
  /** Without a slash at the end. */
  readonly server: string;
  readonly namespace?: string;
  /** A plugin, a token file or OIDC may have a newer token; what stands in the kubeconfig itself has not. */
  readonly renews: boolean;
  /** `again`: what was given before was refused, so that nothing remembered may be given once more. */
  pass(again?: boolean): Promise<Harvest>;
}

/** client-node looks at plugins and token files whenever it is asked; once in so many milliseconds is enough. */
const PASS_MS = 20_000;
/** Four requests that are refused together need one new token, not four. */
const RENEW_MS = 1_000;
/** A plugin that waits for a browser or a password cannot be answered here. */
const PLUGIN_MS = 30_000;

/**
 * How one context is let in: token, client certificate, exec plugin and OIDC are client-node's work.
 *
 * However many requests wait, a plugin runs once.
 */
export function makeLogin(parts: { context: Context; cluster: Cluster; user: User }): KubeLogin {
  const { context, cluster, user } = parts;
  let running: Promise<Harvest> | undefined;
  let given: { readonly atMs: number; readonly again: boolean; readonly harvest: Harvest } | undefined;
  let asker = makeAsker(parts);

  const harvest = async (): Promise<Harvest> => {
    try {
      return { ok: true, pass: await inTime(asker(), PLUGIN_MS) };
    } catch (thrown) {
      return { ok: false, kind: 'auth', said: sayPlugin(thrown, user) };
    }
  };
  return {
    context: context.name,
    user: user.name,
    server: cluster.server,
    namespace: context.namespace,
    renews: user.exec !== undefined || user.authProvider !== undefined,
    pass(again = false) {
      if (running) return running;
      const freshMs = !again ? PASS_MS : given?.again ? RENEW_MS : 0;
      if (given && performance.now() - given.atMs < freshMs) return Promise.resolve(given.harvest);
      // What client-node remembers of a token goes with the object that remembers it.
      if (again) asker = makeAsker(parts);
      running = harvest().then((found) => {
        given = found.ok ? { atMs: performance.now(), again, harvest: found } : undefined;
        running = undefined;
        return found;
      });
      return running;
    },
  };
}

type Asker = () => Promise<Pass>;

function makeAsker({ context, cluster, user }: { context: Context; cluster: Cluster; user: User }): Asker {
  let config: Promise<{ applyToHTTPSOptions(options: RequestOptions): Promise<void> }> | undefined;
  return async () => {
    config ??= import('./kube-library.ts').then(({ KubeConfig }) => {
      const own = new KubeConfig();
      // `kubectl proxy` speaks plain HTTP on this machine; client-node wants a word that this is meant.
      const plain = cluster.server.startsWith('http:');
      own.loadFromOptions({
        clusters: [{ ...cluster, proxyUrl: undefined, ...(plain ? { skipTLSVerify: true } : {}) }],
        users: [user],
        contexts: [context],
        currentContext: context.name,
      });
      return own;
    });
    const options: RequestOptions & { servername?: string } = {};
    await (await config).applyToHTTPSOptions(options);
    return passOf(options, cluster.proxyUrl);
  };
}

function passOf(options: RequestOptions & { servername?: string }, proxyUrl: string | undefined): Pass {
  const headers = Object.entries({ ...options.headers }).map(([name, value]) => [
    name.toLowerCase(),
    String(value).trim(),
  ]);
  if (typeof options.auth === 'string')
    headers.push(['authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`]);
  const text = (value: unknown): string | undefined =>
    value === undefined || value === null ? undefined : Buffer.isBuffer(value) ? value.toString('utf8') : String(value);
  return {
    headers: Object.fromEntries(headers),
    tls: {
      ca: text(options.ca),
      cert: text(options.cert),
      key: text(options.key),
      serverName: options.servername,
      ...(options.rejectUnauthorized === false ? { insecure: true } : {}),
    },
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  };
}

async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done within ${milliseconds / 1000} s`)), milliseconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Which part of the kubeconfig does not let us in, in its own words. */
function sayPlugin(thrown: unknown, user: User): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const first = message.split('\n').find((line) => line.trim() !== '') ?? 'without a word';
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  const command: unknown = user.exec?.command;
  if (typeof command === 'string') {
    const plugin = `the exec plugin ${command} of user ${user.name}`;
    if (code === 'ENOENT') return `${plugin} is not installed here: install it, or choose another --context`;
    return cut(`${plugin} fails: ${first}; run "kubectl get pods" once in a shell to log in`);
  }
  if (code === 'ENOENT') return cut(`user ${user.name} of the kubeconfig names a file that is not there: ${first}`);
  return cut(`user ${user.name} of the kubeconfig cannot log in: ${first}`);
}
