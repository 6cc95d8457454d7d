import { sourceKey } from '../domain/result.ts';
import { SEARCH_WINDOW_SECONDS, SERIES_WINDOW_SECONDS } from '../domain/time.ts';
import { formatDuration } from '../domain/units.ts';
import type { Hint } from '../state/keys.ts';
import type { ConsoleState, Health, Slot } from '../state/model.ts';
import { sayGap } from '../state/pages.ts';
import { printAge, type Times } from '../state/times.ts';
import { composeLine, type Piece } from './lines.ts';
import type { Pen } from './theme.ts';
import { textWidth, wrapTo } from './width.ts';

/** What all lines around the body are written with. */
export interface Frame {
  readonly width: number;
  readonly pen: Pen;
  readonly times: Times;
}

/** Program, context, health of each source; the time range and the clock. */
export function statusLine(state: ConsoleState, { width, pen, times }: Frame): string {
  const left: Piece[] = [
    { text: ' lgtm-tui', look: pen.bold, keep: 40 },
    { text: ` ${pen.text(state.context)}`, look: (text) => pen.tone(text, 'accent'), keep: 70 },
    ...state.health.flatMap((health) => healthPieces(health, state, pen)),
  ];
  const clock: Piece = {
    text: ` ${times.clock(state.nowUnix)} ${times.zone(state.nowUnix)} `,
    look: pen.bold,
    keep: 90,
  };
  return composeLine(width, left, [...rangePieces(state, pen), clock]);
}

function healthPieces(health: Health, state: ConsoleState, pen: Pen): readonly Piece[] {
  const places = new Set(state.health.map(({ source }) => source.place));
  const name = pen.text(places.size > 1 ? sourceKey(health.source) : health.source.backend);
  const age = health.answeredUnix === undefined ? '' : ` ${printAge(state.nowUnix - health.answeredUnix)}`;
  const bad = health.tone === 'bad';
  return [
    {
      text: `  ${health.tone === 'dim' ? pen.own('○') : pen.glyph(health.tone)} ${name}`,
      look: (text) => pen.tone(text, health.tone),
      keep: bad ? 95 : 80,
    },
    {
      text: health.word === '' ? age : ` ${health.word}`,
      look: bad ? (text) => pen.tone(text, 'bad') : pen.dim,
      keep: bad ? 94 : 66,
    },
    ...(bad && age !== '' ? [{ text: `, ok${age} ago`, look: pen.dim, keep: 30 }] : []),
  ];
}

function rangePieces({ time }: ConsoleState, pen: Pen): readonly Piece[] {
  const window = formatDuration(time.windowSeconds ?? SERIES_WINDOW_SECONDS);
  const logs = time.windowSeconds === undefined ? `, logs ${formatDuration(SEARCH_WINDOW_SECONDS)}` : '';
  return [
    { text: ` ${time.live ? 'last' : 'fixed'} ${window}`, look: pen.dim, keep: 68 },
    { text: logs, look: pen.dim, keep: 20 },
  ];
}

/** Tenants with their digits; the chosen ones stand out, and are never left out. At the right: that this is a recording. */
export function tenantsLine(state: ConsoleState, recording: boolean, { width, pen, times }: Frame): string {
  const chosen = (tenant: string | undefined): boolean =>
    tenant === undefined ? state.scope.length === 0 : state.scope.some((each) => each === tenant);
  const entry = (digit: number, name: string, on: boolean): Piece => ({
    text: ` ${digit} ${name} `,
    look: () => ` ${pen.dim(String(digit))} ${on ? pen.inverse(name) : name} `,
    keep: on ? 99 : 60 - digit,
  });
  const numbered = state.tenants.slice(0, 9).map((tenant, index) => entry(index + 1, pen.text(tenant), chosen(tenant)));
  const others = state.scope
    .filter((tenant) => !state.tenants.slice(0, 9).includes(tenant))
    .map((tenant): Piece => ({ text: ` ${pen.text(tenant)} `, look: pen.inverse, keep: 98 }));
  const more =
    state.tenants.length > 9 ? [{ text: ` +${state.tenants.length - 9} in :tenants`, look: pen.dim, keep: 20 }] : [];
  const tape = recording
    ? [
        {
          text: ` ${pen.own('●')} recording of ${times.day(state.nowUnix)} `,
          look: (text: string) => pen.tone(text, 'unknown'),
          keep: 65,
        },
      ]
    : [];
  const said =
    state.clockSaid === undefined
      ? []
      : [{ text: ` ${pen.text(state.clockSaid)} `, look: (text: string) => pen.tone(text, 'warn'), keep: 70 }];
  return composeLine(width, [entry(0, 'all', chosen(undefined)), ...numbered, ...others, ...more], [...tape, ...said]);
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
  const pieces = crumbs.flatMap((crumb, index): Piece[] => [
    ...(index === 0 ? [{ text: ' ' }] : [{ text: arrow, look: pen.dim, keep: 60 + index }]),
    {
      text: pen.text(crumb),
      look: index === crumbs.length - 1 ? (text) => pen.tone(pen.bold(text), 'accent') : undefined,
      keep: index === crumbs.length - 1 ? 100 : 60 + index,
    },
  ]);
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
  return fitsFooter(text, width)
    ? []
    : wrapTo(text, width - 2)
        .slice(0, max)
        .map((line) => ` ${line}`);
}

/** Cells of the last line that the position of the cursor may take. */
const POSITION_CELLS = 24;

export const fitsFooter = (text: string, width: number): boolean => textWidth(text) <= width - POSITION_CELLS;
