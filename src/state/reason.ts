import type { HeaderSignal } from '../domain/header-probe.ts';
import type { Backend } from '../domain/result.ts';
import type { Intent } from '../views/view.ts';
import type { Subject } from './subject.ts';

const SIGNAL: Partial<Readonly<Record<Backend, HeaderSignal>>> = { mimir: 'metrics', loki: 'logs', tempo: 'traces' };
/** Where a screen is empty, its name tells what is missing. */
const MISSING: Readonly<Record<string, HeaderSignal>> = {
  logs: 'logs',
  patterns: 'logs',
  streams: 'logs',
  traces: 'traces',
  trace: 'traces',
};
const WHY = 'why';

/** Where the reasoning about what is under the cursor, or about an empty screen, begins; undefined: it is nobody's data. */
export function reasonFor(subject: Subject): Extract<Intent, { do: 'go' }> | undefined {
  if (subject.view.id === WHY || !subject.views.some(({ id }) => id === WHY)) return undefined;
  return subject.rowId === undefined ? ofEmpty(subject) : ofRow(subject);
}

/** A screen that knows the tenant and the signal of a row leads there itself. */
function ofRow({ view: shown, row, frame, visible }: Subject): Extract<Intent, { do: 'go' }> | undefined {
  for (const key of shown.keys) {
    const intent = key.on(row, { params: frame.params, rows: visible.rows });
    if (intent.do === 'go' && intent.view === WHY && intent.params.tenant) return intent;
  }
  const record = shown.record(row);
  const origin = shown.origin(row);
  const tenant = typeof record.tenant === 'string' ? record.tenant : origin?.tenant;
  const signal = origin && SIGNAL[origin.source.backend];
  return tenant && signal ? { do: 'go', view: WHY, params: { tenant, signal } } : undefined;
}

function ofEmpty({ view: shown, frame, slot, state }: Subject): Extract<Intent, { do: 'go' }> | undefined {
  const gap = slot.gaps.find(({ tenant, source }) => tenant !== undefined && SIGNAL[source.backend] !== undefined);
  const scope = state.scope.length > 0 ? state.scope : state.tenants;
  const tenant = frame.params.tenant ?? gap?.tenant ?? (scope.length === 1 ? scope[0] : undefined);
  const signal = MISSING[shown.id] ?? (gap && SIGNAL[gap.source.backend]) ?? 'metrics';
  return tenant === undefined || shown.tenantless ? undefined : { do: 'go', view: WHY, params: { tenant, signal } };
}
