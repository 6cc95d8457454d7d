import { cutTo, textWidth } from './width.ts';

/** A piece of a line: bare text, and how it looks. Pieces of low `keep` go first where the line is too narrow. */
export interface Piece {
  readonly text: string;
  readonly look?: (text: string) => string;
  readonly keep?: number;
}

/** One line of exactly `width` cells: pieces from the left and from the right, `fill` between them. */
export function composeLine(
  width: number,
  left: readonly Piece[],
  right: readonly Piece[] = [],
  fill: (cells: number) => string = (cells) => ' '.repeat(cells),
): string {
  let all = [...left.map((piece) => ({ piece, side: 'left' })), ...right.map((piece) => ({ piece, side: 'right' }))];
  const cells = (): number => all.reduce((sum, { piece }) => sum + textWidth(piece.text), 0);
  while (all.length > 1 && cells() > width) {
    const least = all.reduce((least, each) => ((each.piece.keep ?? 50) <= (least.piece.keep ?? 50) ? each : least));
    all = all.filter((each) => each !== least);
  }
  const [only] = all;
  if (only && cells() > width) return look({ ...only.piece, text: cutTo(only.piece.text, width).text });
  const side = (wanted: string): string =>
    all
      .filter((each) => each.side === wanted)
      .map(({ piece }) => look(piece))
      .join('');
  return side('left') + fill(width - cells()) + side('right');
}

const look = (piece: Piece): string => (piece.look ? piece.look(piece.text) : piece.text);
