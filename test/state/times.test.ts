import { afterEach, expect, test, vi } from 'vitest';
import { createTimes } from '../../src/state/times.ts';

afterEach(() => vi.unstubAllEnvs());

const NIGHT = Date.parse('2026-11-24T02:12:40Z') / 1000;

test.each([
  ['UTC', '02:12:40 UTC'],
  ['Europe/Berlin', '03:12:40 +01:00'],
  ['Asia/Kolkata', '07:42:40 +05:30'],
  ['America/St_Johns', '22:42:40 -03:30'],
])('a clock in %s says its offset, so that nobody takes it for UTC', (zone, shown) => {
  vi.stubEnv('TZ', zone);
  const times = createTimes(false);
  expect(`${times.clock(NIGHT)} ${times.zone(NIGHT)}`).toBe(shown);
});

test('--utc is UTC wherever the laptop stands', () => {
  vi.stubEnv('TZ', 'Europe/Berlin');
  const times = createTimes(true);
  expect(`${times.clock(NIGHT)} ${times.zone(NIGHT)}`).toBe('02:12:40 UTC');
});

test('a zone changes its offset with the time that is shown, not with today', () => {
  vi.stubEnv('TZ', 'Europe/Berlin');
  expect(createTimes(false).zone(Date.parse('2026-07-01T00:00:00Z') / 1000)).toBe('+02:00');
});
