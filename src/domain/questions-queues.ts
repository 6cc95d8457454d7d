/* What is asked about agents' queues; see questions.ts: a tape answers only what was asked word for word. */

/** Everything that Mimir holds of remote-write queues, Prometheus' and Alloy's alike. */
export const QUEUE_SERIES = '{__name__=~"prometheus_remote_storage_.+"}';

/** The same, the last of two hours: an agent that is more than five minutes behind looks empty to an instant query. */
export const QUEUE_SERIES_LAST = 'last_over_time({__name__=~"prometheus_remote_storage_.+"}[2h])';

/** Lag by agent and queue, in names that Prometheus 3.5 still has. */
export const QUEUE_LAG =
  'max by (pod, url) (prometheus_remote_storage_highest_timestamp_in_seconds - ignoring(remote_name, url) group_right prometheus_remote_storage_queue_highest_sent_timestamp_seconds)';

/** Does this tenant hold the stack's own metrics? */
export const STACK_PRESENT = 'count(cortex_build_info) or count(mimir_build_info)';

/** What Mimir threw away, by tenant and reason, a second; only the tenant that holds the stack's own metrics knows. */
export const DISCARDED = 'sum by (user, reason) (rate(cortex_discarded_samples_total[5m]))';

/** How often each replica stores a sample: ingesters' own counts are that many times too large. */
export const REPLICATION = 'max by (__name__) ({__name__=~"(cortex|loki|tempo)_distributor_replication_factor"})';
