import { copyFile, mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openTape, type Tape, type TapeHeader } from '../../src/tape/tape.ts';
import { DEMO_FILE, type Demo, demo } from '../demo.ts';

vi.setConfig({ testTimeout: 60_000 });

/** What is opened first, and by one key from there. */
const HOME = ['slow', 'tenants', 'queues', 'cardinality', 'spread', 'stack', 'agents'];
const MINUTES = 12;
/** Which labels of the fastest metric grow was asked later in the night than how fast. */
const LATER = /match\[\]=|count without/;

let opened: Demo | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function tapeOf(at?: (header: TapeHeader) => number): Promise<Tape> {
  const found = await openTape(DEMO_FILE, { running: false, at });
  if (!found.ok) throw new Error(found.because);
  return found.tape;
}

async function headerOf(): Promise<TapeHeader> {
  const { header, close } = await tapeOf();
  await close();
  return header;
}

describe('the bundled recording', () => {
  test('holds twelve minutes in three megabytes, and opens where the night burns', async () => {
    const tape = await tapeOf();
    const { fromUnix, toUnix } = tape.header;
    expect((await stat(DEMO_FILE)).size).toBeLessThanOrEqual(3_000_000);
    expect((toUnix - fromUnix) / 60).toBeGreaterThanOrEqual(MINUTES);
    expect(tape.clock.now() - fromUnix).toBeGreaterThan(10 * 60);
    expect(toUnix - tape.clock.now()).toBeGreaterThan(30);
    await tape.close();
  });

  test('cut off in the middle it is still asked every half minute, and nothing counts as old before its time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lgtm-tui-cut-'));
    try {
      const file = join(folder, 'cut.tape');
      await copyFile(DEMO_FILE, file);
      await truncate(file, 1_500_000);
      const found = await openTape(file, { running: false });
      if (!found.ok) throw new Error(found.because);
      expect(found.tape).toMatchObject({
        damage: expect.stringContaining('was cut off'),
        header: { roundSeconds: (await headerOf()).roundSeconds },
      });
      await found.tape.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('the first screen, whole, reads a tenth of it at most', async () => {
    opened = await demo();
    const { rows, gaps } = await opened.load('slow');
    expect([rows.length > 10, gaps]).toEqual([true, []]);
    expect(opened.bytesRead() / (await stat(DEMO_FILE)).size).toBeLessThanOrEqual(0.1);
  });

  test.each(HOME)('%s has its answers from the first minute to the last, none of them old', async (view) => {
    const header = await headerOf();
    const gaps: string[] = [];
    for (let minute = 0; minute <= MINUTES; minute++) {
      const atUnix = Math.min(header.toUnix, header.fromUnix + minute * 60);
      const standing = await demo(undefined, { atUnix });
      const loaded = await standing.load(view);
      await standing.close();
      expect(loaded.rows.length).toBeGreaterThan(0);
      gaps.push(...loaded.gaps.flatMap(({ said }) => (LATER.test(said) ? [] : `minute ${minute}: ${said}`)));
    }
    expect(gaps).toEqual([]);
  });
});
