import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/main/run.ts';
import { type KubeServer, kubeconfigFor, startKubeServer, writeKubeconfig } from '../clients/kube-server.ts';
import recorded from '../fixtures/kube-recorded.json' with { type: 'json' };
import refused from '../fixtures/kube-refused-recorded.json' with { type: 'json' };

const LISTS: Readonly<Record<string, unknown>> = recorded.lists;

/** A cluster as recorded, and behind its proxy what the databases say of themselves. Source: endpoints-incident. */
const central = (request: IncomingMessage, response: ServerResponse): void => {
  const [status, text] =
    request.headers.authorization === 'Bearer right' ? given(request) : [401, refused['bad-token'].text];
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
};

function given({ url = '', headers }: IncomingMessage): readonly [status: number, text: string] {
  const path = url.split('?')[0] ?? '';
  const list = LISTS[`central ${path}${headers.accept?.includes('as=Table') ? ' table' : ''}`];
  if (list !== undefined) return [200, JSON.stringify(list)];
  const said = BEHIND.find(([end]) => path.endsWith(end));
  return said ? [200, said[1]] : [404, refused.none.text];
}

const BEHIND = [
  ['/proxy/api/v1/status/buildinfo', '{"status":"success","data":{"version":"3.0.2"}}'],
  ['/loki/api/v1/status/buildinfo', '{"version":"main-65e30f8"}'],
  ['/proxy/api/status/buildinfo', '{"version":"3.0.3"}'],
  ['/proxy/services', 'server => Running\n'],
  ['/proxy/config', 'target: all\n'],
  ['/proxy/metrics', 'prometheus_build_info{version="3.5.3"} 1\n'],
] as const;

let server: KubeServer;
beforeAll(async () => {
  server = await startKubeServer(central);
});
afterAll(() => server.stop());

const removes: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const remove of removes.splice(0)) await remove();
});

async function lgtm(words: readonly string[], kubeconfig: string, env: Record<string, string> = {}) {
  const { file, remove } = await writeKubeconfig(kubeconfig);
  removes.push(remove);
  let [out, err] = ['', ''];
  const code = await run({
    argv: [...words, '--kubeconfig', file],
    env,
    out: {
      write: (text) => {
        out += text;
      },
      warn: (line) => {
        err += `${line}\n`;
      },
      closed: () => false,
    },
    isTerminal: { stdin: false, stdout: false },
    version: '0',
    demoFile: '',
    nowUnix: () => Date.now() / 1000,
    signal: new AbortController().signal,
  });
  return { code, out, err: err.replaceAll(file, 'FILE') };
}

describe('one kubeconfig is enough', () => {
  test('stack names all components with no other flag, and each list is asked once', async () => {
    const before = server.seen.length;
    const { code, out, err } = await lgtm(['stack', '-o', 'json'], kubeconfigFor(server.url));
    expect([code, err]).toEqual([0, '']);
    const rows: { kind: string; component: string; mode: string; version: string; reachedBy: string }[] =
      JSON.parse(out).rows;
    expect(rows.filter(({ kind }) => kind === 'mimir')).toHaveLength(8);
    expect(rows.find(({ kind, component }) => kind === 'mimir' && component === 'query-frontend')).toMatchObject({
      mode: 'classic',
      version: '3.0.2',
      reachedBy: 'service proxy monitoring/monitoring-server-mimir-query-frontend:8080',
    });
    const lists = server.seen
      .slice(before)
      .filter(({ line }) => line.includes('limit=500'))
      .map(({ line }) => line);
    expect(new Set(lists).size).toBe(lists.length);
    expect(lists).toHaveLength(5);
  });

  test('config check names every backend', async () => {
    const { code, out } = await lgtm(['config', 'check'], kubeconfigFor(server.url));
    expect(code).toBe(0);
    expect(out).toMatch(/^kubernetes +prod +kubeconfig +✓ good +\S+ +18 workloads of the stack$/m);
    expect(out).toMatch(/^loki +prod +service proxy monitoring\/monitoring-server-loki-gateway:80 +✓ good/m);
  });

  test('a URL wins over what the cluster would offer', async () => {
    const { out } = await lgtm(
      ['config', 'check', '--loki-url', 'http://127.0.0.1:9', '--context', 'prod'],
      kubeconfigFor(server.url),
    );
    expect(out).toMatch(/^loki +127\.0\.0\.1:9 +URL http:\/\/127\.0\.0\.1:9 +✗ bad/m);
    expect(out).toMatch(/^mimir +prod +service proxy/m);
  });
});

describe('bad input: which hop, what to do, exit 2', () => {
  test('who may only list pods of a namespace is told which right is missing to ask Mimir, not to name a tenant', async () => {
    const viewer = await startKubeServer(({ url = '' }, response) => {
      const pods = url.startsWith('/api/v1/namespaces/monitoring/pods?');
      const text = pods
        ? JSON.stringify(LISTS['central /api/v1/namespaces/monitoring/pods'])
        : refused[url.includes('/proxy/') ? 'proxy' : 'statefulsets'].text;
      response.writeHead(pods ? 200 : 403, { 'content-type': 'application/json' }).end(text);
    });
    const { code, out, err } = await lgtm(['slow'], kubeconfigFor(viewer.url));
    const seen = await lgtm(['pods'], kubeconfigFor(viewer.url));
    await viewer.stop();
    expect(err).toMatch(
      /cannot get resource "services\/proxy".*; next: ask for the right that it names; lgtm-tui rbac/,
    );
    expect([code, out]).toEqual([2, '']);
    expect(seen.code).toBe(2);
  });

  test('a service without endpoints', async () => {
    const empty = await startKubeServer((request, response) => {
      if (!request.url?.includes('/proxy/')) return central(request, response);
      response.writeHead(503, { 'content-type': 'application/json' }).end(refused.empty.text);
    });
    const { code, err } = await lgtm(['slow', '--tenant', 'staging'], kubeconfigFor(empty.url));
    await empty.stop();
    expect(err).toMatch(
      /service monitoring\/monitoring-server-mimir-query-frontend:8080, asked through the API server of context prod: no pod behind it is ready/,
    );
    expect(err).toMatch(/next: look at its pods: lgtm-tui pods/);
    expect(code).toBe(2);
  });

  test('two stacks in one cluster are a question', async () => {
    const two = await startKubeServer((request, response) => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      const list = LISTS[`central ${path}`] as { items: { metadata: { namespace: string } }[] } | undefined;
      if (!list || !/statefulsets|deployments/.test(path)) return central(request, response);
      const second = list.items.map((item) => ({ ...item, metadata: { ...item.metadata, namespace: 'second' } }));
      response.writeHead(200).end(JSON.stringify({ ...list, items: [...list.items, ...second] }));
    });
    const { code, err } = await lgtm(['slow', '--tenant', 'staging'], kubeconfigFor(two.url));
    const shown = await lgtm(['stack', '-o', 'json'], kubeconfigFor(two.url));
    const chosen = await lgtm(['config', 'check', '--namespace', 'monitoring'], kubeconfigFor(two.url));
    await two.stop();
    expect(err).toMatch(
      /2 of Mimir were found, monitoring\/monitoring-server in prod and second\/monitoring-server in prod: choose one with --namespace/,
    );
    expect(code).toBe(2);
    // Both are shown all the same.
    const rows: { namespace: string; kind: string }[] = JSON.parse(shown.out).rows;
    expect(new Set(rows.filter(({ kind }) => kind === 'mimir').map(({ namespace }) => namespace))).toEqual(
      new Set(['monitoring', 'second']),
    );
    expect(chosen.out).toMatch(/^mimir +prod +service proxy monitoring\/.*✓ good/m);
  });

  test.each([
    [
      'nothing listens',
      'https://localhost:9',
      '{token: right}',
      /API server of context prod: localhost:9 refuses connections.*; next: /,
    ],
    [
      'an expired token',
      '',
      '{token: old}',
      /does not take the credentials of user me.*; next: log in to the cluster again/,
    ],
    [
      'a missing plugin',
      '',
      '{exec: {command: no-such-plugin}}',
      /exec plugin no-such-plugin of user me is not installed here/,
    ],
  ])('%s', async (_name, url, user, said) => {
    const { code, err, out } = await lgtm(['stack'], kubeconfigFor(url || server.url, user));
    expect(err).toMatch(said);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect([code, out]).toEqual([2, '']);
  });

  test('the wrong authority', async () => {
    const { code, err } = await lgtm(
      ['pods'],
      kubeconfigFor(server.url, '{token: right}', 'insecure-skip-tls-verify: false'),
    );
    expect(err).toMatch(
      /certificate-authority of context prod is not its own; next: take the kubeconfig from the cluster anew/,
    );
    expect(code).toBe(2);
  });

  test('a context that does not exist', async () => {
    const { code, err } = await lgtm(['stack', '--context', 'prd'], kubeconfigFor(server.url));
    expect([code, err]).toEqual([2, 'lgtm-tui: no context is called "prd"; FILE has prod\n']);
  });

  test('no current context', async () => {
    const { code, err } = await lgtm(['stack'], kubeconfigFor(server.url).replace('current-context: prod', ''));
    expect([code, err]).toEqual([
      2,
      'lgtm-tui: the kubeconfig has no current context: choose one with --context: prod\n',
    ]);
  });

  test('an API server that answers a web page', async () => {
    const page = await startKubeServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><title>Sign in</title></html>'),
    );
    const { code, err } = await lgtm(['stack'], kubeconfigFor(page.url));
    await page.stop();
    expect(err).toMatch(/is no API server, it answers a web page: Sign in/);
    expect(code).toBe(2);
  });

  test('of two clusters one is down: its gap, and the other’s rows', async () => {
    const two = kubeconfigFor(server.url)
      .replace('contexts: [', 'contexts: [{name: gone, context: {cluster: gone, user: me}}, ')
      .replace('clusters: [', 'clusters: [{name: gone, cluster: {server: "https://localhost:9"}}, ');
    const { code, out, err } = await lgtm(['stack', '--context', 'gone', '--context', 'prod'], two);
    expect(out).toContain('query-frontend');
    expect(err).toMatch(/gap: unreachable: kubernetes@gone/);
    expect(code).toBe(2);
  });
});
