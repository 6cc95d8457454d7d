import type { Json } from '../domain/result.ts';
import { formatSeconds, formatShare, UNKNOWN } from '../domain/units.ts';

/**
 * The extra fields of an answer as lines for people: `culprit` and "service payments, self 4.2s, …".
 *
 * Units: `…Seconds` and `…Share` are printed as such and lose the end of their name.
 */
export function sayExtras(
  extras: Readonly<Record<string, Json>> | undefined,
): readonly (readonly [name: string, text: string])[] {
  return Object.entries(extras ?? {}).flatMap(([name, value]): [string, string][] => {
    const text = sayValue(name, value);
    return text === undefined ? [] : [[name, text]];
  });
}

function sayValue(name: string, value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return UNKNOWN;
  if (typeof value === 'number') {
    if (name.endsWith('Seconds')) return formatSeconds(value);
    return name.endsWith('Share') ? formatShare(value) : String(value);
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  if (Array.isArray(value))
    return value.map((each) => (isPlain(each) ? sayValue('', each) : JSON.stringify(each))).join(' ');
  return Object.entries(value)
    .flatMap(([field, inner]) => {
      const text = sayValue(field, inner);
      return text === undefined ? [] : [`${field.replace(/(Seconds|Share)$/, '')} ${text}`];
    })
    .join(', ');
}

const isPlain = (value: Json): boolean => typeof value !== 'object' || value === null;
