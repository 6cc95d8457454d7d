import { type AlloyProblem, type Cursor, DEPTH_MAX, makeCursor, sayToken } from './alloy-cursor.ts';
import { type AlloyValue, readValue } from './alloy-value.ts';

/** `prometheus.remote_write "mimir" { … }` */
export interface AlloyBlock {
  readonly name: string;
  readonly label?: string;
  /** From 1. */
  readonly line: number;
  readonly attributes: ReadonlyMap<string, AlloyValue>;
  readonly blocks: readonly AlloyBlock[];
}

/** A configuration, and what in it could not be read. */
export interface AlloyConfig {
  readonly blocks: readonly AlloyBlock[];
  readonly problems: readonly AlloyProblem[];
}

/** As Alloy names the component in its metrics and its API. */
export const idOf = ({ name, label }: AlloyBlock): string => (label === undefined ? name : `${name}.${label}`);

/** The blocks of that name directly within a block. */
export const blocksIn = (block: AlloyBlock, name: string): readonly AlloyBlock[] =>
  block.blocks.filter((inner) => inner.name === name);

/**
 * Parse Alloy's syntax, as far as it goes: what cannot be read is a problem with its line, and the rest still stands.
 *
 * Fails:  never.
 * Source: grafana/alloy syntax/parser/internal.go: a body is attributes and blocks, a newline ends an expression.
 */
export function parseAlloy(text: string): AlloyConfig {
  const cursor = makeCursor(text);
  const blocks: AlloyBlock[] = [];
  while (cursor.token.kind !== 'end') {
    blocks.push(...readBody(cursor, 0).blocks);
    if (!cursor.is('}')) continue;
    cursor.problem('a brace closes nothing');
    cursor.move();
  }
  return { blocks, problems: cursor.problems };
}

interface Body {
  readonly attributes: Map<string, AlloyValue>;
  readonly blocks: AlloyBlock[];
}

function readBody(cursor: Cursor, depth: number): Body {
  const body: Body = { attributes: new Map(), blocks: [] };
  while (cursor.token.kind !== 'end' && !cursor.is('}')) {
    const before = cursor.position();
    if (cursor.is(';') || cursor.is(',')) cursor.move();
    else readStatement(cursor, body, depth);
    if (cursor.position() === before) cursor.move();
  }
  return body;
}

function readStatement(cursor: Cursor, body: Body, depth: number): void {
  const { line } = cursor.token;
  const name = cursor.dottedName();
  if (name !== '' && cursor.is('=')) {
    cursor.move();
    body.attributes.set(name, readValue(cursor, depth, false));
    endStatement(cursor, name);
    return;
  }
  const label = cursor.token.kind === 'string' ? cursor.token.text : undefined;
  if (label !== undefined) cursor.move();
  if (name !== '' && cursor.is('{') && depth < DEPTH_MAX) {
    cursor.move();
    const inside = readBody(cursor, depth + 1);
    if (cursor.is('}')) cursor.move();
    else cursor.problem(`${name}: its block is not closed`);
    body.blocks.push({ name, label, line, ...inside });
    return;
  }
  cursor.problem(depth < DEPTH_MAX ? `neither attribute nor block: ${sayToken(cursor.token)}` : 'too deep');
  cursor.skipStatement();
}

function endStatement(cursor: Cursor, name: string): void {
  if (!cursor.continues() || cursor.is('}') || cursor.is(';') || cursor.token.kind === 'end') return;
  cursor.problem(`${name}: unexpected ${sayToken(cursor.token)}`);
  cursor.skipStatement();
}
