import type { Answered } from '../domain/exchange.ts';
import type { FaultKind } from '../domain/result.ts';
import { cut } from './faults.ts';

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

/** What a thrown network error means. The request's signal decides first: an abort is no fault of the server's. */
export function failureOf(thrown: unknown, signal: AbortSignal, baseUrl: string): Failure {
  if (signal.aborted) {
    const timedOut = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
    return timedOut
      ? { ok: false, kind: 'timeout', said: 'no answer in time' }
      : { ok: false, kind: 'cancelled', said: 'no longer wanted' };
  }
  const host = new URL(baseUrl).host;
  const { code, message } = firstCause(thrown);
  const cause = CAUSES[code];
  if (cause) return { ok: false, kind: cause[0], said: cause[1](host) };
  if (code.startsWith('HPE_')) return { ok: false, kind: 'unreachable', said: `${host} does not answer in HTTP` };
  return { ok: false, kind: 'unreachable', said: cut(`${host}: ${message || code || 'unknown failure'}`) };
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
