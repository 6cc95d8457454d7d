import type { Exemplar, Series } from './series.ts';

/** One cell of a heatmap: requests of one bucket in one step, and the exemplars that fell there. */
export interface HeatCell {
  /** Unix seconds, end of the step. */
  readonly atUnix: number;
  readonly stepSeconds: number;
  /** Seconds; `high` is infinite for what was slower than the last bound. */
  readonly low: number;
  readonly high: number;
  /** Requests; a share of one may come from an extrapolated increase. */
  readonly count: number;
  /** Worst first. */
  readonly exemplars: readonly Exemplar[];
}

/**
 * Cells by bucket, slowest bucket first, and within it by time; buckets that never held a request are left out at both ends.
 *
 * `series`: the increase of each `le` (cumulative), one point a step. `unitSeconds`: seconds in one unit of the metric.
 * Fails:  never; series without a readable `le` are skipped, and a bucket that shrinks against the one below counts 0.
 */
export function heatCells(
  series: readonly Series[],
  exemplars: readonly Exemplar[],
  stepSeconds: number,
  unitSeconds: number,
): readonly HeatCell[] {
  const bounds = series
    .map((one) => ({ bound: boundOf(one.labels.le), values: new Map(one.points) }))
    .filter(({ bound }) => !Number.isNaN(bound))
    .sort((a, b) => a.bound - b.bound);
  const times = [...new Set(bounds.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b);
  const lines = bounds.map(({ bound, values }, index) => {
    const below = bounds[index - 1];
    const [low, high] = [below === undefined ? 0 : below.bound * unitSeconds, bound * unitSeconds];
    const mine = exemplars.filter((one) => one.value * unitSeconds > low && one.value * unitSeconds <= high);
    return times.map(
      (atUnix): HeatCell => ({
        atUnix,
        stepSeconds,
        low,
        high,
        count: Math.max(0, (values.get(atUnix) ?? 0) - (below?.values.get(atUnix) ?? 0)),
        exemplars: mine
          .filter((one) => one.atUnix > atUnix - stepSeconds && one.atUnix <= atUnix)
          .sort((a, b) => b.value - a.value),
      }),
    );
  });
  const used = lines.map((cells) => cells.some((cell) => cell.count > 0 || cell.exemplars.length > 0));
  return lines
    .slice(Math.max(0, used.indexOf(true)), used.lastIndexOf(true) + 1)
    .toReversed()
    .flat();
}

function boundOf(le: string | undefined): number {
  if (le === '+Inf') return Number.POSITIVE_INFINITY;
  return le === undefined || le === '' ? Number.NaN : Number(le);
}
