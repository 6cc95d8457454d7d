import { describe, expect, test } from 'vitest';
import { made, row, typed } from '../made-console.ts';
import { madeLines, madeWaterfall } from '../made-views.ts';

describe('a key that has nothing to do says so', () => {
  test.each([
    ['l', 'made has no logs to open'],
    ['r', 'read-only: lgtm-tui changes nothing'],
    ['Q', 'no column sorts by Q; here: T N V'],
    ['@', 'there is no view requests'],
    ['m', 'a bug in lgtm-tui: no such thing'],
  ])('%s', async (key, because) => {
    const { press, said, path } = await made();
    await press(key);
    expect(said()).toBe(because);
    expect(path()).toBe('made');
    await press('j');
    expect(said()).toBeUndefined();
  });

  test('and so it does on an empty list', async () => {
    const { press, said } = await made([]);
    await press('enter');
    expect(said()).toBe('nothing is selected: no its child');
    await press('d');
    expect(said()).toContain('nothing is selected');
  });
});

describe('pages', () => {
  test('x explains the row: query, tenant, source, endpoint and age', async () => {
    const { press, console } = await made();
    await press('x');
    const lines = console.scene().visible.rows.map((line) =>
      Object.values(line as object)
        .slice(1, 3)
        .join(' '),
    );
    for (const words of [
      'query made_metric{name="service-0"}',
      'tenant north',
      'source mimir@made',
      'endpoint /prometheus',
      'age 10s',
    ])
      expect(lines.join('\n')).toContain(words);
    await press('x');
    expect(console.scene().frame.view).toBe('made');
  });

  test('y is the record, d the details, ? every key of the view', async () => {
    const { press, console } = await made();
    const text = (): string => JSON.stringify(console.scene().visible.rows);
    await press('y');
    expect(text()).toContain('service-0');
    await press('esc', 'd');
    expect(text()).toContain('"label":"name","text":"service-0"');
    await press('esc', '?');
    for (const words of ['its child', 'V value', 'half a page down', 'all tenants']) expect(text()).toContain(words);
  });

  test('c copies the row, or the chosen cell, without what would harm a shell', async () => {
    const { press, console } = await made([row('a', { name: 'evil\u001b[2J; rm' })]);
    await press('right', 'right', 'c');
    expect(console.store.getState().copied?.text).toBe('evil·; rm');
    await press('left', 'left', 'c');
    expect(console.store.getState().copied?.text).toBe('north  evil·; rm  1  |');
  });
});

test('lines: n and N go round the matches, E to the next error', async () => {
  const lines = ['a pool', 'b', 'c pool', 'd'].map((text, index) => ({
    id: text,
    level: index === 3 ? 'error' : 'info',
    who: 'w',
    text,
  }));
  const { press, cursor, said } = await made([], { home: 'text' }, [madeLines(lines)]);
  await press('n');
  expect(said()).toContain('/ begins a search');
  await press('/', ...typed('pool'), 'enter', 'n');
  expect(cursor()).toBe('c pool');
  await press('n');
  expect(cursor()).toBe('a pool');
  await press('N');
  expect(cursor()).toBe('c pool');
  await press('E');
  expect(cursor()).toBe('d');
  await press('E');
  expect(said()).toBe('no further error below');
});

test('a waterfall folds and unfolds under the cursor; from a leaf, ← goes to the parent', async () => {
  const spans = [
    ['root', ''],
    ['a', 'root'],
    ['a1', 'a'],
    ['b', 'root'],
  ].map(([id = '', parent = '']) => ({ id, parent, label: id, start: 0, duration: 1 }));
  const { press, cursor, console } = await made([], { home: 'tree' }, [madeWaterfall(spans)]);
  await press('j', 'j', 'left');
  expect(cursor()).toBe('a');
  await press('left');
  expect(console.scene().visible.ids).toEqual(['root', 'a', 'b']);
  await press('right');
  expect(console.scene().visible.ids).toEqual(['root', 'a', 'a1', 'b']);
});
