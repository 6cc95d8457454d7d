import { type Level, levelNamed } from './correlate.ts';
import type { Series } from './series.ts';

/** Lines of one stretch of time. */
export interface Bar {
  /** Unix seconds; the bar ends a step later. */
  readonly startUnix: number;
  readonly errors: number;
  readonly warnings: number;
  readonly all: number;
}

/** How many lines there were, step by step, oldest first and without holes. */
export interface Volume {
  readonly stepSeconds: number;
  readonly bars: readonly Bar[];
  /** Counted by Loki, or only from the lines that were loaded. */
  readonly from: 'loki' | 'lines';
}

/** Most bars of one volume. */
const BARS_MAX = 61;

/** A step that gives at most sixty bars: whole minutes. */
export const volumeStepSeconds = (windowSeconds: number): number => 60 * Math.max(1, Math.ceil(windowSeconds / 3600));

const isError = (level: Level): boolean => level === 'error' || level === 'fatal';

/** Counts by the start of their bar, whichever came first. */
function barsOf(counts: readonly (readonly [startUnix: number, level: Level, lines: number])[]): readonly Bar[] {
  const bars = new Map<number, Bar>();
  for (const [startUnix, level, lines] of counts) {
    const bar = bars.get(startUnix) ?? emptyBar(startUnix);
    bars.set(startUnix, {
      startUnix,
      errors: bar.errors + (isError(level) ? lines : 0),
      warnings: bar.warnings + (level === 'warn' ? lines : 0),
      all: bar.all + lines,
    });
  }
  return [...bars.values()];
}

const emptyBar = (startUnix: number): Bar => ({ startUnix, errors: 0, warnings: 0, all: 0 });

/** Each bar in its place, from the first to the last; where none is, there were no lines. */
function withoutHoles(bars: readonly Bar[], stepSeconds: number, max: number): readonly Bar[] {
  const starts = bars.map(({ startUnix }) => startUnix);
  if (starts.length === 0) return [];
  const last = starts.reduce((most, start) => Math.max(most, start));
  const first = Math.max(
    starts.reduce((least, start) => Math.min(least, start)),
    last - (max - 1) * stepSeconds,
  );
  const known = new Map(bars.map((bar) => [bar.startUnix, bar]));
  return Array.from({ length: Math.round((last - first) / stepSeconds) + 1 }, (_, index) => {
    const startUnix = first + index * stepSeconds;
    return known.get(startUnix) ?? emptyBar(startUnix);
  });
}

/**
 * Loki's counts by level, whatever the label is called.
 *
 * Units: a point at a time counts the step before it, so its bar starts there.
 */
export function volumeOfSeries(series: readonly Series[], stepSeconds: number): Volume {
  const counts = series.flatMap(({ labels, points }) => {
    const level = levelNamed(Object.values(labels).find((value) => value !== '') ?? '');
    return points
      .filter(([, lines]) => lines > 0)
      .map(([unix, lines]): [number, Level, number] => [
        Math.floor((unix - stepSeconds) / stepSeconds) * stepSeconds,
        level,
        lines,
      ]);
  });
  return { stepSeconds, bars: withoutHoles(barsOf(counts), stepSeconds, BARS_MAX), from: 'loki' };
}

const LINE_STEPS = [1, 2, 5, 10, 15, 30];
/** Fewer lines are counted at a glance. */
const LINES_MIN = 20;

/** The same from the lines that are there, oldest first, in steps that fit them; undefined where they are too few. */
export function volumeOfLines(lines: readonly { atUnix: number; level: Level }[]): Volume | undefined {
  if (lines.length < LINES_MIN) return undefined;
  const seconds = (lines.at(-1)?.atUnix ?? 0) - (lines[0]?.atUnix ?? 0);
  const stepSeconds = LINE_STEPS.find((step) => seconds / step < BARS_MAX - 1) ?? volumeStepSeconds(seconds);
  const counts = lines.map(({ atUnix, level }): [number, Level, number] => [
    Math.floor(atUnix / stepSeconds) * stepSeconds,
    level,
    1,
  ]);
  return { stepSeconds, bars: withoutHoles(barsOf(counts), stepSeconds, BARS_MAX), from: 'lines' };
}

/** Several tenants' volumes as one; undefined where there is none. */
export function addVolumes(volumes: readonly Volume[]): Volume | undefined {
  const [first] = volumes;
  if (first === undefined) return undefined;
  const sums = new Map<number, Bar>();
  for (const bar of volumes.flatMap(({ bars }) => bars)) {
    const sum = sums.get(bar.startUnix) ?? emptyBar(bar.startUnix);
    sums.set(bar.startUnix, {
      startUnix: bar.startUnix,
      errors: sum.errors + bar.errors,
      warnings: sum.warnings + bar.warnings,
      all: sum.all + bar.all,
    });
  }
  return { ...first, bars: withoutHoles([...sums.values()], first.stepSeconds, BARS_MAX) };
}

/** The bar that a time falls into; -1 where there is none. Unix seconds. */
export const barAt = ({ bars, stepSeconds }: Volume, unix: number): number =>
  bars.findIndex(({ startUnix }) => unix >= startUnix && unix < startUnix + stepSeconds);

/** One bar in words. */
export function sayBar({ errors, warnings, all }: Bar): string {
  if (all === 0) return 'no lines';
  const parts = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  return parts.length === 0 ? `${all} lines, none warns` : `${parts.join(', ')} of ${all} lines`;
}
