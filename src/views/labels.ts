import { culpritOf, type LabelSaving } from '../domain/culprit.ts';
import type { Loaded, Origin } from '../domain/result.ts';
import { looksLikeId } from '../domain/streams.ts';
import type { Tenant } from '../domain/tenant.ts';
import { formatCount, formatShare } from '../domain/units.ts';
import { asTheyArrive, makeGaps } from './arrival.ts';
import { countLabels } from './label-counts.ts';
import { loadStreams } from './streams-load.ts';
import { go, type LoadInput, refuse, view } from './view.ts';

interface LabelRow extends LabelSaving {
  readonly tenant: Tenant;
  readonly metric: string;
  readonly blamed: boolean;
  readonly origin: Origin;
}

const remarkOf = (row: LabelRow): string =>
  row.metric === '' ? 'the culprit: make it structured metadata' : 'the culprit: r shows the rule';

/** Labels of one metric, by how many series each accounts for. */
export const labels = view<LabelRow>({
  id: 'labels',
  aliases: ['la', 'label'],
  about: 'labels of a metric: their values, and the series that would go without them',
  everySeconds: 60,
  argument: { name: 'METRIC', param: 'metric', required: false },
  flags: [{ flag: 'deep', param: 'deep', about: 'ask what costs the servers much too: more than a million series' }],
  load: loadLabels,
  body: {
    kind: 'table',
    rowId: (row) => `${row.tenant}\n${row.label}`,
    columns: [
      { id: 'tenant', title: 'TENANT', cell: (row) => row.tenant, letter: 'T', keep: 50, widthMin: 8, widthMax: 24 },
      {
        id: 'label',
        title: 'LABEL',
        cell: (row) => row.label,
        tone: (row) => (row.blamed ? 'bad' : 'plain'),
        letter: 'L',
        keep: 120,
        widthMin: 10,
        widthMax: 40,
        grow: true,
      },
      {
        id: 'values',
        title: 'VALUES',
        cell: (row) => formatCount(row.values),
        sortBy: (row) => row.values,
        alignRight: true,
        letter: 'V',
        keep: 100,
        widthMin: 6,
      },
      {
        id: 'saved',
        title: 'SERIES SAVED',
        cell: (row) => formatCount(row.seriesSaved),
        sortBy: (row) => row.seriesSaved,
        tone: (row) => (row.blamed ? 'bad' : 'plain'),
        alignRight: true,
        letter: 'S',
        keep: 110,
        widthMin: 12,
      },
      {
        id: 'share',
        title: 'SHARE',
        cell: (row) => formatShare(row.share),
        sortBy: (row) => row.share,
        alignRight: true,
        letter: 'H',
        keep: 90,
        widthMin: 6,
      },
      {
        id: 'remark',
        title: 'REMARK',
        cell: (row) => row.spared ?? (row.blamed ? remarkOf(row) : ''),
        letter: 'R',
        keep: 60,
        widthMin: 12,
        grow: true,
        widthMax: 60,
      },
    ],
  },
  keys: [
    {
      key: 'enter',
      does: 'its values',
      on: (row) =>
        row.metric === ''
          ? go('logs', { tenant: row.tenant })
          : go('values', { tenant: row.tenant, metric: row.metric, label: row.label }),
    },
    {
      key: 'r',
      does: 'the rule that drops it',
      on: (row) =>
        row.metric === ''
          ? refuse(
              'a label of log lines is made structured metadata where the agent sets it: stage.structured_metadata',
            )
          : row.spared === undefined
            ? go('rule', { tenant: row.tenant, metric: row.metric, label: row.label })
            : refuse(`${row.label} is ${row.spared}: without it the metric says something else`),
    },
  ],
  record: (row) => ({
    tenant: row.tenant,
    metric: row.metric,
    label: row.label,
    values: row.values ?? null,
    seriesSavedIfDropped: row.seriesSaved ?? null,
    share: row.share ?? null,
    culprit: row.blamed,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['metric', row.metric],
    ['label', row.label],
    ['values', formatCount(row.values)],
    ['series saved', formatCount(row.seriesSaved)],
    ['of the metric', formatShare(row.share)],
  ],
  crumb: (params) => params.metric ?? '',
});

async function* loadLabels(input: LoadInput): AsyncGenerator<Loaded<LabelRow>> {
  if (input.params.metric === undefined) {
    yield* loadStreamLabels(input);
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
