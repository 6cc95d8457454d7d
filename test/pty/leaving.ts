import { expect } from 'vitest';
import { type OpenTerminal, openTerminal } from './terminal.ts';

/** Runs a command and then tells what state it left the terminal in. `$$` is kept by `exec`, so the pid is the command's own. */
const WRAPPED = `sh -c 'echo "pid $$"; exec "$@"' sh "$@"; code=$?; stty -a | tr ';' '\\n' | grep -w -e icanon -e echo; echo "left with $code"`;

export const openInShell = (file: string, args: readonly string[] = [], columns = 100, rows = 30): OpenTerminal =>
  openTerminal('sh', ['-c', WRAPPED, 'sh', file, ...args], { columns, rows });

export const pidOf = (terminal: OpenTerminal): number => Number(/pid (\d+)/.exec(terminal.raw())?.[1]);

/** The terminal is as it was: its own screen, a cursor, lines that are echoed; and the shell got this exit code. */
export async function leavesClean(terminal: OpenTerminal, code: number): Promise<void> {
  await terminal.shows('left with');
  expect(terminal.onAlternateScreen()).toBe(false);
  expect(terminal.cursorShown()).toBe(true);
  const left = terminal.lines().join('\n');
  expect(left).toMatch(/(^|\s)icanon\b/);
  expect(left).toMatch(/(^|\s)echo\b/);
  expect(left).not.toMatch(/-icanon\b|-echo\b/);
  expect(left).toContain(`left with ${code}`);
  expect(await terminal.ended()).toBe(0);
}
