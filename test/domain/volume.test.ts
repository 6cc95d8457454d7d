import { describe, expect, test } from 'vitest';
import { linesByLevel } from '../../src/domain/questions.ts';
import {
  addVolumes,
  barAt,
  sayBar,
  volumeOfLines,
  volumeOfSeries,
  volumeStepSeconds,
} from '../../src/domain/volume.ts';

const T = 1_795_447_980;

test('the question is the one that recordings were asked', () => {
  expect(linesByLevel('{namespace="shop"}', ['level'], '1m')).toBe(
    'sum by (level) (count_over_time({namespace="shop"}[1m]))',
  );
});

describe('what Loki counted', () => {
  test('a point counts the step before it; levels add up; minutes without lines are empty, not missing', () => {
    const volume = volumeOfSeries(
      [
        {
          labels: { level: 'info' },
          points: [
            [T - 180, 900],
            [T, 700],
          ],
        },
        { labels: { level: 'error' }, points: [[T, 20]] },
        { labels: { level: 'fatal' }, points: [[T, 1]] },
        { labels: { level: '', detected_level: 'warning' }, points: [[T, 3]] },
      ],
      60,
    );
    expect(volume.bars.map(({ startUnix, all }) => [startUnix - T, all])).toEqual([
      [-240, 900],
      [-180, 0],
      [-120, 0],
      [-60, 724],
    ]);
    expect(volume.bars.at(-1)).toMatchObject({ errors: 21, warnings: 3 });
    expect(barAt(volume, T - 1)).toBe(3);
    expect(barAt(volume, T)).toBe(-1);
  });

  test('tenants add up, also where their minutes differ', () => {
    const one = volumeOfSeries([{ labels: { level: 'info' }, points: [[T, 5]] }], 60);
    const other = volumeOfSeries(
      [
        {
          labels: { level: 'error' },
          points: [
            [T, 1],
            [T + 60, 2],
          ],
        },
      ],
      60,
    );
    expect(addVolumes([one, other])?.bars.map(({ all, errors }) => [all, errors])).toEqual([
      [6, 1],
      [2, 2],
    ]);
    expect(addVolumes([])).toBeUndefined();
  });

  test('one stray point far away does not make thousands of bars', () => {
    const volume = volumeOfSeries(
      [
        {
          labels: { level: 'info' },
          points: [
            [60, 1],
            [T, 1],
          ],
        },
      ],
      60,
    );
    expect(volume.bars.length).toBeLessThanOrEqual(61);
    expect(volume.bars.at(-1)?.all).toBe(1);
  });
});

describe('lines that are there', () => {
  test.each([
    ['ten seconds', 10, 1],
    ['five minutes', 300, 10],
    ['an hour', 3599, 60],
    ['a day', 86_400, 1440],
  ])('%s are counted in steps that fit them', (_name, seconds, stepSeconds) => {
    const lines = Array.from({ length: 50 }, (_, index) => ({
      atUnix: T + (index * seconds) / 49,
      level: 'error' as const,
    }));
    const volume = volumeOfLines(lines);
    expect(volume?.stepSeconds).toBe(stepSeconds);
    expect(volume?.bars.reduce((sum, { errors }) => sum + errors, 0)).toBe(50);
    expect(volume?.bars.length).toBeLessThanOrEqual(61);
  });

  test('a handful is counted at a glance', () => {
    expect(volumeOfLines([{ atUnix: T, level: 'error' }])).toBeUndefined();
  });
});

test.each([
  [{ errors: 0, warnings: 0, all: 0 }, 'no lines'],
  [{ errors: 0, warnings: 0, all: 9 }, '9 lines, none warns'],
  [{ errors: 1, warnings: 2, all: 9 }, '1 error, 2 warnings of 9 lines'],
])('%j is said as %s', (bar, words) => {
  expect(sayBar({ startUnix: T, ...bar })).toBe(words);
});

test('an hour has minutes, a day has twenty-four of them a bar', () => {
  expect([300, 3600, 3601, 86_400].map(volumeStepSeconds)).toEqual([60, 60, 120, 1440]);
});
