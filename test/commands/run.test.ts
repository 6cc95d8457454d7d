import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Io, run } from '../../src/main/run.ts';
import { views } from '../../src/views/index.ts';

const DEMO = fileURLToPath(new URL('../../demo/incident.tape', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lgtm-tui-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function lgtmTui(line: string, more: Partial<Io> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run({
    argv: line.split(' ').filter((word) => word !== ''),
    env: {},
    out: { write: (text) => void out.push(text), warn: (line) => void err.push(`${line}\n`), closed: () => false },
    isTerminal: { stdin: false, stdout: false },
    version: '1.2.3',
    demoFile: DEMO,
    nowUnix: () => Date.now() / 1000,
    signal: new AbortController().signal,
    ...more,
  });
  return { code, out: out.join(''), err: err.join('') };
}

const fileOf = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe('without anybody to ask', () => {
  test('--version', async () => {
    expect(await lgtmTui('--version')).toEqual({ code: 0, out: 'lgtm-tui 1.2.3\n', err: '' });
  });

  test('nothing given: the ways in, and the demo', async () => {
    const { code, out, err } = await lgtmTui('');
    expect([code, out]).toEqual([64, '']);
    for (const way of ['--mimir-url', '--replay', 'lgtm-tui demo']) expect(err).toContain(way);
    expect((await lgtmTui('slow')).err).toBe(err);
  });

  test('a wrong flag is one sentence on stderr', async () => {
    expect(await lgtmTui('slow --demo --snice 5m')).toEqual({
      code: 64,
      out: '',
      err: 'lgtm-tui: --snice is no flag; is it --since?\n',
    });
  });

  test('the help names every command and every flag, and fits 120 columns', async () => {
    const { code, out } = await lgtmTui('--help');
    expect(code).toBe(0);
    for (const { about, consoleOnly } of views) if (!consoleOnly) expect(out).toContain(about);
    for (const flag of ['--tenant T', '--replay FILE', '-o, --output FORMAT', '--insecure-skip-verify'])
      expect(out).toContain(flag);
    expect(Math.max(...out.split('\n').map((text) => text.length))).toBeLessThanOrEqual(120);
  });

  test('the help of a command begins with its own flags', async () => {
    const { out } = await lgtmTui('traces --help');
    expect(out.indexOf('--errors')).toBeGreaterThan(0);
    expect(out.indexOf('--errors')).toBeLessThan(out.indexOf('--tenant'));
    expect((await lgtmTui('trace --help')).out).toMatch(/^lgtm-tui trace ID /);
  });
});

describe('the console needs a terminal', () => {
  test.each<[string, Partial<Io>, string]>([
    ['stdout is a file', { isTerminal: { stdin: true, stdout: false } }, 'stdout is none'],
    ['stdin is a pipe', { isTerminal: { stdin: false, stdout: true } }, 'stdin is none'],
    ['TERM is dumb', { isTerminal: { stdin: true, stdout: true }, env: { TERM: 'dumb' } }, 'TERM is dumb'],
  ])('%s', async (_name, io, because) => {
    const { code, out, err } = await lgtmTui('demo', io);
    expect([code, out]).toEqual([64, '']);
    expect(err).toContain(because);
    expect(err.trimEnd()).not.toContain('\n');
  });
});

describe('on the bundled recording', () => {
  test('slow: rows of every tenant, worst on top, and nothing missing', async () => {
    const { code, out, err } = await lgtmTui('slow --demo -o json');
    expect([code, err]).toEqual([0, '']);
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({ view: 'slow', tenant: null, gaps: [] });
    expect(answer.rows[0]).toMatchObject({ tenant: 'production-us-east', service: 'checkout', route: '/checkout' });
  });

  test('one tenant, and the moment it stands at', async () => {
    const { out } = await lgtmTui('slow --demo --tenant staging -o json --at +12m');
    const answer = JSON.parse(out);
    expect(answer.tenant).toBe('staging');
    expect(new Set(answer.rows.map(({ tenant }: { tenant: string }) => tenant))).toEqual(new Set(['staging']));
    expect(answer.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test('a time that is not on the recording is wrong use', async () => {
    const { code, err } = await lgtmTui('slow --demo --at 2020-01-01T00:00:00Z');
    expect(code).toBe(64);
    expect(err).toContain('2020-01-01T00:00:00Z is not on the recording, which runs from');
  });

  test('why without one tenant is wrong use, and the recording’s are named', async () => {
    const { code, out, err } = await lgtmTui('why --demo');
    expect([code, out]).toEqual([64, '']);
    expect(err).toMatch(/^lgtm-tui: why is about one tenant: name one of .*staging.* with --tenant\n$/);
  });

  test('a tenant that nobody recorded is a gap, and is never taken for calm', async () => {
    const { code, out } = await lgtmTui('slow --demo --tenant production-us-eats -o json');
    expect(code).toBe(2);
    expect(JSON.parse(out).gaps[0]).toMatchObject({ kind: 'not-recorded', tenant: 'production-us-eats' });
  });
});

describe('files that are no good', () => {
  test.each<[string, string, number, string]>([
    ['no such recording', '--replay /nowhere/at-all.tape', 2, 'at-all.tape'],
    ['not a recording', `--replay ${fileOf('text.tape', 'hello')}`, 2, 'not a recording'],
    ['an empty one', `--replay ${fileOf('empty.tape', '')}`, 2, 'empty'],
    [
      'no such token',
      '--mimir-url http://127.0.0.1:1 --bearer-token-file /nowhere/token',
      64,
      '/nowhere/token: no such file',
    ],
    [
      'an empty token',
      `--mimir-url http://127.0.0.1:1 --bearer-token-file ${fileOf('token', ' \n')}`,
      64,
      'it is empty',
    ],
    [
      'a token of two lines',
      `--mimir-url http://127.0.0.1:1 --bearer-token-file ${fileOf('two', 'secret-a\nsecret-b')}`,
      64,
      'one line',
    ],
    [
      'a password without user',
      `--mimir-url http://127.0.0.1:1 --basic-auth-file ${fileOf('basic', 'secret-a')}`,
      64,
      'USER:PASSWORD',
    ],
    ['an authority that is none', `--mimir-url http://127.0.0.1:1 --ca-file ${fileOf('ca', 'secret-a')}`, 64, 'no PEM'],
    ['a folder', `--mimir-url http://127.0.0.1:1 --ca-file ${folder}`, 64, 'a folder'],
  ])('%s', async (_name, flags, code, because) => {
    const result = await lgtmTui(`slow --tenant a ${flags}`);
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.err).toContain(because);
    expect(result.err).not.toContain('secret');
    expect(result.err.trimEnd()).not.toContain('\n');
  });
});

describe('on servers', () => {
  let answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
    void response.end();
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());
  afterEach(() => void seen.splice(0));

  test('a refusal is a gap in the server’s own words, with what to do next, and exit 2', async () => {
    answer = (_request, response) => void response.writeHead(401, { 'content-type': 'text/plain' }).end('no org id\n');
    const { code, out } = await lgtmTui(`slow --mimir-url ${url} --tenant shop -o json`);
    expect(code).toBe(2);
    expect(JSON.parse(out).gaps[0]).toMatchObject({
      kind: 'tenant',
      status: 401,
      said: 'no org id',
      tenant: 'shop',
      next: expect.stringContaining('proxy'),
    });
  });

  test('nobody listens: one gap a source, exit 2, no stack', async () => {
    const { code, out, err } = await lgtmTui('slow --mimir-url http://127.0.0.1:1 --tenant shop');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('gap: unreachable: mimir@127.0.0.1:1 cannot be reached for shop');
    expect(err).not.toMatch(/^ +at /m);
  });

  test('tenant, token and header go out with every request; the URL is said as it was understood', async () => {
    answer = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"success","data":[]}');
    const token = fileOf('good-token', 'abc\n');
    const { err } = await lgtmTui(
      `slow --mimir-url ${url}/api/v1/push --tenant shop --bearer-token-file ${token} --header X-Team=night`,
    );
    expect(seen.length).toBeGreaterThan(0);
    for (const { headers, url: path } of seen) {
      expect(headers).toMatchObject({ 'x-scope-orgid': 'shop', authorization: 'Bearer abc', 'x-team': 'night' });
      expect(path).toMatch(/^\/prometheus\//);
    }
    expect(err).toContain('--mimir-url is a remote-write URL, read as its root');
    expect(err).not.toContain('abc');
  });

  test('no tenant: those that Mimir lists, else a sentence that asks', async () => {
    answer = (request, response) => {
      const body = request.url?.includes('all_user_stats')
        ? '[{"userID":"shop","ingestionRate":1,"numSeries":2},{"userID":"bank","ingestionRate":1,"numSeries":2}]'
        : '{"status":"success","data":[]}';
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    };
    await lgtmTui(`slow --mimir-url ${url}`);
    expect(new Set(seen.map(({ headers }) => headers['x-scope-orgid']))).toEqual(new Set([undefined, 'shop', 'bank']));
    answer = (_request, response) => void response.writeHead(404).end();
    expect(await lgtmTui(`slow --mimir-url ${url}`)).toMatchObject({
      code: 64,
      err: expect.stringContaining('name one with --tenant'),
    });
    expect(await lgtmTui(`slow --loki-url ${url}`)).toMatchObject({
      code: 64,
      err: expect.stringContaining('name one with --tenant'),
    });
  });

  test('+12m has nothing to count from', async () => {
    expect(await lgtmTui(`slow --mimir-url ${url} --tenant a --at +12m`)).toMatchObject({
      code: 64,
      err: expect.stringContaining('+12m counts from the start of a recording'),
    });
  });
});
