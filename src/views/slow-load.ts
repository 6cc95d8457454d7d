import type { DurationMetric } from '../domain/latency.ts';
import { errorRate, quantile, requestRate } from '../domain/questions.ts';
import type { Fault, Loaded } from '../domain/result.ts';
import { labelName, quote } from '../domain/selector.ts';
import { bySlowness, type SlowRoute, slowRoutes, wideBucket, withoutOwn } from '../domain/slow.ts';
import type { Tenant } from '../domain/tenant.ts';
import { seriesWindow, type Window } from '../domain/time.ts';
import { asTheyArrive, becauseOfGaps, type Gaps, makeGaps } from './arrival.ts';
import { countExemplars, routeKey } from './exemplars-load.ts';
import { learnServices, type Services } from './learn.ts';
import type { LoadInput } from './view.ts';

const STEP_SECONDS = 15;
/** Rows whose exemplars are counted: what a small screen shows. */
const COUNTED_ROWS = 12;

interface Part {
  /** Whether the tenant has any metric; undefined where that is not what this part tells. */
  any: boolean | undefined;
  rows: readonly SlowRoute[];
  gaps: readonly Fault[];
}

export async function* loadSlow(input: LoadInput): AsyncGenerator<Loaded<SlowRoute>> {
  const parts: Part[] = [];
  const loaded = (complete: boolean): Loaded<SlowRoute> => {
    const rows = parts
      .flatMap((part) => part.rows)
      .filter((row) => input.params.service === undefined || row.service === input.params.service)
      .sort(bySlowness);
    const marked = rows.find((row) => row.route === input.params.route);
    return {
      rows,
      gaps: parts.flatMap((part) => part.gaps),
      complete,
      cursor: marked && routeKey(marked),
      because: rows.length === 0 && complete ? whyEmpty(input, parts) : undefined,
    };
  };
  for await (const part of asTheyArrive(input.tenants.map((tenant) => loadTenant(input, tenant)))) {
    parts.push(part);
    yield loaded(false);
  }
  const gaps = makeGaps();
  const counts = await countExemplars(input, loaded(false).rows.slice(0, COUNTED_ROWS), gaps);
  for (const part of parts) part.rows = part.rows.map((row) => ({ ...row, exemplars: counts.get(routeKey(row)) }));
  parts.push({ rows: [], gaps: gaps.list, any: undefined });
  yield loaded(true);
}

function whyEmpty(input: LoadInput, parts: readonly Part[]): string {
  if (input.tenants.length === 0)
    return 'no tenant is known here: name one with --tenant; :stack shows what stands here, :ctx where else to look';
  const gaps = parts.flatMap((part) => part.gaps);
  if (gaps.length > 0) return becauseOfGaps('nothing could be asked', gaps);
  if (input.params.service) return `no requests to ${input.params.service} were measured in this window`;
  if (parts.every((part) => part.any !== true))
    return `no metrics at all under ${input.tenants.join(', ')} in this window: is the X-Scope-OrgID what the agents send?`;
  return 'no request durations found: neither a histogram of http or rpc servers nor span metrics has had requests in this window';
}

async function loadTenant(input: LoadInput, tenant: Tenant): Promise<Part> {
  const gaps = makeGaps();
  const window = seriesWindow(input.time);
  const services = await learnServices(input.clients, tenant, window, gaps, input.signal);
  const own = await Promise.all(
    services.metrics.map((metric) => loadMetric(input, tenant, metric, services, window, gaps)),
  );
  const rows = own.flat();
  const spans = services.spans && (await loadSpanMetrics(input, tenant, services.spans, rows, services, window, gaps));
  return { rows: [...rows, ...(spans ?? [])], gaps: gaps.list, any: services.any };
}

/** Span metrics speak only for services that have no histogram of their own. */
async function loadSpanMetrics(
  input: LoadInput,
  tenant: Tenant,
  metric: DurationMetric,
  own: readonly SlowRoute[],
  services: Services,
  window: Window,
  gaps: Gaps,
): Promise<readonly SlowRoute[]> {
  const rate =
    gaps.take(await input.clients.mimir(tenant).query(requestRate(metric), window.endUnix, input.signal)) ?? [];
  const missing = new Set(
    withoutOwn(
      own,
      rate.filter((sample) => sample.value > 0).map((sample) => sample.labels[metric.serviceLabel] ?? ''),
    ),
  );
  if (missing.size === 0) return [];
  return (await loadMetric(input, tenant, metric, services, window, gaps)).filter((row) => missing.has(row.service));
}

async function loadMetric(
  input: LoadInput,
  tenant: Tenant,
  metric: DurationMetric,
  services: Services,
  window: Window,
  gaps: Gaps,
): Promise<readonly SlowRoute[]> {
  const mimir = input.clients.mimir(tenant);
  const ask = (promql: string) => mimir.query(promql, window.endUnix, input.signal);
  const failed = errorRate(metric);
  const [p99, p95, p50, rate, errors, trend] = await Promise.all([
    ask(quantile(metric, 0.99, '5m')),
    ask(quantile(metric, 0.95, '5m')),
    ask(quantile(metric, 0.5, '5m')),
    ask(requestRate(metric)),
    failed === undefined ? undefined : ask(failed),
    mimir.queryRange(quantile(metric, 0.99, '1m'), window, STEP_SECONDS, input.signal),
  ]);
  const samples = gaps.take(p99);
  if (samples === undefined || !p99.ok) return [];
  const rows = slowRoutes(
    metric,
    {
      p99: samples,
      p95: gaps.take(p95) ?? [],
      p50: gaps.take(p50) ?? [],
      rate: gaps.take(rate) ?? [],
      errors: errors && gaps.take(errors),
      trend: gaps.take(trend) ?? [],
    },
    tenant,
    p99.origin,
    services.namespaces,
  );
  return withBuckets(input, tenant, metric, rows, window, gaps);
}

async function withBuckets(
  input: LoadInput,
  tenant: Tenant,
  metric: DurationMetric,
  rows: readonly SlowRoute[],
  window: Window,
  gaps: Gaps,
): Promise<readonly SlowRoute[]> {
  if (metric.native) return rows;
  const names = [...new Set(rows.map((row) => row.service))];
  const bounds = await Promise.all(
    names.map((service) =>
      input.clients
        .mimir(tenant)
        .bucketBounds(metric.base, `${labelName(metric.serviceLabel)}=${quote(service)}`, window, input.signal),
    ),
  );
  const byService = new Map(names.map((service, index) => [service, bounds[index] && gaps.take(bounds[index])]));
  return rows.map((row) => ({
    ...row,
    p99Bucket:
      row.p99Seconds === undefined
        ? undefined
        : wideBucket(row.p99Seconds, byService.get(row.service) ?? [], metric.unitSeconds),
  }));
}
