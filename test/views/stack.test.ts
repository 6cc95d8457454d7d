import { describe, expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Exchange } from '../../src/domain/exchange.ts';
import { lastOf } from '../../src/views/arrival.ts';
import { stack } from '../../src/views/stack.ts';
import type { Params } from '../../src/views/view.ts';
import { answerOf, KUBE_AT, KUBE_CLOCK, recordedExchange, sayGap } from '../kube-recorded.ts';
import { databases, whole } from '../made-databases.ts';

async function load(
  clients: ReturnType<typeof whole>,
  params: Params = {},
  tenants: Parameters<typeof stack.load>[0]['tenants'] = [],
) {
  const { signal } = new AbortController();
  const time = { endUnix: Math.floor(KUBE_AT), live: true };
  const loaded = await lastOf(stack.load({ clients, tenants, params, time, nowUnix: KUBE_AT, signal }));
  const records = loaded?.rows.map(stack.record) ?? [];
  const one = (kind: string, component: string) =>
    records.find((each) => each.kind === kind && each.component === component);
  return { records, one, gaps: loaded?.gaps.map(sayGap) ?? [] };
}

describe('what runs, beside what is declared', () => {
  test('Mimir’s running configuration agrees, and says so', async () => {
    const { one } = await load(whole(['central']));
    expect(one('mimir', 'ingester')).toMatchObject({
      mode: 'classic',
      modeBecause: expect.stringMatching(/its running configuration \(\/config\) says the same$/),
      really: null,
    });
  });

  test('it disagrees: the declared mode stands, with what really runs beside it', async () => {
    const kafka: Exchange = async (asked, signal) =>
      asked.path === '/config' && asked.component.startsWith('mimir')
        ? answerOf(200, 'ingest_storage:\n    enabled: true\n    kafka:\n        address: kafka:9092\n')
        : databases(asked, signal);
    const { one } = await load(whole(['central'], kafka));
    expect(one('mimir', 'ingester')).toMatchObject({
      mode: 'classic',
      really: 'ingest-storage: its running configuration (/config) says so',
    });
  });
});

test('nobody answers queries: the others are asked all the same', async () => {
  const down: Exchange = async (asked, signal) =>
    asked.component === 'mimir'
      ? { ok: false, kind: 'unreachable', said: 'no pod behind it is ready' }
      : databases(asked, signal);
  const { one, gaps } = await load(whole(['central'], down));
  expect(one('mimir', 'query-frontend')).toMatchObject({
    version: '3.0.2',
    lastFault: expect.stringMatching(/no pod behind/),
  });
  expect(one('mimir', 'ingester')).toMatchObject({ versionFrom: 'build info', lastFault: null });
  expect(gaps).toHaveLength(1);
});

test('where asking is forbidden it is said once, not for each component', async () => {
  const asked: string[] = [];
  const forbidden: Exchange = async (question) => {
    asked.push(question.component);
    return {
      ok: false,
      kind: 'forbidden',
      said: `User "viewer" cannot get resource "pods/proxy" of ${question.component}`,
    };
  };
  const { gaps } = await load(whole(['central'], forbidden));
  expect(gaps.filter((gap) => gap.startsWith('forbidden mimir'))).toHaveLength(1);
  expect(gaps.filter((gap) => gap.startsWith('forbidden agent'))).toHaveLength(1);
  expect(asked.filter((component) => component.startsWith('mimir/') && component !== 'mimir/distributor')).toEqual([]);
});

test('a context that is only looked into has its agent asked through its own API server', async () => {
  const hops: string[] = [];
  const clients = makeClients({
    exchanges: {},
    clusters: [{ context: 'central', exchange: recordedExchange, namespaces: [] }],
    otherClusters: [
      {
        context: 'edge',
        exchange: recordedExchange,
        namespaces: [],
        through: async (hop, asked, signal) => {
          hops.push(hop);
          return databases({ ...asked, component: 'agent' }, signal);
        },
      },
    ],
    clock: KUBE_CLOCK,
  });
  const { records, gaps } = await load(clients, { cluster: 'edge' });
  expect(records).toEqual([expect.objectContaining({ kind: 'agent', version: '3.5.3+ds1', cluster: 'edge' })]);
  expect(gaps).toEqual([]);
  expect(hops).toEqual(['/api/v1/namespaces/monitoring/pods/monitoring-agent-alloy-c3t6h:12345/proxy']);
});

test('o chooses among two stacks, by context or by namespace, and refuses where there is one', () => {
  const key = stack.keys.find((each) => each.key === 'o');
  const row = (kind: string, cluster: string, namespace: string) => ({ kind, cluster, namespace });
  const press = (rows: readonly object[]) => key?.on(rows[0], { params: {}, rows });
  expect(press([row('mimir', 'a', 'x'), row('mimir', 'a', 'y'), row('agent', 'b', 'x')])).toEqual({
    do: 'contexts',
    contexts: ['a', 'b'],
    namespace: 'x',
    view: 'stack',
  });
  expect(press([row('loki', 'a', 'x'), row('loki', 'b', 'x')])).toMatchObject({ do: 'contexts', contexts: ['a'] });
  expect(press([row('tempo', 'a', 'x'), row('mimir', 'a', 'y')])).toMatchObject({ do: 'refuse' });
  expect(press([row('agent', 'a', 'x'), row('agent', 'b', 'x')])).toMatchObject({ do: 'refuse' });
});
