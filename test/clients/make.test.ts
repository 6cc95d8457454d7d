import { expect, test } from 'vitest';
import { JOURNAL_ENTRIES_MAX } from '../../src/clients/journal.ts';
import { makeClients } from '../../src/clients/make.ts';
import loki from '../fixtures/loki-recorded.json' with { type: 'json' };
import mimir from '../fixtures/mimir-recorded.json' with { type: 'json' };
import { answerOf, faultOf, scripted, valueIn } from './scripted.ts';
import { CLOCK, never, tenantOf, WINDOW } from './server.ts';

const T = tenantOf('production-us-east');

test('a backend that was not given says which flag is missing', async () => {
  const { clients } = { clients: makeClients({ exchanges: {}, clock: CLOCK }) };
  expect(clients.sources).toEqual([]);
  expect(faultOf(await clients.loki(T).labels(WINDOW, never()))).toMatchObject({
    kind: 'unreachable',
    source: { backend: 'loki' },
    tenant: 'production-us-east',
    said: 'no Loki URL was given: --loki-url, or a kubeconfig',
  });
  expect(faultOf(await clients.mimir(T).query('up', 1, never())).said).toContain('--mimir-url');
  expect(faultOf(await clients.tempo(T).trace('abc', never())).said).toContain('--tempo-url');
  expect(clients.journal.entries()).toEqual([]);
});

test('one backend that hangs delays no other, and its queue costs one deadline', async () => {
  const hangs = { exchange: () => new Promise<never>(() => {}), place: 'a' };
  const answers = { exchange: async () => answerOf(loki.labels), place: 'b' };
  const clients = makeClients({ exchanges: { mimir: hangs, loki: answers }, clock: CLOCK, deadlineMs: 150 });
  const startedMs = performance.now();
  const stuck = Array.from({ length: 40 }, (_, at) => clients.mimir(T).query(`q${at}`, 1, never()));
  valueIn(await clients.loki(T).labels(WINDOW, never()));
  expect(performance.now() - startedMs).toBeLessThan(100);
  for (const result of await Promise.all(stuck)) expect(faultOf(result).kind).toBe('timeout');
  expect(performance.now() - startedMs).toBeLessThan(600);
  expect(clients.sources).toEqual([
    { backend: 'mimir', place: 'a' },
    { backend: 'loki', place: 'b' },
  ]);
});

test('the journal tells what was asked and how old the answer is, the newest first', async () => {
  const { clients } = scripted(answerOf(mimir.instant));
  let changes = 0;
  const stop = clients.journal.onChange(() => (changes += 1));
  await clients.mimir(T).query('up', 5, never());
  await clients.mimir(T).query('down', 6, never());
  stop();
  await clients.mimir(T).query('last', 7, never());
  expect(changes).toBe(2);
  expect(clients.journal.entries().map(({ id, params }) => [id, params[0]?.[1]])).toEqual([
    [3, 'last'],
    [2, 'down'],
    [1, 'up'],
  ]);
  expect(clients.journal.entries()[0]).toMatchObject({
    source: { backend: 'mimir', place: 'central' },
    tenant: 'production-us-east',
    method: 'GET',
    path: '/prometheus/api/v1/query',
    sentUnix: CLOCK.now(),
    answeredUnix: CLOCK.now() - 3,
    status: 200,
  });
  for (let at = 0; at < JOURNAL_ENTRIES_MAX; at += 1) await clients.mimir(T).query(`q${at}`, 1, never());
  expect(clients.journal.entries()).toHaveLength(JOURNAL_ENTRIES_MAX);
});
