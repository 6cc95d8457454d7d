import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MomentContext, parseMoment, resolveMoment } from '../../src/config/moment.ts';

const unix = (text: string): number => Date.parse(text) / 1000;
const NOW: MomentContext = {
  nowUnix: unix('2026-11-23T15:33:00Z'),
  startUnix: unix('2026-11-23T15:21:00Z'),
  utc: true,
};

const momentOf = (text: string, context: MomentContext = NOW): string => {
  const moment = parseMoment(text);
  if (!moment.ok) return moment.because;
  const at = resolveMoment(moment.value, context);
  return at.ok ? new Date(at.value * 1000).toISOString() : at.because;
};

test.each([
  ['RFC 3339', '2026-11-20T03:12:00Z', '2026-11-20T03:12:00.000Z'],
  ['with a zone', '2026-11-20T03:12:00+02:00', '2026-11-20T01:12:00.000Z'],
  ['with a fraction, small letters', '2026-11-20t03:12:00.25z', '2026-11-20T03:12:00.250Z'],
  ['without seconds', '2026-11-20 03:12Z', '2026-11-20T03:12:00.000Z'],
  ['Unix seconds', '1795447980', '2026-11-23T15:33:00.000Z'],
  ['Unix seconds with a fraction', '1795447980.5', '2026-11-23T15:33:00.500Z'],
  ['a time of day that was today', '03:12', '2026-11-23T03:12:00.000Z'],
  ['a time of day that was yesterday', '23:59', '2026-11-22T23:59:00.000Z'],
  ['this very minute', '15:33', '2026-11-23T15:33:00.000Z'],
  ['with seconds', '3:12:40', '2026-11-23T03:12:40.000Z'],
  ['into the recording', '+12m', '2026-11-23T15:33:00.000Z'],
  ['the very start', '+0s', '2026-11-23T15:21:00.000Z'],
])('%s: %s', (_name, text, at) => {
  expect(momentOf(text)).toBe(at);
});

test.each([
  ['yesterday', 'is no time'],
  ['25:00', 'no time of day'],
  ['2026-02-31T00:00:00Z', 'is no time'],
  ['2026-11-20T03:12:00', 'has no zone'],
  ['1795447980000', 'is no time'],
  ['+12', 'has no unit'],
  ['', 'is no time'],
])('"%s" %s', (text, because) => {
  expect(momentOf(text)).toContain(because);
});

test('+12m needs a recording to count from', () => {
  expect(momentOf('+12m', { nowUnix: NOW.nowUnix, utc: true })).toContain('start of a recording');
});

describe('in local time', () => {
  const zone = process.env['TZ'];
  beforeEach(() => {
    process.env['TZ'] = 'Europe/Berlin';
  });
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  test('a time of day is the reader’s, unless --utc', () => {
    expect(momentOf('03:12', { ...NOW, utc: false })).toBe('2026-11-23T02:12:00.000Z');
  });

  test('the night the clocks change has 25 hours', () => {
    const nowUnix = unix('2026-10-25T12:00:00Z');
    expect(momentOf('00:30', { nowUnix, utc: false })).toBe('2026-10-24T22:30:00.000Z');
  });
});
