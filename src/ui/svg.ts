import { type Look, runsOf } from './cells.ts';
import { textWidth } from './width.ts';

/** Colours of a terminal: its own two, and the sixteen. */
export interface Palette {
  readonly text: string;
  readonly background: string;
  readonly colors: readonly string[];
}

export const DARK: Palette = {
  text: '#c8ccd4',
  background: '#16181d',
  colors: [
    ...['#16181d', '#f2777a', '#8fc98a', '#e2b86b', '#7aa6da', '#c397d8', '#5fc4cf', '#c8ccd4'],
    ...['#6b7280', '#ff8f92', '#a8dba3', '#f2cc85', '#94bdf0', '#d7b0ea', '#7ddbe5', '#ffffff'],
  ],
};

/** As terminals with a white background have them. */
export const LIGHT: Palette = {
  text: '#24292f',
  background: '#ffffff',
  colors: [
    ...['#24292f', '#b3191e', '#116b2a', '#7d5a00', '#0a58b8', '#7f3fbf', '#0a6f7d', '#6e7781'],
    ...['#57606a', '#cf222e', '#1a7f37', '#9a6700', '#218bff', '#a475f9', '#3192aa', '#8c959f'],
  ],
};

const CELL_WIDTH = 8.4;
const LINE_HEIGHT = 18;
const BASELINE = 13;
const FONT_SIZE = 14;
const MARGIN = 8;

/** A screen as a picture: each stretch of text in its own cells, in the colours of the palette. Units: cells, pixels. */
export function printSvg(lines: readonly string[], columns: number, title: string, palette: Palette = DARK): string {
  const width = columns * CELL_WIDTH + 2 * MARGIN;
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
  const body = lines.flatMap((line, row) => lineShapes(line, row, palette));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pixels(width)}" height="${height}" viewBox="0 0 ${pixels(width)} ${height}"`,
    ` font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${FONT_SIZE}" shape-rendering="crispEdges">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="6" fill="${palette.background}"/>`,
    ...body,
    '</svg>\n',
  ].join('\n');
}

function lineShapes(line: string, row: number, palette: Palette): readonly string[] {
  const y = MARGIN + row * LINE_HEIGHT;
  const backgrounds: string[] = [];
  const texts: string[] = [];
  let at = 0;
  for (const { text, look } of runsOf(line)) {
    const { fill, behind } = colorsOf(look, palette);
    const all = textWidth(text);
    if (behind !== undefined)
      backgrounds.push(
        `<rect x="${pixels(MARGIN + at * CELL_WIDTH)}" y="${y}" width="${pixels(all * CELL_WIDTH)}" height="${LINE_HEIGHT}" fill="${behind}"/>`,
      );
    for (const piece of piecesOf(text)) texts.push(textShape(piece.text, at + piece.at, y, fill, look));
    at += all;
  }
  return [...backgrounds, ...texts];
}

/** Words and what is no ASCII, each at its own cell: a font of another width shifts nothing behind it. */
function piecesOf(text: string): readonly { readonly text: string; readonly at: number }[] {
  const found = text.matchAll(/[\u0021-\u007e]+(?: [\u0021-\u007e]+)*|[^\u0020-\u007e]+/g);
  return [...found].map((piece) => ({ text: piece[0], at: textWidth(text.slice(0, piece.index)) }));
}

function textShape(text: string, at: number, y: number, fill: string, look: Look): string {
  const attributes = [
    `x="${pixels(MARGIN + at * CELL_WIDTH)}" y="${y + BASELINE}" fill="${fill}"`,
    `textLength="${pixels(textWidth(text) * CELL_WIDTH)}" lengthAdjust="spacingAndGlyphs"`,
    ...(look.bold ? ['font-weight="bold"'] : []),
    ...(look.dim ? ['opacity=".62"'] : []),
    ...(look.italic ? ['font-style="italic"'] : []),
    ...(look.underline ? ['text-decoration="underline"'] : []),
  ];
  return `<text ${attributes.join(' ')} xml:space="preserve">${escaped(text)}</text>`;
}

function colorsOf(look: Look, palette: Palette): { readonly fill: string; readonly behind?: string } {
  // Terminals draw bold text in the bright colour's stead only by choice; the weight is enough here.
  const own = look.color === undefined ? palette.text : (palette.colors[look.color] ?? palette.text);
  const behind = look.background === undefined ? undefined : palette.colors[look.background];
  return look.inverse ? { fill: behind ?? palette.background, behind: own } : { fill: own, behind };
}

const pixels = (value: number): string => String(Math.round(value * 100) / 100);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string): string => text.replace(/[&<>]/g, (found) => ENTITIES[found] ?? found);
