import { describe, expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Answered, Asked, Exchange } from '../../src/domain/exchange.ts';
import type { Loaded } from '../../src/domain/result.ts';
import { tenantOf } from '../../src/views/header-probe.ts';
import { tenants } from '../../src/views/tenants.ts';
import { demo } from '../demo.ts';
import { worldOf } from './queues-world.ts';

const given = (body: unknown, status = 200): Answered => ({
  ok: true,
  status,
  headers: {},
  text: typeof body === 'string' ? body : JSON.stringify(body),
  atUnix: 1_795_447_980,
});

/** A Mimir that lists these; the shape is that of the recordings' all_user_stats and runtime_config. */
async function radar(
  listed: readonly (readonly [tenant: string, series: number, perSecond: number])[],
  given_: readonly string[],
) {
  const asked: Asked[] = [];
  const exchange: Exchange = async (question) => {
    asked.push(question);
    if (question.path === '/distributor/all_user_stats')
      return given(listed.map(([userID, numSeries, ingestionRate]) => ({ userID, numSeries, ingestionRate })));
    if (question.path === '/runtime_config')
      return given('\noverrides:\n    forgotten:\n        max_global_series_per_user: 9000\n');
    if (question.path.endsWith('/query'))
      return given({ status: 'success', data: { resultType: 'vector', result: [] } });
    if (question.path.startsWith('/loki/')) return given({ status: 'success' });
    if (question.path === '/api/search') return given({ traces: [] });
    return given('no such page', 404);
  };
  const reached = { exchange, place: 'central' };
  const clients = makeClients({
    exchanges: { mimir: reached, loki: reached, tempo: reached },
    clock: { now: () => 1_795_447_980, said: () => undefined },
  });
  const yields: Loaded<unknown>[] = [];
  let atFirstPaint: readonly Asked[] = [];
  const input = {
    clients,
    tenants: given_.flatMap((name) => tenantOf(name) ?? []),
    params: {},
    time: { endUnix: 1_795_447_980, live: false },
    nowUnix: 1_795_447_980,
    signal: new AbortController().signal,
  };
  for await (const loaded of tenants.load(input)) {
    yields.push(loaded);
    if (loaded.rows.length > 0 && atFirstPaint.length === 0) atFirstPaint = [...asked];
  }
  const last = yields.at(-1);
  const rows = (last?.rows ?? []).map((row) => tenants.record(row));
  return { atFirstPaint, asked, last, rows, of: (name: string) => rows.find(({ tenant }) => tenant === name) };
}

describe('the radar', () => {
  test('with 500 tenants each backend is asked three times at most before the first row stands', async () => {
    const many = Array.from({ length: 500 }, (_, at) => [`team-${at}-prod`, 1000, 10] as const);
    const { atFirstPaint, asked, last } = await radar(many, []);
    expect(last?.rows.length).toBeGreaterThanOrEqual(500);
    const counts = Map.groupBy(atFirstPaint, ({ component }) => component.split(/[/:]/)[0] ?? '');
    for (const [backend, some] of counts) expect([backend, some.length]).toEqual([backend, Math.min(some.length, 3)]);
    // Who holds the stack's own metrics is looked for among twelve; none is asked on its own.
    expect(asked.length).toBeLessThanOrEqual(22);
    expect(last?.note).toContain('none was asked on its own');
  });

  test('500 tenants that a profile lists are not asked one by one either', async () => {
    const names = Array.from({ length: 500 }, (_, at) => `team-${at}-prod`);
    const { asked, rows } = await radar(
      names.map((name) => [name, 1000, 10] as const),
      names,
    );
    expect(rows.length).toBeGreaterThanOrEqual(500);
    expect(asked.length).toBeLessThanOrEqual(22);
  });

  test('who writes without a header, who is misspelt, who is forgotten, and who has only metrics', async () => {
    const { of } = await radar(
      [
        ['production-us-east', 26_000, 2400],
        ['production-us-eest', 12, 1],
        ['anonymous', 12, 0.8],
      ],
      ['production-us-east'],
    );
    expect(of('anonymous')).toMatchObject({ verdict: 'bad', cause: 'spill-over' });
    expect(of('production-us-eest')).toMatchObject({ cause: 'orphan' });
    expect(of('production-us-east')).toMatchObject({ verdict: 'bad', cause: 'orphan' });
    expect(of('forgotten')).toBeUndefined();
  });

  test('of several tenants one that nobody listed is found, and so is one that only the overrides name', async () => {
    const { of } = await radar([['staging-a', 30, 2]], ['shop', 'cart']);
    expect(of('staging-a')?.foundBy).toEqual(['all_user_stats']);
    expect(of('forgotten')).toMatchObject({ verdict: 'bad', cause: 'silent' });
    expect(of('forgotten')?.foundBy).toEqual(['its runtime overrides']);
  });

  test('a tenant that sends OTLP has no `up`, and is not silent', async () => {
    const { of } = await radar([['shop', 30, 2]], ['shop', 'cart']);
    expect(of('shop')).toMatchObject({ signals: { metrics: { lastSampleAgeSeconds: 60 } } });
  });
});

test('a name that is nearly another one lights up where its signals do not', async () => {
  const opened = await demo((asked) =>
    asked.path === '/distributor/all_user_stats'
      ? Promise.resolve(given([{ userID: 'production-us-eest', numSeries: 3, ingestionRate: 1 }]))
      : undefined,
  );
  const loaded = await opened.load('tenants');
  await opened.close();
  const row = loaded.rows
    .map((each) => tenants.record(each as never))
    .find(({ tenant }) => tenant === 'production-us-eest');
  expect(row).toMatchObject({ verdict: 'warn', cause: 'look-alike' });
  expect(row?.because).toContain('production-us-east');
});

test('edge-dev is bad for what its agent does, with node, ConfigMap and line', async () => {
  const { rows } = await worldOf({
    overlay: ({ component, path }) =>
      path === '/distributor/all_user_stats'
        ? given([])
        : component === 'tempo'
          ? given({ traces: [] })
          : path.endsWith('/query')
            ? given({ status: 'success', data: { resultType: 'vector', result: [] } })
            : path.endsWith('/labels')
              ? given({ status: 'success' })
              : undefined,
  }).load(tenants.load);
  const edge = rows.map((row) => tenants.record(row)).find(({ tenant }) => tenant === 'edge-dev');
  expect(edge).toMatchObject({ verdict: 'bad' });
  expect(edge?.because).toMatch(/the agent on \S+ sends no X-Scope-OrgID; ConfigMap monitoring-agent-alloy, line 28/);
});
