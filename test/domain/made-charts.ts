import type { Inventory } from '../../src/domain/discover.ts';
import type { KubeService, Pod, Workload, WorkloadKind } from '../../src/domain/kube.ts';

/** One workload of a chart: its name behind the release's, its component's label, its ports by name. */
interface Part {
  readonly name: string;
  readonly component?: string;
  readonly image: string;
  readonly kind?: WorkloadKind;
  readonly ports?: Readonly<Record<string, number>>;
  /** Of its service; absent: none. */
  readonly service?: Readonly<Record<string, number>>;
  readonly extra?: Readonly<Record<string, string>>;
}

interface Chart {
  readonly release: string;
  /** `app.kubernetes.io/name`. */
  readonly label: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly parts: readonly Part[];
}

const listed = (ports: Readonly<Record<string, number>> = {}) =>
  Object.entries(ports).map(([name, port]) => ({ name, port }));

/** As the templates render them: the selector's labels on workload and pods, the chart's on the workload as well. */
export function rendered(charts: readonly Chart[]): Inventory {
  const all = charts.flatMap((chart) => chart.parts.map((part) => ({ chart, part })));
  const selectorOf = ({ release, label }: Chart, { component }: Part) => ({
    'app.kubernetes.io/name': label,
    'app.kubernetes.io/instance': release,
    ...(component ? { 'app.kubernetes.io/component': component } : {}),
  });
  const containersOf = ({ image, ports }: Part) => [{ name: 'main', image, args: [], ports: listed(ports) }];
  const workloads = all.map(({ chart, part }): Workload => {
    const selector = selectorOf(chart, part);
    return {
      kind: part.kind ?? 'Deployment',
      namespace: 'obs',
      name: part.name,
      labels: { ...selector, 'app.kubernetes.io/managed-by': 'Helm', ...chart.labels, ...part.extra },
      podLabels: { ...selector, ...part.extra },
      selector,
      desired: 1,
      ready: 1,
      containers: containersOf(part),
      configMaps: [],
    };
  });
  const services = all.flatMap(({ chart, part }): KubeService[] =>
    part.service === undefined
      ? []
      : [
          {
            namespace: 'obs',
            name: part.name,
            labels: selectorOf(chart, part),
            selector: selectorOf(chart, part),
            ports: listed(part.service),
            headless: false,
          },
        ],
  );
  const pods = all.map(
    ({ chart, part }, at): Pod => ({
      namespace: 'obs',
      name: `${part.name}-0`,
      labels: { ...selectorOf(chart, part), ...part.extra },
      ip: `10.0.0.${at + 1}`,
      hostNetwork: false,
      phase: 'Running',
      ready: true,
      containers: containersOf(part),
      restarts: 0,
      configMaps: [],
      leaving: false,
    }),
  );
  return { cluster: 'c', workloads, services, pods };
}

const HTTP = { 'http-metrics': 8080, grpc: 9095 };
const MIMIR = 'docker.io/grafana/mimir:3.0.2';
const NGINX = 'docker.io/nginxinc/nginx-unprivileged:1.29-alpine';
const CACHE = 'memcached:1.6.39-alpine';
const mimirParts = (prefix: string, image: string): Part[] =>
  ['distributor', 'querier', 'query-frontend', 'query-scheduler', 'ruler', 'store-gateway', 'compactor'].map(
    (component) => ({ name: `${prefix}-${component}`, component, image, ports: HTTP, service: HTTP }),
  );
const zoned = (prefix: string, component: string, image: string, ports: Record<string, number>): Part[] =>
  ['zone-a', 'zone-b', 'zone-c'].map((zone) => ({
    name: `${prefix}-${component}-${zone}`,
    component,
    image,
    kind: 'StatefulSet',
    ports,
    service: ports,
    extra: { name: `${component}-${zone}`, 'rollout-group': component, zone },
  }));
const LOKI = { 'http-metrics': 3100, grpc: 9095 };
const lokiParts = (prefix: string, image: string, components: readonly string[]): Part[] =>
  components.map((component) => ({ name: `${prefix}-${component}`, component, image, ports: LOKI, service: LOKI }));
const lokiBeside = (prefix: string): Part[] => [
  {
    name: `${prefix}-gateway`,
    component: 'gateway',
    image: NGINX,
    ports: { 'http-metrics': 8080 },
    service: { http: 80 },
  },
  { name: `${prefix}-canary`, component: 'canary', image: 'grafana/loki-canary:3.6.3', kind: 'DaemonSet' },
  { name: `${prefix}-chunks-cache`, component: 'memcached-chunks-cache', image: CACHE, kind: 'StatefulSet' },
];
const tempoParts = (prefix: string, image: string, port: number, components: readonly string[]): Part[] =>
  components.map((component) => {
    const ports = { 'http-metrics': port, grpc: 9095 };
    // The distributor's service begins with what it takes in.
    const service = component === 'distributor' ? { 'grpc-otlp': 4317, 'otlp-http': 4318, ...ports } : ports;
    return { name: `${prefix}-${component}`, component, image, ports, service };
  });
const TEMPO_3 = [
  'distributor',
  'live-store',
  'block-builder',
  'backend-scheduler',
  'backend-worker',
  'querier',
  'query-frontend',
  'metrics-generator',
];
const TEMPO_2 = ['distributor', 'ingester', 'compactor', 'querier', 'query-frontend'];

interface Case {
  readonly chart: string;
  readonly charts: readonly Chart[];
  /** Database, its mode, the way that its questions take first, and the version of its ingesting workload. */
  readonly finds: readonly (readonly [kind: string, mode: string, way: string, version: string])[];
}

/**
 * Made after the templates and rendered examples of the charts themselves. Source: mimir operations/helm (rendered
 * tests); grafana-community loki 18, tempo-distributed 3.3, tempo; grafana loki-distributed 0.80, tempo-distributed 1.x,
 * lgtm-distributed 3.0.1.
 */
export const CASES: readonly Case[] = [
  {
    chart: 'mimir-distributed 6 (Mimir 3, Kafka, gateway)',
    charts: [
      {
        release: 'prod',
        label: 'mimir',
        labels: { 'helm.sh/chart': 'mimir-distributed-6.0.5', 'app.kubernetes.io/version': '3.0.2' },
        parts: [
          ...mimirParts('prod-mimir', MIMIR),
          ...zoned('prod-mimir', 'ingester', MIMIR, HTTP),
          { name: 'prod-mimir-kafka', component: 'kafka', image: 'apache/kafka-native:4.1.0', kind: 'StatefulSet' },
          { name: 'prod-mimir-chunks-cache', component: 'chunks-cache', image: CACHE, kind: 'StatefulSet' },
          {
            name: 'prod-mimir-gateway',
            component: 'gateway',
            image: NGINX,
            ports: { 'http-metrics': 8080 },
            service: { 'http-metrics': 80, 'legacy-http-metrics': 8080 },
          },
        ],
      },
    ],
    finds: [['mimir', 'ingest-storage', 'service proxy obs/prod-mimir-query-frontend:8080', '3.0.2']],
  },
  {
    chart: 'mimir-distributed 5.8 (Mimir 2, nginx)',
    charts: [
      {
        release: 'mimir',
        label: 'mimir',
        labels: { 'helm.sh/chart': 'mimir-distributed-5.8.0' },
        parts: [
          ...mimirParts('mimir', 'grafana/mimir:2.17.1'),
          ...zoned('mimir', 'ingester', 'grafana/mimir:2.17.1', HTTP),
          {
            name: 'mimir-nginx',
            component: 'nginx',
            image: NGINX,
            ports: { 'http-metric': 8080 },
            service: { 'http-metric': 80 },
          },
        ],
      },
    ],
    finds: [['mimir', 'classic', 'service proxy obs/mimir-query-frontend:8080', '2.17.1']],
  },
  {
    chart: 'loki 18 of grafana-community, distributed',
    charts: [
      {
        release: 'logs',
        label: 'loki',
        labels: { 'helm.sh/chart': 'loki-18.11.0', 'app.kubernetes.io/version': '3.7.6' },
        parts: [
          ...lokiParts('logs-loki', 'docker.io/grafana/loki:3.7.6', [
            'distributor',
            'querier',
            'query-frontend',
            'index-gateway',
          ]),
          ...zoned('logs-loki', 'ingester', 'docker.io/grafana/loki:3.7.6', LOKI),
          ...lokiBeside('logs-loki'),
        ],
      },
    ],
    finds: [['loki', 'distributed', 'service proxy obs/logs-loki-query-frontend:3100', '3.7.6']],
  },
  {
    chart: 'loki of grafana, simple scalable',
    charts: [
      {
        release: 'loki',
        label: 'loki',
        parts: [
          ...lokiParts('loki', 'docker.io/grafana/loki:3.5.7', ['read', 'write', 'backend']),
          ...lokiBeside('loki'),
        ],
      },
    ],
    finds: [['loki', 'simple-scalable', 'service proxy obs/loki-read:3100', '3.5.7']],
  },
  {
    chart: 'loki, one binary',
    charts: [
      {
        release: 'loki',
        label: 'loki',
        parts: [
          {
            name: 'loki',
            component: 'single-binary',
            image: 'docker.io/grafana/loki:3.6.3',
            kind: 'StatefulSet',
            ports: LOKI,
            service: LOKI,
          },
          ...lokiBeside('loki'),
        ],
      },
    ],
    finds: [['loki', 'single-binary', 'service proxy obs/loki:3100', '3.6.3']],
  },
  {
    chart: 'tempo-distributed 3 (Tempo 3)',
    charts: [
      { release: 'tr', label: 'tempo', parts: tempoParts('tr-tempo', 'docker.io/grafana/tempo:3.0.3', 3200, TEMPO_3) },
    ],
    finds: [['tempo', 'live-store', 'service proxy obs/tr-tempo-query-frontend:3200', '3.0.3']],
  },
  {
    chart: 'tempo-distributed 1 (Tempo 2, the older port)',
    charts: [{ release: 'tempo', label: 'tempo', parts: tempoParts('tempo', 'grafana/tempo:2.6.1', 3100, TEMPO_2) }],
    finds: [['tempo', 'ingesters', 'service proxy obs/tempo-query-frontend:3100', '2.6.1']],
  },
  {
    chart: 'tempo, one binary: no component, ports of its own names',
    charts: [
      {
        release: 'tempo',
        label: 'tempo',
        parts: [
          {
            name: 'tempo',
            image: 'grafana/tempo:2.9.0',
            kind: 'StatefulSet',
            ports: { 'prom-metrics': 3200, 'otlp-grpc': 4317 },
            service: { 'tempo-jaeger-thrift-http': 14268, 'tempo-prom-metrics': 3200, 'grpc-tempo-otlp': 4317 },
          },
        ],
      },
    ],
    finds: [['tempo', 'ingesters', 'service proxy obs/tempo:3200', '2.9.0']],
  },
  {
    chart: 'lgtm-distributed 3: three charts by aliases, one release',
    charts: [
      {
        release: 'lgtm',
        label: 'mimir',
        parts: [
          ...mimirParts('lgtm-mimir', 'grafana/mimir:2.17.0'),
          { name: 'lgtm-mimir-nginx', component: 'nginx', image: NGINX, service: { 'http-metric': 80 } },
        ],
      },
      {
        release: 'lgtm',
        label: 'loki',
        labels: { 'helm.sh/chart': 'loki-0.80.5' },
        parts: [
          ...['distributor', 'ingester', 'querier', 'query-frontend'].map((component) => ({
            name: `lgtm-loki-${component}`,
            component,
            image: 'docker.io/grafana/loki:2.9.13',
            ports: { http: 3100, grpc: 9095 },
            service: { http: 3100, grpc: 9095 },
          })),
          { name: 'lgtm-loki-gateway', component: 'gateway', image: NGINX, service: { http: 80 } },
        ],
      },
      { release: 'lgtm', label: 'tempo', parts: tempoParts('lgtm-tempo', 'grafana/tempo:2.9.0', 3200, TEMPO_2) },
    ],
    finds: [
      ['mimir', 'classic', 'service proxy obs/lgtm-mimir-query-frontend:8080', '2.17.0'],
      ['loki', 'distributed', 'service proxy obs/lgtm-loki-query-frontend:3100', '2.9.13'],
      ['tempo', 'ingesters', 'service proxy obs/lgtm-tempo-query-frontend:3200', '2.9.0'],
    ],
  },
  {
    chart: 'loki-distributed by itself',
    charts: [
      {
        release: 'r',
        label: 'loki-distributed',
        parts: lokiParts('r-loki-distributed', 'docker.io/grafana/loki:2.9.13', [
          'querier',
          'query-frontend',
          'ingester',
        ]),
      },
    ],
    finds: [['loki', 'distributed', 'service proxy obs/r-loki-distributed-query-frontend:3100', '2.9.13']],
  },
  {
    chart: 'the reference setup: one umbrella release',
    charts: [
      {
        release: 'monitoring-server',
        label: 'mimir',
        parts: [
          ...mimirParts('monitoring-server-mimir', 'grafana/mimir:2.16.0'),
          { name: 'monitoring-server-mimir-nginx', component: 'nginx', image: NGINX, service: { 'http-metric': 80 } },
        ],
      },
      {
        release: 'monitoring-server',
        label: 'loki',
        parts: [
          ...lokiParts('monitoring-server-loki', 'grafana/loki:3.5.0', ['distributor', 'ingester', 'querier']),
          ...lokiBeside('monitoring-server-loki'),
        ],
      },
      {
        release: 'monitoring-server',
        label: 'tempo',
        parts: tempoParts('monitoring-server-tempo', 'grafana/tempo:2.8.2', 3200, TEMPO_2),
      },
    ],
    finds: [
      ['mimir', 'classic', 'service proxy obs/monitoring-server-mimir-query-frontend:8080', '2.16.0'],
      ['loki', 'distributed', 'service proxy obs/monitoring-server-loki-gateway:80', '3.5.0'],
      ['tempo', 'ingesters', 'service proxy obs/monitoring-server-tempo-query-frontend:3200', '2.8.2'],
    ],
  },
];
