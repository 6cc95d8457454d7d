import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { askedOf, kubeconfigFor, networkOf } from './kube-server.ts';
import { startForwarder } from './made-forward.ts';
import { never, tenantOf } from './server.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function setUp(refuse?: string) {
  const seen: { url: string; authorization?: string; tenant?: unknown }[] = [];
  const behind = createServer((request, response) => {
    seen.push({
      url: request.url ?? '',
      authorization: request.headers.authorization,
      tenant: request.headers['x-scope-orgid'],
    });
    if (request.url?.startsWith('/never')) return;
    response.end(JSON.stringify({ status: 'success', data: ['x'.repeat(200_000)] }));
  });
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  const port = (behind.address() as AddressInfo).port;
  const forwarder = await startForwarder(port, refuse);
  const network = await networkOf(kubeconfigFor(forwarder.url));
  stops.push(
    () => network.close(),
    () => forwarder.stop(),
    () => {
      behind.closeAllConnections();
      behind.close();
    },
  );
  const target = { namespace: 'monitoring', pod: 'loki-0', port, headers: { authorization: 'Basic bWU6c2VjcmV0' } };
  return { seen, forwarder, network, target, port };
}

const asked = askedOf('/loki/api/v1/labels', {
  component: 'loki',
  tenant: tenantOf('staging'),
  params: [['start', '1']],
});

test('a request goes through: basic auth and tenant arrive, the kubeconfig’s token stays with the API server', async () => {
  const { seen, forwarder, network, target, port } = await setUp();
  const answered = await network.forward(target, asked, never());
  expect(answered).toMatchObject({ ok: true, status: 200 });
  expect(answered.ok && answered.text.length).toBe('{"status":"success","data":[""]}'.length + 200_000);
  expect(seen).toEqual([
    { url: '/loki/api/v1/labels?start=1', authorization: 'Basic bWU6c2VjcmV0', tenant: 'staging' },
  ]);
  expect(forwarder.asked).toEqual([
    {
      url: `/api/v1/namespaces/monitoring/pods/loki-0/portforward?ports=${port}`,
      protocol: 'v5.channel.k8s.io,v4.channel.k8s.io,v3.channel.k8s.io,v2.channel.k8s.io,channel.k8s.io',
      authorization: 'Bearer right',
    },
  ]);
});

test('what the kubelet says on the channel of errors is told', async () => {
  const { network, target } = await setUp('error forwarding port 3100 to pod loki-0: connection refused');
  const answered = await network.forward(target, asked, never());
  expect(answered).toMatchObject({ ok: false, kind: 'unreachable' });
  expect(!answered.ok && answered.said).toMatch(
    /^port-forward monitoring\/loki-0:\d+, context prod: error forwarding port 3100/,
  );
});

test('a refused port-forward is told, and by whom', async () => {
  const { network, target } = await setUp('forbidden');
  const answered = await network.forward(target, asked, never());
  expect(!answered.ok && answered.said).toMatch(/context prod: the API server does not open it$/);
});

test('leaving ends it', async () => {
  const { network, target } = await setUp();
  const stop = new AbortController();
  const waiting = network.forward(target, asked, stop.signal);
  stop.abort();
  expect(await waiting).toMatchObject({ ok: false, kind: 'cancelled' });
});

test('what would change something does not go through either', async () => {
  const { forwarder, network, target } = await setUp();
  const answered = await network.forward(target, { ...asked, path: '/flush' }, never());
  expect(answered).toMatchObject({ ok: false, kind: 'forbidden' });
  expect(forwarder.asked).toEqual([]);
});
