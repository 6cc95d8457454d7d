import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { run } from '../../src/main/run.ts';
import { type Server, startServer } from '../clients/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'lgtm-tui-'));
const login = join(folder, 'login');
writeFileSync(login, 'north:some-password\n');
afterAll(() => rmSync(folder, { recursive: true }));

let server: Server | undefined;
afterEach(() => server?.stop());

/** A gateway before Mimir: whom it takes for the tenant, and of whom it has data. */
async function tenantsSeen(gateway: { tenantOf: (request: IncomingMessage) => string; status?: number }, line: string) {
  const has = ['north', 'south'];
  server = await startServer((request: IncomingMessage, response: ServerResponse) => {
    if (gateway.status)
      return response.writeHead(gateway.status).end('<html><title>401 Authorization Required</title>');
    if (request.url?.startsWith('/distributor/all_user_stats'))
      return response.end(JSON.stringify(has.map((userID) => ({ userID, numSeries: 3, ingestionRate: 1 }))));
    const known = has.includes(gateway.tenantOf(request));
    const value = [Math.floor(Date.now() / 1000), '1'];
    const result = known && request.url?.includes('/query?') ? [{ metric: {}, value }] : [];
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
  const out: string[] = [];
  const err: string[] = [];
  const code = await run({
    argv: `tenants -o json --mimir-url ${server.url} ${line}`.trim().split(' '),
    env: {},
    out: { write: (text) => void out.push(text), warn: (text) => void err.push(text), closed: () => false },
    isTerminal: { stdin: false, stdout: false },
    version: '1',
    demoFile: '',
    nowUnix: () => Date.now() / 1000,
    signal: new AbortController().signal,
  });
  const rows = out.length > 0 ? JSON.parse(out.join('')).rows : [];
  return { code, err: err.join('\n'), tenants: rows.map((row: { tenant: string }) => row.tenant).sort() };
}

const byHeader = ({ headers }: IncomingMessage): string => String(headers['x-scope-orgid'] ?? '');
const byUser = ({ headers }: IncomingMessage): string =>
  Buffer.from(String(headers.authorization).slice('Basic '.length), 'base64').toString().split(':')[0] ?? '';

test('all tenants that Mimir lists', async () => {
  expect((await tenantsSeen({ tenantOf: byHeader }, '')).tenants).toEqual(['north', 'south']);
});

test('a login that happens to be called like a tenant still sees all of them', async () => {
  const seen = await tenantsSeen({ tenantOf: byHeader }, `--basic-auth-file ${login}`);
  expect(seen.tenants).toEqual(['north', 'south']);
});

test('where the login decides, its rows do not stand under other tenants’ names', async () => {
  const seen = await tenantsSeen({ tenantOf: byUser }, `--basic-auth-file ${login}`);
  expect(seen.tenants).toEqual(['north']);
  expect(seen.err).toContain('only north can be seen with this login');
});

test('who is not let in is told that, and not asked for a tenant', async () => {
  const { code, err } = await tenantsSeen({ tenantOf: byHeader, status: 401 }, '');
  expect(code).toBe(2);
  expect(err).toContain('(401)');
  expect(err).toContain('--basic-auth-file');
  expect(err).not.toContain('--tenant');
});

test('a list that is not served asks for a tenant', async () => {
  const { code, err } = await tenantsSeen({ tenantOf: byHeader, status: 404 }, '');
  expect(code).toBe(64);
  expect(err).toContain('--tenant production');
});
