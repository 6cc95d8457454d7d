import { patternOf } from '../domain/patterns.ts';
import type { Loaded } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Volume } from '../domain/volume.ts';
import { asTheyArrive, becauseOfGaps, type Gaps, makeGaps } from './arrival.ts';
import { linesAround } from './logs-around.ts';
import { linesOfPod } from './logs-pod.ts';
import { askLines, LINES_ASKED, LINES_FOLDED, queryOf } from './logs-query.ts';
import { byTime, type LogRow, toRows } from './logs-rows.ts';
import { linesOfTrace } from './logs-trace.ts';
import { askVolume, volumeOf } from './logs-volume.ts';
import type { LoadInput } from './view.ts';

/** What one tenant has. */
interface TenantLines {
  readonly rows: readonly LogRow[];
  readonly query: string | undefined;
  readonly note?: string;
  readonly volume: Promise<Volume | undefined>;
}

/** Lines of a trace, around a line, or of a window: each tenant's as they come, then how many there were. */
export async function* loadLogs(
  input: LoadInput,
  limit = input.params.pattern === undefined ? LINES_ASKED : LINES_FOLDED,
): AsyncGenerator<Loaded<LogRow>> {
  const { trace, around } = input.params;
  if (trace ?? around) {
    const loaded = trace ? await linesOfTrace(input, trace.toLowerCase()) : await linesAround(input, around ?? '');
    yield { ...loaded, volume: volumeOf(input, [], loaded.rows) };
    return;
  }
  const gaps = makeGaps();
  const parts: TenantLines[] = [];
  let rows: readonly LogRow[] = [];
  for await (const part of asTheyArrive(input.tenants.map((tenant) => linesOfTenant(input, tenant, limit, gaps)))) {
    parts.push(part);
    rows = parts.flatMap((each) => each.rows).sort(byTime);
    yield { rows, gaps: gaps.list, complete: false, cursor: cursorOf(input, rows) };
  }
  const volume = volumeOf(input, await Promise.all(parts.map((part) => part.volume)), rows);
  yield {
    rows,
    gaps: gaps.list,
    complete: true,
    cursor: cursorOf(input, rows),
    because: rows.length === 0 ? whyNone(input, parts, gaps) : undefined,
    note: notesOf(rows, parts, limit) || undefined,
    volume,
  };
}

/** The newest line, or at the head the oldest. */
const cursorOf = ({ params }: LoadInput, rows: readonly LogRow[]): string | undefined =>
  (params.head ? rows[0] : rows.at(-1))?.id;

function whyNone({ params, tenants }: LoadInput, parts: readonly TenantLines[], gaps: Gaps): string {
  if (gaps.list.length > 0) return becauseOfGaps('the lines could not be had', gaps.list);
  const asked = [...new Set(parts.flatMap(({ query }) => query ?? []))];
  if (asked.length === 0) return `no log labels at all under ${tenants.join(', ')} in this window`;
  return `no line ${params.pattern ? `of this pattern ` : ''}matches ${asked.join(' or ')} in this window`;
}

function notesOf(rows: readonly LogRow[], parts: readonly TenantLines[], limit: number): string {
  const queries = new Set(parts.flatMap(({ query }) => query ?? [])).size;
  const cut = rows.length >= limit * Math.max(1, queries) ? [`the newest ${limit} lines a tenant`] : [];
  return [...new Set([...cut, ...parts.flatMap(({ note }) => note ?? [])])].join('; ');
}

async function linesOfTenant(input: LoadInput, tenant: Tenant, limit: number, gaps: Gaps): Promise<TenantLines> {
  const { pod, namespace, pattern } = input.params;
  const asked = await queryOf(input, tenant, gaps);
  if (asked === undefined) return { rows: [], query: undefined, volume: Promise.resolve(undefined) };
  const volume = askVolume(input, tenant, asked);
  const ofPattern = (rows: readonly LogRow[]): readonly LogRow[] =>
    pattern === undefined ? rows : rows.filter((row) => patternOf(row.text) === pattern);
  if (pod !== undefined) {
    const { rows, query } = await linesOfPod(input, tenant, { pod, namespace }, LINES_ASKED, gaps);
    return { rows: ofPattern(rows), query, volume };
  }
  const { answer, note } = await askLines(input, tenant, asked.query, limit);
  const lines = gaps.take(answer) ?? [];
  const rows = answer.ok ? toRows(lines, tenant, answer.origin, new Set()) : [];
  return { rows: ofPattern(rows), query: asked.query, volume, ...(note ? { note } : {}) };
}
