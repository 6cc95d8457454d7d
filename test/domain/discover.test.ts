import { describe, expect, test } from 'vitest';
import { type Component, discover, type Inventory, isZoneAware } from '../../src/domain/discover.ts';
import type { Workload } from '../../src/domain/kube.ts';
import { declaredMode, sayReally } from '../../src/domain/mode.ts';
import { declaredVersion, recognise, splitImage } from '../../src/domain/product.ts';
import { hopOf, releasesOf, sayReach, wayOf, waysTo } from '../../src/domain/reach.ts';
import { clientsOf, viewerExchange } from '../kube-recorded.ts';

async function inventoryOf(context: string): Promise<Inventory> {
  const [cluster] = clientsOf([context]).clusters;
  if (!cluster) throw new Error('no cluster');
  return (await cluster.survey()).inventory;
}

const central = await inventoryOf('central');
const found = discover(central);
const namesOf = (kind: string): string[] =>
  found
    .filter((each) => each.kind === kind)
    .map(({ component }) => component)
    .sort();
const one = (name: string): Component => {
  const component = found.find((each) => each.name === name);
  if (!component) throw new Error(`no ${name}`);
  return component;
};

/** Source: the lab's expected.json. */
describe('the recorded stack', () => {
  test('all components of the three databases, and nothing else', () => {
    expect(namesOf('mimir')).toEqual([
      'compactor',
      'distributor',
      'ingester',
      'nginx',
      'overrides-exporter',
      'query-frontend',
      'ruler',
      'store-gateway',
    ]);
    expect(namesOf('loki')).toEqual(['gateway', 'ingester']);
    expect(namesOf('tempo')).toEqual([
      'block-builder',
      'distributor',
      'live-store',
      'metrics-generator',
      'query-frontend',
    ]);
    expect(namesOf('grafana')).toEqual(['grafana']);
    expect(namesOf('agent')).toEqual(['alloy', 'alloy']);
    expect(found.map(({ name }) => name)).not.toContain('monitoring-agent-kube-state-metrics');
  });

  test.each([
    ['monitoring-server-mimir-ingester', 'classic', '3.0.2'],
    ['monitoring-server-loki-ingester', 'distributed', 'main-65e30f8'],
    ['monitoring-server-tempo-live-store', 'live-store', '3.0.3'],
    ['monitoring-server-grafana', undefined, '13.0.0'],
    ['monitoring-agent-alloy', undefined, 'v1.18.0'],
  ])('%s is %s %s', (name, mode, version) => {
    expect(one(name).setup?.mode).toBe(mode);
    expect(one(name).version).toEqual({ version, from: 'image tag' });
  });

  test('four of four ingesters are ready, and each says why it was taken for what it is', () => {
    expect(one('monitoring-server-mimir-ingester')).toMatchObject({ ready: 4, desired: 4, workload: 'StatefulSet' });
    expect(one('monitoring-server-mimir-nginx').because).toEqual([
      'label app.kubernetes.io/name=mimir',
      'label app.kubernetes.io/component=nginx',
    ]);
    expect(one('monitoring-server-mimir-ingester').because).toContain('image grafana/mimir:3.0.2');
  });

  test('Tempo’s five workloads are one process: one address', () => {
    expect(one('monitoring-server-tempo-live-store').oneProcessWith).toHaveLength(4);
    expect(one('monitoring-server-loki-ingester').oneProcessWith).toEqual([]);
  });

  test.each([
    ['mimir', '/prometheus/api/v1/query', 'service proxy monitoring/monitoring-server-mimir-query-frontend:8080'],
    ['mimir', '/prometheus/api/v1/rules', 'service proxy monitoring/monitoring-server-mimir-ruler:8080'],
    [
      'mimir/distributor',
      '/distributor/all_user_stats',
      'service proxy monitoring/monitoring-server-mimir-distributor:8080',
    ],
    ['mimir/ingester-0', '/ingester/tenants', 'pod proxy monitoring/monitoring-server-mimir-ingester-0:8080'],
    [
      'mimir/overrides-exporter',
      '/metrics',
      'pod proxy monitoring/monitoring-server-mimir-overrides-exporter-5d8-x2jkl:8080',
    ],
    ['loki', '/loki/api/v1/labels', 'service proxy monitoring/monitoring-server-loki-gateway:80'],
    ['tempo', '/api/search', 'service proxy monitoring/monitoring-server-tempo-query-frontend:3200'],
    ['agent/monitoring-agent-alloy-x7k2p', '/metrics', 'pod proxy monitoring/monitoring-agent-alloy-x7k2p:12345'],
  ])('%s %s goes by %s', (component, path, way) => {
    const [first] = waysTo(component, path, found, central);
    expect(first && sayReach(first)).toBe(way);
  });

  test('services are tried before pods, and pods before port-forwards', () => {
    const ways = waysTo('mimir', '/prometheus/api/v1/query', found, central).map(({ by }) => by);
    expect(ways).toEqual([...ways].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)));
    expect(new Set(ways)).toEqual(new Set(ORDER));
  });
  const ORDER = ['service-proxy', 'pod-proxy', 'port-forward'];

  test('OTLP is not asked for a search: the distributor’s pod is', () => {
    const way = wayOf(one('monitoring-server-tempo-distributor'), central);
    expect(way && sayReach(way)).toBe('pod proxy monitoring/monitoring-server-tempo-distributor-0:3200');
  });

  test('the path of a service names its scheme, the path of a pod its port by number', () => {
    expect(waysTo('loki', '', found, central).flatMap((way) => hopOf(way) ?? [])[0]).toBe(
      '/api/v1/namespaces/monitoring/services/http:monitoring-server-loki-gateway:80/proxy',
    );
    const [pod] = waysTo('mimir/ingester-0', '', found, central);
    expect(pod && hopOf(pod)).toBe('/api/v1/namespaces/monitoring/pods/monitoring-server-mimir-ingester-0:8080/proxy');
  });

  test('there is one Mimir, and one Loki', () => {
    expect(releasesOf('mimir', found)).toHaveLength(1);
    expect(releasesOf('loki', found)).toHaveLength(1);
  });
});

test.each(['eu-west', 'edge'])('of %s only the agent is of the stack', async (context) => {
  const inventory = await inventoryOf(context);
  expect(discover(inventory).map(({ kind, component, version }) => [kind, component, version?.version])).toEqual([
    ['agent', 'alloy', 'v1.18.0'],
  ]);
});

test('who may only list pods still sees the components, without how many there should be', async () => {
  const [viewer] = clientsOf(['central'], viewerExchange).clusters;
  if (!viewer) throw new Error('no cluster');
  const { inventory, gaps } = await viewer.survey();
  const seen = discover(inventory);
  expect(seen.find(({ name }) => name === 'monitoring-server-mimir-ingester')).toMatchObject({
    ready: 4,
    desired: undefined,
    component: 'ingester',
    setup: { mode: 'classic' },
  });
  expect(gaps.map(({ kind, said }) => [kind, /cannot list resource "(\w+)"/.exec(said)?.[1]])).toEqual([
    ['forbidden', 'statefulsets'],
    ['forbidden', 'deployments'],
    ['forbidden', 'daemonsets'],
    ['forbidden', 'services'],
  ]);
});

/** Made after the charts' own templates; source: apis.md 6. */
const made = (name: string, change: Partial<Workload> = {}, image = 'private/x:1'): Workload => ({
  kind: 'Deployment',
  namespace: 'obs',
  name,
  labels: {},
  podLabels: {},
  selector: {},
  desired: 1,
  ready: 1,
  containers: [{ name: 'main', image, args: [], ports: [] }],
  configMaps: [],
  ...change,
});
const labels = (name: string, component?: string, instance = 'r') => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': instance,
  ...(component ? { 'app.kubernetes.io/component': component } : {}),
});

describe('recognised', () => {
  test.each([
    ['mimir-distributed ≥ 6', made('r-mimir-gateway', { labels: labels('mimir', 'gateway') }), 'mimir', 'gateway'],
    ['mimir-distributed ≤ 5.8', made('r-mimir-nginx', { labels: labels('mimir', 'nginx') }), 'mimir', 'nginx'],
    ['a zone of it', made('r-mimir-ingester-zone-a', { labels: labels('mimir', 'ingester') }), 'mimir', 'ingester'],
    ['the Loki chart, one binary', made('loki', { labels: labels('loki', 'single-binary') }), 'loki', 'single-binary'],
    ['the Loki chart, simple scalable', made('loki-backend', { labels: labels('loki', 'backend') }), 'loki', 'backend'],
    ['loki-distributed', made('r-loki-querier', { labels: labels('loki-distributed', 'querier') }), 'loki', 'querier'],
    [
      'tempo-distributed of Tempo 2',
      made('r-tempo-ingester', { labels: labels('tempo', 'ingester') }),
      'tempo',
      'ingester',
    ],
    ['tempo, one binary', made('tempo', { labels: labels('tempo') }), 'tempo', 'single-binary'],
    [
      'k8s-monitoring’s collector',
      made('k-alloy-logs', { labels: labels('alloy-logs') }, 'docker.io/grafana/alloy:v1.18.0'),
      'agent',
      'alloy',
    ],
    ['the agent before Alloy', made('grafana-agent', {}, 'grafana/agent:v0.44.2'), 'agent', 'alloy'],
    [
      'no labels, a private registry',
      made('x-mimir-store-gateway', {}, 'reg:5000/mimir@sha256:abc'),
      'mimir',
      'store-gateway',
    ],
    ['no labels, a private image', made('monitoring-server-tempo-live-store'), 'tempo', 'live-store'],
    [
      'Mimir as one process by its argument',
      made('metrics', { containers: [{ name: 'a', image: 'grafana/mimir:3.0.2', args: ['-target=all'], ports: [] }] }),
      'mimir',
      'single-binary',
    ],
  ])('%s', (_name, workload, product, component) => {
    expect(recognise(workload)).toMatchObject({ product, component });
  });

  test.each([
    made('kube-state-metrics', { labels: labels('kube-state-metrics', 'metrics') }, 'registry/kube-state-metrics:v2'),
    made('datadog-agent', {}, 'datadog/agent:7'),
    made('alloy-operator', {}, 'ghcr.io/grafana/alloy-operator:1'),
    made('my-gateway', {}, 'nginx:1'),
  ])('not of the stack: %o', (workload) => {
    expect(recognise(workload)).toBeUndefined();
  });
});

const modeOf = (
  product: 'mimir' | 'loki' | 'tempo',
  components: string[],
  rest: { args?: string[]; config?: string; version?: string } = {},
) => declaredMode(product, { components: new Set(components), args: [], ...rest })?.mode;

test('modes', () => {
  expect(modeOf('mimir', ['ingester', 'kafka'])).toBe('ingest-storage');
  expect(modeOf('mimir', ['ingester'], { args: ['-ingest-storage.enabled=true'] })).toBe('ingest-storage');
  expect(modeOf('mimir', ['ingester', 'kafka'], { args: ['-ingest-storage.enabled=false'] })).toBe('classic');
  expect(modeOf('mimir', ['ingester'], { config: 'ingest_storage:\n  kafka:\n    topic: a\n  enabled: true\n' })).toBe(
    'ingest-storage',
  );
  expect(modeOf('mimir', ['ingester'], { config: 'ingester:\n  enabled: true\n' })).toBe('classic');
  expect(modeOf('loki', ['read', 'write', 'backend'])).toBe('simple-scalable');
  expect(modeOf('loki', ['single-binary', 'gateway'])).toBe('single-binary');
  expect(modeOf('loki', ['gateway'])).toBeUndefined();
  expect(modeOf('tempo', ['ingester', 'compactor'])).toBe('ingesters');
  expect(modeOf('tempo', ['single-binary'], { version: '2.9.0' })).toBe('ingesters');
  expect(modeOf('tempo', ['single-binary'], { version: 'v3.0.1' })).toBe('live-store');
  expect(modeOf('tempo', ['single-binary'], { version: 'r381-b65771fa' })).toBeUndefined();
});

test('versions: the image’s tag, unless it says nothing, else the label', () => {
  const label = { 'app.kubernetes.io/version': '3.0.1' };
  expect(declaredVersion('grafana/mimir:3.0.2', label)).toEqual({ version: '3.0.2', from: 'image tag' });
  expect(declaredVersion('grafana/mimir:latest', label)).toEqual({ version: '3.0.1', from: 'label' });
  expect(declaredVersion('reg:5000/grafana/mimir@sha256:abc', label)).toEqual({ version: '3.0.1', from: 'label' });
  expect(declaredVersion('grafana/mimir:latest', {})).toEqual({ version: 'latest', from: 'image tag' });
  expect(declaredVersion('grafana/mimir', {})).toBeUndefined();
  expect(splitImage('reg:5000/a/b:1@sha256:c')).toEqual({ repository: 'reg:5000/a/b', tag: '1' });
});

test('two stacks in one cluster are two', () => {
  const two = discover({
    cluster: 'c',
    services: [],
    pods: [],
    workloads: [
      made('a-mimir-distributor', { labels: labels('mimir', 'distributor', 'a') }),
      made('b-mimir-distributor', { labels: labels('mimir', 'distributor', 'b') }),
    ],
  });
  expect(releasesOf('mimir', two).map(({ instance }) => instance)).toEqual(['a', 'b']);
});

test('a set for each zone is zone-aware, one set alone is not', () => {
  const sets = ['a', 'b', 'c'].map((zone) =>
    made(`r-mimir-ingester-zone-${zone}`, { kind: 'StatefulSet', labels: labels('mimir', 'ingester') }),
  );
  const zoned = discover({ cluster: 'c', services: [], pods: [], workloads: sets });
  expect(zoned.map((each) => [each.zone, isZoneAware(each, zoned)])).toEqual([
    ['zone-a', true],
    ['zone-b', true],
    ['zone-c', true],
  ]);
  expect(isZoneAware(one('monitoring-server-mimir-ingester'), found)).toBe(false);
});

test('pods on their node’s own network are not taken for one process', () => {
  const pods = ['a', 'b'].map((name) => ({
    namespace: 'obs',
    name,
    labels: labels('alloy', undefined, name),
    node: 'n',
    ip: '10.0.0.1',
    hostNetwork: true,
    phase: 'Running',
    ready: true,
    containers: [],
    restarts: 0,
    configMaps: [],
    leaving: false,
  }));
  const workloads = ['a', 'b'].map((name) =>
    made(name, { labels: labels('alloy', undefined, name), selector: labels('alloy', undefined, name) }),
  );
  expect(discover({ cluster: 'c', services: [], workloads, pods }).map(({ oneProcessWith }) => oneProcessWith)).toEqual(
    [[], []],
  );
});

test('a Loki pod that runs every module says so, whatever its workload is called', () => {
  const setup = { mode: 'distributed', because: '' } as const;
  const services = ['server', 'ingester', 'distributor', 'querier', 'query-frontend-tripperware'];
  expect(sayReally(setup, services.map((name) => `${name} => Running`).join('\n'))).toBe(
    'single-binary: each pod runs every module (/services)',
  );
  expect(sayReally(setup, 'server => Running\ningester => Running\n')).toBeUndefined();
});
