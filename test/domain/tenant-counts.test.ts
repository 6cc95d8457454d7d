import { expect, test } from 'vitest';
import { judgeTenant } from '../../src/domain/radar.ts';
import type { Sample } from '../../src/domain/series.ts';
import { discardedPerSecond, readTenantCounts } from '../../src/domain/tenant-counts.ts';

/** Label names as `TENANT_COUNTS` gives them; values as three recorded /metrics tell them. */
const told = (signal: string, what: string, tenant: string, value: number, reason = ''): Sample => ({
  labels: { signal, what, ...(tenant ? { tenant } : {}), ...(reason ? { reason } : {}) },
  atUnix: 1_795_448_131,
  value,
});

const COUNTS = readTenantCounts([
  told('metrics', 'newest', 'staging', 1_795_448_100),
  told('metrics', 'per-second', 'staging', 1434),
  told('metrics', 'used', 'staging', 7240),
  told('metrics', 'limit', 'staging', 9000),
  told('metrics', 'limit', '', 150_000),
  told('metrics', 'discarded', 'staging', 90, 'per_metric_series_limit'),
  told('metrics', 'discarded', 'staging', 2, 'rate_limited'),
  told('metrics', 'per-second', 'shop', 12),
  told('traces', 'per-second', 'shop', 40),
  told('traces', 'used', 'shop', Number.NaN),
  told('traces', 'limit', '', 30_000_000),
  told('traces', 'limit', 'free', 0),
]);

test('each tenant has its own limit, else the usual one; a limit of 0 is none', () => {
  expect(COUNTS.of('staging', 'metrics')).toMatchObject({ perSecond: 1434, used: 7240, limit: 9000 });
  expect(COUNTS.of('shop', 'metrics')).toMatchObject({ perSecond: 12, limit: 150_000 });
  expect(COUNTS.of('shop', 'traces')).toMatchObject({ limit: 30_000_000 });
  expect(COUNTS.of('free', 'traces')?.limit).toBeUndefined();
});

test('what is no number is not known', () => expect(COUNTS.of('shop', 'traces')).not.toHaveProperty('used'));

test('reasons stand apart, and add up', () => {
  const counted = COUNTS.of('staging', 'metrics') ?? {};
  expect([...(counted.discards ?? [])]).toEqual([
    ['per_metric_series_limit', 90],
    ['rate_limited', 2],
  ]);
  expect(discardedPerSecond(counted)).toBe(92);
});

test('of a signal that nobody counts nothing is known, not even that it is silent', () => {
  expect(COUNTS.tells('logs')).toBe(false);
  expect(COUNTS.of('staging', 'logs')).toBeUndefined();
  expect(COUNTS.tells('traces')).toBe(true);
  expect(COUNTS.names('traces')).toEqual(['shop']);
});

test('logs near their rate limit, and spans thrown away, light up the tenant', () => {
  const fresh = { asked: true, ageSeconds: 5 };
  const of = (use: object) =>
    judgeTenant({
      ...{ tenant: 'shop', foundBy: [], signals: { metrics: fresh, logs: fresh, traces: fresh } },
      use: { metrics: {}, logs: {}, traces: {}, ...use },
    });
  expect(of({})).toMatchObject({ verdict: 'good' });
  expect(of({ logs: { used: 3_900_000, limit: 4_194_304 } })).toMatchObject({ verdict: 'warn', cause: 'limit' });
  expect(of({ logs: { used: 3_900_000, limit: 4_194_304, atMost: true } })).toMatchObject({ verdict: 'good' });
  // Tempo's limit is of each distributor unless told otherwise, and what is used is counted over all of them.
  expect(of({ traces: { used: 30e6, limit: 15e6 } })).toMatchObject({ verdict: 'good' });
  const thrown = of({ traces: { discardedPerSecond: 7 } });
  expect(thrown).toMatchObject({ verdict: 'warn', cause: 'discarded' });
  expect(thrown.because).toContain('7/s of its traces');
});

test('who has sent nothing of anything for long is silent, and says since when; what is old does not arrive', () => {
  const old = { asked: true, ageSeconds: 3000 };
  const of = (metrics: object, logs: object, traces: object) =>
    judgeTenant({
      ...{ tenant: 'shop', foundBy: ['all_user_stats'], use: { metrics: {}, logs: {}, traces: {} } },
      signals: {
        metrics: { asked: true, ...metrics },
        logs: { asked: true, ...logs },
        traces: { asked: true, ...traces },
      },
    });
  const silent = of(old, {}, {});
  expect(silent).toMatchObject({ verdict: 'bad', cause: 'silent' });
  expect(silent.because).toContain('nothing new of metrics for 50m');
  expect(of({ ageSeconds: 5 }, {}, {})).toMatchObject({ cause: 'orphan' });
  // What stopped hours ago does not arrive, though its last sample is still known.
  const hours = { ageSeconds: 18_000 };
  const died = of(hours, { ageSeconds: 5 }, { ageSeconds: 5 });
  expect(died).toMatchObject({ verdict: 'bad', cause: 'silent' });
  expect(died.because).toBe('nothing new of metrics for 5h');
  const only = of(hours, { ageSeconds: 5 }, {});
  expect(only).toMatchObject({ verdict: 'bad', cause: 'orphan' });
  expect(only.because).toBe('only logs arrive, nothing new of metrics for 5h, no traces');
  expect(of({ ageSeconds: 400 }, { ageSeconds: 5 }, { ageSeconds: 5 })).toMatchObject({
    verdict: 'warn',
    cause: 'late',
  });
  expect(of({ ageSeconds: 400 }, { ageSeconds: 400 }, { ageSeconds: 400 })).toMatchObject({ verdict: 'warn' });
});
