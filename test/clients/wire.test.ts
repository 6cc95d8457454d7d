import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import errors from '../fixtures/errors-recorded.json' with { type: 'json' };
import { faultOf, valueIn } from './scripted.ts';
import { CLOCK, clientsOn, never, type Server, startServer, tenantOf, WINDOW } from './server.ts';

const US_EAST = tenantOf('production-us-east');
const UP =
  '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"job":"apps"},"value":[1795448131,"1"]}]}}';

let server: Server | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const serve = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  target = {},
): Promise<Server> => {
  server = await startServer(answer, target);
  return server;
};

const json = (response: ServerResponse, text: string): void => {
  response.setHeader('content-type', 'application/json');
  response.end(text);
};

describe('the bytes sent', () => {
  test('one tenant header, one credential, and nothing that was not recorded', async () => {
    const target = { headers: { authorization: 'Bearer secret', 'X-Scope-OrgID': 'smuggled' }, prefix: '/behind' };
    const here = await serve((_, response) => json(response, UP), target);
    const clients = clientsOn(here);
    valueIn(await clients.mimir(US_EAST).query('up{a="b c"}', 1_795_448_131, never()));
    const [seen] = here.seen;
    expect(seen?.method).toBe('GET');
    expect(seen?.url).toBe('/behind/prometheus/api/v1/query?query=up%7Ba%3D%22b+c%22%7D&time=1795448131');
    const names = (seen?.rawHeaders ?? []).filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
    expect(names.filter((name) => name === 'x-scope-orgid')).toHaveLength(1);
    expect(names.sort()).toEqual([
      'accept-encoding',
      'authorization',
      'connection',
      'host',
      'user-agent',
      'x-scope-orgid',
    ]);
    expect(seen?.rawHeaders).toContain('production-us-east');
    expect(JSON.stringify(clients.journal.entries())).not.toContain('secret');
  });

  test('a question about the server itself carries no tenant', async () => {
    const here = await serve((_, response) => json(response, '[]'));
    valueIn(await clientsOn(here).mimirAdmin.allUserStats(never()));
    expect(here.seen[0]?.rawHeaders.map((text) => text.toLowerCase())).not.toContain('x-scope-orgid');
    expect(here.seen[0]?.rawHeaders).toContain('application/json');
  });

  test('a request that does more than read does not reach the wire', async () => {
    const here = await serve((_, response) => json(response, UP));
    const asked = {
      component: 'loki',
      identity: '',
      params: [],
      tenant: null,
      headers: {},
      deadlineMs: 100,
      bytesMax: 100,
    };
    const answered = await here.network({ ...asked, method: 'GET', path: '/flush' }, never());
    expect(answered).toMatchObject({ ok: false, kind: 'forbidden' });
    expect(here.seen).toEqual([]);
  });
});

describe('what goes wrong on the wire', () => {
  const ask = async (answer: (request: IncomingMessage, response: ServerResponse) => void) => {
    const here = await serve(answer);
    const clients = clientsOn(here, 300);
    const result = await clients.mimir(US_EAST).query('up', CLOCK.now(), never());
    return { result, fault: result.ok ? undefined : result.fault, clients, here };
  };
  const status =
    (code: number, text: string, headers: Record<string, string> = {}) =>
    (_: IncomingMessage, response: ServerResponse) => {
      response.writeHead(code, headers);
      response.end(text);
    };

  test.each([
    [
      '401 of the database',
      status(401, errors['no-tenant/mimir'].text),
      { kind: 'tenant', status: 401, said: 'no org id' },
    ],
    [
      '401 of a proxy',
      status(401, errors['no-user'].text, errors['no-user'].headers as Record<string, string>),
      { kind: 'auth', status: 401, said: 'web page: 401 Authorization Required' },
    ],
    [
      '403 as a web page',
      status(403, '<html><head><title>403 Forbidden</title></head></html>', { 'content-type': 'text/html' }),
      { kind: 'forbidden', status: 403, said: 'web page: 403 Forbidden' },
    ],
    ['404', status(404, '404 page not found\n'), { kind: 'not-found', status: 404 }],
    ['422', status(422, '{"error":"limit reached (err-mimir-max-chunks-per-query)"}'), { kind: 'limit', status: 422 }],
    [
      '429 with Retry-After',
      status(429, 'too many outstanding requests', { 'retry-after': '7' }),
      { kind: 'limit', status: 429, said: 'too many outstanding requests', retryAfterSeconds: 7 },
    ],
    [
      '500',
      status(500, '{"status":"error","errorType":"internal","error":"boom"}'),
      { kind: 'server', status: 500, said: 'boom' },
    ],
    ['garbage', status(200, '{"status":"succ'), { kind: 'shape', status: 200, said: 'not JSON: {"status":"succ' }],
    [
      'a login page',
      status(200, '<!doctype html><title>Sign in</title>'),
      { kind: 'shape', said: 'a web page where JSON was promised: Sign in' },
    ],
    [
      'another answer',
      status(200, '{"status":"success","data":[]}'),
      { kind: 'shape', said: 'resultType missing where "vector" was promised' },
    ],
    ['nothing', status(200, ''), { kind: 'shape', said: 'an empty answer where JSON was promised' }],
  ])('%s', async (_, answer, expected) => {
    const { fault, clients } = await ask(answer);
    expect(fault).toMatchObject({
      ...expected,
      source: { backend: 'mimir', place: 'here' },
      tenant: 'production-us-east',
    });
    expect(clients.journal.entries()[0]).toMatchObject({ path: '/prometheus/api/v1/query', fault: expected });
  });

  test('a server that hangs costs one deadline, and its connection is closed', async () => {
    const { fault, here } = await ask(() => {});
    expect(fault).toMatchObject({ kind: 'timeout', said: 'no answer within 0.3 s' });
    await here.socketClosed;
  });

  test('a body that stops arriving costs one deadline', async () => {
    const { fault, here } = await ask((_, response) => response.write('{"status":'));
    expect(fault).toMatchObject({ kind: 'timeout' });
    await here.socketClosed;
  });

  test('half an answer: less than the length that was promised', async () => {
    const { fault } = await ask((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(UP.slice(0, 50), () => response.socket?.end());
    });
    expect(fault).toMatchObject({ kind: 'shape', said: 'the answer broke off after 50 bytes' });
  });

  test('half an answer: the connection breaks within a chunked body', async () => {
    const { fault } = await ask((_, response) => {
      response.write(UP.slice(0, 50), () => response.socket?.destroy());
    });
    expect(fault).toMatchObject({ kind: 'shape' });
    expect(fault?.said).toMatch(/^the answer broke off after \d+ bytes$/);
  });

  test('a connection that is closed without an answer', async () => {
    const { fault } = await ask((request) => request.socket.destroy());
    expect(fault?.kind).toBe('unreachable');
    expect(fault?.said).toMatch(/^127\.0\.0\.1:\d+ closed the connection without an answer$/);
  });

  test('no server at all', async () => {
    const here = await serve(() => {});
    const clients = clientsOn(here);
    await here.stop();
    const fault = faultOf(await clients.mimir(US_EAST).query('up', CLOCK.now(), never()));
    expect(fault.kind).toBe('unreachable');
    expect(fault.said).toMatch(/refuses connections/);
    server = undefined;
  });
});

describe('who no longer wants the answer', () => {
  test('aborting closes the connection', async () => {
    const arrived = Promise.withResolvers<void>();
    const here = await serve(() => arrived.resolve());
    const stop = new AbortController();
    const answer = clientsOn(here).loki(US_EAST).lines('{a="b"}', WINDOW, { limit: 10 }, stop.signal);
    await arrived.promise;
    stop.abort();
    expect(faultOf(await answer)).toMatchObject({ kind: 'cancelled', source: { backend: 'loki' } });
    await here.socketClosed;
  });

  test('four requests at a time, the rest in order', async () => {
    const waiting: ServerResponse[] = [];
    let most = 0;
    const here = await serve((_, response) => {
      waiting.push(response);
      most = Math.max(most, waiting.length);
      // Let others arrive, if they were let out.
      void setTimeout(20).then(() => json(waiting.shift() ?? response, UP));
    });
    const mimir = clientsOn(here).mimir(US_EAST);
    const all = Array.from({ length: 12 }, (_, at) => mimir.query(`q${at}`, CLOCK.now(), never()));
    for (const result of await Promise.all(all)) valueIn(result);
    expect(most).toBe(4);
    expect(here.seen.map(({ url }) => Number(/query=q(\d+)/.exec(url)?.[1])).sort((a, b) => a - b)).toEqual([
      ...Array(12).keys(),
    ]);
    expect(new Set(here.seen.slice(0, 4).map(({ url }) => /q\d+/.exec(url.slice(20))?.[0]))).toEqual(
      new Set(['q0', 'q1', 'q2', 'q3']),
    );
  });
});
