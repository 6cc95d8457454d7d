import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/config/nearest.ts';
import { readWords } from '../../src/config/words.ts';

const KNOWN = [
  { name: 'tenant', value: 'T' },
  { name: 'output', short: 'o', value: 'FORMAT' },
  { name: 'watch' },
  { name: 'query', value: 'Q' },
];

const wordsOf = (...argv: string[]) => {
  const words = readWords(argv, KNOWN);
  return words.ok ? { plain: words.value.plain, ...Object.fromEntries(words.value.values) } : words.because;
};

test.each<[string, string[], unknown]>([
  ['a value behind the flag', ['slow', '--tenant', 'a'], { plain: ['slow'], tenant: ['a'] }],
  ['a value in the flag', ['--tenant=a=b', 'slow'], { plain: ['slow'], tenant: ['a=b'] }],
  ['a flag that repeats', ['--tenant', 'a', '--tenant', 'b'], { plain: [], tenant: ['a', 'b'] }],
  [
    'the short flag in all its forms',
    ['-o', 'json', '-ojson', '-o=json'],
    { plain: [], output: ['json', 'json', 'json'] },
  ],
  ['a switch takes nothing', ['--watch', 'slow'], { plain: ['slow'], watch: [''] }],
  ['a value that begins with a dash', ['--query', '-1'], { plain: [], query: ['-1'] }],
  ['words behind --', ['logs', '--', '--watch'], { plain: ['logs', '--watch'] }],
])('%s', (_name, argv, words) => {
  expect(wordsOf(...argv)).toEqual(words);
});

describe('what is wrong is said in a sentence', () => {
  test.each([
    [['--tennant', 'a'], '--tennant is no flag; is it --tenant?'],
    [['--wtach'], 'is it --watch?'],
    [['-x'], '-x is no flag; --help lists them'],
    [['--frobnicate'], '--frobnicate is no flag; --help lists them'],
    [['--tenant'], '--tenant needs a value: --tenant T'],
    [['--tenant', '--watch'], '--tenant needs a value'],
    [['--tenant', '--output=json'], '--tenant needs a value'],
    [['--tenant='], '--tenant needs a value'],
    [['--watch=yes'], '--watch is a switch'],
  ])('%j', (argv, because) => {
    expect(wordsOf(...argv)).toContain(because);
  });
});

test.each([
  ['slwo', 'slow'],
  ['trac', 'trace'],
  ['exemplar', 'exemplars'],
  ['tra', undefined],
  ['log', 'logs'],
  ['kubernetes', undefined],
  ['', undefined],
])('"%s" was meant to be %s', (word, meant) => {
  expect(nearest(word, ['slow', 'trace', 'traces', 'exemplars', 'logs'])).toBe(meant);
});
