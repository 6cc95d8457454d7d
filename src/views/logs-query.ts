import type { LogLine } from '../domain/log.ts';
import { linesWithId, troubleLines } from '../domain/questions.ts';
import { podLines } from '../domain/questions-pods.ts';
import type { Result } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { SEARCH_WINDOW_SECONDS, searchWindow } from '../domain/time.ts';
import type { Gaps } from './arrival.ts';
import { learnLogs } from './learn.ts';
import type { LoadInput, Params } from './view.ts';

/** Lines asked for at once. */
export const LINES_ASKED = 100;

/** Where shapes are looked for: the more lines, the truer their counts. */
export const LINES_FOLDED = 1000;

/** What one tenant is asked for. */
export interface LogQuery {
  readonly query: string;
  /** What is counted above the lines: all of the selector, whatever its level. Absent: the lines themselves. */
  readonly counted?: string;
  readonly levelKeys: readonly string[];
}

export const listOf = (params: Params, name: string): readonly string[] =>
  (params[name] ?? '').split(',').filter((part) => part !== '');

/** Where nobody has looked which of the two holds the level. */
const EITHER_LEVEL = ['level', 'detected_level'];

/** The LogQL for a query, a pod, a span, a service, or (asked for nothing) for what warns or fails. */
export async function queryOf(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<LogQuery | undefined> {
  const { service, span, query, pod, namespace } = input.params;
  if (query !== undefined) return { query, counted: query, levelKeys: EITHER_LEVEL };
  if (pod !== undefined) {
    const ofPod = podLines(namespace, pod);
    return { query: ofPod, counted: ofPod, levelKeys: EITHER_LEVEL };
  }
  const wanted = { namespaces: listOf(input.params, 'namespaces'), service };
  // How lines are labelled does not depend on the window that they are wanted for.
  const time = { ...input.time, windowSeconds: undefined };
  const { keys, selector } = await learnLogs(input.clients, tenant, wanted, time, gaps, input.signal);
  if (selector === undefined) return undefined;
  const levelKeys = [keys.levelKey];
  if (span) return { query: linesWithId(selector, keys.spanId, span.toLowerCase()), levelKeys };
  return { query: service ? selector : troubleLines(selector, keys.levelKey), counted: selector, levelKeys };
}

/** Lines, and what should be known of how they were had. */
export interface Asked {
  readonly answer: Result<readonly LogLine[]>;
  readonly note?: string;
}

const notRecorded = (answer: Result<unknown>): boolean => !answer.ok && answer.fault.kind === 'not-recorded';

/**
 * The lines of the window, oldest or newest first.
 *
 * A shorter window than the usual one is asked for as the usual one and cut: the newest lines are the same. A recording
 * that was not asked for this window is asked for what it has: the usual window, at the time or the last before.
 */
export async function askLines(input: LoadInput, tenant: Tenant, query: string, limit: number): Promise<Asked> {
  const { time, signal, clients } = input;
  const loki = clients.loki(tenant);
  const wanted = searchWindow(time);
  const windowSeconds = wanted.endUnix - wanted.startUnix;
  const usual = { startUnix: wanted.endUnix - SEARCH_WINDOW_SECONDS, endUnix: wanted.endUnix };
  if (input.params.head) {
    const answer = await loki.lines(query, wanted, { limit, direction: 'forward' }, signal);
    if (!notRecorded(answer)) return { answer };
  }
  const head = input.params.head
    ? 'the recording has only the newest lines of this window: these are their oldest'
    : '';
  const asked = windowSeconds < SEARCH_WINDOW_SECONDS ? usual : wanted;
  const answer = await loki.lines(query, asked, { limit }, signal);
  if (answer.ok) return { answer: cutTo(answer, windowSeconds, wanted.endUnix), ...(head ? { note: head } : {}) };
  if (!notRecorded(answer)) return { answer };
  const beforeUnix = time.live ? undefined : wanted.endUnix + 1;
  const recorded = await loki.lines(
    query,
    usual,
    { limit: LINES_ASKED, ...(beforeUnix ? { beforeUnix } : {}) },
    signal,
  );
  if (!recorded.ok) return { answer };
  return {
    answer: cutTo(recorded, windowSeconds, wanted.endUnix),
    note: 'the recording holds only the newest lines of this window',
  };
}

/** Only lines of the window; a recording's window ends with its answer. */
function cutTo(
  answer: Extract<Result<readonly LogLine[]>, { ok: true }>,
  windowSeconds: number,
  endUnix: number,
): Result<readonly LogLine[]> {
  if (windowSeconds >= SEARCH_WINDOW_SECONDS) return answer;
  const fromNanos = BigInt(Math.floor(Math.min(endUnix, answer.origin.atUnix) - windowSeconds)) * 1_000_000_000n;
  return { ...answer, value: answer.value.filter(({ atNanos }) => atNanos >= fromNanos) };
}
