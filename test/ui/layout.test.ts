import { describe, expect, test } from 'vitest';
import { flowWindow, GAP, placeColumns, type Sized } from '../../src/ui/layout.ts';
import { composeLine } from '../../src/ui/lines.ts';
import { createPen } from '../../src/ui/theme.ts';
import { keyNames } from '../../src/ui/useKeys.ts';
import { fitTo, skip, tame, textWidth, wrapTo } from '../../src/ui/width.ts';

const column = (id: string, contentWidth: number, keep: number, change: Partial<Sized> = {}): Sized => ({
  id,
  titleWidth: 4,
  contentWidth,
  keep,
  ...change,
});
const columns = [
  column('name', 30, 100, { grow: true }),
  column('rate', 6, 50),
  column('p99', 8, 120),
  column('source', 10, 10),
];

describe('columns', () => {
  test.each<[number, Readonly<Record<string, number>>]>([
    [120, { name: 60, rate: 6, p99: 8, source: 10 }],
    [60, { name: 30, rate: 6, p99: 8, source: 10 }],
    [50, { name: 20, rate: 6, p99: 8, source: 10 }],
    [40, { name: 22, rate: 6, p99: 8 }],
    [30, { name: 20, p99: 8 }],
    [10, { name: 4, p99: 4 }],
    [5, { name: 3 }],
  ])('at %i cells', (width, expected) => {
    const placed = placeColumns([{ ...columns[0]!, widthMax: 60 }, ...columns.slice(1)], width);
    expect(Object.fromEntries(placed.map((each) => [each.id, each.width]))).toEqual(expected);
  });

  test('never pass the width, whatever they hold', () => {
    for (let width = 4; width < 250; width += 3) {
      const placed = placeColumns(columns, width);
      const cells = placed.reduce((sum, each) => sum + each.width, 0) + GAP * (placed.length - 1);
      expect(cells).toBeLessThanOrEqual(width);
    }
  });
});

describe('text', () => {
  const pen = createPen({ ascii: false, color: true });
  test.each([
    ['plain', 10, 'plain     '],
    ['too long for it', 8, 'too lon…'],
    ['漢字テスト', 6, '漢字… '],
    ['漢字テスト', 5, '漢字…'],
    ['', 3, '   '],
  ])('%s in %i cells', (text, width, fitted) => {
    expect(fitTo(text, width)).toBe(fitted);
    expect(textWidth(fitted)).toBe(width);
  });

  test.each([
    ['a family of emoji is its first', '👨‍👩‍👧x', '👨·👩·👧x'],
    ['a flag', '🇩🇪x', '🇩x'],
    ['text or emoji', '☺️x', '☺x'],
    ['a letter in two parts', 'e\u0301x', 'éx'],
    ['a tower of marks', `x${'\u0301'.repeat(40)}y`, 'x\u0301\u0301y'],
    ['a mark on nothing', '\u0301x', '·x'],
    ['soft hyphen and filler', 'a\u00adb\u3164c', 'a·b·c'],
    ['cursor and colour', 'a\u001b[2J\u001b[31mb', 'a··b'],
    ['title of the window', '\u001b]0;own\u0007b', '·b'],
    ['bidi', 'abc\u202edef', 'abc·def'],
  ])('%s', (_name, text, tamed) => expect(pen.text(text)).toBe(tamed));

  test('ASCII has a word for every sign of ours', () => {
    const ascii = createPen({ ascii: true, color: false });
    expect(ascii.own('●▲✗○›▌█▒▸▾↑↓←→│─…×·µ')).not.toContain('?');
    expect(ascii.text('漢é')).toMatch(/^[ -~]+$/);
  });

  test('scrolled sideways, half a wide character is a blank', () => expect(skip('a漢b', 2)).toBe(' b'));
  test('wrapped at spaces, and no text is lost', () => {
    const text = 'connection pool exhausted (max=20) 漢字漢字漢字漢字 andaveryverylongwordthatdoesnotfit';
    const lines = wrapTo(text, 20);
    expect(lines.join('')).toBe(text);
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(20);
  });

  test('a variable name that must not be tamed stays', () =>
    expect(tame('http_server_request_duration_seconds')).toBe('http_server_request_duration_seconds'));
});

describe('a line of pieces', () => {
  test('is as wide as it must be, and drops what matters least', () => {
    const left = [
      { text: 'one ', keep: 90 },
      { text: 'two ', keep: 10 },
      { text: 'three', keep: 80 },
    ];
    expect(composeLine(20, left, [{ text: 'end' }])).toBe('one two three    end');
    expect(composeLine(13, left, [{ text: 'end' }])).toBe('one three end');
    expect(composeLine(4, [{ text: 'longer' }])).toBe('long');
  });
});

describe('rows of different heights', () => {
  const heights = [1, 3, 1, 5, 1, 1];
  const windowAt = (top: number, cursor: number, height = 6) =>
    flowWindow(top, cursor, heights.length, height, (index) => heights[index] ?? 1);
  test.each([
    [0, 0, { from: 0, to: 4 }],
    [0, 3, { from: 2, to: 4 }],
    [0, 5, { from: 4, to: 6 }],
    [4, 2, { from: 2, to: 4 }],
  ])('from %i with the cursor on %i', (top, cursor, expected) =>
    expect(windowAt(top, cursor)).toMatchObject(top === 0 && cursor === 5 ? { to: 6 } : expected),
  );
  test('a row that is taller than the screen still shows', () => expect(windowAt(0, 3, 2).from).toBe(3));
});

test.each([
  ['jjj', {}, ['j', 'j', 'j']],
  ['gG:', {}, ['g', 'G', ':']],
  ['j\r', {}, ['j', 'enter']],
  ['\u0006\u0006', {}, ['ctrl-f', 'ctrl-f']],
  [' ', {}, ['space']],
  ['f', { ctrl: true }, ['ctrl-f']],
  ['', { upArrow: true }, ['up']],
  ['', { escape: true }, ['esc']],
  ['x', { meta: true }, []],
])('what the terminal sends as %j is %j', (input, key, names) => expect(keyNames(input, key)).toEqual(names));
