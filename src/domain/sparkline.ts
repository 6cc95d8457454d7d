const BLOCKS = '▁▂▃▄▅▆▇█';

/**
 * Values as block characters, newest right, from zero up; a gap (NaN) is a space. The top is their maximum, at least twice
 * their median: what is steady runs at half height, so that only what grows stands out. `topMin`: what is less than this all
 * along is no height at all.
 */
export function sparkline(values: readonly number[], width: number, topMin = 0): string {
  const points = resample(values, width);
  const known = points.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  const top = Math.max(topMin, known.at(-1) ?? 0, 2 * (known[Math.floor((known.length - 1) / 2)] ?? 0));
  return points
    .map((value) =>
      Number.isFinite(value)
        ? (BLOCKS[top > 0 ? Math.min(7, Math.floor((Math.max(0, value) / top) * 7.999)) : 0] ?? '▁')
        : ' ',
    )
    .join('')
    .padStart(width);
}

/** At most `width` points, each the largest of what it stands for: a peak is never averaged away. */
function resample(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, slot) => {
    const part = values.slice(
      Math.floor((slot * values.length) / width),
      Math.floor(((slot + 1) * values.length) / width),
    );
    const known = part.filter((value) => Number.isFinite(value));
    return known.length > 0 ? Math.max(...known) : Number.NaN;
  });
}
