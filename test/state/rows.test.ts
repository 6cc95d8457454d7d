import { describe, expect, test } from 'vitest';
import { EMPTY_SLOT } from '../../src/state/data.ts';
import type { Frame } from '../../src/state/model.ts';
import { createVisibleRows, cursorIndex, NO_ROWS, visibleRows, windowTop } from '../../src/state/rows.ts';
import { openFrame } from '../../src/state/stack.ts';
import { layTree } from '../../src/state/waterfall.ts';
import {
  loadedOf,
  loads,
  type MadeRow,
  type MadeSpan,
  madeLines,
  madeRows,
  madeTable,
  madeWaterfall,
} from '../made-views.ts';

const row = (id: string, change: Partial<MadeRow> = {}): MadeRow => ({
  id,
  name: id,
  value: 0,
  tenant: 'north',
  ...change,
});
const frame = (change: Partial<Frame> = {}): Frame => ({ ...openFrame(1, 'made', {}), ...change });
const rows = [
  row('b', { value: 20 }),
  row('C', { value: 3, tone: 'bad' }),
  row('a', { value: 100 }),
  row('void', { value: Number.NaN }),
];
const table = madeTable(loads(loadedOf(rows)));
const printed = (): readonly string[] => rows.map((each) => `${each.tenant} ${each.name} ${each.value}`.toLowerCase());
const namesOf = (change: Partial<Frame>): readonly unknown[] => visibleRows(table, rows, frame(change), printed).ids;

describe('which rows, in which order', () => {
  test.each<[string, Partial<Frame>, readonly string[]]>([
    ['as loaded', {}, ['b', 'C', 'a', 'void']],
    ['a filter is plain text in any case', { filter: 'c' }, ['C']],
    ['special characters are plain too', { filter: '.*' }, []],
    ['a filter that is turned round', { filter: '!c' }, ['b', 'a', 'void']],
    ['a fuzzy filter', { filter: '-f vd' }, ['void']],
    ['a filter that is only begun hides nothing', { filter: '!' }, ['b', 'C', 'a', 'void']],
    ['numbers from the largest, unknown last', { sort: { column: 'value', down: true } }, ['a', 'b', 'C', 'void']],
    ['numbers from the smallest, unknown last', { sort: { column: 'value', down: false } }, ['C', 'b', 'a', 'void']],
    ['words without regard to case', { sort: { column: 'name', down: false } }, ['a', 'b', 'C', 'void']],
    ['faults only', { faultsOnly: true }, ['C']],
  ])('%s', (_name, change, ids) => expect(namesOf(change)).toEqual(ids));

  test('lines are marked by a filter, not hidden', () => {
    const lines = [1, 2, 3].map((each) => ({
      id: `${each}`,
      level: 'info',
      who: 'x',
      text: each === 2 ? 'pool exhausted' : 'fine',
    }));
    const visible = visibleRows(madeLines(lines), lines, frame({ filter: 'POOL' }), () =>
      lines.map(({ text }) => text),
    );
    expect(visible.rows).toHaveLength(3);
    expect([...(visible.matches ?? [])]).toEqual([1]);
  });

  test('the same question is answered once: moving the cursor over 100,000 rows sorts nothing', () => {
    const many = { ...EMPTY_SLOT, rows: madeRows(100_000) };
    const memory = createVisibleRows();
    const first = memory.of(table, many, frame({ cursor: 'row-1', at: 1 }));
    expect(memory.of(table, many, frame({ cursor: 'row-2', at: 2, moved: true, top: 2 }))).toBe(first);
    expect(memory.of(table, many, frame({ filter: 'service-99999' })).rows).toHaveLength(1);
  });
});

describe('the cursor is an id', () => {
  const visible = visibleRows(table, rows, frame(), printed);
  test.each<[string, Partial<Frame>, number]>([
    ['untouched: the first row', {}, 0],
    ['on its row, wherever that went', { cursor: 'a', at: 0 }, 2],
    ['its row vanished: where it was', { cursor: 'gone', at: 1 }, 1],
    ['its row vanished from the end: the last', { cursor: 'gone', at: 9 }, 3],
  ])('%s', (_name, change, index) => expect(cursorIndex(visible, frame(change))).toBe(index));

  test('nowhere without rows', () => expect(cursorIndex(NO_ROWS, frame({ cursor: 'a' }))).toBe(-1));

  test('two rows with one id do not hold it fast', () => {
    const twins = visibleRows(table, [row('x'), row('y'), row('x'), row('z')], frame(), () => []);
    expect(cursorIndex(twins, frame({ cursor: 'x', at: 2 }))).toBe(2);
  });

  test.each([
    [0, 5, 10, 100, 0],
    [0, 10, 10, 100, 1],
    [50, 20, 10, 100, 20],
    [95, 99, 10, 100, 90],
    [7, 2, 10, 4, 0],
  ])('window from %i, cursor %i, %i lines, %i rows: from %i', (top, cursor, height, total, first) =>
    expect(windowTop(top, cursor, height, total)).toBe(first),
  );
});

describe('a waterfall', () => {
  const span = (id: string, parent: string, change: Partial<MadeSpan> = {}): MadeSpan => ({
    id,
    parent,
    label: id,
    start: 0,
    duration: 1,
    ...change,
  });
  const spans = [
    span('root', ''),
    span('a', 'root'),
    span('a1', 'a', { tone: 'bad' }),
    span('b', 'root'),
    span('orphan', 'unseen'),
  ];
  const view = madeWaterfall(spans);
  const of = (change: Partial<Frame>) => visibleRows(view, spans, frame(change), () => spans.map(({ label }) => label));

  test('lies below its parents; one whose parent is missing is a root', () => {
    expect(of({}).ids).toEqual(['root', 'a', 'a1', 'b', 'orphan']);
    expect(of({}).tree?.depths).toEqual([0, 1, 2, 1, 0]);
    expect(of({}).tree?.below).toEqual([3, 1, 0, 0, 0]);
  });
  test('folds', () => expect(of({ folds: new Set(['a']) }).ids).toEqual(['root', 'a', 'b', 'orphan']));
  test('keeps the way to what a filter finds', () => expect(of({ filter: 'a1' }).ids).toEqual(['root', 'a', 'a1']));
  test('keeps the way to faults', () => expect(of({ faultsOnly: true }).ids).toEqual(['root', 'a', 'a1']));

  test('a ring of parents, a span that is its own parent, two spans of one id: none is lost, nothing hangs', () => {
    const ring = [span('x', 'y'), span('y', 'x'), span('self', 'self'), span('twin', ''), span('twin', '')];
    expect(
      layTree(ring, { rowId: (each) => (each as MadeSpan).id, parentId: (each) => (each as MadeSpan).parent }).rows,
    ).toHaveLength(5);
  });

  test('a chain of 20,000 spans does not overflow', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => span(`s${index}`, index === 0 ? '' : `s${index - 1}`));
    const tree = layTree(chain, {
      rowId: (each) => (each as MadeSpan).id,
      parentId: (each) => (each as MadeSpan).parent,
    });
    expect(tree.depths.at(-1)).toBe(19_999);
    expect(tree.below[0]).toBe(19_999);
  });
});
