import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const ESC = '\u001b';
const PASTE_START = `${ESC}[200~`;
const PASTE_END = `${ESC}[201~`;

/** The escape key in a form that needs no timer to be told from the beginning of an arrow key. Source: kitty's keyboard protocol. */
export const ESCAPE_KEY = `${ESC}[27u`;

/** Tells the escape key from the sequences that begin like it, whichever way the line cut them. */
export interface EscapeJoiner {
  /** Take what was read; returns what is certain by now. */
  push(read: string): string;
  /** Something is held that the next read may complete. */
  pending(): boolean;
  /** Nothing more came: what is held was the escape key, and whatever was typed behind it. */
  flush(): string;
}

export function createEscapeJoiner(): EscapeJoiner {
  let held = '';
  let pasting = false;
  return {
    push(read) {
      const before = held.length;
      const text = held + read;
      held = '';
      let certain = '';
      for (let at = 0; at < text.length; ) {
        const step = pasting ? pasteStep(text, at) : keyStep(text, at, before);
        if (step === 'incomplete') {
          held = text.slice(at);
          break;
        }
        certain += step.certain;
        at += step.taken;
        pasting = step.pasting ?? pasting;
      }
      return certain;
    },
    // A paste ends for certain; nobody waits for it.
    pending: () => held !== '' && !pasting,
    flush() {
      const rest = held;
      held = '';
      return rest.startsWith(ESC) && !pasting ? ESCAPE_KEY + rest.slice(1) : rest;
    },
  };
}

type Step = 'incomplete' | { readonly certain: string; readonly taken: number; readonly pasting?: boolean };

const as = (certain: string): Exclude<Step, 'incomplete'> => ({ certain, taken: certain.length });

/** What is pasted is nobody's key: all of it passes, up to its end. */
function pasteStep(text: string, at: number): Step {
  const end = text.indexOf(PASTE_END, at);
  if (end >= 0) return { ...as(text.slice(at, end) + PASTE_END), pasting: false };
  const begin = text.indexOf(ESC, Math.max(at, text.length - PASTE_END.length + 1));
  const cut = begin >= 0 && PASTE_END.startsWith(text.slice(begin)) ? begin : text.length;
  return cut === at ? 'incomplete' : as(text.slice(at, cut));
}

function keyStep(text: string, at: number, before: number): Step {
  if (text[at] !== ESC) {
    const next = text.indexOf(ESC, at);
    return as(text.slice(at, next < 0 ? text.length : next));
  }
  const lone: Step = { certain: ESCAPE_KEY, taken: 1 };
  const second = text[at + 1];
  if (second === undefined) return 'incomplete';
  if (second === ESC) return lone;
  if (second === '[' || second === 'O') {
    const sequence = sequenceAt(text, at);
    if (sequence === undefined) return lone;
    if (sequence === '') return 'incomplete';
    return sequence === PASTE_START ? { ...as(sequence), pasting: true } : as(sequence);
  }
  // In one read it is alt with a character; a person who pressed two keys is read twice.
  return at < before ? lone : as(ESC + String.fromCodePoint(text.codePointAt(at + 1) ?? 0));
}

/** The control sequence that begins here; empty: not yet complete; undefined: none. Source: ECMA-48, 5.4; SS3 as xterm sends it. */
function sequenceAt(text: string, at: number): string | undefined {
  const rest = text.slice(at);
  // Linux consoles send `ESC [ [ A` for F1; rxvt ends some keys in `$`.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are exactly what is looked for.
  const whole = /^\u001b(?:\[(?:\[[ -~]|[235678]\$|[0-?]*[ -/]*[@-Z\\-~])|O[0-9;]*[@-~])/.exec(rest);
  if (whole) return whole[0];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
  return /^\u001b(?:\[\[?|\[[0-?]*[ -/]*|O[0-9;]*)$/.test(rest) ? '' : undefined;
}

/** A terminal's keys with the escape key told apart: read from it instead of from `stdin`. */
export function joinEscapes(
  stdin: NodeJS.ReadStream,
  timeoutMs: number,
): NodeJS.ReadableStream & { setRawMode(on: boolean): void } {
  const joiner = createEscapeJoiner();
  const decoder = new StringDecoder('utf8');
  const out = new PassThrough();
  let timer: NodeJS.Timeout | undefined;
  const give = (text: string): void => void (text !== '' && out.write(text));
  const onData = (chunk: Buffer | string): void => {
    clearTimeout(timer);
    give(joiner.push(typeof chunk === 'string' ? chunk : decoder.write(chunk)));
    if (joiner.pending()) timer = setTimeout(() => give(joiner.flush()), timeoutMs);
  };
  const onEnd = (): void => void out.end();
  return Object.assign(out, {
    isTTY: stdin.isTTY,
    setRawMode(on: boolean): void {
      stdin.setRawMode(on);
      stdin.off('data', onData).off('end', onEnd);
      if (on) stdin.on('data', onData).on('end', onEnd);
      else {
        clearTimeout(timer);
        stdin.pause();
      }
    },
    ref: (): void => void stdin.ref(),
    unref: (): void => void stdin.unref(),
  });
}
