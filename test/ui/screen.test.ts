import { describe, expect, test } from 'vitest';
import { refuse } from '../../src/views/view.ts';
import { row } from '../made-console.ts';
import { faultOf, loadedOf, loads, madeRows, madeTable, TEMPO } from '../made-views.ts';
import { stages } from '../stages.ts';

const opened = stages();
const child = madeTable(loads(loadedOf(madeRows(3))), { id: 'child' });

test('below 60x15 one sentence stands, and a larger terminal brings the screen back', async () => {
  const screen = await opened({ views: [madeTable(loads(loadedOf(madeRows(5))))], columns: 59, rows: 15 });
  await screen.shows('lgtm-tui needs 60x15; this is 59x15');
  await screen.resize(80, 24);
  await screen.shows('service-4');
});

test('70 j in one read move 70 rows', async () => {
  const screen = await opened({ views: [madeTable(loads(loadedOf(madeRows(500))))] });
  await screen.type('j'.repeat(70));
  await screen.shows('71/500');
});

test('one cursor move writes less than 1 kB at 200x60', async () => {
  const screen = await opened({ views: [madeTable(loads(loadedOf(madeRows(100_000))))], columns: 200, rows: 60 });
  await screen.shows('service-0');
  const before = screen.bytesWritten();
  await screen.press('j');
  await screen.shows('2/100000');
  expect(screen.bytesWritten() - before).toBeLessThan(1000);
});

test('an idle console writes nothing', async () => {
  const screen = await opened({ views: [madeTable(loads(loadedOf(madeRows(5))))] });
  await screen.shows('service-4');
  const before = screen.bytesWritten();
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(screen.bytesWritten()).toBe(before);
});

test('resizing leaves no torn frame', async () => {
  const screen = await opened({ views: [madeTable(loads(loadedOf(madeRows(300)))), child], columns: 120, rows: 40 });
  await screen.press('G');
  for (const [columns, rows] of [
    [80, 24],
    [200, 60],
    [61, 16],
    [120, 30],
    [119, 31],
    [60, 15],
    [100, 50],
  ] as const) {
    await screen.resize(columns, rows);
    const lines = screen.lines();
    expect(lines[0]).toMatch(/UTC$/);
    expect(lines.at(-1)).toMatch(/300\/300$/);
    expect(lines.filter((line) => line.includes('service-299'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('TENANT') || line.includes('NAME'))).toHaveLength(1);
  }
});

describe('what failed stands beside what is there', () => {
  test('old rows stay, with their age, the fault and the server’s words', async () => {
    let failing = false;
    const view = madeTable(async function* () {
      yield failing
        ? loadedOf([row('fresh')], {
            gaps: [faultOf({ source: TEMPO, kind: 'server', status: 503, said: 'ring unhealthy' })],
          })
        : loadedOf([row('fresh'), row('from-tempo', { source: TEMPO, atUnix: 1_795_139_940 })]);
    });
    const screen = await opened({ views: [view] });
    await screen.shows('from-tempo');
    failing = true;
    await screen.press('ctrl-r');
    await screen.shows('unhealthy');
    expect(screen.text()).toContain('from-tempo');
    expect(screen.text()).toContain('rows up to 60s old');
    expect(screen.text()).toContain('tempo@made');
  });

  test('an empty screen says why, and what to press', async () => {
    const screen = await opened({
      views: [madeTable(loads(loadedOf([], { because: 'Mimir stores no exemplars here', gaps: [faultOf()] })))],
    });
    await screen.shows('Mimir stores no exemplars here');
    await screen.shows('x explains what was asked');
    await screen.shows('no answer in 10s');
  });

  test('a bug in a view is shown where it happened, and the console lives on', async () => {
    const bad = madeTable(loads(loadedOf([row('a')])), {
      id: 'bad',
      body: {
        kind: 'report',
        rowId: () => 'x',
        label: () => 'l',
        text: () => {
          throw new Error('text of nothing');
        },
        tone: () => 'plain',
      },
    });
    const worse = madeTable(loads(loadedOf([row('a')])), {
      id: 'worse',
      body: {
        kind: 'report',
        rowId: () => {
          throw new Error('no id');
        },
        label: () => 'l',
        text: () => 't',
        tone: () => 'plain',
      },
    });
    const screen = await opened({ views: [madeTable(loads(loadedOf(madeRows(2)))), bad, worse] });
    await screen.type(':bad\r');
    await screen.shows('A bug in lgtm-tui: text of nothing');
    await screen.type(':worse\r');
    await screen.shows('A bug in lgtm-tui: no id');
    await screen.type(':made\r');
    await screen.shows('service-1');
  });
});

describe('prompt', () => {
  test('completion, ghost, refusal, and the way through', async () => {
    const screen = await opened({ views: [madeTable(loads(loadedOf(madeRows(3)))), child] });
    await screen.type(':chi');
    await screen.shows(':child');
    await screen.press('tab', 'enter');
    await screen.shows(/^ child ─/m);
    await screen.type(':nope\r');
    await screen.shows('no view is called nope');
    await screen.press(':', 'up');
    await screen.shows(':nope');
    await screen.press('esc');
    await screen.hides(':nope');
  });

  test('a filter narrows while it is written; esc brings all back', async () => {
    const screen = await opened({ views: [madeTable(loads(loadedOf(madeRows(30))))] });
    await screen.type('/service-2');
    await screen.shows('service-29');
    await screen.hides('service-3');
    await screen.press('enter');
    await screen.shows('1/11 of 30');
    await screen.press('esc');
    await screen.shows('1/30');
  });

  test('what is pasted is one line of plain text', async () => {
    const screen = await opened({ views: [madeTable(loads(loadedOf(madeRows(3)))), child] });
    await screen.press('/');
    await screen.paste('service-1\u001b[31m\r:q\r');
    await screen.shows('service-1·');
    expect(screen.inAlternateScreen()).toBe(true);
  });
});

test('a key that refuses says why on the last line', async () => {
  const screen = await opened({
    views: [
      madeTable(loads(loadedOf(madeRows(2))), {
        keys: [{ key: 'p', does: 'its pods', on: () => refuse('made rows run in no pod') }],
      }),
    ],
  });
  await screen.press('p');
  await screen.shows('made rows run in no pod');
});

test('c hands the text to the terminal’s clipboard', async () => {
  const screen = await opened({ views: [madeTable(loads(loadedOf([row('only')])))] });
  await screen.press('right', 'right', 'c');
  await screen.shows('copied only');
  expect(screen.raw()).toContain(`\u001b]52;c;${Buffer.from('only').toString('base64')}\u0007`);
});

test('the terminal is given back: its own screen, a cursor', async () => {
  const screen = await opened({ views: [madeTable(loads(loadedOf(madeRows(2))))] });
  expect(screen.inAlternateScreen()).toBe(true);
  await screen.press('ctrl-c');
  await screen.left;
  expect(screen.inAlternateScreen()).toBe(false);
  expect(screen.cursorHidden()).toBe(false);
  expect(screen.raw()).toContain('\u001b[?2004l');
});
