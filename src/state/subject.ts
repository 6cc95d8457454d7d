import type { View } from '../views/view.ts';
import type { ConsoleState, Frame, Slot } from './model.ts';
import type { Visible } from './rows.ts';
import type { Times } from './times.ts';

/** What a page can be about. */
export interface Subject {
  readonly state: ConsoleState;
  readonly view: View<unknown>;
  readonly views: readonly View<unknown>[];
  readonly frame: Frame;
  readonly slot: Slot;
  readonly visible: Visible;
  readonly row: unknown;
  readonly rowId: string | undefined;
  readonly nowUnix: number;
  readonly times: Times;
}
