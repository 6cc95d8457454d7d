import { describe, expect, test } from 'vitest';
import { type ComponentLosses, lossesOf } from '../../src/domain/losses.ts';
import type { ComponentSpread } from '../../src/domain/spread-model.ts';
import { finish } from '../../src/domain/steps.ts';
import { byTenant } from '../../src/domain/tenant-shards.ts';
import { spreadIn, stateOf, unixOf } from './recorded-spread.ts';

const NOW = unixOf(stateOf('incident'));
const node = (short: string): string => `ip-10-0-${short}.us-east-1.compute.internal`;
const TWO = [node('1-11'), node('2-11')];

/** The recorded ring, as if its members had been there for long. */
function ring(change: Partial<ComponentSpread['view']['settings']> = {}, zoneOf = (_index: number): string => '') {
  const spread = spreadIn('incident', 'mimir ingester');
  const aged = <T extends { readonly zone: string }>(member: T, index: number): T => ({
    ...member,
    registeredUnix: NOW - 864_000,
    zone: zoneOf(index),
  });
  const { view } = spread;
  return {
    ...spread,
    replicas: spread.replicas.map((replica, index) => ({
      ...replica,
      ...(replica.member && { member: aged(replica.member, index) }),
    })),
    view: {
      ...view,
      ring: view.ring && { ...view.ring, members: view.ring.members.map(aged) },
      settings: { ...view.settings, ...change },
    },
  };
}

const lossesIn = (spread: ComponentSpread, lost: readonly string[]): ComponentLosses | undefined => {
  const zones = new Map(
    spread.replicas.flatMap(({ node: on, zone }) => (on === undefined ? [] : [[on, zone] as const])),
  );
  return finish(lossesOf(spread, { zones, lost: new Set(lost), pairsMax: 3 }));
};

describe('more tenants with shards than are worked out', () => {
  const tenants = Array.from({ length: 70 }, (_, index) => `t${index}`);
  const parts = byTenant(ring(), tenants, { byDefault: 3, ofTenants: new Map() }, NOW);
  const [whole] = parts;

  test('the rest is named, and is not well', () => {
    expect(whole).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({
          verdict: 'unknown',
          cause: 'shards-unknown',
          because: expect.stringMatching(/^6 more tenants/),
        }),
      ]),
    });
  });

  test('what they lose is unknown, not nothing', () => {
    const none = whole && lossesIn(whole, TWO)?.none;
    expect(none).toMatchObject({ verdict: 'unknown', writeQuorumLostShare: null });
    expect(none?.because).toMatch(/6 more tenants/);
  });

  test('a tenant whose loss cannot be told keeps its name', () => {
    const unfactored = ring({ replicationFactor: undefined });
    const [, shard] = byTenant(unfactored, ['staging'], { byDefault: 3, ofTenants: new Map() }, NOW);
    expect(shard && lossesIn(shard, TWO)?.none).toMatchObject({ verdict: 'unknown', tenant: 'staging' });
  });

  test('so many are told one by one, and then the whole is nobody’s', () => {
    const [all, ...shards] = byTenant(ring(), tenants.slice(0, 64), { byDefault: 3, ofTenants: new Map() }, NOW);
    expect(shards.map(({ used }) => used?.tenant)).toEqual(tenants.slice(0, 64));
    expect(all && lossesIn(all, TWO)).toBeUndefined();
  });
});

describe('members of several zones', () => {
  const zoneOf = (index: number): string => `zone-${'ab'[index % 2]}`;
  // Ingesters 0 and 2 are of zone a.
  const sameZone = [node('1-11'), node('3-11')];

  test('whose zone awareness nobody tells: a loss is neither bad nor good', () => {
    const none = lossesIn(ring({ zoneAware: undefined }, zoneOf), sameZone)?.none;
    expect(none).toMatchObject({ verdict: 'unknown', writeQuorumLostShare: null });
    expect(none?.because).toMatch(/by zone is not known/);
    expect(lossesIn(ring({ zoneAware: false }, zoneOf), sameZone)?.none.verdict).toBe('bad');
  });

  test('of one zone it does not matter', () => {
    expect(lossesIn(ring({ zoneAware: undefined }), TWO)?.none.verdict).toBe('bad');
  });
});
