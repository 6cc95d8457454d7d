import { render } from 'ink';
import type { Console } from '../state/console.ts';
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

/**
 * Open the console on a terminal.
 *
 * Resolves when the user has left; the terminal is given back clean then, and also on a signal or a crash.
 * Fails: with what was thrown, if the console itself broke; after the terminal was given back, so that it can be read.
 */
export async function startConsole(console: Console, options: StartOptions): Promise<void> {
  const stdout = options.stdout ?? process.stdout;
  const pen = createPen(options);
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
  console.start();
  try {
    await app.waitUntilExit();
  } finally {
    unsubscribe();
    console.stop();
    app.cleanup();
  }
}
