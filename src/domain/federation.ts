import type { HeaderSignal, Probe } from './header-probe.ts';

/** Whether one question may be asked as several tenants at once (`a|b`). */
export interface Federation {
  readonly state: 'on' | 'off' | 'unknown';
  /** In words: what was answered. */
  readonly said: string;
}

/** Refusals of several tenants. Source: dskit tenant/resolver.go; the status differs by server and route. */
export const JOINED = /too many tenant IDs present|multiple org IDs present|multi-tenant query unsupported/i;

const SWITCH: Readonly<Record<HeaderSignal, string>> = {
  metrics: 'tenant-federation.enabled: true (Mimir)',
  logs: 'querier.multi_tenant_queries_enabled: true (Loki)',
  traces: 'query_frontend.multi_tenant_queries_enabled: true (Tempo)',
};

/**
 * Tell from one probe as `a|b` whether a backend answers for several tenants.
 *
 * Fails: never; what was refused for another reason, or not asked, is unknown.
 */
export function judgeFederation(signal: HeaderSignal, probe: Probe | undefined): Federation {
  if (probe === undefined) return { state: 'unknown', said: 'two tenants are needed to ask' };
  const { kind, status, said, tenant } = probe;
  if (kind === undefined) return { state: 'on', said: `${tenant} is answered at once` };
  if (JOINED.test(said))
    return {
      state: 'off',
      said: `${status ?? ''} ${said}: one tenant at a time, or ${SWITCH[signal]}`.trim(),
    };
  if (kind === 'not-recorded') return { state: 'unknown', said: 'nobody asked while it was recorded' };
  return { state: 'unknown', said: `${status ?? kind} ${said}` };
}
