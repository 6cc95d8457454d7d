/** How a stretch of a line looks. Colours are the terminal's sixteen; absent: its own. */
export interface Look {
  readonly color?: number;
  readonly background?: number;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
}

export interface Run {
  readonly text: string;
  readonly look: Look;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours are what is read.
const SGR = /\u001b\[([\d;]*)m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: whatever else a terminal would obey has no place in a file.
const OTHER = /\u001b(?:\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\[[0-?]*[ -/]*[@-~])/g;

/** A painted line as stretches of one look each. */
export function runsOf(line: string): readonly Run[] {
  const runs: Run[] = [];
  let look: Look = {};
  let from = 0;
  const take = (text: string): void => {
    const bare = text.replace(OTHER, '');
    if (bare !== '') runs.push({ text: bare, look });
  };
  for (const found of line.matchAll(SGR)) {
    take(line.slice(from, found.index));
    from = found.index + found[0].length;
    for (const code of (found[1] || '0').split(';')) look = withCode(look, Number(code));
  }
  take(line.slice(from));
  return runs;
}

/** The line without its looks. */
export const bareText = (line: string): string => line.replace(SGR, '').replace(OTHER, '');

const CODES: Readonly<Record<number, Look>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  39: { color: undefined },
  49: { background: undefined },
};

function withCode(look: Look, code: number): Look {
  if (code === 0) return {};
  if (code >= 30 && code <= 37) return { ...look, color: code - 30 };
  if (code >= 90 && code <= 97) return { ...look, color: code - 82 };
  if (code >= 40 && code <= 47) return { ...look, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...look, background: code - 92 };
  return { ...look, ...CODES[code] };
}
