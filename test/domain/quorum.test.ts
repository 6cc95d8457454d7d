import { describe, expect, test } from 'vitest';
import { finish, type Losses, pushFailShare, simulate, simulateLoss } from '../../src/domain/quorum.ts';
import { type RingRule, ruleFor, USES } from '../../src/domain/ring-rules.ts';
import { type MadeRing, makeRing, seeded } from './made-rings.ts';
import { oracleLoss } from './quorum-oracle.ts';

const USE_NAMES = Object.keys(USES) as (keyof typeof USES)[];

const indices = (list: readonly number[], wanted: readonly number[]): number[] =>
  list.flatMap((value, index) => (wanted.includes(value) ? [index] : []));

/** Every node, every zone, and up to thirty pairs of nodes. */
function compare(ring: MadeRing, rule: RingRule, random: () => number, where: string): number {
  const losses = finish(simulate(ring.members, rule, { of: ring.nodes, count: ring.nodeCount }, true));
  expect(losses.none, `${where} as it stands`).toEqual(oracleLoss(ring.members, rule, []));
  let compared = 1;
  for (const [node, loss] of losses.one.entries()) {
    expect(loss, `${where} node ${node}`).toEqual(oracleLoss(ring.members, rule, indices(ring.nodes, [node])));
    compared += 1;
  }
  const zones = [...new Set(ring.members.map(({ zone }) => zone))];
  const zoneOf = ring.members.map(({ zone }) => zones.indexOf(zone));
  const byZone = finish(simulate(ring.members, rule, { of: zoneOf, count: zones.length }, false));
  for (const [zone, loss] of byZone.one.entries())
    expect(loss, `${where} zone ${zone}`).toEqual(oracleLoss(ring.members, rule, indices(zoneOf, [zone])));
  for (const [left, right] of somePairs(ring.nodeCount, random)) {
    const lost = indices(ring.nodes, [left, right]);
    expect(losses.pair(left, right), `${where} nodes ${left}, ${right}`).toEqual(oracleLoss(ring.members, rule, lost));
    compared += 1;
  }
  return compared + zones.length;
}

function somePairs(count: number, random: () => number): (readonly [number, number])[] {
  const all: [number, number][] = [];
  for (let left = 0; left < count; left += 1)
    for (let right = left + 1; right < count; right += 1) all.push(random() < 0.5 ? [left, right] : [right, left]);
  if (all.length <= 12) return all;
  return Array.from({ length: 6 }, () => all[Math.floor(random() * all.length)] ?? [0, 1]);
}

describe('the simulator equals the oracle', () => {
  test('on 10,000 random rings, to the last key', () => {
    const random = seeded(6);
    let compared = 0;
    for (let round = 0; round < 10_000; round += 1) {
      const use = USE_NAMES[round % USE_NAMES.length] ?? 'mimir ingester';
      const rule = ruleFor(use, 1 + Math.floor(random() * 5), random() < 0.5);
      compared += compare(makeRing(random), rule, random, `ring ${round} (${use})`);
    }
    expect(compared).toBeGreaterThan(100_000);
  }, 60_000);
});
