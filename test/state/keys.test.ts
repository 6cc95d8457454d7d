import { describe, expect, test } from 'vitest';
import { bodyKeys, globalKeys, hintsOf, resolveKey, targetKeys } from '../../src/state/keys.ts';
import { loads, madeLines, madeTable, madeWaterfall } from '../made-views.ts';

const table = madeTable(loads());
const lines = madeLines([]);
const waterfall = madeWaterfall([]);

const meaning = (key: string, view = table): unknown => {
  const resolved = resolveKey(key, view);
  return resolved.kind === 'command'
    ? resolved.command
    : resolved.kind === 'view'
      ? resolved.key.does
      : resolved.because;
};

describe('a key means', () => {
  test.each<[string, unknown]>([
    ['enter', 'its child'],
    ['j', { do: 'move', by: 1 }],
    ['down', { do: 'move', by: 1 }],
    ['G', { do: 'edge', edge: 'last' }],
    ['V', { do: 'sort', letter: 'V' }],
    ['3', { do: 'scope', digit: 3 }],
    ['l', 'made has no logs to open'],
    ['ctrl-k', 'read-only: lgtm-tui changes nothing'],
    ['s', 'read-only: lgtm-tui changes nothing'],
    ['space', { do: 'mark', on: true }],
    ['z', 'z does nothing here; ? lists the keys'],
  ])('in a table, %s', (key, expected) => expect(meaning(key)).toEqual(expected));

  test.each<[string, unknown]>([
    ['l', { do: 'sideways', by: 20 }],
    ['t', { do: 'toggle', what: 'timestamps' }],
    ['w', { do: 'toggle', what: 'wrap' }],
    ['n', { do: 'match', by: 1 }],
    ['E', { do: 'fault', tone: 'bad' }],
    ['G', { do: 'edge', edge: 'last' }],
  ])('in lines, %s', (key, expected) => expect(meaning(key, lines)).toEqual(expected));

  test('in a waterfall, arrows fold and l leads to the lines', () => {
    expect(meaning('left', waterfall)).toEqual({ do: 'fold', open: false });
    expect(meaning('l', waterfall)).toBe('its lines');
    expect(meaning('T', waterfall)).toBe('a waterfall stays in the order of time');
  });
});

test('no key is bound twice in the same place, and every key says what it does', () => {
  for (const keys of [globalKeys, ...Object.values(bodyKeys)]) {
    const names = keys.flatMap(({ key, also = [] }) => [key, ...also]);
    expect(names).toEqual([...new Set(names)]);
    expect(keys.every(({ does }) => does.length > 0)).toBe(true);
  }
  expect(globalKeys.filter(({ key }) => targetKeys.some((target) => target.key === key))).toEqual([]);
});

test('hints: the own keys of a view first; one that would refuse is marked', () => {
  const hints = hintsOf(table, (key) => key.key === 'p');
  expect(hints.slice(0, 2)).toEqual([
    { key: 'enter', does: 'its child', refuses: false },
    { key: 'p', does: 'its pods', refuses: true },
  ]);
  expect(hints.map(({ key }) => key)).toContain('?');
});
