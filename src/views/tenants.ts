import { type HeaderSignal, HEADER_SIGNALS as SIGNALS } from '../domain/header-probe.ts';
import type { Verdict } from '../domain/result.ts';
import { judgeSignal, type Signal } from '../domain/signals.ts';
import { formatAge, formatCount, formatRate } from '../domain/units.ts';
import { loadTenants, type TenantRow } from './tenants-load.ts';
import { type Column, go, type Intent, type Tone, view } from './view.ts';

const WORD: Readonly<Record<Verdict, string>> = { good: '✓ good', warn: '▲ warn', bad: '✗ bad', unknown: '? unknown' };

/** Every tenant and how fresh each of its signals is. */
export const tenants = view<TenantRow>({
  id: 'tenants',
  aliases: ['t', 'tenant', 'ten'],
  about: 'tenants, listed or found: age of each signal, rate, series, and what is wrong',
  everySeconds: 30,
  judges: true,
  tenantless: true,
  findsTenants: true,
  load: loadTenants,
  body: {
    kind: 'table',
    rowId: (row) => row.tenant,
    columns: [
      {
        id: 'tenant',
        title: 'TENANT',
        cell: (row) => row.tenant,
        letter: 'T',
        keep: 110,
        widthMin: 10,
        widthMax: 40,
        grow: true,
      },
      {
        id: 'verdict',
        title: 'STATE',
        cell: (row) => WORD[row.judged.verdict],
        tone: (row) => toneOf(row.judged.verdict),
        letter: 'S',
        keep: 100,
        widthMin: 9,
      },
      ...SIGNALS.map(signalColumn),
      {
        id: 'rate',
        title: 'RATE',
        cell: (row) => formatRate(row.use.perSecond),
        sortBy: (row) => row.use.perSecond,
        alignRight: true,
        letter: 'A',
        keep: 50,
        widthMin: 7,
      },
      {
        id: 'series',
        title: 'SERIES',
        cell: ({ use }) => `${formatCount(use.series)}${use.limit ? `/${formatCount(use.limit)}` : ''}`,
        tone: ({ use }) => (use.limit && (use.series ?? 0) >= use.limit * 0.9 ? 'warn' : 'plain'),
        sortBy: (row) => row.use.series,
        alignRight: true,
        letter: 'E',
        keep: 45,
        widthMin: 9,
      },
      {
        id: 'because',
        title: 'BECAUSE',
        cell: (row) => row.judged.because,
        letter: 'B',
        keep: 60,
        widthMin: 16,
        grow: true,
        widthMax: 80,
      },
    ],
  },
  keys: [
    { key: 'enter', does: 'make it the current tenant', on: (row): Intent => ({ do: 'tenant', tenant: row.tenant }) },
    {
      key: 'w',
      does: 'why something is missing: hop by hop',
      on: (row) =>
        go('why', {
          tenant: row.tenant,
          signal: SIGNALS.find((name) => judgeSignal(row.signals[name]) !== 'good') ?? 'metrics',
        }),
    },
    { key: 'm', does: 'its slow series', on: (row) => go('slow', { tenant: row.tenant }) },
    { key: 't', does: 'its traces', on: (row) => go('traces', { tenant: row.tenant, by: 'search' }) },
    { key: 'l', does: 'its log lines that warn or fail', on: (row) => go('logs', { tenant: row.tenant }) },
    { key: 'e', does: 'its exemplars', on: (row) => go('exemplars', { tenant: row.tenant }) },
  ],
  record: (row) => ({
    tenant: row.tenant,
    verdict: row.judged.verdict,
    cause: row.judged.cause,
    because: row.judged.because,
    next: row.judged.next,
    foundBy: [...row.foundBy],
    signals: Object.fromEntries(
      SIGNALS.map((name) => [
        name,
        {
          lastSampleAgeSeconds: row.signals[name].ageSeconds ?? null,
          perSecond: name === 'metrics' ? (row.use.perSecond ?? null) : null,
          used: name === 'metrics' ? (row.use.series ?? null) : null,
          limit: name === 'metrics' ? (row.use.limit ?? null) : null,
          discardedPerSecond: name === 'metrics' ? (row.use.discardedPerSecond ?? null) : null,
        },
      ]),
    ),
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['tenant', row.tenant],
    ['state', `${row.judged.verdict}: ${row.judged.because}`],
    ...SIGNALS.map((name): [string, string] => [name, signalText(row.signals[name])]),
    ['next', row.judged.next ?? 'nothing is to be done'],
    ['found by', row.foundBy.join(', ') || 'the profile, or the recording'],
    ['series', `${formatCount(row.use.series)} of ${row.use.limit ? formatCount(row.use.limit) : 'no known limit'}`],
    ['samples', `${formatRate(row.use.perSecond)}, thrown away ${formatRate(row.use.discardedPerSecond)}`],
  ],
  crumb: () => '',
});

function signalColumn(name: HeaderSignal): Column<TenantRow> {
  return {
    id: name,
    title: name.toUpperCase(),
    cell: (row) => signalText(row.signals[name]),
    tone: (row) => toneOf(judgeSignal(row.signals[name])),
    sortBy: (row) => row.signals[name].ageSeconds,
    alignRight: true,
    letter: { metrics: 'M', logs: 'L', traces: 'R' }[name],
    keep: 90,
    widthMin: 8,
  };
}

const signalText = (signal: Signal): string =>
  !signal.asked
    ? '?'
    : signal.ageSeconds === undefined
      ? 'none'
      : `${signal.atMost ? '<' : ''}${formatAge(signal.ageSeconds)} ago`;
const toneOf = (verdict: Verdict): Tone => verdict;
