import { culpritOf, type LabelSaving } from '../domain/culprit.ts';
import type { Loaded, Origin } from '../domain/result.ts';
import { looksLikeId } from '../domain/streams.ts';
import type { Tenant } from '../domain/tenant.ts';
import { seriesWindow } from '../domain/time.ts';
import { asTheyArrive, makeGaps } from './arrival.ts';
import { countLabels } from './label-counts.ts';
import { loadStreams } from './streams-load.ts';
import type { LoadInput } from './view.ts';

/** A label of a metric or of log streams, or a tag of spans. */
export interface LabelRow extends LabelSaving {
  readonly tenant: Tenant;
  readonly signal: 'metrics' | 'logs' | 'traces';
  /** Empty where it is no label of a metric. */
  readonly metric: string;
  readonly blamed: boolean;
  readonly origin: Origin;
}

/** Labels of a metric; without one, of log streams, or the tags of spans where `signal` says so. */
export async function* loadLabels(input: LoadInput): AsyncGenerator<Loaded<LabelRow>> {
  if (input.params.metric === undefined) {
    yield* input.params.signal === 'traces' ? loadSpanTags(input) : loadStreamLabels(input);
    return;
  }
  const gaps = makeGaps();
  const metric = input.params.metric;
  const rows: LabelRow[] = [];
  const notes: string[] = [];
  const tasks = input.tenants.map(async (tenant) => ({
    tenant,
    counted: await countLabels(input, tenant, metric, gaps),
  }));
  for await (const { tenant, counted } of asTheyArrive(tasks)) {
    const { origin } = counted;
    if (counted.note !== undefined) notes.push(counted.note);
    if (origin === undefined) continue;
    rows.push(
      ...counted.labels.map((saving) => ({
        ...saving,
        tenant,
        signal: 'metrics' as const,
        metric,
        blamed: saving.label === counted.culprit?.label,
        origin,
      })),
    );
    yield { rows: [...rows], gaps: gaps.list, complete: false };
  }
  const because = gaps.list.length > 0 ? 'nothing could be counted: see the gaps' : `no series are called ${metric}`;
  yield {
    rows,
    gaps: gaps.list,
    complete: true,
    note: notes.join('; ') || undefined,
    because: rows.length > 0 ? undefined : because,
  };
}

/** Without a metric: the index labels of the tenants' log streams. */
async function* loadStreamLabels(input: LoadInput): AsyncGenerator<Loaded<LabelRow>> {
  const gaps = makeGaps();
  const rows: LabelRow[] = [];
  for await (const found of asTheyArrive(input.tenants.map((tenant) => loadStreams(input, tenant, gaps)))) {
    if (found === undefined) continue;
    const { tenant, origin } = found;
    const culprit = culpritOf(found.labels);
    rows.push(
      ...found.labels.map((saving) => ({
        ...saving,
        tenant,
        signal: 'logs' as const,
        metric: '',
        blamed: looksLikeId(saving.label) && saving.label === culprit?.label,
        origin,
      })),
    );
    yield { rows: [...rows], gaps: gaps.list, complete: false };
  }
  const because = gaps.list.length > 0 ? 'nothing could be counted: see the gaps' : 'no log streams in this window';
  yield {
    rows,
    gaps: gaps.list,
    complete: true,
    note: 'labels of log streams; for a metric: labels METRIC',
    because: rows.length > 0 ? undefined : because,
  };
}

/** Tags whose values are counted: each is a question of its own. */
const TAGS_MAX = 20;

/** Tags of a tenant's spans with how many values each has: what would make a dimension too wide. */
async function* loadSpanTags(input: LoadInput): AsyncGenerator<Loaded<LabelRow>> {
  const gaps = makeGaps();
  const rows: LabelRow[] = [];
  let left = 0;
  const window = seriesWindow(input.time);
  for (const tenant of input.tenants) {
    const tempo = input.clients.tempo(tenant);
    const answer = await tempo.tags(window, input.signal);
    const tags = gaps.take(answer);
    if (tags === undefined || !answer.ok) continue;
    left += Math.max(0, tags.length - TAGS_MAX);
    const counted = tags.slice(0, TAGS_MAX).map(async (tag): Promise<LabelRow> => {
      const values = await tempo.tagValues(tag, window, input.signal);
      if (!values.ok && values.fault.kind !== 'not-recorded') gaps.note(values.fault);
      return {
        tenant,
        signal: 'traces',
        metric: '',
        label: tag,
        values: values.ok ? values.value.length : undefined,
        seriesSaved: undefined,
        share: undefined,
        blamed: false,
        origin: answer.origin,
      };
    });
    for await (const row of asTheyArrive(counted)) {
      rows.push(row);
      yield { rows: [...rows].sort(byValues), gaps: gaps.list, complete: false };
    }
  }
  const because = gaps.list.length > 0 ? 'nothing could be asked: see the gaps' : 'no spans in this window';
  const note = 'tags of spans: as dimensions of span metrics, their values multiply';
  yield {
    rows: [...rows].sort(byValues),
    gaps: gaps.list,
    complete: true,
    note: left > 0 ? `${note}; ${left} more were not counted` : note,
    because: rows.length > 0 ? undefined : because,
  };
}

const byValues = (left: LabelRow, right: LabelRow): number =>
  (right.values ?? -1) - (left.values ?? -1) || left.label.localeCompare(right.label);
