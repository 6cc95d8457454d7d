import { type LimitRow, limitShare, sayLimitValue } from '../domain/limits.ts';
import { formatCount, formatRate, formatShare, UNKNOWN } from '../domain/units.ts';
import { loadLimits } from './limits-load.ts';
import { go, type Tone, view } from './view.ts';

const fromTone = (row: LimitRow): Tone => (row.from === 'runtime' ? 'accent' : 'dim');

/** Four fifths used is a warning, all of it is bad (heuristic, as in `judgeLimit`). */
const shareTone = (share: number | undefined): Tone =>
  share === undefined ? 'dim' : share > 0.95 ? 'bad' : share > 0.8 ? 'warn' : 'good';

const amount = (row: LimitRow, value: number): string =>
  row.name === 'ingestion_rate' ? formatRate(value) : formatCount(value);

const usedText = (row: LimitRow): string => (row.used === undefined ? UNKNOWN : amount(row, row.used));

const leftText = (row: LimitRow): string =>
  limitShare(row) === undefined || typeof row.value !== 'number' || row.used === undefined
    ? UNKNOWN
    : amount(row, row.value - row.used);

/** Every limit of every tenant: its value, where that comes from, how much is used. */
export const limits = view<LimitRow>({
  id: 'limits',
  aliases: ['lim', 'limit'],
  about: 'limits of every tenant: value, where it comes from, use and distance; retention too',
  everySeconds: 60,
  load: loadLimits,
  body: {
    kind: 'table',
    rowId: (row) => `${row.tenant}\n${row.signal}\n${row.name}`,
    columns: [
      { id: 'tenant', title: 'TENANT', cell: (row) => row.tenant, letter: 'T', keep: 105, widthMin: 8, widthMax: 24 },
      { id: 'signal', title: 'SIGNAL', cell: (row) => row.signal, letter: 'S', keep: 40, widthMin: 7 },
      {
        id: 'limit',
        title: 'LIMIT',
        cell: (row) => row.name,
        letter: 'L',
        keep: 120,
        // Metric and user differ at the end of the name.
        widthMin: 28,
        widthMax: 50,
        grow: true,
      },
      {
        id: 'value',
        title: 'VALUE',
        cell: sayLimitValue,
        sortBy: (row) => row.value,
        alignRight: true,
        letter: 'V',
        keep: 110,
        widthMin: 8,
        widthMax: 24,
      },
      { id: 'from', title: 'FROM', cell: (row) => row.from, tone: fromTone, letter: 'F', keep: 80, widthMin: 8 },
      {
        id: 'used',
        title: 'USED',
        cell: usedText,
        sortBy: (row) => row.used,
        alignRight: true,
        letter: 'U',
        keep: 70,
        widthMin: 7,
      },
      {
        id: 'share',
        title: 'SHARE',
        cell: (row) => formatShare(limitShare(row)),
        tone: (row) => shareTone(limitShare(row)),
        sortBy: limitShare,
        alignRight: true,
        letter: 'H',
        keep: 100,
        widthMin: 6,
      },
      {
        id: 'left',
        title: 'LEFT',
        cell: leftText,
        alignRight: true,
        letter: 'E',
        keep: 60,
        widthMin: 7,
      },
    ],
  },
  keys: [{ key: 'enter', does: 'series of its tenant', on: (row) => go('cardinality', { tenant: row.tenant }) }],
  record: (row) => ({
    tenant: row.tenant,
    signal: row.signal,
    name: row.name,
    value: row.value ?? null,
    from: row.from,
    used: row.used ?? null,
    share: limitShare(row) ?? null,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['tenant', row.tenant],
    ['limit', row.name],
    ['value', sayLimitValue(row)],
    ['from', row.from],
    ['used', usedText(row)],
  ],
  crumb: () => '',
});
