import { clean, toAscii } from '../domain/text.ts';
import type { Tone } from '../views/view.ts';
import { fitTo, tame } from './width.ts';

/** SGR codes of a tone: on, off. The terminal's own sixteen colours, none that vanishes on white or on black. */
const COLORS: Readonly<Record<Tone, readonly [on: string, off: string]>> = {
  good: ['32', '39'],
  warn: ['33', '39'],
  bad: ['1;31', '22;39'],
  unknown: ['35', '39'],
  dim: ['2', '22'],
  accent: ['36', '39'],
  plain: ['', ''],
};

/** Where there is no colour, weight and lines remain. */
const WEIGHTS: Readonly<Record<Tone, readonly [on: string, off: string]>> = {
  ...COLORS,
  good: ['', ''],
  warn: ['4', '24'],
  bad: ['1', '22'],
  unknown: ['3', '23'],
  accent: ['1', '22'],
};

const GLYPHS: Readonly<Record<Tone, string>> = {
  good: '●',
  warn: '▲',
  bad: '✗',
  unknown: '?',
  dim: ' ',
  accent: ' ',
  plain: ' ',
};

/** How the screen writes: what is safe to print, and how meanings look. */
export interface Pen {
  readonly ascii: boolean;
  /** Foreign text, made safe: no control, no bidi, widths all terminals agree on. */
  readonly text: (text: string) => string;
  /** Our own text: only `--ascii` changes it. */
  readonly own: (text: string) => string;
  /** Exactly so many cells. */
  readonly fit: (text: string, width: number, alignRight?: boolean) => string;
  readonly tone: (text: string, tone: Tone) => string;
  readonly glyph: (tone: Tone) => string;
  /** The one cell that says whether a row is marked. */
  readonly mark: (marked: boolean) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly underline: (text: string) => string;
  /** The row under the cursor. Text inside must be bare. */
  readonly selected: (text: string) => string;
  readonly inverse: (text: string) => string;
}

const sgr = (text: string, on: string, off: string): string =>
  on === '' || text === '' ? text : `\u001b[${on}m${text}\u001b[${off}m`;

export function createPen({ ascii, color }: { readonly ascii: boolean; readonly color: boolean }): Pen {
  const looks = color ? COLORS : WEIGHTS;
  const own = ascii ? toAscii : (text: string) => text;
  return {
    ascii,
    own,
    text: (text) => own(tame(clean(text))),
    fit: ascii ? (text, width, alignRight) => toAscii(fitTo(text, width, alignRight)) : fitTo,
    tone: (text, tone) => sgr(text, ...looks[tone]),
    glyph: (tone) => own(GLYPHS[tone]),
    mark: (marked) => (marked ? own('◆') : ' '),
    bold: (text) => sgr(text, '1', '22'),
    dim: (text) => sgr(text, '2', '22'),
    underline: (text) => sgr(text, '4', '24'),
    selected: (text) => (color ? sgr(text, '30;46', '39;49') : sgr(text, '7', '27')),
    inverse: (text) => sgr(text, '7', '27'),
  };
}
