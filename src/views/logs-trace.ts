import { type Level, namespacesOfTrace, windowOfTrace } from '../domain/correlate.ts';
import { lineageOf } from '../domain/critical-path.ts';
import { linesWithId } from '../domain/questions.ts';
import type { Loaded } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { seriesWindow, type Window } from '../domain/time.ts';
import { becauseOfGaps, type Gaps, makeGaps } from './arrival.ts';
import { learnLogs } from './learn.ts';
import { LINES_ASKED, listOf } from './logs-query.ts';
import { byTime, type LogRow, toRows } from './logs-rows.ts';
import { findTrace } from './trace.ts';
import type { LoadInput } from './view.ts';

/**
 * Every line of one trace. Namespaces, window and marked spans come with the jump from the trace; from the shell, the
 * trace itself is asked for them. Where Tempo has it no more, its lines may still be there: all namespaces are searched.
 */
export async function linesOfTrace(input: LoadInput, id: string): Promise<Loaded<LogRow>> {
  const traceId = id.padStart(32, '0');
  const gaps = makeGaps();
  const place = await placeOfTrace(input, traceId, gaps);
  const parts = await Promise.all(
    place.tenants.map(async (tenant) => {
      const { keys, selector } = await learnLogs(
        input.clients,
        tenant,
        { namespaces: place.namespaces },
        input.time,
        gaps,
        input.signal,
      );
      if (selector === undefined) return [];
      const answer = await input.clients
        .loki(tenant)
        .lines(linesWithId(selector, keys.traceId, traceId), place.window, { limit: LINES_ASKED }, input.signal);
      const lines = gaps.take(answer) ?? [];
      return answer.ok ? toRows(lines, tenant, answer.origin, place.marks) : [];
    }),
  );
  const rows = parts.flat().sort(byTime);
  return {
    rows,
    gaps: gaps.list,
    complete: true,
    cursor: mostTelling(rows, place.lineage),
    note: place.note,
    because:
      rows.length > 0
        ? undefined
        : gaps.list.length > 0
          ? becauseOfGaps('the lines could not be had', gaps.list)
          : `no line carries trace ${traceId}: its services logged nothing, log no trace id, or Loki's retention took the lines`,
  };
}

interface TracePlace {
  readonly tenants: readonly Tenant[];
  readonly namespaces: readonly string[];
  readonly window: Window;
  readonly lineage: readonly string[];
  readonly marks: ReadonlySet<string>;
  readonly note?: string;
}

async function placeOfTrace(input: LoadInput, traceId: string, gaps: Gaps): Promise<TracePlace> {
  const { from, to, span } = input.params;
  if (from && to) {
    const lineage = listOf(input.params, 'marks');
    return {
      tenants: input.tenants,
      namespaces: listOf(input.params, 'namespaces'),
      window: { startUnix: Number(from), endUnix: Number(to) },
      lineage,
      marks: new Set(lineage),
    };
  }
  const { found, gaps: missing } = await findTrace(input, traceId);
  if (found === undefined) {
    for (const gap of missing) if (gap.kind !== 'not-found') gaps.note(gap);
    return {
      tenants: input.tenants,
      namespaces: [],
      window: seriesWindow(input.time),
      lineage: [],
      marks: new Set(),
      note: 'the trace itself is not in Tempo: these are its lines of the last 15 minutes, in every namespace',
    };
  }
  const lineage = span ? lineageOf(found.trace.spans, span.toLowerCase()) : [];
  return {
    tenants: [found.tenant],
    namespaces: namespacesOfTrace(found.trace),
    window: windowOfTrace(found.trace),
    lineage,
    marks: new Set(lineage),
  };
}

const WEIGHT: Readonly<Record<Level, number>> = {
  fatal: 3,
  error: 3,
  warn: 2,
  info: 1,
  debug: 0,
  trace: 0,
  unknown: 0,
};

/** The line to read first: of the span nearest to the selected one that logged at all, the gravest. */
export function mostTelling(rows: readonly LogRow[], lineage: readonly string[]): string | undefined {
  const nearest = lineage.find((span) => rows.some((row) => row.spanId === span));
  const candidates = nearest === undefined ? rows : rows.filter((row) => row.spanId === nearest);
  return candidates.reduce<LogRow | undefined>(
    (most, row) => (most && WEIGHT[most.level] >= WEIGHT[row.level] ? most : row),
    undefined,
  )?.id;
}
