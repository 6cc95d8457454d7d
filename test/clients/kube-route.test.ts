import { describe, expect, test } from 'vitest';
import { makeRoutes, type RouteOptions } from '../../src/clients/kube-route.ts';
import type { RouteCluster } from '../../src/clients/route-cluster.ts';
import type { Answered } from '../../src/domain/exchange.ts';
import { sayReach } from '../../src/domain/reach.ts';
import { answerOf, clientsOf, viewerExchange } from '../kube-recorded.ts';
import { askedOf } from './kube-server.ts';
import { never } from './server.ts';

type Through = (hop: string) => Answered;

/** Routes over recorded clusters; `through` answers for the API server's proxy. */
function routesOf(
  contexts: readonly string[],
  through: Through,
  options: Partial<RouteOptions> & { viewer?: true } = {},
) {
  const hops: string[] = [];
  const clusters = clientsOf(contexts, options.viewer ? viewerExchange : undefined).clusters.map(
    ({ context, survey }): RouteCluster => ({
      context,
      survey,
      through: async (hop) => {
        hops.push(hop.replace('/api/v1/namespaces/monitoring/', ''));
        return through(hop);
      },
      forward: async (way) => {
        hops.push(sayReach(way));
        return answerOf(200, 'forwarded');
      },
    }),
  );
  return { hops, routes: makeRoutes({ clusters, ...options }) };
}

const ok: Through = () => answerOf(200, '{}');
const refused = (said: string, kind: 'unreachable' | 'forbidden' = 'unreachable'): Answered => ({
  ok: false,
  kind,
  said,
});
const ask = (component: string, path: string) => askedOf(path, { component });

test('a question goes by the service proxy of who answers queries, in whichever cluster that is', async () => {
  const { hops, routes } = routesOf(['eu-west', 'central', 'edge'], ok);
  expect(await routes(ask('mimir', '/prometheus/api/v1/query'), never())).toMatchObject({ ok: true });
  expect(await routes(ask('tempo', '/api/search'), never())).toMatchObject({ ok: true });
  expect(hops).toEqual([
    'services/http:monitoring-server-mimir-query-frontend:8080/proxy',
    'services/http:monitoring-server-tempo-query-frontend:3200/proxy',
  ]);
  expect(await routes.find('mimir')).toEqual({ ok: true, context: 'central' });
});

test('a service that cannot be reached gives way to its gateway, then to a pod, and stays where it worked', async () => {
  const { hops, routes } = routesOf(['central'], (hop) =>
    hop.includes('/pods/') ? answerOf(200, '{}') : refused('no pod behind it is ready'),
  );
  await routes(ask('loki', '/loki/api/v1/labels'), never());
  await routes(ask('loki', '/loki/api/v1/labels'), never());
  expect(hops).toEqual([
    'services/http:monitoring-server-loki-gateway:80/proxy',
    'pods/monitoring-server-loki-gateway-d9f4-7mxxp:8080/proxy',
    'pods/monitoring-server-loki-gateway-d9f4-7mxxp:8080/proxy',
  ]);
  const way = routes.reach('loki');
  expect(way && sayReach(way)).toBe('pod proxy monitoring/monitoring-server-loki-gateway-d9f4-7mxxp:8080');
});

test('where the proxy is forbidden, a port is forwarded', async () => {
  const { hops, routes } = routesOf(['central'], () => refused('cannot get resource "services/proxy"', 'forbidden'));
  expect(await routes(ask('loki', '/loki/api/v1/labels'), never())).toMatchObject({ ok: true, text: 'forwarded' });
  expect(hops.at(-1)).toBe('port-forward monitoring/monitoring-server-loki-gateway-d9f4-7mxxp:8080');
});

test('when every way fails the first one’s words stand, and what was tried', async () => {
  const { clusters } = clientsOf(['central']);
  const routes = makeRoutes({
    clusters: clusters.map(({ context, survey }) => ({
      context,
      survey,
      through: async (hop) =>
        hop.includes('/services/')
          ? refused('no pod behind it is ready')
          : refused('cannot get pods/proxy', 'forbidden'),
    })),
  });
  const answered = await routes(ask('mimir/ruler', '/ruler/ring'), never());
  expect(answered).toMatchObject({
    ok: false,
    kind: 'forbidden',
    said: 'cannot get pods/proxy; tried: service proxy monitoring/monitoring-server-mimir-ruler:8080, pod proxy monitoring/monitoring-server-mimir-ruler-7c9f6-h5dqn:8080',
  });
});

test('what the server behind says is the answer, however bad', async () => {
  const { hops, routes } = routesOf(['central'], () => answerOf(401, 'no org id'));
  expect(await routes(ask('mimir', '/prometheus/api/v1/query'), never())).toMatchObject({ ok: true, status: 401 });
  expect(hops).toHaveLength(1);
});

test('a cluster without the database says so, and what to give', async () => {
  const { routes } = routesOf(['edge'], ok);
  expect(await routes(ask('loki', '/loki/api/v1/labels'), never())).toEqual({
    ok: false,
    kind: 'unreachable',
    said: 'no Loki was found in edge: give --loki-url or another --context',
  });
});

test('two stacks are a question', async () => {
  const two = [...clientsOf(['central']).clusters, ...clientsOf(['central']).clusters];
  const clusters = two.map(({ survey }, index) => ({
    context: `c${index}`,
    survey: async () => {
      const surveyed = await survey();
      return { ...surveyed, inventory: { ...surveyed.inventory, cluster: `c${index}` } };
    },
    through: async () => answerOf(200, ''),
  }));
  const answered = await makeRoutes({ clusters })(ask('mimir', '/prometheus/api/v1/query'), never());
  expect(!answered.ok && answered.said).toBe(
    '2 of Mimir were found, monitoring/monitoring-server in c0 and monitoring/monitoring-server in c1: choose one with --context',
  );
});

test('who may only list pods reaches by pod, where he may', async () => {
  const { hops, routes } = routesOf(['central'], ok, { viewer: true });
  await routes(ask('mimir', '/prometheus/api/v1/query'), never());
  expect(hops).toEqual(['pods/monitoring-server-mimir-query-frontend-77d5b-kq2wz:8080/proxy']);
});

test('an agent is found by its pod, in whichever cluster', async () => {
  const { hops, routes } = routesOf(['central', 'edge'], ok);
  await routes(ask('agent/monitoring-agent-alloy-c3t6h', '/metrics'), never());
  expect(hops).toEqual(['pods/monitoring-agent-alloy-c3t6h:12345/proxy']);
});

describe('a cluster that hangs', () => {
  const hanging = (): RouteCluster => ({
    context: 'hangs',
    survey: () => new Promise(() => {}),
    through: async () => refused('not asked'),
  });
  const beside = (context: string): RouteCluster[] =>
    clientsOf([context]).clusters.map(({ context: name, survey }) => ({
      context: name,
      survey,
      through: async () => answerOf(200, '{}'),
    }));

  test('does not keep what another one holds, and is waited for once', async () => {
    const routes = makeRoutes({ clusters: [hanging(), ...beside('central')] });
    const began = performance.now();
    expect(await routes(ask('mimir', '/prometheus/api/v1/query'), never())).toMatchObject({ ok: true });
    expect(performance.now() - began).toBeLessThan(4_000);
    const again = performance.now();
    expect(await routes(ask('loki', '/loki/api/v1/labels'), never())).toMatchObject({ ok: true });
    expect(performance.now() - again).toBeLessThan(500);
  });

  test('is waited for where nobody else holds what is wanted', async () => {
    const routes = makeRoutes({ clusters: [hanging(), ...beside('edge')] });
    const answered = routes(ask('mimir', '/prometheus/api/v1/query'), never());
    const waited = new Promise((resolve) => setTimeout(() => resolve('waits'), 2_500));
    expect(await Promise.race([answered, waited])).toBe('waits');
  });
});

test('a slow cluster that turns out to hold a second one makes it a question from then on', async () => {
  const [central] = clientsOf(['central']).clusters;
  if (!central) throw new Error('no cluster');
  const { survey } = central;
  const clusters = ['first', 'slow'].map((context, at) => ({
    context,
    survey: async () => {
      await new Promise((resolve) => setTimeout(resolve, at * 2_000));
      const surveyed = await survey();
      return { ...surveyed, inventory: { ...surveyed.inventory, cluster: context } };
    },
    through: async () => answerOf(200, ''),
  }));
  const routes = makeRoutes({ clusters });
  const question = ask('mimir', '/prometheus/api/v1/query');
  expect((await routes(question, never())).ok).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(await routes(question, never())).toMatchObject({
    ok: false,
    said: expect.stringContaining('2 of Mimir were found'),
  });
});
