import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

// What is shipped, as it is shipped: the bundle and its launcher.

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const run = (file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(file, [...args], { env: { ...process.env, ...env } }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lgtm-tui-bundle-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The tests' own Node is the one that comes with the program. */
const VERSION = `lgtm-tui 0.1.0 (Node ${process.versions.node}, its own)\n`;

describe('the bundle', () => {
  test('asks a real server over the network, as the tenant', async () => {
    const asked: [path: string, tenant: string | undefined][] = [];
    const server = createServer((request, response) => {
      asked.push([request.url ?? '', request.headers['x-scope-orgid']?.toString()]);
      response.setHeader('content-type', 'application/json');
      response.end('{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]}]}}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { out } = await run('bin/lgtm-tui', ['tenants', '--mimir-url', url, '--tenant', 'north', '-o', 'json']);
    server.closeAllConnections();
    server.close();
    // What one component says of everybody is nobody's; all else is asked as the tenant.
    const asTenant = asked.filter(([path]) => path.startsWith('/prometheus/'));
    expect(asTenant.length).toBeGreaterThan(0);
    expect(new Set(asTenant.map(([, tenant]) => tenant))).toEqual(new Set(['north']));
    expect(
      asked.filter(
        ([path, tenant]) => tenant === undefined && !/^.(distributor|ingester|store-gateway|runtime_config)/.test(path),
      ),
    ).toEqual([]);
    expect(JSON.parse(out).rows[0].signals.metrics.lastSampleAgeSeconds).toBeGreaterThan(0);
  });

  test('a recording that may not grow ends in one sentence; the answer stands, and the file is whole', async () => {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ status: 'success', data: [], noise: randomBytes(20_000).toString('hex') }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(folder, 'small.tape');
    // As on a full disk: the shell lets no file grow beyond a few blocks.
    const limited = ['-c', 'ulimit -f 8; exec "$@"', 'sh', 'bin/lgtm-tui', 'tenants', '--mimir-url', url];
    const { out, err } = await run('sh', [...limited, '--tenant', 'north', '-o', 'json', '--record', file]);
    server.closeAllConnections();
    server.close();
    expect(JSON.parse(out)).toMatchObject({ view: 'tenants' });
    expect(err.match(/^the recording ended at .*$/gm)).toEqual([
      expect.stringMatching(/: it is as large as a file may be here; what .* holds until then can be replayed$/),
    ]);
    expect((await run('bin/lgtm-tui', ['tenants', '--replay', file])).err).not.toContain('cannot replay');
  });

  test('says its version', async () => {
    expect(await run('bin/lgtm-tui', ['--version'])).toEqual({ code: 0, out: VERSION, err: '' });
  });
});

describe('the launcher', () => {
  const install = (): string => {
    for (const part of ['bin', 'dist']) cpSync(part, join(folder, part), { recursive: true });
    return join(folder, 'bin/lgtm-tui');
  };

  /** A PATH whose `node` is as old as it says. */
  const oldNode = (): Readonly<Record<string, string>> => {
    const path = join(folder, 'path');
    mkdirSync(path);
    writeFileSync(join(path, 'node'), '#!/bin/sh\n[ "$1" = -v ] && echo v20.20.2\nexit 1\n');
    chmodSync(join(path, 'node'), 0o755);
    return { PATH: `${path}:/usr/bin:/bin` };
  };

  test('an old Node and no other: one sentence that says which is needed', async () => {
    const { code, out, err } = await run(install(), ['--version'], oldNode());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('lgtm-tui: needs Node 22.19 or newer, and the node in your PATH is v20.20.2\n');
  });

  test('takes the Node of its own package before the old one in the PATH, also through a link', async () => {
    const launcher = install();
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    const link = join(folder, 'link');
    symlinkSync(launcher, link);
    expect((await run(link, ['--version'], oldNode())).out).toBe(VERSION);
  });

  test('takes the Node in the PATH where there is no package', async () => {
    const path = `${join(process.cwd(), 'node_modules/.bin')}:/usr/bin:/bin`;
    expect((await run(install(), ['--version'], { PATH: path })).out).toBe(VERSION);
  });

  test('not built: one sentence that says how to', async () => {
    const launcher = install();
    rmSync(join(folder, 'dist'), { recursive: true });
    const { code, err } = await run(launcher, []);
    expect(code).toBe(2);
    expect(err).toContain('npm ci && npm run build');
  });
});
