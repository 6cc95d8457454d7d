import { expect, test } from 'vitest';
import type { View } from '../../src/views/view.ts';
import { made, row } from '../made-console.ts';
import { loadedOf, loads, type MadeRow, madeTable } from '../made-views.ts';

/** Lines of four cells: `a1` is the first of the first line. */
const heatOf = (...lines: readonly string[]): View<unknown> => {
  const rows = lines.flatMap((line) => [1, 2, 3, 4].map((column) => row(`${line}${column}`)));
  return madeTable(loads(loadedOf(rows)), {
    id: 'heat',
    aliases: [],
    body: {
      kind: 'heatmap',
      rowId: ({ id }: MadeRow) => id,
      line: ({ id }: MadeRow) => id.slice(0, 1),
      atUnix: ({ id }: MadeRow) => Number(id.slice(1)),
      weight: () => 1,
      mark: () => '',
      tone: () => 'plain',
      text: ({ id }: MadeRow) => id,
    },
  });
};

async function pressed(view: View<unknown>, ...keys: readonly string[]): Promise<string | undefined> {
  const console = await made(undefined, { home: 'heat' }, [view]);
  await console.press(...keys);
  return console.cursor();
}

test.each<[string, readonly string[], string]>([
  ['down and up again', ['right', 'j', 'j', 'k'], 'b2'],
  ['up on the top line stays', ['j', 'right', 'right', 'k', 'k'], 'a3'],
  ['down on the bottom line stays', ['right', 'j', 'j', 'j'], 'c2'],
  ['a page goes no further than the last line', ['right', 'ctrl-f', 'ctrl-f', 'ctrl-f'], 'c4'],
])('in a heatmap %s', async (_name, keys, cell) => {
  expect(await pressed(heatOf('a', 'b', 'c'), ...keys)).toBe(cell);
});

test('a single line has neither above nor below', async () => {
  expect(await pressed(heatOf('a'), 'right', 'j')).toBe('a2');
});
