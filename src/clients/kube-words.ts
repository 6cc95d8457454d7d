import type { Answered } from '../domain/exchange.ts';
import type { FaultKind } from '../domain/result.ts';
import { fieldsOf, textOf } from './decode.ts';
import { cut, isHtml, titleOf } from './faults.ts';
import type { KubeLogin } from './kube-login.ts';

type Given = Extract<Answered, { ok: true }>;
type Failure = Extract<Answered, { ok: false }>;

const KIND_BY_STATUS: Readonly<Record<number, FaultKind>> = {
  400: 'bad-query',
  401: 'auth',
  403: 'forbidden',
  404: 'not-found',
  410: 'not-found',
  413: 'too-large',
  429: 'limit',
  504: 'timeout',
};

/** What the API server says when it itself, not what stands behind it, says no. Source: apimachinery meta/v1 Status. */
interface ApiStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/**
 * A refusal of the API server's own, in words that name the hop; undefined where the answer is none, or is from behind
 * the hop: those are not `kind: Status`.
 *
 * Source: the recordings' `kubernetes/central/{viewer,proxy}/…`; apiserver endpoints/handlers/responsewriters.
 */
export function refusedByApiServer(login: KubeLogin, answered: Given, hop = ''): Failure | undefined {
  if (answered.status < 400) return undefined;
  const status = statusIn(answered);
  if (!status && hop !== '') return unreachedInText(login, answered, hop);
  if (!status) return answered.status === 401 ? sayLogin(login) : undefined;
  const { code, message } = status;
  if (code === 401) return sayLogin(login);
  const fail = (kind: FaultKind, said: string): Failure => ({ ok: false, kind, status: code, said: cut(said) });
  if (hop !== '' && (code === 404 || code >= 500)) return fail('unreachable', sayBehind(login, hop, message));
  const kind = KIND_BY_STATUS[code] ?? (code >= 500 ? 'server' : 'bad-query');
  return fail(kind, `API server of context ${login.context}: ${message}`);
}

/** A login page, a proxy's page, a wrong port: whatever it is, it is no API server. */
export function sayWebPage(login: KubeLogin, answered: Given): Failure | undefined {
  const { status, headers, text } = answered;
  const redirected = status >= 300 && status < 400;
  if (!redirected && !isHtml(headers, text)) return undefined;
  const what = redirected ? `redirects to ${headers.location ?? 'elsewhere'}` : `answers a web page: ${titleOf(text)}`;
  return {
    ok: false,
    kind: 'shape',
    status,
    said: cut(`${login.server} of context ${login.context} is no API server, it ${what}`),
  };
}

function statusIn({ headers, text }: Given): ApiStatus | undefined {
  if (isHtml(headers, text) || !text.trimStart().startsWith('{') || text.length > 100_000) return undefined;
  try {
    const fields = fieldsOf(JSON.parse(text));
    if (fields?.kind !== 'Status' || fields.apiVersion !== 'v1' || typeof fields.code !== 'number') return undefined;
    return { code: fields.code, reason: textOf(fields.reason) ?? '', message: textOf(fields.message) ?? 'no word' };
  } catch {
    return undefined;
  }
}

const sayLogin = ({ context, user }: KubeLogin): Failure => ({
  ok: false,
  kind: 'auth',
  status: 401,
  said: `API server of context ${context} does not take the credentials of user ${user}: they are wrong or have expired`,
});

/** Older API servers say in plain text that they could not reach what stands behind. */
function unreachedInText(login: KubeLogin, { status, text }: Given, hop: string): Failure | undefined {
  const first = text.split('\n', 1)[0] ?? '';
  if (status === 401 && /^Unauthorized$/i.test(first.trim())) return sayLogin(login);
  if (!/^(error trying to reach service|no endpoints available for service)/.test(first)) return undefined;
  return { ok: false, kind: 'unreachable', status, said: cut(sayBehind(login, hop, first)) };
}

function sayBehind({ context }: KubeLogin, hop: string, message: string): string {
  const where = `${sayHopPath(hop)}, asked through the API server of context ${context}`;
  if (/no endpoints available/.test(message)) return `${where}: no pod behind it is ready`;
  if (/not found/.test(message)) return `${where}: ${message}`;
  return `${where}: ${message.replace(/^error trying to reach service: /, 'the API server cannot reach it: ')}`;
}

/** `/api/v1/namespaces/a/services/http:b:80/proxy` as `service a/b:80`. */
export function sayHopPath(hop: string): string {
  const found = /^\/api\/v1\/namespaces\/([^/]+)\/(service|pod)s\/(?:https?:)?([^/]+)\/proxy$/.exec(hop);
  return found ? `${found[2]} ${found[1]}/${found[3]}` : hop;
}
