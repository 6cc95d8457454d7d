/* What the stack's own metrics tell of every tenant; see questions.ts: a tape answers only what was asked word for word. */

/** Labels that tell the parts of the answer apart; the tenant stands in `tenant`, whatever its server calls it. */
const part = (signal: 'metrics' | 'logs' | 'traces', what: string, promql: string): string =>
  `label_replace(label_replace(${promql}, "signal", "${signal}", "", ""), "what", "${what}", "", "")`;

/** Mimir, and all limits, call the tenant `user`. */
const user = (promql: string): string => `label_replace(${promql}, "tenant", "$1", "user", "(.+)")`;

const rate = (by: string, metric: string): string => `sum by (${by}) (rate(${metric}[5m]))`;

const REPLICAS = 'scalar(max(cortex_distributor_replication_factor))';

const PARTS: readonly string[] = [
  part('metrics', 'newest', user('max by (user) (cortex_distributor_latest_seen_sample_timestamp_seconds)')),
  part('metrics', 'per-second', user(rate('user', 'cortex_distributor_received_samples_total'))),
  // Each series stands in as many ingesters as it has replicas.
  part('metrics', 'used', user(`sum by (user) (cortex_ingester_active_series) / ${REPLICAS}`)),
  part('metrics', 'limit', user('max by (user) (cortex_limits_overrides{limit_name="max_global_series_per_user"})')),
  part('metrics', 'limit', 'max(cortex_limits_defaults{limit_name="max_global_series_per_user"})'),
  part('metrics', 'discarded', user(rate('user, reason', 'cortex_discarded_samples_total'))),
  part('logs', 'per-second', rate('tenant', 'loki_distributor_lines_received_total')),
  part('logs', 'used', rate('tenant', 'loki_distributor_bytes_received_total')),
  // `ingestion_rate_mb`: in MiB. Source: loki pkg/validation/exporter.go, limits.go.
  part('logs', 'limit', user('max by (user) (loki_overrides{limit_name="ingestion_rate_mb"}) * 1048576')),
  part('logs', 'limit', 'max(loki_overrides_defaults{limit_name="ingestion_rate_mb"}) * 1048576'),
  part('logs', 'discarded', rate('tenant, reason', 'loki_discarded_samples_total')),
  part('traces', 'per-second', rate('tenant', 'tempo_distributor_spans_received_total')),
  part('traces', 'used', rate('tenant', 'tempo_distributor_bytes_received_total')),
  part('traces', 'limit', user('max by (user) (tempo_limits_overrides{limit_name="ingestion_rate_limit_bytes"})')),
  part('traces', 'limit', 'max(tempo_limits_defaults{limit_name="ingestion_rate_limit_bytes"})'),
  part('traces', 'kept', user('max by (user) (tempo_limits_overrides{limit_name="block_retention"})')),
  part('traces', 'discarded', rate('tenant, reason', 'tempo_discarded_spans_total')),
];

/**
 * Everything that Mimir, Loki and Tempo count of every tenant, in one question to the tenant that holds the stack's own
 * metrics: what arrives, what is used of which limit, what is thrown away and why.
 *
 * Units:  samples, lines, spans a second; series; bytes a second; Unix seconds.
 * Source: names as three real servers export them (their own /metrics).
 */
export const TENANT_COUNTS = PARTS.join(' or ');

/** When the newest sample of six hours was taken, of a tenant whose last five minutes are empty (value: Unix seconds). */
export const LAST_SAMPLE = 'max(max_over_time(timestamp({__name__=~"up|target_info"})[6h:1m]))';

/** The same of what agents scrape: the generator's series of a tenant go on where its agent is gone. */
export const LAST_SCRAPE = 'max(max_over_time(timestamp(up)[6h:1m]))';
