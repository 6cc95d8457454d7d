import type { QuorumMember } from '../../src/domain/replica-sets.ts';
import type { RingState } from '../../src/domain/ring.ts';

/** The same numbers on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const STATES: readonly RingState[] = [
  'ACTIVE',
  'ACTIVE',
  'ACTIVE',
  'ACTIVE',
  'LEAVING',
  'PENDING',
  'JOINING',
  'LEFT',
  'UNHEALTHY',
];

export interface MadeRing {
  readonly members: readonly QuorumMember[];
  /** Node of each member. */
  readonly nodes: readonly number[];
  readonly nodeCount: number;
}

/** A ring of 3 to 60 members, half of them with unhealthy, leaving, joining and token-less ones. */
export function makeRing(random: () => number): MadeRing {
  const below = (limit: number): number => Math.floor(random() * limit);
  const size = 3 + below(random() < 0.9 ? 10 : 58);
  const nodeCount = 2 + below(size);
  const zoneCount = 1 + below(5);
  const odd = random() < 0.5;
  const used = new Set<number>();
  const newToken = (): number => {
    for (;;) {
      const token = below(2 ** 32);
      if (!used.has(token)) {
        used.add(token);
        return token;
      }
    }
  };
  const members = Array.from({ length: size }, (): QuorumMember => {
    const count = odd && random() < 0.05 ? 0 : 1 + below(3);
    return {
      state: odd ? (STATES[below(STATES.length)] ?? 'ACTIVE') : 'ACTIVE',
      alive: !odd || random() < 0.9,
      zone: odd && random() < 0.05 ? '' : `zone-${below(zoneCount)}`,
      tokens: Array.from({ length: count }, newToken),
    };
  });
  return { members, nodes: members.map(() => below(nodeCount)), nodeCount };
}
