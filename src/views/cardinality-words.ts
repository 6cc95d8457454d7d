import { type CardinalityRow, judgeLimit, judgeRow, type SeriesLimit, sayForecast } from '../domain/cardinality.ts';
import { secondsTo } from '../domain/forecast.ts';
import { type Growth, perMinute } from '../domain/growth.ts';
import type { Verdict } from '../domain/result.ts';
import { formatCount, formatRate, formatSeconds, UNKNOWN } from '../domain/units.ts';
import type { Params } from './view.ts';

/* What the cardinality screen says of a row, in words. */

export const nameOf = (row: CardinalityRow): string =>
  row.signal === undefined ? (row.metric ?? 'all metrics') : row.signal === 'logs' ? 'log streams' : 'span metrics';

export function sayGrowth(growth: Growth): string {
  const known = perMinute(growth);
  if (known === undefined) return UNKNOWN;
  return known === 0 ? growth.kind : `+${formatCount(known)}`;
}

export function leftText(row: CardinalityRow): string {
  const [limit] = row.limits;
  if (limit === undefined) return row.verdict === 'bad' || row.verdict === 'warn' ? '!' : UNKNOWN;
  if (limit.limit <= 0) return 'no limit';
  const seconds = secondsTo(limit.forecast);
  if (limit.forecast.kind === 'reached') return '✗ 0';
  if (seconds !== undefined) return formatSeconds(Math.round(seconds));
  if (limit.forecast.kind !== 'unknown') return '∞';
  return judgeLimit(limit) === 'good' ? UNKNOWN : '?';
}

export function becauseOf(row: CardinalityRow): string {
  const [limit] = row.limits;
  const refused = row.refused.map(({ reason, perSecond }) => `${formatRate(perSecond)} refused: ${reason}`);
  const [blamed] = row.labels.filter(({ spared }) => spared === undefined);
  const parts = [
    blamed?.seriesSaved && row.signal === undefined
      ? `label ${blamed.label} is ${blamed.seriesSaved} of them`
      : undefined,
    limit === undefined || judgeRow(row) === 'good' ? undefined : sayNearest(limit, row),
    ...refused,
    row.remark,
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}

function sayNearest(limit: SeriesLimit, row: CardinalityRow): string {
  const whose = row.metric === undefined && limit.metric !== undefined ? `${limit.metric}: ` : '';
  return `${whose}limit ${formatCount(limit.limit)} ${sayForecast(limit.forecast, row.nowUnix)}`;
}

export function causeOf(row: CardinalityRow): string {
  const [limit] = row.limits;
  if (row.verdict === 'bad') return 'id-as-label';
  if (limit === undefined) return 'no-limit';
  if (limit.forecast.kind === 'reached') return 'limit-reached';
  return limit.forecast.kind === 'in' ? 'limit-near' : limit.forecast.kind === 'unknown' ? 'not-enough-data' : 'none';
}

export const CALM: readonly Verdict[] = ['good', 'unknown'];

const NEXT: Readonly<Record<'logs' | 'traces', string>> = {
  logs: 'make the label structured metadata in the agent',
  traces: 'give the generator fewer dimensions: metrics_generator.processor.span_metrics.dimensions of the tenant',
};

export const nextOf = (row: CardinalityRow): string | null =>
  CALM.includes(judgeRow(row))
    ? null
    : row.signal !== undefined
      ? NEXT[row.signal]
      : `lgtm-tui rule --tenant ${row.tenant}${row.metric === undefined ? '' : ` --metric ${row.metric}`}`;

/** Why no relabel rule helps. */
export const NO_RULE: Readonly<Record<'logs' | 'traces', string>> = {
  logs: 'a label of log lines is made structured metadata where the agent sets it: stage.structured_metadata',
  traces: 'series of spans come from the generator: its dimensions are limits of the tenant, span_metrics.dimensions',
};

/** Whose series, and which; a label of them is what the next crumb adds. */
export const crumbOf = ({ tenant, signal, metric }: Params): string =>
  [tenant, metric ?? signal].filter((part) => part !== undefined).join(' ');
