import { expect, test } from 'vitest';
import { readTurnedAway } from '../../src/domain/queues-server.ts';

/* Values as the lab answered while edge-dev's agent and an Alloy without a tenant pushed: routes as the servers name them. */
const sample = (signal: string, route: string | undefined, value: number) => ({
  labels: { signal, ...(route === undefined ? {} : { route }) },
  atUnix: 1_795_526_720,
  value,
});

test('only who pushes is turned away; who reads without a header is another matter', () => {
  const found = readTurnedAway([
    sample('metrics', 'api_v1_push', 0.25),
    sample('metrics', 'otlp_v1_metrics', 0.07),
    sample('metrics', 'prometheus_api_v1_query', 9),
    sample('logs', 'loki_api_v1_push', 0.53),
    sample('logs', 'loki_api_v1_labels', 4),
    sample('traces', undefined, 2.1),
  ]);
  expect(found.get('metrics')).toBeCloseTo(0.32);
  expect(found.get('logs')).toBeCloseTo(0.53);
  expect(found.get('traces')).toBeCloseTo(2.1);
});

test('what nobody counts is not nothing', () => {
  const found = readTurnedAway([sample('metrics', 'api_v1_push', Number.NaN), sample('else', 'api_v1_push', 1)]);
  expect(found.size).toBe(0);
});
