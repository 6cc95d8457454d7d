import type { MetricSample } from './exposition.ts';
import { addBucket, addTo, type Draft, type Drafts, type QueueField, type QueueSignal } from './queues-reading.ts';

const REMOTE_WRITE: Readonly<Record<string, QueueField>> = {
  samples_total: 'attempts',
  samples_failed_total: 'failed',
  samples_retried_total: 'retried',
  samples_in_total: 'samplesIn',
  samples_pending: 'pending',
  enqueue_retries_total: 'enqueueFailed',
  shard_capacity: 'capacity',
  shards: 'shards',
  shards_desired: 'desired',
  shards_min: 'shardsMin',
  shards_max: 'shardsMax',
  max_samples_per_send: 'batchMax',
  queue_highest_timestamp_seconds: 'highest',
  highest_timestamp_in_seconds: 'highest',
  queue_highest_sent_timestamp_seconds: 'highestSent',
  sent_batch_duration_seconds_count: 'batches',
  sent_batch_duration_seconds_sum: 'batchSeconds',
  // Names before Prometheus 2.23. "Succeeded" are those that were delivered, not the attempts.
  succeeded_samples_total: 'delivered',
  failed_samples_total: 'failed',
  retried_samples_total: 'retried',
  pending_samples: 'pending',
};

/**
 * One series of a remote-write queue, of Alloy or Prometheus, in old names or new.
 *
 * Source: Prometheus storage/remote/queue_manager.go. Tempo's generator exports the same series by tenant, with a hash
 *         for a name: that is no agent's queue.
 */
export function readRemoteWrite({ name, labels, value }: MetricSample, drafts: Drafts): void {
  if (labels.tenant !== undefined) return;
  const what = name.slice('prometheus_remote_storage_'.length);
  const component = labels.component_id ?? '';
  const field = REMOTE_WRITE[what];
  const [remote, url] = [labels.remote_name, labels.url ?? labels.queue];
  if (remote === undefined && url === undefined) {
    if (field !== undefined) drafts.share(component, field, value);
    return;
  }
  const { draft, bound } = drafts.of(labels, () => ({
    signal: 'metrics',
    kind: component === '' ? 'remote_write' : 'prometheus.remote_write',
    component: component || (remote ?? ''),
    endpoint: url ?? '',
    discriminator: remote ?? '',
  }));
  if (field !== undefined) draft.values.add(field, value);
  else if (what !== 'sent_batch_duration_seconds_bucket') readDrops(draft, what, { name, labels, value });
  else if (bound !== undefined) addBucket(draft.buckets, bound, value);
}

function readDrops(draft: Draft, what: string, { labels, value }: MetricSample): void {
  if (what !== 'samples_dropped_total' && what !== 'dropped_samples_total') return;
  const reason = labels.reason ?? 'unknown';
  draft.reasons = addTo(draft.reasons, reason, value);
  // A relabel rule dropped the series: nobody wanted it. Old names do not tell such drops from losses.
  if (reason === 'too_old') draft.values.add('tooOld', value);
  else if (reason !== 'dropped_series' && reason !== 'unknown') draft.values.add('dropped', value);
}

/** One series of a `loki.write` endpoint. Source: Alloy internal/component/common/loki/client/metrics.go. */
export function readLokiWrite({ name, labels, value }: MetricSample, drafts: Drafts): void {
  const endpoint = labels.url ?? labels.host;
  if (endpoint === undefined) return;
  const { draft, bound } = drafts.of(labels, () => ({
    signal: 'logs',
    kind: 'loki.write',
    component: labels.component_id ?? 'loki.write',
    endpoint,
    discriminator: labels.tenant ?? '',
    ...(labels.tenant ? { sentAs: labels.tenant } : {}),
  }));
  switch (name.slice('loki_write_'.length)) {
    case 'sent_entries_total':
      draft.values.add('delivered', value);
      break;
    case 'batch_retries_total':
      draft.values.add('retriedBatches', value);
      break;
    case 'dropped_entries_total':
      draft.reasons = addTo(draft.reasons, labels.reason ?? 'unknown', value);
      draft.values.add(labels.reason === 'queue_is_full' ? 'enqueueFailed' : 'failed', value);
      break;
    case 'request_duration_seconds_count':
      draft.statuses = addTo(draft.statuses, labels.status_code ?? '', value);
      draft.values.add('batches', value);
      break;
    case 'request_duration_seconds_sum':
      draft.values.add('batchSeconds', value);
      break;
    case 'request_duration_seconds_bucket':
      if (bound !== undefined) addBucket(draft.buckets, bound, value);
      break;
  }
}

/** Names differ by release: `_ratio`, `__spans_` and `_total` come and go. */
const COUNTED =
  /^otelcol_exporter_(sent|send_failed|enqueue_failed)_(spans|log_records|metric_points)(?:_ratio|__[a-z_{}]+?_)?(?:_total)?$/;
const QUEUE = /^otelcol_exporter_queue_(size|capacity)(?:_ratio|__[a-z_{}]+?_)?$/;

const SIGNALS: Readonly<Record<string, QueueSignal>> = {
  spans: 'traces',
  log_records: 'logs',
  metric_points: 'metrics',
  traces: 'traces',
  logs: 'logs',
  metrics: 'metrics',
};
const COUNTS: Readonly<Record<string, QueueField>> = {
  sent: 'delivered',
  send_failed: 'failed',
  enqueue_failed: 'enqueueFailed',
  size: 'size',
  capacity: 'capacity',
};

const ACCEPTED = /^otelcol_receiver_accepted_(spans|log_records|metric_points)(?:_ratio|__[a-z_{}]+?_)?(?:_total)?$/;

/** What the agent's OTLP receivers take in: of all its exporters of that signal alike. */
export function readReceiver({ name, value }: MetricSample, drafts: Drafts): void {
  const signal = SIGNALS[ACCEPTED.exec(name)?.[1] ?? ''];
  if (signal !== undefined) drafts.share(`otelcol ${signal}`, 'samplesIn', value);
}

/** One series of an OTLP exporter. Source: OpenTelemetry Collector exporter/exporterhelper, metadata.yaml. */
export function readExporter({ name, labels, value }: MetricSample, drafts: Drafts): void {
  const found = COUNTED.exec(name) ?? QUEUE.exec(name);
  const field = COUNTS[found?.[1] ?? ''];
  if (field === undefined) return;
  const component = labels.component_id ?? `otelcol.exporter.${labels.exporter ?? 'unknown'}`;
  const { draft } = drafts.of(labels, () => ({
    // Older releases do not say whose queue it is; most exporters of an agent carry traces.
    signal: SIGNALS[found?.[2] ?? labels.data_type ?? 'traces'] ?? 'traces',
    kind: component.split(/[./]/).slice(0, 3).join('.'),
    component,
    endpoint: '',
    discriminator: labels.exporter ?? '',
  }));
  draft.values.add(field, value);
}
