import type { Labels, MetricMetadata } from './series.ts';

/** A histogram of durations by service and route, found in a tenant. */
export interface DurationMetric {
  /** Name without `_bucket`, `_count`, `_sum`. */
  readonly base: string;
  /** Name of the counter of requests. */
  readonly count: string;
  readonly native: boolean;
  /** Seconds that one unit of the metric stands for. */
  readonly unitSeconds: number;
  readonly serviceLabel: string;
  /** Empty where no label names a route. */
  readonly routeLabel: string;
  /** Matcher of failed requests, without braces; empty where no label tells. */
  readonly failed: string;
  readonly source: 'own' | 'span-metrics';
}

/** A service's own server-side histograms: OpenTelemetry's names, then those of the common client libraries. */
const OWN = [
  /^http_server_(request_)?duration(_seconds|_milliseconds|_ms)?$/,
  /^(rpc|grpc)_server_(call_|request_)?(duration|handling|latency)(_seconds|_milliseconds|_ms)?$/,
  /^https?_(server_)?requests?_(duration|latency)(_seconds|_milliseconds|_ms)?$/,
  /^http_server_requests(_seconds|_milliseconds)$/,
];

/** Span metrics: Tempo's generator, then OpenTelemetry's connector (ms unless it says seconds). Source: diagnostics of both. */
const SPAN_METRICS: readonly { base: RegExp; count: string; service: string }[] = [
  { base: /^traces_spanmetrics_latency$/, count: 'traces_spanmetrics_calls_total', service: 'service' },
  {
    base: /^traces_span_metrics_duration(_seconds|_milliseconds)?$/,
    count: 'traces_span_metrics_calls_total',
    service: 'service_name',
  },
];

const SERVICE_LABELS = ['service', 'service_name', 'app', 'app_kubernetes_io_name', 'application', 'job'];
const ROUTE_LABELS = [
  'http_route',
  'route',
  'rpc_method',
  'grpc_method',
  'handler',
  'uri',
  'path',
  'endpoint',
  'method',
  'http_request_method',
];
const STATUS_LABELS = ['http_response_status_code', 'http_status_code', 'status_code', 'status', 'code'];

/** Names of a service's own duration histograms among all metric names of a tenant, best known first. */
export function ownHistograms(names: readonly string[]): readonly { base: string; native: boolean }[] {
  const have = new Set(names);
  const found: { base: string; native: boolean }[] = [];
  for (const pattern of OWN)
    for (const name of names) {
      const base = name.replace(/_bucket$/, '');
      if (!pattern.test(base) || found.some((metric) => metric.base === base)) continue;
      if (name.endsWith('_bucket')) found.push({ base, native: false });
      else if (!have.has(`${base}_bucket`) && !have.has(`${base}_count`)) found.push({ base, native: true });
    }
  return found;
}

/** Span metrics among all metric names of a tenant, or undefined. */
export function spanMetric(names: readonly string[]): DurationMetric | undefined {
  for (const { base: pattern, count, service } of SPAN_METRICS)
    for (const name of names) {
      const base = name.replace(/_bucket$/, '');
      if (!pattern.test(base)) continue;
      return {
        base,
        count,
        native: !names.includes(`${base}_bucket`),
        serviceLabel: service,
        routeLabel: 'span_name',
        unitSeconds: unitSecondsOf(base, undefined, pattern.source.includes('latency') ? 1 : 0.001),
        failed: 'status_code="STATUS_CODE_ERROR"',
        source: 'span-metrics',
      };
    }
  return undefined;
}

/**
 * Say which labels of a histogram name service, route and failure.
 *
 * `series`: label sets of its `_count` (classic) or of itself (native). Undefined where no label names a service.
 */
export function describeOwn(
  found: { base: string; native: boolean },
  series: readonly Labels[],
  metadata: MetricMetadata | undefined,
): DurationMetric | undefined {
  const labels = new Set(series.flatMap((one) => Object.keys(one)));
  const serviceLabel = SERVICE_LABELS.find((label) => labels.has(label));
  if (serviceLabel === undefined) return undefined;
  const status = STATUS_LABELS.find((label) => labels.has(label));
  return {
    base: found.base,
    count: `${found.base}_count`,
    native: found.native,
    source: 'own',
    serviceLabel,
    routeLabel: ROUTE_LABELS.find((label) => labels.has(label)) ?? '',
    failed: status === undefined ? '' : `${status}=~"5.."`,
    unitSeconds: unitSecondsOf(found.base, metadata, 1),
  };
}

/** Seconds in one unit: what metadata says, else the name's ending, else `otherwise`. */
export function unitSecondsOf(base: string, metadata: MetricMetadata | undefined, otherwise: number): number {
  const unit = metadata?.unit || /_(seconds|milliseconds|ms|microseconds|nanoseconds)$/.exec(base)?.[1] || '';
  return (
    { seconds: 1, s: 1, milliseconds: 1e-3, ms: 1e-3, microseconds: 1e-6, us: 1e-6, nanoseconds: 1e-9, ns: 1e-9 }[
      unit
    ] ?? otherwise
  );
}

/** Which namespace each service's series stand in; a service in several has several. */
export function namespacesOf(series: readonly Labels[], serviceLabel: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const labels of series) {
    const service = labels[serviceLabel];
    const namespace = labels.namespace ?? labels.k8s_namespace_name;
    if (service === undefined || namespace === undefined) continue;
    const known = found.get(service) ?? [];
    if (!known.includes(namespace)) found.set(service, [...known, namespace]);
  }
  return found;
}
