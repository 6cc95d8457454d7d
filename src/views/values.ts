import { matchAny } from '../domain/selector.ts';
import { formatBytes, formatCount } from '../domain/units.ts';
import { countColumn, shareColumn, tenantColumn } from './cardinality-columns.ts';
import { crumbOf, NO_RULE } from './cardinality-words.ts';
import { loadValues, type ValueRow } from './values-load.ts';
import { go, refuse, view } from './view.ts';

/** Of metrics nobody counts bytes. */
const sayBytes = (bytes: number | undefined): string => (bytes === undefined ? '' : formatBytes(bytes));

/** Values of one label of a metric or of log streams, those with most series first. */
export const values = view<ValueRow>({
  id: 'values',
  aliases: ['va', 'value'],
  about: 'values of a label of a metric or of log streams, those with most series first',
  everySeconds: 60,
  argument: { name: 'LABEL', param: 'label', required: true },
  flags: [
    { flag: 'metric', param: 'metric', about: 'of this metric', value: 'M' },
    { flag: 'signal', param: 'signal', about: 'logs: of log streams', value: 'metrics|logs' },
  ],
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
      countColumn({ id: 'bytes', title: 'BYTES', letter: 'B', keep: 80 }, (row) => row.bytes, sayBytes),
    ],
  },
  keys: [
    {
      key: 'enter',
      does: 'of log streams: its lines',
      on: (row) =>
        row.signal === 'metrics'
          ? refuse('the series of one value have no screen of their own; r shows the rule')
          : go('logs', { tenant: row.tenant, query: `{${matchAny(row.label, [row.value])}}` }),
    },
    {
      key: 'r',
      does: 'the rule that drops the label',
      on: (row) =>
        row.signal === 'metrics'
          ? go('rule', { tenant: row.tenant, metric: row.metric, label: row.label })
          : refuse(NO_RULE.logs),
    },
  ],
  record: ({ tenant, signal, metric, label, value, series, share, bytes }) => ({
    tenant,
    signal,
    metric,
    label,
    value,
    series,
    share: share ?? null,
    bytes: bytes ?? null,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['metric', row.metric],
    [row.label, row.value],
    [row.signal === 'logs' ? 'streams' : 'series', formatCount(row.series)],
    ...(row.bytes === undefined ? [] : [['bytes', formatBytes(row.bytes)] as const]),
  ],
  crumb: (params) => params.label ?? crumbOf(params),
});
