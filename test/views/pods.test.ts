import { expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Asked, Exchange } from '../../src/domain/exchange.ts';
import { events } from '../../src/views/events.ts';
import { nodes } from '../../src/views/nodes.ts';
import { pod } from '../../src/views/pod.ts';
import { pods } from '../../src/views/pods.ts';
import { spread } from '../../src/views/spread.ts';
import type { LoadInput, Params } from '../../src/views/view.ts';
import recorded from '../fixtures/kube-recorded.json' with { type: 'json' };
import { answerOf, KUBE_AT, KUBE_CLOCK, recordedExchange, viewerExchange } from '../kube-recorded.ts';

const LISTS: Readonly<Record<string, unknown>> = recorded.lists;
const NAME = 'monitoring-server-loki-ingester-2';

interface Whole {
  readonly metadata: { readonly name: string };
  readonly status: { readonly containerStatuses: readonly object[] };
}

/** The recorded pod as it would be after one more restart. Source: core/v1 ContainerStatus. */
function killed(): unknown {
  const { items } = LISTS['central /api/v1/namespaces/monitoring/pods'] as { items: readonly Whole[] };
  const pod = items.find(({ metadata }) => metadata.name === NAME);
  const lastState = { terminated: { reason: 'OOMKilled', exitCode: 137 } };
  const containerStatuses = pod?.status.containerStatuses.map((each) => ({ ...each, restartCount: 5, lastState }));
  return { kind: 'Pod', ...pod, status: { ...pod?.status, containerStatuses } };
}

/** A watch's line that says: so many restarts. */
function restarted(restarts: number): string {
  const table = LISTS['central /api/v1/namespaces/monitoring/pods table'] as {
    columnDefinitions: readonly { name: string }[];
    rows: readonly { cells: readonly unknown[]; object: Whole }[];
  };
  const row = table.rows.find(({ object }) => object.metadata.name === NAME);
  const at = table.columnDefinitions.findIndex(({ name }) => name === 'Restarts');
  const cells = row?.cells.with(at, `${restarts} (2s ago)`);
  return JSON.stringify({
    type: 'MODIFIED',
    object: { kind: 'Table', columnDefinitions: table.columnDefinitions, rows: [{ ...row, cells }] },
  });
}

const inputOf = (exchange: Exchange, signal: AbortSignal, params: Params = {}): LoadInput => ({
  clients: makeClients({
    exchanges: {},
    clock: KUBE_CLOCK,
    clusters: [
      {
        context: 'central',
        namespaces: ['monitoring'],
        exchange,
        stream: async (asked, stop) => ({
          ok: true,
          lines: (async function* () {
            if (asked.path.endsWith('/pods')) yield restarted(5);
            await new Promise((resolve) => stop.addEventListener('abort', resolve));
          })(),
        }),
      },
    ],
  }),
  tenants: [],
  params,
  time: { endUnix: Math.floor(KUBE_AT), live: true },
  nowUnix: KUBE_AT,
  signal,
});

/** Restarts and last end of one pod, picture by picture, until it holds. */
async function pictures(exchange: Exchange, until: (said: readonly unknown[]) => boolean): Promise<unknown[][]> {
  const stop = new AbortController();
  const told: unknown[][] = [];
  for await (const { rows } of pods.follow?.(inputOf(exchange, stop.signal)) ?? []) {
    const record = rows.map(pods.record).find(({ name }) => name === NAME);
    told.push([record?.restarts, record?.lastTermination]);
    if (until(told.at(-1) ?? []) || told.length > 20) break;
  }
  stop.abort();
  return told;
}

test('a pod that restarts while one looks on says how it ended: it alone is asked, once', async () => {
  const asked: string[] = [];
  const exchange: Exchange = async (question: Asked, signal) => {
    asked.push(question.path);
    return question.path.endsWith(`/pods/${NAME}`)
      ? answerOf(200, JSON.stringify(killed()))
      : recordedExchange(question, signal);
  };
  const told = await pictures(exchange, ([, reason]) => reason !== null);
  expect(told.at(0)).toEqual([4, null]);
  expect(told.at(-1)).toEqual([5, 'OOMKilled']);
  expect(asked.filter((path) => path.includes('/pods/'))).toEqual([`/api/v1/namespaces/monitoring/pods/${NAME}`]);
});

test('where the pod cannot be had the row stands without, and is not asked for again and again', async () => {
  const asked: string[] = [];
  const exchange: Exchange = async (question: Asked, signal) => {
    asked.push(question.path);
    return recordedExchange(question, signal);
  };
  const told = await pictures(exchange, ([restarts]) => restarts === 5);
  expect(told.at(-1)).toEqual([5, null]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked.filter((path) => path.includes('/pods/')).length).toBeLessThanOrEqual(1);
});

test('o shows every pod of the cluster, and again only those of the stack', () => {
  const key = pods.keys.find((each) => each.key === 'o');
  const all = key?.on({}, { params: { cluster: 'central', workload: 'w' }, rows: [] });
  expect(all).toEqual({ do: 'stay', params: { cluster: 'central', all: 'yes' } });
  expect(key?.on({}, { params: { cluster: 'central', all: 'yes' }, rows: [] })).toEqual({
    do: 'stay',
    params: { cluster: 'central' },
  });
});

test('all pods, for who may only list those of a namespace: of that one', async () => {
  const asked: string[] = [];
  const exchange: Exchange = async (question, signal) => {
    asked.push(question.path);
    if (question.path.endsWith('selfsubjectaccessreviews')) return answerOf(201, '{"status":{"allowed":false}}');
    return recordedExchange(question, signal);
  };
  const { signal } = new AbortController();
  let count = 0;
  for await (const { rows } of pods.load(inputOf(exchange, signal, { all: 'yes' }))) count = rows.length;
  expect(count).toBe(24);
  expect(asked).not.toContain('/api/v1/pods');
});

test('who may see pods and no workload still sees which replicas share a node', async () => {
  const { signal } = new AbortController();
  let records: readonly Record<string, unknown>[] = [];
  for await (const { rows } of spread.load(inputOf(viewerExchange, signal))) records = rows.map(spread.record);
  const loki = records.find(({ component }) => component === 'loki ingester');
  expect(loki).toMatchObject({
    coLocated: [['monitoring-server-loki-ingester-1', 'monitoring-server-loki-ingester-2']],
    pdb: { state: 'unknown' },
  });
});

test.each([pods, nodes, events, pod])('in a cluster where nobody answers $id asks for nothing more', async (view) => {
  const asked: string[] = [];
  const exchange: Exchange = async (question) => {
    asked.push(question.path);
    return { ok: false, kind: 'timeout', said: 'no answer within 10 s' };
  };
  const { signal } = new AbortController();
  let gaps = 0;
  for await (const loaded of view.load(inputOf(exchange, signal, { pod: NAME }))) gaps = loaded.gaps.length;
  expect(gaps).toBe(1);
  // What the survey asks for at once; each further question would be waited for as long again.
  expect(asked).toHaveLength(4);
});

test('a pod of a workload that is newer than the look into the cluster is shown by its own labels', async () => {
  const stop = new AbortController();
  const fresh = {
    type: 'ADDED',
    object: {
      kind: 'Table',
      rows: [
        {
          cells: ['monitoring-server-mimir-querier-5d7-abcde'],
          object: {
            metadata: {
              name: 'monitoring-server-mimir-querier-5d7-abcde',
              namespace: 'monitoring',
              resourceVersion: '99999',
              labels: { 'app.kubernetes.io/name': 'mimir', 'app.kubernetes.io/component': 'querier' },
              ownerReferences: [{ kind: 'ReplicaSet', name: 'monitoring-server-mimir-querier-5d7', controller: true }],
            },
          },
        },
      ],
    },
  };
  const input = inputOf(recordedExchange, stop.signal);
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
            yield JSON.stringify(fresh);
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
          })(),
        }),
      },
    ],
  });
  let found: Record<string, unknown> | undefined;
  for await (const { rows } of pods.follow?.({ ...input, clients }) ?? []) {
    found = rows.map(pods.record).find(({ component }) => component === 'querier');
    if (found) break;
  }
  stop.abort();
  expect(found).toMatchObject({ kind: 'mimir', workload: 'monitoring-server-mimir-querier', cluster: 'central' });
});
