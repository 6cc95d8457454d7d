import { describe, expect, test } from 'vitest';
import type { DurationMetric } from '../../src/domain/latency.ts';
import type { Origin } from '../../src/domain/result.ts';
import {
  bySlowness,
  changeOf,
  isNews,
  type SlowRoute,
  slowRoutes,
  wideBucket,
  withoutOwn,
} from '../../src/domain/slow.ts';
import { parseTenant, type Tenant } from '../../src/domain/tenant.ts';

const tenant = tenantOf('shop');
const metric: DurationMetric = {
  base: 'http_server_request_duration_seconds',
  count: 'http_server_request_duration_seconds_count',
  native: false,
  unitSeconds: 1,
  serviceLabel: 'service',
  routeLabel: 'http_route',
  failed: 'http_response_status_code=~"5.."',
  source: 'own',
};
const origin: Origin = {
  source: { backend: 'mimir', place: 'central' },
  tenant,
  atUnix: 1000,
  path: '/prometheus/api/v1/query',
  asked: 'q',
};
const sample = (service: string, route: string, value: number) => ({
  labels: { service, http_route: route },
  atUnix: 1000,
  value,
});
const answers = {
  p50: [],
  p95: [],
  rate: [sample('checkout', '/pay', 4)],
  errors: [sample('checkout', '/pay', 1)],
  trend: [],
};

function tenantOf(text: string): Tenant {
  const parsed = parseTenant(text);
  if (!parsed.ok) throw new Error(parsed.because);
  return parsed.tenant;
}

const route = (change: Partial<SlowRoute>): SlowRoute => ({
  tenant,
  service: 'a',
  route: '/',
  namespaces: [],
  metric,
  trend: [],
  origin,
  p99Seconds: 0.1,
  errorShare: 0,
  ...change,
});

describe('rows of slow', () => {
  test('a route without requests has no p99 and is no row; failed requests are a share of all', () => {
    const rows = slowRoutes(
      metric,
      { ...answers, p99: [sample('checkout', '/pay', 4.9), sample('idle', '/', Number.NaN)] },
      tenant,
      origin,
      new Map([['checkout', ['shop']]]),
    );
    expect(rows.map((row) => [row.service, row.route, row.p99Seconds, row.errorShare, row.namespaces])).toEqual([
      ['checkout', '/pay', 4.9, 0.25, ['shop']],
    ]);
  });

  test('no failure counted is a share of 0; failures that nobody could ask for are unknown', () => {
    const p99 = [sample('checkout', '/pay', 1)];
    expect(slowRoutes(metric, { ...answers, p99, errors: [] }, tenant, origin, new Map())[0]?.errorShare).toBe(0);
    expect(
      slowRoutes(metric, { ...answers, p99, errors: undefined }, tenant, origin, new Map())[0]?.errorShare,
    ).toBeUndefined();
    expect(slowRoutes(metric, { ...answers, p99, rate: [] }, tenant, origin, new Map())[0]?.errorShare).toBeUndefined();
  });

  test('milliseconds become seconds in every column', () => {
    const inMs = { ...metric, unitSeconds: 0.001 };
    const series = [{ labels: { service: 'a', http_route: '/' }, points: [[1, 2000] as const] }];
    const [row] = slowRoutes(
      inMs,
      { ...answers, p99: [sample('a', '/', 250)], p50: [sample('a', '/', 100)], trend: series },
      tenant,
      origin,
      new Map(),
    );
    expect([row?.p99Seconds, row?.p50Seconds, row?.trend]).toEqual([0.25, 0.1, [2]]);
  });
});

describe('order', () => {
  test.each<[string, Partial<SlowRoute>, Partial<SlowRoute>]>([
    [
      'a route that fails goes before one that is always slow',
      { service: 'fails', errorShare: 0.02 },
      { service: 'slow', p99Seconds: 30 },
    ],
    [
      'a route that became slow goes before one that always was',
      { service: 'became', change: 3, p99Seconds: 1 },
      { service: 'always', p99Seconds: 30, change: 1 },
    ],
    [
      'of two that fail the slower goes first',
      { service: 'z', errorShare: 0.5, p99Seconds: 5 },
      { service: 'a', errorShare: 0.5, p99Seconds: 1 },
    ],
    [
      'inside one wide bucket nothing tells two apart but errors',
      { service: 'z', p99Bucket: [2.5, 5], p99Seconds: 4.91, errorShare: 0.5 },
      { service: 'a', p99Bucket: [2.5, 5], p99Seconds: 4.95, errorShare: 0.3 },
    ],
    [
      'and then the name',
      { service: 'checkout', p99Bucket: [2.5, 5], p99Seconds: 4.91, errorShare: 0.3 },
      { service: 'frontend', p99Bucket: [2.5, 5], p99Seconds: 4.95, errorShare: 0.3 },
    ],
    ['an unknown p99 goes last', { service: 'z', p99Seconds: 0.001 }, { service: 'a', p99Seconds: undefined }],
  ])('%s', (_name, first, second) => {
    expect([route(second), route(first)].sort(bySlowness).map((row) => row.service)).toEqual([
      route(first).service,
      route(second).service,
    ]);
  });

  test.each([
    [{ errorShare: 0.01 }, true],
    [{ errorShare: 0.009 }, false],
    [{ change: 1.5 }, true],
    [{ change: 1.49 }, false],
    [{ change: 9, p99Seconds: 0.09 }, false],
    [{ errorShare: undefined, change: undefined }, false],
  ])('news: %j is %s', (change, news) => {
    expect(isNews(route(change))).toBe(news);
  });
});

describe('change against the start of the window', () => {
  test.each([
    ['doubled', [1, 1, 1, 2, 2, 2], 2],
    ['one odd point at either end does not count', [1, 9, 1, 1, 2, 2, 50], 2],
    ['gaps are skipped', [Number.NaN, 1, 1, 1, Number.NaN, 3, 3, 3], 3],
    ['too few points say nothing', [1, 1, 1, 5, 5], undefined],
    ['nothing to divide by', [0, 0, 0, 1, 1, 1], undefined],
  ])('%s', (_name, trend, change) => expect(changeOf(trend)).toBe(change));
});

describe('a quantile says no more than its bucket', () => {
  const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
  test.each([
    ['in 2.5–5 (×2)', 4.933, [2.5, 5]],
    ['on the upper bound itself', 5, [2.5, 5]],
    ['in 1–2.5 (×2.5)', 1.2, [1, 2.5]],
    ['in the first bucket: anything from 0', 0.004, [0, 0.005]],
    ['above the last bound nothing is claimed', 11, undefined],
  ])('%s', (_name, seconds, bucket) => expect(wideBucket(seconds, bounds, 1)).toEqual(bucket));
  test('a narrow bucket is precise enough', () => expect(wideBucket(4.9, [4, 4.8, 5, 6], 1)).toBeUndefined());
  test('bounds are in the unit of the metric', () => expect(wideBucket(0.03, [25, 50], 0.001)).toEqual([0.025, 0.05]));
  test('no bounds known, no bucket', () => expect(wideBucket(1, [], 1)).toBeUndefined());
});

test('span metrics speak only for services without a histogram of their own', () => {
  expect(withoutOwn([route({ service: 'own' })], ['own', 'spans-only', 'spans-only', ''])).toEqual(['spans-only']);
});
