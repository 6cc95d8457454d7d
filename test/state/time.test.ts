import { describe, expect, test } from 'vitest';
import type { TimeRange } from '../../src/domain/time.ts';
import { moveTime, printRange, type TimeMove } from '../../src/state/timeRange.ts';
import { createTimes } from '../../src/state/times.ts';
import { made, typed } from '../made-console.ts';

const NOW = 1_795_140_000; // 2026-11-20 02:00:00 UTC
const LIVE: TimeRange = { endUnix: NOW, live: true };
const then = (secondsAgo: number, windowSeconds?: number): TimeRange => ({
  endUnix: NOW - secondsAgo,
  windowSeconds,
  live: false,
});
const series = {};

describe('the time range', () => {
  test.each<[string, TimeMove, TimeRange, Partial<TimeRange>]>([
    ['< from live goes back by half of 15m', 'earlier', LIVE, { endUnix: NOW - 450, live: false }],
    ['< again, by half again', 'earlier', then(450), { endUnix: NOW - 900, live: false }],
    ['> forward by half', 'later', then(900), { endUnix: NOW - 450, live: false }],
    ['> that would pass now is live', 'later', then(300), { endUnix: NOW, live: true }],
    ['> that reaches now is live', 'later', then(450), { endUnix: NOW, live: true }],
    ['+ halves and stays live', 'closer', LIVE, { windowSeconds: 450, live: true }],
    ['+ keeps an end that stands', 'closer', then(900, 600), { endUnix: NOW - 900, windowSeconds: 300 }],
    ['+ stops at a minute', 'closer', then(0, 100), { windowSeconds: 60 }],
    ['_ doubles', 'wider', then(900, 600), { endUnix: NOW - 900, windowSeconds: 1200 }],
    ['= is live with the window of the start', 'live', then(900, 60), { windowSeconds: undefined, live: true }],
  ])('%s', (_name, move, from, expected) => {
    const moved = moveTime(move, from, LIVE, series, NOW);
    expect(moved).toMatchObject({ ok: true, time: expected });
  });

  test.each<[string, TimeMove, TimeRange, string]>([
    ['> while live', 'later', LIVE, 'live'],
    ['= while live', 'live', LIVE, 'live already'],
    ['+ at a minute', 'closer', then(0, 60), '1m is the shortest'],
    ['_ at thirty days', 'wider', then(0, 30 * 86_400), '30d is the longest'],
  ])('%s says why nothing happens', (_name, move, from, because) => {
    const moved = moveTime(move, from, LIVE, series, NOW);
    expect(moved.ok ? '' : moved.because).toContain(because);
  });

  test('lines look back five minutes, and move by half of those', () => {
    const lines = { looksBackSeconds: 300 };
    expect(moveTime('earlier', LIVE, LIVE, lines, NOW)).toMatchObject({ time: { endUnix: NOW - 150 } });
    expect(moveTime('wider', LIVE, LIVE, lines, NOW)).toMatchObject({ time: { windowSeconds: 600 } });
  });

  test.each<[TimeRange, string]>([
    [LIVE, 'last 15m'],
    [then(0), '01:45–02:00'],
    [then(450), '01:37:30–01:52:30'],
    [then(2 * 86_400), '2026-11-18 01:45–02:00'],
    [then(7200, 900), '2026-11-19 23:45–2026-11-20 00:00'],
  ])('%o is printed %s', (time, printed) => {
    expect(printRange(time, series, NOW, createTimes(true))).toBe(printed);
  });
});

describe('moving it', () => {
  test('asks anew, everywhere, and never shows rows of another time', async () => {
    const { press, asked, console, said } = await made();
    await press('enter', '<');
    expect(asked.at(-1)).toBe(`child north+south {"name":"service-0"} ${NOW - 450}`);
    expect(said()).toContain('01:37:30–01:52:30');
    await press('esc');
    expect(asked.at(-1)).toBe(`made north+south {} ${NOW - 450}`);
    await press('enter');
    expect(asked.at(-1)).toContain(`${NOW - 450}`);
    console.press('<');
    expect(console.scene().visible.rows).toEqual([]);
  });

  test('> past now follows the clock again', async () => {
    const { press, asked, scheduler, said } = await made();
    await press('<', '>');
    expect(said()).toContain('live again: last 15m');
    await scheduler.pass(15);
    expect(asked.at(-1)).toContain(String(NOW + 15));
  });

  test('a page about a row stays as it is', async () => {
    const { press, console } = await made();
    await press('d', '<');
    expect(JSON.stringify(console.scene().visible.rows)).toContain('service-0');
  });
});

describe('a filter', () => {
  test('stays on the way to another view by :, and comes back with esc after a drill that began without', async () => {
    const { press, console } = await made();
    const filter = (): string => console.scene().frame.filter;
    await press('/', ...typed('service-1'), 'enter', 'enter');
    expect(filter()).toBe('');
    await press('esc');
    expect(filter()).toBe('service-1');
    await press(':', ...typed('child'), 'enter');
    expect(filter()).toBe('service-1');
    await press(':', ...typed('child /'), 'enter');
    expect(filter()).toBe('');
  });

  test('is kept from beneath a page', async () => {
    const { press, console } = await made();
    await press('/', ...typed('!service-1'), 'enter', 'd', ':', ...typed('child'), 'enter');
    expect(console.scene().frame.filter).toBe('!service-1');
  });
});
