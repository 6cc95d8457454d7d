import type { FaultKind } from './result.ts';

export type HeaderSignal = 'metrics' | 'logs' | 'traces';

export const HEADER_SIGNALS: readonly HeaderSignal[] = ['metrics', 'logs', 'traces'];

/** As whom a probe is sent: without the header, as somebody who cannot exist, as whom one expects, as who is the default. */
export type SentAs = 'none' | 'random' | 'expected' | 'default';

/** One read-only question that tells how an entry point treats the tenant header. */
export interface ProbeQuestion {
  readonly path: string;
  readonly params: readonly (readonly [name: string, value: string])[];
  /** `login`: only that one is let in; `data`: what the tenant holds. */
  readonly proves: 'login' | 'data';
}

/** How the names of tenants that cannot exist begin; what follows is new each time the program runs. */
export const STRANGER = 'lgtm-tui-probe-';

/** One probe as it went out, and what came back. */
export interface Probe {
  readonly sent: SentAs;
  readonly tenant: string | null;
  /** Path and query. */
  readonly asked: string;
  readonly status?: number;
  /** Why it was refused, or why nobody answered; absent: it was answered. */
  readonly kind?: FaultKind;
  /** First line of the answer, clean. */
  readonly said: string;
  /** What the tenant holds by this answer: names or series. Absent where the question cannot tell. */
  readonly holds?: readonly string[];
}

/**
 * The probes of each signal, lightest first. The questions are those of the recordings, word for word.
 *
 * Source: a series query for `vector(1)` proves only that one is let in; `up` is empty for a tenant that sends OTLP, which
 * is why the labels are asked too.
 */
export const PROBES: Readonly<Record<HeaderSignal, readonly ProbeQuestion[]>> = {
  metrics: [
    { path: '/prometheus/api/v1/query', params: [['query', 'vector(1)']], proves: 'login' },
    { path: '/prometheus/api/v1/query', params: [['query', 'up']], proves: 'data' },
    { path: '/prometheus/api/v1/labels', params: [], proves: 'data' },
  ],
  logs: [{ path: '/loki/api/v1/labels', params: [], proves: 'data' }],
  traces: [{ path: '/api/v2/search/tags', params: [], proves: 'data' }],
};

/** Tenant names that the servers and the charts' gateways put in place of a missing header. Source: apis.md 0. */
export const DEFAULT_TENANTS: Readonly<Record<HeaderSignal, readonly string[]>> = {
  metrics: ['anonymous'],
  logs: ['fake', 'anonymous'],
  traces: ['single-tenant', 'anonymous'],
};

/**
 * What an answer says the tenant holds; undefined where it is not the answer that was promised.
 *
 * Source: Loki leaves `data` out where there is nothing; Tempo's list then holds nothing but the intrinsic scope.
 */
export function holdingsOf(question: ProbeQuestion, answer: unknown): readonly string[] | undefined {
  const fields = fieldsIn(answer);
  if (fields === undefined) return undefined;
  if (question.path.startsWith('/api/v2/search/tags')) return tagsIn(fields);
  if (fields.status !== 'success') return undefined;
  if (question.path.endsWith('/query')) return seriesIn(fields.data);
  if (fields.data === undefined || fields.data === null) return [];
  return Array.isArray(fields.data) ? fields.data.map(String).sort() : undefined;
}

function tagsIn(fields: Fields): readonly string[] | undefined {
  if (!Array.isArray(fields.scopes)) return undefined;
  const scopes = fields.scopes.map(fieldsIn).filter((scope) => scope !== undefined && scope.name !== 'intrinsic');
  return scopes
    .flatMap((scope) => (Array.isArray(scope?.tags) ? scope.tags.map((tag) => `${scope.name}.${tag}`) : []))
    .sort();
}

function seriesIn(data: unknown): readonly string[] | undefined {
  const result = fieldsIn(data)?.result;
  if (!Array.isArray(result)) return undefined;
  return result.map((series) => JSON.stringify(Object.entries(fieldsIn(fieldsIn(series)?.metric) ?? {}).sort())).sort();
}

type Fields = { readonly [name: string]: unknown };

const fieldsIn = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
