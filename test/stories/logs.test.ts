import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { views } from '../../src/views/index.ts';
import { type Demo, demo, INCIDENT_FILE, worstTrace } from '../demo.ts';
import { type Stage, type StageOptions, stage } from '../stage.tsx';

vi.setConfig({ testTimeout: 30_000 });

let opened: { screen: Stage; recording: Demo } | undefined;
afterEach(async () => {
  await opened?.screen.close();
  await opened?.recording.close();
  opened = undefined;
});

/** The lines that warn or fail, of the tenant where it burns. */
async function reading(options: Partial<StageOptions> = {}): Promise<Stage> {
  const recording = await demo(undefined, { file: INCIDENT_FILE });
  const screen = await stage({
    views,
    clients: recording.clients,
    clock: recording.clock,
    context: 'central',
    tenants: recording.tenants,
    scope: ['production-us-east'],
    home: 'logs',
    recording: true,
    columns: 120,
    rows: 40,
    patienceMs: 8000,
    ...options,
  });
  opened = { screen, recording };
  await screen.shows('connection pool exhausted');
  await screen.shows('err wrn');
  return screen;
}

const cursorLine = (screen: Stage): string => screen.lines().find((line) => line.startsWith('>')) ?? '';
const barsOf = (screen: Stage): readonly string[] =>
  screen.lines().filter((line) => /^ {2}(err wrn|lines) /.test(line));

describe('the volume above the lines', () => {
  test('shows when it began to fail, and a bar leads there', async () => {
    const screen = await reading();
    const [faults = '', all = ''] = barsOf(screen);
    // Thirteen minutes of lines; the last six of them fail.
    expect(all).toMatch(/█/);
    expect(faults.trim().length).toBeLessThan(all.trim().length);
    expect(faults).toMatch(/wrn {10,}[▁-█]/);
    await screen.press('{', '{', '{');
    await screen.shows(/15:29: 264 errors, 158 warnings of 1184 lines; enter goes there/);
    await screen.press('enter');
    await screen.shows('15:25–15:30');
    await screen.shows(/> 15:29:\d\d/);
    await screen.press('=');
    await screen.shows(/> 15:32:\d\d/);
  });

  test('a bar whose lines are here puts the cursor on its gravest; esc leaves the bars, and only them', async () => {
    const screen = await reading();
    await screen.press('}');
    await screen.shows(/15:32: 192 errors/);
    await screen.press('esc', 'k', '}', 'enter');
    await screen.shows(/> 15:32:\d\d\.\d+ ERR/);
    expect(screen.text()).toContain('last 5m');
  });

  test.each([
    [60, 15, 1],
    [80, 18, 1],
    [200, 60, 2],
  ])('at %ix%i it takes %i of them', async (columns, rows, height) => {
    const recording = await demo(undefined, { file: INCIDENT_FILE });
    const screen = await stage({
      views,
      clients: recording.clients,
      clock: recording.clock,
      tenants: recording.tenants,
      scope: ['production-us-east'],
      home: 'logs',
      columns,
      rows,
      patienceMs: 8000,
    });
    opened = { screen, recording };
    await screen.shows('newest 100 lines');
    expect(barsOf(screen)).toHaveLength(height);
    expect(screen.lines().every((line) => [...line].length <= columns)).toBe(true);
  });

  test('in ASCII the bars are ASCII', async () => {
    const screen = await reading({ ascii: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the question.
    expect(screen.text()).toMatch(/^[\x00-\x7f]*$/);
    expect(barsOf(screen)[1]).toMatch(/#/);
  });
});

describe('windows by digit, as in k9s', () => {
  test.each([
    ['2', 'last 1m'],
    ['3', 'last 5m'],
    ['4', 'last 15m'],
    ['5', 'last 30m'],
    ['6', 'last 1h'],
  ])('%s is the %s, and lines stand', async (key, window) => {
    const screen = await reading();
    await screen.press(key);
    await screen.shows(window);
    await screen.shows('connection pool exhausted');
    expect(screen.text()).not.toContain('not-recorded');
  });

  test('1 is the head: the cursor on the oldest line', async () => {
    const screen = await reading();
    await screen.press('1');
    await screen.shows(' 1/100');
  });

  test('7 says which there are', async () => {
    const screen = await reading();
    await screen.press('7');
    await screen.shows(/windows are 0 tail, 1 head/);
  });

  test('0 is the tail: it says how lines come, and carries the cursor along until one goes up', async () => {
    const screen = await reading();
    await screen.press('0');
    await screen.shows(/lines so far/);
    await screen.shows('autoscroll');
    await screen.press('k');
    await screen.hides('autoscroll');
    await screen.press('G');
    await screen.shows('autoscroll');
    await screen.press('3');
    await screen.hides('lines so far');
  });

  test('a trace has a window of its own: nothing to tail', async () => {
    const screen = await reading();
    await screen.type(':logs\r');
    await screen.press('G');
    const night = { tenant: 'production-us-east', service: 'checkout', route: '/checkout' };
    const trace = opened ? await worstTrace(opened.recording, night) : '';
    screen.console.apply({ do: 'go', view: 'logs', params: { tenant: 'production-us-east', trace } });
    await screen.shows(`logs of ${trace.slice(0, 8)}`);
    await screen.press('0');
    await screen.shows('nothing to tail');
  });
});

describe('reading', () => {
  test('o shows what the same pod wrote around the line, which is marked', async () => {
    const screen = await reading();
    const line = cursorLine(screen).slice(2, 14);
    await screen.press('o');
    await screen.shows(/lines before and \d+ after/);
    expect(cursorLine(screen)).toMatch(new RegExp(`^>▌${line}`));
    await screen.shows('INF');
    await screen.press('esc');
    await screen.shows('connection pool exhausted');
  });

  test('P folds the lines into patterns, and enter unfolds one', async () => {
    const screen = await reading();
    await screen.press('P');
    await screen.shows('connection pool exhausted (max=<_>)');
    await screen.press('enter');
    await screen.shows(/logs like waiting for/);
    expect(screen.text()).not.toContain('pool exhausted (max=20)');
  });

  test('F offers fields; each stands in a column of its own until it is taken back', async () => {
    const screen = await reading();
    await screen.press('F');
    await screen.shows('columns:');
    const offered = screen.lines().find((line) => line.startsWith(' columns:')) ?? '';
    const pod = /(\d) pod\b/.exec(offered)?.[1] ?? '';
    await screen.press(pod);
    await screen.shows(/ pod +message/);
    await screen.shows(/payments-[0-9a-z]+-[0-9a-z]+ +waiting for a postgres connection/);
    await screen.press('1', 'esc');
    await screen.hides('columns:');
    expect(screen.text()).not.toMatch(/ pod +message/);
  });

  test('E, W, n and N find the next error, warning and match', async () => {
    const screen = await reading();
    await screen.press('g', 'E');
    expect(cursorLine(screen)).toMatch(/ ERR /);
    await screen.press('W');
    expect(cursorLine(screen)).toMatch(/ WRN /);
    await screen.type('/slots\r');
    await screen.press('n');
    expect(cursorLine(screen)).toContain('remaining connection slots');
    const first = cursorLine(screen);
    await screen.press('n', 'N');
    expect(cursorLine(screen)).toBe(first);
  });

  test('ctrl-s saves all lines as JSON', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logs-'));
    const screen = await reading({ folder });
    await screen.press('ctrl-s', 'j');
    await screen.shows(/\.json/);
    const [file = ''] = await readdir(folder);
    const saved: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'));
    expect(saved).toMatchObject({ view: 'logs', rows: { length: 100 } });
  });
});
