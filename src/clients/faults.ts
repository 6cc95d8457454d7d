import type { FaultKind } from '../domain/result.ts';
import { clean } from '../domain/text.ts';

/** Characters of the server's own words that are kept. */
export const WORDS_MAX = 300;

/** An answer that is no good, before it is known who was asked. */
export interface Refused {
  readonly kind: FaultKind;
  readonly said: string;
  readonly retryAfterSeconds?: number;
}

/** Source: the recordings' `error/*`; dskit tenant/tenant.go and tenant/resolver.go. Anchored: a query may quote them. */
const TENANT_WORDS =
  /^(no org id\b|multiple org IDs present|too many tenant IDs present|tenant ID\b|multi-tenant query unsupported|invalid tenant)/i;
const RING_WORDS = 'too many unhealthy instances in the ring';
/** Limits that are answered with 400. Source: mimir pkg/util/validation/errors.go, loki pkg/validation and querier. */
const LIMIT_WORDS =
  /err-mimir-(max|tenant-max|query-(blocked|limited))|max entries limit|exceeds the limit|limit exceeded|too many outstanding requests/i;
/** PromQL that is wrong only once it meets the data; also 422. Source: prometheus promql/engine.go. */
const EXECUTION_WORDS =
  /many-to-many matching|multiple matches for labels|same labelset|duplicate series for the match group|expected type/i;

/**
 * What a status that is not 2xx means.
 *
 * Fails:  never; a status that nobody listed is `server` from 500 on, else `bad-query`.
 * Source: the recordings, and apis.md 0 and 1.1: the same lost ring is 500, 422 and 400, so that the text decides first.
 */
export function refusedBy(
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
  nowUnix: number,
): Refused {
  const html = isHtml(headers, text);
  const said = wordsOf(status, headers, text);
  if (status === 400 && WANTS_TLS.test(said))
    return { kind: 'unreachable', said: 'this port speaks HTTPS: write https:// instead of http://' };
  return {
    kind: kindOf(status, headers, html, said),
    said,
    ...retryAfter(status, headers, nowUnix),
  };
}

/** Source: nginx ngx_http_request.c, status 497 sent as 400; Go net/http server.go, tlsRecordHeaderLooksLikeHTTP. */
const WANTS_TLS = /\bHTTP request (was sent )?to (an )?HTTPS (port|server)\b/i;

const LOGIN_WORDS = /log.?in|sign.?in|oauth|sso|auth/i;

const KIND_BY_STATUS: Readonly<Record<number, FaultKind>> = {
  401: 'auth',
  403: 'forbidden',
  404: 'not-found',
  407: 'auth',
  408: 'timeout',
  413: 'too-large',
  429: 'limit',
  499: 'cancelled',
  504: 'timeout',
};

function kindOf(status: number, headers: Readonly<Record<string, string>>, html: boolean, said: string): FaultKind {
  if (said.includes(RING_WORDS)) return 'server';
  if (!html && headers['www-authenticate'] === undefined && TENANT_WORDS.test(said)) return 'tenant';
  if (status >= 300 && status < 400) return LOGIN_WORDS.test(headers.location ?? '') ? 'auth' : 'shape';
  return KIND_BY_STATUS[status] ?? (status >= 500 ? 'server' : kindByWords(status, said));
}

function kindByWords(status: number, said: string): FaultKind {
  if (status === 422) return EXECUTION_WORDS.test(said) ? 'bad-query' : 'limit';
  return LIMIT_WORDS.test(said) ? 'limit' : 'bad-query';
}

/** The server's own words: JSON's `error` or `message`, a page's title, else the first line. Clean and short. */
export function wordsOf(status: number, headers: Readonly<Record<string, string>>, text: string): string {
  if (status >= 300 && status < 400 && headers.location) return cut(`redirected to ${headers.location}`);
  if (isHtml(headers, text)) return cut(`web page: ${titleOf(text)}`);
  const words = wordsInJson(text) ?? text;
  const first = words.split('\n').find((line) => line.trim() !== '');
  return first === undefined ? `HTTP ${status} without a word` : cut(first);
}

/** Is this a web page, whatever its headers say? */
export const isHtml = (headers: Readonly<Record<string, string>>, text: string): boolean =>
  /^text\/html\b/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)\b/i.test(text.slice(0, 200));

/** The title of a web page, else its first words. */
export function titleOf(page: string): string {
  const head = page.slice(0, 20_000);
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(head)?.[1] ?? /<h1[^>]*>([^<]*)<\/h1>/i.exec(head)?.[1] ?? '';
  const words = title.trim() === '' ? head.replace(/<[^>]*>/g, ' ') : title;
  return words.replace(/\s+/g, ' ').trim() || 'no title';
}

/** Clean, and not longer than a few lines of a terminal. */
export function cut(words: string): string {
  const safe = clean(words).trim();
  return safe.length <= WORDS_MAX ? safe : `${safe.slice(0, WORDS_MAX - 1)}…`;
}

function wordsInJson(text: string): string | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null) return undefined;
    const { error, message } = answer as { error?: unknown; message?: unknown };
    return [error, message].find((words) => typeof words === 'string' && words.trim() !== '') as string | undefined;
  } catch {
    return undefined;
  }
}

function retryAfter(
  status: number,
  headers: Readonly<Record<string, string>>,
  nowUnix: number,
): { retryAfterSeconds?: number } {
  const value = headers['retry-after'];
  if (value === undefined || status < 400) return {};
  if (/^\d{1,9}$/.test(value.trim())) return { retryAfterSeconds: Number(value) };
  const thenUnix = Date.parse(value) / 1000;
  // The server's own clock where it tells: ours may differ.
  const serverUnix = Date.parse(headers.date ?? '') / 1000;
  const seconds = Math.ceil(thenUnix - (Number.isNaN(serverUnix) ? nowUnix : serverUnix));
  return Number.isNaN(seconds) ? {} : { retryAfterSeconds: Math.max(0, seconds) };
}
