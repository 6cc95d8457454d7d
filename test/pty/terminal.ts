import { performance } from 'node:perf_hooks';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

type Screen = InstanceType<typeof xterm.Terminal>;

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program on a real pseudo-terminal, and a screen that shows what a person would see. */
export interface OpenTerminal {
  readonly pid: number;
  /** Everything the program has written so far. */
  raw(): string;
  bytes(): number;
  /** The lines of the screen, without trailing spaces. */
  lines(): readonly string[];
  onAlternateScreen(): boolean;
  cursorShown(): boolean;
  press(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Resolves when the screen holds the text; fails with the screen in the message. */
  shows(text: string | RegExp, withinMilliseconds?: number): Promise<void>;
  /** Milliseconds from now, or from `sinceMilliseconds`, until the next write that ends a frame. */
  frame(withinMilliseconds?: number): Promise<number>;
  /** Resolves when nothing has been written for a while. */
  still(): Promise<void>;
  ended(): Promise<number>;
  kill(): void;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const FRAME_END = '\u001b[?2026l';

/** Spawn a program as a person would start it: a terminal, colours, and no sign of a build server. */
export function openTerminal(file: string, args: readonly string[], options: TerminalOptions = {}): OpenTerminal {
  const { columns = 120, rows = 40 } = options;
  const env = environment(options.env);
  const child = spawn(file, [...args], { cols: columns, rows, name: env.TERM, env });
  const screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const chunks: string[] = [];
  let bytes = 0;
  const listeners = new Set<(chunk: string, at: number) => void>();
  child.onData((chunk) => {
    const at = performance.now();
    chunks.push(chunk);
    bytes += Buffer.byteLength(chunk);
    screen.write(chunk, () => {
      for (const listener of listeners) listener(chunk, at);
    });
  });
  const exit = new Promise<number>((resolve) => {
    child.onExit(({ exitCode, signal }) => setTimeout(() => resolve(signal ? 128 + signal : exitCode), 20));
  });
  const lines = () => linesOf(screen);
  return {
    pid: child.pid,
    raw: () => chunks.join(''),
    bytes: () => bytes,
    lines,
    onAlternateScreen: () => screen.buffer.active.type === 'alternate',
    cursorShown: () => chunks.join('').lastIndexOf('\u001b[?25h') >= chunks.join('').lastIndexOf('\u001b[?25l'),
    press: (keys) => child.write(keys),
    resize(newColumns, newRows) {
      screen.resize(newColumns, newRows);
      child.resize(newColumns, newRows);
    },
    shows: (text, withinMilliseconds = 10_000) =>
      until(
        listeners,
        () => holds(lines(), text),
        withinMilliseconds,
        () => missing(text, lines()),
      ),
    async frame(withinMilliseconds = 2_000) {
      const began = performance.now();
      let ended = 0;
      await until(
        listeners,
        (chunk, at) => {
          if (at < began || !chunk.includes(FRAME_END)) return false;
          ended = at;
          return true;
        },
        withinMilliseconds,
        () => 'no frame',
      );
      return ended - began;
    },
    async still() {
      for (let before = -1; before !== bytes; await pause(100)) before = bytes;
    },
    ended: () => exit,
    kill: () => child.kill('SIGKILL'),
  };
}

function environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  // A key with an undefined value would arrive as the word "undefined", and Ink would take it for a build server.
  const {
    CI: _ci,
    CONTINUOUS_INTEGRATION: _integration,
    VITEST: _vitest,
    NO_COLOR: _plain,
    FORCE_COLOR: _force,
    ...rest
  } = process.env;
  const kept = Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(kept), TERM: 'xterm-256color', LANG: 'C.UTF-8', ...extra };
}

function linesOf(screen: Screen): readonly string[] {
  const buffer = screen.buffer.active;
  return Array.from(
    { length: screen.rows },
    (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '',
  );
}

const holds = (lines: readonly string[], text: string | RegExp): boolean =>
  typeof text === 'string' ? lines.join('\n').includes(text) : text.test(lines.join('\n'));

const missing = (text: string | RegExp, lines: readonly string[]): string =>
  `the screen never showed ${text}; it shows:\n${lines.join('\n')}`;

function until(
  listeners: Set<(chunk: string, at: number) => void>,
  isTrue: (chunk: string, at: number) => boolean,
  withinMilliseconds: number,
  because: () => string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      clearTimeout(timer);
      listeners.delete(listener);
      settle();
    };
    const listener = (chunk: string, at: number) => isTrue(chunk, at) && done(resolve);
    const timer = setTimeout(() => done(() => reject(new Error(because()))), withinMilliseconds);
    listeners.add(listener);
    if (isTrue('', performance.now())) done(resolve);
  });
}
