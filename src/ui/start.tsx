import { render, renderToString } from 'ink';
import type { Console } from '../state/console.ts';
import type { ConsoleState } from '../state/model.ts';
import { type ScreenAnswer, serveOutside } from './outside.ts';
import { Screen } from './Screen.tsx';
import { createPen, type Pen } from './theme.ts';

export interface StartOptions {
  readonly ascii: boolean;
  readonly color: boolean;
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
  /** The environment of the terminal: tells tmux, SSH, and which terminal it is. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where screens are saved; the current folder unless given. */
  readonly folder?: string;
  /** Rows as the commands print them, for saving. */
  readonly printJson?: (answer: ScreenAnswer) => Promise<string>;
}

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
  const app = render(<Screen console={console} pen={pen} stdout={stdout} />, {
    stdout,
    stdin: options.stdin ?? process.stdin,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: options.stdout === undefined,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 60,
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
