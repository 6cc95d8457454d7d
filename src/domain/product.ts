import type { Container, KubeObject } from './kube.ts';

/** What a workload of the stack is. */
export type Product = 'mimir' | 'loki' | 'tempo' | 'grafana' | 'agent';

/** Who something was taken for, and by what. */
export interface Recognised {
  readonly product: Product;
  readonly component: string;
  /** The image that says so, where one does; else the first. */
  readonly image?: string;
  /** Sentences, the strongest first. */
  readonly because: readonly string[];
}

/** Labels first. Source: apis.md 6; `-distributed` where a chart's own name was not shortened. */
const BY_LABEL: Readonly<Record<string, Product>> = {
  mimir: 'mimir',
  'mimir-distributed': 'mimir',
  'enterprise-metrics': 'mimir',
  loki: 'loki',
  'loki-distributed': 'loki',
  'enterprise-logs': 'loki',
  tempo: 'tempo',
  'tempo-distributed': 'tempo',
  'enterprise-traces': 'tempo',
  grafana: 'grafana',
  alloy: 'agent',
  'grafana-agent': 'agent',
};

/** The last part of an image's repository. `agent` alone says nothing: everybody has agents. */
const BY_IMAGE: readonly (readonly [pattern: RegExp, product: Product])[] = [
  [/(^|\/)(mimir|enterprise-metrics)$/, 'mimir'],
  [/(^|\/)(loki|enterprise-logs)$/, 'loki'],
  [/(^|\/)(tempo|enterprise-traces)$/, 'tempo'],
  [/(^|\/)grafana(-enterprise)?$/, 'grafana'],
  [/(^|\/)alloy$/, 'agent'],
  [/(^|\/)grafana\/agent$/, 'agent'],
  // Agents and servers alike: both have queues if they write anywhere.
  [/(^|\/)(prom|prometheus|bitnami)\/prometheus$/, 'agent'],
];

/** Of all three charts, the longest first, so that `query-frontend` is not `frontend`. */
const COMPONENTS = [
  'overrides-exporter',
  'metrics-generator',
  'backend-scheduler',
  'query-scheduler',
  'query-frontend',
  'backend-worker',
  'single-binary',
  'block-builder',
  'store-gateway',
  'index-gateway',
  'bloom-gateway',
  'bloom-planner',
  'bloom-builder',
  'alertmanager',
  'distributor',
  'live-store',
  'compactor',
  'ingester',
  'querier',
  'gateway',
  'backend',
  'canary',
  'kafka',
  'nginx',
  'ruler',
  'write',
  'read',
] as const;

const NAME_LABEL = 'app.kubernetes.io/name';
const COMPONENT_LABEL = 'app.kubernetes.io/component';

/**
 * What a workload or a pod is, by label, then by image, then by the names that the charts give.
 *
 * Fails: undefined where nothing says that it belongs to the stack.
 */
export function recognise(
  object: KubeObject & { readonly containers: readonly Container[]; readonly podLabels?: KubeObject['labels'] },
): Recognised | undefined {
  const labels = { ...object.podLabels, ...object.labels };
  const nameLabel = labels[NAME_LABEL] ?? '';
  const byLabel = Object.hasOwn(BY_LABEL, nameLabel) ? BY_LABEL[nameLabel] : undefined;
  const byImage = productOfImages(object.containers);
  const byName = productOfName(object.name);
  const product = byLabel ?? byImage?.product ?? byName;
  if (product === undefined) return undefined;
  const image = byImage?.product === product ? byImage.image : object.containers[0]?.image;
  const chart = labels['helm.sh/chart'];
  return {
    product,
    component: componentOf(product, object, labels),
    image,
    because: [
      byLabel ? `label ${NAME_LABEL}=${nameLabel}` : '',
      labels[COMPONENT_LABEL] ? `label ${COMPONENT_LABEL}=${labels[COMPONENT_LABEL]}` : '',
      chart ? `chart ${chart}` : '',
      byImage?.product === product ? `image ${image}` : '',
      !byLabel && !byImage ? `its name, ${object.name}, is one that the charts give` : '',
    ].filter((sentence) => sentence !== ''),
  };
}

function productOfImages(containers: readonly Container[]): { product: Product; image: string } | undefined {
  for (const { image } of containers) {
    const repository = splitImage(image).repository;
    const found = BY_IMAGE.find(([pattern]) => pattern.test(repository));
    if (found) return { product: found[1], image };
  }
  return undefined;
}

const BY_NAME = new RegExp(`(^|-)(mimir|loki|tempo)-(${COMPONENTS.join('|')})(-zone-[a-z])?$`);

function productOfName(name: string): Product | undefined {
  const found = BY_NAME.exec(name)?.[2];
  return found === 'mimir' || found === 'loki' || found === 'tempo' ? found : undefined;
}

/** A container that is a Prometheus itself, not what stands beside one. */
export const isPrometheus = ({ image }: Pick<Container, 'image'>): boolean =>
  /(^|\/)prometheus$/.test(splitImage(image).repository);

function componentOf(
  product: Product,
  { name, containers }: KubeObject & { readonly containers: readonly Container[] },
  labels: KubeObject['labels'],
): string {
  if (product === 'agent' && containers.some(isPrometheus)) return 'prometheus';
  if (product === 'agent') return labels[NAME_LABEL] === 'grafana-agent' ? 'grafana-agent' : 'alloy';
  if (product === 'grafana') return 'grafana';
  const label = labels[COMPONENT_LABEL]?.replace(/-zone-[a-z]$/, '');
  if (label) return label === product ? 'single-binary' : label;
  const shortened = name.replace(/-[0-9]+$/, '').replace(/-zone-[a-z]$/, '');
  const byName = COMPONENTS.find((component) => shortened.endsWith(`-${component}`));
  return byName ?? targetOf(containers) ?? 'single-binary';
}

/** `-target=ingester`; a list of modules, or `all`, is one process with everything. */
function targetOf(containers: readonly Container[]): string | undefined {
  const targets = containers.flatMap(({ args }) => args.flatMap((arg) => /^--?target=([a-z-]+)$/.exec(arg)?.[1] ?? []));
  const [target] = targets;
  return target === undefined || target === 'all' ? undefined : target;
}

/** `repo/name:tag@digest` in its parts; a port before the path is no tag. */
export function splitImage(image: string): { repository: string; tag?: string } {
  const [named = ''] = image.split('@');
  const colon = named.lastIndexOf(':');
  if (colon < 0 || named.slice(colon).includes('/')) return { repository: named };
  return { repository: named.slice(0, colon), tag: named.slice(colon + 1) };
}

export interface Version {
  readonly version: string;
  readonly from: 'build info' | 'image tag' | 'label';
}

/** What is declared: the image's tag, unless that says nothing, else the label. */
export function declaredVersion(image: string | undefined, labels: KubeObject['labels']): Version | undefined {
  const tag = image === undefined ? undefined : splitImage(image).tag;
  if (tag !== undefined && !/^(latest|main|master|stable)$/.test(tag)) return { version: tag, from: 'image tag' };
  const label = labels['app.kubernetes.io/version'];
  if (label) return { version: label, from: 'label' };
  return tag === undefined ? undefined : { version: tag, from: 'image tag' };
}
