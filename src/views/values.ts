import { metricSelector, topValues } from '../domain/questions-cardinality.ts';
import type { Loaded, Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { formatCount } from '../domain/units.ts';
import { asTheyArrive, type Gaps, makeGaps } from './arrival.ts';
import { countColumn, shareColumn, tenantColumn } from './cardinality-columns.ts';
import { mayFallBack } from './cardinality-tenant.ts';
import { crumbOf } from './cardinality-words.ts';
import { go, type LoadInput, view } from './view.ts';

/** What the recordings asked for; Mimir gives 500 at most. */
const LISTED = 50;

interface ValueRow {
  readonly tenant: Tenant;
  readonly metric: string;
  readonly label: string;
  readonly value: string;
  readonly series: number;
  /** Of the series that carry the label, 0–1. */
  readonly share: number | undefined;
  readonly origin: Origin;
}

/** Values of one label of a metric, those with most series first. */
export const values = view<ValueRow>({
  id: 'values',
  aliases: ['va', 'value'],
  about: 'values of a label of a metric, those with most series first',
  everySeconds: 60,
  argument: { name: 'LABEL', param: 'label', required: true },
  flags: [{ flag: 'metric', param: 'metric', about: 'of this metric', value: 'M' }],
  load: loadValues,
  body: {
    kind: 'table',
    rowId: (row) => `${row.tenant}\n${row.value}`,
    columns: [
      tenantColumn(),
      {
        id: 'value',
        title: 'VALUE',
        cell: (row) => row.value,
        letter: 'V',
        keep: 120,
        widthMin: 16,
        widthMax: 120,
        grow: true,
      },
      countColumn({ id: 'series', title: 'SERIES', letter: 'S', keep: 110 }, (row) => row.series, formatCount),
      shareColumn(100),
    ],
  },
  keys: [
    {
      key: 'r',
      does: 'the rule that drops the label',
      on: (row) => go('rule', { tenant: row.tenant, metric: row.metric, label: row.label }),
    },
  ],
  record: ({ tenant, metric, label, value, series, share }) => ({
    tenant,
    metric,
    label,
    value,
    series,
    share: share ?? null,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['metric', row.metric],
    [row.label, row.value],
    ['series', formatCount(row.series)],
  ],
  crumb: (params) => params.label ?? crumbOf(params),
});

async function* loadValues(input: LoadInput): AsyncGenerator<Loaded<ValueRow>> {
  const gaps = makeGaps();
  const rows: ValueRow[] = [];
  let total = 0;
  for await (const found of asTheyArrive(input.tenants.map((tenant) => valuesIn(input, tenant, gaps)))) {
    rows.push(...found.rows);
    total += found.total ?? found.rows.length;
    yield { rows: [...rows], gaps: gaps.list, complete: false };
  }
  const { metric = '', label = '' } = input.params;
  const because = gaps.list.length > 0 ? 'nothing could be asked: see the gaps' : `${metric} has no label ${label}`;
  yield {
    rows,
    gaps: gaps.list,
    complete: true,
    note: total > rows.length ? `${rows.length} of ${formatCount(total)} values` : undefined,
    because: rows.length > 0 ? undefined : because,
  };
}

async function valuesIn(
  input: LoadInput,
  tenant: Tenant,
  gaps: Gaps,
): Promise<{ rows: readonly ValueRow[]; total?: number }> {
  const { metric = '', label = '' } = input.params;
  const mimir = input.clients.mimir(tenant);
  const selector = metric === '' ? undefined : metricSelector(metric);
  const answer = await mimir.cardinalityLabelValues(label, selector, LISTED, input.signal);
  if (answer.ok) {
    const { values: listed, series: whole, valuesTotal } = answer.value;
    for (const gap of answer.gaps) gaps.note(gap);
    const row = ({ value, series }: { value: string; series: number }): ValueRow => ({
      tenant,
      metric,
      label,
      value,
      series,
      share: whole > 0 ? series / whole : undefined,
      origin: answer.origin,
    });
    return { rows: listed.map(row), total: valuesTotal };
  }
  if (!mayFallBack(answer.fault) || metric === '') {
    gaps.take(answer);
    return { rows: [] };
  }
  const counted = await mimir.query(topValues(metric, label, LISTED), input.time.endUnix, input.signal);
  const samples = gaps.take(counted) ?? [];
  if (!counted.ok) return { rows: [] };
  return {
    rows: samples.map(({ labels, value }) => ({
      tenant,
      metric,
      label,
      value: labels[label] ?? '',
      series: value,
      share: undefined,
      origin: counted.origin,
    })),
  };
}
