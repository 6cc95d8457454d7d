/** The known word that was probably meant, or undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const begun = word.length >= 3 ? known.filter((each) => each.startsWith(word)) : [];
  if (begun.length === 1) return begun[0];
  let best: string | undefined;
  let bestEdits = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const each of known) {
    const edits = editsBetween(word, each);
    if (edits < bestEdits) [best, bestEdits] = [each, edits];
  }
  return best;
}

/** Characters to insert, drop, replace or swap with their neighbour. Words are cut at 40 characters: flags are short. */
function editsBetween(a: string, b: string): number {
  const [from, to] = [[...a.slice(0, 40)], [...b.slice(0, 40)]];
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let edits = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        edits = Math.min(edits, (before[j - 2] ?? 0) + 1);
      }
      next.push(edits);
    }
    [before, row] = [row, next];
  }
  return row[to.length] ?? 0;
}
