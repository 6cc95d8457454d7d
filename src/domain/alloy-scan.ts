/** A piece of Alloy's syntax, with the line it begins on (from 1). */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'mark' | 'end' | 'bad';
  /** Unquoted text of a string, else as written. */
  readonly text: string;
  readonly line: number;
  /** The line it ends on: raw strings go over several. */
  readonly endLine: number;
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
}

const PIECE =
  /(?<space>[ \t\r\f]+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<newline>\n)|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<string>"(?:[^"\\\n]|\\.)*")|(?<raw>`[^`]*`)|(?<mark>\|\||&&|==|!=|<=|>=|[-+*/%^!<>=(){}[\],.;:])/uy;

/**
 * Cut Alloy's syntax into tokens, comments left out.
 *
 * Fails:  never; what is no token becomes one of kind `bad`, a character each.
 * Source: grafana/alloy syntax/scanner/scanner.go.
 */
export function scanAlloy(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    PIECE.lastIndex = at;
    const found = PIECE.exec(text);
    const piece = found?.[0] ?? String.fromCodePoint(text.codePointAt(at) ?? 0);
    const end = at + piece.length;
    const endLine = line + countNewlines(piece);
    const groups = found?.groups ?? {};
    if (groups.space === undefined && groups.newline === undefined)
      tokens.push({ ...meaningOf(groups, piece), line, endLine, start: at, end });
    line = endLine;
    at = end;
  }
  tokens.push({ kind: 'end', text: '', line, endLine: line, start: at, end: at });
  return tokens;
}

function countNewlines(piece: string): number {
  let count = 0;
  for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', at + 1)) count += 1;
  return count;
}

function meaningOf(groups: Readonly<Record<string, string | undefined>>, piece: string): Pick<Token, 'kind' | 'text'> {
  if (groups.name !== undefined) return { kind: 'name', text: piece };
  if (groups.number !== undefined) return { kind: 'number', text: piece };
  if (groups.string !== undefined) return { kind: 'string', text: unquoted(piece) };
  if (groups.raw !== undefined) return { kind: 'string', text: piece.slice(1, -1) };
  return { kind: groups.mark === undefined ? 'bad' : 'mark', text: piece };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' };

/** A quoted string as Go reads it. */
function unquoted(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(
      /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs,
      (_all, x?: string, u?: string, long?: string, other = '') => {
        const hex = x ?? u ?? long;
        if (hex === undefined) return ESCAPES[other] ?? other;
        const code = Number.parseInt(hex, 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
      },
    );
}
