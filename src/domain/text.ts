/** Everything that may move the cursor, reorder the line or hide in it: C0, C1, DEL, bidi controls, zero width, tags. */
const HOSTILE = new RegExp(
  [
    String.raw`\u001b\[[0-?]*[ -/]*[@-~]`, // CSI: colours, cursor, erase
    String.raw`\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)`, // OSC: title, clipboard, links
    String.raw`\u001b[P^_X][^\u001b]*\u001b\\`, // DCS and the like
    String.raw`[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]`,
    String.raw`[\u{e0000}-\u{e007f}]`,
    String.raw`[\ud800-\udfff]`,
  ].join('|'),
  'gu',
);

/**
 * Text that is safe on a terminal line: escape sequences go whole, a tab or newline becomes a space, each other
 * control, bidi or invisible character becomes `·`, so that something hidden is seen to be there.
 */
export function clean(text: string): string {
  return text.replace(HOSTILE, (found) => (found === '\t' || found === '\n' || found === '\r' ? ' ' : '·'));
}

const ASCII: Readonly<Record<string, string>> = {
  '▁': '_',
  '▂': '_',
  '▃': '.',
  '▄': '-',
  '▅': '-',
  '▆': '=',
  '▇': '=',
  '█': '#',
  '│': '|',
  '─': '-',
  '━': '=',
  '├': '+',
  '┌': '+',
  '┬': '+',
  '┐': '+',
  '┼': '+',
  '┤': '+',
  '┴': '+',
  '┘': '+',
  '└': '`',
  '▸': '>',
  '▾': 'v',
  '●': '*',
  '○': 'o',
  '✓': 'v',
  '✗': 'x',
  '▲': '!',
  '◆': '+',
  '▌': '|',
  '░': '-',
  '▒': ':',
  '▓': '%',
  '›': '>',
  µ: 'u',
  '↑': '^',
  '↓': 'v',
  '→': '>',
  '←': '<',
  '…': '~',
  '·': '.',
  '×': 'x',
  '≤': '<',
  '≥': '>',
  '≈': '~',
  '÷': '/',
  '’': "'",
  '–': '-',
  '—': '-',
  '⇄': '=',
  '?': '?',
};

/** The same line for terminals without Unicode (`--ascii`, LANG=C). Widths stay as they are. */
export const toAscii = (text: string): string => text.replace(/[^\u0020-\u007e]/gu, (found) => ASCII[found] ?? '?');
