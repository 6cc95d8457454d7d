import { afterEach, describe, expect, test } from 'vitest';
import { leavesClean, openInShell, pidOf } from './leaving.ts';
import { type OpenTerminal, openTerminal } from './terminal.ts';

const PROGRAM = 'bin/lgtm-tui';
let open: OpenTerminal | undefined;

const demo = (columns = 120, rows = 40): OpenTerminal => {
  open = openTerminal(PROGRAM, ['demo'], { columns, rows });
  return open;
};

const demoInShell = (): OpenTerminal => {
  open = openInShell(PROGRAM, ['demo']);
  return open;
};

afterEach(() => open?.kill());

describe('the bundled recording at a real terminal', () => {
  test.each([
    [80, 24],
    [120, 40],
    [200, 60],
  ])(
    'three keys lead from the slow series to the log line, and one back to its span, at %ix%i',
    async (columns, rows) => {
      const terminal = demo(columns, rows);
      await terminal.shows('checkout');
      terminal.press('\r');
      await terminal.shows(/^>.*✓ living/m);
      terminal.press('\r');
      await terminal.shows(/^>.*payments\s+SELECT acc/m);
      terminal.press('l');
      await terminal.shows(/› logs[\s\S]*^>.*connection pool exhausted/m);
      terminal.press('\r');
      await terminal.shows(/^>.*payments\s+PaymentService/m);
      expect(terminal.onAlternateScreen()).toBe(true);
      expect(terminal.cursorShown()).toBe(false);
    },
  );

  test('a new size is filled at once, with nothing left of the old one', async () => {
    const terminal = demo(120, 40);
    await terminal.shows('checkout');
    for (const [columns, rows] of [
      [80, 24],
      [60, 15],
      [200, 60],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows);
      await terminal.shows('checkout');
      await terminal.still();
      const lines = terminal.lines();
      expect(lines).toHaveLength(rows);
      expect(lines.filter((line) => /\bSERVICE\b/.test(line))).toHaveLength(1);
      expect(lines.findIndex((line) => /\bSERVICE\b/.test(line))).toBeLessThan(8);
    }
  });

  test('a terminal that is too small is told so, and comes back', async () => {
    const terminal = demo(80, 24);
    await terminal.shows('checkout');
    terminal.resize(50, 10);
    await terminal.shows('60x15');
    terminal.resize(80, 24);
    await terminal.shows('checkout');
  });
});

describe('leaving gives the terminal back clean', () => {
  test.each([
    [':q', ':q\r'],
    ['ctrl-c', '\u0003'],
  ])('by %s', async (_name, keys) => {
    const terminal = demoInShell();
    await terminal.shows('checkout');
    terminal.press(keys);
    await leavesClean(terminal, 0);
  });

  test('by :q out of the middle of a drill', async () => {
    const terminal = demoInShell();
    await terminal.shows('checkout');
    terminal.press('\r');
    await terminal.shows(/exemplars/);
    terminal.press(':');
    terminal.press('q\r');
    await leavesClean(terminal, 0);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('on %s', async (signal, code) => {
    const terminal = demoInShell();
    await terminal.shows('checkout');
    process.kill(pidOf(terminal), signal);
    await leavesClean(terminal, code);
  });
});

describe('where there is no terminal', () => {
  test('TERM=dumb: one sentence and exit 64', async () => {
    open = openTerminal(PROGRAM, ['demo'], { env: { TERM: 'dumb' } });
    expect(await open.ended()).toBe(64);
    expect(open.raw().trim().split('\n')).toHaveLength(1);
    expect(open.raw()).not.toContain('\u001b[');
  });
});
