import type { DurationMetric } from './latency.ts';
import { labelName, matchAny, quote, selector } from './selector.ts';

/*
 * Every query text the console sends, in one place, so that a recording can be checked against it.
 * A tape answers only what was asked word for word: change a text here and the recordings must be made anew.
 */

const by = (metric: DurationMetric, ...first: string[]): string =>
  [...first, metric.serviceLabel, metric.routeLabel]
    .filter((label) => label !== '')
    .map(labelName)
    .join(', ');

/** Quantile of a duration metric by service and route over `range`, classic or native. */
export function quantile(metric: DurationMetric, share: number, range: string): string {
  return metric.native
    ? `histogram_quantile(${share}, sum by (${by(metric)}) (rate(${metric.base}[${range}])))`
    : `histogram_quantile(${share}, sum by (${by(metric, 'le')}) (rate(${metric.base}_bucket[${range}])))`;
}

/** Requests a second by service and route. */
export function requestRate(metric: DurationMetric): string {
  return metric.native
    ? `histogram_count(sum by (${by(metric)}) (rate(${metric.base}[5m])))`
    : `sum by (${by(metric)}) (rate(${metric.count}[5m]))`;
}

/** Failed requests a second by service and route; undefined where no label tells failures. */
export function errorRate(metric: DurationMetric): string | undefined {
  if (metric.failed === '') return undefined;
  return metric.native
    ? `histogram_count(sum by (${by(metric)}) (rate(${metric.base}{${metric.failed}}[5m])))`
    : `sum by (${by(metric)}) (rate(${metric.count}{${metric.failed}}[5m]))`;
}

/** What `query_exemplars` selects: the buckets of one service. */
export const exemplarSelector = (
  metric: { base: string; native: boolean; serviceLabel: string },
  service: string,
): string => `${metric.base}${metric.native ? '' : '_bucket'}${selector({ [metric.serviceLabel]: service })}`;

/** Requests of one service in each bucket, a minute at a time. */
export const heatmap = (metric: { base: string; serviceLabel: string }, service: string): string =>
  `sum by (le) (increase(${metric.base}_bucket${selector({ [metric.serviceLabel]: service })}[1m]))`;

/** When the newest sample of a tenant was taken (value: Unix seconds). */
export const FRESHNESS = 'max(timestamp(up))';

/** Newest traces that match; `min` is a duration as TraceQL writes it. Tempo takes the newest only with the hint. */
export function traceSearch(wanted: { service?: string; name?: string; min?: string; errors?: boolean }): string {
  const conditions = [
    wanted.service ? `resource.service.name=${quote(wanted.service)}` : '',
    wanted.name ? `name=${quote(wanted.name)}` : '',
    wanted.errors ? 'status = error' : '',
    wanted.min ? `duration > ${wanted.min}` : '',
  ].filter((condition) => condition !== '');
  return `{ ${conditions.join(' && ') || 'true'} } with (most_recent=true)`;
}

/** One trace, any: proves that a tenant sends traces. */
export const ANY_TRACE = '{}';

/** Stream selector for namespaces and, where given, one service. */
export function streams(where: {
  namespaceLabel: string;
  namespaces: readonly string[];
  serviceLabel?: string;
  service?: string;
}): string {
  const matchers = [
    where.namespaces.length > 0 ? matchAny(where.namespaceLabel, where.namespaces) : '',
    where.serviceLabel && where.service ? `${labelName(where.serviceLabel)}=${quote(where.service)}` : '',
  ].filter((matcher) => matcher !== '');
  return `{${matchers.join(', ')}}`;
}

/** How lines carry an id: as metadata or label (a filter finds both), in a JSON body, or only somewhere in the text. */
export type IdPlace = { readonly in: 'metadata' | 'json'; readonly key: string } | { readonly in: 'text' };

/** Lines of one trace or span. */
export function linesWithId(from: string, place: IdPlace, id: string): string {
  if (place.in === 'text') return `${from} |= ${quote(id)}`;
  return place.in === 'json' ? `${from} | json | ${place.key}=${quote(id)}` : `${from} | ${place.key}=${quote(id)}`;
}

/** Lines that warn or fail. */
export const troubleLines = (from: string, levelKey: string): string => `${from} | ${levelKey}=~"warn|error"`;

/** Lines a minute (or a longer step) by level, of a selector or of a query for lines. */
export const linesByLevel = (query: string, levelKeys: readonly string[], step: string): string =>
  `sum by (${levelKeys.map(labelName).join(', ')}) (count_over_time(${query}[${step}]))`;
