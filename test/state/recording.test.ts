import { expect, test } from 'vitest';
import { createTimes } from '../../src/state/times.ts';
import { statusLine } from '../../src/ui/chrome.ts';
import { createPen } from '../../src/ui/theme.ts';
import { made } from '../made-console.ts';

const frame = { width: 80, pen: createPen({ ascii: false, color: false }), times: createTimes(true) };

test('while all is written down the header says so; when that ends it says that, and a sentence says why, once', async () => {
  let why: string | undefined;
  const recorder = { said: () => why };
  const { console, scheduler, said, press } = await made(undefined, {
    clock: { now: () => 1_795_140_000, said: () => undefined, recorder },
    notice: 'recording to night.tape, which only you may read',
  });
  const header = (): string => statusLine(console.store.getState(), false, frame);
  expect(header()).toContain('● rec');
  expect(said()).toBe('recording to night.tape, which only you may read');
  await press('j');
  expect(said()).toBeUndefined();

  why = 'the recording ended at 03:12: the disk is full';
  await scheduler.pass(10);
  expect(header()).toContain('rec ended');
  expect(said()).toBe(why);
  await press('j');
  await scheduler.pass(20);
  expect(said()).toBeUndefined();
  expect(header()).toContain('rec ended');
});

test('without one the header does not speak of it', async () => {
  const { console } = await made();
  expect(statusLine(console.store.getState(), false, frame)).not.toContain('rec');
});
