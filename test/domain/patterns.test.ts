import { describe, expect, test } from 'vitest';
import { foldPatterns, patternOf } from '../../src/domain/patterns.ts';

describe('what differs from line to line is a hole, what names the fault stays', () => {
  test.each([
    ['POST /checkout 500 in 4213.5ms', 'POST /checkout <_> in <_>'],
    ['connection pool exhausted (max=20)', 'connection pool exhausted (max=<_>)'],
    ['trace 79807c89da2997d00f3156af3c684f8c is gone', 'trace <_> is gone'],
    ['user 3f2b1c9e-8d7a-4b6c-9e5f-0a1b2c3d4e5f logged in', 'user <_> logged in'],
    ['dial tcp 10.0.12.7:5432: connect: refused', 'dial tcp <_>: connect: refused'],
    ['2026-11-23T15:32:47.690Z started at 15:32:47', '<_> started at <_>'],
    ['address 0xdeadbeef', 'address <_>'],
    ['utf8 and base64 and http2 and v1 stay words', 'utf8 and base64 and http2 and v1 stay words'],
    ['no connection to payments', 'no connection to payments'],
    ['', ''],
  ])('%s', (line, pattern) => {
    expect(patternOf(line)).toBe(pattern);
  });

  test('a very long line is folded by its beginning, and fast', () => {
    const began = performance.now();
    expect(patternOf(`${'a1'.repeat(500_000)} end`).length).toBeLessThanOrEqual(500);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

test('lines are folded with their counts by level, the most frequent first, the newest known', () => {
  const folded = foldPatterns([
    { text: 'took 12ms', level: 'info' },
    { text: 'failed after 3s', level: 'error' },
    { text: 'took 14ms', level: 'warn' },
    { text: 'took 9ms', level: 'info' },
  ]);
  expect(folded).toEqual([
    { pattern: 'took <_>', count: 3, levels: { info: 2, warn: 1 }, lines: [0, 2, 3], newest: 3 },
    { pattern: 'failed after <_>', count: 1, levels: { error: 1 }, lines: [1], newest: 1 },
  ]);
});
