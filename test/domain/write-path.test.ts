import { describe, expect, test } from 'vitest';
import type { Queue, QueueRates } from '../../src/domain/queues.ts';
import { judgeQueue, type QueueEvidence } from '../../src/domain/queues-judge.ts';
import type { QueueRow } from '../../src/domain/queues-sight.ts';
import { type FarSide, writePath } from '../../src/domain/write-path.ts';

const RATES: QueueRates = { seconds: 15, attempts: 100, delivered: 100, failed: 0, retried: 0, dropped: 0, in: 100 };
const CALM: Queue = {
  id: 'q',
  signal: 'metrics',
  kind: 'prometheus.remote_write',
  component: 'prometheus.remote_write.mimir',
  endpoint: 'http://m/push',
  atUnix: 1000,
  lagSeconds: 5,
  lagGrowth: 0,
  neverSent: false,
  rates: RATES,
  restarted: false,
  statuses: new Map(),
  reasons: new Map(),
};

const rowOf = (queue: Queue, evidence: QueueEvidence): QueueRow => ({
  ...{ id: 'q', context: 'central', agent: 'a', namespace: 'mon', kind: queue.kind, component: queue.component },
  ...{ endpoint: queue.endpoint, tenant: 'staging', queue, evidence, judged: judgeQueue(queue, evidence) },
  trend: () => [],
  origin: { source: { backend: 'agent', place: 'a' }, tenant: null, atUnix: 1000, path: '/metrics', asked: '' },
});

function pathOf(change: Partial<Queue>, far: FarSide = {}, evidence: QueueEvidence = {}) {
  const hops = writePath(rowOf({ ...CALM, ...change }, { ...evidence, discards: far.discards }), far);
  return {
    here: hops.find(({ thins }) => thins)?.id,
    verdict: (id: string) => hops.find((hop) => hop.id === id)?.verdict,
    said: (id: string) => hops.find((hop) => hop.id === id)?.said ?? '',
  };
}
const rates = (change: Partial<QueueRates>): Partial<Queue> => ({ rates: { ...RATES, ...change } });

const DISCARDS: FarSide = { discards: new Map([['per_metric_series_limit', 133]]), receivedPerSecond: 900 };

describe('what the distributor throws away of the tenant', () => {
  test('is another agent’s where this one gets everything through: told, and not marked', () => {
    const path = pathOf({}, DISCARDS);
    expect(path.verdict('distributor')).toBe('warn');
    expect(path.said('distributor')).toContain('discards 133/s per_metric_series_limit');
    expect(path.here).toBeUndefined();
  });

  test('does not take the mark from a queue that is behind for its own reasons', () => {
    const path = pathOf({ lagSeconds: 300, shardsDesired: 80, shardsMax: 2 }, DISCARDS);
    expect(path.here).toBe('queue');
    expect(path.verdict('distributor')).toBe('warn');
  });

  test('is this one’s where its pushes are refused', () => {
    const path = pathOf(rates({ failed: 40, delivered: 60 }), DISCARDS);
    expect(path.verdict('distributor')).toBe('bad');
    expect(path.here).toBe('http');
  });
});

describe('what was dropped on purpose is no loss', () => {
  const RELABELLED = {
    ...rates({ attempts: 60, delivered: 60 }),
    reasons: new Map([['dropped_series', 40]]),
  };

  test.each<[string, Partial<Queue>]>([
    ['by write_relabel', RELABELLED],
    ['by write_relabel, where it is not counted', rates({ attempts: 60, delivered: 60 })],
    [
      'by tail sampling',
      {
        signal: 'traces',
        kind: 'otelcol.exporter.otlp',
        lagSeconds: undefined,
        ...rates({ attempts: 10, delivered: 10 }),
      },
    ],
  ])('%s: a good queue has no mark', (_how, change) => {
    expect(pathOf(change).here).toBeUndefined();
  });

  test('by write_relabel: nor has a queue that is only unseen by Mimir, and the WAL says what it dropped', () => {
    const path = pathOf(RELABELLED, {}, { inMimir: false });
    expect(path.here).toBeUndefined();
    expect(path.said('wal')).toContain('40/s dropped by a relabel rule');
  });

  test.each([
    ['counted', RELABELLED.reasons],
    ['not counted', new Map()],
  ])('35 s behind without falling further behind there is no loss in sight (%s)', (_how, reasons) => {
    const { outlook } = judgeQueue({ ...CALM, ...RELABELLED, reasons, lagSeconds: 35 });
    expect(outlook).toEqual({ said: '' });
  });

  test('who really falls behind is told when the loss comes', () => {
    const { outlook } = judgeQueue({ ...CALM, ...rates({ delivered: 50 }), lagSeconds: 300, lagGrowth: 0.5 });
    expect(outlook.secondsToLoss).toBeGreaterThan(0);
  });
});

test('where nobody tells what is stored, the ingester is not known', () => {
  const path = pathOf({});
  expect(path.verdict('ingester')).toBe('unknown');
  expect(path.said('ingester')).toContain('not known');
});
