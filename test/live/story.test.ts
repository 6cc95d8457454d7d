import { rm } from 'node:fs/promises';
import { afterAll, afterEach, describe, expect, inject, test } from 'vitest';
import { type OpenTerminal, openTerminal } from '../pty/terminal.ts';
import { keysOf, lab, runIn } from './lab.ts';

const PROGRAM = 'bin/lgtm-tui';
const way = inject('wayToTheLab');
const keys = way && (await keysOf(way));
afterAll(async () => keys && rm(keys.folder, { recursive: true }));

interface Row {
  readonly [field: string]: unknown;
}

/** One command against the lab, as JSON. */
async function ask(entry: readonly string[], command: string, ...args: readonly string[]) {
  const ended = await runIn(way ?? [], PROGRAM, [command, ...args, '-o', 'json', ...entry]);
  const answer = ended.out === '' ? {} : JSON.parse(ended.out);
  return { ...ended, rows: (answer.rows ?? []) as Row[], gaps: (answer.gaps ?? []) as Row[], answer };
}

const plain = ['--mimir-url', lab.mimir, '--loki-url', lab.loki, '--tempo-url', lab.tempo];
const behind = (url: string): string[] => ['--mimir-url', url, '--loki-url', url, '--tempo-url', `${url}/tempo`];
const oncall = ['--basic-auth-file', keys?.oncall ?? ''];
const asTenant = ['--basic-auth-file', keys?.tenant ?? ''];

/** The ways into the lab, and how each is asked. */
const ENTRIES: readonly (readonly [name: string, flags: readonly string[]])[] = [
  ['the plain gateways', plain],
  [
    'URLs as agents have them',
    ['--mimir-url', `${lab.mimir}/api/v1/push`, '--loki-url', `${lab.loki}/loki/api/v1/push`, '--tempo-url', lab.tempo],
  ],
  ['an entry that defaults a missing tenant', ['--mimir-url', lab.defaulting, ...plain.slice(2)]],
  ['TLS and basic auth, its authority known', [...behind(lab.guarded), ...oncall, '--ca-file', keys?.ca ?? '']],
  ['TLS and basic auth, unchecked', [...behind(lab.guarded), ...oncall, '--insecure-skip-verify']],
  ['an entry whose user is the tenant', [...behind(lab['user-is-tenant']), ...asTenant, '--ca-file', keys?.ca ?? '']],
];

test.skipIf(way)('no lab', ({ skip }) => skip('nothing answers there'));

describe.runIf(way)('from the slow series to the log line', () => {
  test.each(ENTRIES)('%s', async (_name, entry) => {
    const slow = await ask(entry, 'slow');
    expect(slow).toMatchObject({ code: 0, gaps: [] });
    const series = slow.rows[0];
    expect(series).toMatchObject({ tenant: lab.tenant, source: 'own' });
    expect(series?.['p99Seconds']).toBeGreaterThan(1);
    const [service, route] = [String(series?.['service']), String(series?.['route'])];

    const exemplars = await ask(entry, 'exemplars', '--tenant', lab.tenant, '--service', service, '--route', route);
    expect(exemplars).toMatchObject({ code: 0, gaps: [] });
    const exemplar = exemplars.rows.find((row) => row['traceExists'] === 'yes');
    expect(exemplar?.['value']).toBeGreaterThan(1);
    expect(exemplars.rows.map((row) => row['traceExists'])).not.toContain('unknown');

    const trace = await ask(entry, 'trace', String(exemplar?.['traceId']), '--tenant', lab.tenant);
    expect(trace).toMatchObject({ code: 0, gaps: [], answer: { culprit: { error: true } } });
    expect(trace.answer.culprit.selfSeconds).toBeGreaterThan(1);

    const logs = await ask(entry, 'logs', '--trace', String(exemplar?.['traceId']), '--tenant', lab.tenant);
    expect(logs).toMatchObject({ code: 0, gaps: [] });
    const guilty = logs.rows.filter((row) => String(row['line']).includes(lab.says));
    expect(guilty).toEqual([
      expect.objectContaining({
        level: 'error',
        traceId: exemplar?.['traceId'],
        service: trace.answer.culprit.service,
      }),
    ]);

    const chain = await ask(entry, 'chain', '--tenant', lab.tenant, '--service', service);
    expect(chain).toMatchObject({
      code: 0,
      gaps: [],
      answer: { series: { service, route }, culprit: { service: trace.answer.culprit.service } },
    });
    expect(chain.rows.map((row) => row['line']).join('\n')).toContain(lab.says);
  });
});

describe.runIf(way)('who is let in, and whose data it is', () => {
  const tenantsOf = async (entry: readonly string[]) => (await ask(entry, 'tenants')).rows.map((row) => row['tenant']);

  test('the tenants that Mimir lists, each with its own data', async () => {
    const found = await tenantsOf(plain);
    expect(found).toContain(lab.tenant);
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(await tenantsOf([...behind(lab.guarded), ...asTenant, '--insecure-skip-verify'])).toEqual(
      expect.arrayContaining(found),
    );
  });

  test('where the user is the tenant, its data stand under its own name only', async () => {
    const { rows } = await ask([...behind(lab['user-is-tenant']), ...asTenant, '--insecure-skip-verify'], 'tenants');
    // Others may be listed, and the stack counts their samples. What this login is answered must not stand under their names.
    const hasLogs = (row: (typeof rows)[number]) =>
      (row['signals'] as { logs: { lastSampleAgeSeconds: number | null } }).logs.lastSampleAgeSeconds !== null;
    const withData = rows.filter(hasLogs);
    expect(withData.map((row) => row['tenant'])).toEqual([lab.tenant]);
  });

  test.each([
    ['a certificate nobody vouches for', [...behind(lab.guarded), ...oncall], '--ca-file'],
    ['no password', [...behind(lab.guarded), '--insecure-skip-verify'], '--basic-auth-file'],
    ['TLS asked of a plain port', ['--mimir-url', lab.mimir.replace('http:', 'https:')], 'TLS'],
    ['plain HTTP asked of a TLS port', ['--mimir-url', lab.guarded.replace('https:', 'http:')], 'HTTPS'],
    ['nobody listens', ['--mimir-url', lab.mimir.replace(/:\d+$/, ':1')], 'refuses connections'],
  ])('%s: one sentence that says what to do', async (_name, entry, says) => {
    const { code, out, err } = await ask(entry, 'slow');
    expect([code, out]).toEqual([2, '']);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toContain(says);
  });

  test('a tenant that is not there has no rows, and a reason', async () => {
    const { code, answer, rows } = await ask(plain, 'slow', '--tenant', 'nobody-by-that-name');
    expect({ code, rows }).toEqual({ code: 0, rows: [] });
    expect(JSON.stringify(answer)).toMatch(/because|note/);
  });
});

describe.runIf(way)('at a real terminal', () => {
  let open: OpenTerminal | undefined;
  afterEach(() => open?.kill());

  test.each(ENTRIES)('three keys lead to the log line: %s', async (_name, entry) => {
    const [program = PROGRAM, ...args] = [...(way ?? []), PROGRAM, ...entry];
    const terminal = openTerminal(program, args, { columns: 120, rows: 40 });
    open = terminal;
    await terminal.shows(new RegExp(`^>. ${lab.tenant}`, 'm'));
    terminal.press('\r');
    await terminal.shows(/^>.*✓ living/m);
    terminal.press('\r');
    await terminal.shows(/› trace [\s\S]*^>.*✗/m);
    terminal.press('l');
    await terminal.shows(new RegExp(`› logs[\\s\\S]*^>.*${lab.says}`, 'm'));
    terminal.press(':');
    terminal.press('q\r');
    expect(await terminal.ended()).toBe(0);
  });
});
