import type { Answered, Asked } from '../../src/domain/exchange.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import type { Tape } from '../../src/tape/tape.ts';

/** What the views of the main path ask again and again, as the recordings' own list has it; times are put in later. */
export interface Recurring {
  readonly component: string;
  readonly path: string;
  readonly params: readonly (readonly [string, string])[];
  readonly windowSeconds: number;
  readonly stepSeconds?: number;
  readonly flags?: string;
}

export const TENANTS = [
  'production-us-east',
  'production-eu-west',
  'staging',
  'edge-dev',
] as readonly string[] as readonly Tenant[];
export const SERVICES = ['frontend', 'checkout', 'payments', 'cart', 'catalog', 'shipping'] as const;

const OWN = 'http_server_request_duration_seconds';
const SPANS = 'traces_spanmetrics_latency';

const instant = (query: string): Recurring => ({
  component: 'mimir',
  path: '/prometheus/api/v1/query',
  params: [['query', query]],
  windowSeconds: 0,
});
const range = (query: string, stepSeconds: number): Recurring => ({
  component: 'mimir',
  path: '/prometheus/api/v1/query_range',
  params: [['query', query]],
  windowSeconds: 900,
  stepSeconds,
});
const lines = (query: string): Recurring => ({
  component: 'loki',
  path: '/loki/api/v1/query_range',
  params: [
    ['query', query],
    ['limit', '100'],
  ],
  windowSeconds: 300,
  flags: 'categorize-labels',
});
const search = (q: string): Recurring => ({
  component: 'tempo',
  path: '/api/search',
  params: [
    ['q', `{ ${q} } with (most_recent=true)`],
    ['limit', '20'],
    ['spss', '3'],
  ],
  windowSeconds: 300,
});
const quantiles = (base: string, route: string): readonly Recurring[] =>
  [0.5, 0.95, 0.99].map((share) =>
    instant(`histogram_quantile(${share}, sum by (le, service, ${route}) (rate(${base}_bucket[5m])))`),
  );

export const PULSE: readonly Recurring[] = [
  instant('max(timestamp(up))'),
  instant('count({__name__=~".+"})'),
  instant('vector(1)'),
  ...quantiles(OWN, 'http_route'),
  ...quantiles(SPANS, 'span_name'),
  instant(`sum by (service, http_route) (rate(${OWN}_count[5m]))`),
  instant(`sum by (service, http_route) (rate(${OWN}_count{http_response_status_code=~"5.."}[5m]))`),
  instant('sum by (service, span_name) (rate(traces_spanmetrics_calls_total[5m]))'),
  instant('sum by (service, span_name) (rate(traces_spanmetrics_calls_total{status_code="STATUS_CODE_ERROR"}[5m]))'),
  range(`histogram_quantile(0.99, sum by (le, service, http_route) (rate(${OWN}_bucket[1m])))`, 15),
  range(`histogram_quantile(0.99, sum by (le, service, span_name) (rate(${SPANS}_bucket[1m])))`, 15),
  ...SERVICES.map((service) => range(`sum by (le) (increase(${OWN}_bucket{service="${service}"}[1m]))`, 60)),
  {
    component: 'loki',
    path: '/loki/api/v1/query_range',
    params: [
      ['query', '{namespace="shop"}'],
      ['limit', '1'],
      ['direction', 'backward'],
    ],
    windowSeconds: 300,
  },
  {
    component: 'tempo',
    path: '/api/search',
    params: [
      ['q', '{}'],
      ['limit', '1'],
    ],
    windowSeconds: 300,
  },
];

export const exemplars = (service: string, base: string): Recurring => ({
  component: 'mimir',
  path: '/prometheus/api/v1/query_exemplars',
  params: [['query', `${base}_bucket{service="${service}"}`]],
  windowSeconds: 900,
});
export const EXEMPLARS: readonly Recurring[] = SERVICES.flatMap((service) => [
  exemplars(service, OWN),
  exemplars(service, SPANS),
]);

export const SEARCHES: readonly Recurring[] = [
  search('duration > 1s'),
  search('status = error'),
  ...SERVICES.map((service) => search(`resource.service.name="${service}" && duration > 500ms`)),
];

export const LINES: readonly Recurring[] = [
  lines('{namespace="shop"} | level=~"warn|error"'),
  ...SERVICES.map((service) => lines(`{namespace="shop", service="${service}"}`)),
  {
    component: 'loki',
    path: '/loki/api/v1/query_range',
    params: [['query', 'sum by (level) (count_over_time({namespace="shop"}[1m]))']],
    windowSeconds: 900,
    stepSeconds: 60,
  },
];

const exists = (component: string, path: string, params: Recurring['params'] = []): Recurring => ({
  component,
  path,
  params,
  windowSeconds: 900,
});

export const EXISTS: readonly Recurring[] = [
  exists('mimir', '/prometheus/api/v1/labels'),
  exists('mimir', '/prometheus/api/v1/label/__name__/values'),
  exists('mimir', '/prometheus/api/v1/label/service/values'),
  exists('mimir', '/prometheus/api/v1/metadata'),
  exists('mimir', '/prometheus/api/v1/series', [['match[]', `${OWN}_count`]]),
  exists('loki', '/loki/api/v1/labels'),
  exists('loki', '/loki/api/v1/label/service_name/values'),
  exists('loki', '/loki/api/v1/detected_fields', [['query', '{namespace="shop"}']]),
  exists('tempo', '/api/v2/search/tags'),
  exists('tempo', '/api/v2/search/tag/resource.service.name/values'),
];

/** Ask as a console would: its window ends now. */
export function askNow(tape: Tape, what: Recurring, tenant: Tenant): Promise<Answered> {
  return exchange(tape, {
    component: what.component,
    path: what.path,
    params: [...what.params, ...timesOf(what, Math.floor(tape.clock.now()))],
    tenant,
    flags: what.flags,
  });
}

function timesOf(what: Recurring, endUnix: number): readonly (readonly [string, string])[] {
  if (what.windowSeconds === 0) return [['time', String(endUnix)]];
  const unit = what.component === 'loki' ? '000000000' : '';
  const step = what.stepSeconds === undefined ? [] : ([['step', String(what.stepSeconds)]] as const);
  return [['start', `${endUnix - what.windowSeconds}${unit}`], ['end', `${endUnix}${unit}`], ...step];
}

export function traceOf(tape: Tape, tenant: Tenant, id: string): Promise<Answered> {
  return exchange(tape, { component: 'tempo', path: `/api/v2/traces/${id}`, params: [], tenant });
}

export function linesOf(tape: Tape, tenant: Tenant, by: 'trace_id' | 'span_id', id: string): Promise<Answered> {
  const params = [
    ['query', `{namespace="shop"} | ${by}="${id}"`],
    ['limit', '100'],
    ...timesOf({ component: 'loki', path: '', params: [], windowSeconds: 300 }, Math.floor(tape.clock.now())),
  ] as const;
  return exchange(tape, {
    component: 'loki',
    path: '/loki/api/v1/query_range',
    params,
    tenant,
    flags: 'categorize-labels',
  });
}

const exchange = (
  tape: Tape,
  asked: Pick<Asked, 'component' | 'path' | 'params' | 'tenant'> & { flags?: string },
): Promise<Answered> =>
  tape.exchange(
    {
      ...asked,
      identity: '',
      method: 'GET',
      headers: asked.flags ? { 'x-loki-response-encoding-flags': asked.flags } : {},
      deadlineMs: 10_000,
      bytesMax: 128 * 1024 * 1024,
    },
    new AbortController().signal,
  );
