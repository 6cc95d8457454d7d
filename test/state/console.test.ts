import { describe, expect, test } from 'vitest';
import { go } from '../../src/views/view.ts';
import { made, row, typed } from '../made-console.ts';
import { loadedOf, madeRows, madeTable } from '../made-views.ts';

describe('going and coming back', () => {
  test('enter drills with the row, esc brings the old rows back at once and asks only when they are old', async () => {
    const { press, path, asked, console, scheduler, cursor } = await made();
    await press('j', 'j', 'enter');
    expect(path()).toBe('made child');
    expect(asked.at(-1)).toContain('{"name":"service-2"}');
    console.press('esc');
    expect(path()).toBe('made');
    expect(console.scene().visible.rows).toHaveLength(5);
    expect(cursor()).toBe('row-2');
    await scheduler.pass(0);
    expect(asked).toHaveLength(2);
    await press('enter');
    await scheduler.pass(20);
    const before = asked.length;
    await press('esc');
    expect(console.scene().visible.rows).toHaveLength(5);
    expect(asked).toHaveLength(before + 1);
  });

  test('esc never leaves', async () => {
    const { press, path, said, console } = await made();
    await press('esc');
    expect(path()).toBe('made');
    expect(said()).toContain(':q leaves');
    expect(console.store.getState().left).toBe(false);
    await press(':', 'q', 'enter');
    expect(console.store.getState().left).toBe(true);
  });

  test('-, [ and ] walk the history', async () => {
    const { press, path } = await made();
    await press('enter', ':', ...typed('made'), 'enter');
    expect(path()).toBe('made');
    await press('[');
    expect(path()).toBe('made child');
    await press('[');
    expect(path()).toBe('made');
    await press(']');
    expect(path()).toBe('made child');
    await press('-');
    expect(path()).toBe('made');
    await press('-');
    expect(path()).toBe('made child');
  });

  test('a command replaces the stack and may bring tenant and filter', async () => {
    const { press, path, asked, console } = await made();
    await press('enter', ':', ...typed('ch south /service-1'), 'enter');
    expect(path()).toBe('child');
    expect(asked.at(-1)).toContain('child south');
    expect(console.scene().visible.ids).toEqual(['row-1']);
  });

  test('the rows of screens that nobody can return to are let go', async () => {
    const { press, console } = await made();
    for (let times = 0; times < 60; times++) await press('enter', 'esc');
    expect(Object.keys(console.store.getState().slots).length).toBeLessThanOrEqual(24);
  });
});

test('a page about a screen does not stop its load; the cursor is placed behind it', async () => {
  const gate = Promise.withResolvers<void>();
  const view = madeTable(async function* () {
    yield loadedOf(madeRows(2), { complete: false });
    await gate.promise;
    yield loadedOf(madeRows(4), { cursor: 'row-3' });
  });
  const { press, path, cursor, console } = await made([], { views: [view] });
  await press('?');
  gate.resolve();
  await press();
  expect(path()).toBe('made help');
  await press('esc');
  expect(console.scene().visible.rows).toHaveLength(4);
  expect(cursor()).toBe('row-3');
});

describe('tenants', () => {
  test('a digit narrows at once, asks again, and 0 widens', async () => {
    const { press, console, asked } = await made();
    console.press('2');
    expect(console.scene().visible.ids).toEqual(['row-1', 'row-3']);
    await press();
    expect(asked.at(-1)).toContain('made south');
    await press('0');
    expect(asked.at(-1)).toContain('made north+south');
    await press('7');
    expect(console.store.getState().flash?.text).toContain('no tenant 7');
  });

  test('a row can make its tenant the current one, and the home screen shows it', async () => {
    const { press, console, asked, path } = await made([row('w', { tenant: 'south' })]);
    await press('t');
    expect(console.store.getState().scope).toEqual(['south']);
    expect(path()).toBe('made');
    expect(asked.at(-1)).toContain('made south');
  });

  test('a frame about one tenant asks that one only, and a digit does not lie about it', async () => {
    const { press, asked, said, console } = await made(madeRows(4), {}, []);
    console.apply(go('child', { tenant: 'south' }));
    await press();
    expect(asked.at(-1)).toContain('child south');
    await press('1');
    expect(said()).toContain('this screen is about south');
  });
});

describe('the cursor', () => {
  test('stands where the load puts it, until the user moves', async () => {
    let cursor = 'row-3';
    const view = madeTable(async function* () {
      yield loadedOf(madeRows(5), { cursor });
    });
    const { cursor: at, press, console } = await made([], { views: [view] });
    expect(at()).toBe('row-3');
    cursor = 'row-1';
    await press('ctrl-r');
    expect(at()).toBe('row-1');
    await press('j', 'ctrl-r');
    expect(at()).toBe('row-2');
    console.stop();
  });

  test('its row vanishes: it stands where that was, and stays there', async () => {
    let rows = madeRows(5);
    const view = madeTable(async function* () {
      yield loadedOf(rows);
    });
    const { cursor, press } = await made([], { views: [view] });
    await press('j', 'j');
    rows = rows.filter(({ id }) => id !== 'row-2');
    await press('ctrl-r');
    expect(cursor()).toBe('row-3');
  });

  test('pages, ends, halves', async () => {
    const { cursor, press, console } = await made(madeRows(100), { scope: [] });
    console.drawn({ frame: console.scene().frame.id, rows: 10, top: 0 });
    await press('ctrl-f');
    expect(cursor()).toBe('row-10');
    await press('ctrl-d', 'ctrl-u', 'G');
    expect(cursor()).toBe('row-99');
    await press('ctrl-b', 'g');
    expect(cursor()).toBe('row-0');
  });
});

test('the time range goes along with every jump; live, its end is the clock', async () => {
  const { press, asked, scheduler } = await made();
  await scheduler.pass(5);
  await press('enter');
  expect(asked.map((each) => each.split(' ').at(-1))).toEqual(['1795140000', '1795140005']);
  const fixed = await made(madeRows(1), { time: { endUnix: 42, windowSeconds: 60, live: false } });
  await fixed.press('enter');
  expect(fixed.asked.every((each) => each.endsWith(' 42'))).toBe(true);
});

test('paste goes into a prompt only, and never runs as keys', async () => {
  const { console, said, press, path } = await made();
  console.paste(':q\n');
  expect(said()).toContain('press : or / first');
  await press(':');
  console.paste('child\n');
  expect(console.store.getState().prompt?.text).toBe('child');
  expect(path()).toBe('made');
});
