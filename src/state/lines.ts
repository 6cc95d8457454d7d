import { barAt, sayBar } from '../domain/volume.ts';
import type { LinesBody } from '../views/view.ts';
import { type Change, changeFrame, flash, type Scene, type Tools } from './change.ts';
import { fieldsWorthColumns } from './columns.ts';
import type { Command, Frame } from './model.ts';
import { standOn } from './moves.ts';
import { withTime } from './retime.ts';
import { toneOf } from './rows.ts';

type OnLines = Extract<Command, { do: 'window' | 'bar' | 'bar-lines' | 'fields' }>;

/** What only lines have: windows by digit, bars above them, fields in columns. */
export function performOnLines(command: OnLines, scene: Scene, tools: Tools): Change {
  const { body } = scene.view;
  if (body.kind !== 'lines') return {};
  switch (command.do) {
    case 'window':
      return chooseWindow(command.digit, scene, tools);
    case 'bar':
      return moveBar(command.by, scene, body, tools);
    case 'bar-lines':
      return goToBar(scene, body, tools);
    case 'fields':
      return command.field === undefined ? offerFields(scene, body) : toggleField(command.field, scene, body);
  }
}

/** The windows of k9s' logs by their digit; 0 and 1 are no windows. */
const WINDOW_SECONDS: Readonly<Record<number, number>> = { 2: 60, 3: 300, 4: 900, 5: 1800, 6: 3600 };

function chooseWindow(digit: number, scene: Scene, tools: Tools): Change {
  const { state, frame, view, slot } = scene;
  const slots = { ...state.slots, [frame.id]: { ...slot, atMs: undefined } };
  const { follow: _follow, head: _head, ...params } = frame.params;
  if (digit === 0) {
    const wanted = { ...params, follow: 'yes' };
    if (!view.follow || view.follows?.(wanted) === false)
      return flash('these lines have a window of their own: nothing to tail; 3 and esc lead elsewhere', 'warn');
    if (frame.params.follow && state.time.live && state.display.autoscroll) return flash('this is the tail', 'dim');
    return {
      ...changeFrame(scene, { params: wanted, moved: false, bar: undefined }),
      time: { ...state.time, live: true, endUnix: Math.floor(tools.nowUnix()) },
      display: { ...state.display, autoscroll: true },
    };
  }
  const display = { ...state.display, autoscroll: false };
  if (digit === 1)
    return {
      ...changeFrame(scene, { params: { ...params, head: 'yes' }, moved: false, bar: undefined }),
      slots,
      display,
      ...flash('the oldest lines of the window', 'dim'),
    };
  const windowSeconds = WINDOW_SECONDS[digit];
  if (windowSeconds === undefined) return flash('windows are 0 tail, 1 head, 2 1m, 3 5m, 4 15m, 5 30m, 6 1h', 'warn');
  const changed = { params, moved: false, bar: undefined };
  return { ...withTime({ ...state.time, windowSeconds }, scene, tools, changed), display };
}

/** To the next bar; the first time from where the cursor's line is. */
function moveBar(by: number, scene: Scene, body: LinesBody<unknown>, tools: Tools): Change {
  const { slot, frame, visible, at } = scene;
  const { volume } = slot;
  if (!volume || volume.bars.length === 0) return flash('there is no volume of these lines to move along', 'warn');
  const row = visible.rows[at];
  const line = row === undefined ? -1 : barAt(volume, Number(body.atNanos(row)) / 1e9);
  const chosen = frame.bar === undefined ? -1 : barAt(volume, frame.bar);
  const from = chosen >= 0 ? chosen : line >= 0 ? line : by < 0 ? volume.bars.length : -1;
  const bar = volume.bars[Math.max(0, Math.min(volume.bars.length - 1, from + by))];
  if (!bar) return {};
  const timeOf = volume.stepSeconds < 60 ? tools.times.clock : tools.times.minute;
  const said = `${timeOf(bar.startUnix)}: ${sayBar(bar)}; enter goes there, esc leaves the bars`;
  return { ...changeFrame(scene, { bar: bar.startUnix }), ...flash(said, 'dim') };
}

/** To the gravest line of the chosen bar; where none of it is here, its time is asked for. */
function goToBar(scene: Scene, body: LinesBody<unknown>, tools: Tools): Change {
  const { slot, frame, visible, state } = scene;
  const { volume } = slot;
  if (!volume || frame.bar === undefined) return {};
  const startUnix = frame.bar;
  const endUnix = startUnix + volume.stepSeconds;
  const inside = [...visible.rows.keys()].filter((index) => {
    const unix = Number(body.atNanos(visible.rows[index])) / 1e9;
    return unix >= startUnix && unix < endUnix;
  });
  const gravest = (['bad', 'warn'] as const)
    .map((tone) => inside.find((index) => toneOf(scene.view, visible.rows[index]) === tone))
    .find((index) => index !== undefined);
  const there = gravest ?? inside[0];
  if (there !== undefined) return standOn(scene, there);
  const nowUnix = Math.floor(tools.nowUnix());
  const { follow: _follow, head: _head, ...params } = frame.params;
  const time = { ...state.time, endUnix: Math.min(endUnix, nowUnix), live: false };
  return {
    ...withTime(time, scene, tools, { params, moved: false, bar: undefined }),
    display: { ...state.display, autoscroll: false },
  };
}

const KEYS = '123456789abcdefghijklmnop';

/** What can stand in columns, to be chosen by one key each; the question stays open until esc. */
function offerFields(scene: Scene, body: LinesBody<unknown>, fields = scene.frame.fields ?? []): Change {
  const names = fieldsWorthColumns(scene.visible.rows, body, fields);
  if (names.length === 0) return flash('these lines have no fields', 'warn');
  const choices = names.map((field, index) => ({
    key: KEYS[index] ?? '',
    does: fields.includes(field) ? `[${field}]` : field,
    wants: { do: 'fields', field } as const,
  }));
  return { choice: { title: 'columns', choices } };
}

function toggleField(field: string, scene: Scene, body: LinesBody<unknown>): Change {
  const before = scene.frame.fields ?? [];
  const fields = before.includes(field) ? before.filter((each) => each !== field) : [...before, field];
  const changed: Partial<Frame> = { fields: fields.length === 0 ? undefined : fields };
  return { ...changeFrame(scene, changed), ...offerFields(scene, body, fields) };
}
