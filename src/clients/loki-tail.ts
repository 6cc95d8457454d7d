import type { Asked, Broken, Clock, Follow, Followed } from '../domain/exchange.ts';
import type { LogLine } from '../domain/log.ts';
import { pause } from '../domain/pause.ts';
import type { Fault, Result, Source } from '../domain/result.ts';
import type { TailOptions, TailPart } from '../domain/tail.ts';
import type { Tenant } from '../domain/tenant.ts';
import { SEARCH_WINDOW_SECONDS } from '../domain/time.ts';
import type { Loki } from './clients.ts';
import { nanosOf } from './decode-loki.ts';
import { decodeTail } from './decode-tail.ts';
import type { WritableJournal } from './journal.ts';
import { makeSeen, type Seen } from './tail-seen.ts';

const PATH = '/loki/api/v1/tail';
/** Lines that a tail begins with: what recordings asked for, too. */
const LIMIT = 100;
/** Lines that came while it was interrupted; Loki gives no more at once. */
const MISSED_MAX = 5000;
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 30_000;
const POLL_MS = 5_000;
/** A recording's rounds. */
const TAPE_POLL_MS = 15_000;

/** What a tail needs besides whose and what. */
export interface Tailer {
  /** Absent where a WebSocket's query would be lost on the way: through an API server's proxy. */
  readonly follow?: Follow;
  readonly source: Source;
  readonly identity: string;
  readonly clock: Clock;
  readonly journal: WritableJournal;
  /** The first pause after an interruption, and the pause between two polls, milliseconds: shorter in tests. */
  readonly retryMs?: number;
  readonly pollMs?: number;
}

interface Tail extends Tailer {
  readonly lines: Loki['lines'];
  readonly tenant: Tenant;
  readonly logql: string;
  readonly options: TailOptions;
  readonly seen: Seen;
  readonly tries: ReturnType<typeof makeTries>;
}

type Failure = Extract<Followed, { ok: false }>;
type End = Broken & { readonly status?: number };

const NO_SOCKET: Failure = {
  ok: false,
  kind: 'unreachable',
  said: 'the API server’s proxy drops the query of a WebSocket; with --loki-url, or a port-forward, it is a tail',
};

/**
 * New lines as they come: over a WebSocket, else by asking again and again; each part says which, and why.
 *
 * Fails: it ends with the signal, or with a query that cannot be tailed. Any other fault is a gap of a part, and the next
 * try waits longer each time. A line is told once, also across an interruption.
 */
export async function* tailLines(
  tailer: Tailer,
  what: Pick<Tail, 'lines' | 'tenant' | 'logql' | 'options'>,
  signal: AbortSignal,
): AsyncGenerator<TailPart> {
  const tail: Tail = { ...tailer, ...what, seen: makeSeen(), tries: makeTries(tailer.retryMs ?? RETRY_MS) };
  while (!signal.aborted) {
    const opened = await connect(tail, signal);
    if (signal.aborted) return;
    if (!opened.ok && mustPoll(opened)) yield* polling(tail, opened, signal);
    else if (yield* trying(tail, opened, signal)) return;
  }
}

/** Ask again and again; of a recording once, for it may hold a tail of later. */
async function* polling(tail: Tail, why: Failure, signal: AbortSignal): AsyncGenerator<TailPart, void> {
  const recording = why.kind === 'not-recorded';
  const pollMs = tail.pollMs ?? (recording ? TAPE_POLL_MS : POLL_MS);
  const cause = recording ? 'nobody tailed this while it was recorded' : why.said;
  const said = `asked every ${pollMs / 1000} s: ${cause}`;
  do {
    yield await poll(tail, said, recording, signal);
    await pause(pollMs, signal);
  } while (!recording && !signal.aborted);
}

/** One connection, and the pause after it. True where no further one would do better. */
async function* trying(tail: Tail, opened: Followed, signal: AbortSignal): AsyncGenerator<TailPart, boolean> {
  const before = tail.seen.count();
  const end: End = opened.ok ? yield* session(tail, opened) : opened;
  if (signal.aborted) return true;
  if (isFinal(end)) {
    yield partOf(tail, [], { gap: faultOf(tail, { ...end, kind: 'bad-query' }) });
    return true;
  }
  if (tail.seen.count() > before) tail.tries.reset();
  const waitMs = tail.tries.nextMs();
  const said = `the tail was interrupted: ${end.said}; next try in ${Math.ceil(waitMs / 1000)} s`;
  yield partOf(tail, [], { gap: faultOf(tail, end), said });
  await pause(waitMs, signal);
  return false;
}

/** Pauses that grow. */
function makeTries(firstMs: number): { nextMs(): number; reset(): void } {
  let failures = 0;
  return {
    nextMs: () => Math.min(RETRY_MS_MAX, firstMs * 2 ** failures++),
    reset() {
      failures = 0;
    },
  };
}

/** One connection, from its first message to its end. */
async function* session(tail: Tail, opened: Extract<Followed, { ok: true }>): AsyncGenerator<TailPart, End> {
  yield partOf(tail, [], { said: 'tail' });
  for await (const text of opened.lines) {
    const decoded = decodeTail(text);
    if (!decoded.ok) {
      yield partOf(tail, [], { gap: faultOf(tail, { kind: 'shape', said: decoded.said }) });
      continue;
    }
    tail.seen.drop(decoded.value.dropped);
    yield partOf(tail, tail.seen.fresh(decoded.value.lines));
  }
  tail.seen.interrupted();
  return opened.ended?.() ?? { kind: 'server', said: 'ended by the server' };
}

async function connect(tail: Tail, signal: AbortSignal): Promise<Followed> {
  const { clock, source, tenant, journal, follow } = tail;
  const asked = askedOf(tail);
  const sentUnix = clock.now();
  const startedMs = performance.now();
  const opened = (await follow?.(asked, signal)) ?? NO_SOCKET;
  if (signal.aborted || opened === NO_SOCKET || (!opened.ok && opened.kind === 'not-recorded')) return opened;
  const { method, path, params, headers } = asked;
  const milliseconds = performance.now() - startedMs;
  const how = opened.ok ? { status: 101, bytes: 0, answeredUnix: clock.now() } : { fault: faultOf(tail, opened) };
  journal.note({ source, tenant, method, path, params, headers, sentUnix, milliseconds, ...how });
  return opened;
}

function askedOf({ identity, tenant, logql, options, seen }: Tail): Asked {
  const from = seen.fromNanos() ?? (options.sinceUnix === undefined ? undefined : nanosOf(options.sinceUnix));
  return {
    component: 'loki',
    identity,
    method: 'GET',
    path: PATH,
    params: [
      ['query', logql],
      ['limit', String(seen.wasInterrupted() ? MISSED_MAX : LIMIT)],
      ...(from === undefined ? [] : ([['start', String(from)]] as const)),
    ],
    tenant,
    headers: { 'x-loki-response-encoding-flags': 'categorize-labels' },
    deadlineMs: 10_000,
    bytesMax: 1024 * 1024,
  };
}

/** Ask once for what is new. A recording is asked as its rounds were. */
async function poll(tail: Tail, said: string, recording: boolean, signal: AbortSignal): Promise<TailPart> {
  const { clock, seen, logql, options } = tail;
  const endUnix = recording ? Math.floor(clock.now()) : clock.now();
  const from = recording ? undefined : seen.fromNanos();
  seen.interrupted();
  if (from === undefined) {
    const startUnix = (recording ? undefined : options.sinceUnix) ?? endUnix - SEARCH_WINDOW_SECONDS;
    const answer = await tail.lines(logql, { startUnix, endUnix }, { limit: LIMIT }, signal);
    return polled(tail, answer.ok ? { ...answer, value: answer.value.toReversed() } : answer, said);
  }
  const window = { startUnix: Number(from) / 1e9, endUnix };
  const answer = await tail.lines(logql, window, { limit: MISSED_MAX, direction: 'forward' }, signal);
  const cut = answer.ok && answer.value.length === MISSED_MAX ? '; more came than one answer holds' : '';
  return polled(tail, answer, said + cut);
}

function polled(tail: Tail, answer: Result<readonly LogLine[]>, said: string): TailPart {
  if (!answer.ok) return partOf(tail, [], { by: 'polling', said, gap: answer.fault });
  const [gap] = answer.gaps;
  return partOf(tail, tail.seen.fresh(answer.value), { by: 'polling', said, ...(gap ? { gap } : {}) });
}

const partOf = (tail: Tail, lines: readonly LogLine[], more: Partial<TailPart> = {}): TailPart => ({
  lines,
  by: 'tail',
  dropped: tail.seen.dropped(),
  origin: { source: tail.source, tenant: tail.tenant, atUnix: tail.clock.now(), path: PATH, asked: tail.logql },
  ...more,
});

const faultOf = ({ source, tenant }: Tail, { kind, said, status }: End): Fault => ({
  kind,
  source,
  tenant,
  said,
  ...(status === undefined ? {} : { status }),
});

/** Nothing there tails, or no WebSocket gets there. */
const mustPoll = (failure: Failure): boolean =>
  failure === NO_SOCKET || failure.kind === 'not-recorded' || [404, 405, 426, 501].includes(failure.status ?? 0);

/** No waiting mends a query. Loki takes a metric query's WebSocket, and then closes it with 1011. */
const isFinal = ({ kind, code, said }: End): boolean =>
  kind === 'bad-query' || (code === 1011 && /metric|parse error|log ?ql|selector/i.test(said));
