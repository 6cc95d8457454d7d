import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';
import made from '../test/fixtures/made-tls.json' with { type: 'json' };

// An API server with 5,000 pods of one StatefulSet on 300 nodes, in a thread of its own. A message "burst" makes every
// open watch of pods tell 1,000 changes a second for ten seconds, and at last the state that must stand.
const PODS = 5_000;
const NODES = 300;
const PAGE = 500;
const BURST_SECONDS = 10;
const EVENTS_A_SECOND = 1_000;
const LABELS = {
  'app.kubernetes.io/name': 'mimir',
  'app.kubernetes.io/instance': 'big',
  'app.kubernetes.io/component': 'ingester',
};
const COLUMNS = ['Name', 'Ready', 'Status', 'Restarts', 'Age', 'IP', 'Node', 'Nominated Node', 'Readiness Gates'].map(
  (name) => ({
    name,
    type: 'string',
  }),
);

const nameOf = (at: number): string => `big-mimir-ingester-${String(at).padStart(4, '0')}`;
const nodeOf = (at: number): string => `node-${at % NODES}`;
const metadataOf = (at: number, version: number) => ({
  name: nameOf(at),
  namespace: 'big',
  uid: `uid-${at}`,
  resourceVersion: String(version),
  creationTimestamp: '2026-11-23T15:20:06Z',
  labels: { ...LABELS, 'topology.kubernetes.io/zone': `zone-${at % 3}` },
  ownerReferences: [
    { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'big-mimir-ingester', uid: 'u', controller: true },
  ],
  // As heavy as the API server's own: most of a row is bookkeeping of who wrote what.
  managedFields: [
    {
      manager: 'kubelet',
      operation: 'Update',
      fieldsV1: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f:field-${i}`, {}])),
    },
  ],
});

const rowOf = (at: number, version: number, status: string, restarts: number) => ({
  cells: [
    nameOf(at),
    '1/1',
    status,
    String(restarts),
    '12m',
    `10.1.${at >> 8}.${at & 255}`,
    nodeOf(at),
    '<none>',
    '<none>',
  ],
  object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: metadataOf(at, version) },
});

const podOf = (at: number) => ({
  metadata: metadataOf(at, 1),
  spec: {
    nodeName: nodeOf(at),
    containers: [
      { name: 'ingester', image: 'grafana/mimir:3.0.2', ports: [{ name: 'http-metrics', containerPort: 8080 }] },
    ],
  },
  status: {
    phase: 'Running',
    podIP: `10.1.${at >> 8}.${at & 255}`,
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [],
  },
});

const indices = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, at) => from + at);

function pageOf(table: boolean, from: number): unknown {
  const here = indices(from, Math.min(PAGE, PODS - from));
  const metadata = { resourceVersion: '1', ...(from + PAGE < PODS ? { continue: String(from + PAGE) } : {}) };
  return table
    ? { kind: 'Table', metadata, columnDefinitions: COLUMNS, rows: here.map((at) => rowOf(at, 1, 'Running', 0)) }
    : { kind: 'PodList', metadata, items: here.map(podOf) };
}

const made5000 = new Map<string, string>();
for (const table of [true, false])
  for (let from = 0; from < PODS; from += PAGE) made5000.set(`${table} ${from}`, JSON.stringify(pageOf(table, from)));

const template = { metadata: { labels: LABELS }, spec: podOf(0).spec };
const LISTS: Readonly<Record<string, unknown>> = {
  statefulsets: {
    kind: 'StatefulSetList',
    metadata: {},
    items: [
      {
        metadata: { name: 'big-mimir-ingester', namespace: 'big', labels: LABELS },
        spec: { replicas: PODS, selector: { matchLabels: LABELS }, template },
        status: { readyReplicas: PODS },
      },
    ],
  },
  deployments: { kind: 'DeploymentList', metadata: {}, items: [] },
  daemonsets: { kind: 'DaemonSetList', metadata: {}, items: [] },
  services: { kind: 'ServiceList', metadata: {}, items: [] },
  nodes: {
    kind: 'NodeList',
    metadata: { resourceVersion: '1' },
    items: indices(0, NODES).map((at) => ({
      metadata: { name: nodeOf(at), labels: { 'topology.kubernetes.io/zone': `zone-${at % 3}` } },
      status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.36.2' } },
    })),
  },
};

const watches = new Set<ServerResponse>();
const server = createServer({ cert: made.cert, key: made.key }, (request, response) => {
  const url = new URL(request.url ?? '', 'https://localhost');
  const plural = url.pathname.split('/').at(-1) ?? '';
  const table = String(request.headers.accept ?? '').includes('as=Table');
  response.setHeader('content-type', 'application/json');
  if (url.searchParams.has('watch')) {
    response.flushHeaders();
    if (plural === 'pods') watches.add(response);
    response.on('close', () => watches.delete(response));
    return;
  }
  const text =
    plural === 'pods'
      ? made5000.get(`${table} ${url.searchParams.get('continue') ?? 0}`)
      : LISTS[plural] && JSON.stringify(LISTS[plural]);
  if (text) return void response.end(text);
  response.writeHead(404).end('{"kind":"Status","apiVersion":"v1","status":"Failure","message":"not here","code":404}');
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage({ port: (server.address() as AddressInfo).port }));

let version = 1;
function tell(at: number, status: string, restarts: number): void {
  version += 1;
  const table = {
    kind: 'Table',
    metadata: { resourceVersion: String(version) },
    columnDefinitions: COLUMNS,
    rows: [rowOf(at, version, status, restarts)],
  };
  const line = `${JSON.stringify({ type: 'MODIFIED', object: table })}\n`;
  for (const watch of watches) watch.write(line);
}

parentPort?.on('message', () => {
  const began = performance.now();
  let told = 0;
  const timer = setInterval(() => {
    const due = Math.min(BURST_SECONDS, (performance.now() - began) / 1000) * EVENTS_A_SECOND;
    for (; told < due; told++) tell((told * 7) % PODS, told % 2 ? 'Running' : 'Pending', told);
    if (told < BURST_SECONDS * EVENTS_A_SECOND) return;
    clearInterval(timer);
    tell(0, 'LastState', 4321);
    parentPort?.postMessage({ told });
  }, 5);
});
