import { createServer as createPlain } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { seeded } from '../test/domain/made-rings.ts';
import made from '../test/fixtures/made-tls.json' with { type: 'json' };

// A Mimir of so many ingesters, each on a node of its own, and the API server of its cluster, in a thread of its own.
const { ingesters, tokens } = workerData as { readonly ingesters: number; readonly tokens: number };
const LABELS = {
  'app.kubernetes.io/name': 'mimir',
  'app.kubernetes.io/instance': 'big',
  'app.kubernetes.io/component': 'ingester',
};
const nameOf = (at: number): string => `big-mimir-ingester-${at}`;
const ipOf = (at: number): string => `10.1.${at >> 8}.${at & 255}`;
const nodeOf = (at: number): string => `node-${String(at).padStart(3, '0')}`;
const each = <T>(one: (at: number) => T): readonly T[] => Array.from({ length: ingesters }, (_, at) => one(at));

const spec = {
  containers: [
    {
      name: 'ingester',
      image: 'grafana/mimir:3.0.2',
      ports: [{ name: 'http-metrics', containerPort: 8080 }],
      volumeMounts: [{ name: 'storage', mountPath: '/data' }],
    },
  ],
  volumes: [{ name: 'storage', emptyDir: {} }],
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: LABELS } },
      ],
    },
  },
};

const list = (kind: string, items: readonly unknown[]): string => JSON.stringify({ kind, metadata: {}, items });
const LISTS: Readonly<Record<string, string>> = {
  pods: list(
    'PodList',
    each((at) => ({
      metadata: {
        name: nameOf(at),
        namespace: 'big',
        labels: LABELS,
        ownerReferences: [{ kind: 'StatefulSet', name: 'big-mimir-ingester', controller: true }],
      },
      spec: { ...spec, nodeName: nodeOf(at) },
      status: {
        phase: 'Running',
        podIP: ipOf(at),
        startTime: '2026-11-23T15:20:06Z',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [],
      },
    })),
  ),
  nodes: list(
    'NodeList',
    each((at) => ({
      metadata: { name: nodeOf(at), labels: { 'topology.kubernetes.io/zone': `zone-${at % 3}` } },
      status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.36.2' } },
    })),
  ),
  statefulsets: list('StatefulSetList', [
    {
      metadata: { name: 'big-mimir-ingester', namespace: 'big', labels: LABELS },
      spec: {
        replicas: ingesters,
        selector: { matchLabels: LABELS },
        template: { metadata: { labels: LABELS }, spec },
      },
      status: { readyReplicas: ingesters },
    },
  ]),
  deployments: list('DeploymentList', []),
  daemonsets: list('DaemonSetList', []),
  services: list('ServiceList', []),
  poddisruptionbudgets: list('PodDisruptionBudgetList', []),
};

const random = seeded(ingesters);
const rings = each((at) => ({
  id: nameOf(at),
  address: `${ipOf(at)}:9095`,
  zone: '',
  registered_timestamp: '2026-11-23T15:20:10Z',
  tokens: Array.from({ length: tokens }, () => Math.floor(random() * 2 ** 32)),
}));
// Made once: the program that is measured shares two cores with this one.
const text = JSON.stringify({
  shards: rings.map((member) => ({ ...member, state: 'ACTIVE', timestamp: '@' })),
  now: '@',
});
const ring = (): string => text.replaceAll('@', new Date().toISOString());

const mimir = createPlain((request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://localhost');
  if (pathname === '/ingester/ring') return void response.setHeader('content-type', 'application/json').end(ring());
  if (pathname === '/config')
    return void response.end('ingester:\n  ring:\n    replication_factor: 3\n    heartbeat_timeout: 10m\n');
  response.writeHead(404).end('404 page not found');
});
const kube = createServer({ cert: made.cert, key: made.key }, (request, response) => {
  const plural = new URL(request.url ?? '', 'https://localhost').pathname.split('/').at(-1) ?? '';
  response.setHeader('content-type', 'application/json');
  const found = LISTS[plural];
  if (found) return void response.end(found);
  response.writeHead(404).end('{"kind":"Status","apiVersion":"v1","status":"Failure","message":"not here","code":404}');
});
mimir.listen(0, '127.0.0.1', () =>
  kube.listen(0, '127.0.0.1', () =>
    parentPort?.postMessage({
      mimir: (mimir.address() as AddressInfo).port,
      kube: (kube.address() as AddressInfo).port,
    }),
  ),
);
