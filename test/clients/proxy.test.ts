import { request as ask, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { identityOf } from '../../src/clients/identity.ts';
import { makeClients } from '../../src/clients/make.ts';
import { makeNetwork } from '../../src/clients/network.ts';
import { proxyFor } from '../../src/clients/proxy.ts';
import { faultOf, valueIn } from './scripted.ts';
import { CLOCK, never, type Server, startServer, tenantOf, WINDOW } from './server.ts';

const between = (baseUrl: string, env: Record<string, string>): string | undefined => {
  const found = proxyFor(baseUrl, env);
  if (!found.ok) return found.because;
  return found.proxy && `${found.proxy.variable} ${found.proxy.host}`;
};

describe('which proxy stands between, as kubectl and logcli read the environment', () => {
  const BOTH = { HTTPS_PROXY: 'http://secure:3128', http_proxy: 'plain:3128' };
  test.each([
    ['https://mimir.example.com', BOTH, 'HTTPS_PROXY secure:3128'],
    ['http://mimir.example.com', BOTH, 'http_proxy plain:3128'],
    ['https://mimir.example.com', { http_proxy: 'plain:3128' }, undefined],
    ['https://m', { HTTPS_PROXY: 'http://large:1', https_proxy: 'http://small:1' }, 'https_proxy small:1'],
    ['https://m', { HTTPS_PROXY: 'http://large:1', https_proxy: ' ' }, 'HTTPS_PROXY large:1'],
    ['http://127.0.0.1:8080', BOTH, undefined],
    ['http://localhost:8080', BOTH, undefined],
    ['http://[::1]:8080', BOTH, undefined],
    ['https://m', { https_proxy: 'http://' }, 'https_proxy holds no proxy: http://PROXY:PORT is understood'],
    ['https://m', { https_proxy: 'ftp://proxy' }, 'https_proxy holds no proxy: http://PROXY:PORT is understood'],
  ])('%s with %o: %s', (url, env, proxy) => expect(between(url, env)).toBe(proxy));

  test.each([
    ['http://mimir.example.com', 'example.com', true],
    ['http://example.com', 'example.com', true],
    ['http://example.com', '.example.com', false],
    ['http://mimir.example.com', '.example.com', true],
    ['http://mimir.example.com', '*.example.com', true],
    ['http://badexample.com', 'example.com', false],
    ['http://MIMIR.example.com.', 'other, example.COM', true],
    ['http://10.244.1.12:8080', '10.0.0.0/8', true],
    ['http://11.244.1.12:8080', '10.0.0.0/8', false],
    ['http://10.244.1.12:8080', '10.244.1.12', true],
    ['http://10.244.1.12:8080', '10.244.1.12:9090', false],
    ['http://mimir:8080', 'mimir:8080', true],
    ['http://[fd00::12]', 'fd00::/8', true],
    ['http://[fd00::12]:80', '[fd00::12]:80', true],
    ['http://mimir', '10.0.0.0/8', false],
    ['http://mimir', '*', true],
    ['http://mimir', '', false],
  ])('%s with NO_PROXY %s is asked directly: %s', (url, exempt, directly) =>
    expect(between(url, { http_proxy: 'http://proxy:3128', NO_PROXY: exempt }) === undefined).toBe(directly),
  );
});

describe('asked through a proxy', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  /** A proxy that passes on what it is asked, plain or by tunnel, and notes it. */
  async function startProxy(refuses?: number) {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
      if (refuses) return response.writeHead(refuses).end();
      request.pipe(
        ask(request.url ?? '', { method: request.method, headers: request.headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        }),
      );
    });
    server.on('connect', (request, socket) => {
      seen.push(`CONNECT ${request.url}`);
      const [host, port] = (request.url ?? '').split(':');
      if (refuses) return socket.end(`HTTP/1.1 ${refuses} no\r\n\r\n`);
      const onward = connect(Number(port), host, () => socket.write('HTTP/1.1 200 yes\r\n\r\n'));
      for (const end of [socket, onward]) end.on('error', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return { seen, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  async function labelsOf(baseUrl: string, host: string, user = '') {
    const proxy = { url: `http://${user}${host}`, host, variable: 'HTTP_PROXY' };
    const network = makeNetwork({ baseUrl, proxy });
    const clients = makeClients({ exchanges: { loki: { exchange: network, place: 'there' } }, clock: CLOCK });
    const result = await clients.loki(tenantOf('staging')).labels(WINDOW, never());
    await network.close();
    return result;
  }

  const startLoki = async (): Promise<Server> => {
    const loki = await startServer((_, response) => response.end('{"status":"success","data":["app"]}'));
    closing.push(() => loki.stop());
    return loki;
  };

  test('it hands the question on, told who asks it, and the server still sees the tenant', async () => {
    const [loki, proxy] = [await startLoki(), await startProxy()];
    expect(valueIn(await labelsOf(loki.url, proxy.host, 'oncall:p%40ss@'))).toEqual(['app']);
    const shown = `Basic ${Buffer.from('oncall:p@ss').toString('base64')}`;
    expect(proxy.seen).toEqual([expect.stringMatching(`^GET ${loki.url}/loki/api/v1/labels\\?.* ${shown}$`)]);
    expect(loki.seen[0]?.rawHeaders).toContain('staging');
  });

  test('TLS goes through a tunnel, and what the proxy says of the server is said', async () => {
    const proxy = await startProxy(503);
    const fault = faultOf(await labelsOf('https://loki.invalid:3100', proxy.host));
    expect(proxy.seen).toEqual(['CONNECT loki.invalid:3100']);
    expect(fault).toMatchObject({
      kind: 'unreachable',
      said: `the proxy ${proxy.host} (HTTP_PROXY) says 503 of loki.invalid:3100: should NO_PROXY name it?`,
    });
  });

  test.each(['http://loki.invalid:3100', 'https://loki.invalid:3100'])(
    'a proxy that wants a password says so, for %s',
    async (url) => {
      const proxy = await startProxy(407);
      const fault = faultOf(await labelsOf(url, proxy.host));
      expect(fault).toMatchObject({ kind: 'auth', status: 407 });
      expect(fault.said).toContain(`the proxy ${proxy.host} (HTTP_PROXY) wants a user and a password`);
    },
  );

  test.each(['http://loki.invalid:3100', 'https://loki.invalid:3100'])(
    'a proxy that is not there is named, not the server %s',
    async (url) => {
      const fault = faultOf(await labelsOf(url, '127.0.0.1:1', 'oncall:secret@'));
      expect(fault).toMatchObject({
        kind: 'unreachable',
        said: 'the proxy 127.0.0.1:1 (HTTP_PROXY) refuses connections: nothing listens there',
      });
    },
  );
});

describe('who asks, as a recording may know it', () => {
  const basic = (pair: string) => ({ headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } });

  test('nobody said: empty', () => expect(identityOf({ headers: { 'x-team': 'shop' } })).toBe(''));

  test('a user is known again whatever the password, which cannot be guessed from it', () => {
    expect(identityOf(basic('oncall:one'))).toBe(identityOf(basic('oncall:two')));
    expect(identityOf(basic('oncall:one'))).not.toBe(identityOf(basic('viewer:one')));
    expect(identityOf(basic('oncall:one'))).toMatch(/^[0-9a-f]{8}$/);
  });

  test('two tokens are two', () => {
    const [one, two] = ['one', 'two'].map((token) => identityOf({ headers: { authorization: `Bearer ${token}` } }));
    expect(one).not.toBe(two);
  });
});
