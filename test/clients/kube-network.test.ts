import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeNetwork } from '../../src/clients/kube-network.ts';
import recorded from '../fixtures/kube-refused-recorded.json' with { type: 'json' };
import { askedOf, type KubeServer, kubeconfigFor, networkOf, startKubeServer, writeKubeconfig } from './kube-server.ts';
import { never } from './server.ts';

/** Answers as the recorded API server did, by the last word of the path. */
let server: KubeServer;
beforeAll(async () => {
  server = await startKubeServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (request.headers.authorization !== 'Bearer right') {
      response.writeHead(401, { 'content-type': 'application/json' });
      return response.end(recorded['bad-token'].text);
    }
    const refused = Object.entries(recorded).find(([name]) => path.endsWith(`/${name}`) || path.includes(`:${name}:`));
    if (refused && typeof refused[1] !== 'string') {
      response.writeHead(refused[1].status, { 'content-type': 'application/json' });
      return response.end(refused[1].text);
    }
    if (path.endsWith('/nodes')) {
      response.writeHead(200, { 'content-type': 'text/html' });
      return response.end('<html><title>Sign in</title></html>');
    }
    response.setHeader('content-type', 'application/json');
    return response.end('{"kind":"List"}');
  });
});
afterAll(() => server.stop());

async function ask(network: KubeNetwork, path: string) {
  const answered = await network(askedOf(path), never());
  await network.close();
  return answered;
}

describe('the pass of a kubeconfig', () => {
  test('a token and an authority of its own', async () => {
    const answered = await ask(await networkOf(kubeconfigFor(server.url)), '/api/v1/pods');
    expect(answered.ok && answered.status).toBe(200);
  });

  test('user and password', async () => {
    await ask(await networkOf(kubeconfigFor(server.url, '{username: me, password: secret}')), '/api/v1/pods');
    expect(server.seen.at(-1)?.authorization).toBe(`Basic ${btoa('me:secret')}`);
  });

  test('one pool of connections, not one a request', async () => {
    const network = await networkOf(kubeconfigFor(server.url));
    const before = server.connections();
    for (let turn = 0; turn < 20; turn++) await network(askedOf('/api/v1/pods'), never());
    await network.close();
    expect(server.connections() - before).toBeLessThanOrEqual(2);
  });

  test('a plugin runs once for all who wait, and once more when its token is refused', async () => {
    const { folder, remove } = await writeKubeconfig('');
    const plugin = join(folder, 'plugin.sh');
    await writeFile(
      plugin,
      `echo run >> ${folder}/runs; sleep 0.1; n=$(wc -l < ${folder}/runs); [ $n -gt 1 ] && t=right || t=old
       echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'$t'"}}'`,
    );
    const user = `{exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [${plugin}]}}`;
    const network = await networkOf(kubeconfigFor(server.url, user));
    const answers = await Promise.all([1, 2, 3, 4].map(() => network(askedOf('/api/v1/pods'), never())));
    await network.close();
    const { readFile } = await import('node:fs/promises');
    const runs = (await readFile(join(folder, 'runs'), 'utf8')).trim().split('\n').length;
    await remove();
    expect(answers.map((answer) => answer.ok && answer.status)).toEqual([200, 200, 200, 200]);
    expect(runs).toBe(2);
  });
});

describe('which hop failed', () => {
  const CASES: readonly [string, () => Promise<KubeNetwork>, string, string, RegExp][] = [
    [
      'nothing listens',
      () => networkOf(kubeconfigFor('https://localhost:9')),
      '/api/v1/pods',
      'unreachable',
      /^API server of context prod: localhost:9 refuses connections: nothing listens there$/,
    ],
    [
      'no such host',
      () => networkOf(kubeconfigFor('https://nowhere.invalid')),
      '/api/v1/pods',
      'unreachable',
      /^API server of context prod: (no such host: nowhere.invalid|the name server did not answer for nowhere.invalid)$/,
    ],
    [
      'wrong authority',
      () => networkOf(kubeconfigFor(server.url, '{token: right}', 'insecure-skip-tls-verify: false')),
      '/api/v1/pods',
      'unreachable',
      /^API server of context prod: localhost:\d+ has a self-signed certificate: certificate-authority of context prod is not its own$/,
    ],
    [
      'expired token',
      () => networkOf(kubeconfigFor(server.url, '{token: old}')),
      '/api/v1/pods',
      'auth',
      /^API server of context prod does not take the credentials of user me: they are wrong or have expired$/,
    ],
    [
      'a plugin that is not installed',
      () => networkOf(kubeconfigFor(server.url, '{exec: {command: no-such-plugin}}')),
      '/api/v1/pods',
      'auth',
      /^the exec plugin no-such-plugin of user me is not installed here/,
    ],
    [
      'a plugin that fails',
      () =>
        networkOf(
          kubeconfigFor(server.url, '{exec: {command: sh, args: ["-c", "echo SSO session expired >&2; exit 1"]}}'),
        ),
      '/api/v1/pods',
      'auth',
      /^the exec plugin sh of user me fails: SSO session expired; run "kubectl get pods" once in a shell to log in$/,
    ],
    [
      'a web page',
      () => networkOf(kubeconfigFor(server.url)),
      '/api/v1/nodes',
      'shape',
      /is no API server, it answers a web page: Sign in$/,
    ],
    [
      'no right, told with verb and resource',
      () => networkOf(kubeconfigFor(server.url)),
      '/apis/apps/v1/namespaces/monitoring/statefulsets',
      'forbidden',
      /^API server of context prod: statefulsets\.apps is forbidden: User "viewer" cannot list resource "statefulsets"/,
    ],
  ];
  test.each(CASES)('%s', async (_name, network, path, kind, said) => {
    const answered = await ask(await network(), path);
    expect(answered).toMatchObject({ ok: false, kind });
    expect(!answered.ok && answered.said).toMatch(said);
  });
});

describe('behind the API server', () => {
  const HOP = '/api/v1/namespaces/monitoring/services/http:loki:3100/proxy';
  const asLoki = askedOf('/loki/api/v1/labels', { component: 'loki', tenant: null });

  async function through(hop: string, asked = asLoki) {
    const network = await networkOf(kubeconfigFor(server.url));
    const answered = await network.through(hop, asked, never());
    await network.close();
    return answered;
  }

  test('the tenant passes, the credential stays the kubeconfig’s', async () => {
    const { tenantOf } = await import('./server.ts');
    await through(HOP, { ...asLoki, tenant: tenantOf('staging'), headers: { authorization: 'Basic stolen' } });
    expect(server.seen.at(-1)).toEqual({
      line: `GET ${HOP}/loki/api/v1/labels`,
      authorization: 'Bearer right',
      tenant: 'staging',
    });
  });

  test.each([
    ['none', 'unreachable', /^service monitoring\/none:80, asked through .* context prod: services "none" not found$/],
    ['empty', 'unreachable', /^service monitoring\/empty:80, .*: no pod behind it is ready$/],
    [
      'dead',
      'unreachable',
      /the API server cannot reach it: dial tcp 10\.244\.1\.12:8080: connect: connection refused$/,
    ],
    ['proxy', 'forbidden', /cannot get resource "services\/proxy"/],
  ])('a hop that fails: %s', async (name, kind, said) => {
    const answered = await through(`/api/v1/namespaces/monitoring/services/http:${name}:80/proxy`);
    expect(answered).toMatchObject({ ok: false, kind });
    expect(!answered.ok && answered.said).toMatch(said);
  });

  test('what the server behind it refuses is its own answer', async () => {
    const answered = await through('/api/v1/namespaces/monitoring/services/http:no-tenant:80/proxy');
    expect(answered).toMatchObject({ ok: true, status: 401, text: 'no org id\n' });
  });

  test.each([
    ['/api/v1/namespaces/monitoring/pods/x/exec', asLoki],
    ['/api/v1/namespaces/monitoring/secrets/x/proxy', asLoki],
    ['/api/v1/namespaces/monitoring/services/http:a/../b:80/proxy', asLoki],
    ['/api/v1/namespaces/monitoring/services/http:loki:3100/proxy', { ...asLoki, path: '/flush' }],
    [
      '/api/v1/namespaces/monitoring/services/http:loki:3100/proxy',
      { ...asLoki, component: 'kubernetes/prod', path: '/api/v1/pods' },
    ],
  ])('not through %s', async (hop, asked) => {
    const before = server.seen.length;
    const answered = await through(hop, asked);
    expect(answered).toMatchObject({ ok: false, kind: 'forbidden', said: expect.stringContaining('it was not sent') });
    expect(server.seen.length).toBe(before);
  });
});
