import { describe, expect, test } from 'vitest';
import type { Loaded } from '../../src/domain/result.ts';
import { abandon, begin, breakDown, EMPTY_SLOT, finish, narrow, settle } from '../../src/state/data.ts';
import type { Slot } from '../../src/state/model.ts';
import { faultOf, loadedOf, loads, type MadeRow, MIMIR, madeTable, TEMPO } from '../made-views.ts';
import { tenantOf } from '../stage.tsx';

const view = madeTable(loads());
const row = (id: string, change: Partial<MadeRow> = {}): MadeRow => ({
  id,
  name: id,
  value: 1,
  tenant: 'north',
  ...change,
});
const take = (slot: Slot, loaded: Loaded<MadeRow>, unix = 100): Slot =>
  settle(slot, slot.turn, loaded, view, { unix, ms: unix * 1000 });
const idsOf = (slot: Slot): readonly string[] => slot.rows.map((each) => (each as MadeRow).id);

const full = take(
  begin(EMPTY_SLOT),
  loadedOf([row('m-north'), row('m-south', { tenant: 'south' }), row('t', { source: TEMPO, atUnix: 40 })]),
);

describe('a refresh', () => {
  test('replaces what answered', () => {
    expect(idsOf(take(begin(full), loadedOf([row('new')])))).toEqual(['new']);
  });

  test('keeps the rows of a source that failed, with their age', () => {
    const after = take(
      begin(full),
      loadedOf([row('m-north'), row('m-south', { tenant: 'south' })], { gaps: [faultOf({ source: TEMPO })] }),
    );
    expect(idsOf(after)).toEqual(['m-north', 'm-south', 't']);
    expect([...after.kept]).toEqual(['t']);
    expect(after.keptOldestUnix).toBe(40);
    expect(after.gaps).toHaveLength(1);
  });

  test('keeps the rows of a tenant that failed, and not those of one that answered', () => {
    const after = take(
      begin(full),
      loadedOf([row('m-north')], { gaps: [faultOf({ source: MIMIR, tenant: tenantOf('south') })] }),
    );
    expect(idsOf(after)).toEqual(['m-north', 'm-south']);
  });

  test('does not keep rows that a source no longer has, though something else of it failed', () => {
    const after = take(begin(full), loadedOf([row('other')], { gaps: [faultOf({ source: MIMIR })] }));
    expect(idsOf(after)).toEqual(['other', 'm-south']);
  });

  test('keeps all while everything fails, again and again', () => {
    const failed = loadedOf([], { gaps: [faultOf(), faultOf({ source: TEMPO })] });
    expect(idsOf(take(begin(take(begin(full), failed)), failed))).toEqual(idsOf(full));
  });

  test('does not blank what has not answered yet', () => {
    const half = take(
      begin(full),
      loadedOf([row('m-north'), row('m-south', { tenant: 'south' })], { complete: false }),
    );
    expect(idsOf(half)).toContain('t');
    expect(half.fetching).toBe(true);
    expect(idsOf(take(half, loadedOf([row('m-north')])))).toEqual(['m-north']);
  });

  test('remembers what changed until the next one', () => {
    const after = take(begin(full), loadedOf([row('m-north', { value: 2 })]));
    expect(after.changedFrom?.get('m-north')).toMatchObject({ value: 1 });
  });
});

describe('turns', () => {
  test('a late answer is dropped, and so is its end', () => {
    const newer = begin(begin(full));
    expect(settle(newer, newer.turn - 1, loadedOf([]), view, { unix: 1, ms: 1 })).toBe(newer);
    expect(finish(newer, newer.turn - 1).fetching).toBe(true);
    expect(breakDown(newer, newer.turn - 1, 'x')).toBe(newer);
  });

  test('an end without a last word is an end', () =>
    expect(finish(begin(full), full.turn + 1)).toMatchObject({ fetching: false, complete: true }));

  test('a load that was dropped half way must be asked again', () => {
    const half = take(begin(EMPTY_SLOT), loadedOf([row('a')], { complete: false }));
    expect(half.atMs).toBeDefined();
    expect(abandon(half, half.turn)).toMatchObject({ fetching: false, atMs: undefined });
  });

  test('a bug of a view is words beside the rows', () => {
    const asking = begin(full);
    const broken = breakDown(asking, asking.turn, 'x is not a function');
    expect(broken.broken).toBe('x is not a function');
    expect(idsOf(broken)).toEqual(idsOf(full));
  });
});

test('another tenant: the rows of the one before go at once, and a late answer about it is dropped', () => {
  const other = narrow(full, [tenantOf('south')], view);
  expect(idsOf(other)).toEqual(['m-south']);
  expect(settle(other, full.turn, loadedOf([row('late')]), view, { unix: 1, ms: 1 })).toBe(other);
  expect(other.atMs).toBeUndefined();
});
