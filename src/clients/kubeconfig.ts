import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { cut } from './faults.ts';
import { type KubeLogin, makeLogin } from './kube-login.ts';

/** One entry of the kubeconfig's `contexts`. */
export interface KubeContext {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string;
  readonly server?: string;
}

/** Every kubeconfig file together, as kubectl merges them: the first that has a name wins. */
export interface Kubeconfig {
  readonly contexts: readonly KubeContext[];
  readonly current?: string;
  /** The files that were read. */
  readonly files: readonly string[];
  /** Fails: with a sentence, where the context is not there or leads nowhere. */
  open(name: string): { readonly ok: true; readonly login: KubeLogin } | Refusal;
}

interface Refusal {
  readonly ok: false;
  readonly because: string;
}

export interface KubeconfigOptions {
  /** `--kubeconfig`; else `KUBECONFIG`, else `~/.kube/config`, else the pod's own service account. */
  readonly file?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * Read the kubeconfig; nothing is asked of a cluster yet, and no plugin is run.
 *
 * Fails: with a sentence that names the file; of several in KUBECONFIG those that are missing are passed over.
 */
export async function readKubeconfig(
  options: KubeconfigOptions,
): Promise<{ readonly ok: true; readonly value: Kubeconfig } | Refusal> {
  const { KubeConfig: Library } = await import('./kube-library.ts');
  const { files, named } = filesOf(options);
  const merged = new Library();
  const read: string[] = [];
  for (const file of files) {
    const text = await readText(file);
    if (text.ok) {
      const loaded = load(new Library(), file, text.text);
      if (!loaded.ok) return loaded;
      merge(merged, loaded.config);
      read.push(file);
    } else if (text.code !== 'ENOENT') return refusal(`${named} ${file} cannot be read: ${text.code}`);
  }
  if (read.length === 0) {
    const inside = await readText(SERVICE_ACCOUNT);
    if (options.file === undefined && inside.ok && options.env.KUBERNETES_SERVICE_HOST) merged.loadFromCluster();
    else return refusal(`${named} ${files.join(delimiter)}: no such file`);
  }
  return { ok: true, value: kubeconfigOf(merged, read.length > 0 ? read : [SERVICE_ACCOUNT]) };
}

function filesOf({ file, env }: KubeconfigOptions): { files: readonly string[]; named: string } {
  if (file !== undefined) return { files: [file], named: '--kubeconfig' };
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((each) => each !== '');
  if (listed.length > 0) return { files: listed, named: 'KUBECONFIG' };
  return { files: [join(env.HOME || homedir(), '.kube', 'config')], named: 'kubeconfig' };
}

async function readText(file: string): Promise<{ ok: true; text: string } | { ok: false; code: string }> {
  try {
    return { ok: true, text: await readFile(file, 'utf8') };
  } catch (thrown) {
    return { ok: false, code: thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unreadable' };
  }
}

/** Entries that are not complete are left out: a context that needs one says so when it is opened. */
function load(config: KubeConfig, file: string, text: string): { ok: true; config: KubeConfig } | Refusal {
  if (text.trim() === '') return { ok: true, config };
  try {
    config.loadFromString(text, { onInvalidEntry: 'filter' });
    config.makePathsAbsolute(join(file, '..'));
    return { ok: true, config };
  } catch (thrown) {
    const said = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
    return refusal(`${file} is no kubeconfig: ${cut(said)}`);
  }
}

/** client-node throws on a name that stands in two files; kubectl takes the first. */
function merge(into: KubeConfig, from: KubeConfig): void {
  const fresh = <T extends { name: string }>(known: readonly T[], more: readonly T[]): T[] =>
    more.filter(({ name }) => !known.some((each) => each.name === name));
  into.clusters = [...into.clusters, ...fresh(into.clusters, from.clusters)];
  into.users = [...into.users, ...fresh(into.users, from.users)];
  into.contexts = [...into.contexts, ...fresh(into.contexts, from.contexts)];
  if (!into.currentContext && from.currentContext) into.setCurrentContext(from.currentContext);
}

function kubeconfigOf(config: KubeConfig, files: readonly string[]): Kubeconfig {
  const contexts = config.contexts.map(
    ({ name, cluster, user, namespace }): KubeContext => ({
      name,
      cluster,
      user,
      namespace,
      server: config.getCluster(cluster)?.server,
    }),
  );
  const where = files.join(delimiter);
  return {
    contexts,
    ...(config.currentContext ? { current: config.currentContext } : {}),
    files,
    open(name) {
      const context = config.getContextObject(name);
      if (!context) return refusal(sayMissing(name, contexts, where));
      const cluster = config.getCluster(context.cluster);
      if (!cluster) return refusal(`context ${name}: its cluster "${context.cluster}" is not in ${where}`);
      if (!/^https?:\/\//.test(cluster.server) || !URL.canParse(cluster.server))
        return refusal(`context ${name}: the server of cluster ${cluster.name} is no URL: ${cut(cluster.server)}`);
      const user = config.getUser(context.user);
      if (!user) return refusal(`context ${name}: its user "${context.user}" is not in ${where}`);
      return { ok: true, login: makeLogin({ context, cluster, user }) };
    },
  };
}

const LISTED_MAX = 8;

function sayMissing(name: string, contexts: readonly KubeContext[], where: string): string {
  const names = contexts.map((each) => each.name);
  if (names.length === 0) return `no context "${name}": ${where} has none`;
  const more = names.length > LISTED_MAX ? ` and ${names.length - LISTED_MAX} more` : '';
  return `no context is called "${name}"; ${where} has ${names.slice(0, LISTED_MAX).join(', ')}${more}`;
}

const refusal = (because: string): Refusal => ({ ok: false, because });
