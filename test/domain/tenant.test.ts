import { describe, expect, test } from 'vitest';
import { quote, quoteAlternatives, selector } from '../../src/domain/selector.ts';
import { judgeSignal, worstOf } from '../../src/domain/signals.ts';
import { parseTenant, tenantParts } from '../../src/domain/tenant.ts';
import { rfc3339OfNanos, rfc3339OfUnix, searchWindow, seriesWindow } from '../../src/domain/time.ts';

describe('X-Scope-OrgID', () => {
  test.each(['production-us-east', "a!_.*'()-Z9", 'x'.repeat(150), 'a|b'])('%s may be sent', (text) =>
    expect(parseTenant(text)).toEqual({ ok: true, tenant: text }),
  );
  test.each([
    ['', 'a tenant id may not be empty'],
    ['a|', 'a tenant id may not be empty'],
    ['..', 'a tenant id may not be ".."'],
    ['x'.repeat(151), 'a tenant id may have 150 bytes, this one has 151'],
    ['no spaces', 'a tenant id may not contain " ": letters, digits and !_.*\'()- only'],
    ['a/b', 'a tenant id may not contain "/": letters, digits and !_.*\'()- only'],
    ['a\r\nX-Evil: 1', 'a tenant id may not contain "\\r": letters, digits and !_.*\'()- only'],
    ['größe', 'a tenant id may not contain "ö": letters, digits and !_.*\'()- only'],
  ])('%j is refused with the rule', (text, because) => expect(parseTenant(text)).toEqual({ ok: false, because }));
  test('a|a is a', () => {
    const parsed = parseTenant('a|a');
    expect(parsed.ok && tenantParts(parsed.tenant)).toEqual(['a']);
  });
});

describe('quoting', () => {
  test.each([
    ['a"b', '"a\\"b"'],
    ['a\\b', '"a\\\\b"'],
    ['a\nb', '"a\\nb"'],
    ['"} or vector(1) or {a="', '"\\"} or vector(1) or {a=\\""'],
  ])('%j', (text, quoted) => expect(quote(text)).toBe(quoted));
  test('alternatives are literal', () => expect(quoteAlternatives(['a.b', 'c|d'])).toBe('"a\\\\.b|c\\\\|d"'));
  test('names beyond ASCII are quoted', () =>
    expect(selector({ 'http.route': '/x', service: 'a' })).toBe('{"http.route"="/x", service="a"}'));
});

describe('time', () => {
  test('nanoseconds are kept', () =>
    expect(rfc3339OfNanos(1_795_447_919_439_223_552n)).toBe('2026-11-23T15:31:59.439223552Z'));
  test('seconds', () =>
    expect([rfc3339OfUnix(1_795_447_970), rfc3339OfUnix(1_795_447_970.25)]).toEqual([
      '2026-11-23T15:32:50Z',
      '2026-11-23T15:32:50.250Z',
    ]));
  test('15 minutes for series, 5 for searches, the user’s for both', () => {
    expect([seriesWindow({ endUnix: 1000, live: true }), searchWindow({ endUnix: 1000, live: true })]).toEqual([
      { startUnix: 100, endUnix: 1000 },
      { startUnix: 700, endUnix: 1000 },
    ]);
    expect([
      seriesWindow({ endUnix: 1000, windowSeconds: 60, live: true }),
      searchWindow({ endUnix: 1000, windowSeconds: 60, live: true }),
    ]).toEqual([
      { startUnix: 940, endUnix: 1000 },
      { startUnix: 940, endUnix: 1000 },
    ]);
  });
});

test.each([
  [{ asked: true, ageSeconds: 10 }, 'good'],
  [{ asked: true, ageSeconds: 301 }, 'warn'],
  [{ asked: true, ageSeconds: 900 }, 'warn'],
  [{ asked: true, ageSeconds: 901 }, 'bad'],
  [{ asked: true, ageSeconds: 301, atMost: true }, 'good'],
  [{ asked: true, ageSeconds: 18_000, atMost: true }, 'good'],
  [{ asked: true }, 'bad'],
  [{ asked: false }, 'unknown'],
])('signal %j is %s', (signal, verdict) => expect(judgeSignal(signal)).toBe(verdict));
test('unknown is never good', () =>
  expect([worstOf(['good', 'unknown']), worstOf(['unknown', 'warn']), worstOf(['bad', 'warn']), worstOf([])]).toEqual([
    'unknown',
    'warn',
    'bad',
    'unknown',
  ]));
