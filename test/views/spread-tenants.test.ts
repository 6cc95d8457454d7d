import { describe, expect, test } from 'vitest';
import type { Loaded } from '../../src/domain/result.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { lastOf } from '../../src/views/arrival.ts';
import type { LoadInput, Params } from '../../src/views/view.ts';
import { viewOf } from '../demo.ts';
import { stateOf } from '../domain/recorded-spread.ts';
import { clientsIn, type Overlay } from '../recorded-stack.ts';

const node = (short: string): string => `ip-10-0-${short}.us-east-1.compute.internal`;

async function load(tenants: readonly string[], overlay: Overlay, params: Params = {}): Promise<Loaded<unknown>> {
  const { clients, nowUnix } = clientsIn('incident', overlay);
  const input: LoadInput = {
    clients,
    tenants: tenants.map((tenant) => tenant as Tenant),
    params,
    time: { endUnix: nowUnix, live: true },
    nowUnix,
    signal: new AbortController().signal,
  };
  const loaded = await lastOf(viewOf('spread').load(input));
  if (!loaded) throw new Error('nothing was yielded');
  return loaded;
}

const recordsOf = (loaded: Loaded<unknown>) =>
  loaded.rows
    .filter((row) => viewOf('spread').lists?.(row))
    .map((row) => viewOf('spread').record(row))
    .filter(({ component }) => component === 'mimir ingester');

/** As Mimir prints its overrides: `runtime_config?mode=diff`. */
const overrides =
  (sizes: Readonly<Record<string, number>>): Overlay =>
  ({ path }) =>
    path === '/runtime_config'
      ? `overrides:\n${Object.entries(sizes)
          .map(([tenant, size]) => `  ${tenant}:\n    ingestion_tenant_shard_size: ${size}\n`)
          .join('')}`
      : undefined;

/** The recorded ring, as if its members had registered ten days ago, and one of them were read-only. */
const oldRing = (readOnly: string): Overlay => {
  const ring = JSON.parse(stateOf('incident').rings['mimir/ring/ingester'] ?? '{}') as {
    shards: { id: string; registered_timestamp: string; read_only: boolean; read_only_updated_timestamp: string }[];
  };
  const long = '2026-11-13T00:00:00Z';
  const shards = ring.shards.map((member) => ({
    ...member,
    registered_timestamp: long,
    ...(member.id.endsWith(readOnly) && { read_only: true, read_only_updated_timestamp: long }),
  }));
  const text = JSON.stringify({ ...ring, shards });
  return ({ path }) => (path === '/ingester/ring' ? text : undefined);
};
const both =
  (first: Overlay, second: Overlay): Overlay =>
  (asked) =>
    first(asked) ?? second(asked);

describe('a tenant with a shard of its own (shuffle sharding)', () => {
  test('has a line of its own, and what is lost is what its shard loses', async () => {
    const overlay = both(overrides({ staging: 3 }), oldRing('none'));
    const loaded = await load(['production-us-east', 'staging'], overlay);
    const [whole, shard, ...others] = recordsOf(loaded);
    expect(others).toEqual([]);
    expect('tenant' in (whole ?? {})).toBe(false);
    expect(shard).toMatchObject({ tenant: 'staging', shard: { size: 3 }, verdict: 'good' });
    const { writes, reads } = (shard?.shard ?? {}) as { writes: string[]; reads: string[] };
    expect(writes).toHaveLength(3);
    expect(reads).toEqual(writes);
    // Two of its three: all that it writes. Who uses the whole ring of four loses about half.
    const nodes = ((shard?.replicas ?? []) as { id: string; node: string }[])
      .map((replica) => replica.node)
      .slice(0, 2);
    const gone = await load(['production-us-east', 'staging'], overlay, { lose: nodes.join(',') });
    const losses = (gone.extras?.loss ?? []) as unknown as {
      component: string;
      tenant?: string;
      writeQuorumLostShare: number;
    }[];
    const [ofWhole, ofShard] = losses.filter(({ component }) => component === 'mimir ingester');
    expect(ofShard).toMatchObject({ tenant: 'staging', writeQuorumLostShare: 1 });
    expect(ofWhole?.writeQuorumLostShare).toBeGreaterThan(0.4);
    expect(ofWhole?.writeQuorumLostShare).toBeLessThan(0.6);
  });

  test('whose members are young reads from all of them: each may hold something of it', async () => {
    const [, shard] = recordsOf(await load(['production-us-east', 'staging'], overrides({ staging: 1 })));
    const { writes, reads } = (shard?.shard ?? {}) as { writes: string[]; reads: string[] };
    expect([writes.length, reads.length]).toEqual([1, 4]);
  });

  test('where every tenant has one, the whole ring is nobody’s', async () => {
    const overlay = both(overrides({ staging: 3, 'production-us-east': 0 }), oldRing('none'));
    const pair = { lose: [node('1-11'), node('2-11')].join(',') };
    const components = async (tenants: readonly string[]) => {
      const { extras } = await load(tenants, overlay, pair);
      const losses = (extras?.loss ?? []) as unknown as { component: string; tenant?: string }[];
      return losses.filter(({ component }) => component === 'mimir ingester').map(({ tenant }) => tenant ?? 'all');
    };
    expect(await components(['staging'])).toEqual(['staging']);
    expect(await components(['production-us-east'])).toEqual(['all']);
    expect(await components(['production-us-east', 'staging'])).toEqual(['all', 'staging']);
  });
});

test('of many tenants the worst stand on the screen, and the answer is for all of them', async () => {
  const tenants = Array.from({ length: 20 }, (_, index) => `t${index}`);
  // All but one write to three of four; the sixteenth to one.
  const sizes = Object.fromEntries(tenants.map((tenant) => [tenant, tenant === 't15' ? 1 : 3]));
  const overlay = both(overrides(sizes), oldRing('none'));
  const shown = (loaded: Loaded<unknown>) => recordsOf(loaded).flatMap(({ tenant }) => tenant ?? []);
  const calm = await load(tenants, overlay);
  const [on] = (recordsOf(calm).find(({ tenant }) => tenant === 't15')?.replicas ?? []) as unknown as {
    node: string;
  }[];
  expect(shown(calm)).toHaveLength(8);
  expect(calm.note).toBe('12 more tenants with shards of their own stand no worse than those shown');
  const params = { lose: on?.node ?? '' };
  const gone = await load(tenants, overlay, params);
  expect(shown(gone)).toContain('t15');
  expect(viewOf('spread').decides?.(gone, params)).toBe(true);
  const losses = (gone.extras?.loss ?? []) as unknown as { component: string; verdict: string; tenant?: string }[];
  const ofShards = losses.filter(({ tenant }) => tenant !== undefined);
  expect(ofShards).toHaveLength(20);
  expect(ofShards.filter(({ verdict }) => verdict === 'bad').map(({ tenant }) => tenant)).toEqual(['t15']);
});

test('a read-only ingester is neither written to nor, after a while, read from', async () => {
  // One of four is read-only since ten days: the others hold everything, and two of them are all but one.
  const loaded = await load([], oldRing('-3'), { lose: `${node('1-11')},${node('2-11')}` });
  const losses = (loaded.extras?.loss ?? []) as unknown as { component: string; writeQuorumLostShare: number }[];
  expect(losses.find(({ component }) => component === 'mimir ingester')).toMatchObject({ writeQuorumLostShare: 1 });
  const alone = await load([], oldRing('-3'), { lose: node('1-22') });
  expect(((alone.extras?.loss ?? []) as unknown as { readsFail: boolean }[])[0]).toMatchObject({
    readsFail: false,
    writeQuorumLostShare: 0,
  });
});
