import type { Labels } from '../domain/series.ts';
import type { Decoded } from './decoded.ts';
import { cut, isHtml, titleOf } from './faults.ts';

/** Parse an answer that should be JSON, and say in a sentence what came instead. */
export function parseJson(text: string): Decoded<unknown> {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    if (text.trim() === '') return { ok: false, said: 'an empty answer where JSON was promised' };
    if (isHtml({}, text)) return { ok: false, said: `a web page where JSON was promised: ${titleOf(text)}` };
    return { ok: false, said: `not JSON: ${cut(text).slice(0, 80)}` };
  }
}

/** Parse, then read; `what` names the answer in the sentence of a fault. */
export function decodeJson<T>(text: string, read: (answer: Fields) => Decoded<T>): Decoded<T> {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const answer = fieldsOf(parsed.value);
  return answer ? read(answer) : { ok: false, said: `${kindOfValue(parsed.value)} where an object was promised` };
}

export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

/** Does a bare answer hold what it should? All fields may be left out where they are empty, so that `{}` is an answer. */
export const holdsAny = (answer: Fields, ...names: readonly string[]): boolean =>
  Object.keys(answer).length === 0 || names.some((name) => name in answer);

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A number, also where it came as text: Prometheus values, and the 64-bit integers of protobuf's JSON. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  if (value === 'NaN') return Number.NaN;
  if (value === '+Inf' || value === 'Inf') return Number.POSITIVE_INFINITY;
  if (value === '-Inf') return Number.NEGATIVE_INFINITY;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

/** A 64-bit integer without loss; undefined where it is none, or came as a number that has already lost digits. */
export function bigintOf(value: unknown): bigint | undefined {
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
}

/** Labels as they came; anything that is not text is spelled as JSON. Absent is empty. */
export function labelsOf(value: unknown): Labels | undefined {
  if (value === undefined || value === null) return {};
  const fields = fieldsOf(value);
  if (!fields) return undefined;
  // fromEntries, for a label may be called `__proto__`.
  return Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [name, typeof text === 'string' ? text : JSON.stringify(text)]),
  );
}

/** Every item of a list, or the sentence that names the first which is not as promised. Absent and `null` are empty. */
export function each<T>(list: unknown, what: string, one: (item: unknown) => T | undefined): Decoded<readonly T[]> {
  if (list === undefined || list === null) return { ok: true, value: [] };
  if (!Array.isArray(list)) return { ok: false, said: `${what}: ${kindOfValue(list)} where a list was promised` };
  const items: T[] = [];
  // By index: this is the innermost loop of answers with a hundred thousand items.
  for (let at = 0; at < list.length; at++) {
    const decoded = one(list[at]);
    if (decoded === undefined)
      return { ok: false, said: `${what}: item ${at + 1} of ${list.length} is not as promised` };
    items.push(decoded);
  }
  return { ok: true, value: items };
}

/** Names: a list of texts. */
export const textsOf = (list: unknown, what: string): Decoded<readonly string[]> => each(list, what, textOf);

/** Then: read the value of a decoded answer on, and keep its gaps. */
export function map<T, U>(decoded: Decoded<T>, read: (value: T) => U): Decoded<U> {
  return decoded.ok ? { ...decoded, value: read(decoded.value) } : decoded;
}

export const kindOfValue = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

/** The 32 hex digits of a trace id that came with its leading zeros stripped; undefined where it is no hex id. */
export const padTraceId = (id: string): string | undefined =>
  /^[0-9a-f]{1,32}$/i.test(id) ? id.toLowerCase().padStart(32, '0') : undefined;
