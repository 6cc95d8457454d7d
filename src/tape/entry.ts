import type { Answered } from '../domain/exchange.ts';
import type { FaultKind } from '../domain/result.ts';
import { type Place, placeOf } from './component.ts';
import { questionOf, type TapeQuestion } from './question.ts';

/** One recorded exchange as it stands on a tape: a HAR 1.2 entry and what HAR has no word for. */
export interface HarEntry {
  readonly _name?: string;
  /** Who was asked, never a host. Told from `_name` where it is absent. */
  readonly _component?: string;
  readonly _identity?: string;
  readonly _tenant?: string | null;
  /** A watch or a tail that was written piece by piece: the pieces of one bear the same number. */
  readonly _stream?: number;
  /** No answer came, or not one that is HTTP. */
  readonly _fault?: { readonly kind: FaultKind; readonly said: string; readonly status?: number };
  readonly startedDateTime: string;
  /** Milliseconds until the answer was there; of a watch or a tail, how long it lasted. */
  readonly time?: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly HarHeader[];
    readonly postData?: { readonly text: string };
  };
  readonly response: {
    readonly status: number;
    readonly headers: readonly HarHeader[];
    readonly content: { readonly mimeType?: string; readonly text: string; readonly encoding?: string };
  };
  /** A watch or a tail: milliseconds since the start, and the text that came. */
  readonly _frames?: readonly (readonly [number, string])[];
}

export interface HarHeader {
  readonly name: string;
  readonly value: string;
}

/** What is known of an entry without reading its answer. */
export interface EntryHead {
  readonly component: string;
  readonly tenant: string | null;
  /** When the answer was given, Unix seconds. */
  readonly atUnix: number;
  readonly exact: boolean;
  readonly question: TapeQuestion;
  /** No answer came. */
  readonly failed: boolean;
  /** Of a watch or a tail: how long it lasted, which one it is a piece of, and where its list stood. */
  readonly seconds: number;
  readonly stream?: number;
  readonly version?: string;
}

/** A head, and where its line stands: in which block, at which byte. */
export interface Entry extends EntryHead {
  readonly block: number;
  readonly offset: number;
  readonly length: number;
}

const RESPONSE = Buffer.from('"response":');
const HEAD_BYTES_MAX = 64 * 1024;

/**
 * Read the head of a line without parsing its answer, which may be megabytes.
 *
 * A quote inside a JSON string is escaped, so `"response":` bare is a name, and what stands before it is the request.
 * Fails: undefined where the line is no HAR entry.
 */
export function headOf(line: Buffer): EntryHead | undefined {
  const end = line.subarray(0, HEAD_BYTES_MAX).indexOf(RESPONSE);
  const before = end > 0 ? line.toString('utf8', 0, end).replace(/,\s*$/, '}') : '';
  return headFrom(parse(before)) ?? headFrom(parse(line.toString('utf8')));
}

const STARTED = Buffer.from('"startedDateTime":"');
const STARTED_BYTES = 40;

/** When the answer of a line was given, Unix seconds, read without parsing anything else. Undefined where it is not found. */
export function timeOf(line: Buffer): number | undefined {
  const at = line.subarray(0, HEAD_BYTES_MAX).indexOf(STARTED);
  if (at < 0) return undefined;
  const from = at + STARTED.length;
  const text = line.toString('latin1', from, from + STARTED_BYTES);
  const unix = unixOfStart(text.slice(0, text.indexOf('"')));
  return Number.isNaN(unix) ? undefined : unix;
}

function headFrom(value: unknown): EntryHead | undefined {
  const request = isRecord(value) ? value.request : undefined;
  if (!isRecord(value) || !isRecord(request)) return undefined;
  const method = textOf(request.method);
  const url = textOf(request.url);
  const atUnix = unixOfStart(textOf(value.startedDateTime) ?? '');
  if (method === undefined || url === undefined || Number.isNaN(atUnix)) return undefined;
  const target = splitUrl(url);
  const sent = headersOf(request.headers);
  const tenant = tenantOf(value, sent);
  const postData = request.postData;
  const place = whereOf(value, target.path);
  const asked = {
    ...place,
    method: method === 'POST' ? ('POST' as const) : ('GET' as const),
    params: target.params,
    headers: textOf(value._name)?.endsWith('/html') ? { ...sent, accept: 'text/html' } : sent,
    body: isRecord(postData) ? textOf(postData.text) : undefined,
    tenant,
  };
  return {
    component: place.component,
    tenant,
    atUnix,
    exact: place.exact,
    question: questionOf(asked),
    failed: value._fault !== undefined,
    seconds: (numberOf(value.time) ?? 0) / 1000,
    stream: numberOf(value._stream),
    version: target.params.find(([name]) => name === 'resourceVersion')?.[1],
  };
}

/** What an entry says of whom it asked; in the shipped recordings only its name tells. */
function whereOf(value: Readonly<Record<string, unknown>>, path: string): Place {
  const told = placeOf(textOf(value._name) ?? '', path);
  const component = textOf(value._component);
  if (component === undefined) return told;
  return { component, identity: textOf(value._identity) ?? '', path, exact: told.exact };
}

/** `_tenant` says what was sent; null is no header at all. */
const tenantOf = (value: Readonly<Record<string, unknown>>, sent: Readonly<Record<string, string>>): string | null =>
  value._tenant === undefined ? (sent['x-scope-orgid'] ?? null) : (textOf(value._tenant) ?? null);

/** `+00:00` and microseconds are kept: `Date` would cut them to milliseconds, and rates need the difference. */
function unixOfStart(text: string): number {
  const fraction = /\.(\d+)/.exec(text)?.[1];
  const whole = Date.parse(fraction ? text.replace(`.${fraction}`, '') : text) / 1000;
  return fraction ? Number(`${whole}.${fraction}`) : whole;
}

function splitUrl(url: string): { path: string; params: readonly (readonly [string, string])[] } {
  const rest = url.replace(/^[a-z]+:\/\/[^/?]*/i, '');
  const mark = rest.indexOf('?');
  if (mark < 0) return { path: rest, params: [] };
  return { path: rest.slice(0, mark), params: [...new URLSearchParams(rest.slice(mark + 1))] };
}

/**
 * The answer of a line, as the server gave it, or why it gave none.
 *
 * Fails: undefined where the line is no HAR entry.
 */
export function answerOf(line: Buffer, atUnix: number): Answered | undefined {
  const value = parse(line.toString('utf8'));
  if (!isRecord(value) || !isRecord(value.response)) return undefined;
  if (isRecord(value._fault)) return faultOf(value._fault);
  const { status, headers, content } = value.response;
  if (typeof status !== 'number' || !isRecord(content)) return undefined;
  const text = textOf(content.text) ?? '';
  const mimeType = textOf(content.mimeType);
  return {
    ok: true,
    status,
    headers: { ...(mimeType ? { 'content-type': mimeType } : {}), ...headersOf(headers) },
    text: content.encoding === 'base64' ? Buffer.from(text, 'base64').toString('latin1') : text,
    atUnix,
  };
}

/** What came of a watch or a tail: milliseconds since its start, and the text. Empty where the line holds none. */
export function framesOf(line: Buffer): readonly (readonly [milliseconds: number, text: string])[] {
  const value = parse(line.toString('utf8'));
  if (!isRecord(value) || !Array.isArray(value._frames)) return [];
  return value._frames.flatMap((frame: unknown): [number, string][] => {
    const [milliseconds, text] = Array.isArray(frame) ? frame : [];
    return typeof milliseconds === 'number' && typeof text === 'string' ? [[milliseconds, text]] : [];
  });
}

const KINDS: readonly FaultKind[] = ['tenant', 'auth', 'forbidden', 'bad-query', 'not-found', 'limit', 'too-large'];
const MORE_KINDS: readonly FaultKind[] = ['timeout', 'cancelled', 'unreachable', 'server', 'shape', 'not-recorded'];

function faultOf({ kind, said, status }: Readonly<Record<string, unknown>>): Answered {
  return {
    ok: false,
    kind: [...KINDS, ...MORE_KINDS].find((each) => each === kind) ?? 'shape',
    said: textOf(said) ?? 'no answer came',
    ...(typeof status === 'number' ? { status } : {}),
  };
}

function headersOf(value: unknown): Readonly<Record<string, string>> {
  if (!Array.isArray(value)) return {};
  const pairs = value.flatMap((header: unknown): [string, string][] => {
    if (!isRecord(header)) return [];
    const name = textOf(header.name);
    return name === undefined ? [] : [[name.toLowerCase(), textOf(header.value) ?? '']];
  });
  return Object.fromEntries(pairs);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
