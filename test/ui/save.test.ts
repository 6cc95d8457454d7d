import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { row } from '../made-console.ts';
import { loadedOf, loads, madeTable } from '../made-views.ts';
import { stages } from '../stages.ts';

const opened = stages();
const folder = (): string => mkdtempSync(join(tmpdir(), 'save-'));
const view = madeTable(loads(loadedOf([row('calm'), row('burn<ing>', { tone: 'bad', value: 9 })])));
const only = (where: string): string => {
  const [name = '', ...others] = readdirSync(where);
  expect(others).toEqual([]);
  return readFileSync(join(where, name), 'utf8');
};

describe('ctrl-s saves the screen into the folder one stands in', () => {
  test('as text: what stands there, without the question', async () => {
    const where = folder();
    const screen = await opened({ views: [view], folder: where });
    const before = screen.lines();
    await screen.press('ctrl-s');
    await screen.shows('save this screen as:');
    await screen.press('t');
    await screen.shows(`saved ${where}`);
    const lines = only(where).trimEnd().split('\n');
    expect(lines.slice(0, -1)).toEqual(before.slice(0, lines.length - 1));
    expect(readdirSync(where)[0]).toBe('lgtm-tui-made-2026-11-20-020000.txt');
  });

  test('as JSON: the envelope of the commands, with the rows as they are filtered', async () => {
    const where = folder();
    const screen = await opened({ views: [view], folder: where });
    await screen.type('/burn');
    await screen.press('enter', 'ctrl-s', 'j');
    await screen.shows('saved');
    expect(JSON.parse(only(where))).toEqual({
      view: 'made',
      tenant: null,
      at: '2026-11-20T02:00:00Z',
      rows: [{ tenant: 'north', id: 'burn<ing>', name: 'burn<ing>', value: 9 }],
      gaps: [],
    });
  });

  test('as SVG: each cell at its place, in its colour', async () => {
    const where = folder();
    const screen = await opened({ views: [view], folder: where });
    await screen.press('ctrl-s', 's');
    await screen.shows('saved');
    const svg = only(where);
    const y = screen.lines().findIndex((line) => line.includes('burn<ing>'));
    const x = (screen.lines()[y] ?? '').indexOf('burn<ing>');
    expect(svg).toContain(`x="${Math.round((8 + x * 8.4) * 100) / 100}" y="${8 + y * 18 + 13}"`);
    expect(svg).toContain('>burn&lt;ing&gt;</text>');
    expect(svg).toMatch(/fill="#f2777a"[^>]*font-weight="bold"[^>]*>✗<\/text>/);
    expect(svg.match(/<rect /g)?.length).toBeGreaterThan(1); // The cursor's row.
    expect(svg).not.toContain('\u001b');
  });

  test('marked rows are what is saved', async () => {
    const where = folder();
    const screen = await opened({ views: [view], folder: where });
    await screen.press('j', 'space', 'ctrl-s', 't');
    await screen.shows('saved');
    expect(only(where)).toBe('north  burn<ing>  9  |\n');
  });

  test('twice in a second: the first file stays as it was, and only its owner may read it', async () => {
    const where = folder();
    const screen = await opened({ views: [view], folder: where });
    await screen.press('ctrl-s', 't');
    await screen.shows('saved');
    await screen.press('j', 'ctrl-s', 't');
    await screen.shows('-2.txt');
    expect(readdirSync(where)).toHaveLength(2);
    expect(statSync(join(where, readdirSync(where)[0] ?? '')).mode & 0o777).toBe(0o600);
  });

  test.skipIf(process.getuid?.() === 0)('where one may not write: one sentence', async () => {
    const where = folder();
    chmodSync(where, 0o500);
    const screen = await opened({ views: [view], folder: where, columns: 120 });
    await screen.press('ctrl-s', 's');
    await screen.shows(`nothing was saved in ${where}: you may not write there`);
  });

  test.skipIf(process.platform !== 'linux')('a folder that is gone: one sentence', async () => {
    const screen = await opened({ views: [view], folder: join(folder(), 'gone'), columns: 120 });
    await screen.press('ctrl-s', 't');
    await screen.shows('the folder is gone');
  });
});
