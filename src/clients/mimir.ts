import type { Labels } from '../domain/series.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Window } from '../domain/time.ts';
import { askOverrides, makeSeriesCounts } from './cardinality.ts';
import type { ListedTenant, Mimir, MimirAdmin, TenantStats } from './clients.ts';
import { each, fieldsOf, numberOf, parseJson, textOf } from './decode.ts';
import { decodeMetadata } from './decode-prometheus.ts';
import type { Decoded } from './decoded.ts';
import { decoders } from './decoders.ts';
import type { Question, Send } from './http.ts';
import type { Remember } from './remember.ts';

const API = '/prometheus/api/v1';

type Params = Question<unknown>['params'];

/** Times as Mimir takes them: Unix seconds; milliseconds would be read as seconds. */
const times = (window: Window): Params => [
  ['start', String(window.startUnix)],
  ['end', String(window.endUnix)],
];

/** Mimir as one tenant sees it. */
export function makeMimir(send: Send, remember: Remember, tenant: Tenant): Mimir {
  const question = <T>(path: string, params: Params, decode: Question<T>['decode']): Question<T> => ({
    component: 'mimir',
    path: `${API}${path}`,
    params,
    tenant,
    decode,
  });

  /** `asked`: what makes the question another one, the times left out. */
  const once = <T>(asked: string, window: Window | undefined, what: Question<T>, signal: AbortSignal) =>
    remember(
      {
        source: send.source,
        tenant,
        about: `${asked} ${window ? window.endUnix - window.startUnix : ''}`,
        endUnix: window?.endUnix,
        ask: (shared) => send(what, shared),
      },
      signal,
    );

  return {
    ...makeSeriesCounts(send, remember, tenant),

    query: (promql, atUnix, signal) =>
      send(
        question(
          '/query',
          [
            ['query', promql],
            ['time', String(atUnix)],
          ],
          decoders.samples(),
        ),
        signal,
      ),

    queryRange: (promql, window, stepSeconds, signal) => send(rangeQuestion(promql, window, stepSeconds), signal),

    exemplars: (selector, window, signal) =>
      send(question('/query_exemplars', [['query', selector], ...times(window)], decoders.exemplars(window)), signal),

    labelValues: (label, window, signal) =>
      once(
        `label ${label}`,
        window,
        question(`/label/${encodeURIComponent(label)}/values`, times(window), decoders.names()),
        signal,
      ),

    series: (match, window, signal) =>
      once<readonly Labels[]>(
        `series ${match}`,
        window,
        question('/series', [['match[]', match], ...times(window)], decoders.labelSets()),
        signal,
      ),

    metadata: (signal) => once('metadata', undefined, question('/metadata', [], decodeMetadata), signal),

    async bucketBounds(metric, matcher, window, signal) {
      const promql = `sum by (le) (increase(${metric}_bucket{${matcher}}[1m]))`;
      const answer = await once(`bounds ${promql}`, window, rangeQuestion(promql, window, 60), signal);
      return answer.ok ? { ...answer, value: boundsOf(answer.value.map(({ labels }) => labels)) } : answer;
    },
  };

  function rangeQuestion(promql: string, window: Window, stepSeconds: number) {
    const params: Params = [['query', promql], ...times(window), ['step', String(stepSeconds)]];
    return question('/query_range', params, decoders.series(window, 0));
  }
}

function boundsOf(labels: readonly Labels[]): readonly number[] {
  const bounds = labels.map(({ le }) => numberOf(le) ?? Number.NaN).filter(Number.isFinite);
  return [...new Set(bounds)].sort((left, right) => left - right);
}

/** What Mimir says of itself; asked of the distributor, without a tenant. */
export const makeMimirAdmin = (send: Send): MimirAdmin => ({
  overrides: (signal) => askOverrides(send, signal),

  allUserStats: (signal) =>
    send(
      {
        component: 'mimir/distributor',
        path: '/distributor/all_user_stats',
        params: [],
        tenant: null,
        headers: { accept: 'application/json' },
        decode: decodeStats,
      },
      signal,
    ),

  tenantsOf: (component, signal) =>
    send(
      {
        component: `mimir/${component}`,
        path: `/${component}/tenants`,
        params: [],
        tenant: null,
        headers: { accept: 'application/json' },
        decode: decodeTenantsPage,
      },
      signal,
    ),
});

/** `Tenants` with their times, of an ingester; `tenants`, bare names, of a store-gateway, left out where there are none. */
function decodeTenantsPage(text: string): Decoded<readonly ListedTenant[]> {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const page = fieldsOf(parsed.value);
  if (page === undefined || !('Now' in page || 'now' in page))
    return { ok: false, said: 'no page of tenants where it was promised' };
  return each(page.Tenants ?? page.tenants ?? [], 'tenants', (item): ListedTenant | undefined => {
    const fields = fieldsOf(item);
    const tenant = textOf(item) ?? textOf(fields?.Tenant);
    if (tenant === undefined) return undefined;
    // "2026-11-23T15:35:50Z (1795448150232)": milliseconds.
    const newestMs = Number(/\((\d{12,14})\)$/.exec(textOf(fields?.MaxTime) ?? '')?.[1]);
    return { tenant, ...(Number.isFinite(newestMs) ? { newestUnix: newestMs / 1000 } : {}) };
  });
}

/** A bare list, sent as text/plain. */
function decodeStats(text: string): Decoded<readonly TenantStats[]> {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  return each(parsed.value, 'all_user_stats', (item): TenantStats | undefined => {
    const fields = fieldsOf(item);
    const tenant = textOf(fields?.userID);
    if (tenant === undefined) return undefined;
    return {
      tenant,
      series: numberOf(fields?.numSeries) ?? 0,
      samplesPerSecond: numberOf(fields?.ingestionRate) ?? 0,
    };
  });
}
