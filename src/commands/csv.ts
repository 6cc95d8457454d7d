import type { Json } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Answer } from './answer.ts';
import { recordOf } from './json.ts';

/**
 * The rows as CSV: the contract's fields, with a header, numbers plain, nested values as JSON. A text that a spreadsheet
 * would run as a formula gets an apostrophe in front. Source: RFC 4180; OWASP "CSV injection".
 */
export function printCsv({ view, loaded }: Answer, header: boolean): string {
  const listed = loaded.rows.filter((row) => view.lists?.(row) ?? true);
  const records = listed.map((row) => recordOf(view, row));
  const fields = [...new Set(records.flatMap((record) => Object.keys(record)))];
  if (fields.length === 0) return '';
  const lines = records.map((record) => fields.map((field) => quoted(textOf(record[field]))).join(','));
  return `${[...(header ? [fields.map(quoted).join(',')] : []), ...lines].join('\n')}\n`;
}

function textOf(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  return typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

function quoted(text: string): string {
  const safe = clean(text);
  return /[",]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
