import type { HeaderVerdict } from '../domain/header-told.ts';
import type { FaultKind, Source } from '../domain/result.ts';
import type { Gaps } from './arrival.ts';
import type { HeaderRow } from './header-row.ts';

/** Answers like these say nothing of the header: they are gaps. */
const GAPS: readonly FaultKind[] = [
  'not-recorded',
  'unreachable',
  'timeout',
  'cancelled',
  'server',
  'shape',
  'not-found',
];

/** Note who did not answer, where that left a way in unknown. */
export function noteGaps(
  { cause }: HeaderVerdict,
  { probes, tenant }: Pick<HeaderRow, 'probes' | 'tenant'>,
  source: Source,
  gaps: Gaps,
): void {
  if (cause !== 'unknown') return;
  const broken = probes.find(({ kind }) => kind !== undefined && GAPS.includes(kind));
  if (broken?.kind === undefined) return;
  const { kind, status, said } = broken;
  gaps.note({ kind, source, ...(tenant ? { tenant } : {}), ...(status === undefined ? {} : { status }), said });
}
