import { describe, expect, test } from 'vitest';
import type { Clients } from '../../src/clients/clients.ts';
import { makeClients } from '../../src/clients/make.ts';
import type { Exchange } from '../../src/domain/exchange.ts';
import type { Json, Loaded } from '../../src/domain/result.ts';
import { lastOf } from '../../src/views/arrival.ts';
import { contexts } from '../../src/views/contexts.ts';
import { events } from '../../src/views/events.ts';
import { nodes } from '../../src/views/nodes.ts';
import { pod } from '../../src/views/pod.ts';
import { pods } from '../../src/views/pods.ts';
import { stack } from '../../src/views/stack.ts';
import type { LoadInput, Params, View } from '../../src/views/view.ts';
import {
  answerOf,
  clientsOf,
  KUBE_AT,
  KUBE_CLOCK,
  recordedExchange,
  sayGap,
  viewerExchange,
} from '../kube-recorded.ts';
import { databases, whole } from '../made-databases.ts';

const inputOf = (clients: Clients, params: Params = {}, signal = new AbortController().signal): LoadInput => ({
  clients,
  tenants: [],
  params,
  time: { endUnix: Math.floor(KUBE_AT), live: true },
  nowUnix: KUBE_AT,
  signal,
});

async function load(view: View<unknown>, clients: Clients, params?: Params) {
  const loaded = await lastOf(view.load(inputOf(clients, params)));
  if (!loaded) throw new Error('nothing was yielded');
  return { ...loaded, records: loaded.rows.map((row) => view.record(row)), gapsSaid: loaded.gaps.map(sayGap) };
}

describe('stack', () => {
  test('all components with mode and version, and what says so', async () => {
    const { records, gaps } = await load(stack, whole(['central']));
    const of = (kind: string) => records.filter((record) => record.kind === kind);
    expect(gaps).toEqual([]);
    // Source: the lab's expected.json.
    expect(of('mimir').map(({ component }) => component)).toEqual([
      'compactor',
      'distributor',
      'ingester',
      'nginx',
      'overrides-exporter',
      'query-frontend',
      'ruler',
      'store-gateway',
    ]);
    expect(new Set(of('mimir').map(({ mode }) => mode))).toEqual(new Set(['classic']));
    expect(of('mimir').find(({ component }) => component === 'ingester')).toMatchObject({
      version: '3.0.2',
      versionFrom: 'build info',
      ready: 4,
      desired: 4,
      zoneAware: false,
    });
    expect(of('loki').find(({ component }) => component === 'ingester')).toMatchObject({
      mode: 'distributed',
      version: 'main-65e30f8',
      really: 'single-binary: each pod runs every module (/services)',
    });
    expect(of('tempo').map(({ component, mode, version }) => [component, mode, version])).toEqual(
      ['block-builder', 'distributor', 'live-store', 'metrics-generator', 'query-frontend'].map((name) => [
        name,
        'live-store',
        '3.0.3',
      ]),
    );
    expect(of('tempo')[0]?.really).toMatch(/^one process behind five workloads \(one address\)/);
    expect(of('grafana').map(({ version }) => version)).toEqual(['13.0.0']);
    const factors = ['mimir', 'loki', 'tempo'].map((kind) => of(kind)[0]?.replicationFactor);
    expect(factors).toEqual([3, 3, null]);
    // Declared as Alloy v1.18.0: what runs says otherwise.
    expect(of('agent')[0]).toMatchObject({
      version: '3.5.3+ds1',
      versionFrom: 'build info',
      declaredVersion: 'v1.18.0',
      really: 'Prometheus 3.5.3+ds1 in agent mode (prometheus_build_info)',
    });
  });

  test('each component is asked itself: its round trip, its version, its fault', async () => {
    const behind: Exchange = async (asked, signal) => {
      if (asked.component === 'mimir/ruler')
        return { ok: false, kind: 'unreachable', said: 'no pod behind it is ready' };
      if (asked.component === 'mimir/compactor')
        return answerOf(200, '{"status":"success","data":{"version":"2.17.1"}}');
      return databases(asked, signal);
    };
    const { records, gapsSaid } = await load(stack, whole(['central'], behind));
    const one = (component: string) => records.find((each) => each.kind === 'mimir' && each.component === component);
    expect(one('distributor')?.roundTripSeconds).toEqual(expect.any(Number));
    // Rolled out by half: its image says one thing, the process another.
    expect(one('compactor')).toMatchObject({ version: '2.17.1', versionFrom: 'build info', declaredVersion: '3.0.2' });
    expect(one('ruler')).toMatchObject({
      roundTripSeconds: null,
      lastFault: expect.stringContaining('no pod behind it'),
    });
    expect(gapsSaid).toEqual([expect.stringMatching(/^unreachable mimir@.*no pod behind it is ready/)]);
  });

  test('a gateway’s version is its own image’s, not the database’s', async () => {
    const { records } = await load(stack, whole(['central']));
    expect(records.find(({ component }) => component === 'nginx')).toMatchObject({
      version: '1.27',
      versionFrom: 'image tag',
    });
  });

  test('the agents of all clusters stand in one table', async () => {
    const { records } = await load(stack, whole(['central', 'eu-west', 'edge']));
    expect(records.filter(({ kind }) => kind === 'agent').map(({ cluster }) => cluster)).toEqual([
      'central',
      'central',
      'edge',
      'eu-west',
    ]);
  });

  test('x and d say why a row was taken for what it is', async () => {
    const { rows } = await load(stack, whole(['central']));
    for (const said of [stack.details(rows[0]), stack.explain?.(rows[0]) ?? []]) {
      expect(said).toContainEqual(['taken for', 'mimir compactor']);
      expect(said).toContainEqual(['  because of', 'label app.kubernetes.io/name=mimir']);
      expect(said.map(([label]) => label)).toContain('reached by');
    }
  });

  test('a database that does not answer keeps its row, with the image’s version and the fault', async () => {
    const { records, gapsSaid } = await load(stack, clientsOf(['central']));
    expect(records.find(({ component, kind }) => kind === 'mimir' && component === 'query-frontend')).toMatchObject({
      version: '3.0.2',
      versionFrom: 'image tag',
      lastFault: expect.stringContaining('mimir'),
    });
    expect(gapsSaid).toContainEqual(expect.stringMatching(/^unreachable mimir@/));
  });

  test('an empty cluster says so', async () => {
    const kinds: Readonly<Record<string, string>> = {
      statefulsets: 'StatefulSetList',
      deployments: 'DeploymentList',
      daemonsets: 'DaemonSetList',
      services: 'ServiceList',
    };
    const empty: Exchange = async ({ path }) =>
      answerOf(
        200,
        JSON.stringify({ kind: kinds[path.split('/').at(-1) ?? ''] ?? 'PodList', metadata: {}, items: [] }),
      );
    const { rows, because, gaps } = await load(stack, clientsOf(['bare'], empty));
    expect([rows, gaps]).toEqual([[], []]);
    expect(because).toBe('nothing of the stack runs in bare: no workload with its labels, images or names');
  });
});

test('one cluster that is down is a gap, and the others’ rows stand', async () => {
  const down: Exchange = async (asked, signal) =>
    asked.component === 'kubernetes/eu-west'
      ? { ok: false, kind: 'unreachable', said: 'API server of context eu-west: refuses connections' }
      : recordedExchange(asked, signal);
  for (const view of [stack, pods, nodes, events]) {
    const { records, gapsSaid } = await load(view, clientsOf(['eu-west', 'central'], down));
    expect(new Set(records.map(({ cluster }) => cluster))).toEqual(new Set(['central']));
    expect(gapsSaid).toContainEqual(
      'unreachable kubernetes@eu-west: API server of context eu-west: refuses connections',
    );
  }
});

describe('pods', () => {
  test('of the stack, with node, zone, restarts and what each is of', async () => {
    const { records, gaps } = await load(pods, clientsOf(['central', 'edge']));
    expect(gaps).toEqual([]);
    expect(records).toHaveLength(24);
    expect(records.find(({ name }) => name === 'monitoring-server-loki-ingester-2')).toEqual({
      cluster: 'central',
      namespace: 'monitoring',
      name: 'monitoring-server-loki-ingester-2',
      kind: 'loki',
      component: 'ingester',
      workload: 'monitoring-server-loki-ingester',
      status: 'Running',
      ready: 1,
      desired: 1,
      restarts: 4,
      lastTermination: null,
      lastTerminationExitCode: null,
      ageSeconds: expect.closeTo(761, 0),
      node: 'ip-10-0-2-11.us-east-1.compute.internal',
      zone: 'us-east-1b',
      ip: '10.244.2.21',
      gone: false,
    });
    expect(records.map(({ name }) => name)).not.toContain('monitoring-agent-kube-state-metrics-6b8-tt9vn');
  });

  test('of one workload, of one node', async () => {
    const ingesters = await load(pods, clientsOf(['central']), { workload: 'monitoring-server-mimir-ingester' });
    expect(ingesters.records).toHaveLength(4);
    const node = 'ip-10-0-1-22.us-east-1.compute.internal';
    const there = await load(pods, clientsOf(['central']), { node });
    expect(there.records.map(({ name }) => name)).toEqual([
      'monitoring-server-grafana-84c6-p0qrs',
      'monitoring-server-mimir-ingester-3',
    ]);
  });

  test('who may only list pods still sees them; zones come from the pods’ own labels, and the missing right is named', async () => {
    const { records, gapsSaid } = await load(pods, clientsOf(['central'], viewerExchange));
    expect(records).toHaveLength(23);
    expect(records[0]?.zone).toBe('us-east-1c');
    expect(gapsSaid).toEqual([expect.stringMatching(/^forbidden kubernetes@central: .*cannot list resource "nodes"/)]);
  });

  test('a pod that goes stays, as gone, and its lines can still be asked for', async () => {
    const stop = new AbortController();
    const gone = 'monitoring-server-mimir-ingester-3';
    const line = JSON.stringify({
      type: 'DELETED',
      object: {
        kind: 'Table',
        rows: [
          { cells: [gone], object: { metadata: { name: gone, namespace: 'monitoring', resourceVersion: '9999' } } },
        ],
      },
    });
    const clients = makeClients({
      exchanges: {},
      clock: KUBE_CLOCK,
      clusters: [
        {
          context: 'central',
          namespaces: [],
          exchange: recordedExchange,
          stream: async (_asked, signal) => ({
            ok: true,
            lines: (async function* () {
              yield line;
              await new Promise((resolve) => signal.addEventListener('abort', resolve));
            })(),
          }),
        },
      ],
    });
    const statuses: Json[] = [];
    for await (const { rows } of followed(pods, inputOf(clients, {}, stop.signal))) {
      const row = rows.find((each) => pods.record(each).name === gone);
      statuses.push(row === undefined ? 'absent' : (pods.record(row).status ?? null));
      if (statuses.length < 2) continue;
      expect(pods.record(row).gone).toBe(true);
      const logs = pods.keys.find(({ key }) => key === 'l')?.on(row, { params: {}, rows });
      expect(logs).toEqual({ do: 'go', view: 'logs', params: { namespace: 'monitoring', pod: gone } });
      break;
    }
    stop.abort();
    expect(statuses).toEqual(['Running', 'Gone']);
  });
});

function followed(view: View<unknown>, input: LoadInput): AsyncIterable<Loaded<unknown>> {
  if (!view.follow) throw new Error(`${view.id} does not follow`);
  return view.follow(input);
}

test('nodes say pressure, cordon, zone, and what of the stack they hold', async () => {
  const { records } = await load(nodes, clientsOf(['central']));
  expect(records).toHaveLength(6);
  expect(records.filter(({ pressures }) => JSON.stringify(pressures) === '["MemoryPressure"]')).toHaveLength(1);
  expect(records.filter(({ cordoned }) => cordoned)).toHaveLength(1);
  expect(records.find(({ name }) => name === 'ip-10-0-2-11.us-east-1.compute.internal')).toMatchObject({
    zone: 'us-east-1b',
    holds: { 'loki ingester': 2, 'mimir ingester': 1, 'mimir query-frontend': 1 },
  });
});

test('what may not be listed is not said to be absent', async () => {
  for (const view of [events, nodes]) {
    const { because, rows } = await load(view, clientsOf(['central'], viewerExchange));
    expect(rows).toEqual([]);
    expect(because).toMatch(/^it could not be listed/);
  }
});

test('one pod: its state, its restarts, and what happened to it', async () => {
  const { records } = await load(pod, clientsOf(['central']), { pod: 'monitoring-server-loki-ingester-2' });
  const facts = Object.fromEntries(records.map(({ fact, text }) => [fact, text]));
  expect(facts).toMatchObject({
    state: 'Running, ready',
    restarts: '4',
    'last end': 'the cluster does not tell',
    container: 'ingester: grafana/loki:main-65e30f8',
    event: 'BackOff ×3: Back-off restarting failed container loki in pod monitoring-server-loki-ingester-2',
  });
  const gone = await load(pod, clientsOf(['central']), { pod: 'x' });
  expect(gone.because).toMatch(/^no pod is called x any more; its lines may still be in Loki/);
});

describe('events', () => {
  test('the newest first, with the object they are about', async () => {
    const { records } = await load(events, clientsOf(['central', 'edge']));
    expect(records.map(({ reason, object, count }) => [reason, object, count])).toEqual([
      ['BackOff', 'monitoring-server-loki-ingester-2', 3],
      ['Killing', 'monitoring-server-mimir-ingester-2', 3],
    ]);
  });

  test('of one pod; where there are none it says how long they are kept', async () => {
    const { records } = await load(events, clientsOf(['central']), { about: 'monitoring-server-mimir-ingester-2' });
    expect(records).toHaveLength(1);
    const none = await load(events, clientsOf(['central']), { about: 'x' });
    expect(none.because).toBe('no event about x: a cluster keeps them for about an hour');
  });
});

test('contexts that were not chosen are listed, asked nothing, and can be entered', async () => {
  const asked: string[] = [];
  const exchange: Exchange = async (question, signal) => {
    asked.push(question.component);
    return recordedExchange(question, signal);
  };
  const reached = (context: string) => ({ context, exchange, namespaces: [] });
  const clients = makeClients({
    exchanges: {},
    clusters: [reached('central')],
    otherClusters: [reached('edge')],
    clock: KUBE_CLOCK,
  });
  const { records, rows } = await load(contexts, clients);
  expect(records.map(({ cluster, chosen }) => [cluster, chosen])).toEqual([
    ['central', true],
    ['edge', false],
  ]);
  await load(pods, clients);
  expect(new Set(asked)).toEqual(new Set(['kubernetes/central']));
  const press = (key: string, at: number) =>
    contexts.keys.find((each) => each.key === key)?.on(rows[at], { params: {}, rows });
  expect(press('enter', 1)).toEqual({ do: 'contexts', contexts: ['edge'] });
  expect(press('b', 1)).toMatchObject({ do: 'contexts', contexts: ['central', 'edge'] });
  expect(press('b', 0)).toEqual({ do: 'refuse', because: 'it is the only one that is shown' });
  expect(press('o', 1)).toEqual({ do: 'go', view: 'stack', params: { cluster: 'edge' } });
  const edge = await load(stack, clients, { cluster: 'edge' });
  expect(edge.records.map(({ cluster, kind }) => [cluster, kind])).toEqual([['edge', 'agent']]);
});
