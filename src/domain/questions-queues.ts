import { matchAny } from './selector.ts';

/* What is asked about agents' queues; see questions.ts: a tape answers only what was asked word for word. */

/** Everything that Mimir holds of remote-write queues, Prometheus' and Alloy's alike. */
export const QUEUE_SERIES = '{__name__=~"prometheus_remote_storage_.+"}';

/** What agents tell of their other exporters, and what they are; beside the queues above, for whoever scrapes all of it. */
export const EXPORTER_SERIES =
  '{__name__=~"loki_write_(sent_entries|dropped_entries|batch_retries)_total|loki_write_request_duration_seconds_(count|sum|bucket)|otelcol_exporter_(sent|send_failed|enqueue_failed)_.+|otelcol_exporter_queue_(size|capacity)(_ratio)?|otelcol_receiver_accepted_.+|(prometheus_agent|prometheus_remote_write_wal)_samples_appended_total|(alloy|prometheus)_build_info"}';

/** The same, the last of two hours: an agent that is more than five minutes behind looks empty to an instant query. */
export const QUEUE_SERIES_LAST = 'last_over_time({__name__=~"prometheus_remote_storage_.+"}[2h])';

/** The same of some agents alone, by the label that names them. */
export const queueSeriesLastOf = (label: 'pod' | 'instance', agents: readonly string[]): string =>
  `last_over_time({__name__=~"prometheus_remote_storage_.+", ${matchAny(label, agents)}}[2h])`;

/** Every agent that had a queue within two hours; a queue with a label `tenant` is one of Tempo's generator. */
export const QUEUE_AGENTS_LAST =
  'count by (cluster, namespace, pod, instance) (last_over_time(prometheus_remote_storage_shards{tenant=""}[2h]))';

/** Lag by agent and queue, in names that Prometheus 3.5 still has. */
export const QUEUE_LAG =
  'max by (pod, url) (prometheus_remote_storage_highest_timestamp_in_seconds - ignoring(remote_name, url) group_right prometheus_remote_storage_queue_highest_sent_timestamp_seconds)';

/** Does this tenant hold the stack's own metrics? */
export const STACK_PRESENT = 'count(cortex_build_info) or count(mimir_build_info)';

/** What Mimir threw away, by tenant and reason, a second; only the tenant that holds the stack's own metrics knows. */
export const DISCARDED = 'sum by (user, reason) (rate(cortex_discarded_samples_total[5m]))';

/** How often each replica stores a sample: ingesters' own counts are that many times too large. */
export const REPLICATION = 'max by (__name__) ({__name__=~"(cortex|loki|tempo)_distributor_replication_factor"})';

/**
 * What ingesters hold of each tenant: Loki's streams, Tempo's traces (3.x and 2.x), every copy counted.
 *
 * Source: loki pkg/ingester/instance.go; tempo modules/livestore/instance.go, modules/ingester/instance.go (2.x).
 */
export const HELD = [
  'label_replace(sum by (tenant) (loki_ingester_memory_streams), "signal", "logs", "", "")',
  'label_replace(sum by (tenant) ({__name__=~"tempo_(live_store|ingester)_live_traces"}), "signal", "traces", "", "")',
].join(' or ');

const refused = (signal: string, promql: string): string => `label_replace(${promql}, "signal", "${signal}", "", "")`;

/** Classic or native histograms, whichever the server keeps. */
const answered = (metric: string): string =>
  `sum by (route) (rate(${metric}_count{status_code="401"}[5m]) or histogram_count(rate(${metric}{status_code="401"}[5m])))`;

/**
 * Who is turned away for want of a tenant or a login, by signal and route, a second; the tenant that holds the stack's own
 * metrics knows. Tempo's receiver counts what it refuses in spans, and tells no status.
 *
 * Source: dskit server/instrumentation.go; diagnostics.md 1.2.
 */
export const TURNED_AWAY = [
  refused('metrics', answered('cortex_request_duration_seconds')),
  refused('logs', answered('loki_request_duration_seconds')),
  refused('traces', 'sum(rate(tempo_receiver_refused_spans[5m]))'),
].join(' or ');
