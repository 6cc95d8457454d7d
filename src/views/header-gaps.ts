import type { HeaderVerdict } from '../domain/header-told.ts';
import type { FaultKind, Source } from '../domain/result.ts';
import type { Gaps } from './arrival.ts';
import type { HeaderRow } from './header-row.ts';

/** Answers like these say nothing of the header: they are gaps. What was not recorded is said by the row. */
const GAPS: readonly FaultKind[] = ['unreachable', 'timeout', 'cancelled', 'server', 'shape', 'not-found'];

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

/** On a replay nobody can be asked again: which URLs of agents told nothing is said by their rows, and here how many. */
export function sayMute(rows: readonly HeaderRow[]): string | undefined {
  const mute = rows.filter(
    ({ ofAgents, judged: { cause }, probes }) =>
      ofAgents && (cause === 'unknown' || cause === 'no-header') && probes.some(({ kind }) => kind !== undefined),
  ).length;
  if (mute === 0) return undefined;
  return mute === 1
    ? '1 way in of agents told nothing: its row says why'
    : `${mute} ways in of agents told nothing: their rows say why`;
}
