import { expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Asked, Exchange } from '../../src/domain/exchange.ts';
import { QUEUE_AGENTS_LAST, QUEUE_SERIES } from '../../src/domain/questions-queues.ts';
import { lastOf } from '../../src/views/arrival.ts';
import { loadQueues } from '../../src/views/queues-load.ts';
import type { LoadInput } from '../../src/views/view.ts';
import { tenantOf } from '../clients/server.ts';

const NOW = 1_800_000_000;

/** Made by hand: a Mimir in which one of many tenants holds an agent's queue. */
function world(tenants: number) {
  const asked: Asked[] = [];
  const labels = { pod: 'alloy-0', namespace: 'mon', cluster: 'c', url: 'http://m', remote_name: 'm' };
  const exchange: Exchange = async (question) => {
    asked.push(question);
    const query = question.params.find(([name]) => name === 'query')?.[1];
    const isHeld = question.tenant === 't7' && (query === QUEUE_SERIES || query === QUEUE_AGENTS_LAST);
    const metric = query === QUEUE_SERIES ? { __name__: 'prometheus_remote_storage_samples_total', ...labels } : labels;
    const result = isHeld ? [{ metric, value: [NOW, '1'] }] : [];
    const body = question.path.endsWith('all_user_stats')
      ? []
      : { status: 'success', data: { resultType: 'vector', result } };
    return { ok: true, status: 200, headers: {}, text: JSON.stringify(body), atUnix: NOW };
  };
  const reached = { exchange, place: 'central' };
  const clients = makeClients({
    exchanges: { mimir: reached, loki: reached, tempo: reached },
    clusters: [],
    clock: { now: () => NOW, said: () => undefined },
  });
  const input: LoadInput = {
    ...{ clients, tenants: Array.from({ length: tenants }, (_, at) => tenantOf(`t${at}`)), params: {}, nowUnix: NOW },
    time: { endUnix: NOW, live: true },
    signal: new AbortController().signal,
  };
  return async (): Promise<{ agents: readonly string[]; requests: number }> => {
    asked.length = 0;
    const loaded = await lastOf(loadQueues(input));
    return { agents: loaded?.rows.map(({ agent }) => agent) ?? [], requests: asked.length };
  };
}

test('of many tenants those without agents are not asked again with every refresh', async () => {
  const refresh = world(200);
  expect((await refresh()).agents).toEqual(['alloy-0']);
  const again = await refresh();
  expect(again.agents).toEqual(['alloy-0']);
  expect(again.requests).toBeLessThan(30);
});

test('of few tenants each is asked each time: a new agent is seen at once', async () => {
  const refresh = world(10);
  await refresh();
  expect((await refresh()).requests).toBeGreaterThan(20);
});
