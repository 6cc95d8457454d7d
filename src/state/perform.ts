import { parseTenant, type Tenant } from '../domain/tenant.ts';
import type { Params } from '../views/view.ts';
import { type Change, changeFrame, flash, type Scene, type Tools } from './change.ts';
import { copy, copyRows } from './copying.ts';
import { narrow } from './data.ts';
import { performOnLines } from './lines.ts';
import { clearMarks, toggleMark } from './marks.ts';
import type { Command, ConsoleState, Display, Slot } from './model.ts';
import * as moves from './moves.ts';
import { isPage, type PageId, writePage } from './pages.ts';
import { shiftTime } from './retime.ts';
import { stepBack, stepForward, swapLast, visit } from './stack.ts';

/** What a command changes. Pure: asking again and leaving are seen to by the console. */
export function perform(command: Command, scene: Scene, tools: Tools): Change {
  const { state } = scene;
  switch (command.do) {
    case 'go':
      return goTo(command.view, command.params, scene, tools);
    case 'stay':
      return stay(command.params, scene);
    case 'back':
      return back(scene);
    case 'refresh':
      return flash(ASKING, 'dim');
    case 'quit':
      return { left: true };
    case 'copy':
      return copy(state, command.text);
    case 'copy-row':
      return copyRows(scene);
    case 'mark':
      return command.on ? toggleMark(scene) : clearMarks(scene);
    case 'choose':
      return { choice: { title: command.title, choices: command.choices } };
    case 'save':
      return { saving: { as: command.as, serial: (state.saving?.serial ?? 0) + 1 } };
    case 'time':
      return shiftTime(command.move, scene, tools);
    case 'tenant':
      return becomeTenant(command.tenant, scene, tools);
    case 'contexts':
      return state.moving ? flash(`still opening ${state.moving.join(', ')}`, 'warn') : {};
    case 'scope':
      return scopeDigit(command.digit, scene, tools);
    case 'refuse':
      return flash(command.because, 'warn');
    case 'prompt': {
      const text = command.mode === 'filter' ? scene.frame.filter : '';
      return { prompt: { mode: command.mode, text, at: text.length, recalled: -1, draft: text } };
    }
    case 'toggle':
      return toggle(state, command.what);
    case 'show':
      return showPage(command.what, scene, tools);
    case 'history': {
      const step = { back: stepBack, forward: stepForward, last: swapLast }[command.to];
      return step(state) ?? flash(command.to === 'forward' ? 'no later screen' : 'no earlier screen', 'dim');
    }
    case 'window':
    case 'bar':
    case 'bar-lines':
    case 'fields':
      return performOnLines(command, scene, tools);
    default:
      return moves.perform(command, scene);
  }
}

/** Said on ctrl-r, until the answer is there. */
export const ASKING = 'asking again…';

function goTo(id: string, params: Params, { state }: Scene, tools: Tools): Change {
  if (!tools.has(id)) return flash(`there is no view ${id}`, 'warn');
  return visit(state, [...state.stack, tools.open(id, params)]);
}

/** The rows stay until the answer to the new question is there. */
function stay(params: Params, scene: Scene): Change {
  const { state, frame, slot } = scene;
  const asked = { ...slot, atMs: undefined };
  return { ...changeFrame(scene, { params }), slots: { ...state.slots, [frame.id]: asked } };
}

function back(scene: Scene): Change {
  const { state, frame } = scene;
  if (frame.bar !== undefined) return changeFrame(scene, { bar: undefined });
  if (frame.filter !== '') return changeFrame(scene, { filter: '' });
  if (frame.faultsOnly) return changeFrame(scene, { faultsOnly: false });
  if (state.display.fullScreen) return { display: { ...state.display, fullScreen: false } };
  if (state.stack.length > 1) return visit(state, state.stack.slice(0, -1));
  return flash('this is the first screen; :q leaves', 'dim');
}

const WORDS: Readonly<Record<keyof Display, string>> = {
  wide: 'all columns where there is room, → walks through them:',
  wrap: 'wrapping',
  timestamps: 'timestamps',
  fullScreen: 'full screen',
  autoscroll: 'autoscroll',
};

function toggle(state: ConsoleState, what: keyof Display): Change {
  const on = !state.display[what];
  return { display: { ...state.display, [what]: on }, ...flash(`${WORDS[what]} ${on ? 'on' : 'off'}`, 'dim') };
}

function showPage(id: PageId, scene: Scene, tools: Tools): Change {
  const { state, frame, visible, at } = scene;
  if (isPage(frame.view) && (frame.view === id || id !== 'help'))
    return frame.view === id ? back(scene) : flash('this is such a page itself; esc closes it', 'dim');
  const rowId = at < 0 ? undefined : visible.ids[at];
  const lines = writePage(id, {
    ...scene,
    views: tools.views,
    row: visible.rows[at],
    rowId,
    nowUnix: tools.nowUnix(),
    times: tools.times,
  });
  if (!lines) return flash('nothing is selected; the list is empty', 'warn');
  const page = tools.open(id, {});
  const filled: Slot = {
    ...scene.slot,
    turn: 0,
    rows: lines,
    gaps: [],
    because: undefined,
    note: undefined,
    volume: undefined,
    cursor: undefined,
    fetching: false,
    complete: true,
    atMs: 0,
    kept: new Set(),
    keptOldestUnix: undefined,
    before: [],
    changedFrom: undefined,
    broken: undefined,
  };
  return { ...visit(state, [...state.stack, page]), slots: { ...state.slots, [page.id]: filled } };
}

/** Make other tenants the current ones: rows of the tenants left behind go at once. */
export function rescope(state: ConsoleState, scope: readonly Tenant[], viewOf: Tools['viewOf']): Change {
  const tenants = scope.length > 0 ? scope : state.tenants;
  const frames = new Map(
    [...state.past.flat(), ...state.future.flat(), ...state.stack].map((frame) => [frame.id, frame]),
  );
  const slots = Object.entries(state.slots).map(([id, slot]) => {
    const frame = frames.get(Number(id));
    return [id, !frame || isPage(frame.view) || frame.params.tenant ? slot : narrow(slot, tenants, viewOf(frame.view))];
  });
  return { scope, slots: Object.fromEntries(slots) };
}

function scopeDigit(digit: number, scene: Scene, tools: Tools): Change {
  const { state, frame } = scene;
  const tenant = digit === 0 ? undefined : state.tenants[digit - 1];
  if (digit > 0 && !tenant)
    return flash(`there is no tenant ${digit}; the header lists ${state.tenants.length}`, 'warn');
  const own = frame.params.tenant;
  if (own !== undefined && own !== tenant && state.stack.length > 1)
    return flash(`this screen is about ${own}; esc goes back first`, 'warn');
  const { tenant: _own, ...params } = frame.params;
  const scoped = rescope(state, tenant ? [tenant] : [], tools.viewOf);
  return {
    ...scoped,
    ...(own === undefined || own === tenant ? {} : changeFrame(scene, { params })),
    ...flash(tenant ?? 'all tenants', 'dim'),
  };
}

function becomeTenant(text: string, { state }: Scene, tools: Tools): Change {
  const parsed = parseTenant(text);
  if (!parsed.ok) return flash(parsed.because, 'warn');
  const tenants = state.tenants.includes(parsed.tenant) ? state.tenants : [...state.tenants, parsed.tenant];
  const scoped = rescope({ ...state, tenants }, [parsed.tenant], tools.viewOf);
  return {
    ...scoped,
    tenants,
    ...visit(state, [tools.open(tools.home, {})]),
    ...flash(`tenant ${parsed.tenant}`, 'dim'),
  };
}
