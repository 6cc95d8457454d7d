import { culpritOf, type LabelCount, type LabelSaving, movingTogether, savings } from '../domain/culprit.ts';
import { metricSelector, seriesWithout, valuesOf } from '../domain/questions-cardinality.ts';
import type { Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { seriesWindow } from '../domain/time.ts';
import { formatCount } from '../domain/units.ts';
import type { Gaps } from './arrival.ts';
import { mayFallBack } from './cardinality-tenant.ts';
import type { LoadInput } from './view.ts';

/** Labels that are counted, those with most values first; Mimir takes no more than 30 a series by default. */
const LABELS_MAX = 30;
/** Above so many series of one metric, counting without a label is only done when `--deep` says so. */
const COUNTED_SERIES_MAX = 200_000;

export interface Counted {
  readonly series: number | undefined;
  readonly labels: readonly LabelSaving[];
  readonly culprit: LabelSaving | undefined;
  readonly origin: Origin | undefined;
  readonly note?: string;
}

/** How many series each label of a metric accounts for, counted from the index. */
export async function countLabels(input: LoadInput, tenant: Tenant, metric: string, gaps: Gaps): Promise<Counted> {
  const { names, origin } = await labelsOf(input, tenant, metric, gaps);
  const most = Math.max(0, ...names.map(({ values }) => values ?? 0));
  if (most > COUNTED_SERIES_MAX && input.params.deep === undefined)
    return {
      series: undefined,
      labels: savings(
        undefined,
        names.map(({ label, values }) => ({ label, values, seriesWithout: undefined })),
      ),
      culprit: undefined,
      origin,
      note: `${metric} has a label with ${formatCount(most)} values: the series behind each label are not counted unless --deep says so`,
    };
  const { time, signal, clients } = input;
  const ask = (promql: string) => clients.mimir(tenant).query(promql, time.endUnix, signal);
  const [whole, ...without] = await Promise.all([
    ask(seriesWithout(metric, '__name__')),
    ...names.map(({ label }) => ask(seriesWithout(metric, label))),
  ]);
  const series = gaps.take(whole)?.[0]?.value;
  const counts = names.map(({ label, values }, at): LabelCount => {
    const answer = without[at];
    const sample = answer && gaps.take(answer)?.[0];
    return { label, values, seriesWithout: sample?.value };
  });
  const labels = savings(series, counts);
  return {
    series,
    labels,
    culprit: culpritOf(labels),
    origin: whole.ok ? whole.origin : undefined,
    note: togetherNote(series, labels),
  };
}

function togetherNote(series: number | undefined, labels: readonly LabelSaving[]): string | undefined {
  if (culpritOf(labels) !== undefined) return undefined;
  const together = movingTogether(series, labels);
  return together.length === 0 ? undefined : `${together.join(', ')} change together: none of them saves much alone`;
}

interface Name {
  readonly label: string;
  readonly values: number | undefined;
}

interface Names {
  readonly names: readonly Name[];
  readonly origin: Origin | undefined;
}

/** Labels of a metric but its name, by the cardinality API, else by PromQL. */
async function labelsOf(input: LoadInput, tenant: Tenant, metric: string, gaps: Gaps): Promise<Names> {
  const mimir = input.clients.mimir(tenant);
  const selector = metricSelector(metric);
  const answer = await mimir.cardinalityLabelNames(selector, 50, input.signal);
  if (answer.ok || !mayFallBack(answer.fault)) {
    const names = (gaps.take(answer) ?? []).filter(({ label }) => label !== '__name__').slice(0, LABELS_MAX);
    return { names, origin: answer.ok ? answer.origin : undefined };
  }
  const listed = await mimir.labelNames(selector, seriesWindow(input.time), input.signal);
  const counted = (gaps.take(listed) ?? []).filter((label) => label !== '__name__').slice(0, LABELS_MAX);
  const values = await Promise.all(
    counted.map((label) => mimir.query(valuesOf(metric, label), input.time.endUnix, input.signal)),
  );
  const names = counted.map((label, at): Name => {
    const found = values[at];
    return { label, values: found && gaps.take(found)?.[0]?.value };
  });
  return { names, origin: listed.ok ? listed.origin : undefined };
}
