import { expect, test } from 'vitest';
import { makeLineRing } from '../../src/domain/line-ring.ts';

const ringOf = (cap: number) => makeLineRing<bigint>(cap, (line) => line);

test('nothing is lost up to the cap; beyond it the oldest go, and how many is known', () => {
  const ring = ringOf(1000);
  for (let line = 0n; line < 1000n; line++) ring.push(line);
  expect(ring.lines()).toHaveLength(1000);
  expect(ring.gone()).toBe(0);
  for (let line = 1000n; line < 25_000n; line++) ring.push(line);
  expect(ring.lines()).toEqual(Array.from({ length: 1000 }, (_, index) => 24_000n + BigInt(index)));
  expect([ring.total(), ring.gone()]).toEqual([25_000, 24_000]);
});

test('a line that is a little late finds its place, also among lines of the same time', () => {
  const ring = ringOf(10);
  for (const line of [1n, 5n, 3n, 5n, 2n, 9n]) ring.push(line);
  expect(ring.lines()).toEqual([1n, 2n, 3n, 5n, 5n, 9n]);
});

test('a picture stays as it was', () => {
  const ring = ringOf(10);
  ring.push(1n);
  const before = ring.lines();
  ring.push(2n);
  expect(before).toEqual([1n]);
});
