import { labelName, matchAny, selector } from './selector.ts';

/*
 * Query texts of the cardinality views. As with the others: a tape answers only what was asked word for word.
 */

/** Everything a tenant has: a query that touches every series. */
export const ALL_SERIES = 'count({__name__=~".+"})';

/** The largest metrics of a tenant with their series. */
export const topMetrics = (top: number): string => `topk(${top}, count by (__name__) ({__name__=~".+"}))`;

const byMetric = (offset: string): string =>
  `sum by (metric) (label_replace(count by (__name__) ({__name__=~".+"}${offset}), "metric", "$1", "__name__", "(.+)"))`;

/**
 * Metrics that gained most series in so many seconds, by the label `metric`, however small they still are.
 *
 * A vector less another one is matched without names, so that the name is first made a label.
 */
export const grownMost = (top: number, seconds: number): string =>
  `topk(${top}, ${byMetric('')} - (${byMetric(` offset ${seconds}s`)} or ${byMetric('')} * 0))`;

/** Series of a few metrics. */
export const seriesOfEach = (metrics: readonly string[]): string =>
  `count by (__name__) ({${matchAny('__name__', metrics)}})`;

/** The selector of one metric, as the cardinality API takes it. */
export const metricSelector = (metric: string): string => selector({ __name__: metric });

/** Series of one metric. */
export const seriesOf = (metric: string): string => `count(${metricSelector(metric)})`;

/** Series that would be left of a metric without these labels: counted, not guessed. */
export const seriesWithout = (metric: string, ...labels: readonly string[]): string =>
  `count(count without (${labels.map(labelName).join(', ')}) (${metricSelector(metric)}))`;

/** Distinct values of a label of a metric. */
export const valuesOf = (metric: string, label: string): string =>
  `count(count by (${labelName(label)}) (${metricSelector(metric)}))`;

/** The values of a label that have most series. */
export const topValues = (metric: string, label: string, top: number): string =>
  `topk(${top}, count by (${labelName(label)}) (${metricSelector(metric)}))`;

/** Samples refused a second, by tenant and reason; only where the stack's own metrics are. */
export const REFUSED = 'sum by (user, reason) (rate(cortex_discarded_samples_total[5m]))';

/** Does this tenant hold the stack's own metrics? */
export const STACK_METRICS = 'count(cortex_build_info) or count(mimir_build_info)';

const named = (what: string, promql: string): string => `label_replace(${promql}, "what", "${what}", "", "")`;
/** Mimir, and exporters of limits, call the tenant `user`. */
const ofUser = (promql: string): string => `label_replace(${promql}, "tenant", "$1", "user", "(.+)")`;

/**
 * How full each ingester is of its own share of the limit: there it bites. What counts is what an ingester owns, where it
 * counts that, else what is in its memory. Source: mimir pkg/ingester/limiter.go; diagnostics.md 4.2.
 */
const FILL =
  '((cortex_ingester_owned_series or (cortex_ingester_memory_series_created_total - cortex_ingester_memory_series_removed_total))' +
  ' / on (namespace, pod, instance, user) cortex_ingester_local_limits{limit="max_global_series_per_user"})';

const SPAN_SERIES = 'tempo_metrics_generator_registry_active_series';

/**
 * How full the fullest ingester is of every tenant (`fullest`, 0–1), and how much fuller than the mean one (`ratio`).
 *
 * Asked apart from the rest: of a thousand tenants on hundreds of ingesters it may be too much, and may then be missing.
 */
export const STACK_FILL = [
  named('fullest', ofUser(`max by (user) (${FILL})`)),
  // The least of a quarter of an hour: while series grow, who was scraped last seems fuller than the others.
  named('ratio', ofUser(`min_over_time((max by (user) (${FILL}) / avg by (user) (${FILL}))[15m:5m])`)),
].join(' or ');

/** The limit's own name is what it is. */
const byLimit = (promql: string): string => `label_replace(${promql}, "what", "$1", "limit_name", "(.+)")`;
const SERIES_LIMITS = '{limit_name=~"max_global_series_per_(user|metric)"}';

/**
 * What the stack's own metrics tell of limits on series, of streams and span metrics of every tenant, in one question.
 *
 * Units:  counts (`…-limit`, `replicas`, `spans`), a second (`…-refused`).
 * Source: names as three real servers export them (their own /metrics); loki pkg/validation/exporter.go.
 */
export const STACK_SERIES = [
  named('replicas', 'max(cortex_distributor_replication_factor)'),
  // Where the overrides-exporter runs, also who is asked through a gateway learns of these.
  byLimit(ofUser(`max by (user, limit_name) (cortex_limits_overrides${SERIES_LIMITS})`)),
  byLimit(`max by (limit_name) (cortex_limits_defaults${SERIES_LIMITS})`),
  named('streams-limit', ofUser('max by (user) (loki_overrides{limit_name="max_global_streams_per_user"})')),
  named('streams-limit', 'max(loki_overrides_defaults{limit_name="max_global_streams_per_user"})'),
  named('streams-refused', 'sum by (tenant) (rate(loki_discarded_samples_total{reason="stream_limit"}[5m]))'),
  named('spans', `sum by (tenant) (${SPAN_SERIES})`),
  named('spans-limit', 'max by (tenant) (tempo_metrics_generator_registry_max_active_series)'),
  named('spans-refused', 'sum by (tenant) (rate(tempo_metrics_generator_registry_series_limited_total[5m]))'),
].join(' or ');

/**
 * Streams in Loki's memory, and series of the fullest metrics generator: what their limits follow, over time.
 *
 * Source: diagnostics.md 4.4; the limit on span metrics is each generator's own.
 */
export const STACK_GROWTH = [
  named('streams', 'sum by (tenant) (loki_ingester_memory_streams) / scalar(max(loki_distributor_replication_factor))'),
  named('spans', `max by (tenant) (${SPAN_SERIES})`),
].join(' or ');
