import { describe, expect, test } from 'vitest';
import { describeOwn, namespacesOf, ownHistograms, spanMetric, unitSecondsOf } from '../../src/domain/latency.ts';
import { errorRate, exemplarSelector, quantile, requestRate } from '../../src/domain/questions.ts';

describe('duration metrics are found by name', () => {
  test.each<[string, string[], { base: string; native: boolean }[]]>([
    [
      'OpenTelemetry, classic',
      ['http_server_request_duration_seconds_bucket', 'http_server_request_duration_seconds_count', 'up'],
      [{ base: 'http_server_request_duration_seconds', native: false }],
    ],
    [
      'OpenTelemetry before 1.23',
      ['http_server_duration_milliseconds_bucket'],
      [{ base: 'http_server_duration_milliseconds', native: false }],
    ],
    [
      'a native histogram has no buckets',
      ['http_server_request_duration_seconds'],
      [{ base: 'http_server_request_duration_seconds', native: true }],
    ],
    [
      'classic and native at once is counted once',
      ['http_request_duration_seconds', 'http_request_duration_seconds_bucket', 'http_request_duration_seconds_count'],
      [{ base: 'http_request_duration_seconds', native: false }],
    ],
    [
      'a summary is no histogram',
      ['http_request_duration_seconds', 'http_request_duration_seconds_count', 'http_request_duration_seconds_sum'],
      [],
    ],
    ['gRPC', ['grpc_server_handling_seconds_bucket'], [{ base: 'grpc_server_handling_seconds', native: false }]],
    [
      'the stack itself is not a service of the shop',
      [
        'cortex_request_duration_seconds_bucket',
        'loki_request_duration_seconds_bucket',
        'http_client_request_duration_seconds_bucket',
      ],
      [],
    ],
  ])('%s', (_name, names, found) => expect(ownHistograms(names)).toEqual(found));

  test.each([
    [
      ['traces_spanmetrics_latency_bucket', 'traces_spanmetrics_calls_total'],
      'traces_spanmetrics_latency',
      'service',
      1,
      false,
    ],
    [['traces_spanmetrics_latency'], 'traces_spanmetrics_latency', 'service', 1, true],
    [
      ['traces_span_metrics_duration_milliseconds_bucket'],
      'traces_span_metrics_duration_milliseconds',
      'service_name',
      0.001,
      false,
    ],
    [['traces_span_metrics_duration_seconds_bucket'], 'traces_span_metrics_duration_seconds', 'service_name', 1, false],
  ])('span metrics %j', (names, base, serviceLabel, unitSeconds, native) => {
    expect(spanMetric(names)).toMatchObject({ base, serviceLabel, unitSeconds, native, source: 'span-metrics' });
  });
  test('no span metrics', () => expect(spanMetric(['up'])).toBeUndefined());
});

describe('labels and units are learned, not assumed', () => {
  const found = { base: 'http_request_duration_seconds', native: false };
  test('service, route and status by the labels there are', () => {
    expect(describeOwn(found, [{ app: 'cart', handler: '/x', code: '200' }], undefined)).toMatchObject({
      serviceLabel: 'app',
      routeLabel: 'handler',
      failed: 'code=~"5.."',
    });
  });
  test('no label names a service: no rows can be made of it', () =>
    expect(describeOwn(found, [{ pod: 'x' }], undefined)).toBeUndefined());
  test('no status label: failures are unknown, not zero', () =>
    expect(describeOwn(found, [{ app: 'cart' }], undefined)?.failed).toBe(''));
  test.each([
    ['a_b', { type: 'histogram', help: '', unit: 'milliseconds' }, 0.001],
    ['a_seconds', undefined, 1],
    ['a_ms', undefined, 0.001],
    ['a', { type: '', help: '', unit: '' }, 7],
  ])('unit of %s with %j', (base, metadata, seconds) => {
    expect(unitSecondsOf(base, metadata, 7)).toBe(seconds);
  });
  test('a service may stand in several namespaces', () => {
    expect(
      namespacesOf(
        [
          { service: 'a', namespace: 'x' },
          { service: 'a', namespace: 'y' },
          { service: 'b', k8s_namespace_name: 'z' },
          { service: 'c' },
        ],
        'service',
      ),
    ).toEqual(
      new Map([
        ['a', ['x', 'y']],
        ['b', ['z']],
      ]),
    );
  });
});

test('questions are what the recordings hold, word for word', () => {
  const own = describeOwn(
    { base: 'http_server_request_duration_seconds', native: false },
    [{ service: 'a', http_route: '/', http_response_status_code: '200' }],
    undefined,
  );
  if (own === undefined) throw new Error('not described');
  expect(quantile(own, 0.99, '5m')).toBe(
    'histogram_quantile(0.99, sum by (le, service, http_route) (rate(http_server_request_duration_seconds_bucket[5m])))',
  );
  expect(requestRate(own)).toBe('sum by (service, http_route) (rate(http_server_request_duration_seconds_count[5m]))');
  expect(errorRate(own)).toBe(
    'sum by (service, http_route) (rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[5m]))',
  );
  expect(exemplarSelector(own, 'cart')).toBe('http_server_request_duration_seconds_bucket{service="cart"}');
  const native = { ...own, native: true };
  expect(quantile(native, 0.99, '5m')).toBe(
    'histogram_quantile(0.99, sum by (service, http_route) (rate(http_server_request_duration_seconds[5m])))',
  );
  expect(requestRate(native)).toBe(
    'histogram_count(sum by (service, http_route) (rate(http_server_request_duration_seconds[5m])))',
  );
});
