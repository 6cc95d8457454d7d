import { describe, expect, test } from 'vitest';
import { row } from '../made-console.ts';
import { loadedOf, loads, type MadeSpan, madeLines, madeTable, madeWaterfall } from '../made-views.ts';
import { stages } from '../stages.ts';

const opened = stages();

describe('what the eye looks for', () => {
  test('the cursor’s row, the sorted column, the letter that sorts, the faults', async () => {
    const screen = await opened({
      views: [madeTable(loads(loadedOf([row('calm', { value: 5 }), row('burning', { value: 9, tone: 'bad' })])))],
    });
    await screen.press('V');
    const head = screen.lines().findIndex((line) => line.includes('VALUE↓'));
    expect(screen.lines()[head + 1]).toMatch(/^ ✗ .*burning/);
    expect(screen.lines()[head + 2]).toMatch(/^>.*calm/);
    expect(screen.cell(10, head + 2).background).not.toBe(screen.cell(10, head + 1).background);
    const v = screen.lines()[head]?.indexOf('VALUE') ?? -1;
    expect(screen.cell(v, head).underline).toBe(true);
    expect(screen.cell(v + 1, head).underline).toBe(false);
  });

  test('a cell that changed is bold until the marks fade', async () => {
    let value = 1;
    const view = madeTable(async function* () {
      yield loadedOf([row('other'), row('counter', { value })]);
    });
    const screen = await opened({ views: [view] });
    await screen.shows('counter');
    const bold = (): boolean => {
      const y = screen.lines().findIndex((line) => line.includes('counter'));
      return screen.cell((screen.lines()[y] ?? '').lastIndexOf(String(value)), y).bold;
    };
    expect(bold()).toBe(false);
    value = 2;
    await screen.press('ctrl-r');
    expect(bold()).toBe(true);
  });

  test('without colour nothing is lost: mark, glyph, weight', async () => {
    const screen = await opened({
      views: [madeTable(loads(loadedOf([row('calm'), row('burning', { tone: 'bad' })])))],
      color: false,
    });
    await screen.shows('burning');
    const y = screen.lines().findIndex((line) => line.includes('burning'));
    expect(screen.lines()[y]?.slice(0, 3)).toBe(' ✗ ');
    expect(screen.cell(1, y).color).toBe(-1);
    expect(screen.cell(10, y - 1).inverse).toBe(true);
  });

  test('a waterfall: critical and not, faults, folds and the axis are told apart without colour', async () => {
    const spans: readonly MadeSpan[] = [
      { id: 'r', parent: '', label: 'root', start: 0, duration: 10, critical: true },
      { id: 'a', parent: 'r', label: 'fast', start: 0, duration: 2 },
      { id: 'b', parent: 'r', label: 'slow', start: 2, duration: 8, critical: true, tone: 'bad' },
    ];
    const screen = await opened({ views: [madeWaterfall(spans)], color: false });
    await screen.shows('▾ root');
    const line = (label: string): string => screen.lines().find((each) => each.includes(label)) ?? '';
    expect(line('fast')).toMatch(/▒{3,}/);
    expect(line('slow')).toMatch(/✗ slow.*█{10,}/);
    expect(line('TOOK')).toMatch(/│0s.*10s/);
    await screen.press('left');
    expect(line('root')).toContain('▸ root (+2)');
  });

  test('lines: a match is inverse, the others stay; wrapped, nothing is cut', async () => {
    const long = `start ${'x'.repeat(100)} needle end`;
    const screen = await opened({
      views: [
        madeLines([
          { id: '1', level: 'error', who: 'checkout', text: 'calm' },
          { id: '2', level: 'info', who: 'cart', text: long },
          { id: '3', level: 'info', who: 'cart', text: 'a Needle here' },
        ]),
      ],
    });
    await screen.type('/needle');
    await screen.shows('/needle: 2 of 3');
    const y = screen.lines().findIndex((each) => each.includes('a Needle'));
    expect(screen.cell((screen.lines()[y] ?? '').indexOf('Needle'), y).inverse).toBe(true);
    expect(screen.text()).toContain('calm');
    expect(screen.text()).toContain('needle end');
    await screen.press('enter', 'w');
    await screen.hides('needle end');
    await screen.press('l', 'l', 'l', 'l');
    await screen.shows('needle end');
    await screen.press('t');
    await screen.hides('01:59:50');
  });
});
