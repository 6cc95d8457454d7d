import { afterEach, describe, expect, test } from 'vitest';
import { mayGoOut } from '../../src/clients/allowed.ts';
import { DASHBOARDS_MAX } from '../../src/clients/grafana.ts';
import { makeClients } from '../../src/clients/make.ts';
import { dashboardsUsing } from '../../src/domain/dashboards.ts';
import made from '../fixtures/made-grafana.json' with { type: 'json' };
import { faultOf, valueIn } from './scripted.ts';
import { CLOCK, never, type Server, startServer } from './server.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

const ANSWERS: Readonly<Record<string, { status: number; body: unknown }>> = {
  '/api/search': made.search,
  '/api/dashboards/uid/cIBgcSjkk': made.cIBgcSjkk,
  '/api/dashboards/uid/newSchema': made.newSchema,
  '/api/dashboards/uid/other': made.other,
  '/api/library-elements': made.library,
};

async function start(headers?: Record<string, string>): Promise<Server> {
  const server = await startServer(
    (request, response) => {
      const path = new URL(request.url ?? '', 'http://here').pathname;
      const found = request.headers.authorization === 'Bearer good' ? ANSWERS[path] : made.noLogin;
      response.writeHead(found?.status ?? 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(found?.body ?? { message: 'Not found' }));
    },
    { headers },
  );
  stops.push(server.stop);
  return server;
}

function grafanaOn(server: Server) {
  const clients = makeClients({ exchanges: { grafana: { exchange: server.network, place: 'here' } }, clock: CLOCK });
  if (!clients.grafana) throw new Error('no Grafana');
  return { clients, grafana: clients.grafana };
}

describe('Grafana', () => {
  test('is asked for its dashboards without a tenant, with its own token, and not again within five minutes', async () => {
    const server = await start({ authorization: 'Bearer good' });
    const { grafana } = grafanaOn(server);
    const found = valueIn(await grafana.found(never()));
    await grafana.found(never());
    expect(found).toEqual([
      { uid: 'cIBgcSjkk', title: 'Checkout overview', folder: 'Shop' },
      { uid: 'newSchema', title: 'Steps, new schema' },
      { uid: 'other', title: 'Kubernetes' },
    ]);
    expect(server.seen.map(({ url }) => url)).toEqual([`/api/search?type=dash-db&limit=${DASHBOARDS_MAX}`]);
    expect(server.seen[0]?.rawHeaders.map((name) => name.toLowerCase())).not.toContain('x-scope-orgid');
  });

  test('says which panels name a metric: rows, variables, library panels and the new schema; not what is only text', async () => {
    const { grafana } = grafanaOn(await start({ authorization: 'Bearer good' }));
    const found = valueIn(await grafana.found(never()));
    const all = await Promise.all(found.map(async (one) => valueIn(await grafana.dashboard(one, never()))));
    const library = valueIn(await grafana.library(never()));
    expect(dashboardsUsing('checkout_step_total', all, library)).toEqual([
      {
        uid: 'cIBgcSjkk',
        title: 'Checkout overview',
        folder: 'Shop',
        panels: ['Steps a second', 'Steps now', 'Steps by session'],
      },
      { uid: 'newSchema', title: 'Steps, new schema', panels: ['By step'] },
    ]);
    expect(dashboardsUsing('checkout_step', all, library)).toEqual([]);
    expect(dashboardsUsing('deploy_time', all, library)).toHaveLength(1);
  });

  test('that wants a login is a fault of the kind that says so', async () => {
    const { grafana } = grafanaOn(await start());
    expect(faultOf(await grafana.found(never()))).toMatchObject({
      kind: 'auth',
      status: 401,
      source: { backend: 'grafana', place: 'here' },
    });
  });

  test('is not a backend that the header shows: nothing was asked of it', async () => {
    const server = await start();
    const { clients } = grafanaOn(server);
    expect(clients.sources.map(({ backend }) => backend)).not.toContain('grafana');
    expect(makeClients({ exchanges: {}, clock: CLOCK }).grafana).toBeUndefined();
    expect(server.seen).toEqual([]);
  });

  test.each([
    ['GET', '/api/search', true],
    ['GET', '/api/dashboards/uid/cIBgcSjkk', true],
    ['GET', '/api/dashboards/uid/a%2Fb', false],
    ['GET', '/api/dashboards/uid/..', false],
    ['GET', '/api/library-elements', true],
    ['POST', '/api/dashboards/db', false],
    ['POST', '/api/dashboards/uid/cIBgcSjkk', false],
    ['GET', '/api/datasources', false],
    ['GET', '/api/datasources/proxy/1/api/v1/query', false],
    ['GET', '/api/admin/settings', false],
    ['GET', '/logout', false],
  ] as const)('%s %s goes out: %s', (method, path, ok) => {
    expect(mayGoOut({ component: 'grafana', method, path }).ok).toBe(ok);
  });
});
