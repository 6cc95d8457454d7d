import { describe, expect, test } from 'vitest';
import { sparkline } from '../../src/domain/sparkline.ts';
import { clean, toAscii } from '../../src/domain/text.ts';

describe('hostile text', () => {
  test.each([
    ['colour', '\u001b[31mred\u001b[0m', '·red·'],
    ['clear screen and home', 'a\u001b[2J\u001b[Hb', 'a··b'],
    ['title by OSC, BEL', '\u001b]0;owned\u0007x', '·x'],
    ['clipboard by OSC, ST', '\u001b]52;c;aGk=\u001b\\x', '·x'],
    ['device control string', '\u001bPq#0\u001b\\x', '·x'],
    ['a lone escape', 'a\u001bb', 'a·b'],
    ['8-bit CSI', 'a\u009b31mb', 'a·31mb'],
    ['bell, backspace, delete', 'a\u0007\b\u007fb', 'a···b'],
    ['bidi override', 'abc\u202ecba', 'abc·cba'],
    ['isolates and zero width', '\u2066a\u200b\u2069', '·a··'],
    ['invisible tags', 'a\u{e0041}b', 'a·b'],
    ['lone surrogate', 'a\ud800b', 'a·b'],
    ['newline, return, tab are spaces', 'a\nb\rc\td', 'a b c d'],
    ['what is harmless stays', 'größe 漢字 👩‍🚀'.replace('\u200d', ''), 'größe 漢字 👩🚀'],
  ])('%s', (_name, text, cleaned) => expect(clean(text)).toBe(cleaned));

  test('an unfinished sequence does not swallow the rest of the screen', () =>
    expect(clean('\u001b]0;x')).toBe('·]0;x'));
  test('a megabyte of escapes takes no second', () => {
    const started = performance.now();
    clean('\u001b[31m\u001b]0;'.repeat(80_000));
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

test('ascii keeps every width', () => {
  expect(toAscii('▁▅█ ✓ … ×2.5–5s')).toBe('_-# v ~ x2.5-5s');
  expect(toAscii('≤ 5s ░▒▓█ API server’s')).toBe("< 5s -:%# API server's");
  expect(toAscii('größe')).toBe('gr??e');
});

describe('sparklines', () => {
  test.each([
    ['rises', [0, 1, 2, 4], 4, '▁▂▄█'],
    ['what is steady runs at half height', [3, 3, 3, 3], 4, '▄▄▄▄'],
    ['what doubled stands out', [3, 3, 3, 6], 4, '▄▄▄█'],
    ['a gap is a space, not a zero', [1, Number.NaN, 1], 3, '▄ ▄'],
    ['a peak is never averaged away', [0, 0, 9, 0, 0, 0], 3, '▁█▁'],
    ['fewer points stand on the right', [1], 3, '  ▄'],
    ['nothing', [], 3, '   '],
    ['all zero lies at the floor', [0, 0], 2, '▁▁'],
  ])('%s', (_name, values, width, drawn) => expect(sparkline(values, width)).toBe(drawn));
});
