import { expect, test } from 'vitest';
import { makeGate } from '../../src/clients/gate.ts';
import { never } from './server.ts';

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('those who wait are let in one by one, in order', async () => {
  const gate = makeGate(1, 1000);
  const order: string[] = [];
  await gate.enter(never());
  const waiting = ['a', 'b', 'c'].map(async (name) => {
    await gate.enter(never());
    order.push(name);
    gate.leave(true);
  });
  expect(order).toEqual([]);
  gate.leave(true);
  await Promise.all(waiting);
  expect(order).toEqual(['a', 'b', 'c']);
});

test('who leaves the queue takes no place, and is told at once', async () => {
  const gate = makeGate(1, 1000);
  await gate.enter(never());
  const stop = new AbortController();
  const left = gate.enter(stop.signal);
  const stays = gate.enter(never());
  stop.abort();
  expect(await left).toBe('cancelled');
  gate.leave(true);
  expect(await stays).toBe('in');
  const next = gate.enter(never());
  gate.leave(true);
  expect(await next).toBe('in');
});

test('who comes with an aborted signal does not enter', async () => {
  const gate = makeGate(1, 1000);
  expect(await gate.enter(AbortSignal.abort())).toBe('cancelled');
  expect(await gate.enter(never())).toBe('in');
});

test('where nobody is answered, the queue gives up as a whole', async () => {
  const gate = makeGate(1, 40);
  await gate.enter(never());
  const startedMs = performance.now();
  const ends = await Promise.all(Array.from({ length: 30 }, () => gate.enter(never())));
  expect(new Set(ends)).toEqual(new Set(['stuck']));
  expect(performance.now() - startedMs).toBeLessThan(300);
});

test('a slow backend that does answer keeps its queue', async () => {
  const gate = makeGate(1, 60);
  await gate.enter(never());
  const ends = Array.from({ length: 5 }, async () => {
    const entered = await gate.enter(never());
    if (entered === 'in') await later(35);
    gate.leave(true);
    return entered;
  });
  await later(35);
  gate.leave(true);
  expect(await Promise.all(ends)).toEqual(['in', 'in', 'in', 'in', 'in']);
});
