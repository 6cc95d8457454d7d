import { describe, expect, test } from 'vitest';
import { parseExposition } from '../../src/domain/exposition.ts';
import { measureQueue, type Queue, type QueueRates } from '../../src/domain/queues.ts';
import { judgeQueue, type QueueEvidence } from '../../src/domain/queues-judge.ts';
import { QUEUE_METRICS, readAgent } from '../../src/domain/queues-read.ts';

const stateOf = (queue: Queue, evidence?: QueueEvidence): string => {
  const { verdict, cause } = judgeQueue(queue, evidence);
  return `${verdict} ${cause}`;
};

const CALM_RATES: QueueRates = {
  seconds: 15,
  attempts: 100,
  delivered: 100,
  failed: 0,
  retried: 0,
  dropped: 0,
  in: 100,
};
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
  shards: 1,
  shardsDesired: 0.1,
  shardsMax: 50,
  pending: 10,
  pendingBefore: 10,
  bufferFill: 0.1,
  rates: CALM_RATES,
  batchP99Seconds: 0.1,
  restarted: false,
  statuses: new Map(),
  reasons: new Map(),
};
const rates = (change: Partial<QueueRates>): { rates: QueueRates } => ({ rates: { ...CALM_RATES, ...change } });
const LATE = { lagSeconds: 300, lagGrowth: 0.3 };

describe('the first cause that is true', () => {
  test.each<[string, Partial<Queue>, QueueEvidence, string]>([
    ['keeps up', {}, {}, 'good none'],
    ['was seen once', { rates: undefined }, {}, 'unknown one-scrape'],
    [
      'never sent anything',
      { neverSent: true, lagSeconds: undefined, pending: 0, ...rates({ attempts: 0, delivered: 0, in: 0 }) },
      {},
      'unknown none',
    ],
    ['a few are refused', rates({ attempts: 1000, failed: 5 }), {}, 'warn refused'],
    ['all are refused', rates({ attempts: 100, failed: 100, delivered: 0 }), {}, 'bad refused'],
    [
      'all are refused behind nginx, part of it as 502',
      rates({ attempts: 120, failed: 100, retried: 20, delivered: 0 }),
      {},
      'bad refused',
    ],
    ['only the scrape sees it', {}, { inMimir: false }, 'warn absent'],
    ['refused outranks absent', rates({ failed: 100 }), { inMimir: false }, 'bad refused'],
    [
      '429 by the server’s discards',
      rates({ retried: 80, delivered: 20 }),
      { discards: new Map([['rate_limited', 50]]) },
      'bad limited',
    ],
    [
      '429 with a long Retry-After: no counter moves',
      { pending: 900, pendingBefore: 900, ...rates({ attempts: 0, delivered: 0 }) },
      { discards: new Map([['rate_limited', 50]]) },
      'bad limited',
    ],
    ['5xx: tried again and again', rates({ retried: 100, delivered: 0 }), {}, 'bad remote'],
    ['one batch was tried again', rates({ retried: 10, delivered: 90 }), {}, 'warn remote'],
    [
      'a long Retry-After: nothing is sent while something waits',
      { pending: 900, pendingBefore: 500, ...rates({ attempts: 0, delivered: 0 }) },
      {},
      'bad remote',
    ],
    [
      'nothing sent because nothing waited',
      { pendingBefore: 0, ...rates({ attempts: 0, delivered: 0, in: 5 }) },
      {},
      'good none',
    ],
    ['batches take 6 s', { batchP99Seconds: 6 }, {}, 'warn remote'],
    ['shards at max, lag growing', { shardsDesired: 80, ...LATE }, {}, 'bad shards-at-max'],
    ['shards at max, lag shrinking', { shardsDesired: 80, lagSeconds: 40, lagGrowth: -1 }, {}, 'warn shards-at-max'],
    ['buffers full', { bufferFill: 1.1 }, {}, 'warn buffers-full'],
    ['buffers full and late', { bufferFill: 1.1, ...LATE }, {}, 'bad buffers-full'],
    [
      'the WAL is not read',
      { pending: 0, pendingBefore: 0, ...LATE, ...rates({ attempts: 0, delivered: 0 }) },
      {},
      'bad wal-stalled',
    ],
    ['samples fell off the WAL', rates({ dropped: 12 }), {}, 'bad wal-truncated'],
    ['40 s behind', { lagSeconds: 40 }, {}, 'warn lag'],
    ['300 s behind', LATE, {}, 'bad lag'],
    ['it says nothing of what it sent', { rates: { seconds: 15 } }, {}, 'unknown none'],
    [
      'an exporter that holds something and sent nothing may be stuck',
      { lagSeconds: undefined, pending: 4, pendingBefore: 0, ...rates({ attempts: 0, delivered: 0, in: undefined }) },
      {},
      'unknown none',
    ],
  ])('%s', (_what, change, evidence, state) => {
    expect(stateOf({ ...CALM, ...change }, evidence)).toBe(state);
  });

  const refused = { ...CALM, ...rates({ failed: 100, delivered: 0 }) };
  test.each<[string, QueueEvidence, RegExp, RegExp]>([
    [
      'the configuration',
      { header: { state: 'missing', where: 'ConfigMap a, config.alloy line 28' } },
      /no tenant header \(ConfigMap a, config\.alloy line 28\)/,
      /X-Scope-OrgID/,
    ],
    [
      'the agent’s log',
      { logLines: ['err="server returned HTTP status 413 Request Entity Too Large"'] },
      /HTTP 413, says the agent’s log/,
      /max_samples_per_send/,
    ],
    [
      'the agent’s log, with Mimir’s id',
      { logLines: ['HTTP status 400 Bad Request: per-metric series limit (err-mimir-max-series-per-metric)'] },
      /400 err-mimir-max-series-per-metric/,
      /cardinality/,
    ],
    [
      'Mimir’s discards',
      { discards: new Map([['per_metric_series_limit', 133]]) },
      /err-mimir-max-series-per-metric, as Mimir discards 133\/s/,
      /cardinality/,
    ],
    [
      'the server’s 401s',
      { turnedAwayPerSecond: 3 },
      /HTTP 401 likely: Mimir answers so to 3 pushes\/s/,
      /X-Scope-OrgID/,
    ],
    ['the counter alone', {}, /which one no metric tells/, /log/],
  ])('why it is refused, from %s', (_from, evidence, because, next) => {
    const judged = judgeQueue(refused, evidence);
    expect(judged.because).toMatch(because);
    expect(judged.next).toMatch(next);
    expect(judged.outlook.secondsToLoss).toBe(0);
  });

  test('with Mimir gone the missing header is still named', () => {
    const held = { ...CALM, ...rates({ retried: 100, delivered: 0 }) };
    const judged = judgeQueue(held, { header: { state: 'missing', where: 'ConfigMap a line 3' } });
    expect(judged).toMatchObject({ cause: 'remote' });
    expect(judged.because).toContain('no tenant header: ConfigMap a line 3');
  });

  test('more shards are not advised while batches are slow', () => {
    const { next } = judgeQueue({ ...CALM, shardsDesired: 80, batchP99Seconds: 2.5, ...LATE });
    expect(next).toMatch(/why a batch takes 2\.5s first/);
    expect(judgeQueue({ ...CALM, shardsDesired: 80, ...LATE }).next).toMatch(/raise max_shards/);
  });
});

describe('time', () => {
  test('seconds until samples fall off the WAL, by what is kept', () => {
    const queue = { ...CALM, lagSeconds: 600, lagGrowth: 0.5, ...rates({ in: 200, delivered: 100 }) };
    const keeping = {
      kept: { seconds: 7200, said: 'ConfigMap a' },
      cut: { seconds: 3600, said: 'default of wal.truncate_frequency' },
      cutsAlways: false,
    };
    // Cut to its newest third, 20 min, it holds 10 min more than it is behind, and falls behind at half the pace of time.
    expect(judgeQueue(queue, { keeping }).outlook).toMatchObject({ secondsToLoss: 1200, secondsToSureLoss: 13_200 });
    expect(judgeQueue(queue, { keeping }).because).toContain(
      'loss from 20m on, certain in 4h (WAL cut to a third every 1h, kept 2h: default of wal.truncate_frequency; ConfigMap a)',
    );
    expect(judgeQueue(queue).because).toContain(
      'WAL cut to a third every 2h, kept 8h: default of wal.truncate_frequency; default of wal.max_keepalive_time',
    );
  });

  test('an outage does not cut Alloy’s WAL, but that of a Prometheus agent', () => {
    const held = { ...CALM, lagSeconds: 600, ...rates({ retried: 100, delivered: 0 }) };
    expect(judgeQueue(held).outlook).toMatchObject({ secondsToLoss: 8 * 3600 - 600 });
    expect(judgeQueue(held).because).toContain('loss in 8h (kept 8h: default of wal.max_keepalive_time)');
    const prometheus = { ...held, build: { name: 'prometheus', version: '3.5.3', mode: 'agent' } } as const;
    expect(judgeQueue(prometheus).outlook).toMatchObject({ secondsToLoss: 1800, secondsToSureLoss: 4 * 3600 - 600 });
    const server = { ...held, build: { name: 'prometheus', version: '3.5.3', mode: 'server' } } as const;
    expect(judgeQueue(server).because).toContain('kept 2h: what a Prometheus server keeps');
  });

  test('further behind than a cut leaves, the next cut may take it', () => {
    const queue = { ...CALM, lagSeconds: 3000, lagGrowth: 0.5, ...rates({ in: 200, delivered: 100 }) };
    expect(judgeQueue(queue).outlook.secondsToLoss).toBe(0);
    expect(judgeQueue(queue).because).toContain('loss with the next cut, certain in 14h');
  });

  test('how long it drains when it recovers', () => {
    const { outlook } = judgeQueue({ ...CALM, lagSeconds: 600, ...rates({ in: 100, delivered: 160 }) });
    expect(outlook.secondsToDrain).toBeCloseTo(1000);
    expect(outlook.said).toBe('caught up in 17m at 160/s, 100/s come in');
    expect(outlook.secondsToLoss).toBeUndefined();
  });
});

describe('loki.write counts lines, and tries batches again', () => {
  /** Made by hand, in the names of Alloy internal/component/common/loki/client/metrics.go; ten batches a second. */
  const lines = (sent: number, retries: number, statuses: Readonly<Record<string, number>>): string =>
    [
      `loki_write_sent_entries_total{component_id="loki.write.l",host="h"} ${sent}`,
      `loki_write_batch_retries_total{component_id="loki.write.l",host="h"} ${retries}`,
      ...Object.entries(statuses).map(
        ([status, count]) =>
          `loki_write_request_duration_seconds_count{component_id="loki.write.l",host="h",status_code="${status}"} ${count}`,
      ),
      '',
    ].join('\n');
  const queueOf = (sent: number, retries: number, statuses: Readonly<Record<string, number>>): Queue => {
    const readings = [lines(0, 0, {}), lines(sent, retries, statuses)].map(
      (text) => readAgent(parseExposition(text, QUEUE_METRICS).samples).queues[0],
    );
    const [before, now] = readings;
    if (before === undefined || now === undefined) throw new Error('no queue was read');
    return measureQueue({ atUnix: 1015, reading: now }, { atUnix: 1000, reading: before });
  };

  test('half of all requests fail: that is half, however many lines a batch has', () => {
    const queue = queueOf(37_500, 75, { 204: 75, 500: 75 });
    const judged = judgeQueue(queue);
    expect(judged).toMatchObject({ verdict: 'bad', cause: 'remote' });
    expect(judged.because).toContain('50% of its requests fail (HTTP 500, counted by the exporter)');
    // Batches do not stand in a column of lines.
    expect(queue.rates?.retried).toBeUndefined();
    expect(queue.rates?.retriedBatches).toBe(5);
  });

  test('one request of a hundred fails: a warning', () => {
    const judged = judgeQueue(queueOf(49_500, 2, { 204: 148, 500: 2 }));
    expect(judged).toMatchObject({ verdict: 'warn', cause: 'remote' });
    expect(judged.because).toContain('1.3% of its requests fail');
  });

  test('429 on everything: limited', () => {
    expect(stateOf(queueOf(0, 75, { 429: 75 }))).toBe('bad limited');
  });
});
