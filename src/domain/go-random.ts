import { GO_RANDOM_TABLE } from './go-random-table.ts';

const LENGTH = 607;
const TAP = 273;
const INT32_MAX = 2 ** 31 - 1;
const MASK = (1n << 64n) - 1n;

/** x · 48271 mod 2³¹−1; exact in a double. */
const next = (x: number): number => (x * 48_271) % INT32_MAX;

/**
 * Go's math/rand: the same 32-bit numbers for the same 64-bit seed.
 *
 * Source: go src/math/rand/rng.go (Seed, Uint64) and rand.go (Uint32 is the upper half of 63 bits).
 */
export function goRandom(seed: bigint): () => number {
  let x = Number(BigInt.asIntN(64, seed) % BigInt(INT32_MAX));
  if (x < 0) x += INT32_MAX;
  if (x === 0) x = 89_482_311;
  for (let skipped = 0; skipped < 20; skipped += 1) x = next(x);
  const state = Array.from({ length: LENGTH }, (_, at) => {
    const parts = [0, 1, 2].map(() => {
      x = next(x);
      return BigInt(x);
    });
    const [high = 0n, middle = 0n, low = 0n] = parts;
    const cooked = BigInt(`0x${GO_RANDOM_TABLE.slice(16 * at, 16 * at + 16)}`);
    return ((high << 40n) ^ (middle << 20n) ^ low ^ cooked) & MASK;
  });
  let tap = 0;
  let feed = LENGTH - TAP;
  return () => {
    tap = (tap + LENGTH - 1) % LENGTH;
    feed = (feed + LENGTH - 1) % LENGTH;
    const sum = ((state[feed] ?? 0n) + (state[tap] ?? 0n)) & MASK;
    state[feed] = sum;
    return Number((sum >> 31n) & 0xffff_ffffn);
  };
}
