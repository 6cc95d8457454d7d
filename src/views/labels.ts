import { formatCount, formatShare } from '../domain/units.ts';
import { countColumn, shareColumn, tenantColumn } from './cardinality-columns.ts';
import { crumbOf, NO_RULE } from './cardinality-words.ts';
import { type LabelRow, loadLabels } from './labels-load.ts';
import { go, refuse, view } from './view.ts';

const remarkOf = (row: LabelRow): string => {
  if (row.spared !== undefined) return row.spared;
  if (!row.blamed) return '';
  return row.signal === 'metrics' ? 'the culprit: r shows the rule' : 'the culprit: make it structured metadata';
};

/** Labels of one metric, by how many series each accounts for. */
export const labels = view<LabelRow>({
  id: 'labels',
  aliases: ['la', 'label'],
  about: 'labels of a metric, of log streams or tags of spans: values, and the series that would go without',
  everySeconds: 60,
  argument: { name: 'METRIC', param: 'metric', required: false },
  flags: [
    {
      flag: 'signal',
      param: 'signal',
      about: 'without a metric: logs (their streams) or traces (tags)',
      value: 'logs|traces',
    },
    { flag: 'deep', param: 'deep', about: 'ask what costs the servers much too: more than a million series' },
  ],
  load: loadLabels,
  body: {
    kind: 'table',
    rowId: (row) => `${row.tenant}\n${row.label}`,
    columns: [
      tenantColumn(),
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
      countColumn({ id: 'values', title: 'VALUES', letter: 'V', keep: 100 }, (row) => row.values, formatCount),
      countColumn(
        {
          id: 'saved',
          title: 'SERIES SAVED',
          letter: 'S',
          keep: 110,
          tone: (row) => (row.blamed ? 'bad' : 'plain'),
        },
        (row) => row.seriesSaved,
        formatCount,
      ),
      shareColumn(90),
      {
        id: 'remark',
        title: 'REMARK',
        cell: remarkOf,
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
        row.signal === 'metrics'
          ? go('values', { tenant: row.tenant, metric: row.metric, label: row.label })
          : row.signal === 'logs'
            ? go('values', { tenant: row.tenant, signal: 'logs', label: row.label })
            : go('traces', { tenant: row.tenant }),
    },
    {
      key: 'r',
      does: 'the rule that drops it',
      on: (row) =>
        row.signal !== 'metrics'
          ? refuse(NO_RULE[row.signal])
          : row.spared === undefined
            ? go('rule', { tenant: row.tenant, metric: row.metric, label: row.label })
            : refuse(`${row.label} is ${row.spared}: without it the metric says something else`),
    },
  ],
  record: (row) => ({
    tenant: row.tenant,
    signal: row.signal,
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
  crumb: crumbOf,
});
