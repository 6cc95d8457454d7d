import { performance } from 'node:perf_hooks';
import { type OpenTerminal, openTerminal } from '../test/pty/terminal.ts';

/** One line of the table: what was promised, what was measured. */
export interface Figure {
  readonly name: string;
  readonly limit: string;
  readonly measured: string;
  readonly holds: boolean;
}

export const WIDE = { columns: 200, rows: 60 } as const;

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The smallest value that a share of all values does not pass. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const figure = (name: string, measured: number, limit: number, unit: string): Figure => ({
  name,
  limit: `≤ ${limit}${unit}`,
  measured: `${measured < 100 ? measured.toFixed(1) : Math.round(measured)}${unit}`,
  holds: measured <= limit,
});

export interface Press {
  readonly milliseconds: number;
  readonly bytes: number;
}

/** Press one key again and again, each time at its turn, and note when its frame had been written whole. */
export async function pressRepeatedly(
  terminal: OpenTerminal,
  key: string,
  perSecond: number,
  times: number,
): Promise<readonly Press[]> {
  const presses: Press[] = [];
  let turn = performance.now();
  for (let press = 0; press < times; press++) {
    turn = Math.max(turn + 1000 / perSecond, performance.now());
    await pause(Math.max(0, turn - performance.now()));
    const before = terminal.bytes();
    const frame = terminal.frame();
    terminal.press(key);
    const milliseconds = await frame;
    presses.push({ milliseconds, bytes: terminal.bytes() - before });
  }
  return presses;
}

/** Open, measure, and end the program whatever happens. */
export async function withTerminal<T>(
  file: string,
  args: readonly string[],
  use: (terminal: OpenTerminal) => Promise<T>,
): Promise<T> {
  const terminal = openTerminal(file, args, WIDE);
  try {
    return await use(terminal);
  } finally {
    terminal.kill();
    await terminal.ended();
  }
}
