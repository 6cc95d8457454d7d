import type { Backend } from '../domain/result.ts';

/** Who was asked, as told from the name and address of an entry that does not say it itself. */
export interface Place {
  readonly component: string;
  readonly identity: string;
  /** Below the component's prefix. */
  readonly path: string;
  /** Answers only who asks exactly so, and adds no tenant to the recording. */
  readonly exact: boolean;
}

/** What one component of Mimir says of itself. Source: `_name` and address in the recordings' own list of questions. */
const MIMIR_PARTS: Readonly<Record<string, string>> = {
  'ring/ingester': 'distributor',
  'ring/distributor': 'distributor',
  'ring/html': 'distributor',
  'ring/store-gateway': 'store-gateway',
  'ring/compactor': 'compactor',
  'ring/ruler': 'ruler',
  all_user_stats: 'distributor',
  runtime_config: 'distributor',
  memberlist: 'distributor',
  services: 'distributor',
  'config/diff': 'distributor',
  'distributor/metrics': 'distributor',
  'ingester/metrics': 'ingester-0',
  'ingester/tenants': 'ingester-0',
  'store-gateway/tenants': 'store-gateway',
  'compactor/tenants': 'compactor',
  'overrides-exporter/metrics': 'overrides-exporter',
};

const EXACT = /^(error|entry)\/|\/viewer\/|\/(bad-token|no-token)$/;

/**
 * Tell the component of an entry from its `_name`, and where that says nothing from the path.
 *
 * `agent/metrics/TENANT` is the agent named by its tenant; `kubernetes/CONTEXT/…` a cluster;
 * `entry/ENTRY/mimir/…` a further entry point, except the plain gateway, which is `mimir` itself.
 */
export function placeOf(name: string, path: string): Place {
  const parts = name.split('/');
  const exact = EXACT.test(name);
  if (parts[0] === 'agent') return { component: `agent/${parts.slice(2).join('/')}`, identity: '', path, exact };
  if (parts[0] === 'kubernetes')
    return { component: `kubernetes/${parts[1] ?? ''}`, identity: kubernetesUser(name), path, exact };
  if (parts[0] === 'entry') return entryPlace(parts, path);
  if (parts[0] === 'mimir') {
    const part = MIMIR_PARTS[parts.slice(1).join('/')];
    return { component: part ? `mimir/${part}` : 'mimir', identity: '', path, exact };
  }
  return { component: backendOf(parts, path), identity: '', path, exact };
}

function kubernetesUser(name: string): string {
  if (name.includes('/viewer/')) return 'viewer';
  return /\/(bad-token|no-token)$/.exec(name)?.[1] ?? '';
}

/** `entry/ENTRY/BACKEND[-WHAT]/TENANT/user-USER`: behind one address, Loki and Tempo stand under a prefix. */
function entryPlace(parts: readonly string[], path: string): Place {
  const [, entry = '', what = ''] = parts;
  const backend = what.split('-')[0] ?? '';
  const user = parts.at(-1) ?? '';
  const below =
    path.startsWith(`/${backend}/loki/`) || backend === 'tempo'
      ? path.replace(new RegExp(`^/${backend}(?=/)`), '')
      : path;
  return {
    component: entry === 'plain' ? backend : `${backend}:${entry}`,
    identity: user.startsWith('user-') ? user.slice('user-'.length) : '',
    path: below,
    exact: true,
  };
}

function backendOf(parts: readonly string[], path: string): string {
  const named = parts.find((part) => part === 'mimir' || part === 'loki' || part === 'tempo');
  if (named) return named;
  if (path.startsWith('/loki/')) return 'loki';
  return /^\/api\/(search|traces|v2|metrics|status)\b/.test(path) ? 'tempo' : 'mimir';
}

const BACKENDS: readonly Backend[] = ['mimir', 'loki', 'tempo', 'grafana', 'kubernetes', 'agent'];

/** `mimir/distributor` and `mimir:defaulting` are of Mimir. */
export const backendOfComponent = (component: string): Backend | undefined =>
  BACKENDS.find(
    (backend) => component === backend || component.startsWith(`${backend}/`) || component.startsWith(`${backend}:`),
  );
