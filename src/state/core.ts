import { createStore, type StoreApi } from 'zustand/vanilla';
import type { View } from '../views/view.ts';
import type { Scene, Tools } from './change.ts';
import { EMPTY_SLOT } from './data.ts';
import { healthOf } from './health.ts';
import type { ConsoleOptions, ConsoleState, Drawn, Frame, Scheduler, Slot } from './model.ts';
import { pageViews } from './pages.ts';
import { processScheduler } from './poller.ts';
import { createVisibleRows, cursorIndex, NO_ROWS, type Visible } from './rows.ts';
import { openFrame, topOf } from './stack.ts';
import { createTimes } from './times.ts';

/** What the parts of one console share: its store, and how to look at it. */
export interface Core {
  readonly options: ConsoleOptions;
  readonly scheduler: Scheduler;
  readonly store: StoreApi<ConsoleState>;
  readonly tools: Tools;
  /** What is on the screen now. */
  scene(): Scene;
  /** The same of another frame. */
  sceneOf(frame: Frame): Scene;
  slotOf(frame: Frame): Slot;
  writeSlot(frame: Frame, slot: Slot): void;
  drawn(drawn: Drawn): void;
  /** Let go of what was remembered for other frames than these. */
  forget(frames: ReadonlySet<number>): void;
}

/** Make the store of a console, with its first frame. */
export function createCore(options: ConsoleOptions): Core {
  const views = [...options.views, ...pageViews];
  const store = createStore<ConsoleState>(() => initialState(options));
  const rows = createVisibleRows();
  let drawn: Drawn = { frame: -1, rows: 20, top: 0 };
  let frames = 0;
  const tools: Tools = {
    views: options.views,
    home: options.home,
    has: (id) => views.some((each) => each.id === id),
    viewOf: (id) => viewNamed(views, id),
    open: (view, params) => openFrame(++frames, view, params),
    nowUnix: () => options.clock.now(),
    givenTime: options.time,
    contexts: () => options.clients.contexts.map(({ name }) => name),
    times: createTimes(options.utc ?? false),
  };
  const slotOf = (frame: Frame): Slot => store.getState().slots[frame.id] ?? EMPTY_SLOT;
  const visibleOf = (frame: Frame, view: View<unknown>, slot: Slot): Visible => {
    try {
      return rows.of(view, slot, frame);
    } catch (thrown) {
      return { ...NO_ROWS, broken: wordsOf(thrown) };
    }
  };
  const sceneOf = (frame: Frame): Scene => {
    const view = tools.viewOf(frame.view);
    const slot = slotOf(frame);
    const visible = visibleOf(frame, view, slot);
    const top = drawn.frame === frame.id ? drawn.top : frame.top;
    const at = cursorIndex(visible, frame);
    return { state: store.getState(), frame, view, slot, visible, at, top, rowsOnScreen: drawn.rows };
  };
  store.setState({ stack: [tools.open(options.home, options.params ?? {})] });
  return {
    options,
    scheduler: options.scheduler ?? processScheduler,
    store,
    tools,
    slotOf,
    writeSlot: (frame, slot) => store.setState(({ slots }) => ({ slots: { ...slots, [frame.id]: slot } })),
    scene: () => sceneOf(topOf(store.getState().stack)),
    sceneOf,
    drawn(now) {
      drawn = now;
    },
    forget: rows.forget,
  };
}

/** What was thrown, in words. */
export const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

function viewNamed(views: readonly View<unknown>[], id: string): View<unknown> {
  const found = views.find((each) => each.id === id);
  if (!found) throw new Error(`no view is called ${id}`);
  return found;
}

function initialState(options: ConsoleOptions): ConsoleState {
  return {
    stack: [],
    past: [],
    future: [],
    slots: {},
    histories: { command: [], filter: [] },
    context: options.context,
    tenants: options.tenants,
    scope: options.scope ?? [],
    time: options.time,
    // Lines are wrapped until `w` says otherwise: at 80 columns the cause of a failure stands past the edge.
    display: { wide: false, wrap: true, timestamps: true, fullScreen: false, autoscroll: false },
    health: healthOf(options.clients.journal, options.clients.sources),
    nowUnix: options.clock.now(),
    clockSaid: options.clock.said(),
    recorder: options.clock.recorder && (options.clock.recorder.said() ?? ''),
    ...(options.notice === undefined ? {} : { flash: { text: options.notice, tone: 'warn' as const } }),
    left: false,
  };
}
