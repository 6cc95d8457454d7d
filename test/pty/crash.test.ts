import { afterEach, describe, expect, test } from 'vitest';
import { BUGGY } from './bundle.ts';
import { leavesClean, openInShell } from './leaving.ts';
import type { OpenTerminal } from './terminal.ts';

let open: OpenTerminal | undefined;
const start = (where: string): OpenTerminal => {
  open = openInShell(process.execPath, [`${BUGGY}/lgtm-tui.mjs`, where]);
  return open;
};

afterEach(() => open?.kill());

describe('a bug', () => {
  test('in what a view draws is shown in its place, and the console lives on', async () => {
    const terminal = start('cell');
    await terminal.shows('a bug in a view');
    expect(terminal.onAlternateScreen()).toBe(true);
    terminal.press(':q\r');
    await leavesClean(terminal, 0);
  });

  test.each([
    ['crumb', 1],
    ['timer', 2],
    ['promise', 2],
  ])('in a %s ends the console: the terminal is clean, and the cause can be read', async (where, code) => {
    const terminal = start(where);
    await leavesClean(terminal, code);
    expect(terminal.raw()).toContain('\u001b[?1049h');
    expect(terminal.lines().join('\n')).toContain('a bug in a view');
  });
});
