import { scanAlloy, type Token } from './alloy-scan.ts';

/** What could not be read, and where. */
export interface AlloyProblem {
  readonly line: number;
  readonly said: string;
}

/** A place in a configuration, and what was found wrong on the way. */
export interface Cursor {
  readonly token: Token;
  /** The token behind this one. */
  readonly next: Token;
  /** Is this token that mark? */
  is(mark: string): boolean;
  move(steps?: number): void;
  /** How far it has come, so that a loop can tell that it moves. */
  position(): number;
  /** Whether this token stands on the line on which the one before ended: a newline ends an expression. */
  continues(): boolean;
  /** As it is written, from a token up to here. */
  written(from: Token): string;
  problem(said: string): void;
  /** On to the next line, past whatever is opened on this one. */
  skipStatement(): void;
  /** `a.b.c`; empty where no name stands. */
  dottedName(): string;
  readonly problems: readonly AlloyProblem[];
}

/** Deeper than this nobody nests; a file that does is not read on. */
export const DEPTH_MAX = 64;
const PROBLEMS_MAX = 20;
const END: Token = { kind: 'end', text: '', line: 0, endLine: 0, start: 0, end: 0 };

export function makeCursor(text: string): Cursor {
  const tokens = scanAlloy(text);
  const problems: AlloyProblem[] = [];
  let at = 0;
  const tokenAt = (index: number): Token => tokens[Math.min(index, tokens.length - 1)] ?? END;
  const isMark = (index: number, mark: string): boolean => {
    const { kind, text: found } = tokenAt(index);
    return kind === 'mark' && found === mark;
  };
  /** 1 where something is opened, -1 where it is closed. */
  const step = (): number => (/^[{[(]$/.test(markAt(at)) ? 1 : /^[}\])]$/.test(markAt(at)) ? -1 : 0);
  const markAt = (index: number): string => (tokenAt(index).kind === 'mark' ? tokenAt(index).text : '');
  return {
    problems,
    get token() {
      return tokenAt(at);
    },
    get next() {
      return tokenAt(at + 1);
    },
    is: (mark) => isMark(at, mark),
    move(steps = 1) {
      at = Math.min(at + steps, tokens.length - 1);
    },
    position: () => at,
    continues: () => at > 0 && tokenAt(at - 1).endLine === tokenAt(at).line,
    written: (from) => text.slice(from.start, Math.max(from.end, tokenAt(Math.max(0, at - 1)).end)),
    problem(said) {
      if (problems.length < PROBLEMS_MAX) problems.push({ line: tokenAt(at).line, said });
    },
    skipStatement() {
      const { line } = tokenAt(at);
      let depth = 0;
      while (tokenAt(at).kind !== 'end') {
        if (depth === 0 && (tokenAt(at).line !== line || isMark(at, '}'))) return;
        depth = Math.max(0, depth + step());
        at += 1;
      }
    },
    dottedName() {
      if (tokenAt(at).kind !== 'name') return '';
      let name = tokenAt(at).text;
      at += 1;
      while (isMark(at, '.') && tokenAt(at + 1).kind === 'name') {
        name += `.${tokenAt(at + 1).text}`;
        at += 2;
      }
      return name;
    },
  };
}

/** A token in words. Texts are not repeated: one of them may be a password. */
export const sayToken = ({ kind, text }: Token): string =>
  kind === 'string' ? 'text in quotes' : JSON.stringify(text);
