import { describe, expect, test } from 'vitest';
import { parseExposition } from '../../src/domain/exposition.ts';
import { measureQueue, type Queue, quantileOf } from '../../src/domain/queues.ts';
import { judgeQueue } from '../../src/domain/queues-judge.ts';
import { QUEUE_METRICS, readAgent } from '../../src/domain/queues-read.ts';
import { type Buckets, NO_BUCKETS } from '../../src/domain/queues-reading.ts';

const stateOf = (queue: Queue): string => {
  const { verdict, cause } = judgeQueue(queue);
  return `${verdict} ${cause}`;
};

const queueOf = (text: string, before?: string, seconds = 10): Queue => {
  const read = (body: string) => readAgent(parseExposition(body, QUEUE_METRICS).samples).queues[0];
  const [now, past] = [read(text), before === undefined ? undefined : read(before)];
  if (now === undefined) throw new Error('no queue');
  return measureQueue({ atUnix: 1000, reading: now }, past && { atUnix: 1000 - seconds, reading: past });
};
const remote = (values: Record<string, number>, labels = 'remote_name="a",url="http://u"'): string =>
  Object.entries(values)
    .map(([name, value]) => `prometheus_remote_storage_${name}{${labels}} ${value}\n`)
    .join('');

describe('names and forms', () => {
  test('a timestamp of 0 is never, not 55 years', () => {
    const text =
      'prometheus_remote_storage_queue_highest_sent_timestamp_seconds{remote_name="a",url="u"} 0\nprometheus_remote_storage_highest_timestamp_in_seconds 1795448098\nprometheus_remote_storage_samples_total{remote_name="a",url="u"} 0\n';
    expect(queueOf(text)).toMatchObject({ neverSent: true, lagSeconds: undefined });
  });

  test('attempts hold delivered, failed and retried alike', () => {
    const now = remote({ samples_total: 1000, samples_failed_total: 200, samples_retried_total: 300 });
    const before = remote({ samples_total: 0, samples_failed_total: 0, samples_retried_total: 0 });
    expect(queueOf(now, before).rates).toMatchObject({ attempts: 100, delivered: 50, failed: 20, retried: 30 });
  });

  test('old names: succeeded are those delivered', () => {
    const now = remote({ succeeded_samples_total: 500, failed_samples_total: 10, pending_samples: 3 });
    const before = remote({ succeeded_samples_total: 0, failed_samples_total: 0, pending_samples: 3 });
    expect(queueOf(now, before)).toMatchObject({ pending: 3, rates: { delivered: 50, failed: 1, attempts: 51 } });
  });

  test.each([
    [
      'the queue’s own highest timestamp (new)',
      remote({ samples_total: 1, queue_highest_timestamp_seconds: 1060, queue_highest_sent_timestamp_seconds: 1000 }),
    ],
    [
      'the agent’s (old)',
      `${remote({ samples_total: 1, queue_highest_sent_timestamp_seconds: 1000 })}prometheus_remote_storage_highest_timestamp_in_seconds 1060\n`,
    ],
    [
      'of the same Alloy component',
      `${remote({ samples_total: 1, queue_highest_sent_timestamp_seconds: 1000 }, 'component_id="prometheus.remote_write.b",remote_name="a",url="u"')}prometheus_remote_storage_highest_timestamp_in_seconds{component_id="prometheus.remote_write.b"} 1060\nprometheus_remote_storage_highest_timestamp_in_seconds{component_id="prometheus.remote_write.c"} 9999\n`,
    ],
  ])('lag from %s', (_name, text) => {
    expect(queueOf(text).lagSeconds).toBe(60);
  });

  test('a restart counts from 0 and is said', () => {
    const queue = queueOf(remote({ samples_total: 50 }), remote({ samples_total: 9000 }));
    expect(queue).toMatchObject({ restarted: true, rates: { attempts: 5 } });
    expect(judgeQueue(queue).because).toContain('restarted since');
  });

  test('the same scrape twice is one scrape, not a rate of 0', () => {
    const text = remote({ samples_total: 50, samples_failed_total: 0 });
    expect(stateOf(queueOf(text, text, 0))).toBe('unknown one-scrape');
  });

  test('drops by a relabel rule are no loss', () => {
    const drop = (reason: string, count: number) =>
      `prometheus_remote_storage_samples_dropped_total{remote_name="a",url="http://u",reason="${reason}"} ${count}\n`;
    const text = remote({ samples_total: 50, samples_failed_total: 0 });
    expect(queueOf(text + drop('dropped_series', 70), text + drop('dropped_series', 0)).rates?.dropped).toBeUndefined();
    expect(queueOf(text + drop('too_old', 70), text + drop('too_old', 0)).rates?.dropped).toBe(7);
  });

  // Made by hand: the lab has no Alloy. Source: Alloy internal/component/common/loki/client/metrics.go.
  test('loki.write counts its statuses itself', () => {
    const at = (factor: number) =>
      `loki_write_sent_entries_total{component_id="loki.write.loki",host="loki:3100",tenant=""} 0
loki_write_dropped_entries_total{component_id="loki.write.loki",host="loki:3100",tenant="",reason="ingester_error"} ${100 * factor}
loki_write_dropped_entries_total{component_id="loki.write.loki",host="loki:3100",tenant="",reason="line_too_long"} 0
loki_write_request_duration_seconds_count{component_id="loki.write.loki",host="loki:3100",status_code="401",tenant=""} ${5 * factor}
`;
    const queue = queueOf(at(2), at(1));
    expect(queue).toMatchObject({
      signal: 'logs',
      kind: 'loki.write',
      endpoint: 'loki:3100',
      rates: { failed: 10, delivered: 0 },
    });
    expect(judgeQueue(queue)).toMatchObject({ verdict: 'bad', cause: 'refused' });
    expect(judgeQueue(queue).because).toContain('HTTP 401, counted by the exporter');
  });

  // Made by hand. Source: OpenTelemetry Collector exporterhelper; opentelemetry-go issue 7039 for `__spans__`.
  test.each([
    'otelcol_exporter_sent_spans_total',
    'otelcol_exporter_sent_spans_ratio_total',
    'otelcol_exporter_sent_spans__spans__total',
    'otelcol_exporter_sent_spans',
  ])('spans are counted as %s', (name) => {
    const at = (sent: number) =>
      `${name}{component_id="otelcol.exporter.otlphttp.tempo",exporter="otlphttp/tempo"} ${sent}\notelcol_exporter_queue_size{component_id="otelcol.exporter.otlphttp.tempo",exporter="otlphttp/tempo"} 900\notelcol_exporter_queue_capacity{component_id="otelcol.exporter.otlphttp.tempo",exporter="otlphttp/tempo"} 1000\n`;
    expect(queueOf(at(150), at(50))).toMatchObject({
      signal: 'traces',
      kind: 'otelcol.exporter.otlphttp',
      bufferFill: 0.9,
      rates: { delivered: 10 },
    });
    expect(stateOf(queueOf(at(150), at(50)))).toBe('warn buffers-full');
  });
});

describe('a quantile between two states of a histogram', () => {
  const buckets = (...counts: number[]): Buckets => ({ bounds: [0.1, 1, Number.POSITIVE_INFINITY], counts });
  test.each<[string, Buckets, Buckets, number | undefined]>([
    ['within a bucket', buckets(0, 100, 100), buckets(0, 0, 0), 0.991],
    ['of what is new alone', buckets(100, 100, 100), buckets(0, 0, 0), 0.099],
    ['beyond the last bound', buckets(0, 0, 10), buckets(0, 0, 0), 1],
    ['of nothing', buckets(5, 5, 5), buckets(5, 5, 5), undefined],
    ['without +Inf', { bounds: [1], counts: [5] }, NO_BUCKETS, undefined],
    [
      'of a native histogram, which shows +Inf alone',
      { bounds: [Number.POSITIVE_INFINITY], counts: [5] },
      NO_BUCKETS,
      undefined,
    ],
  ])('%s', (_what, now, before, expected) => {
    const found = quantileOf(now, before, 0.99);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toBeCloseTo(expected, 6);
  });
});
