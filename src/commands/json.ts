import { nextStep } from '../domain/faults.ts';
import { type Fault, type Json, sourceKey } from '../domain/result.ts';
import { rfc3339OfUnix } from '../domain/time.ts';
import type { Answer } from './answer.ts';

/** Characters that JSON may hold bare, but that a terminal should not be handed: C1, bidi, zero width, tags. */
const RISKY = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/**
 * The contract's envelope as JSON text; one line where `compact`. Text in it is the real text: what could move a
 * terminal's cursor is escaped, not changed.
 */
export function printJson(answer: Answer, compact: boolean): string {
  const text = JSON.stringify(envelopeOf(answer), null, compact ? 0 : 2);
  return `${text.replace(RISKY, escapeAll)}\n`;
}

const escapeAll = (found: string): string =>
  Array.from(
    { length: found.length },
    (_, index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');

function envelopeOf({ view, loaded, tenants, atUnix }: Answer): { readonly [field: string]: Json | undefined } {
  const [tenant = null, ...others] = tenants;
  return {
    view: view.id,
    tenant: others.length === 0 ? tenant : null,
    at: rfc3339OfUnix(atUnix),
    rows: loaded.rows.filter((row) => view.lists?.(row) ?? true).map((row) => recordOf(view, row)),
    gaps: loaded.gaps.map(gapOf),
    ...loaded.extras,
    ...(loaded.because === undefined ? {} : { because: loaded.because }),
    ...(loaded.note === undefined ? {} : { note: loaded.note }),
  };
}

/** The row by the contract; a row that does not name its tenant gets that of its origin. */
export function recordOf(view: Answer['view'], row: unknown): { readonly [field: string]: Json | undefined } {
  const record = view.record(row);
  const tenant = view.origin(row)?.tenant;
  return 'tenant' in record || tenant === undefined ? record : { tenant, ...record };
}

const gapOf = (fault: Fault): Json => ({
  kind: fault.kind,
  source: sourceKey(fault.source),
  tenant: fault.tenant ?? null,
  status: fault.status ?? null,
  said: fault.said,
  next: nextStep(fault),
});
