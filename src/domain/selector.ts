import type { Labels } from './series.ts';

/** Quote a value for PromQL, LogQL or TraceQL: all three take Go's double-quoted strings. */
export function quote(value: string): string {
  return `"${value.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`))}"`;
}

/** Alternatives for a fully anchored regular expression (RE2): `a|b`, with what is special escaped. */
export const alternatives = (values: readonly string[]): string =>
  values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');

/** The same, quoted. */
export const quoteAlternatives = (values: readonly string[]): string => quote(alternatives(values));

/** `{a="x", b="y"}`; label names that are not plain are quoted as UTF-8 names. */
export function selector(labels: Labels): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${labelName(name)}=${quote(value)}`)
    .join(', ')}}`;
}

/** A label name as PromQL takes it. */
export const labelName = (name: string): string => (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quote(name));

/** `{name="x"}` for one value, `{name=~"x|y"}` for several. */
export const matchAny = (name: string, values: readonly string[]): string =>
  values.length === 1
    ? `${labelName(name)}=${quote(values[0] ?? '')}`
    : `${labelName(name)}=~${quoteAlternatives(values)}`;
