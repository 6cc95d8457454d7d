import { describe, expect, test } from 'vitest';
import { type Resolved, resolveKey } from '../../src/state/keys.ts';
import { COMMANDS } from '../../src/state/prompt.ts';
import { home, views } from '../../src/views/index.ts';
import { loads, madeLines, madeTable, madeWaterfall } from '../made-views.ts';

/** The keys of the contract with the user, first column of its table, one by one. */
const CONTRACT = [
  [':', '/', '?', 'esc', 'enter', '-', '[', ']'],
  ['j', 'k', 'down', 'up', 'g', 'G', 'ctrl-f', 'ctrl-b', 'ctrl-d', 'ctrl-u', 'h', 'l', 'left', 'right'],
  ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  ['space'],
  ['l', 't', 'm', 'e', 'p'],
  ['x'],
  ['d', 'y'],
  ['c'],
  ['@'],
  ['ctrl-r', 'ctrl-z', 'ctrl-w', 'ctrl-s', 'ctrl-a'],
  ['n', 'N'],
  ['s', 'w', 't', 'f'],
  ['E', 'W'],
  ['<', '>', '+', '_'],
  ['ctrl-c'],
].flat();

/** Keys that do the same on every screen; a view may give `space` and `c` a meaning of its own. */
const EVERYWHERE =
  ': / ? esc - [ ] j k g G ctrl-f ctrl-b ctrl-d ctrl-u x d y @ ctrl-r ctrl-z ctrl-w ctrl-s ctrl-a < > + _ ctrl-c';

/** Keys that do something in text and nothing elsewhere. */
const IN_TEXT = 'n N s w t f E W h l left right';

const table = madeTable(loads());
const lines = madeLines([]);
const kinds = [table, lines, madeWaterfall([]), ...views];

const refuses = (resolved: Resolved): string => (resolved.kind === 'none' ? resolved.because : '');

describe.each(kinds.map((view) => [view.id, view] as const))('on %s', (_id, view) => {
  test('every key of the contract does its thing, or refuses with a reason', () => {
    for (const key of CONTRACT) {
      const resolved = resolveKey(key, view);
      if (resolved.kind !== 'none') continue;
      expect(resolved.because, key).toMatch(
        / (has (no|nothing)|cannot|stays|read-only)|^read-only|does nothing here|change the time window/,
      );
      expect(resolved.because, key).not.toMatch(/yet|not built/);
    }
  });

  test('what means the same everywhere does so here', () => {
    for (const key of EVERYWHERE.split(' ')) {
      expect(resolveKey(key, view), key).toEqual(resolveKey(key, table));
      expect(refuses(resolveKey(key, view)), key).toBe('');
    }
  });

  test('space and c mark and copy, or what the view says', () => {
    for (const key of ['space', 'c']) expect(resolveKey(key, view).kind).not.toBe('none');
  });

  test('no key of the view hides one that is the same everywhere', () => {
    const same = EVERYWHERE.split(' ');
    expect(view.keys.map(({ key }) => key).filter((key) => same.includes(key))).toEqual([]);
  });
});

test('no short name of a view stands in the way of the console’s own words', () => {
  const words = COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]);
  expect(views.flatMap(({ id, aliases }) => [id, ...aliases]).filter((name) => words.includes(name))).toEqual([]);
});

test('in text, its own keys work, and enter is the view’s', () => {
  for (const key of IN_TEXT.split(' ')) expect(resolveKey(key, lines).kind, key).toBe('command');
});

test('the home screen leads to logs, traces, series’ exemplars by the letters of the contract', () => {
  const slow = views.find(({ id }) => id === home) ?? table;
  for (const key of ['enter', 'l', 't', 'e']) expect(resolveKey(key, slow).kind, key).toBe('view');
});
