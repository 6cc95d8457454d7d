import { Writable } from 'node:stream';
import xterm from '@xterm/headless';
import stringWidth from 'string-width';

/** One cell of the screen: width 0 behind a wide character; colours as the palette's number, or -1 for the terminal's own. */
export interface Cell {
  readonly chars: string;
  readonly width: number;
  readonly inverse: boolean;
  readonly bold: boolean;
  readonly underline: boolean;
  readonly dim: boolean;
  readonly color: number;
  readonly background: number;
}

/** A terminal that exists in memory only. */
export class Terminal extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  bytes = 0;
  written = '';
  lastMs = 0;
  readonly screen: InstanceType<typeof xterm.Terminal>;

  constructor(columns: number, rows: number) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
    this.screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0, convertEol: true });
    this.screen.unicode.register({ version: 'modern', wcwidth: cellsOf, charProperties: joinOf });
    this.screen.unicode.activeVersion = 'modern';
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString();
    this.bytes += Buffer.byteLength(text);
    this.written += text;
    this.lastMs = performance.now();
    this.screen.write(text, done);
  }
}

/** Widths as today's terminals have them; xterm's own table is of 2010. */
const cellsOf = (code: number): 0 | 1 | 2 => Math.min(2, stringWidth(String.fromCodePoint(code))) as 0 | 1 | 2;

/** Zero-width characters join the cell before. Layout of the value: xterm.js, UnicodeService.createPropertyValue. */
function joinOf(code: number, before: number): number {
  const width = cellsOf(code);
  const widthBefore = (before >> 1) & 3;
  const joins = width === 0 && before !== 0 && widthBefore > 0;
  return ((joins ? Math.max(width, widthBefore) : width) << 1) | (joins ? 1 : 0);
}

/** The screen as text, without blanks at the ends. */
export function linesOf(terminal: Terminal): readonly string[] {
  const { active } = terminal.screen.buffer;
  return Array.from({ length: terminal.rows }, (_, y) =>
    (active.getLine(active.viewportY + y)?.translateToString(true) ?? '').trimEnd(),
  );
}

export function cellAt(terminal: Terminal, x: number, y: number): Cell {
  const { active } = terminal.screen.buffer;
  const cell = active.getLine(active.viewportY + y)?.getCell(x);
  if (!cell) throw new Error(`no cell ${x},${y}`);
  return {
    chars: cell.getChars(),
    width: cell.getWidth(),
    inverse: cell.isInverse() !== 0,
    bold: cell.isBold() !== 0,
    underline: cell.isUnderline() !== 0,
    dim: cell.isDim() !== 0,
    color: cell.isFgDefault() ? -1 : cell.getFgColor(),
    background: cell.isBgDefault() ? -1 : cell.getBgColor(),
  };
}

/** Wait for what is under way: Ink tells an escape from an arrow after 20 ms, and draws at most every 17. */
export async function quiet(terminal: Terminal): Promise<void> {
  const from = performance.now();
  do await new Promise((resolve) => setTimeout(resolve, 15));
  while (performance.now() - Math.max(from, terminal.lastMs) < 45 && performance.now() - from < 1500);
}
