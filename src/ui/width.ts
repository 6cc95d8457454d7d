import stringWidth from 'string-width';

/** Printable ASCII, Latin, arrows, box drawing, blocks, geometric shapes, check marks and Braille: one cell each, everywhere. */
const ONE_CELL =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2039\u203a\u2190-\u2199\u2500-\u25a9\u25b2-\u25b8\u25be\u25c6\u25cb\u25cf\u2713\u2717\u21bb\u2800-\u28ff]*$/;

/** Cells that cleaned text takes. */
export function textWidth(text: string): number {
  return ONE_CELL.test(text) ? text.length : stringWidth(text);
}

/** Text in the clusters a reader sees. Made when a text first needs it: making it costs several milliseconds. */
const clustersOf = (() => {
  let segmenter: Intl.Segmenter | undefined;
  return (text: string) => {
    segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
    return segmenter.segment(text);
  };
})();

/** Marks that may stand on one letter; more would be a tower over other lines. */
const MARKS_MAX = 2;

/**
 * The same text in clusters that all terminals give the same width: emoji sequences become their first character, a
 * letter keeps two marks at most. Terminals disagree on the rest, and a column would break.
 */
export function tame(text: string): string {
  if (ONE_CELL.test(text)) return text;
  let tamed = '';
  for (const { segment } of clustersOf(text.normalize('NFC'))) {
    const [first = '', ...rest] = segment;
    const marks = rest
      .filter((mark) => /\p{M}/u.test(mark) && !/[\ufe00-\ufe0f\u20d0-\u20ff]/u.test(mark))
      .slice(0, MARKS_MAX);
    tamed += /\p{M}|\p{Default_Ignorable_Code_Point}/u.test(first) ? '·' : first + marks.join('');
  }
  return tamed;
}

/** The longest beginning that fits, and its width. */
export function cutTo(text: string, width: number): { readonly text: string; readonly width: number } {
  if (ONE_CELL.test(text)) return { text: text.slice(0, width), width: Math.min(text.length, width) };
  let kept = '';
  let used = 0;
  for (const { segment } of clustersOf(text)) {
    const cells = stringWidth(segment);
    if (used + cells > width) break;
    kept += segment;
    used += cells;
  }
  return { text: kept, width: used };
}

/** Text behind the first `cells` cells; half a wide character becomes a space. */
export function skip(text: string, cells: number): string {
  if (cells === 0) return text;
  if (ONE_CELL.test(text)) return text.slice(cells);
  let used = 0;
  let rest = '';
  for (const { segment } of clustersOf(text)) {
    const width = stringWidth(segment);
    if (used >= cells) rest += segment;
    else if (used + width > cells) rest += ' ';
    used += width;
  }
  return rest;
}

/** Exactly `width` cells: cut with `…`, or padded. */
export function fitTo(text: string, width: number, alignRight = false): string {
  if (width <= 0) return '';
  const cells = textWidth(text);
  if (cells === width) return text;
  if (cells < width) return alignRight ? ' '.repeat(width - cells) + text : text + ' '.repeat(width - cells);
  const cut = cutTo(text, width - 1);
  return `${cut.text}…${' '.repeat(width - 1 - cut.width)}`;
}

/** Break into lines of at most `width` cells, at spaces where that loses little. */
export function wrapTo(text: string, width: number): readonly string[] {
  if (width < 2) return [fitTo(text, width)];
  const lines: string[] = [];
  let rest = text;
  while (textWidth(rest) > width) {
    const { text: line } = cutTo(rest, width);
    const space = line.lastIndexOf(' ');
    const end = space > line.length * 0.6 ? space + 1 : Math.max(1, line.length);
    lines.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  lines.push(rest);
  return lines;
}
