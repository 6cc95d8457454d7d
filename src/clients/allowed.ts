import type { Asked } from '../domain/exchange.ts';

/*
 * A GET can be destructive (Mimir's and Loki's flush, Loki's shutdown), so that only what is known to read may go out.
 * Source: apis.md 0 to 3, read in the servers' own route tables.
 */

const LABEL_VALUES = ['prometheus/api/v1/label/*/values', 'loki/api/v1/label/*/values', 'api/v2/search/tag/*/values'];

const MIMIR = [
  'prometheus/api/v1/query',
  'prometheus/api/v1/query_range',
  'prometheus/api/v1/query_exemplars',
  'prometheus/api/v1/series',
  'prometheus/api/v1/labels',
  'prometheus/api/v1/metadata',
  'prometheus/api/v1/rules',
  'prometheus/api/v1/alerts',
  'prometheus/api/v1/cardinality/label_names',
  'prometheus/api/v1/cardinality/label_values',
  'api/v1/status/buildinfo',
  'api/v1/user_limits',
  'api/v1/user_stats',
  'distributor/all_user_stats',
  'ingester/tenants',
  'store-gateway/tenants',
  'runtime_config',
  'services',
  'config',
  'metrics',
  'ingester/ring',
  'ingester/partition-ring',
  'distributor/ring',
  'store-gateway/ring',
  'compactor/ring',
  'ruler/ring',
  'multitenant_alertmanager/ring',
  'memberlist',
];

const LOKI = [
  'loki/api/v1/query_range',
  'loki/api/v1/query',
  'loki/api/v1/tail',
  'loki/api/v1/labels',
  'loki/api/v1/series',
  'loki/api/v1/index/stats',
  'loki/api/v1/index/volume',
  'loki/api/v1/detected_labels',
  'loki/api/v1/detected_fields',
  'loki/api/v1/patterns',
  'loki/api/v1/drilldown-limits',
  'loki/api/v1/status/buildinfo',
  'services',
  'config',
  'metrics',
  'ring',
  'memberlist',
];

const TEMPO = [
  'api/traces/#',
  'api/v2/traces/#',
  'api/search',
  'api/v2/search/tags',
  'api/metrics/query',
  'api/metrics/query_range',
  'api/status/buildinfo',
  'api/echo',
  'status/services',
  'status/config',
  'status/overrides/*',
  'metrics',
  'ingester/ring',
  'live-store/ring',
  'partition-ring',
  'memberlist',
];

/** Which dashboards there are, and what is in them. Never data sources, users or snapshots. */
const GRAFANA = ['api/search', 'api/dashboards/uid/*', 'api/library-elements'];

/** Of the whole cluster or of one namespace. Never secrets. */
const LISTS = [
  'api/v1/pods',
  'api/v1/services',
  'api/v1/configmaps',
  'api/v1/events',
  'api/v1/persistentvolumeclaims',
  'apis/apps/v1/statefulsets',
  'apis/apps/v1/deployments',
  'apis/apps/v1/daemonsets',
  'apis/discovery.k8s.io/v1/endpointslices',
  'apis/policy/v1/poddisruptionbudgets',
  'apis/rollout-operator.grafana.com/v1/zoneawarepoddisruptionbudgets',
  'apis/metrics.k8s.io/v1beta1/pods',
];

const KUBERNETES = [
  'version',
  'api/v1/nodes',
  'api/v1/nodes/*',
  'api/v1/namespaces',
  'api/v1/namespaces/*/pods/*',
  'api/v1/namespaces/*/pods/*/log',
  'api/v1/namespaces/*/configmaps/*',
  'apis/scheduling.k8s.io/v1/priorityclasses',
  'apis/metrics.k8s.io/v1beta1/nodes',
  ...LISTS,
  ...LISTS.map((list) => list.replace(/\/([a-z]+)$/, '/namespaces/*/$1')),
];

/** Asked by POST, and yet only read: what the asker himself may do. */
const REVIEWS = [
  'apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  'apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
];

/** Alloy's `/-/reload` changes something by GET. */
const AGENT = ['metrics', 'api/v0/web/components', 'api/v0/web/components/*', 'api/v0/web/peers'];

const READS: Readonly<Record<string, readonly string[]>> = {
  mimir: [...MIMIR, ...LABEL_VALUES],
  loki: [...LOKI, ...LABEL_VALUES],
  tempo: [...TEMPO, ...LABEL_VALUES],
  grafana: GRAFANA,
  kubernetes: KUBERNETES,
  agent: AGENT,
};

export type Allowed = { readonly ok: true } | { readonly ok: false; readonly because: string };

/**
 * May this go out? Decided by method, component and path before a byte is sent.
 *
 * Fails: with a sentence that names the request; what is not on the list is not sent.
 */
export function mayGoOut(asked: Pick<Asked, 'component' | 'method' | 'path'>): Allowed {
  const { component, method, path } = asked;
  const backend = component.split(/[/:]/)[0] ?? '';
  const reads = Object.hasOwn(READS, backend) ? (READS[backend] ?? []) : [];
  if (method === 'GET' && isAmong(reads, path)) return { ok: true };
  if (method === 'POST' && backend === 'kubernetes' && isAmong(REVIEWS, path)) return { ok: true };
  return { ok: false, because: `${method} ${path} is not among the requests that only read: it was not sent` };
}

const HOP =
  /^\/api\/v1\/namespaces\/[a-z0-9-]{1,63}\/(services|pods)\/(https?:)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[a-z0-9-]{1,15})?\/proxy$/;

/**
 * May this go through the API server's proxy? What is asked behind it must only read, whoever carries it; the API server's
 * own paths cannot be reached so.
 */
export function mayGoThrough(hop: string, asked: Pick<Asked, 'component' | 'method' | 'path'>): Allowed {
  if (!HOP.test(hop) || asked.component.startsWith('kubernetes'))
    return { ok: false, because: `${hop} is no service or pod behind the API server: it was not sent` };
  return mayGoOut(asked);
}

const isAmong = (reads: readonly string[], path: string): boolean =>
  path.startsWith('/') && reads.some((read) => fits(read.split('/'), path.slice(1).split('/')));

const fits = (read: readonly string[], path: readonly string[]): boolean =>
  read.length === path.length && read.every((segment, at) => segmentFits(segment, path[at] ?? ''));

function segmentFits(segment: string, found: string): boolean {
  if (segment === '#') return /^[0-9a-f]{1,32}$/i.test(found);
  return segment === '*' ? isName(found) : segment === found;
}

/** A label or tag name: nothing that a server or proxy may take for a path, a query or a way up. */
function isName(segment: string): boolean {
  if (!/^[A-Za-z0-9_.:~!'()*%-]{1,500}$/.test(segment)) return false;
  try {
    const name = decodeURIComponent(segment);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for.
    return !/^\.{1,2}$/.test(name) && !/[/\\?#%\u0000-\u001f\u007f]/.test(name);
  } catch {
    return false;
  }
}
