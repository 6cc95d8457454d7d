import type { LogLine } from '../domain/log.ts';
import { troubleLines } from '../domain/questions.ts';
import type { Loaded, Origin } from '../domain/result.ts';
import { labelName, quote } from '../domain/selector.ts';
import type { Labels } from '../domain/series.ts';
import type { Tenant } from '../domain/tenant.ts';
import { SEARCH_WINDOW_SECONDS, searchWindow, type Window } from '../domain/time.ts';
import { becauseOfGaps, type Gaps, makeGaps } from './arrival.ts';
import { learnLogs } from './learn.ts';
import { LINES_ASKED } from './logs-query.ts';
import { byTime, type LogRow, rowOf, toRows } from './logs-rows.ts';
import { go, type Intent, type LoadInput } from './view.ts';

/** Labels that Loki makes up: no stream is selected by them everywhere. */
const MADE_UP = new Set(['detected_level', '__stream_shard__', 'level']);

/** Leads from a line to what the same stream wrote before and after it. */
export function goAround(row: LogRow): Intent {
  const { labels, atNanos, line } = row.line;
  return go('logs', {
    tenant: row.tenant,
    around: String(atNanos),
    stream: selectorOf(labels),
    text: line.slice(0, 200),
    ...(row.service === '–' ? {} : { service: row.service }),
  });
}

/** All levels of the stream: a label of the level would cut the story into pieces. */
const selectorOf = (labels: Labels): string =>
  `{${Object.entries(labels)
    .filter(([name]) => !MADE_UP.has(name))
    .map(([name, value]) => `${labelName(name)}=${quote(value)}`)
    .join(', ')}}`;

/**
 * The lines of one stream before and after a line, which is marked and under the cursor.
 *
 * `+` and `_` halve and double the window around it. Where it was recorded from a question about its whole service, the
 * lines of its stream are taken from there.
 */
export async function linesAround(input: LoadInput, around: string): Promise<Loaded<LogRow>> {
  const atNanos = /^\d{1,19}$/.test(around) ? BigInt(around) : 0n;
  const gaps = makeGaps();
  const parts = await Promise.all(input.tenants.map((tenant) => ofTenant(input, tenant, atNanos, gaps)));
  const rows = parts.flatMap((part) => part.rows).sort(byTime);
  const remarks = parts.flatMap(({ note }) => note ?? []);
  const { text } = input.params;
  const marked = rows.find((row) => row.line.atNanos === atNanos && (!text || row.line.line.startsWith(text)));
  const before = marked ? rows.indexOf(marked) : 0;
  return {
    rows: rows.map((row) => (row === marked ? rowOf(row.line, row.id, row.tenant, row.origin, 'all') : row)),
    gaps: gaps.list,
    complete: true,
    cursor: marked?.id,
    note:
      rows.length === 0
        ? undefined
        : [
            marked
              ? `${before} lines before and ${rows.length - before - 1} after the marked one`
              : `the line itself is not among these ${rows.length}`,
            ...(remarks.length > 0 ? remarks : ['+ and _ change how far']),
          ].join('; '),
    because:
      rows.length > 0
        ? undefined
        : gaps.list.length > 0
          ? becauseOfGaps('the lines around it could not be had', gaps.list)
          : `the stream ${input.params.stream} wrote nothing else around that time`,
  };
}

interface Around {
  readonly rows: readonly LogRow[];
  readonly note?: string;
}

async function ofTenant(input: LoadInput, tenant: Tenant, atNanos: bigint, gaps: Gaps): Promise<Around> {
  const { stream = '' } = input.params;
  const loki = input.clients.loki(tenant);
  const atUnix = Number(atNanos) / 1e9;
  const wanted = searchWindow(input.time);
  const half = (wanted.endUnix - wanted.startUnix) / 2;
  // A nanosecond is lost in a double: the line itself stands at the beginning of what comes after.
  const middle = Math.floor(atUnix * 1000) / 1000;
  const [before, after] = await Promise.all([
    loki.lines(stream, { startUnix: middle - half, endUnix: middle }, { limit: LINES_ASKED / 2 }, input.signal),
    loki.lines(
      stream,
      { startUnix: middle, endUnix: middle + half },
      { limit: LINES_ASKED / 2, direction: 'forward' },
      input.signal,
    ),
  ]);
  if (before.ok || after.ok) {
    const origin = before.ok ? before.origin : after.ok ? after.origin : undefined;
    const lines = [before, after].flatMap((answer) => gaps.take(answer) ?? []);
    return { rows: origin ? toRows(lines, tenant, origin, new Set()) : [] };
  }
  const recorded = before.fault.kind === 'not-recorded' ? await fromRecorded(input, tenant, atNanos) : undefined;
  if (recorded === undefined) {
    gaps.take(before);
    return { rows: [] };
  }
  const { value, origin, note } = recorded;
  const labels = value.find((line) => line.atNanos === atNanos)?.labels;
  const same = labels === undefined ? '' : selectorOf(labels);
  const lines = value.filter((line) => same === '' || selectorOf(line.labels) === same);
  return { rows: toRows(lines, tenant, origin, new Set()), note };
}

/** Rounds of a recording after a line, in seconds: the first whose answer still holds the line is taken. */
const ROUNDS_AFTER_SECONDS = [1, 5, 10, 15, 20, 30, 45];

/**
 * What a recording holds of the line's service at the line's time; where a round's newest lines no longer reach back to
 * it, what warned or failed then.
 */
async function fromRecorded(
  input: LoadInput,
  tenant: Tenant,
  atNanos: bigint,
): Promise<{ value: readonly LogLine[]; origin: Origin; note: string } | undefined> {
  const { service } = input.params;
  const time = { ...input.time, windowSeconds: undefined };
  const learn = (wanted: { namespaces: readonly string[]; service?: string }) =>
    learnLogs(input.clients, tenant, wanted, time, makeGaps(), input.signal);
  const all = await learn({ namespaces: [] });
  const own = service === undefined ? undefined : (await learn({ namespaces: [], service })).selector;
  const trouble = all.selector && troubleLines(all.selector, all.keys.levelKey);
  const whole = own && (await roundWith(input, tenant, own, atNanos));
  if (whole) return { ...whole, note: 'those that the recording has' };
  const some = trouble && (await roundWith(input, tenant, trouble, atNanos));
  return some ? { ...some, note: 'the recording has only what warned or failed then' } : undefined;
}

/** The first round after a line whose answer to this question holds it. */
async function roundWith(
  { clients, nowUnix, signal }: LoadInput,
  tenant: Tenant,
  query: string,
  atNanos: bigint,
): Promise<{ value: readonly LogLine[]; origin: Origin } | undefined> {
  const loki = clients.loki(tenant);
  for (const afterSeconds of ROUNDS_AFTER_SECONDS) {
    const endUnix = Math.min(Number(atNanos / 1_000_000_000n) + afterSeconds, Math.floor(nowUnix));
    const window: Window = { startUnix: endUnix - SEARCH_WINDOW_SECONDS, endUnix };
    const answer = await loki.lines(query, window, { limit: LINES_ASKED, beforeUnix: endUnix + 1 }, signal);
    if (answer.ok && answer.value.some((line) => line.atNanos === atNanos)) return answer;
  }
  return undefined;
}
