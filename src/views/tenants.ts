import type { Loaded, Origin, Verdict } from '../domain/result.ts';
import { judgeSignal, type Signal, worstOf } from '../domain/signals.ts';
import type { Tenant } from '../domain/tenant.ts';
import { formatAge } from '../domain/units.ts';
import { asTheyArrive, makeGaps } from './arrival.ts';
import { NEWEST, type Newest, signalOf } from './newest.ts';
import { type Column, go, type Intent, type LoadInput, type Tone, view } from './view.ts';

export interface TenantRow {
  readonly tenant: Tenant;
  readonly metrics: Signal;
  readonly logs: Signal;
  readonly traces: Signal;
  readonly verdict: Verdict;
  readonly because: string;
  readonly origin: Origin;
}

const SIGNALS = ['metrics', 'logs', 'traces'] as const;
type SignalName = (typeof SIGNALS)[number];
const WORD: Readonly<Record<Verdict, string>> = { good: '✓ good', warn: '▲ warn', bad: '✗ bad', unknown: '? unknown' };

/** Every tenant and how fresh each of its signals is. */
export const tenants = view<TenantRow>({
  id: 'tenants',
  aliases: ['t', 'tenant', 'ten'],
  about: 'tenants and the age of their newest metric, line and trace',
  everySeconds: 30,
  judges: true,
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
        cell: (row) => WORD[row.verdict],
        tone: (row) => toneOf(row.verdict),
        letter: 'S',
        keep: 100,
        widthMin: 9,
      },
      ...SIGNALS.map(signalColumn),
      {
        id: 'because',
        title: 'BECAUSE',
        cell: (row) => row.because,
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
    { key: 'm', does: 'its slow series', on: (row) => go('slow', { tenant: row.tenant }) },
    { key: 't', does: 'its traces', on: (row) => go('traces', { tenant: row.tenant, by: 'search' }) },
    { key: 'l', does: 'its log lines that warn or fail', on: (row) => go('logs', { tenant: row.tenant }) },
    { key: 'e', does: 'its exemplars', on: (row) => go('exemplars', { tenant: row.tenant }) },
  ],
  record: (row) => ({
    tenant: row.tenant,
    verdict: row.verdict,
    cause: row.verdict === 'good' ? 'none' : 'silent',
    because: row.because,
    next: row.verdict === 'good' ? null : 'is the X-Scope-OrgID what the agents send?',
    signals: Object.fromEntries(
      SIGNALS.map((name) => [
        name,
        {
          lastSampleAgeSeconds: row[name].ageSeconds ?? null,
          perSecond: null,
          used: null,
          limit: null,
          discardedPerSecond: null,
        },
      ]),
    ),
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['tenant', row.tenant],
    ['state', `${row.verdict}: ${row.because}`],
    ...SIGNALS.map((name): [string, string] => [name, signalText(row[name])]),
  ],
  crumb: () => '',
});

function signalColumn(name: SignalName): Column<TenantRow> {
  return {
    id: name,
    title: name.toUpperCase(),
    cell: (row) => signalText(row[name]),
    tone: (row) => toneOf(judgeSignal(row[name])),
    sortBy: (row) => row[name].ageSeconds,
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

type Arrived = Partial<Record<SignalName, Newest>>;

/** One question a tenant and signal, each answer at once in its row: a backend that hangs leaves only its own cell unknown. */
async function* loadTenants(input: LoadInput): AsyncGenerator<Loaded<TenantRow>> {
  const gaps = makeGaps();
  const arrived = new Map<Tenant, Arrived>(input.tenants.map((tenant) => [tenant, {}]));
  const rows = (): readonly TenantRow[] =>
    [...arrived].map(([tenant, signals]) => rowOf(input, tenant, signals)).filter((row) => row !== undefined);
  const questions = input.tenants.flatMap((tenant) =>
    SIGNALS.map(async (name) => ({ tenant, name, newest: await NEWEST[name](input, tenant, gaps) })),
  );
  for await (const { tenant, name, newest } of asTheyArrive(questions)) {
    arrived.set(tenant, { ...arrived.get(tenant), [name]: newest });
    yield { rows: rows(), gaps: gaps.list, complete: false };
  }
  const because =
    input.tenants.length === 0 ? 'no tenant is known: name one with --tenant' : 'nobody answered for any tenant';
  yield { rows: rows(), gaps: gaps.list, complete: true, because: rows().length > 0 ? undefined : because };
}

function rowOf(input: LoadInput, tenant: Tenant, arrived: Arrived): TenantRow | undefined {
  const signals = {
    metrics: signalOf(input.nowUnix, arrived.metrics),
    logs: signalOf(input.nowUnix, arrived.logs),
    traces: signalOf(input.nowUnix, arrived.traces),
  };
  const verdict = worstOf(SIGNALS.map((name) => judgeSignal(signals[name])));
  const origin = arrived.metrics?.origin ?? arrived.logs?.origin ?? arrived.traces?.origin;
  return origin && { tenant, ...signals, verdict, because: reasonOf(signals), origin };
}

function reasonOf(signals: Readonly<Record<SignalName, Signal>>): string {
  const none = SIGNALS.filter((name) => signals[name].asked && signals[name].ageSeconds === undefined);
  const late = SIGNALS.filter((name) => judgeSignal(signals[name]) === 'warn');
  const blind = SIGNALS.filter((name) => !signals[name].asked);
  const parts = [
    none.length > 0 ? `no ${none.join(', no ')}` : '',
    late.length > 0 ? `${late.join(', ')} late` : '',
    blind.length > 0 ? `${blind.join(', ')} not answered` : '',
  ].filter((part) => part !== '');
  return parts.join('; ') || 'all three signals are fresh';
}
