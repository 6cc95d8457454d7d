import type { Asked } from '../domain/exchange.ts';
import { STRANGER } from '../domain/header-probe.ts';

/**
 * What makes two questions the same one, and the times that are left out of that.
 *
 * `shape` says which rule answers it: a trace or lines of one id; what exists; anything else, which has a time.
 */
export interface TapeQuestion {
  readonly key: string;
  /** The same with its times as they were written, for entries that answer only who asks exactly so. */
  readonly exactKey: string;
  readonly shape: 'by-id' | 'exists' | 'timed';
  /** Unix seconds; `startUnix` is `endUnix` for an instant, both are absent where no time was asked. */
  readonly startUnix?: number;
  readonly endUnix?: number;
  readonly stepSeconds?: number;
  /** Most entries the server may answer with, where a limit can cut an answer short. */
  readonly limit?: number;
}

export type AskedOnTape = Pick<Asked, 'component' | 'identity' | 'method' | 'path' | 'params' | 'headers' | 'body'> & {
  readonly tenant: string | null;
};

/** Left out of the key: when, and how far a Kubernetes list had come. */
const TIMES = new Set(['start', 'end', 'time', 'step', 'resourceVersion', 'timeoutSeconds', 'continue']);

/** Name a question as the tape knows it. Never fails: what cannot be read as a time is no time. */
export function questionOf(asked: AskedOnTape): TapeQuestion {
  const { method, params, body } = formless(asked);
  const path = pathOf(asked.path);
  const timeless = params.filter(([name]) => !TIMES.has(name));
  const about = (some: readonly Pair[]): string =>
    JSON.stringify([
      asked.component,
      asked.identity,
      method,
      path,
      sorted(some),
      body,
      tenantOf(asked.tenant),
      acceptOf(asked),
      flagsOf(asked),
    ]);
  const valueFor = (name: string): string | undefined => params.find(([each]) => each === name)?.[1];
  const instant = unixOf(valueFor('time'));
  const endUnix = instant ?? unixOf(valueFor('end'));
  return {
    key: about(timeless),
    exactKey: about(params),
    shape: shapeOf(asked.component, path, params),
    startUnix: instant ?? unixOf(valueFor('start')),
    endUnix,
    stepSeconds: stepOf(valueFor('step')),
    limit: Number(valueFor('limit')) || undefined,
  };
}

/** Whoever cannot exist has another name each time, and is told the same. */
const tenantOf = (tenant: string | null): string | null => (tenant?.startsWith(STRANGER) ? STRANGER : tenant);

/** One question in the words of a person: `mimir GET /path query=up as staging`. */
export function sayQuestion(key: string): string {
  const parts: unknown = JSON.parse(key);
  if (!Array.isArray(parts)) return key;
  const [component, identity, method, path, params, , tenant] = parts;
  const asked = Array.isArray(params)
    ? params.map((pair) => (Array.isArray(pair) ? pair.join('=') : '')).join(' ')
    : '';
  const who = tenant === null ? 'without a tenant' : `as ${tenant}`;
  return [`${component} ${method} ${path}`, asked, who, identity ? `by ${identity}` : '']
    .filter((part) => part !== '')
    .join(' ');
}

type Pair = readonly [name: string, value: string];

const sorted = (pairs: readonly Pair[]): readonly Pair[] =>
  [...pairs].sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** A form POST is the GET it stands for; any other body is compared as JSON where it is JSON. */
function formless(asked: AskedOnTape): { method: string; params: readonly Pair[]; body: string } {
  const body = asked.body ?? '';
  if (asked.method === 'POST' && /^[^\s{}"=&]+=[^\s]*$/.test(body))
    return { method: 'GET', params: [...asked.params, ...new URLSearchParams(body)], body: '' };
  return { method: asked.method, params: asked.params, body: canonicalBody(body) };
}

function canonicalBody(body: string): string {
  if (body === '') return '';
  try {
    return JSON.stringify(JSON.parse(body), (_name, value: unknown) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => compare(left, right)))
        : value,
    );
  } catch {
    return body;
  }
}

const TRACE_PATH = /^(\/api\/(?:v2\/)?traces\/)([0-9a-f]{1,32})$/i;

/** A trace id has 32 digits, however many of its leading zeros were written. */
const pathOf = (path: string): string =>
  path.replace(TRACE_PATH, (_all, before: string, id: string) => before + id.toLowerCase().padStart(32, '0'));

/** A quoted id, as label, metadata or line filter; Tempo strips leading zeros, so it may be a little shorter. */
const QUOTED_ID = /["`][0-9a-f]{14,32}["`]/i;

const EXISTS: readonly RegExp[] = [
  /\/(labels|label\/[^/]+\/values|series|metadata|rules)$/,
  /\/(detected_fields|detected_labels|detected_field\/[^/]+\/values)$/,
  /\/search\/(tags|tag\/[^/]+\/values)$/,
  /\/(user_limits|drilldown-limits|overrides|status\/overrides)$/,
  /\/(buildinfo|status\/version|version)$/,
  /\/(config|runtime_config|status\/config)$/,
];

/** Kubernetes lists that change within a round. */
const KUBERNETES_NOW = /^\/api\/v1\/namespaces\/[^/]+\/(pods|events)$|^\/api\/v1\/nodes$|\/proxy(\/|$)/;

function shapeOf(component: string, path: string, params: readonly Pair[]): TapeQuestion['shape'] {
  if (component.startsWith('kubernetes/')) return KUBERNETES_NOW.test(path) ? 'timed' : 'exists';
  if (TRACE_PATH.test(path)) return 'by-id';
  const query = params.find(([name]) => name === 'query')?.[1] ?? '';
  if (component.startsWith('loki') && /\/query(_range)?$/.test(path) && QUOTED_ID.test(query)) return 'by-id';
  return EXISTS.some((pattern) => pattern.test(path)) ? 'exists' : 'timed';
}

function acceptOf(asked: AskedOnTape): string {
  const accept = asked.headers.accept ?? '';
  if (accept.includes('as=Table')) return 'table';
  if (accept.includes('protobuf')) return 'protobuf';
  return accept === '' || accept.includes('json') || accept === '*/*' ? 'json' : accept;
}

const flagsOf = (asked: AskedOnTape): string => asked.headers['x-loki-response-encoding-flags'] ?? '';

/**
 * A time in Unix seconds, from whichever form a backend takes.
 *
 * Units: seconds, milliseconds, microseconds or nanoseconds by magnitude (each is a thousand times the one before),
 * or RFC 3339.
 */
export function unixOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (Number.isNaN(number)) {
    const milliseconds = Date.parse(text);
    return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
  }
  const size = Math.abs(number);
  return size > 1e16 ? number / 1e9 : size > 1e13 ? number / 1e6 : size > 1e11 ? number / 1e3 : number;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

function stepOf(text: string | undefined): number | undefined {
  const found = text?.match(/^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/);
  return found ? Number(found[1]) * (UNIT_SECONDS[found[2] ?? 's'] ?? 1) : undefined;
}
