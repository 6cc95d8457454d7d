import { labelName, selector } from './selector.ts';

/*
 * Query texts of the cardinality views. As with the others: a tape answers only what was asked word for word.
 */

/** Everything a tenant has: a query that touches every series. */
export const ALL_SERIES = 'count({__name__=~".+"})';

/** The largest metrics of a tenant with their series. */
export const topMetrics = (top: number): string => `topk(${top}, count by (__name__) ({__name__=~".+"}))`;

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
