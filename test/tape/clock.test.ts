import { expect, test } from 'vitest';
import { makeTapeClock } from '../../src/tape/clock.ts';

test('running: at the speed of the wall to the last round, then it stands and says so', () => {
  let wall = 5000;
  const clock = makeTapeClock(1000, 1060, true, () => wall);
  expect([clock.now(), clock.said()]).toEqual([1000, undefined]);
  wall += 30.5;
  expect([clock.now(), clock.said()]).toEqual([1030.5, undefined]);
  wall += 29.5;
  expect([clock.now(), clock.said()]).toEqual([1060, 'end of recording']);
  wall += 3600;
  expect([clock.now(), clock.said()]).toEqual([1060, 'end of recording']);
});

test('a wall that is set back does not turn the tape back before its start', () => {
  let wall = 5000;
  const clock = makeTapeClock(1000, 1060, true, () => wall);
  wall = 10;
  expect(clock.now()).toBe(1000);
});

test('standing: it stays where it was opened, whatever the wall does', () => {
  let wall = 0;
  const clock = makeTapeClock(1000, 1060, false, () => wall);
  wall = 9999;
  expect([clock.now(), clock.said()]).toEqual([1000, undefined]);
});
