import type { Answered, Asked, Clock, Exchange } from '../domain/exchange.ts';
import type { Fault, FaultKind, Result, Source } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Aside } from './aside.ts';
import type { Decoded } from './decoded.ts';
import type { Decoder } from './decoders.ts';
import { cut, refusedBy } from './faults.ts';
import { makeGate } from './gate.ts';
import type { WritableJournal } from './journal.ts';

export const DEADLINE_MS = 10_000;
export const IN_FLIGHT_MAX = 4;
export const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
export const TRACE_BYTES_MAX = 128 * 1024 * 1024;

/** One question to one backend, with how its answer is read. */
export interface Question<T> {
  /** As in `Asked`: `mimir`, or `mimir/distributor` for what one component says of itself. */
  readonly component: string;
  readonly path: string;
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly tenant: Tenant | null;
  /** JSON that is posted, for a question that takes no other form; absent: a GET. */
  readonly body?: string;
  /** Lower-case names; only those that change the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytesMax?: number;
  /** As in `Asked`: the newest answer given by then; for tapes only. */
  readonly beforeUnix?: number;
  /** `untilUnix`: the end of what the answer speaks of; infinite but for a tape's last round. See `windowAnswered`. */
  readonly decode: Decoder<T>;
}

/** Ask one backend. Never throws; every failure is a fault that says who was asked and what was said. */
export interface Send {
  <T>(question: Question<T>, signal: AbortSignal): Promise<Result<T>>;
  readonly source: Source;
}

export interface SendOptions {
  readonly exchange: Exchange;
  readonly source: Source;
  readonly clock: Clock;
  readonly journal: WritableJournal;
  /** Hash of the credential, as a tape knows it; `''` where there is none. */
  readonly identity?: string;
  readonly deadlineMs?: number;
  readonly inFlightMax?: number;
  /** Where large answers are read; absent: here. */
  readonly aside?: Aside;
}

/**
 * The one way to a backend: deadline, size cap, a few requests at once, journal, faults.
 *
 * Units:  `deadlineMs` milliseconds, from the moment a request goes out.
 * Fails:  never; see `Send`.
 */
export function makeSend(options: SendOptions): Send {
  const { exchange, source, clock, journal } = options;
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  const gate = makeGate(options.inFlightMax ?? IN_FLIGHT_MAX, deadlineMs);

  const send = async <T>(question: Question<T>, signal: AbortSignal): Promise<Result<T>> => {
    const fault = (kind: FaultKind, said: string, status?: number): Fault => ({
      kind,
      source,
      ...(question.tenant === null ? {} : { tenant: question.tenant }),
      ...(status === undefined ? {} : { status }),
      said: cut(said),
    });
    const entered = await gate.enter(signal);
    if (entered === 'cancelled') return { ok: false, fault: fault('cancelled', 'left before it was asked') };
    if (entered === 'stuck')
      return { ok: false, fault: fault('timeout', `nobody was answered within ${deadlineMs / 1000} s`) };

    const asked = { ...askedOf(question, options.identity ?? '', deadlineMs), ...helpFor(question, options.aside) };
    const sentUnix = clock.now();
    const startedMs = performance.now();
    let answered: Answered | undefined;
    try {
      answered = await askInTime(exchange, asked, signal);
    } finally {
      gate.leave(answered?.ok === true);
    }
    const milliseconds = performance.now() - startedMs;
    // Counted first: what is read aside is here no longer.
    const bytes = answered.ok ? bytesOf(answered) : 0;
    const decoded = await decodeAnswer(question, asked, answered, options.aside, signal);
    const result = resultOf(question, answered, decoded, source, fault, clock);
    journal.note({
      source,
      tenant: question.tenant,
      method: asked.method,
      path: asked.path,
      params: asked.params,
      headers: asked.headers,
      sentUnix,
      milliseconds,
      ...(answered.ok ? { status: answered.status, bytes, answeredUnix: answered.atUnix } : {}),
      ...(result.ok ? {} : { fault: result.fault }),
    });
    return result;
  };
  return Object.assign(send, { source });
}

const askedOf = (question: Question<unknown>, identity: string, deadlineMs: number): Asked => ({
  component: question.component,
  identity,
  method: question.body === undefined ? 'GET' : 'POST',
  path: question.path,
  ...(question.body === undefined ? {} : { body: question.body }),
  params: question.params,
  tenant: question.tenant,
  headers: question.headers ?? {},
  deadlineMs,
  bytesMax: question.bytesMax ?? ANSWER_BYTES_MAX,
  ...(question.beforeUnix === undefined ? {} : { beforeUnix: question.beforeUnix }),
});

/** Ends with the deadline or the caller's signal even where an exchange does not listen to its own. */
async function askInTime(exchange: Exchange, asked: Asked, signal: AbortSignal): Promise<Answered> {
  const stop = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Answered>();
  const end = (kind: 'timeout' | 'cancelled', said: string): void => {
    resolve({ ok: false, kind, said });
    stop.abort(new DOMException(said, kind === 'timeout' ? 'TimeoutError' : 'AbortError'));
  };
  const cancel = (): void => end('cancelled', 'no longer wanted');
  const timer = setTimeout(() => end('timeout', `no answer within ${asked.deadlineMs / 1000} s`), asked.deadlineMs);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    if (signal.aborted) return { ok: false, kind: 'cancelled', said: 'left before it was asked' };
    return await Promise.race([promise, exchange(asked, stop.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

type Given = Extract<Answered, { readonly ok: true }>;

/** Without making it text. */
const bytesOf = (given: Given): number =>
  given.utf8 ? given.utf8.reduce((sum, piece) => sum + piece.length, 0) : Buffer.byteLength(given.text);

/**
 * Above this many bytes, reading takes longer than a key should wait.
 *
 * Units: bytes; reading runs at about 50 MB/s, so that this is some 5 ms.
 */
export const ASIDE_BYTES = 256 * 1024;

/** The thread starts while the rest of the answer is still on its way. */
const helpFor = ({ decode }: Question<unknown>, aside: Aside | undefined): Pick<Asked, 'onLarge'> =>
  aside && decode.job ? { onLarge: { bytes: ASIDE_BYTES, call: () => aside.expect() } } : {};

const isGood = ({ status }: Given): boolean => status >= 200 && status <= 299;

/** Undefined where there is nothing to decode: the answer itself says why. */
async function decodeAnswer<T>(
  { decode }: Question<T>,
  { bytesMax }: Asked,
  answered: Answered,
  aside: Aside | undefined,
  signal: AbortSignal,
): Promise<Decoded<T> | undefined> {
  if (!answered.ok || !isGood(answered)) return undefined;
  const untilUnix = answered.untilUnix ?? Number.POSITIVE_INFINITY;
  const { utf8 } = answered;
  const length = utf8 ? bytesOf(answered) : answered.text.length;
  if (length > bytesMax) return { ok: false, kind: 'too-large', said: tooLarge(bytesMax) };
  if (aside && decode.job && length >= ASIDE_BYTES)
    return aside.read(decode.job, utf8 ?? answered.text, untilUnix, signal);
  return decode(answered.text, untilUnix);
}

function resultOf<T>(
  question: Question<T>,
  answered: Answered,
  decoded: Decoded<T> | undefined,
  source: Source,
  fault: (kind: FaultKind, said: string, status?: number) => Fault,
  clock: Clock,
): Result<T> {
  if (!answered.ok) return { ok: false, fault: fault(answered.kind, answered.said, answered.status) };
  const { status, headers, atUnix } = answered;
  if (!decoded) {
    const refused = refusedBy(status, headers, answered.text, clock.now());
    return {
      ok: false,
      fault: { ...fault(refused.kind, refused.said, status), ...onlyRetry(refused.retryAfterSeconds) },
    };
  }
  if (!decoded.ok) return { ok: false, fault: fault(decoded.kind ?? 'shape', decoded.said, status) };
  const gaps = (decoded.gaps ?? []).map((gap) => fault(gap.kind, gap.said, status));
  if (answered.stale !== undefined) gaps.push(fault('not-recorded', answered.stale));
  const origin = { source, tenant: question.tenant, atUnix, path: question.path, asked: queryOf(question.params) };
  return { ok: true, value: decoded.value, origin, gaps };
}

const onlyRetry = (retryAfterSeconds: number | undefined): { retryAfterSeconds?: number } =>
  retryAfterSeconds === undefined ? {} : { retryAfterSeconds };

/** The sentence for an answer over its cap. */
export const tooLarge = (bytesMax: number): string =>
  `the answer is larger than ${bytesMax >= 1024 * 1024 ? `${Math.round(bytesMax / 1024 / 1024)} MiB` : `${bytesMax} bytes`}`;

const QUERIES = new Set(['query', 'q', 'match[]']);

/** The query as it was sent, or the parameters where there is none. */
function queryOf(params: Question<unknown>['params']): string {
  const query = params.find(([name]) => QUERIES.has(name));
  return query ? query[1] : params.map(([name, value]) => `${name}=${value}`).join(' ');
}
