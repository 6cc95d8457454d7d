import type { KubeObject } from './kube.ts';
import type { USES } from './ring-rules.ts';

/** A component whose replicas should stand apart. */
export interface SpreadComponent {
  /** `mimir ingester`: also the name of its ring. */
  readonly id: string;
  readonly product: 'mimir' | 'loki' | 'tempo';
  /** Five characters at most, for the head of a column. */
  readonly short: string;
  /** Values of `app.kubernetes.io/component` that its pods have. Source: apis.md 6. */
  readonly labels: readonly string[];
  /** It has a ring of members. */
  readonly ring: boolean;
  /** Keys are placed by the ring's tokens, by this rule. */
  readonly use?: keyof typeof USES;
  /** It may own partitions, by this ring. */
  readonly partitions?: 'mimir partitions' | 'tempo partitions';
  /** It holds what is nowhere else yet. */
  readonly holdsData?: true;
  /** Series, streams or traces that a usual push holds: one without its quorum fails it whole. */
  readonly keysPerPush?: number;
  /** What a share of it is called once no member is left for it: "of the blocks cannot be read". */
  readonly withoutAny?: string;
  /** Reads and writes go on without it. */
  readonly beside?: true;
}

/**
 * What `spread` looks at, in this order.
 *
 * `keysPerPush`: Prometheus and Alloy send 2,000 samples a batch (max_samples_per_send); the others are ours (heuristic).
 */
export const SPREAD_COMPONENTS: readonly SpreadComponent[] = [
  {
    id: 'mimir ingester',
    short: 'M·ING',
    product: 'mimir',
    labels: ['ingester', 'write'],
    ring: true,
    use: 'mimir ingester',
    partitions: 'mimir partitions',
    holdsData: true,
    keysPerPush: 2_000,
  },
  {
    id: 'loki ingester',
    short: 'L·ING',
    product: 'loki',
    labels: ['ingester', 'write', 'single-binary'],
    ring: true,
    use: 'loki ingester',
    holdsData: true,
    keysPerPush: 20,
  },
  {
    id: 'tempo ingester',
    short: 'T·ING',
    product: 'tempo',
    labels: ['ingester'],
    ring: true,
    use: 'tempo ingester',
    holdsData: true,
    keysPerPush: 200,
  },
  {
    id: 'tempo live-store',
    short: 'T·LS',
    product: 'tempo',
    labels: ['live-store'],
    ring: true,
    partitions: 'tempo partitions',
    holdsData: true,
  },
  { id: 'tempo block-builder', short: 'T·BB', product: 'tempo', labels: ['block-builder'], ring: false },
  {
    id: 'mimir store-gateway',
    short: 'M·SG',
    product: 'mimir',
    labels: ['store-gateway'],
    ring: true,
    use: 'mimir store-gateway',
    withoutAny: 'of the blocks cannot be read',
  },
  { id: 'mimir distributor', short: 'M·DIS', product: 'mimir', labels: ['distributor'], ring: true },
  { id: 'mimir compactor', short: 'M·COM', product: 'mimir', labels: ['compactor'], ring: true, beside: true },
  {
    id: 'mimir ruler',
    short: 'M·RUL',
    product: 'mimir',
    labels: ['ruler'],
    ring: true,
    use: 'mimir ruler',
    withoutAny: 'of the rules are evaluated by nobody',
    beside: true,
  },
  {
    id: 'mimir alertmanager',
    short: 'M·ALM',
    product: 'mimir',
    labels: ['alertmanager'],
    ring: true,
    use: 'mimir alertmanager',
    withoutAny: 'of the alerts are sent by nobody',
    beside: true,
  },
];

export const productOf = ({ labels }: Pick<KubeObject, 'labels'>): string => labels['app.kubernetes.io/name'] ?? '';
export const componentOf = ({ labels }: Pick<KubeObject, 'labels'>): string =>
  labels['app.kubernetes.io/component'] ?? '';

/** Is it a pod of this component, by its labels? */
export const isOf = (component: SpreadComponent, object: Pick<KubeObject, 'labels'>): boolean =>
  productOf(object) === component.product && component.labels.includes(componentOf(object));

/** What a read or a write passes through. Without one ready replica of it, reads or writes stop. */
const ON_THE_WAY = new Set([
  'distributor',
  'ingester',
  'gateway',
  'nginx',
  'querier',
  'query-frontend',
  'query-scheduler',
  'store-gateway',
  'index-gateway',
  'live-store',
  'block-builder',
  'kafka',
  'read',
  'write',
  'backend',
  'single-binary',
]);

/** Does every read or write pass through it? Rules, compaction, dashboards and exporters are beside the way. */
export const isOnTheWay = (object: Pick<KubeObject, 'labels'>): boolean =>
  ['mimir', 'loki', 'tempo'].includes(productOf(object)) && ON_THE_WAY.has(componentOf(object));
