import { describe, expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Answered, Asked, Exchange } from '../../src/domain/exchange.ts';
import { STACK_PRESENT } from '../../src/domain/questions-queues.ts';
import { TENANT_COUNTS } from '../../src/domain/questions-tenants.ts';
import { tenantOf } from '../../src/views/header-probe.ts';
import { tenants } from '../../src/views/tenants.ts';

const NOW = 1_795_447_980;
const given = (body: unknown, status = 200): Answered => ({
  ok: true,
  status,
  headers: {},
  text: typeof body === 'string' ? body : JSON.stringify(body),
  atUnix: NOW,
});
type Told = readonly [signal: string, what: string, tenant: string, value: number];
const vector = (...told: readonly Told[]): Answered =>
  given({
    status: 'success',
    data: {
      resultType: 'vector',
      result: told.map(([signal, what, tenant, value]) => ({
        metric: { signal, what, ...(tenant ? { tenant } : {}) },
        value: [NOW, String(value)],
      })),
    },
  });

interface Stack {
  readonly listed: readonly string[];
  /** Who holds the stack's own metrics. */
  readonly meta?: string;
  readonly told?: readonly Told[];
  /** Newest samples by an ingester's page, seconds ago. */
  readonly newest?: Readonly<Record<string, number>>;
  readonly inBlocks?: readonly string[];
  /** What a question as two tenants is answered by Loki. */
  readonly joined?: Answered;
}

function answer(stack: Stack, { path, params, tenant, component }: Asked): Answered {
  const { listed, meta, told = [], newest = {}, inBlocks = [] } = stack;
  const query = params.find(([name]) => name === 'query')?.[1];
  if (path === '/distributor/all_user_stats')
    return given(listed.map((userID) => ({ userID, numSeries: 300, ingestionRate: 30 })));
  if (path === '/ingester/tenants') {
    const page = Object.entries(newest).map(([Tenant, ago]) => ({ Tenant, MaxTime: `t (${(NOW - ago) * 1000})` }));
    return given({ Now: '', Tenants: page });
  }
  if (path === '/store-gateway/tenants') return given({ now: '', tenants: inBlocks });
  if (query === STACK_PRESENT) return vector(...(tenant === meta ? ([['', '', '', 4]] as const) : []));
  if (query === TENANT_COUNTS) return vector(...told);
  if (component === 'loki' && tenant?.includes('|')) return stack.joined ?? given({ status: 'success', data: ['a'] });
  if (path.endsWith('/query')) return vector();
  if (path.startsWith('/loki/')) return given({ status: 'success' });
  return path === '/api/search' ? given({ traces: [] }) : given('no such page', 404);
}

async function radar(stack: Stack, shown: readonly string[] = [], login?: string) {
  const asked: Asked[] = [];
  const exchange: Exchange = async (question) => {
    asked.push(question);
    return answer(stack, question);
  };
  const reached = { exchange, place: 'central' };
  const clients = makeClients({
    exchanges: { mimir: reached, loki: reached, tempo: reached },
    clock: { now: () => NOW, said: () => undefined },
    ...(login === undefined ? {} : { login, reach: () => ({ by: 'url', url: 'https://way.in' }) as const }),
  });
  let atFirstPaint: readonly Asked[] = [];
  let rows: readonly unknown[] = [];
  let note: string | undefined;
  for await (const loaded of tenants.load({
    ...{ clients, params: {}, nowUnix: NOW, time: { endUnix: NOW, live: false } },
    tenants: shown.flatMap((name) => tenantOf(name) ?? []),
    signal: new AbortController().signal,
  })) {
    if (rows.length === 0 && loaded.rows.length > 0) atFirstPaint = [...asked];
    ({ rows, note } = loaded);
  }
  const records = rows.map((row) => tenants.record(row));
  const details = (name: string): string =>
    JSON.stringify(tenants.details(rows.find((row) => tenants.record(row).tenant === name)));
  return { asked, atFirstPaint, note, details, of: (name: string) => records.find(({ tenant }) => tenant === name) };
}

const MANY = Array.from({ length: 500 }, (_, at) => `team-${at}-prod`);

test('500 tenants: three requests a backend to the first rows, and every age of three signals without asking one alone', async () => {
  const told = MANY.flatMap((name): Told[] => [
    ['metrics', 'per-second', name, 8],
    ['logs', 'per-second', name, 5],
    ['traces', 'per-second', name, name === 'team-7-prod' ? 0 : 3],
  ]);
  const newest = Object.fromEntries(MANY.map((name, at) => [name, at]));
  const { asked, atFirstPaint, of, note } = await radar({ listed: MANY, meta: 'team-2-prod', told, newest }, MANY);
  for (const [, some] of Map.groupBy(atFirstPaint, ({ component }) => component.split(/[/:]/)[0] ?? ''))
    expect(some.length).toBeLessThanOrEqual(3);
  // Federation asks each backend once; who holds the stack's metrics is among the first four.
  expect(asked.length).toBeLessThanOrEqual(12);
  expect(of('team-9-prod')).toMatchObject({
    verdict: 'good',
    signals: { metrics: { lastSampleAgeSeconds: 9 }, logs: { perSecond: 5 }, traces: { perSecond: 3 } },
  });
  expect(of('team-499-prod')).toMatchObject({ verdict: 'warn', cause: 'late' });
  expect(of('team-7-prod')).toMatchObject({ verdict: 'bad', signals: { traces: { lastSampleAgeSeconds: null } } });
  expect(note).not.toContain('nobody counts');
});

test.each([
  ['who logs in as the tenant asks as nobody else: every name might be answered with the same data', 'shop', false],
  ['who logs in as somebody else asks as each', 'oncall', true],
])('%s', async (_name, login, asksOthers) => {
  const { asked, of } = await radar({ listed: ['shop', 'anonymous'] }, ['shop'], login);
  const alone = asked.filter(({ tenant, component }) => tenant === 'anonymous' && component === 'loki');
  expect(alone.length > 0).toBe(asksOthers);
  expect(of('anonymous')).toMatchObject({ cause: 'spill-over' });
});

describe('tenants that nobody listed', () => {
  test('are found by what Loki and Tempo count, by an ingester’s page, by blocks', async () => {
    const { of } = await radar({
      ...{ listed: ['shop', 'cart'], meta: 'shop', newest: { page: 3000 }, inBlocks: ['old'] },
      told: [
        ['metrics', 'per-second', 'shop', 10],
        ['logs', 'per-second', 'logs-only', 12],
        ['traces', 'per-second', 'traces-only', 7],
      ],
    });
    expect(of('logs-only')?.foundBy).toEqual(['its logs, as they are counted']);
    expect(of('traces-only')?.foundBy).toEqual(['its traces, as they are counted']);
    expect(of('page')?.foundBy).toEqual(['an ingester’s page']);
    expect(of('page')).toMatchObject({ signals: { metrics: { lastSampleAgeSeconds: 3000 } } });
    expect(of('old')?.foundBy).toEqual(['its blocks']);
  });
});

describe('use', () => {
  test('of logs and traces is told against their limits, and what is thrown away lights up', async () => {
    const { of, details } = await radar(
      {
        ...{ listed: ['shop', 'cart'], meta: 'cart', newest: { shop: 4, cart: 4 } },
        told: [
          ...['shop', 'cart'].flatMap((name): Told[] => [
            ['logs', 'per-second', name, 9],
            ['traces', 'per-second', name, 9],
          ]),
          ['logs', 'used', 'shop', 2_000_000],
          ['logs', 'limit', '', 4_194_304],
          ['traces', 'discarded', 'shop', 30],
          ['traces', 'used', 'shop', 30_000_000],
          ['traces', 'limit', '', 15_000_000],
          ['metrics', 'used', 'shop', 100],
          ['metrics', 'per-second', 'shop', 10],
        ],
      },
      [...MANY, 'cart', 'shop'],
    );
    expect(of('shop')).toMatchObject({
      ...{ verdict: 'warn', cause: 'discarded' },
      signals: {
        metrics: { perSecond: 10, used: 100 },
        logs: { used: 2_000_000, limit: 4_194_304, discardedPerSecond: 0 },
        traces: { discardedPerSecond: 30 },
      },
    });
    expect(of('shop')?.because).toContain('30/s of its traces');
    // all_user_stats counts each replica: what is known of shop tells how many there are.
    expect(of('cart')).toMatchObject({ signals: { metrics: { used: 100, perSecond: 10 } } });
    expect(details('shop')).toContain('1.91MiB/s of 4MiB/s');
    // Tempo's limit is of each distributor: a share of it would be wrong by their number.
    expect(details('shop')).toMatch(/28\.6MiB\/s at all distributors, each of which takes 14\.3MiB\/s: how full/);
  });

  test('without the number of replicas it is an upper bound, and no number for a script', async () => {
    const { of, details } = await radar({ listed: ['shop', 'cart'] });
    expect(of('shop')).toMatchObject({ signals: { metrics: { used: null, perSecond: null } } });
    expect(details('shop')).toMatch(/≤300 series.*each replica is counted/);
    expect(details('shop')).toContain('no tenant that was asked holds the stack’s own metrics');
  });
});

test('whether a|b is answered stands beside each signal, with the server’s refusal and the switch', async () => {
  const refused = given('too many tenant IDs present in the request. max: 1 actual: 2', 422);
  const { of, details, asked } = await radar({ listed: ['shop', 'cart'], joined: refused });
  expect(of('shop')).toMatchObject({ signals: { metrics: { federation: 'on' }, logs: { federation: 'off' } } });
  expect(details('shop')).toMatch(/422 too many tenant IDs present.*multi_tenant_queries_enabled/);
  expect(asked.filter(({ tenant }) => tenant?.includes('|')).map(({ tenant }) => tenant)).toEqual(
    Array(3).fill('cart|shop'),
  );
});
