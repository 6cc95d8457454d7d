import { describe, expect, test } from 'vitest';
import { heatCells } from '../../src/domain/heatmap.ts';

const series = (le: string, ...values: number[]) => ({
  labels: { le },
  points: values.map((value, index) => [60 * (index + 1), value] as const),
});
const exemplar = (value: number, atUnix: number) => ({
  seriesLabels: {},
  labels: {},
  traceId: `t${value}`,
  value,
  atUnix,
});

describe('cells of a heatmap', () => {
  const cells = heatCells(
    [series('5.0', 9, 12), series('1', 4, 4), series('+Inf', 9, 13), series('0.1', 0, 0), series('bad', 1, 1)],
    [exemplar(4, 61), exemplar(4.5, 119), exemplar(0.5, 60), exemplar(9, 120), exemplar(3, 300)],
    60,
    1,
  );
  test('slowest bucket first, each minute in its column, cumulative counts made apart', () => {
    expect(cells.map((cell) => [cell.low, cell.high, cell.atUnix, cell.count])).toEqual([
      [5, Number.POSITIVE_INFINITY, 60, 0],
      [5, Number.POSITIVE_INFINITY, 120, 1],
      [1, 5, 60, 5],
      [1, 5, 120, 8],
      [0.1, 1, 60, 4],
      [0.1, 1, 120, 4],
    ]);
  });
  test('exemplars stand in their minute and bucket, worst first', () => {
    expect(cells.map((cell) => cell.exemplars.map((one) => one.value))).toEqual([[], [9], [], [4.5, 4], [0.5], []]);
  });
  test('milliseconds', () => {
    expect(
      heatCells([series('100', 1), series('500', 3)], [exemplar(400, 60)], 60, 0.001).map((cell) => [
        cell.low,
        cell.high,
        cell.count,
        cell.exemplars.length,
      ]),
    ).toEqual([
      [0.1, 0.5, 2, 1],
      [0, 0.1, 1, 0],
    ]);
  });
  test('a bucket that shrinks against the one below (extrapolation) counts nothing, not less', () => {
    expect(
      heatCells([series('1', 5), series('2', 4.9), series('4', 6)], [], 60, 1).map(
        (cell) => Math.round(cell.count * 10) / 10,
      ),
    ).toEqual([1.1, 0, 5]);
  });
  test('nothing at all', () => expect(heatCells([], [], 60, 1)).toEqual([]));
});
