import { metricSelector, topValues } from '../domain/questions-cardinality.ts';
import type { Loaded, Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { searchWindow } from '../domain/time.ts';
import { formatCount } from '../domain/units.ts';
import { asTheyArrive, type Gaps, makeGaps } from './arrival.ts';
import { mayFallBack } from './cardinality-tenant.ts';
import { listStreams } from './streams-load.ts';
import type { LoadInput } from './view.ts';

/** What the recordings asked for; Mimir gives 500 at most. */
const LISTED = 50;

/** A value of a label, and what carries it. */
export interface ValueRow {
  readonly tenant: Tenant;
  readonly signal: 'metrics' | 'logs';
  /** Empty where it is no label of a metric. */
  readonly metric: string;
  readonly label: string;
  readonly value: string;
  /** Series, or streams. */
  readonly series: number;
  /** Of those that carry the label, 0–1. */
  readonly share: number | undefined;
  /** Of log lines of late; where Loki tells. */
  readonly bytes?: number;
  readonly origin: Origin;
}

interface Found {
  readonly rows: readonly ValueRow[];
  /** Values there are, listed or not. */
  readonly total?: number;
}

/** Values of a label of a metric; with `signal` logs, of log streams. */
export async function* loadValues(input: LoadInput): AsyncGenerator<Loaded<ValueRow>> {
  const gaps = makeGaps();
  const rows: ValueRow[] = [];
  let total = 0;
  const ask = input.params.signal === 'logs' ? streamValues : valuesIn;
  for await (const found of asTheyArrive(input.tenants.map((tenant) => ask(input, tenant, gaps)))) {
    rows.push(...found.rows);
    total += found.total ?? found.rows.length;
    yield { rows: [...rows], gaps: gaps.list, complete: false };
  }
  const { metric = '', label = '' } = input.params;
  const because =
    gaps.list.length > 0
      ? 'nothing could be asked: see the gaps'
      : metric === ''
        ? `nothing has the label ${label}`
        : `${metric} has no label ${label}`;
  yield {
    rows,
    gaps: gaps.list,
    complete: true,
    note: total > rows.length ? `${rows.length} of ${formatCount(total)} values` : undefined,
    because: rows.length > 0 ? undefined : because,
  };
}

async function valuesIn(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<Found> {
  const { metric = '', label = '' } = input.params;
  const mimir = input.clients.mimir(tenant);
  const selector = metric === '' ? undefined : metricSelector(metric);
  const answer = await mimir.cardinalityLabelValues(label, selector, LISTED, input.signal);
  if (answer.ok) {
    const { values: listed, series: whole, valuesTotal } = answer.value;
    for (const gap of answer.gaps) gaps.note(gap);
    const row = ({ value, series }: { value: string; series: number }): ValueRow => ({
      tenant,
      signal: 'metrics' as const,
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
      signal: 'metrics' as const,
      metric,
      label,
      value: labels[label] ?? '',
      series: value,
      share: undefined,
      origin: counted.origin,
    })),
  };
}

/** Streams by one of their labels, those with most streams first; bytes where Loki tells volumes. */
async function streamValues(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<Found> {
  const { label = '' } = input.params;
  const list = await listStreams(input, tenant, gaps);
  if (list === undefined || list === 'tooMany') return { rows: [] };
  const volume = await input.clients.loki(tenant).volume(list.selector, label, searchWindow(input.time), input.signal);
  const bytes = new Map(volume.ok ? volume.value.map(({ labels, value }) => [labels[label] ?? '', value]) : []);
  const streams = new Map<string, number>();
  for (const stream of list.streams) {
    const value = stream[label];
    if (value !== undefined) streams.set(value, (streams.get(value) ?? 0) + 1);
  }
  const rows = [...streams].map(
    ([value, series]): ValueRow => ({
      tenant,
      signal: 'logs',
      metric: '',
      label,
      value,
      series,
      share: series / list.streams.length,
      bytes: bytes.get(value),
      origin: list.origin,
    }),
  );
  const most = rows.sort((left, right) => right.series - left.series || (right.bytes ?? 0) - (left.bytes ?? 0));
  return { rows: most.slice(0, LISTED), total: rows.length };
}
