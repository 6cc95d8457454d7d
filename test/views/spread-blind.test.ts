import { describe, expect, test } from 'vitest';
import type { Json, Loaded } from '../../src/domain/result.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { lastOf } from '../../src/views/arrival.ts';
import type { Params } from '../../src/views/view.ts';
import { viewOf } from '../demo.ts';
import { stateOf } from '../domain/recorded-spread.ts';
import { clientsIn, type Overlay } from '../recorded-stack.ts';

const FIRST = 'ip-10-0-1-11';
const SPARE = 'ip-10-0-3-22';

async function load(overlay: Overlay, params: Params = {}, tenants: readonly string[] = []): Promise<Loaded<unknown>> {
  const { clients, nowUnix } = clientsIn('incident', overlay);
  const loaded = await lastOf(
    viewOf('spread').load({
      clients,
      tenants: tenants.map((tenant) => tenant as Tenant),
      params,
      time: { endUnix: nowUnix, live: true },
      nowUnix,
      signal: new AbortController().signal,
    }),
  );
  if (!loaded) throw new Error('nothing was yielded');
  return loaded;
}

const decided = (loaded: Loaded<unknown>, params: Params) => viewOf('spread').decides?.(loaded, params);

const rowOf = (loaded: Loaded<unknown>, id: string) => {
  const { body, record } = viewOf('spread');
  const row = body.kind === 'matrix' ? loaded.rows.find((one) => body.rowId(one).startsWith(id)) : undefined;
  return row === undefined ? undefined : record(row);
};

const forbidden =
  (...kinds: readonly string[]): Overlay =>
  ({ component, path }) =>
    component.startsWith('kubernetes') && kinds.some((kind) => path.endsWith(`/${kind}`)) ? 403 : undefined;

describe('what could not be listed is not well', () => {
  test.each([
    ['Deployments', ['deployments'], /Deployments could not be listed/],
    ['StatefulSets', ['statefulsets'], /StatefulSets could not be listed/],
    ['any workload', ['deployments', 'statefulsets'], /could not be listed/],
    ['pods', ['pods'], /pods could not be listed/],
  ])('--lose without %s is not decided', async (_name, kinds, said) => {
    const params = { lose: SPARE };
    const loaded = await load(forbidden(...kinds), params);
    expect(rowOf(loaded, 'lost')).toMatchObject({ verdict: 'unknown', because: expect.stringMatching(said) });
    expect(rowOf(loaded, 'lost')?.because).not.toMatch(/no workload loses/);
    expect(decided(loaded, params)).toBeNull();
  });

  test('the node of the only distributor is not good where Deployments are hidden', async () => {
    const params = { lose: FIRST };
    const loaded = await load(forbidden('deployments'), params);
    expect(decided(loaded, params)).toBeNull();
    expect(rowOf(loaded, `node ${FIRST}`)?.verdict).not.toBe('good');
    expect(rowOf(await load(forbidden('deployments')), `node ${SPARE}`)).toMatchObject({ verdict: 'unknown' });
  });

  test('what is bad all the same decides', async () => {
    const params = { lose: 'ip-10-0-2-11' };
    expect(decided(await load(forbidden('deployments'), params), params)).toBe(true);
  });

  test('a last replica lacks no PDB that nobody could list', async () => {
    const loaded = await load(forbidden('poddisruptionbudgets'));
    const [first] = (loaded.extras?.lastReplicas ?? []) as unknown as { workloads: { budget: boolean | null }[] }[];
    expect(first?.workloads.map(({ budget }) => budget)).toEqual(first?.workloads.map(() => null));
    expect(rowOf(loaded, `node ${FIRST}`)?.because).toMatch(/last of .*loki-gateway/);
    expect(rowOf(loaded, `node ${FIRST}`)?.because).not.toMatch(/no PDB/);
    expect(rowOf(await load(() => undefined), `node ${FIRST}`)?.because).toMatch(/no PDB/);
  });
});

describe('a workload without a single pod', () => {
  const items = (stateOf('incident').kube.pods?.items ?? []) as unknown as readonly { metadata: { name: string } }[];
  const without: Overlay = ({ component, path }) =>
    component.startsWith('kubernetes') && path.endsWith('/pods')
      ? JSON.stringify({
          kind: 'PodList',
          metadata: {},
          items: items.filter(({ metadata }) => !/loki-gateway|mimir-query-frontend/.test(metadata.name)),
        })
      : undefined;

  test('is down', async () => {
    const loaded = await load(without);
    const down = (loaded.extras?.down ?? []) as unknown as { workload: string; pods: Json[]; verdict: string }[];
    expect(down.map(({ workload, pods, verdict }) => [workload, pods, verdict])).toEqual([
      ['monitoring-server-loki-gateway', [], 'bad'],
      ['monitoring-server-mimir-query-frontend', [], 'bad'],
    ]);
    expect(rowOf(loaded, 'down')).toMatchObject({
      verdict: 'bad',
      because: expect.stringMatching(/loki-gateway \(no pods/),
    });
  });

  test('is not, where pods could not be listed', async () => {
    expect((await load(forbidden('pods'))).extras?.down).toEqual([]);
  });
});

describe('shards of tenants that nobody could read', () => {
  const TENANTS = ['a', 'b'];
  const refused: Overlay = ({ path }) => (path === '/runtime_config' ? 403 : undefined);

  test('are a gap, and the ring of ingesters is not well', async () => {
    const loaded = await load(refused, {}, TENANTS);
    expect(loaded.gaps.map(({ kind }) => kind)).toContain('forbidden');
    const { findings } = rowOf(loaded, 'mimir ingester') as unknown as {
      findings: { verdict: string; cause: string }[];
    };
    expect(findings).toContainEqual(expect.objectContaining({ verdict: 'unknown', cause: 'shards-unknown' }));
  });

  test('leave --lose undecided', async () => {
    const params = { lose: 'ip-10-0-1-22' };
    expect(decided(await load(refused, params, TENANTS), params)).toBeNull();
    expect(decided(await load(() => undefined, params, TENANTS), params)).toBe(false);
  });

  test('do not matter to who asked for no tenant, nor where Mimir has no runtime configuration', async () => {
    expect((await load(refused)).gaps).toEqual([]);
    expect((await load(({ path }) => (path === '/runtime_config' ? 404 : undefined), {}, TENANTS)).gaps).toEqual([]);
  });
});
