import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Kubernetes } from '../../src/clients/clients.ts';
import { openClusters } from '../../src/main/open-kube.ts';
import { askedOf, kubeconfigFor, writeKubeconfig } from '../clients/kube-server.ts';
import { startForwarder } from '../clients/made-forward.ts';
import { never } from '../clients/server.ts';
import refused from '../fixtures/kube-refused-recorded.json' with { type: 'json' };
import { clientsOf } from '../kube-recorded.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** The recorded query-frontend of Mimir, and the same once more as a Grafana; no service leads to either. */
async function withGrafana(cluster: Kubernetes): Promise<Kubernetes> {
  const surveyed = await cluster.survey();
  const { pods, workloads } = surveyed.inventory;
  const isIt = ({ name }: { readonly name: string }): boolean => name.includes('mimir-query-frontend');
  const both = <T extends { readonly name: string }>(all: readonly T[]): readonly T[] => {
    const own = all.filter(isIt);
    return [...own, ...JSON.parse(JSON.stringify(own).replaceAll('mimir', 'grafana'))];
  };
  const inventory = { ...surveyed.inventory, pods: both(pods), workloads: both(workloads), services: [] };
  return { ...cluster, survey: async () => ({ ...surveyed, inventory }) };
}

async function opened(how: { headers?: Record<string, string>; grafana?: string }) {
  const seen: { url: string; authorization: string; team: string }[] = [];
  const behind = createServer(({ url = '', headers }, response) => {
    seen.push({ url, authorization: headers.authorization ?? 'none', team: String(headers['x-team'] ?? 'none') });
    response.end('{}');
  });
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  const proxied: string[] = [];
  // Proxies are forbidden here: only forwarded ports remain.
  const forwarder = await startForwarder(
    (behind.address() as AddressInfo).port,
    undefined,
    ({ url = '' }, response) => {
      proxied.push(url);
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(refused.proxy.text);
    },
  );
  const { file, remove } = await writeKubeconfig(kubeconfigFor(forwarder.url));
  const clusters = await openClusters({ contexts: [], kubeconfig: file }, { env: {}, named: [], ...how });
  if (!clusters.ok) throw new Error(clusters.because);
  stops.push(remove, clusters.close, forwarder.stop, () => {
    behind.closeAllConnections();
    behind.close();
  });
  const [recorded] = clientsOf(['central']).clusters;
  if (recorded === undefined) throw new Error('central was not recorded');
  await clusters.find([await withGrafana(recorded)]);
  const ask = (component: 'mimir' | 'grafana', path: string) =>
    clusters.exchanges[component]?.exchange(askedOf(path, { component }), never());
  return { seen, proxied, ask };
}

const DATABASES = { authorization: 'Basic ZGI6c2VjcmV0', 'x-team': 'shop' };

test('what lets in at the databases never goes to a Grafana that was merely found', async () => {
  const { seen, ask } = await opened({ headers: DATABASES });
  await ask('mimir', '/prometheus/api/v1/query');
  await ask('grafana', '/api/search');
  expect(seen).toEqual([
    { url: '/prometheus/api/v1/query', authorization: 'Basic ZGI6c2VjcmV0', team: 'shop' },
    { url: '/api/search', authorization: 'none', team: 'none' },
  ]);
});

test('Grafana’s token goes to the Grafana that was found, and nowhere else; a proxy would keep it for itself', async () => {
  const { seen, proxied, ask } = await opened({ headers: DATABASES, grafana: 'Bearer glsa' });
  expect(await ask('grafana', '/api/search')).toMatchObject({ ok: true, status: 200 });
  expect(proxied).toEqual([]);
  await ask('mimir', '/prometheus/api/v1/query');
  expect(seen.map(({ url, authorization }) => `${url} ${authorization}`)).toEqual([
    '/api/search Bearer glsa',
    '/prometheus/api/v1/query Basic ZGI6c2VjcmV0',
  ]);
});
