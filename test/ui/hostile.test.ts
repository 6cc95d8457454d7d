import { describe, expect, test } from 'vitest';
import type { View } from '../../src/views/view.ts';
import { row } from '../made-console.ts';
import { loadedOf, loads, type MadeSpan, madeLines, madeRows, madeTable, madeWaterfall } from '../made-views.ts';
import type { Stage } from '../stage.tsx';
import { stages } from '../stages.ts';

const opened = stages();

/** Cells of a line; a wide character has two, and the cell behind it none. */
const cellsOf = (screen: Stage, columns: number, y: number): number =>
  Array.from({ length: columns }, (_, x) => screen.cell(x, y).width).reduce((sum, width) => sum + width, 0);

/** What an attacker may write into a span, a label, a log line. */
const HOSTILE = [
  'a name so long that it does not fit into the sixty cells of the smallest screen',
  '\u001b[2J\u001b[31mred',
  '\u001b]0;title\u0007bell',
  '\u001b]52;c;ZXZpbA==\u001b\\clip',
  'abc\u202edef',
  '漢字テスト',
  '👨‍👩‍👧 family',
  '🇩🇪 flag',
  '☺️ text',
  `tower${'\u0301'.repeat(30)}`,
  'zero\u200bwidth',
  'tab\there',
  'line\r\nbreak',
  '\u009b2Jc1',
  'क्षि',
  '한글',
  'ﷺ',
  '🚀🚀🚀',
  '\ud800 lone',
  'a\u00adb',
  '\u3164\u115f',
];
const hostile = HOSTILE.map((name, index) =>
  row(`${index}`, { name, tenant: index % 2 === 0 ? 'north' : name.slice(0, 6) }),
);
const hostileSpans: readonly MadeSpan[] = HOSTILE.map((label, index) => ({
  id: `${index}`,
  parent: index === 0 ? '' : `${index - 1}`,
  label,
  start: index,
  duration: 3,
}));
const hostileLines = HOSTILE.map((text, index) => ({
  id: `${index}`,
  level: text,
  who: text,
  text,
  marked: index % 3 === 0,
}));

const SIZES = [
  [60, 15],
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

describe.each(SIZES)('at %ix%i', (columns, rows) => {
  test('a table fills the screen and not a line more', async () => {
    const screen = await opened({ views: [madeTable(loads(loadedOf(madeRows(500))))], columns, rows });
    await screen.shows('service-0');
    const lines = screen.lines();
    expect(lines).toHaveLength(rows);
    expect(lines[0]).toContain('made');
    expect(lines.at(-1)).toContain('1/500');
    await screen.press('G');
    await screen.shows('service-499');
    expect(screen.lines().at(-1)).toContain('500/500');
    expect(screen.lines()[0]).toBe(lines[0]);
  });

  test.each<[string, View<unknown>]>([
    ['table', madeTable(loads(loadedOf(hostile)))],
    ['waterfall', madeWaterfall(hostileSpans)],
    ['lines', madeLines(hostileLines)],
  ])('hostile text breaks no column of a %s', async (_kind, view) => {
    const screen = await opened({ views: [view], columns, rows, context: 'ctx\u001b[2J', tenants: ['a', 'b'] });
    await screen.press('j');
    const lines = screen.lines();
    expect(lines).toHaveLength(rows);
    expect(lines.at(-1)).toMatch(new RegExp(`2/${HOSTILE.length}$`));
    expect(lines[0]).toMatch(/UTC$/);
    expect(screen.text()).not.toMatch(/[\p{Cf}\u007f-\u009f\u200b]/u);
    expect(screen.raw()).not.toContain('\u001b]');
    for (let y = 0; y < rows; y++) expect(cellsOf(screen, columns, y)).toBe(columns);
    if (view.body.kind === 'table') {
      const ends = lines.map((line, y) => [y, line]).filter(([, line]) => /\|$/.test(String(line)));
      const at = ends.map(([y]) =>
        Array.from({ length: columns }, (_, x) => screen.cell(x, Number(y)).chars).lastIndexOf('|'),
      );
      expect(new Set(at).size).toBe(1);
      expect(ends.length).toBeGreaterThan(3);
    }
  });
});

test('pages about a hostile row are as safe as the row', async () => {
  const screen = await opened({ views: [madeTable(loads(loadedOf(hostile)))] });
  for (const [index] of hostile.entries()) {
    await screen.press(['x', 'd', 'y'][index % 3] ?? 'x');
    expect(screen.lines().at(-1)).toMatch(/1\/\d+$/);
    expect(screen.text()).not.toMatch(/[\p{Cf}\u007f-\u009f]/u);
    screen.console.press('esc');
    screen.console.press('j');
  }
  expect(screen.raw()).not.toContain('\u001b]');
});

test('--ascii writes ASCII only, where text is cut too', async () => {
  const views = [madeTable(loads(loadedOf(hostile))), madeWaterfall(hostileSpans), madeLines(hostileLines)];
  for (const home of ['made', 'tree', 'text']) {
    const screen = await opened({ views, home, ascii: true, recording: true, columns: 60, rows: 15 });
    await screen.press('j');
    expect(screen.text()).toMatch(/^[\n -~]*$/);
    expect(screen.text()).toContain('~');
  }
});
