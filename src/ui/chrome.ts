import { sourceKey } from '../domain/result.ts';
import type { Hint } from '../state/keys.ts';
import type { ConsoleState, Health, Slot } from '../state/model.ts';
import { sayGap } from '../state/pages.ts';
import { printRange } from '../state/timeRange.ts';
import { printAge, type Times } from '../state/times.ts';
import type { View } from '../views/view.ts';
import { composeLine, type Piece } from './lines.ts';
import type { Pen } from './theme.ts';
import { textWidth, wrapTo } from './width.ts';

/** What all lines around the body are written with. */
export interface Frame {
  readonly width: number;
  readonly pen: Pen;
  readonly times: Times;
}

/** Program, context, health of each source; the clock, and whether it is a recording's. */
export function statusLine(state: ConsoleState, recording: boolean, { width, pen, times }: Frame): string {
  const left: Piece[] = [
    { text: ' lgtm-tui', look: pen.bold, keep: 40 },
    { text: ` ${pen.text(state.context)}`, look: (text) => pen.tone(text, 'accent'), keep: 70 },
    ...byBackend(state.health).flatMap((health) => healthPieces(health, state, pen)),
  ];
  const { nowUnix } = state;
  const right: Piece[] = [
    ...recorderPieces(state, pen),
    ...(recording ? tapePieces(state, pen) : []),
    ...(recording ? [{ text: ` ${times.day(nowUnix)}`, look: pen.dim, keep: 20 }] : []),
    { text: ` ${times.clock(nowUnix)} ${times.zone(nowUnix)} `, look: pen.bold, keep: 90 },
  ];
  return composeLine(width, left, right);
}

/** That all is written down must be seen, and that it no longer is even more so. */
const recorderPieces = ({ recorder }: ConsoleState, pen: Pen): readonly Piece[] =>
  recorder === undefined
    ? []
    : [
        {
          text: `  ${recorder === '' ? `${pen.own('●')} rec` : `${pen.glyph('bad')} rec ended`}`,
          look: (text) => pen.tone(text, 'bad'),
          keep: 86,
        },
      ];

/** The recording's end is news; that it is one must be seen all the time. */
const tapePieces = ({ clockSaid }: ConsoleState, pen: Pen): readonly Piece[] => [
  {
    text: `  ${pen.text(clockSaid ?? 'recording')}`,
    look: (text) => pen.tone(text, clockSaid === undefined ? 'unknown' : 'warn'),
    keep: 85,
  },
];

const ORDER: readonly Health['tone'][] = ['bad', 'warn', 'unknown', 'good'];

/** One entry a backend, by its sickest place, which is then named; a healthy one by its youngest answer. */
function byBackend(health: readonly Health[]): readonly (Health & { readonly places: number })[] {
  const rank = ({ tone }: Health): number => (ORDER.includes(tone) ? ORDER.indexOf(tone) : ORDER.length);
  return [...Map.groupBy(health, ({ source }) => source.backend).values()].flatMap((group) => {
    const [first] = group.toSorted((a, b) => rank(a) - rank(b) || (b.answeredUnix ?? 0) - (a.answeredUnix ?? 0));
    return first === undefined ? [] : [{ ...first, places: group.length }];
  });
}

function healthPieces(health: Health & { readonly places: number }, state: ConsoleState, pen: Pen): readonly Piece[] {
  const several = health.places > 1;
  const sick = health.tone === 'bad' || health.tone === 'warn';
  const name =
    pen.text(several && sick ? sourceKey(health.source) : health.source.backend) +
    (several ? pen.own(` ×${health.places}`) : '');
  const age = health.answeredUnix === undefined ? '' : ` ${printAge(state.nowUnix - health.answeredUnix)}`;
  const bad = health.tone === 'bad';
  return [
    {
      text: `  ${health.tone === 'dim' ? pen.own('○') : pen.glyph(health.tone)} ${name}`,
      look: (text) => pen.tone(text, health.tone),
      keep: bad ? 95 : health.tone === 'dim' ? 30 : 80,
    },
    {
      text: health.word === '' || health.tone === 'dim' ? age : ` ${health.word}`,
      look: bad ? (text) => pen.tone(text, 'bad') : pen.dim,
      keep: bad ? 94 : 66,
    },
    ...(bad && age !== '' ? [{ text: `, ok${age} ago`, look: pen.dim, keep: 30 }] : []),
  ];
}

function rangePieces({ time, nowUnix }: ConsoleState, view: View<unknown>, { pen, times }: Frame): readonly Piece[] {
  const range = pen.own(printRange(time, view, nowUnix, times));
  // A range that stands still must not be taken for now.
  const look = time.live ? pen.bold : pen.inverse;
  return [
    { text: '  ', keep: 100 },
    { text: range, look, keep: 100 },
    { text: ' ', keep: 100 },
  ];
}

/** Tenants with their digits and the time range. The chosen tenants are never left out; how many others are is said. */
export function tenantsLine(state: ConsoleState, view: View<unknown>, frame: Frame): string {
  const { width, pen } = frame;
  const { tenants, scope } = state;
  const entry = (digit: string, name: string, on: boolean, keep: number): Piece => ({
    text: ` ${digit} ${name} `,
    look: () => ` ${pen.dim(digit)} ${on ? pen.inverse(name) : name} `,
    keep: on ? 99 : keep,
  });
  const all = entry('0', 'all', scope.length === 0, 60);
  const others = scope.filter((tenant) => !tenants.slice(0, 9).includes(tenant));
  const right = rangePieces(state, view, frame);
  for (let shown = Math.min(tenants.length, 9); ; shown--) {
    const named = tenants.slice(0, 9).flatMap((tenant, index) => {
      const on = scope.includes(tenant);
      return index < shown || on ? [entry(`${index + 1}`, pen.text(tenant), on, 50 - index)] : [];
    });
    const hidden = tenants.length - named.length;
    const more: Piece[] = hidden > 0 ? [{ text: ` +${hidden} `, look: pen.dim, keep: 40 }] : [];
    const left = [all, ...named, ...others.map((tenant) => entry('', pen.text(tenant), true, 98)), ...more];
    const cells = [...left, ...right].reduce((sum, { text, keep = 50 }) => sum + (keep > 10 ? textWidth(text) : 0), 0);
    if (cells <= width || shown === 0) return composeLine(width, left, right);
  }
}

/** Keys that are worth knowing here, whole ones only. A key that would refuse is faint. */
export function hintsLine(hints: readonly Hint[], { width, pen }: Frame): string {
  const pieces: Piece[] = [];
  let used = 1;
  for (const hint of hints) {
    const key = ` <${pen.own(hint.key)}>`;
    const does = ` ${pen.text(hint.does)} `;
    const cells = textWidth(key) + textWidth(does);
    if (used + cells > width) continue;
    used += cells;
    pieces.push(
      { text: key, look: hint.refuses ? pen.dim : (text) => pen.tone(text, 'accent') },
      { text: does, look: hint.refuses ? pen.dim : undefined },
    );
  }
  return composeLine(width, pieces);
}

/** Where we are, and how much of it is shown. A long path loses its beginning. */
export function crumbsLine(crumbs: readonly string[], remarks: readonly string[], { width, pen }: Frame): string {
  const right: Piece[] = remarks.map((remark) => ({ text: ` ${pen.text(remark)} `, look: pen.dim, keep: 55 }));
  const arrow = pen.own(' › ');
  // A crumb goes with its arrow: what is left of a path that lost its beginning starts with one.
  const pieces = crumbs.map((crumb, index): Piece => {
    const last = index === crumbs.length - 1;
    const look = (text: string): string => (last ? pen.tone(pen.bold(text), 'accent') : text);
    const before = index === 0 ? ' ' : arrow;
    return {
      text: `${before}${pen.text(crumb)}`,
      look: (text) => `${pen.dim(text.slice(0, before.length))}${look(text.slice(before.length))}`,
      keep: last ? 100 : 60 + index,
    };
  });
  const fill = (cells: number): string =>
    cells <= 0 ? '' : pen.dim(` ${pen.own('─').repeat(Math.max(0, cells - 1))}`);
  return composeLine(width, pieces, right, fill);
}

/**
 * What could not be seen, beside what could: kind, who, as whom, the server's words; before them how old the kept rows
 * are. At most `max` lines; the same fault of several tenants or questions is said once.
 */
export function gapLines(slot: Slot, nowUnix: number, max: number, { width, pen }: Frame): readonly string[] {
  const old = slot.keptOldestUnix === undefined ? '' : `rows up to ${printAge(nowUnix - slot.keptOldestUnix)} old: `;
  const said = Map.groupBy(slot.gaps.map(sayGap), (text) => text);
  const lines = [...said].flatMap(([text, same], index) =>
    wrapTo(
      `${index === 0 ? old : ''}${pen.text(text)}${same.length > 1 ? ` (${same.length} times)` : ''}`,
      width - 4,
    ).map((line, at) => `${at === 0 ? ` ${pen.tone(pen.glyph('bad'), 'bad')} ` : '   '}${line}`),
  );
  if (lines.length <= max) return lines;
  return [...lines.slice(0, max - 1), pen.dim('   more is missing; x explains')];
}

/** A remark on how the rows were found, where it is too long for the last line. */
export function noteLines({ note }: Slot, max: number, { width, pen }: Frame): readonly string[] {
  const text = pen.text(note ?? '');
  if (fitsFooter(text, width)) return [];
  const lines = wrapTo(text, width - 2);
  const last = lines.length > max ? [pen.fit(lines.slice(max - 1).join(''), width - 2)] : lines.slice(max - 1, max);
  return [...lines.slice(0, max - 1), ...last].map((line) => ` ${line}`);
}

/** Cells of the last line that the position of the cursor may take. */
const POSITION_CELLS = 24;

export const fitsFooter = (text: string, width: number): boolean => textWidth(text) <= width - POSITION_CELLS;
