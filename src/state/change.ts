import type { TimeRange } from '../domain/time.ts';
import type { Params, Tone, View } from '../views/view.ts';
import type { ConsoleState, Frame, Slot } from './model.ts';
import type { Visible } from './rows.ts';
import { withTop } from './stack.ts';
import type { Times } from './times.ts';

/** What is on the screen, looked up once for a key. */
export interface Scene {
  readonly state: ConsoleState;
  readonly view: View<unknown>;
  readonly frame: Frame;
  readonly slot: Slot;
  readonly visible: Visible;
  /** Index of the cursor's row; -1 where there is none. */
  readonly at: number;
  /** The first row on the screen, as it was drawn. */
  readonly top: number;
  readonly rowsOnScreen: number;
}

/** What a command needs beside the scene. */
export interface Tools {
  readonly views: readonly View<unknown>[];
  readonly home: string;
  readonly viewOf: (id: string) => View<unknown>;
  readonly has: (id: string) => boolean;
  readonly open: (view: string, params: Params) => Frame;
  readonly nowUnix: () => number;
  readonly times: Times;
  /** Names of all contexts of the kubeconfig. */
  readonly contexts: () => readonly string[];
  /** The time range that the console was started with. */
  readonly givenTime: TimeRange;
}

export type Change = Partial<ConsoleState>;

export const flash = (text: string, tone: Tone): Change => ({ flash: { text, tone } });

export const changeFrame = ({ state }: Scene, change: Partial<Frame>): Change => ({
  stack: withTop(state.stack, change),
});
