import type { Loaded } from '../domain/result.ts';
import { parseTenant } from '../domain/tenant.ts';
import type { LoadInput } from '../views/view.ts';
import { type Core, wordsOf } from './core.ts';
import { abandon, begin, breakDown, finish, settle } from './data.ts';
import type { ConsoleOptions, ConsoleState, Frame } from './model.ts';
import { isPage } from './pages.ts';
import { ASKING } from './perform.ts';
import { createPoller, type Polled, type Poller } from './poller.ts';
import { windowTop } from './rows.ts';
import { topOf, withFrame } from './stack.ts';

/** The poller of one console: it loads the frame on the screen, or the one beneath a page about it, into its slot. */
export const createLoading = (core: Core): Poller => createPoller(() => polledOf(core), core.scheduler);

function polledOf(core: Core): Polled {
  const { options, scheduler, store, slotOf, writeSlot } = core;
  const { clock } = options;
  const { stack } = store.getState();
  const { frame, view, state } = core.sceneOf(stack.findLast((each) => !isPage(each.view)) ?? topOf(stack));
  // Only what is live can be followed; a fixed time is loaded once and again.
  const follow = state.time.live && (view.follows?.(frame.params) ?? true) ? view.follow : undefined;
  return {
    key: JSON.stringify([frame.id, frame.params, state.scope, state.time]),
    everySeconds: view.everySeconds === 0 ? 0 : (options.refreshSeconds ?? view.everySeconds),
    atMs: slotOf(frame).atMs,
    clockUnix: () => Math.floor(clock.now()),
    follows: follow !== undefined,
    load: (signal) => (follow ?? view.load)(inputFor(options, store.getState(), frame, signal)),
    begin() {
      const slot = begin(slotOf(frame));
      writeSlot(frame, slot);
      return slot.turn;
    },
    settle(turn, loaded) {
      const slot = slotOf(frame);
      // What is followed changes against its last picture, not against the one it began with.
      const before = follow !== undefined && slot.complete ? slot.rows : slot.before;
      const at = { unix: clock.now(), ms: scheduler.nowMs() };
      writeSlot(frame, settle({ ...slot, before }, turn, loaded, view, at));
      placeCursor(core, frame.id, loaded);
    },
    finish(turn) {
      writeSlot(frame, finish(slotOf(frame), turn));
      store.setState((now) => (now.flash?.text === ASKING ? { flash: undefined } : now));
    },
    abandon(turn) {
      // Of a context that was left nothing comes back.
      if (store.getState().slots[frame.id]) writeSlot(frame, abandon(slotOf(frame), turn));
    },
    breakDown: (turn, thrown) => writeSlot(frame, breakDown(slotOf(frame), turn, wordsOf(thrown))),
  };
}

/** After a load the cursor goes where the load wants it, until the user chose; then it stays on its row. */
function placeCursor({ sceneOf, store }: Core, id: number, loaded: Loaded<unknown>): void {
  const { stack } = store.getState();
  const found = stack.find((each) => each.id === id);
  if (!found) return;
  const now = sceneOf(found);
  const { frame, visible } = now;
  const wanted = wantedRow(now);
  const at = wanted ?? now.at;
  if (at < 0 || (wanted === undefined && (frame.cursor === undefined || !loaded.complete))) return;
  const top = windowTop(now.top, at, now.rowsOnScreen, visible.rows.length);
  store.setState({ stack: withFrame(stack, id, { cursor: visible.ids[at], at, top }) });
}

function wantedRow({ frame, visible, slot, state, view }: ReturnType<Core['scene']>): number | undefined {
  if (state.display.autoscroll && view.body.kind === 'lines') return visible.rows.length - 1;
  if (frame.moved || slot.cursor === undefined) return undefined;
  // One look along the ids costs less than an index of them.
  const at = visible.ids.indexOf(slot.cursor);
  return at < 0 ? undefined : at;
}

/** What a view is asked with: the frame's own tenant, else the chosen ones, else all; the end at the clock while live. */
function inputFor(options: ConsoleOptions, state: ConsoleState, { params }: Frame, signal: AbortSignal): LoadInput {
  const own = params.tenant === undefined ? undefined : parseTenant(params.tenant);
  const tenants = own?.ok ? [own.tenant] : state.scope.length > 0 ? state.scope : state.tenants;
  const nowUnix = options.clock.now();
  const time = state.time.live ? { ...state.time, endUnix: Math.floor(nowUnix) } : state.time;
  const chosen = state.scope.length > 0 ? { chosen: true as const } : {};
  return { clients: options.clients, tenants, params, time, nowUnix, signal, ...chosen, onScreen: true };
}
