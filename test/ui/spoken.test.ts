import { describe, expect, test } from 'vitest';
import { row } from '../made-console.ts';
import { faultOf, loadedOf, loads, madeLines, madeTable, madeWaterfall } from '../made-views.ts';
import { stages } from '../stages.ts';

const opened = stages();
const rows = [row('checkout', { tone: 'bad', value: 9 }), row('cart')];
const table = madeTable(loads(loadedOf(rows, { gaps: [faultOf()], note: 'by search' })));

describe('for a screen reader', () => {
  test('the place, then the row under the cursor as column: value, then what is missing', async () => {
    const screen = await opened({ views: [table], screenReader: true, columns: 120 });
    await screen.shows('row 1 of 2');
    expect(screen.text()).toContain('made. all tenants, last 15m. row 1 of 2');
    expect(screen.text()).toContain('fault: tenant: north, name: checkout, value: 9');
    expect(screen.text()).toContain('note: by search');
    expect(screen.text()).toContain('missing: timeout:');
    await screen.press('j');
    await screen.shows('tenant: north, name: cart');
    expect(screen.text()).not.toContain('checkout');
  });

  test('nothing is drawn: no frames, no colours, no other screen', async () => {
    const screen = await opened({ views: [table], screenReader: true, color: false });
    await screen.shows('row 1 of 2');
    expect(screen.text()).not.toMatch(/[\u2500-\u259f\u2800-\u28ff]/);
    for (const control of ['\u001b[?1049h', '\u001b[1m', '\u001b[2m', '\u001b[36m', '\u001b[7m'])
      expect(screen.raw()).not.toContain(control);
  });

  test('what is written, asked and said is heard', async () => {
    const screen = await opened({ views: [table], screenReader: true });
    await screen.type('/cart');
    await screen.shows('filter: cart');
    await screen.press('enter');
    await screen.shows('row 1 of 1. filter cart');
    await screen.press('space');
    await screen.shows('1 marked');
    await screen.shows('marked: tenant: north, name: cart');
    await screen.press('ctrl-s');
    await screen.shows('save this screen as: t for text, j for JSON');
    await screen.press('esc');
    await screen.press('z');
    await screen.shows('z does nothing here');
  });

  test('a span says its level and whether it is critical; a line its level and origin', async () => {
    const spans = [
      { id: 'r', parent: '', label: 'root', start: 0, duration: 2 },
      { id: 'c', parent: 'r', label: 'SELECT', start: 0.5, duration: 1, tone: 'bad' as const, critical: true },
    ];
    const tree = await opened({ views: [madeWaterfall(spans)], screenReader: true, columns: 120 });
    await tree.shows('root, took: 2s, level 1, 1 below, begins at 0.000 seconds');
    await tree.press('j');
    await tree.shows('fault: SELECT, took: 1s, level 2, begins at 0.500 seconds, on the critical path');
    const lines = madeLines([{ id: '1', level: 'error', who: 'payments', text: 'pool exhausted' }]);
    const text = await opened({ views: [lines], screenReader: true });
    await text.shows('fault: error, payments: pool exhausted');
  });
});
