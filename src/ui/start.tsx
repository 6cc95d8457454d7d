import { render } from 'ink';
import type { Console } from '../state/console.ts';
import type { ConsoleState } from '../state/model.ts';
import { copySequence } from './clipboard.ts';
import { Screen } from './Screen.tsx';
import { createPen } from './theme.ts';

export interface StartOptions {
  readonly ascii: boolean;
  readonly color: boolean;
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
  /** What to set in the environment of the terminal; tells tmux. */
  readonly env?: Readonly<Record<string, string | undefined>>;
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
  const inTmux = Boolean((options.env ?? process.env).TMUX);
  const unsubscribe = console.store.subscribe((state, before) => {
    if (state.copied && state.copied !== before.copied) stdout.write(copySequence(state.copied.text, inTmux));
    if (state.left && !before.left) app.unmount();
  });
  try {
    await app.waitUntilExit();
  } finally {
    unsubscribe();
    console.stop();
    app.cleanup();
  }
}

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
