import { HEADER_SIGNALS, type HeaderSignal } from '../domain/header-probe.ts';
import type { Backend, Json } from '../domain/result.ts';
import type { Intent, Params } from '../views/view.ts';
import type { Subject } from './subject.ts';

type Go = Extract<Intent, { do: 'go' }>;
const go = (view: string, params: Params): Go => ({ do: 'go', view, params });

type Fields = { readonly [field: string]: Json | undefined };

const SIGNAL: Partial<Readonly<Record<Backend, HeaderSignal>>> = { mimir: 'metrics', loki: 'logs', tempo: 'traces' };
/** Where a screen is empty, its name tells what is missing. */
const MISSING: Readonly<Record<string, HeaderSignal>> = {
  logs: 'logs',
  patterns: 'logs',
  streams: 'logs',
  traces: 'traces',
  trace: 'traces',
};
/** Columns that show another signal than their row. */
const COLUMNS: Readonly<Record<string, HeaderSignal>> = {
  'exemplars exists': 'traces',
  'tenants logs-bytes': 'logs',
  'tenants traces-bytes': 'traces',
  'tenants rate': 'metrics',
  'tenants series': 'metrics',
};
const WHY = 'why';
const RADAR = 'tenants';

/** Where the reasoning about what is under the cursor, or about an empty screen, begins; undefined: it is nobody's data. */
export function reasonFor(subject: Subject): Go | undefined {
  if (subject.view.id === WHY || !subject.views.some(({ id }) => id === WHY)) return undefined;
  return subject.rowId === undefined ? ofEmpty(subject) : ofRow(subject);
}

/** The cell tells the signal, then the screen itself, then its row; whose it is stands in the row, or is the one chosen. */
function ofRow(subject: Subject): Go | undefined {
  const { view: shown, row, frame } = subject;
  const record = shown.record(row);
  const origin = shown.origin(row);
  const own = ownReason(subject);
  const signal =
    signalOfColumn(shown.id, frame.column) ??
    signalNamed(own?.params.signal) ??
    signalNamed(record.signal) ??
    signalOfPart(record) ??
    (origin ? SIGNAL[origin.source.backend] : signalOfSource(record.source));
  if (signal === undefined) return undefined;
  const tenant =
    own?.params.tenant ?? textOf(record.tenant) ?? origin?.tenant ?? tenantOfAgent(record) ?? onlyOne(subject);
  if (tenant !== undefined) return go(WHY, { tenant, signal });
  return shown.id === RADAR ? undefined : go(RADAR, {});
}

/** A screen that knows the tenant and the signal of a row leads there itself. */
function ownReason({ view: shown, row, frame, visible }: Subject): Go | undefined {
  for (const key of shown.keys) {
    const intent = key.on(row, { params: frame.params, rows: visible.rows });
    if (intent.do === 'go' && intent.view === WHY && intent.params.tenant) return intent;
  }
  return undefined;
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

const signalNamed = (value: Json | undefined): HeaderSignal | undefined =>
  HEADER_SIGNALS.find((name) => name === value);

/** `mimir@central`, as the list of requests has it. */
const signalOfSource = (source: Json | undefined): HeaderSignal | undefined =>
  Object.entries(SIGNAL).find(([backend]) => backend === textOf(source)?.split('@')[0])?.[1];

const signalOfColumn = (view: string, column: string | undefined): HeaderSignal | undefined =>
  signalNamed(column) ?? COLUMNS[`${view} ${column}`];

/** What stands in whose way: a part of a database carries its signal, an agent's queue or finding the one it sends. */
function signalOfPart({ kind, component, object, findings, configMap }: Fields): HeaderSignal | undefined {
  const names = [kind, component, object].flatMap((value) => textOf(value) ?? []);
  for (const [pattern, signal] of PARTS) if (names.some((name) => pattern.test(name))) return signal;
  if (configMap === undefined && textOf(kind) !== 'agent') return undefined;
  const [first] = Array.isArray(findings) ? findings : [];
  const sends = textOf(first?.component);
  return PARTS.find(([pattern]) => sends !== undefined && pattern.test(sends))?.[1] ?? 'metrics';
}

const PARTS: readonly (readonly [RegExp, HeaderSignal])[] = [
  [/(^|-)mimir(\b|-)|^remote_write$|^prometheus\./, 'metrics'],
  [/(^|-)loki(\b|-)|^loki[._]/, 'logs'],
  [/(^|-)tempo(\b|-)|^otelcol/, 'traces'],
];

/** An agent that sends no header still calls its cluster by a name: the one it should send as. */
const tenantOfAgent = ({ agent, pod, configMap, cluster }: Fields): string | undefined =>
  textOf(agent) !== undefined || (textOf(pod) !== undefined && configMap !== undefined) ? textOf(cluster) : undefined;

function onlyOne({ frame, state }: Subject): string | undefined {
  const scope = state.scope.length > 0 ? state.scope : state.tenants;
  return frame.params.tenant ?? (scope.length === 1 ? scope[0] : undefined);
}

function ofEmpty(subject: Subject): Go | undefined {
  const { view: shown, slot } = subject;
  if (shown.tenantless) return undefined;
  const gap = slot.gaps.find(({ tenant, source }) => tenant !== undefined && SIGNAL[source.backend] !== undefined);
  const tenant = subject.frame.params.tenant ?? gap?.tenant ?? onlyOne(subject);
  const signal = MISSING[shown.id] ?? (gap && SIGNAL[gap.source.backend]) ?? 'metrics';
  return tenant === undefined ? go(RADAR, {}) : go(WHY, { tenant, signal });
}
