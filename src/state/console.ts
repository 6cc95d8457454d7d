import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { Loaded } from '../domain/result.ts';
import { parseTenant } from '../domain/tenant.ts';
import type { LoadInput, View, ViewKey } from '../views/view.ts';
import { abandon, begin, breakDown, EMPTY_SLOT, finish, settle } from './data.ts';
import { healthOf } from './health.ts';
import { resolveKey } from './keys.ts';
import type { Command, ConsoleOptions, ConsoleState, Frame, Slot } from './model.ts';
import { pageViews } from './pages.ts';
import { type Change, flash, perform, type Scene, type Tools } from './perform.ts';
import { createPoller, processScheduler } from './poller.ts';
import { createVisibleRows, cursorIndex, NO_ROWS, type Visible, windowTop } from './rows.ts';
import { openFrame, reachable, topOf, withTop } from './stack.ts';
import { createTimes, type Times } from './times.ts';
import { pasteInto, typeKey } from './typing.ts';

/** Seconds between two looks at the clock while nothing happens; marks of changed cells fade at the first one after as long. */
const TICK_SECONDS = 10;

/** Frames whose rows are kept for a return. */
const SLOTS_MAX = 24;

/** What the screen tells of itself after drawing: how many rows it has, and which came first. */
export interface Drawn {
  readonly frame: number;
  readonly rows: number;
  readonly top: number;
}

/** The console without its screen: a store, and the few ways in. Many can be made. */
export interface Console {
  readonly store: StoreApi<ConsoleState>;
  readonly views: readonly View<unknown>[];
  readonly viewOf: (id: string) => View<unknown>;
  readonly times: Times;
  readonly recording: boolean;
  /** One key by its name: `j`, `enter`, `ctrl-f`. */
  press(key: string): void;
  paste(text: string): void;
  apply(command: Command): void;
  /** What is on the screen now. */
  scene(): Scene;
  /** Would this key of the view refuse for the selected row? */
  refuses(key: ViewKey<unknown>): boolean;
  drawn(drawn: Drawn): void;
  /** Begin to ask and to tick. */
  start(): void;
  stop(): void;
}

/** Make a console. It asks nothing before `start`. */
export function createConsole(options: ConsoleOptions): Console {
  const { clients, clock } = options;
  const scheduler = options.scheduler ?? processScheduler;
  const store = createStore<ConsoleState>(() => initialState(options));
  const views = [...options.views, ...pageViews];
  const rows = createVisibleRows();
  const slotOf = (frame: Frame): Slot => store.getState().slots[frame.id] ?? EMPTY_SLOT;
  let drawn: Drawn = { frame: -1, rows: 20, top: 0 };
  let frames = 0;
  let forgetTick = (): void => undefined;
  let forgetJournal = (): void => undefined;

  const tools: Tools = {
    views: options.views,
    home: options.home,
    has: (id) => views.some((each) => each.id === id),
    viewOf(id) {
      const found = views.find((each) => each.id === id);
      if (!found) throw new Error(`no view ${id}`);
      return found;
    },
    open: (view, params) => openFrame(++frames, view, params),
    nowUnix: () => clock.now(),
    times: createTimes(options.utc ?? false),
  };

  const visibleOf = (frame: Frame, view: View<unknown>, slot: Slot): Visible => {
    try {
      return rows.of(view, slot, frame);
    } catch (thrown) {
      return { ...NO_ROWS, broken: wordsOf(thrown) };
    }
  };

  const scene = (): Scene => {
    const state = store.getState();
    const frame = topOf(state.stack);
    const view = tools.viewOf(frame.view);
    const slot = slotOf(frame);
    const visible = visibleOf(frame, view, slot);
    const top = drawn.frame === frame.id ? drawn.top : frame.top;
    return { state, frame, view, slot, visible, at: cursorIndex(visible, frame), top, rowsOnScreen: drawn.rows };
  };

  /** Take in a change: rows of frames that can no longer be reached are let go, and the poller looks again. */
  const change = (changed: Change): void => {
    store.setState(changed);
    if (changed.stack ?? changed.scope ?? changed.slots) {
      const state = store.getState();
      const near = new Set(reachable(state).slice(0, SLOTS_MAX));
      if (Object.keys(state.slots).some((id) => !near.has(Number(id)))) {
        store.setState({
          slots: Object.fromEntries(Object.entries(state.slots).filter(([id]) => near.has(Number(id)))),
        });
        rows.forget(near);
      }
    }
    if (changed.left) stop();
    else poller.look();
  };

  const writeSlot = (frame: Frame, slot: Slot): void =>
    store.setState(({ slots }) => ({ slots: { ...slots, [frame.id]: slot } }));

  const poller = createPoller(() => {
    const { frame, view } = scene();
    const state = store.getState();
    const { params } = frame;
    const everySeconds = view.everySeconds === 0 ? 0 : (options.refreshSeconds ?? view.everySeconds);
    return {
      key: JSON.stringify([frame.id, params, state.scope, state.time]),
      everySeconds,
      atMs: slotOf(frame).atMs,
      clockUnix: () => Math.floor(clock.now()),
      load: (signal) => view.load(inputFor(options, store.getState(), frame, signal)),
      begin() {
        const slot = begin(slotOf(frame));
        writeSlot(frame, slot);
        return slot.turn;
      },
      settle(turn, loaded) {
        writeSlot(frame, settle(slotOf(frame), turn, loaded, view, { unix: clock.now(), ms: scheduler.nowMs() }));
        placeCursor(frame.id, loaded);
      },
      finish: (turn) => writeSlot(frame, finish(slotOf(frame), turn)),
      abandon: (turn) => writeSlot(frame, abandon(slotOf(frame), turn)),
      breakDown: (turn, thrown) => writeSlot(frame, breakDown(slotOf(frame), turn, wordsOf(thrown))),
    };
  }, scheduler);

  /** After a load: the cursor goes where the load wants it until the user chose; then it stays on its row. */
  const placeCursor = (id: number, loaded: Loaded<unknown>): void => {
    const now = scene();
    if (now.frame.id !== id) return;
    const { frame, visible, slot, state } = now;
    const follows = state.display.autoscroll && now.view.body.kind === 'lines';
    const wanted = follows
      ? visible.rows.length - 1
      : !frame.moved && slot.cursor !== undefined
        ? visible.index.get(slot.cursor)
        : undefined;
    const at = wanted ?? now.at;
    if (at < 0 || (wanted === undefined && (frame.cursor === undefined || !loaded.complete))) return;
    const top = windowTop(now.top, at, now.rowsOnScreen, visible.rows.length);
    store.setState({ stack: withTop(state.stack, { cursor: visible.ids[at], at, top }) });
  };

  const guarded = (run: () => void): void => {
    try {
      run();
    } catch (thrown) {
      store.setState(flash(`a bug in lgtm-tui: ${wordsOf(thrown)}`, 'bad'));
    }
  };

  const apply = (command: Command): void => {
    change(perform(command, scene(), tools));
    if (command.do === 'refresh') poller.refresh();
  };

  const runViewKey = (key: ViewKey<unknown>): void => {
    const { frame, visible, at } = scene();
    if (at < 0) apply({ do: 'refuse', because: `nothing is selected: no ${key.does}` });
    else apply(key.on(visible.rows[at], { params: frame.params, rows: visible.rows }));
  };

  const browse = (press: string): void => {
    const resolved = resolveKey(press, scene().view);
    if (resolved.kind === 'command') apply(resolved.command);
    else if (resolved.kind === 'view') runViewKey(resolved.key);
    else apply({ do: 'refuse', because: resolved.because });
  };

  const tick = (): void => {
    store.setState((state) => freshAges(state, options, scheduler.nowMs()));
    forgetTick = scheduler.after(TICK_SECONDS * 1000, tick);
  };

  const stop = (): void => {
    poller.stop();
    forgetTick();
    forgetJournal();
  };

  store.setState({ stack: [tools.open(options.home, options.params ?? {})] });

  return {
    store,
    views: options.views,
    viewOf: tools.viewOf,
    times: tools.times,
    recording: options.recording ?? false,
    scene,
    apply: (command) => guarded(() => apply(command)),
    press: (key) =>
      guarded(() => {
        if (store.getState().flash) store.setState({ flash: undefined });
        const { prompt } = store.getState();
        if (!prompt || key === 'ctrl-c') return browse(key);
        const { run, ...changed } = typeKey(key, prompt, scene(), tools);
        change(changed);
        if (run)
          apply(
            run === 'quit'
              ? { do: 'quit' }
              : run === 'help' && options.views.some(({ id }) => id === 'help')
                ? { do: 'go', view: 'help', params: {} }
                : { do: 'show', what: run },
          );
      }),
    paste: (text) =>
      guarded(() => {
        const { prompt } = store.getState();
        if (prompt) change(pasteInto(prompt, text, scene()));
        else apply({ do: 'refuse', because: 'paste goes into a prompt: press : or / first' });
      }),
    refuses(key) {
      const { frame, visible, at } = scene();
      try {
        return at < 0 || key.on(visible.rows[at], { params: frame.params, rows: visible.rows }).do === 'refuse';
      } catch {
        return true;
      }
    },
    drawn(now) {
      drawn = now;
    },
    start() {
      let due: (() => void) | undefined;
      const unsubscribe = clients.journal.onChange(() => {
        due ??= scheduler.after(100, () => {
          due = undefined;
          store.setState((state) => freshAges(state, options, scheduler.nowMs()));
        });
      });
      forgetJournal = () => {
        unsubscribe();
        due?.();
      };
      tick();
      poller.look();
    },
    stop,
  };
}

const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

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
    display: { wide: false, wrap: false, timestamps: true, fullScreen: false, autoscroll: false },
    health: healthOf(options.clients.journal, options.clients.sources),
    nowUnix: options.clock.now(),
    clockSaid: options.clock.said(),
    left: false,
  };
}

/** What a view is asked with: the frame's own tenant, else the chosen ones, else all; the end at the clock while live. */
function inputFor(
  { clients, clock }: ConsoleOptions,
  state: ConsoleState,
  { params }: Frame,
  signal: AbortSignal,
): LoadInput {
  const own = params['tenant'] === undefined ? undefined : parseTenant(params['tenant']);
  const tenants = own?.ok ? [own.tenant] : state.scope.length > 0 ? state.scope : state.tenants;
  const nowUnix = clock.now();
  const time = state.time.live ? { ...state.time, endUnix: Math.floor(nowUnix) } : state.time;
  return { clients, tenants, params, time, nowUnix, signal };
}

/** Ages move on; nothing is written where nothing changed. */
function freshAges(
  state: ConsoleState,
  { clients, clock }: ConsoleOptions,
  nowMs: number,
): Partial<ConsoleState> | ConsoleState {
  const frame = topOf(state.stack);
  const slot = state.slots[frame.id];
  const faded = slot?.changedFrom && slot.atMs !== undefined && nowMs - slot.atMs >= TICK_SECONDS * 1000;
  const health = healthOf(clients.journal, clients.sources);
  const sameHealth = JSON.stringify(health) === JSON.stringify(state.health);
  const nowUnix = clock.now();
  if (!faded && sameHealth && Math.floor(nowUnix) === Math.floor(state.nowUnix) && clock.said() === state.clockSaid)
    return state;
  return {
    nowUnix,
    clockSaid: clock.said(),
    health: sameHealth ? state.health : health,
    ...(faded ? { slots: { ...state.slots, [frame.id]: { ...slot, changedFrom: undefined } } } : {}),
  };
}
