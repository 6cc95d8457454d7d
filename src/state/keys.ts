import type { Body, View, ViewKey } from '../views/view.ts';
import type { Command } from './model.ts';

/** One key of the console itself. Help, hints and the README are printed from these and from the views' own keys. */
export interface Key {
  readonly key: string;
  /** Other names of the same key. */
  readonly also?: readonly string[];
  readonly does: string;
  readonly command: Command;
  /** Shown in the header's hints where there is room. */
  readonly hint?: true;
}

/** A key whose target each view gives; where it gives none the key says so. */
export interface TargetKey {
  readonly key: string;
  readonly does: string;
  /** "slow has no pods to open". */
  readonly noun: string;
}

export const targetKeys: readonly TargetKey[] = [
  { key: 'enter', does: 'open what is selected', noun: 'nothing to open' },
  { key: 'l', does: 'logs of what is selected', noun: 'no logs to open' },
  { key: 't', does: 'traces of what is selected', noun: 'no traces to open' },
  { key: 'm', does: 'the series behind it', noun: 'no series to open' },
  { key: 'e', does: 'its exemplars', noun: 'no exemplars to open' },
  { key: 'p', does: 'its pods', noun: 'no pods to open' },
];

const SAVE: Command = {
  do: 'choose',
  title: 'save this screen as',
  choices: [
    { key: 't', does: 'text', wants: { do: 'save', as: 'text' } },
    { key: 'j', does: 'JSON of its rows', wants: { do: 'save', as: 'json' } },
    { key: 's', does: 'SVG picture', wants: { do: 'save', as: 'svg' } },
  ],
};

export const globalKeys: readonly Key[] = [
  { key: ':', does: 'go to a view', command: { do: 'prompt', mode: 'command' }, hint: true },
  { key: '/', does: 'filter: text, !text, -f fuzzy', command: { do: 'prompt', mode: 'filter' }, hint: true },
  { key: '?', does: 'help', command: { do: 'show', what: 'help' }, hint: true },
  { key: 'esc', does: 'close the prompt, clear the filter, go back', command: { do: 'back' } },
  { key: '-', does: 'the view before', command: { do: 'history', to: 'last' } },
  { key: '[', does: 'back in history', command: { do: 'history', to: 'back' } },
  { key: ']', does: 'forward in history', command: { do: 'history', to: 'forward' } },
  { key: 'j', also: ['down'], does: 'down', command: { do: 'move', by: 1 } },
  { key: 'k', also: ['up'], does: 'up', command: { do: 'move', by: -1 } },
  { key: 'g', also: ['home'], does: 'first row', command: { do: 'edge', edge: 'first' } },
  { key: 'G', also: ['end'], does: 'last row', command: { do: 'edge', edge: 'last' } },
  { key: 'ctrl-f', also: ['pgdn'], does: 'page down', command: { do: 'page', by: 1 } },
  { key: 'ctrl-b', also: ['pgup'], does: 'page up', command: { do: 'page', by: -1 } },
  { key: 'ctrl-d', does: 'half a page down', command: { do: 'page', by: 0.5 } },
  { key: 'ctrl-u', does: 'half a page up', command: { do: 'page', by: -0.5 } },
  {
    key: 'x',
    does: 'explain: query, tenant, age, and why empty or red',
    command: { do: 'show', what: 'explain' },
    hint: true,
  },
  { key: 'd', does: 'details', command: { do: 'show', what: 'details' } },
  { key: 'y', does: 'raw JSON', command: { do: 'show', what: 'json' } },
  { key: 'space', does: 'mark, for c and ctrl-s', command: { do: 'mark', on: true } },
  { key: 'ctrl-\\', does: 'unmark all', command: { do: 'mark', on: false } },
  { key: 'c', does: 'copy the marked rows, else the row or the cell', command: { do: 'copy-row' } },
  { key: '@', does: 'requests that were sent', command: { do: 'go', view: 'requests', params: {} } },
  { key: 'ctrl-r', does: 'refresh', command: { do: 'refresh' } },
  { key: 'ctrl-z', does: 'faults only', command: { do: 'faults-only' } },
  { key: 'ctrl-w', does: 'wide', command: { do: 'toggle', what: 'wide' } },
  { key: 'ctrl-s', does: 'save the screen: text, JSON, SVG', command: SAVE },
  { key: 'ctrl-a', does: 'all views and their short names', command: { do: 'show', what: 'aliases' } },
  { key: '<', does: 'earlier, by half the time window', command: { do: 'time', move: 'earlier' } },
  { key: '>', does: 'later; past now it is live again', command: { do: 'time', move: 'later' } },
  { key: '+', does: 'half the time window', command: { do: 'time', move: 'closer' } },
  { key: '_', does: 'twice the time window', command: { do: 'time', move: 'wider' } },
  { key: '=', does: 'live, with the window of the start', command: { do: 'time', move: 'live' } },
  { key: 'ctrl-c', does: 'leave, as does :q', command: { do: 'quit' } },
];

const digits = (from: number): readonly Key[] =>
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].slice(from).map((digit) => ({
    key: String(digit),
    does: digit === 0 ? 'all tenants' : `tenant ${digit} of the header`,
    command: { do: 'scope', digit },
  }));

const sideways: readonly Key[] = [
  { key: 'h', also: ['left'], does: 'scroll left', command: { do: 'sideways', by: -20 } },
  { key: 'l', also: ['right'], does: 'scroll right', command: { do: 'sideways', by: 20 } },
];

const textKeys: readonly Key[] = [
  { key: 'n', does: 'next match', command: { do: 'match', by: 1 } },
  { key: 'N', does: 'match before', command: { do: 'match', by: -1 } },
  { key: 'f', does: 'full screen', command: { do: 'toggle', what: 'fullScreen' } },
];

/** As k9s numbers them in logs. */
const WINDOWS: readonly (readonly [digit: string, does: string])[] = [
  ['0', 'tail: lines as they come'],
  ['1', 'head: the oldest lines of the window'],
  ['2', 'the last 1m'],
  ['3', 'the last 5m'],
  ['4', 'the last 15m'],
  ['5', 'the last 30m'],
  ['6', 'the last 1h'],
];

const linesKeys: readonly Key[] = [
  ...textKeys,
  { key: 'E', does: 'next error', command: { do: 'fault', tone: 'bad' } },
  { key: 'W', does: 'next warning', command: { do: 'fault', tone: 'warn' } },
  { key: 'w', does: 'wrap', command: { do: 'toggle', what: 'wrap' }, hint: true },
  { key: 't', does: 'timestamps', command: { do: 'toggle', what: 'timestamps' } },
  { key: 's', does: 'autoscroll', command: { do: 'toggle', what: 'autoscroll' } },
  { key: '{', does: 'the bar before, above the lines; enter goes there', command: { do: 'bar', by: -1 } },
  { key: '}', does: 'the next bar', command: { do: 'bar', by: 1 } },
  { key: 'F', does: 'fields as columns', command: { do: 'fields' } },
  ...WINDOWS.map(([digit, does]): Key => ({ key: digit, does, command: { do: 'window', digit: Number(digit) } })),
  ...sideways,
];

/** Keys that one kind of body has before all others; the contract's last column. */
export const bodyKeys: Readonly<Record<Body<unknown>['kind'], readonly Key[]>> = {
  table: [
    ...digits(0),
    { key: 'left', also: ['h'], does: 'column before, for c', command: { do: 'column', by: -1 } },
    { key: 'right', does: 'next column, for c', command: { do: 'column', by: 1 } },
  ],
  waterfall: [
    ...digits(0),
    { key: 'left', also: ['h'], does: 'fold, or to the parent', command: { do: 'fold', open: false }, hint: true },
    { key: 'right', does: 'unfold, or to the child', command: { do: 'fold', open: true } },
  ],
  lines: linesKeys,
  report: [...digits(0), ...textKeys],
  matrix: digits(0),
  heatmap: [
    ...digits(0),
    { key: 'left', also: ['h'], does: 'a step earlier', command: { do: 'cell', by: -1 } },
    { key: 'right', does: 'a step later', command: { do: 'cell', by: 1 } },
  ],
};

/** Actions of k9s that change things. Whoever has them in the fingers is told that nothing happened. */
const READ_ONLY = new Set(['a', 'i', 'r', 's', 'u', 'ctrl-k', 'ctrl-l', 'ctrl-x', 'ctrl-e']);

export type Resolved =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'view'; readonly key: ViewKey<unknown> }
  | { readonly kind: 'none'; readonly because: string };

/** What a key means here: by the kind of body first, then by the view, then everywhere. A key without a meaning says why. */
export function resolveKey(press: string, view: View<unknown>): Resolved {
  const bears = (entry: Key): boolean => entry.key === press || entry.also?.includes(press) === true;
  const ofBody = bodyKeys[view.body.kind].find(bears);
  if (ofBody) return { kind: 'command', command: ofBody.command };
  const ofView = view.keys.find(({ key }) => key === press);
  if (ofView) return { kind: 'view', key: ofView };
  const everywhere = globalKeys.find(bears);
  if (everywhere) return { kind: 'command', command: everywhere.command };
  const target = targetKeys.find(({ key }) => key === press);
  if (target) return nothing(`${view.id} has ${target.noun}`);
  if (/^[A-Z]$/.test(press))
    return view.body.kind === 'table'
      ? { kind: 'command', command: { do: 'sort', letter: press } }
      : nothing(unsortable(view));
  if (/^\d$/.test(press)) return nothing(`${press} does nothing here: windows are 0 tail, 1 head, 2 1m to 6 1h`);
  if (READ_ONLY.has(press)) return nothing('read-only: lgtm-tui changes nothing');
  return nothing(`${press} does nothing here; ? lists the keys`);
}

const nothing = (because: string): Resolved => ({ kind: 'none', because });

const unsortable = (view: View<unknown>): string =>
  view.body.kind === 'waterfall' ? 'a waterfall stays in the order of time' : `${view.id} cannot be sorted`;

/** A key as people write it. */
export const printKey = (key: string): string => ({ left: '←', right: '→', up: '↑', down: '↓' })[key] ?? key;

/** A hint of the header: what a key does here, and whether it would refuse for the selected row. */
export interface Hint {
  readonly key: string;
  readonly does: string;
  readonly refuses: boolean;
}

/** The keys worth a line in the header, the view's own first. `refuses` asks a view's key about the selected row. */
export function hintsOf(view: View<unknown>, refuses: (key: ViewKey<unknown>) => boolean): readonly Hint[] {
  const own = view.keys.filter(({ key }) => !bodyKeys[view.body.kind].some((entry) => entry.key === key));
  const general = [...bodyKeys[view.body.kind], ...globalKeys].filter(({ hint }) => hint);
  const does = (key: Key): string => key.does.split(/[,:]/)[0] ?? key.does;
  return [
    ...own.map((key) => ({ key: key.key, does: key.does, refuses: refuses(key) })),
    ...general.map((key) => ({ key: printKey(key.key), does: does(key), refuses: false })),
  ];
}
