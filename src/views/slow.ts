import { errorRate, quantile, requestRate } from '../domain/questions.ts';
import type { DurationMetric } from '../domain/latency.ts';
import type { Fault, Loaded } from '../domain/result.ts';
import { labelName, quote } from '../domain/selector.ts';
import { bySlowness, isNews, NEWS, type SlowRoute, slowRoutes, wideBucket, withoutOwn } from '../domain/slow.ts';
import { sparkline } from '../domain/sparkline.ts';
import type { Tenant } from '../domain/tenant.ts';
import { seriesWindow, type Window } from '../domain/time.ts';
import { formatCount, formatRate, formatSeconds, formatShare, formatTimes } from '../domain/units.ts';
import { asTheyArrive, type Gaps, makeGaps } from './arrival.ts';
import { countExemplars, slowRowId } from './exemplars.ts';
import { learnServices, type Services } from './learn.ts';
import { go, type LoadInput, type Tone, view } from './view.ts';

const STEP_SECONDS = 15;

/** Home: what is slow tonight. One row a service and route, worst on top. */
export const slow = view<SlowRoute>({
  id: 'slow', aliases: ['s', 'home', 'red'], about: 'services and routes by latency, worst on top', everySeconds: 15,
  flags: [{ flag: 'service', param: 'service', about: 'only this service', value: 'S' }],
  load: loadSlow,
  body: {
    kind: 'table', rowId: slowRowId,
    columns: [
      { id: 'tenant', title: 'TENANT', cell: (row) => row.tenant, letter: 'T', keep: 60, widthMin: 8, widthMax: 24 },
      { id: 'service', title: 'SERVICE', cell: (row) => row.service, letter: 'S', keep: 110, widthMin: 8, widthMax: 32 },
      { id: 'route', title: 'ROUTE', cell: (row) => row.route || '–', letter: 'R', keep: 100, widthMin: 8, grow: true, widthMax: 60 },
      { id: 'p50', title: 'P50', cell: (row) => formatSeconds(row.p50Seconds), sortBy: (row) => row.p50Seconds, alignRight: true, letter: 'M', keep: 20, widthMin: 6 },
      { id: 'p95', title: 'P95', cell: (row) => formatSeconds(row.p95Seconds), sortBy: (row) => row.p95Seconds, alignRight: true, letter: 'F', keep: 30, widthMin: 6 },
      { id: 'p99', title: 'P99', cell: p99Text, tone: newsTone, sortBy: (row) => row.p99Seconds, alignRight: true, letter: 'P', keep: 120, widthMin: 8 },
      { id: 'change', title: 'CHANGE', cell: (row) => formatTimes(row.change), tone: (row) => (isNews(row) && (row.change ?? 1) >= NEWS.change ? 'bad' : 'plain'), sortBy: (row) => row.change, alignRight: true, letter: 'C', keep: 90, widthMin: 6 },
      { id: 'errors', title: 'ERRORS', cell: (row) => formatShare(row.errorShare), tone: (row) => ((row.errorShare ?? 0) >= NEWS.errorShare ? 'bad' : 'plain'), sortBy: (row) => row.errorShare, alignRight: true, letter: 'E', keep: 95, widthMin: 6 },
      { id: 'rate', title: 'RATE', cell: (row) => formatRate(row.perSecond), sortBy: (row) => row.perSecond, alignRight: true, letter: 'A', keep: 50, widthMin: 6 },
      { id: 'trend', title: 'P99 TREND', cell: (row) => sparkline(row.trend, 15), tone: (row) => (isNews(row) ? 'bad' : 'dim'), keep: 70, widthMin: 15, widthMax: 15 },
      { id: 'exemplars', title: 'EXEMPLARS', cell: (row) => formatCount(row.exemplars), sortBy: (row) => row.exemplars, alignRight: true, letter: 'X', keep: 40, widthMin: 9 },
      { id: 'source', title: 'SOURCE', cell: (row) => row.metric.source, keep: 10, widthMin: 6, tone: () => 'dim' },
    ],
  },
  keys: [
    {
      key: 'enter', does: 'its exemplars, else traces by search',
      on: (row) => (row.exemplars === 0 ? go('traces', { ...serviceParams(row), by: 'search' }) : go('exemplars', serviceParams(row))),
    },
    { key: 'e', does: 'exemplars', on: (row) => go('exemplars', serviceParams(row)) },
    { key: 't', does: 'traces', on: (row) => go('traces', { ...serviceParams(row), by: 'search' }) },
    { key: 'l', does: 'logs of the service', on: (row) => go('logs', { tenant: row.tenant, service: row.service, namespaces: row.namespaces.join(',') }) },
  ],
  record: (row) => ({
    tenant: row.tenant, service: row.service, route: row.route, p50Seconds: row.p50Seconds ?? null, p95Seconds: row.p95Seconds ?? null,
    p99Seconds: row.p99Seconds ?? null, p99Bucket: row.p99Bucket ?? null, perSecond: row.perSecond ?? null, errorShare: row.errorShare ?? null,
    change: row.change ?? null, exemplars: row.exemplars ?? null, source: row.metric.source,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['metric', row.metric.base], ['kind', row.metric.native ? 'native histogram' : 'classic histogram'], ['service label', row.metric.serviceLabel],
    ['route label', row.metric.routeLabel || 'none'], ['failed means', row.metric.failed || 'no label tells'], ['namespaces', row.namespaces.join(', ') || 'unknown'],
    ['p99', `${p99Text(row)} (interpolated ${formatSeconds(row.p99Seconds)})`], ['p99 over the window', row.trend.map((value) => formatSeconds(value)).join(' ')],
  ],
  crumb: (params) => params['service'] ?? '',
});

const serviceParams = (row: SlowRoute) => ({ tenant: row.tenant, service: row.service, route: row.route, metric: row.metric.base, source: row.metric.source });

/** A quantile inside a wide bucket is interpolated: only the bucket is true. */
function p99Text(row: SlowRoute): string {
  if (row.p99Bucket === undefined) return formatSeconds(row.p99Seconds);
  return `${formatSeconds(row.p99Bucket[0]).replace(/[a-zµ]+$/, (unit) => (formatSeconds(row.p99Bucket?.[1]).endsWith(unit) ? '' : unit))}–${formatSeconds(row.p99Bucket[1])}`;
}

function newsTone(row: SlowRoute): Tone {
  return isNews(row) ? 'bad' : 'plain';
}

interface Part {
  rows: readonly SlowRoute[];
  gaps: readonly Fault[];
  any: boolean | undefined;
}

export async function* loadSlow(input: LoadInput): AsyncGenerator<Loaded<SlowRoute>> {
  const parts: Part[] = [];
  const loaded = (complete: boolean): Loaded<SlowRoute> => {
    const rows = parts.flatMap((part) => part.rows).filter((row) => input.params['service'] === undefined || row.service === input.params['service']).sort(bySlowness);
    const marked = rows.find((row) => row.route === input.params['route']) ?? (input.params['service'] ? rows[0] : undefined);
    return { rows, gaps: parts.flatMap((part) => part.gaps), complete, cursor: marked && slowRowId(marked), because: rows.length === 0 && complete ? whyEmpty(input, parts) : undefined };
  };
  for await (const part of asTheyArrive(input.tenants.map((tenant) => loadTenant(input, tenant)))) {
    parts.push(part);
    yield loaded(false);
  }
  const gaps = makeGaps();
  const counts = await countExemplars(input, loaded(false).rows.slice(0, 12), gaps);
  for (const part of parts) part.rows = part.rows.map((row) => ({ ...row, exemplars: counts.get(slowRowId(row)) }));
  parts.push({ rows: [], gaps: gaps.list, any: undefined });
  yield loaded(true);
}

function whyEmpty(input: LoadInput, parts: readonly Part[]): string {
  if (parts.some((part) => part.gaps.length > 0)) return 'nothing could be asked: see the gaps';
  if (input.params['service']) return `no requests to ${input.params['service']} were measured in this window`;
  if (parts.every((part) => part.any === false)) return `no metrics at all under ${input.tenants.join(', ')} in this window: is the X-Scope-OrgID what the agents send?`;
  return 'no request durations found: neither a histogram of http or rpc servers nor span metrics has had requests in this window';
}

async function loadTenant(input: LoadInput, tenant: Tenant): Promise<Part> {
  const gaps = makeGaps();
  const window = seriesWindow(input.time);
  const services = await learnServices(input.clients, tenant, window, gaps, input.signal);
  const own = await Promise.all(services.metrics.map((metric) => loadMetric(input, tenant, metric, services, window, gaps)));
  const rows = own.flat();
  const spans = services.spans && (await loadSpanMetrics(input, tenant, services.spans, rows, services, window, gaps));
  return { rows: [...rows, ...(spans ?? [])], gaps: gaps.list, any: services.any };
}

/** Span metrics speak only for services that have no histogram of their own. */
async function loadSpanMetrics(input: LoadInput, tenant: Tenant, metric: DurationMetric, own: readonly SlowRoute[], services: Services, window: Window, gaps: Gaps): Promise<readonly SlowRoute[]> {
  const rate = gaps.take(await input.clients.mimir(tenant).query(requestRate(metric), window.endUnix, input.signal)) ?? [];
  const missing = new Set(withoutOwn(own, rate.filter((sample) => sample.value > 0).map((sample) => sample.labels[metric.serviceLabel] ?? '')));
  if (missing.size === 0) return [];
  return (await loadMetric(input, tenant, metric, services, window, gaps)).filter((row) => missing.has(row.service));
}

async function loadMetric(input: LoadInput, tenant: Tenant, metric: DurationMetric, services: Services, window: Window, gaps: Gaps): Promise<readonly SlowRoute[]> {
  const mimir = input.clients.mimir(tenant);
  const ask = (promql: string) => mimir.query(promql, window.endUnix, input.signal);
  const failed = errorRate(metric);
  const [p99, p95, p50, rate, errors, trend] = await Promise.all([
    ask(quantile(metric, 0.99, '5m')), ask(quantile(metric, 0.95, '5m')), ask(quantile(metric, 0.5, '5m')), ask(requestRate(metric)),
    failed === undefined ? undefined : ask(failed), mimir.queryRange(quantile(metric, 0.99, '1m'), window, STEP_SECONDS, input.signal),
  ]);
  const samples = gaps.take(p99);
  if (samples === undefined || !p99.ok) return [];
  const rows = slowRoutes(metric, {
    p99: samples, p95: gaps.take(p95) ?? [], p50: gaps.take(p50) ?? [], rate: gaps.take(rate) ?? [],
    errors: errors && gaps.take(errors), trend: gaps.take(trend) ?? [],
  }, tenant, p99.origin, services.namespaces);
  return withBuckets(input, tenant, metric, rows, window, gaps);
}

async function withBuckets(input: LoadInput, tenant: Tenant, metric: DurationMetric, rows: readonly SlowRoute[], window: Window, gaps: Gaps): Promise<readonly SlowRoute[]> {
  if (metric.native) return rows;
  const names = [...new Set(rows.map((row) => row.service))];
  const bounds = await Promise.all(names.map((service) => input.clients.mimir(tenant).bucketBounds(metric.base, `${labelName(metric.serviceLabel)}=${quote(service)}`, window, input.signal)));
  const byService = new Map(names.map((service, index) => [service, bounds[index] && gaps.take(bounds[index])]));
  return rows.map((row) => ({ ...row, p99Bucket: row.p99Seconds === undefined ? undefined : wideBucket(row.p99Seconds, byService.get(row.service) ?? [], metric.unitSeconds) }));
}
