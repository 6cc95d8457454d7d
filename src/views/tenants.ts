import { type HeaderSignal, HEADER_SIGNALS as SIGNALS } from '../domain/header-probe.ts';
import { FILLS, type SignalUse } from '../domain/radar.ts';
import type { Verdict } from '../domain/result.ts';
import { judgeSignal, type Signal } from '../domain/signals.ts';
import { formatAge, formatBytes, formatCount, formatRate, UNKNOWN } from '../domain/units.ts';
import { loadTenants } from './tenants-load.ts';
import type { TenantRow } from './tenants-rows.ts';
import { VERDICT_WORDS } from './verdict-words.ts';
import { type Column, go, type Intent, type Tone, view } from './view.ts';

/** Every tenant and how fresh each of its signals is. */
export const tenants = view<TenantRow>({
  id: 'tenants',
  aliases: ['t', 'tenant', 'ten'],
  about: 'tenants, listed or found: age, rate, use and loss of each signal, and what is wrong',
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
        cell: (row) => VERDICT_WORDS[row.judged.verdict],
        tone: (row) => toneOf(row.judged.verdict),
        letter: 'S',
        // Its mark stands at the row's edge anyway: where it is narrow the reason is worth more.
        keep: 55,
        widthMin: 9,
      },
      ...SIGNALS.map(signalColumn),
      {
        id: 'rate',
        title: 'RATE',
        cell: ({ use }) => bounded(use.metrics, formatRate(use.metrics.perSecond)),
        sortBy: ({ use }) => use.metrics.perSecond,
        alignRight: true,
        letter: 'A',
        keep: 50,
        widthMin: 7,
      },
      usedColumn('metrics', 'SERIES', 'E', formatCount),
      usedColumn('logs', 'LOG B/S', 'O', formatBytes),
      usedColumn('traces', 'SPAN B/S', 'P', formatBytes),
      {
        id: 'discarded',
        title: 'DISCARDED',
        cell: ({ use }) => sayDiscarded(use) ?? UNKNOWN,
        tone: ({ use }) => ((sayDiscarded(use) ?? 'none') === 'none' ? 'plain' : 'warn'),
        sortBy: ({ use }) => SIGNALS.reduce((sum, name) => sum + (use[name].discardedPerSecond ?? 0), 0),
        alignRight: true,
        letter: 'D',
        keep: 30,
        widthMin: 9,
        wide: true,
      },
      {
        id: 'federation',
        title: 'FED',
        cell: ({ federation }) => SIGNALS.map((name) => FEDERATED[federation[name].state](name)).join(''),
        tone: () => 'dim',
        letter: 'F',
        keep: 20,
        widthMin: 3,
        wide: true,
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
          perSecond: exactly(row.use[name], row.use[name].perSecond),
          used: exactly(row.use[name], row.use[name].used),
          limit: row.use[name].limit ?? null,
          discardedPerSecond: row.use[name].discardedPerSecond ?? null,
          federation: row.federation[name].state,
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
    ...SIGNALS.map((name): [string, string] => [`${name} counted`, sayUse(name, row.use[name])]),
    ...SIGNALS.map((name): [string, string] => [
      `a|b in ${name}`,
      `${row.federation[name].state}: ${row.federation[name].said}`,
    ]),
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

/** Above this share of a limit a cell lights up. */
const FULL_SHARE = 0.9;

/** Used, and of how much: series, or bytes a second. */
function usedColumn(
  name: HeaderSignal,
  title: string,
  letter: string,
  say: (count: number | undefined) => string,
): Column<TenantRow> {
  // A limit of each distributor beside what all of them take would read as a share.
  const isShared = FILLS.includes(name);
  return {
    id: name === 'metrics' ? 'series' : `${name}-bytes`,
    title,
    cell: ({ use }) =>
      `${bounded(use[name], say(use[name].used))}${use[name].limit && isShared ? `/${say(use[name].limit)}` : ''}`,
    tone: ({ use: { [name]: use } }) =>
      isShared && use.limit && !use.atMost && (use.used ?? 0) >= use.limit * FULL_SHARE ? 'warn' : 'plain',
    sortBy: ({ use }) => use[name].used,
    alignRight: true,
    letter,
    keep: name === 'metrics' ? 45 : 35,
    widthMin: 9,
    ...(name === 'metrics' ? {} : { wide: true }),
  };
}

const bounded = ({ atMost, used }: SignalUse, text: string): string =>
  atMost && used !== undefined ? `≤${text}` : text;
const exactly = ({ atMost }: SignalUse, value: number | undefined): number | null => (atMost ? null : (value ?? null));

/** One letter a signal for which one question may be asked as several tenants. */
const FEDERATED: Readonly<Record<'on' | 'off' | 'unknown', (name: HeaderSignal) => string>> = {
  on: (name) => name.slice(0, 1).toUpperCase(),
  off: () => '-',
  unknown: () => '?',
};

/** "90.5/s M"; undefined where nobody tells. */
function sayDiscarded(use: TenantRow['use']): string | undefined {
  const told = SIGNALS.filter((name) => use[name].discardedPerSecond !== undefined);
  if (told.length === 0) return undefined;
  const some = told.filter((name) => (use[name].discardedPerSecond ?? 0) > 0);
  return some.map((name) => `${formatRate(use[name].discardedPerSecond)} ${FEDERATED.on(name)}`).join(' ') || 'none';
}

const UNITS: Readonly<Record<HeaderSignal, string>> = { metrics: 'samples', logs: 'lines', traces: 'spans' };

function sayUse(name: HeaderSignal, use: SignalUse): string {
  const { perSecond, used, limit, discardedPerSecond } = use;
  if (perSecond === undefined && used === undefined && discardedPerSecond === undefined)
    return 'not known: no tenant that was asked holds the stack’s own metrics, and no list tells';
  const say = name === 'metrics' ? formatCount : (bytes: number | undefined) => `${formatBytes(bytes)}/s`;
  const what = name === 'metrics' ? `${say(used)} series` : say(used);
  return [
    `${bounded(use, formatRate(perSecond))} ${UNITS[name]}`,
    limit && !FILLS.includes(name)
      ? `${bounded(use, what)} at all distributors, each of which takes ${say(limit)}: how full it is, is not told`
      : `${bounded(use, what)} of ${limit ? say(limit) : 'no known limit'}`,
    discardedPerSecond === 0 ? 'nothing thrown away' : `${formatRate(discardedPerSecond)} thrown away`,
    ...(use.atMost ? ['upper bounds: each replica is counted'] : []),
  ].join(', ');
}
