import type { Answered } from '../domain/exchange.ts';
import type { FaultKind } from '../domain/result.ts';
import { cut } from './faults.ts';
import type { ProxyServer } from './proxy.ts';

type Failure = Extract<Answered, { ok: false }>;

/** Causes by their code, in words that say what to do where anything can be done. */
const CAUSES: Readonly<Record<string, readonly [kind: FaultKind, said: (host: string) => string]>> = {
  ENOTFOUND: ['unreachable', (host) => `no such host: ${host}`],
  EAI_AGAIN: ['unreachable', (host) => `the name server did not answer for ${host}`],
  ECONNREFUSED: ['unreachable', (host) => `${host} refuses connections: nothing listens there`],
  ECONNRESET: ['unreachable', (host) => `${host} closed the connection without an answer`],
  UND_ERR_SOCKET: ['unreachable', (host) => `${host} closed the connection without an answer`],
  EPIPE: ['unreachable', (host) => `${host} closed the connection without an answer`],
  EHOSTUNREACH: ['unreachable', (host) => `no route to ${host}`],
  ENETUNREACH: ['unreachable', (host) => `no network leads to ${host}`],
  ETIMEDOUT: ['timeout', (host) => `no connection to ${host} in time`],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', (host) => `no connection to ${host} in time`],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['unreachable', (host) => `${host} has a self-signed certificate: --ca-file`],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'unreachable',
    (host) => `${host}: its certificate authority is not known here: --ca-file`,
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'unreachable',
    (host) => `${host}: its certificate authority is not known here: --ca-file`,
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'unreachable',
    (host) => `${host}: its certificate authority is not known here: --ca-file`,
  ],
  CERT_HAS_EXPIRED: ['unreachable', (host) => `${host}: its certificate has expired`],
  CERT_NOT_YET_VALID: ['unreachable', (host) => `${host}: its certificate is not valid yet: is a clock wrong?`],
  ERR_TLS_CERT_ALTNAME_INVALID: ['unreachable', (host) => `${host}: its certificate is for another name`],
  ERR_SSL_WRONG_VERSION_NUMBER: ['unreachable', (host) => `${host} does not speak TLS: http:// instead of https://?`],
  EPROTO: ['unreachable', (host) => `${host}: no common TLS with it, or it speaks none`],
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: [
    'auth',
    (host) => `${host} wants a client certificate: --cert-file and --key-file`,
  ],
  UND_ERR_HEADERS_OVERFLOW: ['too-large', (host) => `${host} answers with more headers than can be taken`],
};

/**
 * What a thrown network error means. The request's signal decides first: an abort is no fault of the server's. Where a
 * proxy stands between, connections are made to it alone, and it is the one that is named.
 */
export function failureOf(thrown: unknown, signal: AbortSignal, baseUrl: string, proxy?: ProxyServer): Failure {
  if (signal.aborted) {
    const timedOut = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
    return timedOut
      ? { ok: false, kind: 'timeout', said: 'no answer in time' }
      : { ok: false, kind: 'cancelled', said: 'no longer wanted' };
  }
  const { code, message } = firstCause(thrown);
  const cause = CAUSES[code];
  const server = new URL(baseUrl).host;
  const refused = proxy && /^Proxy .*\((\d{3})\)/.exec(message)?.[1];
  if (refused) return refusedByProxy(proxy, refused, server);
  const host = proxy && OF_CONNECTIONS.has(code) ? `the proxy ${proxy.host} (${proxy.variable})` : server;
  if (cause) return { ok: false, kind: cause[0], said: cause[1](host) };
  if (code.startsWith('HPE_')) return { ok: false, kind: 'unreachable', said: `${host} does not answer in HTTP` };
  return { ok: false, kind: 'unreachable', said: cut(`${host}: ${message || code || 'unknown failure'}`) };
}

/** What can only go wrong with whom the connection is made to. */
const OF_CONNECTIONS: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'UND_ERR_SOCKET',
  'UND_ERR_PRX_CONN',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A proxy's own status: 407 wants to know who asks; any other is its word on the server behind it. */
function refusedByProxy(proxy: ProxyServer, status: string, server: string): Failure {
  const named = `the proxy ${proxy.host} (${proxy.variable})`;
  return status === '407'
    ? { ok: false, kind: 'auth', status: 407, said: `${named} wants a user and a password: http://USER:PASSWORD@PROXY` }
    : { ok: false, kind: 'unreachable', said: `${named} says ${status} of ${server}: should NO_PROXY name it?` };
}

/** The innermost error that has a code: Node tries several addresses, undici wraps. */
function firstCause(thrown: unknown): { code: string; message: string } {
  let error: unknown = thrown;
  for (let depth = 0; depth < 5; depth += 1) {
    const { errors, cause } = (error ?? {}) as { errors?: unknown; cause?: unknown };
    const inner = Array.isArray(errors) ? errors[0] : cause;
    if (!(inner instanceof Error)) break;
    error = inner;
  }
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return { code: typeof code === 'string' ? code : '', message: typeof message === 'string' ? message : '' };
}
