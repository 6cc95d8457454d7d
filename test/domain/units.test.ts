import { describe, expect, test } from 'vitest';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatSeconds,
  formatShare,
  formatTimes,
  parseDuration,
} from '../../src/domain/units.ts';

describe('durations as they are typed', () => {
  test.each([
    ['15m', 900],
    ['1h30m', 5400],
    ['90s', 90],
    ['250ms', 0.25],
    ['1.5h', 5400],
    ['2d', 172_800],
    ['2w', 1_209_600],
    [' 5m ', 300],
    ['40us', 0.000_04],
  ])('%s is %s seconds', (text, seconds) => {
    const parsed = parseDuration(text);
    expect(parsed.ok && parsed.seconds).toBeCloseTo(seconds, 9);
  });

  test.each([
    ['15', 'no unit'],
    ['', 'no duration'],
    ['m', 'no duration'],
    ['15 minutes', 'no duration'],
    ['-5m', 'no duration'],
    ['5m3', 'no duration'],
    ['0s', 'no time'],
    ['1e3s', 'no duration'],
  ])('"%s" is refused: %s', (text, because) => {
    const parsed = parseDuration(text);
    expect(parsed).toMatchObject({ ok: false, because: expect.stringContaining(because) });
  });

  test.each([
    [900, '15m'],
    [5400, '1h30m'],
    [90, '1m30s'],
    [86_400, '1d'],
    [90_061, '1d1h1m1s'],
    [0.25, '250ms'],
  ])('%s is written %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
    const back = parseDuration(text);
    expect(back.ok && back.seconds).toBe(seconds);
  });
});

test.each([
  [4.891, '4.89s'],
  [5, '5s'],
  [2.5, '2.5s'],
  [0.23, '230ms'],
  [0.9999, '1s'],
  [0.000_045, '45µs'],
  [0.000_000_12, '120ns'],
  [12.34, '12.3s'],
  [59.99, '1m'],
  [75, '1m15s'],
  [3_700, '1h1m'],
  [90_000, '1d1h'],
  [0, '0s'],
  [-0.5, '-500ms'],
  [Number.POSITIVE_INFINITY, '∞'],
  [Number.NaN, '–'],
  [undefined, '–'],
])('%s seconds took %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test.each([
  [0, '0s'],
  [8.4, '8s'],
  [119, '119s'],
  [192, '3m12s'],
  [4_500, '75m'],
  [18_000, '5h'],
  [300_000, '3d'],
  [-3, '-3s'],
  [-0.2, '0s'],
  [undefined, '–'],
])('%s seconds ago is %s', (seconds, text) => {
  expect(formatAge(seconds)).toBe(text);
});

test.each([
  [0, '0'],
  [0.35, '0.35'],
  [7, '7'],
  [6_000, '6000'],
  [9_999, '9999'],
  [12_345, '12.3k'],
  [999_600, '1M'],
  [1_234_567, '1.23M'],
  [3.4e9, '3.4G'],
  [-12, '-12'],
  [1e-9, '<0.001'],
  [Number.NaN, '–'],
  [undefined, '–'],
])('%s counts as %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [0, '0%'],
  [0.0004, '<0.1%'],
  [0.0123, '1.2%'],
  [0.216, '21.6%'],
  [0.9996, '>99.9%'],
  [1, '100%'],
  [1.25, '125%'],
  [undefined, '–'],
])('the share %s is %s', (share, text) => {
  expect(formatShare(share)).toBe(text);
});

test.each([
  [21.3, '×21'],
  [9.97, '×10'],
  [1.04, '×1.0'],
  [0.5, '×0.5'],
  [0.02, '×0.02'],
  [0.001, '×<0.01'],
  [0, '×0.00'],
  [Number.POSITIVE_INFINITY, '×∞'],
  [undefined, '–'],
])('a change by %s is %s', (factor, text) => {
  expect(formatTimes(factor)).toBe(text);
});

test('bytes and rates carry their unit, and unknown carries none', () => {
  expect([512, 1_234, 16 * 1024 * 1024, 1_048_576].map(formatBytes)).toEqual(['512B', '1.21KiB', '16MiB', '1MiB']);
  expect(formatRate(1_200_000)).toBe('1.2M/s');
  expect([formatRate(undefined), formatBytes(undefined)]).toEqual(['–', '–']);
});
