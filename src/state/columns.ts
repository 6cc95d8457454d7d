import type { LinesBody } from '../views/view.ts';

/** Lines that are looked at, and fields that are offered. */
const LOOKED_AT = 200;
const OFFERED_MAX = 9;
/** A longer value makes no column. */
const CHARACTERS_MAX = 40;

/** Fields of these lines that are worth a column: short, frequent, and not the same everywhere. Chosen ones first. */
export function fieldsWorthColumns(
  rows: readonly unknown[],
  body: LinesBody<unknown>,
  chosen: readonly string[],
): readonly string[] {
  const seen = new Map<string, { lines: number; news: number; values: Set<string>; longest: number }>();
  for (const row of rows.slice(-LOOKED_AT))
    for (const [name, value] of Object.entries(body.fields?.(row) ?? {})) {
      const field = seen.get(name) ?? { lines: 0, news: 0, values: new Set(), longest: 0 };
      field.lines += 1;
      if (!saidAlready(row, body, value)) field.news += 1;
      field.values.add(value);
      field.longest = Math.max(field.longest, value.length);
      seen.set(name, field);
    }
  const worth = [...seen]
    .filter(([name, { longest, news }]) => news > 0 && longest <= CHARACTERS_MAX && !chosen.includes(name))
    .map(([name, { lines, values }]) => ({ name, score: values.size > 1 ? lines : lines / 1000 }))
    .sort((left, right) => right.score - left.score || (left.name < right.name ? -1 : 1))
    .map(({ name }) => name);
  return [...chosen, ...worth].slice(0, OFFERED_MAX);
}

/** Level and service stand beside each line anyway, and what is the message itself. */
const saidAlready = (row: unknown, body: LinesBody<unknown>, value: string): boolean =>
  value === body.who(row) || value === body.level(row) || value === body.bare?.(row);
