import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTenant } from '../../src/domain/tenant.ts';
import { type Io, run } from '../../src/main/run.ts';
import { openTape, type Tape } from '../../src/tape/tape.ts';

const DEMO = fileURLToPath(new URL('../../demo/incident.tape', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lgtm-tui-record-'));

/** Servers that answer what the demo holds, over real connections, at the demo's time. */
let server: Server;
let tape: Tape;
let urls = '';

beforeAll(async () => {
  const opened = await openTape(DEMO, { running: false });
  if (!opened.ok) throw new Error(opened.because);
  tape = opened.tape;
  server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://demo');
    const header = (name: string): string => String(request.headers[name] ?? '');
    const parsed = parseTenant(header('x-scope-orgid'));
    const answered = await tape.exchange(
      {
        component: url.pathname.startsWith('/loki') ? 'loki' : url.pathname.startsWith('/api') ? 'tempo' : 'mimir',
        identity: '',
        method: 'GET',
        path: url.pathname,
        params: [...url.searchParams],
        tenant: parsed.ok ? parsed.tenant : null,
        headers: {
          accept: header('accept'),
          'x-loki-response-encoding-flags': header('x-loki-response-encoding-flags'),
        },
        deadlineMs: 1000,
        bytesMax: 1e9,
      },
      new AbortController().signal,
    );
    response.writeHead(answered.ok ? answered.status : 404, { 'content-type': 'application/json' });
    response.end(answered.ok ? answered.text : answered.said);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  urls = `--mimir-url ${url} --loki-url ${url} --tempo-url ${url}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await tape.close();
  rmSync(folder, { recursive: true });
});

async function lgtmTui(line: string, more: Partial<Io> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run({
    argv: line.split(' ').filter((word) => word !== ''),
    env: {},
    out: { write: (text) => void out.push(text), warn: (text) => void err.push(text), closed: () => false },
    isTerminal: { stdin: false, stdout: false },
    version: '1.2.3',
    demoFile: DEMO,
    nowUnix: () => tape.clock.now(),
    signal: new AbortController().signal,
    ...more,
  });
  return { code, out: out.join(''), err };
}

test.each(['slow', 'chain', 'logs', 'traces'])(
  '%s is recorded, and replayed from the file says the same',
  async (view) => {
    const file = join(folder, `${view}.tape`);
    const live = await lgtmTui(`${view} --tenant production-us-east ${urls} -o json --record ${file}`);
    expect(live.err[0]).toBe(
      `this recording may hold log lines, label values, pods and configuration: look before you share ${file} (known secrets are taken out, and only you may read it)`,
    );
    expect(live.err.filter((line) => line.startsWith('this recording'))).toHaveLength(1);
    expect(live.err.at(-1)).toMatch(/^recorded \d+ exchanges in .*tape \(\d+ kB\)$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const again = await lgtmTui(`${view} --replay ${file} -o json`);
    const rows = (json: string): readonly unknown[] => JSON.parse(json).rows;
    expect(rows(live.out).length).toBeGreaterThan(0);
    expect(rows(again.out)).toEqual(rows(live.out));
    expect([again.code, again.err]).toEqual([live.code, []]);
  },
);

test('a file that is there, or a recording as the source, is wrong use', async () => {
  const file = join(folder, 'mine.txt');
  writeFileSync(file, 'mine');
  expect(await lgtmTui(`slow --tenant staging ${urls} --record ${file}`)).toEqual({
    code: 64,
    out: '',
    err: [`lgtm-tui: cannot record to ${file}: it exists already`],
  });
  expect((await lgtmTui('slow --demo --record x')).err).toEqual([
    'lgtm-tui: --record is for servers, and a recording answers here',
  ]);
});

test('a password that lets in is in no answer of the file', async () => {
  const [token, file, tokenFile] = ['tOken-7f3a91-canary', join(folder, 'auth.tape'), join(folder, 'token')];
  writeFileSync(tokenFile, token);
  const mirror = createServer((request, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'set-cookie': String(request.headers.authorization),
    });
    response.end(`{"status":"success","data":["you sent ${request.headers.authorization}"]}`);
  });
  await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
  await lgtmTui(`slow --tenant a --mimir-url ${url} --bearer-token-file ${tokenFile} --record ${file}`);
  mirror.closeAllConnections();
  mirror.close();
  const { readFileSync } = await import('node:fs');
  const { createZstdDecompress } = await import('node:zlib');
  const { text } = await import('node:stream/consumers');
  const { Readable } = await import('node:stream');
  const lines = await text(Readable.from(readFileSync(file)).pipe(createZstdDecompress()));
  expect(lines).toContain('you sent [redacted]');
  expect(lines).not.toContain(token);
});

test('a recording that was cut off says so once', async () => {
  const { readFileSync } = await import('node:fs');
  const file = join(folder, 'half.tape');
  const whole = readFileSync(DEMO);
  writeFileSync(file, whole.subarray(0, whole.length - 20_000));
  const { err } = await lgtmTui(`tenants --replay ${file}`);
  expect(err.filter((line) => line.includes('the recording was cut off'))).toHaveLength(1);
});
