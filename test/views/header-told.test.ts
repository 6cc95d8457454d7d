import { describe, expect, test } from 'vitest';
import type { Answered, Asked } from '../../src/domain/exchange.ts';
import { LAST_SCRAPE } from '../../src/domain/questions-tenants.ts';
import { header } from '../../src/views/header.ts';
import { START_UNIX } from '../domain/queues-fixture.ts';
import { worldOf } from './queues-world.ts';

const NOW = START_UNIX + 720;
const given = (body: unknown, status = 200): Answered => ({
  ok: true,
  status,
  headers: {},
  text: typeof body === 'string' ? body : JSON.stringify(body),
  atUnix: NOW,
});
const vector = (...values: number[]) =>
  given({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [NOW, String(value)] })) },
  });

interface Story {
  /** When the newest sample was taken, by an ingester's page. */
  readonly newestUnix?: number;
  /** Tenants that have labels. */
  readonly holds?: readonly string[];
  /** What a question as `a|b` is answered. */
  readonly joined?: Answered;
  /** What the URL of the edge cluster's agents does without a header. */
  readonly external?: 'refuses' | 'defaults';
}

const labels = (...names: string[]) => given({ status: 'success', data: names });

/** What Mimir's own pages tell. */
function page({ newestUnix }: Story, path: string): Answered | undefined {
  const listed =
    newestUnix === undefined ? [] : [{ Tenant: 'production-us-east', MaxTime: `x (${newestUnix * 1000})` }];
  if (path === '/ingester/tenants') return given({ Now: '', Tenants: listed });
  return path === '/distributor/all_user_stats' ? given([]) : undefined;
}

/** What a tenant is answered that is let in. */
function data({ newestUnix, holds = ['production-us-east'] }: Story, { path, params, tenant }: Asked) {
  const query = params.find(([name]) => name === 'query')?.[1] ?? '';
  if (path.endsWith('/labels')) return labels(...(holds.includes(tenant ?? '') ? ['job'] : []));
  if (query === 'vector(1)') return vector(1);
  if (query === 'max(timestamp(up))' && newestUnix === undefined) return vector(NOW - 5);
  return path.endsWith('/query') ? vector() : undefined;
}

/** A Mimir that enforces; the words are those of the recordings. */
const mimir =
  (story: Story) =>
  (asked: Asked): Answered | undefined => {
    const { component, path, tenant } = asked;
    if (!component.startsWith('mimir')) return undefined;
    if (tenant?.includes('|')) return story.joined;
    const defaults = component.startsWith('mimir:https://') && story.external === 'defaults';
    const listed = page(story, path);
    if (listed === undefined && tenant === null && !defaults) return given('no org id\n', 401);
    return listed ?? data(story, asked);
  };

async function rowsOf(story: Story) {
  const { rows } = await worldOf({ overlay: mimir(story) }).load(header.load, { signal: 'metrics' });
  return rows.filter((row) => header.lists?.(row)).map((row) => header.record(row));
}

describe('the plain way in', () => {
  test('who fell silent is told since when', async () => {
    const [plain] = await rowsOf({ newestUnix: NOW - 1800 });
    expect(plain).toMatchObject({ cause: 'silent', verdict: 'bad' });
    expect(plain?.because).toMatch(/nothing new since 2026-11-23T15:\d\d:\d\dZ \(30m\w* ago\)/);
  });

  test('an agent that is gone is told though other series of the tenant still come', async () => {
    const story = mimir({ newestUnix: NOW - 10 });
    const { rows } = await worldOf({
      overlay: (asked) =>
        asked.params.some(([, value]) => value === LAST_SCRAPE) && asked.tenant === 'production-us-east'
          ? vector(NOW - 1800)
          : story(asked),
    }).load(header.load, { signal: 'metrics' });
    expect(header.record(rows[0])).toMatchObject({ cause: 'silent' });
    expect(header.record(rows[0]).because).toMatch(/\(30m ago\) of what its agents scrape; other series still come/);
  });

  test('a tenant without labels that has samples is not unknown', async () => {
    const [plain] = await rowsOf({ holds: [] });
    expect(plain).toMatchObject({ cause: 'enforced', verdict: 'good' });
  });

  test('under a way in that is not good stands what was sent and answered, for eyes; a script has it once', async () => {
    const { rows } = await worldOf({ overlay: mimir({ newestUnix: NOW - 1800 }) }).load(header.load, {
      signal: 'metrics',
    });
    const { body } = header;
    if (body.kind !== 'table') throw new Error(body.kind);
    const lines = rows.slice(0, 3).map((row) => body.columns.map(({ cell }) => cell(row)).join(' | '));
    expect(lines[0]).toMatch(/^plain \| metrics/);
    expect(lines[1]).toBe('  without a header |  |  | 401 | no org id  GET /prometheus/api/v1/query?query=vector(1)');
    expect(lines[2]).toMatch(/^ {2}as nobody \|.*\| 200 \|/);
  });

  test('who sends is not silent', async () => {
    const [plain] = await rowsOf({});
    expect(plain).toMatchObject({ cause: 'enforced', verdict: 'good' });
  });

  test('a|b: refused is explained with the server’s own words and the switch; answered is said', async () => {
    const off = await rowsOf({ joined: given('too many tenant IDs present in the request. max: 1 actual: 2', 422) });
    const row = off.find(({ cause }) => cause === 'federation-off');
    expect(row).toMatchObject({ verdict: 'warn', tenant: 'edge-dev|production-eu-west' });
    expect(row?.because).toMatch(/422 too many tenant IDs present.*tenant-federation\.enabled/);
    const on = await rowsOf({ joined: vector(1) });
    expect(on.find(({ tenant }) => String(tenant).includes('|'))).toMatchObject({ cause: 'enforced', verdict: 'good' });
    expect((await rowsOf({})).filter(({ tenant }) => String(tenant).includes('|'))).toEqual([]);
  });
});

describe('the URL that agents use', () => {
  const external = 'https://mimir.observability.example.com/api/v1/push';
  test.each([
    ['refuses', 'enforced', /there it is refused: what is sent is lost/],
    ['defaults', 'defaulted', /there it is let in: its data lies in/],
  ] as const)('%s a missing header: who sends none is named with what becomes of it', async (does, cause, fate) => {
    const rows = await rowsOf({ external: does, holds: ['edge-dev', 'production-us-east'] });
    const row = rows.find(({ entry }) => entry === external);
    expect(row).toMatchObject({ verdict: 'bad', cause });
    expect(row?.because).toMatch(/the agent on \S+ sends no X-Scope-OrgID; ConfigMap \S+, line 28 of config\.alloy/);
    expect(row?.because).toMatch(fate);
    expect(row?.probes).toContainEqual(expect.objectContaining({ sent: 'none' }));
  });

  test('one name in two clusters is two ways in', async () => {
    const entries = (await rowsOf({})).map(({ entry }) => String(entry)).filter((entry) => entry.includes('.svc'));
    expect(entries.map((entry) => entry.replace(/: http.*/, '')).toSorted()).toEqual(['central', 'eu-west']);
  });
});
