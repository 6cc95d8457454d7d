import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Moves, makeMoves } from '../../src/main/moves.ts';
import { open } from '../../src/main/open.ts';
import type { Opened } from '../../src/main/opened.ts';
import { scopeOf } from '../../src/main/scope.ts';
import { views } from '../../src/views/index.ts';
import { type KubeServer, kubeconfigFor, startKubeServer, writeKubeconfig } from '../clients/kube-server.ts';
import recorded from '../fixtures/kube-recorded.json' with { type: 'json' };

const LISTS: Readonly<Record<string, unknown>> = recorded.lists;
const BEHIND: Readonly<Record<string, string>> = {
  '/proxy/api/v1/status/buildinfo': '{"status":"success","data":{"version":"3.0.2"}}',
  '/proxy/distributor/all_user_stats': '[{"userID":"staging","ingestionRate":1,"numSeries":2}]',
};

const clusterOf =
  (context: string) =>
  ({ url = '', headers }: IncomingMessage, response: ServerResponse): void => {
    const path = url.split('?')[0] ?? '';
    const list = LISTS[`${context} ${path}${headers.accept?.includes('as=Table') ? ' table' : ''}`];
    const behind = Object.entries(BEHIND).find(([end]) => path.endsWith(end))?.[1];
    const text = list === undefined ? behind : JSON.stringify(list);
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(text ?? '{}');
  };

let servers: readonly KubeServer[];
let kubeconfig: Awaited<ReturnType<typeof writeKubeconfig>>;
beforeAll(async () => {
  servers = await Promise.all(['central', 'edge'].map((context) => startKubeServer(clusterOf(context))));
  const [central, edge] = servers.map(({ url }) => kubeconfigFor(url));
  const second = /clusters: \[\{name: prod, cluster: (.*)\}\]/.exec(edge ?? '')?.[1] ?? '';
  kubeconfig = await writeKubeconfig(
    (central ?? '')
      .replace(
        'contexts: [',
        'contexts: [{name: edge, context: {cluster: edge, user: me}}, {name: dead, context: {cluster: dead, user: me}}, ',
      )
      .replace(
        'clusters: [',
        `clusters: [{name: edge, cluster: ${second}}, {name: dead, cluster: {server: "https://localhost:9"}}, `,
      ),
  );
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await kubeconfig.remove();
});

async function opened(...words: string[]): Promise<{ moves: Moves; first: Opened }> {
  const config = readConfig(words, {}, views);
  if (!config.ok) throw new Error(config.because);
  const wall = { running: true, demoFile: 'demo/incident.tape', nowUnix: () => Date.now() / 1000, env: {} };
  const first = await open(config.value, wall);
  if (!first.ok) throw new Error(first.because);
  return { first: first.value, moves: makeMoves(first.value, (next) => scopeOf(config.value, next)) };
}

const shown = ({ clients }: Moves): readonly string[] => clients.clusters.map(({ context }) => context);

test('everything follows a context: clusters, agents, the databases that stand in it, the tenants', async () => {
  const { moves } = await opened('--kubeconfig', kubeconfig.file);
  expect(shown(moves)).toEqual(['prod']);
  expect(moves.clients.reach('mimir')).toMatchObject({ by: 'service-proxy' });
  const edge = await moves.move(['edge']);
  expect(edge).toMatchObject({
    ok: true,
    context: 'edge',
    tenants: [],
    home: 'stack',
    said: 'edge: everything follows; not found there: Mimir, Loki, Tempo',
  });
  expect(shown(moves)).toEqual(['edge']);
  expect(moves.clients.reach('mimir')).toBeUndefined();
  const { agents } = await moves.clients.agents.fleet(new AbortController().signal);
  expect(new Set(agents.map(({ context }) => context))).toEqual(new Set(['edge']));
  expect(moves.clients.contexts.filter(({ chosen }) => chosen).map(({ name }) => name)).toEqual(['edge']);

  const back = await moves.move(['prod', 'edge']);
  expect(back).toMatchObject({ ok: true, context: 'prod, edge', tenants: ['staging'], home: 'slow' });
  expect(shown(moves)).toEqual(['prod', 'edge']);
  await moves.close();
});

test('a context that cannot be opened leaves everything as it was, and says why', async () => {
  const { moves } = await opened('--kubeconfig', kubeconfig.file);
  expect(await moves.move(['prd'])).toMatchObject({
    ok: false,
    because: expect.stringContaining('no context is called "prd"'),
  });
  expect(await moves.move(['dead'])).toMatchObject({
    ok: false,
    because: expect.stringContaining('API server of context dead: localhost:9 refuses connections'),
  });
  expect(shown(moves)).toEqual(['prod']);
  expect((await moves.clients.clusters[0]?.survey())?.gaps).toEqual([]);
  await moves.close();
});

test('what was named by URL stays, and is said', async () => {
  const { moves } = await opened('--kubeconfig', kubeconfig.file, '--loki-url', 'http://127.0.0.1:9');
  expect(await moves.move(['edge'])).toMatchObject({
    said: 'edge: everything follows; by URL, and therefore as before: Loki; not found there: Mimir, Tempo',
  });
  expect(moves.clients.reach('loki')).toEqual({ by: 'url', url: 'http://127.0.0.1:9' });
  await moves.close();
});

test('of two stacks in a cluster the one that is meant is asked from then on', async () => {
  const two = await startKubeServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const list = LISTS[`central ${path}`] as { items: { metadata: object }[] } | undefined;
    if (!list || !/statefulsets|deployments/.test(path)) return clusterOf('central')(request, response);
    const second = list.items.map((item) => ({ ...item, metadata: { ...item.metadata, namespace: 'second' } }));
    response.writeHead(200).end(JSON.stringify({ ...list, items: [...list.items, ...second] }));
  });
  const file = await writeKubeconfig(kubeconfigFor(two.url));
  const { moves } = await opened('--kubeconfig', file.file);
  const ask = () => moves.clients.about.version('mimir', null, new AbortController().signal);
  expect(await ask()).toMatchObject({ ok: false, fault: { said: expect.stringContaining('2 of Mimir were found') } });
  expect(await moves.move(['prod'], 'monitoring')).toMatchObject({
    ok: true,
    said: 'prod, namespace monitoring: everything follows',
  });
  expect(await ask()).toMatchObject({ ok: true, value: '3.0.2' });
  await moves.close();
  await two.stop();
  await file.remove();
});

test('who listens to the journal hears of requests in the new context too', async () => {
  const { moves } = await opened('--kubeconfig', kubeconfig.file);
  let heard = 0;
  const stop = moves.clients.journal.onChange(() => {
    heard += 1;
  });
  await moves.move(['edge']);
  const before = heard;
  await moves.clients.clusters[0]?.list('nodes', undefined, new AbortController().signal);
  expect(heard).toBeGreaterThan(before);
  expect(moves.clients.journal.entries()[0]?.source.place).toBe('edge');
  stop();
  await moves.close();
});

test('on a recording clusters follow and its one Mimir, Loki and Tempo stay; the clock goes on', async () => {
  const { moves, first } = await opened('--demo');
  const atUnix = first.clock.now();
  expect(await moves.move(['edge'])).toMatchObject({
    ok: true,
    context: 'edge',
    said: expect.stringContaining('a recording has one Mimir'),
  });
  expect(shown(moves)).toEqual(['edge']);
  expect(first.clock.now()).toBeGreaterThanOrEqual(atUnix);
  expect(first.clock.now()).toBeLessThan(atUnix + 60);
  expect((await moves.clients.clusters[0]?.survey())?.gaps).toEqual([]);
  await moves.close();
});

test('what is left behind and cannot be closed does not undo the move; what cannot be looked into is closed again', async () => {
  const { first } = await opened('--kubeconfig', kubeconfig.file);
  const failing = (): Promise<never> => Promise.reject(new Error('close failed'));
  const moves = makeMoves({ ...first, close: failing }, async () => ({ ok: true, tenants: [] }));
  expect(await moves.move(['edge'])).toMatchObject({ ok: true, context: 'edge' });
  expect(shown(moves)).toEqual(['edge']);
  await moves.close();

  const closed: string[] = [];
  const reopen = async (contexts: readonly string[]) => {
    const close = async () => void closed.push(contexts.join());
    return { ok: true as const, value: { ...first, close } };
  };
  const broken = makeMoves({ ...first, reopen }, () => Promise.reject(new Error('no scope')));
  await expect(broken.move(['edge'])).rejects.toThrow('no scope');
  expect(closed).toEqual(['edge']);
  await first.close();
});
