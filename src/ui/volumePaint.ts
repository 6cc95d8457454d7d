import { type Bar, barAt, type Volume } from '../domain/volume.ts';
import type { Times } from '../state/times.ts';
import type { Tone } from '../views/view.ts';
import type { Pen } from './theme.ts';
import { textWidth } from './width.ts';

const BLOCKS = ' ▁▂▃▄▅▆▇█';
const BAR_MAX = 6;

/** A body that is lower gets one line of bars, or none: the lines themselves matter more. */
const TWO_FROM = 14;
const ONE_FROM = 9;

export const volumeHeight = (volume: Volume | undefined, height: number): number =>
  volume === undefined || volume.bars.length === 0 ? 0 : height >= TWO_FROM ? 2 : height >= ONE_FROM ? 1 : 0;

/** What the bars are drawn for. Times are Unix seconds. */
export interface VolumeLook {
  readonly width: number;
  readonly lines: number;
  /** The bar that was chosen, and the time of the line under the cursor. */
  readonly chosenUnix: number | undefined;
  readonly cursorUnix: number | undefined;
}

/**
 * How many lines there were: what fails or warns above, on a scale of its own, for one error in a thousand lines must be
 * seen; all lines below. With one line of room all lines, in the colour of the worst.
 */
export function paintVolume(volume: Volume, look: VolumeLook, times: Times, pen: Pen): readonly string[] {
  const { stepSeconds } = volume;
  const last = volume.bars.at(-1)?.startUnix ?? 0;
  const per = stepName(stepSeconds);
  const timeOf = stepSeconds < 60 ? times.clock : times.minute;
  const faultsMost = most(volume.bars, faultsOf);
  const allMost = most(volume.bars, ({ all }) => all);
  const faultsSaid = faultsMost === 0 ? 'none' : `≤ ${faultsMost}/${per}`;
  const allSaid = `≤ ${allMost}/${per}${volume.from === 'lines' ? ' of these' : ''}`;
  const room = look.width - 10 - Math.max(textWidth(faultsSaid), textWidth(allSaid)) - (stepSeconds < 60 ? 20 : 14);
  const count = Math.max(1, Math.min(volume.bars.length, room));
  const bars = volume.bars.slice(-count);
  const barWidth = Math.max(1, Math.min(BAR_MAX, Math.floor(room / count)));
  const first = bars[0]?.startUnix ?? 0;
  const span = `${timeOf(first)}–${timeOf(last + stepSeconds)}`;
  const placeOf = (unix: number | undefined): number => (unix === undefined ? -1 : barAt({ ...volume, bars }, unix));
  const [chosen, cursor] = [placeOf(look.chosenUnix), placeOf(look.cursorUnix)];
  const draw = (linesOf: (bar: Bar) => number, largest: number, toneOf: (bar: Bar) => Tone): string =>
    bars
      .map((bar, index) => {
        const text = pen.own(glyphOf(linesOf(bar), largest).repeat(barWidth));
        if (index === chosen) return pen.inverse(text);
        return pen.tone(text, index === cursor && toneOf(bar) === 'dim' ? 'accent' : toneOf(bar));
      })
      .join('');
  const lineOf = (name: string, drawn: string, said: string, right: string): string => {
    const used = 10 + bars.length * barWidth;
    const end = pen.fit(`  ${pen.own(said)}`, Math.max(0, look.width - used - textWidth(right) - 1));
    return `  ${pen.dim(pen.fit(name, 8))}${drawn}${pen.dim(end)}${pen.dim(right)} `;
  };
  const all = lineOf(
    'lines',
    draw(({ all: lines }) => lines, allMost, look.lines === 1 ? worstOf : () => 'dim'),
    allSaid,
    pen.own(span),
  );
  if (look.lines === 1) return [all];
  return [lineOf('err wrn', draw(faultsOf, faultsMost, worstOf), faultsSaid, ''), all];
}

/** `m`, `5m`, `s`, `10s`: what the counts are per. */
function stepName(stepSeconds: number): string {
  const [count, unit] = stepSeconds < 60 ? [stepSeconds, 's'] : [stepSeconds / 60, 'm'];
  return `${count === 1 ? '' : count}${unit}`;
}

const faultsOf = ({ errors, warnings }: Bar): number => errors + warnings;
const worstOf = ({ errors, warnings }: Bar): Tone => (errors > 0 ? 'bad' : warnings > 0 ? 'warn' : 'dim');
const most = (bars: readonly Bar[], linesOf: (bar: Bar) => number): number =>
  bars.reduce((largest, bar) => Math.max(largest, linesOf(bar)), 0);

/** Something is never drawn as nothing. */
const glyphOf = (value: number, largest: number): string =>
  BLOCKS[value <= 0 ? 0 : Math.max(1, Math.round((value / largest) * 8))] ?? ' ';
