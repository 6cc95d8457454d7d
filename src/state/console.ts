import type { StoreApi } from 'zustand/vanilla';
import type { View, ViewKey } from '../views/view.ts';
import { keepAges } from './ages.ts';
import { type Change, flash, type Scene } from './change.ts';
import { type Core, createCore, wordsOf } from './core.ts';
import { resolveKey } from './keys.ts';
import { createLoading } from './loading.ts';
import type { Choice, Command, ConsoleOptions, ConsoleState, Drawn, Flash } from './model.ts';
import { moveTo } from './moving.ts';
import { perform } from './perform.ts';
import type { Poller } from './poller.ts';
import { reachable } from './stack.ts';
import type { Times } from './times.ts';
import { pasteInto, typeKey } from './typing.ts';

/** Frames whose rows are kept for a return. */
const SLOTS_MAX = 24;

/** The console without its screen: a store, and the few ways in. Many can be made. */
export interface Console {
  readonly store: StoreApi<ConsoleState>;
  readonly views: readonly View<unknown>[];
  readonly viewOf: (id: string) => View<unknown>;
  readonly times: Times;
  /** Names of all contexts of the kubeconfig. */
  readonly contexts: () => readonly string[];
  readonly recording: boolean;
  /** One key by its name: `j`, `enter`, `ctrl-f`. */
  press(key: string): void;
  paste(text: string): void;
  apply(command: Command): void;
  /** A word on what was done outside, such as where a file lies. */
  say(said: Flash): void;
  /** What is on the screen now. */
  scene(): Scene;
  /** Would this key of the view refuse for the selected row? */
  refuses(key: ViewKey<unknown>): boolean;
  /** The screen tells what it has drawn. */
  drawn(drawn: Drawn): void;
  /** Begin to ask and to tick. */
  start(): void;
  stop(): void;
}

/** Make a console. It asks nothing before `start`. */
export function createConsole(options: ConsoleOptions): Console {
  const core = createCore(options);
  const { store, tools, scene } = core;
  const poller = createLoading(core);
  let stopAges = (): void => undefined;
  const stop = (): void => {
    poller.stop();
    stopAges();
  };
  const apply = (command: Command): void => {
    change(core, poller, perform(command, scene(), tools));
    if (command.do === 'contexts') void moveTo(core, poller, command);
    if (command.do === 'refresh') poller.refresh();
    if (command.do === 'quit') stop();
  };
  const guarded = (run: () => void): void => {
    try {
      run();
    } catch (thrown) {
      store.setState(flash(`a bug in lgtm-tui: ${wordsOf(thrown)}`, 'bad'));
    }
  };
  return {
    store,
    views: options.views,
    viewOf: tools.viewOf,
    times: tools.times,
    contexts: tools.contexts,
    recording: options.recording ?? false,
    scene,
    apply: (command) => guarded(() => apply(command)),
    say: (said) => store.setState({ flash: said }),
    press: (key) =>
      guarded(() => {
        const { prompt, choice, flash: said } = store.getState();
        if (said) store.setState({ flash: undefined });
        if (choice && key !== 'ctrl-c') {
          store.setState({ choice: undefined });
          return choose(choice, key, apply);
        }
        if (!prompt || key === 'ctrl-c') return browse(core, key, apply);
        const typed = typeKey(key, prompt, scene(), tools);
        change(core, poller, typed.change);
        if (typed.next) apply(typed.next);
      }),
    paste: (text) =>
      guarded(() => {
        const { prompt } = store.getState();
        if (prompt) change(core, poller, pasteInto(prompt, text, scene()));
        else apply({ do: 'refuse', because: 'paste goes into a prompt: press : or / first' });
      }),
    refuses: (key) => refuses(key, scene()),
    drawn: core.drawn,
    start() {
      stopAges = keepAges(core);
      poller.look();
    },
    stop,
  };
}

/** Take in a change: rows of frames that can no longer be reached are let go, and the poller looks again. */
function change({ store, forget }: Core, poller: Poller, changed: Change): void {
  store.setState(changed);
  const state = store.getState();
  if (state.left) return;
  if (changed.past || changed.slots) {
    const near = new Set(reachable(state).slice(0, SLOTS_MAX));
    const kept = Object.entries(state.slots).filter(([id]) => near.has(Number(id)));
    store.setState({ slots: Object.fromEntries(kept) });
    forget(near);
  }
  if (changed.stack ?? changed.scope ?? changed.time) poller.look();
}

/** A key while something is to be chosen: one of the choices, or nothing at all. */
function choose({ choices, title }: Choice, press: string, apply: (command: Command) => void): void {
  const chosen = choices.find(({ key }) => key === press);
  if (chosen) apply(chosen.wants);
  else if (press !== 'esc')
    apply({ do: 'refuse', because: `${title}: ${choices.map(({ key }) => key).join(', ')}, not ${press}` });
}

/** A key while no prompt is open. */
function browse({ scene }: Core, press: string, apply: (command: Command) => void): void {
  const { view, frame, visible, at } = scene();
  const resolved = resolveKey(press, view);
  if (press === 'enter' && frame.bar !== undefined) apply({ do: 'bar-lines' });
  else if (resolved.kind === 'command') apply(resolved.command);
  else if (resolved.kind === 'none') apply({ do: 'refuse', because: resolved.because });
  else if (at < 0) apply({ do: 'refuse', because: `nothing is selected: no ${resolved.key.does}` });
  else apply(resolved.key.on(visible.rows[at], { params: frame.params, rows: visible.rows }));
}

function refuses(key: ViewKey<unknown>, { frame, visible, at }: Scene): boolean {
  try {
    return at < 0 || key.on(visible.rows[at], { params: frame.params, rows: visible.rows }).do === 'refuse';
  } catch {
    return true;
  }
}
