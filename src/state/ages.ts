import type { Core } from './core.ts';
import { healthOf } from './health.ts';
import type { ConsoleOptions, ConsoleState } from './model.ts';
import { topOf } from './stack.ts';

/** Seconds between two looks at the clock while nothing happens; marks of changed cells fade at the first one after as long. */
const TICK_SECONDS = 10;

/** Requests come in bursts; the header is drawn once for each. */
const BURST_MS = 100;

/** Keep ages, clock and health fresh: every ten seconds, and soon after a request. Returns how to stop. */
export function keepAges({ store, options, scheduler }: Core): () => void {
  const refresh = (): void => store.setState((state) => freshAges(state, options, scheduler.nowMs()));
  let forgetTick = (): void => undefined;
  let forgetBurst: (() => void) | undefined;
  const tick = (): void => {
    refresh();
    forgetTick = scheduler.after(TICK_SECONDS * 1000, tick);
  };
  const unsubscribe = options.clients.journal.onChange(() => {
    forgetBurst ??= scheduler.after(BURST_MS, () => {
      forgetBurst = undefined;
      refresh();
    });
  });
  tick();
  return () => {
    unsubscribe();
    forgetTick();
    forgetBurst?.();
  };
}

/** Nothing is written where nothing changed, so that an idle console draws nothing. */
function freshAges(state: ConsoleState, { clients, clock }: ConsoleOptions, nowMs: number): Partial<ConsoleState> {
  const frame = topOf(state.stack);
  const slot = state.slots[frame.id];
  const faded = slot?.changedFrom && slot.atMs !== undefined && nowMs - slot.atMs >= TICK_SECONDS * 1000;
  const health = healthOf(clients.journal, clients.sources);
  const sameHealth = JSON.stringify(health) === JSON.stringify(state.health);
  const nowUnix = clock.now();
  const sameClock = Math.floor(nowUnix) === Math.floor(state.nowUnix) && clock.said() === state.clockSaid;
  const recorder = clock.recorder && (clock.recorder.said() ?? '');
  const sameRecorder = recorder === state.recorder;
  if (!faded && sameHealth && sameClock && sameRecorder) return state;
  const slots = faded ? { ...state.slots, [frame.id]: { ...slot, changedFrom: undefined } } : state.slots;
  return {
    nowUnix,
    clockSaid: clock.said(),
    health: sameHealth ? state.health : health,
    slots,
    recorder,
    ...(recorder && !sameRecorder ? { flash: { text: recorder, tone: 'bad' as const } } : {}),
  };
}
