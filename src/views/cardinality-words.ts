import { type CardinalityRow, judgeRow, type SeriesLimit, sayForecast } from '../domain/cardinality.ts';
import { secondsTo } from '../domain/forecast.ts';
import { type Growth, perMinute } from '../domain/growth.ts';
import type { Verdict } from '../domain/result.ts';
import { formatCount, formatRate, formatSeconds, UNKNOWN } from '../domain/units.ts';

/* What the cardinality screen says of a row, in words. */

export const nameOf = (row: CardinalityRow): string =>
  row.signal === 'logs' ? 'log streams' : (row.metric ?? 'all metrics');

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
  return limit.forecast.kind === 'unknown' ? '?' : '∞';
}

export function becauseOf(row: CardinalityRow): string {
  const [limit] = row.limits;
  const refused = row.refused.map(({ reason, perSecond }) => `${formatRate(perSecond)} refused: ${reason}`);
  if (row.signal === 'logs') return row.remark ?? '';
  const [blamed] = row.labels.filter(({ spared }) => spared === undefined);
  const parts = [
    blamed?.seriesSaved ? `label ${blamed.label} is ${blamed.seriesSaved} of them` : undefined,
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
  if (row.signal === 'logs') return judgeRow(row) === 'bad' ? 'id-as-label' : 'none';
  if (limit === undefined) return 'no-limit';
  if (limit.forecast.kind === 'reached') return 'limit-reached';
  return limit.forecast.kind === 'in' ? 'limit-near' : limit.forecast.kind === 'unknown' ? 'not-enough-data' : 'none';
}

export const CALM: readonly Verdict[] = ['good', 'unknown'];

export const nextOf = (row: CardinalityRow): string | null =>
  CALM.includes(judgeRow(row))
    ? null
    : row.signal === 'logs'
      ? 'make the label structured metadata in the agent'
      : `lgtm-tui rule --tenant ${row.tenant}${row.metric === undefined ? '' : ` --metric ${row.metric}`}`;
