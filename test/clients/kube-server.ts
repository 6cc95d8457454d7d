import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KubeNetwork, makeKubeNetwork } from '../../src/clients/kube-network.ts';
import { readKubeconfig } from '../../src/clients/kubeconfig.ts';
import type { Asked } from '../../src/domain/exchange.ts';
import made from '../fixtures/made-tls.json' with { type: 'json' };

export interface KubeServer {
  readonly url: string;
  /** `GET /path?query` and the authorization that came with it. */
  readonly seen: {
    readonly line: string;
    readonly authorization: string | undefined;
    readonly tenant: string | undefined;
  }[];
  connections(): number;
  stop(): Promise<void>;
}

/** A TLS server that stands for an API server, with a certificate of its own authority. */
export async function startKubeServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<KubeServer> {
  const seen: KubeServer['seen'] = [];
  let connections = 0;
  const server = createServer({ cert: made.cert, key: made.key }, (request, response) => {
    const tenant = request.headers['x-scope-orgid'];
    seen.push({
      line: `${request.method} ${request.url}`,
      authorization: request.headers.authorization,
      tenant: Array.isArray(tenant) ? tenant.join() : tenant,
    });
    answer(request, response);
  });
  server.on('secureConnection', (socket) => {
    connections += 1;
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    seen,
    connections: () => connections,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const CA_DATA = Buffer.from(made.cert).toString('base64');

/** A kubeconfig in a folder of its own. */
export async function writeKubeconfig(
  text: string,
): Promise<{ file: string; folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'lgtm-tui-kube-'));
  const file = join(folder, 'config');
  await writeFile(file, text);
  return { file, folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export const kubeconfigFor = (
  server: string,
  user = '{token: right}',
  cluster = `certificate-authority-data: ${CA_DATA}`,
): string =>
  `apiVersion: v1
kind: Config
current-context: prod
contexts: [{name: prod, context: {cluster: prod, user: me, namespace: monitoring}}]
clusters: [{name: prod, cluster: {server: "${server}", ${cluster}}}]
users: [{name: me, user: ${user}}]
`;

/** The network of the context `prod` of a kubeconfig with this text. */
export async function networkOf(text: string): Promise<KubeNetwork> {
  const { file, remove } = await writeKubeconfig(text);
  const read = await readKubeconfig({ file, env: {} });
  await remove();
  if (!read.ok) throw new Error(read.because);
  const opened = read.value.open('prod');
  if (!opened.ok) throw new Error(opened.because);
  return makeKubeNetwork(opened.login);
}

export const askedOf = (path: string, change: Partial<Asked> = {}): Asked => ({
  component: 'kubernetes/prod',
  identity: '',
  method: 'GET',
  path,
  params: [],
  tenant: null,
  headers: {},
  deadlineMs: 2000,
  bytesMax: 1_000_000,
  ...change,
});
