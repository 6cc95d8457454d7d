import { type Cursor, DEPTH_MAX, sayToken } from './alloy-cursor.ts';
import type { Token } from './alloy-scan.ts';

/** A value as it is written. What has to be computed is not known here; what it is made of is. */
export type AlloyValue = { readonly line: number } & (
  | { readonly kind: 'text'; readonly text: string }
  /** A number, `true`, `false`, `null`. */
  | { readonly kind: 'other'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly AlloyValue[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: string, value: AlloyValue])[] }
  /** `otelcol.auth.headers.tenant.handler` */
  | { readonly kind: 'reference'; readonly path: string }
  /** A call, an operation, an index: as written, with everything that it refers to. */
  | { readonly kind: 'computed'; readonly text: string; readonly references: readonly string[] }
);

const OPERATORS = new Set(['||', '&&', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '^']);

/** Read one expression: up to the end of the line, or `within` brackets, where a newline ends nothing. */
export function readValue(cursor: Cursor, depth: number, within: boolean): AlloyValue {
  const first = cursor.token;
  const parts: AlloyValue[] = [readOperand(cursor, depth)];
  let onlyPlus = true;
  while (isOperator(cursor) && (within || cursor.continues())) {
    onlyPlus = onlyPlus && cursor.is('+');
    cursor.move();
    parts.push(readOperand(cursor, depth));
  }
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  // Texts that are put together are a text still.
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  if (onlyPlus && texts.length === parts.length) return { kind: 'text', line: first.line, text: texts.join('') };
  return computed(cursor, first, parts);
}

const isOperator = ({ token }: Cursor): boolean => token.kind === 'mark' && OPERATORS.has(token.text);

function readOperand(cursor: Cursor, depth: number): AlloyValue {
  const first = cursor.token;
  if (depth >= DEPTH_MAX) {
    cursor.problem('too many brackets within brackets');
    cursor.skipStatement();
    return { kind: 'computed', line: first.line, text: '', references: [] };
  }
  if (cursor.is('-') || cursor.is('!')) {
    cursor.move();
    return computed(cursor, first, [readOperand(cursor, depth + 1)]);
  }
  return withSuffixes(cursor, first, readPrimary(cursor, first, depth), depth);
}

function readPrimary(cursor: Cursor, first: Token, depth: number): AlloyValue {
  const { line } = first;
  if (cursor.is('[')) return { kind: 'list', line, items: readList(cursor, ']', depth) };
  if (cursor.is('{')) return { kind: 'object', line, entries: readObject(cursor, depth) };
  if (cursor.is('(')) {
    const [only, ...others] = readList(cursor, ')', depth);
    return only && others.length === 0 ? only : computed(cursor, first, others);
  }
  return readWord(cursor, first);
}

function readWord(cursor: Cursor, { kind, line, text }: Token): AlloyValue {
  if (kind === 'name') {
    const path = cursor.dottedName();
    return /^(true|false|null)$/.test(path) ? { kind: 'other', line, text: path } : { kind: 'reference', line, path };
  }
  if (kind === 'string' || kind === 'number') {
    cursor.move();
    return { kind: kind === 'string' ? 'text' : 'other', line, text };
  }
  cursor.problem(`a value was expected, not ${JSON.stringify(text)}`);
  return { kind: 'computed', line, text: '', references: [] };
}

/** Calls, indexes and further names behind a value. */
function withSuffixes(cursor: Cursor, first: Token, value: AlloyValue, depth: number): AlloyValue {
  let whole = value;
  while (cursor.continues()) {
    if (cursor.is('(') || cursor.is('[')) {
      const close = cursor.is('(') ? ')' : ']';
      whole = computed(cursor, first, [whole, ...readList(cursor, close, depth)]);
    } else if (cursor.is('.') && cursor.next.kind === 'name') {
      cursor.move(2);
      whole = computed(cursor, first, [whole]);
    } else break;
  }
  return whole;
}

function readList(cursor: Cursor, close: string, depth: number): readonly AlloyValue[] {
  cursor.move();
  const items: AlloyValue[] = [];
  while (cursor.token.kind !== 'end' && !cursor.is(close) && !cursor.is('}')) {
    const before = cursor.position();
    items.push(readValue(cursor, depth + 1, true));
    if (cursor.is(',')) cursor.move();
    if (cursor.position() === before) cursor.move();
  }
  closeWith(cursor, close);
  return items;
}

function readObject(cursor: Cursor, depth: number): readonly (readonly [string, AlloyValue])[] {
  cursor.move();
  const entries: [string, AlloyValue][] = [];
  while (cursor.token.kind !== 'end' && !cursor.is('}')) {
    const { kind, text } = cursor.token;
    if ((kind === 'name' || kind === 'string') && cursor.next.text === '=' && cursor.next.kind === 'mark') {
      cursor.move(2);
      entries.push([text, readValue(cursor, depth + 1, false)]);
    } else {
      if (!cursor.is(',')) cursor.problem(`a key was expected, not ${sayToken(cursor.token)}`);
      cursor.move();
    }
  }
  closeWith(cursor, '}');
  return entries;
}

function closeWith(cursor: Cursor, close: string): void {
  if (cursor.is(close)) cursor.move();
  else cursor.problem(`${JSON.stringify(close)} is missing`);
}

const computed = (cursor: Cursor, first: Token, parts: readonly AlloyValue[]): AlloyValue => ({
  kind: 'computed',
  line: first.line,
  text: cursor.written(first),
  references: parts.flatMap(referencesIn),
});

/** Everything that a value refers to, as written: `loki.write.loki.receiver`. */
export function referencesIn(value: AlloyValue): readonly string[] {
  switch (value.kind) {
    case 'reference':
      return [value.path];
    case 'computed':
      return value.references;
    case 'list':
      return value.items.flatMap(referencesIn);
    case 'object':
      return value.entries.flatMap(([, each]) => referencesIn(each));
    default:
      return [];
  }
}

/** The plain texts of a list, or the one that stands alone. */
export function textsIn(value: AlloyValue | undefined): readonly { readonly text: string; readonly line: number }[] {
  if (value?.kind === 'text') return [value];
  return value?.kind === 'list' ? value.items.flatMap(textsIn) : [];
}
