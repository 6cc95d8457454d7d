import { type CardinalityRow, judgeRow, type SeriesLimit, suspectOf } from '../domain/cardinality.ts';
import type { LabelSaving } from '../domain/culprit.ts';
import { secondsTo } from '../domain/forecast.ts';
import { perMinute } from '../domain/growth.ts';
import { type RelabelRule, rulesFor } from '../domain/relabel.ts';
import type { Json, Loaded } from '../domain/result.ts';
import { type RulerRule, usedBy } from '../domain/used-by.ts';
import { asTheyArrive, type Gaps, makeGaps } from './arrival.ts';
import { type StreamsSeen, seeStreams, spanRow, streamRow } from './cardinality-signals.ts';
import { loadTenantSeries, type TenantSeries } from './cardinality-tenant.ts';
import { countLabels } from './label-counts.ts';
import { learnRefusals, type Refusals } from './refusals.ts';
import type { LoadInput } from './view.ts';

/** Metrics of each tenant where several are shown, and of one. */
const TOP_OF_MANY = 5;
const TOP_OF_ONE = 50;

/** The metric to look into, its label, what a rule would save and who would miss the metric. */
interface Found {
  readonly row: CardinalityRow;
  readonly labels: readonly LabelSaving[];
  readonly culprit?: LabelSaving;
  readonly rules: readonly RelabelRule[];
  readonly usedBy: readonly RulerRule[] | undefined;
}

/** Every tenant with its largest metrics, the nearest limit first; then the label to blame for the most urgent of them. */
export async function* loadCardinality(input: LoadInput): AsyncGenerator<Loaded<CardinalityRow>> {
  const gaps = makeGaps();
  const learning = learnRefusals(input, gaps);
  const wanted = input.params.metric === undefined ? input.tenants : [];
  const logs = wanted.map((tenant) => seeStreams(input, tenant, learning, gaps));
  const refusals = await learning;
  const parts: TenantSeries[] = [];
  const tasks = input.tenants.map((tenant) => loadTenantSeries(input, tenant, refusals));
  for await (const part of asTheyArrive(tasks)) {
    parts.push(part);
    for (const gap of part.gaps) gaps.note(gap);
    yield { rows: rowsOf(input, parts, refusals), gaps: gaps.list, complete: false };
  }
  const [found, streams] = await Promise.all([investigate(input, parts, gaps), Promise.all(logs)]);
  const known = streams.filter((one) => one !== undefined);
  const rows = rowsOf(input, parts, refusals, known).map((row) =>
    found && isSame(row, found.row) ? { ...row, labels: found.labels } : row,
  );
  yield {
    rows,
    gaps: gaps.list,
    complete: true,
    note: noteOf(parts, refusals, found),
    because: rows.length > 0 ? undefined : whyEmpty(input, parts),
    extras: extrasOf(rows, parts, found, known),
  };
}

const isSame = (left: CardinalityRow, right: CardinalityRow): boolean =>
  left.tenant === right.tenant && left.metric === right.metric;

/** Tenants by urgency, each followed by its metrics; with `--metric` only that. */
function rowsOf(
  input: LoadInput,
  parts: readonly TenantSeries[],
  { counts }: Refusals,
  streams: readonly StreamsSeen[] = [],
): readonly CardinalityRow[] {
  const wanted = input.params.metric;
  const top = Number(input.params.top) || (input.params.tenant === undefined ? TOP_OF_MANY : TOP_OF_ONE);
  const nearest = ({ whole }: TenantSeries): number =>
    (whole?.limits[0] && secondsTo(whole.limits[0].forecast)) ?? Number.POSITIVE_INFINITY;
  return [...parts]
    .sort(
      (left, right) =>
        (nearest(left) === nearest(right) ? 0 : nearest(left) - nearest(right)) ||
        (right.whole?.series ?? 0) - (left.whole?.series ?? 0),
    )
    .flatMap((part) => {
      const { tenant, whole, metrics } = part;
      if (wanted !== undefined) return metrics.filter(({ metric }) => metric === wanted);
      const spans = spanRow(part, counts, input.nowUnix);
      return [
        ...(whole === undefined ? [] : [whole]),
        ...metrics.slice(0, top),
        ...streams.filter((one) => one.tenant === tenant).map((one) => streamRow(one, counts, input.nowUnix)),
        ...(spans === undefined ? [] : [spans]),
      ];
    });
}

function whyEmpty(input: LoadInput, parts: readonly TenantSeries[]): string {
  if (input.tenants.length === 0) return 'no tenant is known: name one with --tenant';
  if (parts.some((part) => part.gaps.length > 0 && part.whole === undefined))
    return 'nothing could be asked: see the gaps';
  return input.params.metric === undefined
    ? 'no series at all: is the X-Scope-OrgID what the agents send?'
    : `${input.params.metric} is not among the largest metrics`;
}

/** Labels are counted for one metric only: the one that was asked for, else the most urgent that is bad. */
async function investigate(input: LoadInput, parts: readonly TenantSeries[], gaps: Gaps): Promise<Found | undefined> {
  const wanted = input.params.metric;
  const suspects = parts.flatMap(({ whole, metrics }) => {
    if (wanted !== undefined) return metrics.filter(({ metric }) => metric === wanted);
    if (whole === undefined || judgeRow(whole) !== 'bad') return [];
    const suspect = suspectOf(metrics, whole.refused.length > 0);
    return suspect === undefined ? [] : [suspect];
  });
  const row = suspectOf(suspects, true);
  if (row?.metric === undefined) return undefined;
  const { tenant, metric } = row;
  const [counted, rules] = await Promise.all([
    countLabels(input, tenant, metric, gaps),
    input.clients.mimir(tenant).rules(input.signal),
  ]);
  const known = gaps.take(rules);
  return {
    row,
    labels: counted.labels,
    culprit: counted.culprit,
    rules: rulesFor({
      metric,
      series: counted.series ?? row.series,
      label: counted.culprit?.label,
      savedByLabel: counted.culprit?.seriesSaved,
    }),
    usedBy: known && usedBy(metric, known),
  };
}

function noteOf(parts: readonly TenantSeries[], refusals: Refusals, found: Found | undefined): string | undefined {
  const notes = [
    ...parts.map(({ note }) => note),
    refusals.nowhere ? "the stack's own metrics were found nowhere: what is refused cannot be seen" : undefined,
    found?.culprit ? `${found.row.tenant}: ${sayCulprit(found.culprit, found.row)}` : undefined,
  ];
  return notes.filter((note) => note !== undefined).join('; ') || undefined;
}

const sayCulprit = (culprit: LabelSaving, row: CardinalityRow): string =>
  `the label ${culprit.label} of ${row.metric} accounts for ${culprit.seriesSaved} of its series; r shows the rule`;

function extrasOf(
  rows: readonly CardinalityRow[],
  parts: readonly TenantSeries[],
  found: Found | undefined,
  streams: readonly StreamsSeen[],
): Readonly<Record<string, Json>> {
  const ofSignals = rows.filter(({ signal }) => signal !== undefined);
  const limits = [...parts.flatMap(({ whole }) => whole?.limits ?? []), ...ofSignals.flatMap((row) => row.limits)].map(
    limitJson,
  );
  const [rule, ...others] = found?.rules ?? [];
  return {
    limits,
    culprit:
      found?.culprit === undefined
        ? null
        : {
            tenant: found.row.tenant,
            metric: found.row.metric,
            label: found.culprit.label,
            seriesSaved: found.culprit.seriesSaved ?? null,
          },
    rule: rule === undefined ? null : { ...ruleJson(rule), others: others.map(ruleJson) },
    usedBy: found?.usedBy === undefined ? null : found.usedBy.map(ruleUseJson),
    tenants: parts.flatMap(({ whole }) => (whole === undefined ? [] : [tenantJson(whole)])),
    spans: ofSignals.filter(({ signal }) => signal === 'traces').map(tenantJson),
    streams: streams.map(({ streams: { tenant, streams: count, labels, verdict, because } }) => ({
      tenant,
      streams: count ?? null,
      labels: labels.map(({ label, values, seriesSaved }) => ({
        label,
        values: values ?? null,
        streamsSavedIfDropped: seriesSaved ?? null,
      })),
      verdict,
      because,
    })),
  };
}

const tenantJson = (row: CardinalityRow): { [field: string]: Json } => ({
  tenant: row.tenant,
  series: row.series ?? null,
  inMemory: row.inMemory ?? null,
  growthPerMinute: perMinute(row.growth) ?? null,
  discarded: row.refused.map(({ reason, perSecond }) => ({ reason, perSecond })),
  verdict: judgeRow(row),
});

export const limitJson = ({
  tenant,
  name,
  metric,
  used,
  limit,
  growth,
  forecast,
  fullestShare,
}: SeriesLimit): { [field: string]: Json } => ({
  tenant,
  name,
  ...(metric === undefined ? {} : { metric }),
  used: used ?? null,
  limit,
  fullestIngesterShare: fullestShare ?? null,
  growthPerMinute: perMinute(growth) ?? null,
  secondsToLimit: secondsTo(forecast) ?? null,
  secondsToLimitLow: forecast.kind === 'in' ? forecast.lowSeconds : (secondsTo(forecast) ?? null),
  secondsToLimitHigh: forecast.kind === 'in' ? forecast.highSeconds : (secondsTo(forecast) ?? null),
  reachedUnix: forecast.kind === 'reached' ? (forecast.sinceUnix ?? null) : null,
  because: forecast.kind === 'never' || forecast.kind === 'unknown' ? forecast.because : null,
});

export const ruleJson = (rule: RelabelRule): { [field: string]: Json } => ({
  action: rule.action,
  does: rule.does,
  alloy: rule.alloy,
  prometheus: rule.prometheus,
  seriesSaved: rule.seriesSaved ?? null,
  collides: rule.collides,
  warning: rule.warning ?? null,
});

export const ruleUseJson = ({ kind, name, group, state }: RulerRule): { [field: string]: Json } => ({
  kind,
  name,
  group,
  ...(state === undefined ? {} : { state }),
});
