import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { run } from '../../src/main/run.ts';
import { views } from '../../src/views/index.ts';
import { type Server, startServer } from '../clients/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'lgtm-tui-'));
const token = join(folder, 'token');
writeFileSync(token, 'a-secret-of-the-databases\n');
afterAll(() => rmSync(folder, { recursive: true }));

let server: Server | undefined;
afterEach(() => server?.stop());

const METRICS = 'alloy_build_info{version="v1.16.3"} 1\nalloy_config_last_load_successful 1\n';

async function asked(line: string) {
  server = await startServer((request, response) =>
    request.url === '/alloy/metrics' ? response.end(METRICS) : response.writeHead(404).end(),
  );
  const out: string[] = [];
  const err: string[] = [];
  const code = await run({
    argv: line.replaceAll('SERVER', server.url).split(' '),
    env: {},
    out: { write: (text) => void out.push(text), warn: (text) => void err.push(text), closed: () => false },
    isTerminal: { stdin: false, stdout: false },
    version: '1',
    demoFile: '',
    nowUnix: () => Date.now() / 1000,
    signal: new AbortController().signal,
  });
  return { code, err: err.join('\n'), out: out.join('') };
}

test('an agent outside every cluster is asked by its URL, without a tenant and without a database', async () => {
  const { code, out } = await asked('agents -o json --agent-url SERVER/alloy/metrics');
  const [row] = JSON.parse(out).rows;
  expect(row).toMatchObject({ context: 'url', version: 'alloy v1.16.3', configLoaded: true, verdict: 'good' });
  expect(row.pod).toMatch(/^127\.0\.0\.1:\d+\/alloy$/);
  expect(code).toBe(0);
  expect(server?.seen.map(({ url }) => url)).toEqual(['/alloy/metrics']);
});

test('what lets in at the databases does not go to an agent in the clear', async () => {
  await asked(`agents -o json --bearer-token-file ${token} --header X-Team=shop --agent-url SERVER/alloy`);
  const headers = server?.seen[0]?.rawHeaders.join(' ') ?? '';
  expect(headers).toContain('shop');
  expect(headers).not.toContain('a-secret-of-the-databases');
});

test('one that does not answer is a gap of its own, not a good agent', async () => {
  const { out } = await asked('agents -o json --agent-url SERVER/alloy --agent-url http://127.0.0.1:9/x');
  const { rows, gaps } = JSON.parse(out);
  expect(rows.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['unknown', 'good']);
  expect(gaps).toMatchObject([{ kind: 'unreachable', source: 'agent@127.0.0.1:9/x' }]);
});

test('what was recorded of it answers again', async () => {
  const file = join(folder, 'agents.tape');
  await asked(`agents -o json --agent-url SERVER/alloy --record ${file}`);
  const { out, err } = await asked(`agents -o json --replay ${file}`);
  expect(err).toBe('');
  expect(JSON.parse(out).rows).toMatchObject([{ context: 'url', version: 'alloy v1.16.3' }]);
});

test.each([
  ['10.0.0.7:12345', '10.0.0.7:12345'],
  ['http://alloy.example.org/metrics', 'alloy.example.org:80'],
  ['https://alloy.example.org/edge', 'alloy.example.org:443/edge'],
])('--agent-url %s is %s', (url, place) => {
  const config = readConfig(['queues', '--agent-url', url], {}, views);
  expect(config.ok && config.value.where).toMatchObject({ kind: 'servers', servers: [], agents: [{ place }] });
});

test('a URL with a password is refused by the flag’s name', () => {
  const config = readConfig(['queues', '--agent-url', 'http://a:b@host'], {}, views);
  expect(config).toMatchObject({ ok: false, because: expect.stringContaining('--agent-url') });
});
