import { describe, expect, test } from 'vitest';
import { findElsewhere } from '../../src/clients/elsewhere.ts';
import type { Asked, Exchange } from '../../src/domain/exchange.ts';
import type { HeaderSignal } from '../../src/domain/header-probe.ts';
import { makeElsewhere } from '../../src/main/open-elsewhere.ts';
import { startServer } from './server.ts';

const NOWHERE: Exchange = async () => ({ ok: false, kind: 'unreachable', said: 'nobody' });

/** Which way leads to a URL of an agent in `monitoring` of `eu-west`. */
function wayTo(signal: HeaderSignal, url: string, grpc = false) {
  const opened: string[] = [];
  const hops: string[] = [];
  const found = findElsewhere(
    signal,
    { url, grpc, context: 'eu-west', namespace: 'monitoring', namespaces: ['dev', 'monitoring'] },
    {
      through: (context) => async (hop) => {
        hops.push(`${context} ${hop}`);
        return { ok: false, kind: 'unreachable', said: '' };
      },
      open: (root) => {
        opened.push(root);
        return NOWHERE;
      },
    },
  );
  return { found, opened, hops };
}

const question = {
  ...{ component: 'mimir', identity: '', method: 'GET', path: '/prometheus/api/v1/labels', params: [] },
  ...{ tenant: null, headers: {}, deadlineMs: 1000, bytesMax: 1000 },
} as unknown as Asked;

describe('the URL that stands in an agent’s configuration', () => {
  test.each<[HeaderSignal, string, string]>([
    ['metrics', 'https://mimir.example.com/api/v1/push', 'https://mimir.example.com'],
    ['metrics', 'https://obs.example.com/mimir/api/v1/push', 'https://obs.example.com/mimir'],
    ['logs', 'https://loki.example.com/loki/api/v1/push', 'https://loki.example.com'],
    ['logs', 'https://loki.example.com/otlp', 'https://loki.example.com'],
    ['traces', 'https://tempo.example.com', 'https://tempo.example.com'],
    ['metrics', 'http://10.1.2.3:8080/api/v1/push', 'http://10.1.2.3:8080'],
    ['metrics', 'http://mimir.example.com/api/v1/push', 'http://mimir.example.com'],
    ['metrics', 'https://mimir.io/api/v1/push', 'https://mimir.io'],
    ['metrics', 'https://mimir.example.com./api/v1/push', 'https://mimir.example.com'],
  ])('%s to %s is asked at its root', (signal, url, root) => {
    const { found, opened } = wayTo(signal, url);
    expect(found).toMatchObject({ ok: true });
    expect(opened).toEqual([root]);
  });

  test.each([
    ['http://mimir-nginx.monitoring.svc/api/v1/push', 'monitoring/services/http:mimir-nginx:80'],
    ['http://mimir-nginx.other.svc.cluster.local:8080/api/v1/push', 'other/services/http:mimir-nginx:8080'],
    ['https://mimir-gw.monitoring/api/v1/push', 'monitoring/services/https:mimir-gw:443'],
    ['http://mimir:9009/api/v1/push', 'monitoring/services/http:mimir:9009'],
    ['http://mimir.dev/api/v1/push', 'dev/services/http:mimir:80'],
    ['http://mimir-nginx.other.svc./api/v1/push', 'other/services/http:mimir-nginx:80'],
    ['http://mimir-nginx.other.svc.cluster.local./api/v1/push', 'other/services/http:mimir-nginx:80'],
  ])('%s is a service of the agent’s cluster, asked through its API server', async (url, service) => {
    const { found, hops, opened } = wayTo('metrics', url);
    if (!found.ok) throw new Error(found.because);
    await found.exchange(question, new AbortController().signal);
    expect(hops).toEqual([`eu-west /api/v1/namespaces/${service}/proxy`]);
    expect(opened).toEqual([]);
  });

  test.each([
    ['http://localhost:9009/api/v1/push', /agent’s own pod/],
    ['http://loki.localhost:9009/api/v1/push', /agent’s own pod/],
    ['http://127.0.0.1:9009/api/v1/push', /agent’s own pod/],
    ['http://127.1:9009/api/v1/push', /agent’s own pod/],
    ['http://[::1]:9009/api/v1/push', /agent’s own pod/],
    ['http://[::ffff:127.0.0.1]:9009/api/v1/push', /agent’s own pod/],
    ['http://169.254.169.254/latest', /agent’s own node/],
    ['http://[fe80::1]/api/v1/push', /agent’s own node/],
    ['http://mimir.io/api/v1/push', /may be a service of eu-west.*--mimir-url/],
    ['http://user:xxxxx@mimir.dev.svc/api/v1/push', /a login stands in it, which is the agent’s/],
    ['http://mimir.dev.svc/prefix/api/v1/push', /prefix/],
    ['http://mimir-0.mimir-headless.dev.svc.cluster.local:8080/api/v1/push', /a name within eu-west/],
  ])('%s means something only where the agent stands: it is asked nowhere else', (url, because) => {
    const { found, opened, hops } = wayTo('metrics', url);
    expect(found).toMatchObject({ ok: false, because: expect.stringMatching(because), context: 'eu-west' });
    expect([...opened, ...hops]).toEqual([]);
  });

  test.each([
    ['http://tempo-distributor.monitoring.svc:4318', false],
    ['tempo-distributor.monitoring.svc:4317', true],
    ['tempo.example.com:443', true],
  ])('%s only takes pushes: it is not asked', (url, grpc) => {
    const { found, opened, hops } = wayTo('traces', url, grpc);
    expect(found).toMatchObject({ ok: false, because: expect.stringContaining('503') });
    expect([...opened, ...hops]).toEqual([]);
  });
});

test('neither login nor further headers go to a URL that was not named; to one that was named they do', async () => {
  const server = await startServer((_request, response) => void response.end('{}'));
  const named: Asked[] = [];
  const known: Exchange = async (asked) => {
    named.push(asked);
    return { ok: false, kind: 'unreachable', said: '' };
  };
  const elsewhere = makeElsewhere(
    { mimir: { exchange: known, place: 'named', url: 'https://named.example.com' } },
    { cert: 'mine', key: 'mine' },
    {},
  );
  const { signal } = new AbortController();
  expect(await elsewhere.open(server.url)(question, signal)).toMatchObject({ ok: true, status: 200 });
  const sent = server.seen[0]?.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  expect(sent?.toSorted()).toEqual(['accept-encoding', 'connection', 'host', 'user-agent']);
  await elsewhere.open('https://named.example.com')(question, signal);
  expect(named).toHaveLength(1);
  const grafana = makeElsewhere({ grafana: { exchange: known, place: 'grafana', url: server.url } }, undefined, {});
  await grafana.open(server.url)(question, signal);
  expect(named).toHaveLength(1);
  await grafana.close();
  const flush = await elsewhere.open(server.url)({ ...question, path: '/ingester/flush' }, signal);
  expect(flush).toMatchObject({ ok: false, kind: 'forbidden' });
  await elsewhere.close();
  await server.stop();
});
