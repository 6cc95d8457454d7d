import { type CardinalityRow, judgeRow, sayForecast, sayLimit, shareOf } from '../domain/cardinality.ts';
import { secondsTo } from '../domain/forecast.ts';
import { perMinute } from '../domain/growth.ts';
import type { Loaded } from '../domain/result.ts';
import { formatCount, formatRate, formatShare, parseDuration, UNKNOWN } from '../domain/units.ts';
import { limitJson, loadCardinality } from './cardinality-load.ts';
import {
  becauseOf,
  CALM,
  causeOf,
  crumbOf,
  leftText,
  NO_RULE,
  nameOf,
  nextOf,
  sayGrowth,
} from './cardinality-words.ts';
import { go, type Params, refuse, type Tone, type View, view } from './view.ts';

/** How full the fullest ingester is of its share of the tenant's limit, 0–1: there it bites. */
const fullestOf = (row: CardinalityRow): number | undefined =>
  row.limits.find(({ fullestShare }) => fullestShare !== undefined)?.fullestShare;

/** As in `judgeLimit`. */
const fillTone = (share: number | undefined): Tone =>
  share === undefined ? 'dim' : share > 0.95 ? 'bad' : share > 0.8 ? 'warn' : 'plain';

/** Which tenant and metric will reach a limit on series, when, and the label to blame. */
export const cardinalityView: View<CardinalityRow> = {
  id: 'cardinality',
  aliases: ['card', 'ca', 'series'],
  about: 'series by tenant and metric, growth, and the time until a limit refuses data',
  everySeconds: 60,
  judges: true,
  flags: [
    { flag: 'metric', param: 'metric', about: 'only this metric, with its labels', value: 'M' },
    { flag: 'top', param: 'top', about: 'so many metrics of each tenant', value: 'N' },
    { flag: 'fail-within', param: 'failWithin', about: 'exit 1 when a limit is nearer than this, else 0', value: 'D' },
    { flag: 'deep', param: 'deep', about: 'ask what costs the servers much too: more than a million series' },
  ],
  load: loadCardinality,
  decides: nearerThan,
  summary: summaryOf,
  lists: (row) => row.metric !== undefined,
  body: {
    kind: 'table',
    rowId: (row) => `${row.tenant}\n${row.signal ?? ''}\n${row.metric ?? ''}`,
    columns: [
      { id: 'tenant', title: 'TENANT', cell: (row) => row.tenant, letter: 'T', keep: 110, widthMin: 8, widthMax: 24 },
      {
        id: 'metric',
        title: 'METRIC',
        cell: nameOf,
        tone: (row) => (row.metric === undefined ? 'accent' : 'plain'),
        letter: 'M',
        keep: 120,
        widthMin: 24,
        widthMax: 60,
        grow: true,
      },
      {
        id: 'series',
        title: 'SERIES',
        cell: (row) => formatCount(row.series),
        sortBy: (row) => row.series,
        alignRight: true,
        letter: 'S',
        keep: 100,
        widthMin: 6,
      },
      {
        id: 'share',
        title: 'SHARE',
        cell: (row) => (row.metric === undefined ? '' : formatShare(row.share)),
        sortBy: (row) => row.share,
        alignRight: true,
        letter: 'H',
        keep: 40,
        widthMin: 6,
      },
      {
        id: 'growth',
        title: 'GROWTH/MIN',
        cell: (row) => sayGrowth(row.growth),
        tone: (row) => (row.growth.kind === 'growing' ? 'warn' : 'dim'),
        sortBy: (row) => perMinute(row.growth),
        alignRight: true,
        letter: 'W',
        keep: 90,
        widthMin: 10,
      },
      {
        id: 'used',
        title: 'USED',
        cell: (row) => (row.limits[0] === undefined ? UNKNOWN : formatShare(shareOf(row.limits[0]))),
        sortBy: (row) => row.limits[0] && shareOf(row.limits[0]),
        alignRight: true,
        letter: 'U',
        keep: 80,
        widthMin: 5,
      },
      {
        id: 'fullest',
        title: 'FULLEST',
        cell: (row) => (row.metric === undefined ? formatShare(fullestOf(row)) : ''),
        sortBy: fullestOf,
        tone: (row) => fillTone(fullestOf(row)),
        alignRight: true,
        letter: 'F',
        keep: 45,
        widthMin: 7,
        wide: true,
      },
      {
        id: 'left',
        title: 'TO LIMIT',
        cell: leftText,
        tone: (row) => judgeRow(row),
        sortBy: (row) => row.limits[0] && secondsTo(row.limits[0].forecast),
        alignRight: true,
        letter: 'L',
        keep: 115,
        widthMin: 8,
      },
      {
        id: 'because',
        title: 'BECAUSE',
        cell: becauseOf,
        letter: 'B',
        keep: 60,
        widthMin: 16,
        grow: true,
        widthMax: 110,
      },
    ],
  },
  keys: [
    {
      key: 'enter',
      does: 'its metrics, then their labels',
      on: (row) =>
        row.signal !== undefined
          ? go('labels', { tenant: row.tenant, signal: row.signal })
          : row.metric === undefined
            ? go('cardinality', { tenant: row.tenant })
            : go('labels', { tenant: row.tenant, metric: row.metric }),
    },
    {
      key: 'r',
      does: 'the rule that stops it',
      on: (row) =>
        row.signal !== undefined
          ? refuse(NO_RULE[row.signal])
          : go('rule', { tenant: row.tenant, ...(row.metric === undefined ? {} : { metric: row.metric }) }),
    },
    { key: 'm', does: 'its slow series', on: (row) => go('slow', { tenant: row.tenant }) },
  ],
  record: (row) => ({
    tenant: row.tenant,
    signal: row.signal ?? 'metrics',
    metric: row.metric ?? null,
    series: row.series ?? null,
    inMemory: row.inMemory ?? null,
    share: row.share ?? null,
    growthPerMinute: perMinute(row.growth) ?? null,
    labels: row.labels.map(({ label, values, seriesSaved }) => ({
      label,
      values: values ?? null,
      seriesSavedIfDropped: seriesSaved ?? null,
    })),
    limits: row.limits.map(limitJson),
    discarded: row.refused.map(({ reason, perSecond }) => ({ reason, perSecond })),
    verdict: judgeRow(row),
    cause: causeOf(row),
    because: becauseOf(row),
    next: nextOf(row),
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['tenant', row.tenant],
    ['metric', nameOf(row)],
    ['series', formatCount(row.series)],
    ...(row.metric === undefined ? [['in memory', formatCount(row.inMemory)] as const] : []),
    ['growth', row.growth.kind === 'growing' ? sayGrowth(row.growth) : `${row.growth.kind}: ${row.growth.because}`],
    ...row.limits.map((limit): [string, string] => [limit.metric ?? 'limit', sayLimit(limit, row.nowUnix)]),
    ...row.refused.map(({ reason, perSecond }): [string, string] => [`refused: ${reason}`, formatRate(perSecond)]),
    ...row.labels.map(({ label, values, seriesSaved, spared }): [string, string] => [
      `label ${label}`,
      `${formatCount(values)} values, saves ${formatCount(seriesSaved)}${spared ? `; ${spared}` : ''}`,
    ]),
  ],
  crumb: crumbOf,
};

/** The same for the list of all screens, which knows no row. */
export const cardinality = view(cardinalityView);

/** `--fail-within`: is a limit nearer than that? Undefined without the flag, or where no limit could be judged. */
function nearerThan({ rows }: Loaded<CardinalityRow>, params: Params): boolean | undefined {
  const within = parseDuration(params.failWithin ?? '');
  if (!within.ok) return undefined;
  const limits = rows.flatMap((row) => row.limits);
  if (limits.some(({ forecast }) => (secondsTo(forecast) ?? Number.POSITIVE_INFINITY) <= within.seconds)) return true;
  return limits.some(({ forecast }) => forecast.kind !== 'unknown') ? false : undefined;
}

/** What a person at a shell wants to read first: the limits that are near, worst first. */
function summaryOf({ rows }: Loaded<CardinalityRow>): readonly (readonly [string, string])[] {
  const near = rows.filter((row) => row.metric === undefined && !CALM.includes(judgeRow(row)));
  return near.flatMap((row) =>
    row.limits
      .filter(({ forecast }) => secondsTo(forecast) !== undefined)
      .map((limit): [string, string] => [
        row.tenant,
        `${limit.metric ?? nameOf(row)}: ${limit.name} ${limit.limit} ${sayForecast(limit.forecast, row.nowUnix)}`,
      ]),
  );
}
