import { render, renderToString } from 'ink';
import type { Console } from '../state/console.ts';
import type { ConsoleState } from '../state/model.ts';
import { joinEscapes } from './escape.ts';
import { type ScreenAnswer, serveOutside } from './outside.ts';
import { Screen } from './Screen.tsx';
import { Spoken } from './Spoken.tsx';
import { createPen, type Pen } from './theme.ts';

export interface StartOptions {
  readonly ascii: boolean;
  readonly color: boolean;
  /** Plain text from top to bottom, for who hears the screen. */
  readonly screenReader?: boolean;
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
  /** The environment of the terminal: tells tmux, SSH, and which terminal it is. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which a lone escape is the escape key, and no longer the beginning of an arrow. */
  readonly escapeMs?: number;
  /** Where screens are saved; the current folder unless given. */
  readonly folder?: string;
  /** Rows as the commands print them, for saving. */
  readonly printJson?: (answer: ScreenAnswer) => Promise<string>;
}

/** Enough for a terminal on the same desk. */
const ESCAPE_MS = 20;

/** How long the first frame waits for the first rows: an empty screen drawn before them costs more than it tells. */
const FIRST_ROWS_MS = 150;

/**
 * Open the console on a terminal.
 *
 * Resolves when the user has left; the terminal is given back clean then, and also on a signal or a crash.
 * Fails: with what was thrown, if the console itself broke; after the terminal was given back, so that it can be read.
 */
export async function startConsole(console: Console, options: StartOptions): Promise<void> {
  const stdout = options.stdout ?? process.stdout;
  const pen = createPen(options);
  console.start();
  await firstRows(console);
  if (console.store.getState().left) return;
  const { screenReader = false } = options;
  const screen = screenReader ? (
    <Spoken console={console} pen={pen} />
  ) : (
    <Screen console={console} pen={pen} stdout={stdout} />
  );
  const stdin = joinEscapes(options.stdin ?? process.stdin, options.escapeMs ?? ESCAPE_MS);
  // Before the first frame, not after it: whoever presses ctrl-c on seeing it leaves by the console's own way.
  stdin.setRawMode(true);
  const app = render(screen, {
    stdout,
    stdin,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: options.stdout === undefined,
    // What was said stays to be read again.
    alternateScreen: !screenReader,
    incrementalRendering: !screenReader,
    isScreenReaderEnabled: screenReader,
    // A key that comes right after a table's change waits so long for its frame: at 60 that alone is half of what a key may take.
    maxFps: 250,
  });
  const outside = serveOutside(console, {
    env: options.env ?? process.env,
    platform: process.platform,
    folder: options.folder ?? process.cwd(),
    write: (bytes) => stdout.write(bytes),
    screen: () => ({ lines: paintedLines(console, pen, stdout), columns: stdout.columns }),
    printJson: options.printJson ?? (async ({ view, loaded }) => JSON.stringify(loaded.rows.map(view.record), null, 2)),
  });
  const unsubscribe = console.store.subscribe((state, before) => {
    if (state.left && !before.left) app.unmount();
  });
  try {
    await app.waitUntilExit();
  } finally {
    unsubscribe();
    outside.stop();
    console.stop();
    app.cleanup();
    if (outside.uncopied.length > 0) stdout.write(`${outside.uncopied.join('\n')}\n`);
  }
}

/** The screen once more, as one string a line, for a file. */
const paintedLines = (console: Console, pen: Pen, stdout: NodeJS.WriteStream): readonly string[] =>
  renderToString(<Screen console={console} pen={pen} stdout={stdout} />, { columns: stdout.columns }).split('\n');

/** Resolves with the first rows, with the word that there are none, or when waiting for them would be noticed. */
function firstRows({ store }: Console): Promise<void> {
  const there = ({ slots, left }: ConsoleState): boolean =>
    left || Object.values(slots).some(({ rows, complete, broken }) => rows.length > 0 || complete || broken);
  if (there(store.getState())) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(done, FIRST_ROWS_MS);
    const stop = store.subscribe((state) => there(state) && done());
  });
}
