import { describe, expect, test } from 'vitest';
import { createEscapeJoiner, ESCAPE_KEY } from '../../src/ui/escape.ts';
import { row } from '../made-console.ts';
import { loadedOf, loads, madeTable } from '../made-views.ts';
import { stages } from '../stages.ts';

const UP = '\u001b[A';
const ESC = '\u001b';

/** Reads as they come from the line; `|` is a pause that is longer than the timeout. */
function keys(...reads: readonly string[]): string {
  const joiner = createEscapeJoiner();
  return reads.map((read) => (read === '|' ? joiner.flush() : joiner.push(read))).join('') + joiner.flush();
}

describe('what was pressed, however the line cut it', () => {
  test.each<[string, readonly string[], string]>([
    ['an arrow in one piece', [UP], UP],
    ['an arrow cut behind ESC', [ESC, '[A'], UP],
    ['an arrow cut twice', [ESC, '[', 'A'], UP],
    ['an arrow with modifiers, cut', ['\u001b[1;', '5C'], '\u001b[1;5C'],
    ['an arrow of application mode, cut', ['\u001bO', 'A'], '\u001bOA'],
    ['a lone escape', [ESC, '|'], ESCAPE_KEY],
    ['two quick escapes in one read', [ESC + ESC, '|'], ESCAPE_KEY + ESCAPE_KEY],
    ['two quick escapes in two reads', [ESC, ESC, '|'], ESCAPE_KEY + ESCAPE_KEY],
    ['escape, then an arrow', [ESC + UP], ESCAPE_KEY + UP],
    ['escape, then slowly [', [ESC, '|', '['], `${ESCAPE_KEY}[`],
    ['escape and [ with nothing behind', [ESC, '[', '|', 'j'], `${ESCAPE_KEY}[j`],
    ['escape, then a letter in the next read', [ESC, 'j'], `${ESCAPE_KEY}j`],
    ['alt with a letter, in one read', ['\u001bb'], '\u001bb'],
    ['alt with a character of two units', ['\u001b🚀j'], '\u001b🚀j'],
    ['keys around', ['jk', ESC, '|', 'gg'], `jk${ESCAPE_KEY}gg`],
    ['page down', ['\u001b[6~'], '\u001b[6~'],
  ])('%s', (_name, reads, expected) => expect(keys(...reads)).toBe(expected));

  test('every cut of a long run of keys is read alike', () => {
    const run = `j${UP}k\u001b[1;2D\u001bOBg\u001b[5~\u001b[200~a${ESC}b\u001b[201~x\u001b[<0;1;1M`;
    for (let first = 0; first <= run.length; first++)
      for (let second = first; second <= run.length; second++)
        expect(keys(run.slice(0, first), run.slice(first, second), run.slice(second))).toBe(run);
  });

  test('what is pasted passes as it is, an escape in it too', () => {
    const paste = `\u001b[200~rm ${ESC}${ESC} ${UP}\u001b[201~`;
    expect(keys(paste)).toBe(paste);
    expect(keys('\u001b[200~a', '|', `${ESC}`, '[20', '1~', ESC, '|')).toBe(`\u001b[200~a\u001b[201~${ESCAPE_KEY}`);
  });
});

describe('on a slow line', () => {
  const opened = stages();
  const view = madeTable(loads(loadedOf([row('a'), row('b'), row('c')])));
  const open = (): ReturnType<typeof opened> => opened({ views: [view], escapeMs: 150 });
  const cursor = (screen: Awaited<ReturnType<typeof opened>>): string =>
    screen.lines().find((line) => line.startsWith('>')) ?? '';

  test('an arrow that comes in two pieces, 60 ms apart, moves the cursor', async () => {
    const screen = await open();
    await screen.type('\u001b');
    await new Promise((resolve) => setTimeout(resolve, 60));
    await screen.type('[B');
    await screen.shows(/^> .*b /m);
    expect(screen.text()).not.toContain('this is the first screen');
  });

  test('an escape alone goes back, once the timer is over', async () => {
    const screen = await open();
    await screen.type('/b');
    await screen.type('\r');
    expect(cursor(screen)).toContain('b');
    await screen.type('\u001b');
    expect(screen.text()).toContain('/b');
    await screen.hides('/b');
  });

  test('two quick escapes are two: the prompt, then the filter', async () => {
    const screen = await open();
    await screen.type('/b');
    await screen.type('\r');
    await screen.type(':slow');
    await screen.type('\u001b\u001b');
    await screen.hides('/b');
    await screen.hides(':slow');
  });
});
