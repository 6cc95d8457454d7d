import { describe, expect, test } from 'vitest';
import type { Loaded } from '../../src/domain/result.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { lastOf } from '../../src/views/arrival.ts';
import { views } from '../../src/views/index.ts';
import type { Intent, LoadInput, Params, View } from '../../src/views/view.ts';
import { type StateName, stateOf } from '../domain/recorded-spread.ts';
import { clientsIn, type Overlay } from '../recorded-stack.ts';

const viewOf = (id: string): View<unknown> => {
  const found = views.find((one) => one.id === id);
  if (!found) throw new Error(`no view ${id}`);
  return found;
};

async function load(
  id: string,
  name: StateName,
  params: Params = {},
  overlay: Overlay = () => undefined,
  clusters = true,
): Promise<Loaded<unknown>> {
  const { clients, nowUnix } = clientsIn(name, overlay, clusters);
  const input: LoadInput = {
    clients,
    tenants: ['production-us-east' as Tenant],
    params,
    time: { endUnix: nowUnix, live: true },
    nowUnix,
    signal: new AbortController().signal,
  };
  const loaded = await lastOf(viewOf(id).load(input));
  if (!loaded) throw new Error('nothing was yielded');
  return loaded;
}

const records = (loaded: Loaded<unknown>) => {
  const view = viewOf('spread');
  return loaded.rows.filter((row) => view.lists?.(row)).map((row) => view.record(row));
};
const nodeRows = (loaded: Loaded<unknown>) => {
  const { body } = viewOf('spread');
  return body.kind === 'matrix' ? loaded.rows.filter((row) => body.rowId(row).startsWith('node ')) : [];
};
const exit = (loaded: Loaded<unknown>, params: Params) => viewOf('spread').decides?.(loaded, params);

describe('spread', () => {
  test('every component of the lab has its line, by the contract', async () => {
    const loaded = await load('spread', 'incident');
    expect(loaded.gaps).toEqual([]);
    const found = records(loaded);
    expect(found.map(({ component, mode, verdict }) => [component, mode, verdict])).toEqual([
      ['mimir ingester', 'classic', 'warn'],
      ['loki ingester', 'distributed', 'bad'],
      ['tempo live-store', 'live-store', 'bad'],
      ['tempo block-builder', 'live-store', 'bad'],
      ['mimir store-gateway', 'classic', 'bad'],
      ['mimir distributor', 'classic', 'bad'],
      ['mimir compactor', 'classic', 'warn'],
      ['mimir ruler', 'classic', 'warn'],
    ]);
    expect(found[0]).toMatchObject({
      replicationFactor: 3,
      coLocated: [],
      rule: { declared: 'required', effective: 'yes' },
    });
    const { replicas } = found[0] as {
      replicas: { tokenShare: number; ready: boolean; state: string; zone: string }[];
    };
    expect(replicas.reduce((sum, { tokenShare }) => sum + tokenShare, 0)).toBeCloseTo(1, 12);
    expect(replicas.map(({ ready, state, zone }) => [ready, state, zone])).toEqual([
      [true, 'ACTIVE', 'us-east-1a'],
      [true, 'ACTIVE', 'us-east-1b'],
      [true, 'ACTIVE', 'us-east-1c'],
      [true, 'ACTIVE', 'us-east-1a'],
    ]);
  });

  test('nodes stand in groups by zone, and say what goes with them', async () => {
    const loaded = await load('spread', 'incident');
    const { body } = viewOf('spread');
    if (body.kind !== 'matrix') throw new Error('no matrix');
    const rows = nodeRows(loaded);
    expect(rows.map((row) => [body.group(row), body.label(row), body.tone(row)])).toEqual([
      ['us-east-1a', 'ip-10-0-1-11', 'bad'],
      ['us-east-1a', 'ip-10-0-1-22', 'warn'],
      ['us-east-1b', 'ip-10-0-2-11', 'bad'],
      ['us-east-1b', 'ip-10-0-2-22', 'warn'],
      ['us-east-1c', 'ip-10-0-3-11', 'bad'],
      ['us-east-1c', 'ip-10-0-3-22', 'good'],
    ]);
    expect(rows.map(body.text)[0]).toMatch(/last of .*mimir-distributor/);
    expect(rows.map(body.text)[2]).toMatch(/loki ingester: no write quorum for 100%/);
  });

  test.each<[string, Params, boolean | null | undefined]>([
    ['no mark: as usual', {}, undefined],
    ['a node that takes only Grafana along', { lose: 'ip-10-0-1-22' }, false],
    ['a node with two of three of Loki', { lose: 'ip-10-0-2-11.us-east-1.compute.internal' }, true],
    ['a node with the only distributor', { lose: 'ip-10-0-1-11' }, true],
    ['two nodes that hold nothing', { lose: 'ip-10-0-2-22,ip-10-0-3-22' }, false],
    ['a node that the API does not know', { lose: 'ip-10-9-9-9' }, null],
    ['one that is known and one that is not', { lose: 'ip-10-0-3-22,nothing' }, null],
  ])('--lose decides the exit: %s', async (_name, params, code) => {
    expect(exit(await load('spread', 'incident', params), params)).toBe(code);
  });

  test('--lose answers for that loss alone, and where pods could not be seen nothing is well', async () => {
    const params = { lose: 'ip-10-0-3-22' };
    const loaded = await load('spread', 'incident', params, ({ path }) => (path.endsWith('/pods') ? 403 : undefined));
    expect(exit(loaded, params)).toBeNull();
    expect(loaded.gaps.map(({ kind }) => kind)).toContain('forbidden');
    const whole = await load('spread', 'incident', { lose: 'ip-10-0-2-11' });
    const { loss } = whole.extras as { loss: { component: string; nodes: string[]; writeQuorumLostShare: number }[] };
    expect(loss.map(({ component }) => component)).toEqual([
      'mimir ingester',
      'loki ingester',
      'tempo live-store',
      'mimir store-gateway',
      'mimir ruler',
    ]);
    expect(loss[1]).toMatchObject({ nodes: ['ip-10-0-2-11.us-east-1.compute.internal'], writeQuorumLostShare: 1 });
  });

  test('space marks a node as lost, space again undoes; the mark is a parameter', async () => {
    const view = viewOf('spread');
    const [first, second] = nodeRows(await load('spread', 'incident'));
    const space = view.keys.find(({ key }) => key === 'space');
    const press = (row: unknown, params: Params): Intent | undefined => space?.on(row, { params, rows: [] });
    const node = 'ip-10-0-1-11.us-east-1.compute.internal';
    expect(press(first, {})).toEqual({ do: 'stay', params: { lose: node } });
    expect(press(first, { lose: node })).toEqual({ do: 'stay', params: {} });
    expect(press(first, { lose: 'ip-10-0-1-11,b' })).toEqual({ do: 'stay', params: { lose: 'b' } });
    expect(press(second, { lose: node })).toMatchObject({
      params: { lose: `${node},ip-10-0-1-22.us-east-1.compute.internal` },
    });
    expect(view.crumb({ lose: node })).toBe('without ip-10-0-1-11');
  });

  test('a ring page in HTML: unknown, with a gap, never good', async () => {
    const html = stateOf('incident').rings['mimir/ring/html'] ?? '';
    expect(html).toMatch(/^\s*<!DOCTYPE html>/i);
    const loaded = await load('spread', 'incident', {}, ({ path }) => (path === '/ingester/ring' ? html : undefined));
    const mimir = records(loaded).find(({ component }) => component === 'mimir ingester');
    expect(mimir).toMatchObject({ verdict: 'unknown', cause: 'ring-unknown' });
    expect(mimir?.because).toMatch(/web page/);
    expect(loaded.gaps.map(({ kind }) => kind)).toContain('shape');
    // Its nodes: what goes with them is not known either. Only Grafana's last replica stands beside it on the second.
    const { body } = viewOf('spread');
    const second = nodeRows(loaded).find((row) => body.rowId(row).includes('ip-10-0-1-22'));
    expect(viewOf('spread').record(second).because).toMatch(/mimir ingester: the ring could not be read/);
    const gone = { lose: 'ip-10-0-1-22' };
    expect(
      exit(await load('spread', 'incident', gone, ({ path }) => (path === '/ingester/ring' ? html : undefined)), gone),
    ).toBeNull();
  });

  test('without a cluster the rings still answer, and where pods stand is not known', async () => {
    const loaded = await load('spread', 'incident', {}, () => undefined, false);
    const found = records(loaded);
    expect(found.map(({ component }) => component)).toContain('mimir ingester');
    expect(found[0]).toMatchObject({ verdict: 'unknown', cause: 'placement-unknown' });
    expect(nodeRows(loaded)).toEqual([]);
    // They are shown all the same: on no node that is known.
    const { body } = viewOf('spread');
    const nowhere = body.kind === 'matrix' ? loaded.rows.find((row) => body.rowId(row) === 'nowhere') : undefined;
    expect(viewOf('spread').record(nowhere).because).toMatch(/monitoring-server-mimir-ingester-0/);
    expect(body.kind === 'matrix' && body.cells(nowhere)[0]).toMatchObject({ column: 'M·ING', text: '●●●●' });
  });

  test('an ingester that died two seconds ago shows, before the ring knows', async () => {
    const [mimir] = records(await load('spread', 'lost'));
    expect(mimir).toMatchObject({ verdict: 'bad', cause: 'not-counted' });
    expect(mimir?.because).toMatch(/ingester-3: pod is not ready.*the ring says ACTIVE/);
  });
});

test('a database that hangs holds no other', async () => {
  const { clients, nowUnix } = clientsIn('incident', ({ component }) => (component === 'tempo' ? 'hang' : undefined));
  const input: LoadInput = {
    clients,
    tenants: [],
    params: {},
    time: { endUnix: nowUnix, live: true },
    nowUnix,
    signal: AbortSignal.timeout(3_000),
  };
  const began = performance.now();
  for await (const loaded of viewOf('spread').load(input)) {
    // Who has not answered yet has no line: nothing is said of it that is not so, and what stood on the screen stays.
    expect(records(loaded).map(({ component }) => component)).not.toContain('tempo live-store');
    const mimir = records(loaded).find(({ component }) => component === 'mimir ingester');
    if (mimir === undefined) continue;
    expect(mimir.replicas).toHaveLength(4);
    expect(loaded.complete).toBe(false);
    expect(performance.now() - began).toBeLessThan(1_000);
    return;
  }
  throw new Error('nothing stood before all had answered');
});

test('a refresh that takes less than a moment comes in one piece', async () => {
  const { clients, nowUnix } = clientsIn('incident');
  const input: LoadInput = {
    clients,
    tenants: [],
    params: {},
    time: { endUnix: nowUnix, live: true },
    nowUnix,
    signal: AbortSignal.timeout(3_000),
  };
  const yields: boolean[] = [];
  for await (const { complete } of viewOf('spread').load(input)) yields.push(complete);
  expect(yields).toEqual([true]);
});

describe('from a row to pods and logs', () => {
  const press = (key: string, row: unknown): Intent | undefined =>
    viewOf('spread')
      .keys.find((one) => one.key === key)
      ?.on(row, { params: {}, rows: [] });
  const rowOf = (loaded: Loaded<unknown>, id: string): unknown => {
    const { body } = viewOf('spread');
    return loaded.rows.find((row) => body.rowId(row).startsWith(id));
  };

  test('p: the pods of a node, and those of a component', async () => {
    const loaded = await load('spread', 'incident');
    expect(press('p', rowOf(loaded, 'node ip-10-0-2-11'))).toEqual({
      do: 'go',
      view: 'pods',
      params: { cluster: 'central', node: 'ip-10-0-2-11.us-east-1.compute.internal' },
    });
    expect(press('p', rowOf(loaded, 'loki ingester'))).toMatchObject({
      params: { workload: 'monitoring-server-loki-ingester', namespace: 'monitoring' },
    });
  });

  test('l: the lines of the replica that is down, else of the only one; of several that stand none', async () => {
    const pod = 'monitoring-server-mimir-ingester-3';
    const lost = await load('spread', 'lost');
    expect(press('l', rowOf(lost, 'mimir ingester'))).toMatchObject({ view: 'logs', params: { pod } });
    const well = await load('spread', 'incident');
    expect(press('l', rowOf(well, 'mimir ingester'))).toMatchObject({ do: 'refuse' });
    expect(press('l', rowOf(well, 'node ip-10-0-1-22'))).toMatchObject({ view: 'logs', params: { pod } });
    expect(press('l', rowOf(well, 'node ip-10-0-3-22'))).toMatchObject({ do: 'refuse' });
  });

  test('a component’s details say where its data is, and whether it is flushed in time', async () => {
    const details = (loaded: Loaded<unknown>, id: string) =>
      viewOf('spread')
        .details(rowOf(loaded, id))
        .find(([label]) => label === 'data on')?.[1];
    const loaded = await load('spread', 'incident');
    expect(details(loaded, 'mimir ingester')).toBe('emptyDir; flush on shutdown: no; killed after 20m');
    expect(details(loaded, 'loki ingester')).toMatch(/^emptyDir; flush on shutdown: not known/);
    expect(details(loaded, 'mimir distributor')).toBeUndefined();
  });

  test('a cell joins ring and pod: state, heartbeat, readiness, restarts and share stand in the details', async () => {
    const loaded = await load('spread', 'incident');
    const told = viewOf('spread').details(rowOf(loaded, 'node ip-10-0-2-11'));
    const replica = told.find(([, text]) => text.includes('loki-ingester-2'))?.[1];
    expect(replica).toMatch(/ACTIVE in the ring, heartbeat \d+s ago; pod ready, 4 restarts; \d\d\.\d% of the tokens/);
    const dead = viewOf('spread').details(rowOf(await load('spread', 'down'), 'node ip-10-0-1-22'));
    expect(dead.map(([, text]) => text).join()).toMatch(/UNHEALTHY in the ring.*pod not ready.*does not count/);
  });
});

test('a zone that takes more than any of its nodes has a line, and space marks its nodes', async () => {
  const loaded = await load('spread', 'incident');
  const { body, keys } = viewOf('spread');
  if (body.kind !== 'matrix') throw new Error('no matrix');
  const zones = loaded.rows.filter((row) => body.rowId(row).startsWith('zone '));
  // Only the first zone has two ingesters of Mimir; Loki's two of three stand on one node.
  expect(zones.map((row) => [body.group(row), body.tone(row)])).toEqual([['us-east-1a', 'warn']]);
  expect(body.text(zones[0])).toMatch(/^mimir ingester: no write quorum for \d\d\.\d%.*every read fails$/);
  const space = keys.find(({ key }) => key === 'space');
  const [first, second] = ['ip-10-0-1-11', 'ip-10-0-1-22'].map((name) => `${name}.us-east-1.compute.internal`);
  const marked = { lose: `${first},${second}` };
  expect(space?.on(zones[0], { params: {}, rows: [] })).toEqual({ do: 'stay', params: marked });
  expect(space?.on(zones[0], { params: { lose: `${second},x` }, rows: [] })).toMatchObject({
    params: { lose: `x,${first},${second}` },
  });
  expect(space?.on(zones[0], { params: marked, rows: [] })).toEqual({ do: 'stay', params: {} });
  const gone = await load('spread', 'incident', marked);
  expect(exit(gone, marked)).toBe(true);
});
