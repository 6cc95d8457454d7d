import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tokenize } from '@alcalzone/ansi-tokenize';
import stringWidth from 'string-width';
import { beforeAll, describe, expect, test } from 'vitest';

// The bundle takes some functions of its dependencies with a few lines rewritten (scripts/startup.mjs). They must answer
// as the originals do.

const FOLDER = 'node_modules/.cache/lgtm-tui/rewritten';
let rewritten: typeof import('./rewritten.ts');

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/build.mjs', '--entry', 'test/startup/rewritten.ts', '--out', FOLDER]);
  rewritten = await import(pathToFileURL(join(FOLDER, 'rewritten.mjs')).href);
});

const PLAIN = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).filter(
  (one) => !/\p{Cs}/u.test(one),
);
const OTHER = [
  '漢',
  'ﾊﾞ',
  '한',
  'e\u0301',
  '👩‍👩‍👧',
  '🇩🇪',
  '❤\ufe0f',
  '1\ufe0f\u20e3',
  '\u200d',
  '\u202e',
  '\u0000',
  '\r\n',
  '\t',
  '\ufe0f',
  '\u{e0020}',
  '\ud800',
  '✅',
  '⚡',
  '©',
  '®',
  'क्षि',
];
const STYLED = [
  '\u001b[31m',
  '\u001b[39m',
  '\u001b[1;4;38;5;123m',
  '\u001b[0m',
  '\u001b]8;;https://example.com\u0007',
  '\u001b]8;;\u0007',
  '\u001b[',
  '\u001b',
];

/** The same sequence in every run. */
function* mixtures(count: number): Generator<string> {
  let seed = 20_261_124;
  const below = (limit: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * limit);
  };
  const from = (list: readonly string[]): string => list[below(list.length)] ?? '';
  for (let made = 0; made < count; made++) {
    const kinds =
      below(3) === 0 ? [PLAIN, OTHER, STYLED] : [PLAIN.slice(0x20, 0x7f), PLAIN.slice(0x2500, 0x2600), STYLED];
    yield Array.from({ length: 1 + below(12) }, () => from(kinds[below(kinds.length)] ?? PLAIN)).join('');
  }
}

describe('rewritten for a fast start', () => {
  test('every character up to the Han ones has the width it had, alone and before a mark', () => {
    const differ = PLAIN.flatMap((one) => [one, `${one}\u0301`, `${one}\ufe0f`, `a${one}b`]).filter(
      (text) => rewritten.stringWidth(text) !== stringWidth(text),
    );
    expect(differ).toEqual([]);
  });

  test('20,000 mixtures have the width they had', () => {
    expect([...mixtures(20_000)].filter((text) => rewritten.stringWidth(text) !== stringWidth(text))).toEqual([]);
  });

  test('20,000 mixtures fall into the tokens they did', () => {
    const differ = [...mixtures(20_000)].filter(
      (text) => JSON.stringify(rewritten.tokenize(text)) !== JSON.stringify(tokenize(text)),
    );
    expect(differ).toEqual([]);
  });
});
