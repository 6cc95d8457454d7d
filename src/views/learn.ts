import type { Clients } from '../clients/clients.ts';
import { type LogKeys, learnLogKeys } from '../domain/correlate.ts';
import { type DurationMetric, describeOwn, namespacesOf, ownHistograms, spanMetric } from '../domain/latency.ts';
import { streams } from '../domain/questions.ts';
import type { Tenant } from '../domain/tenant.ts';
import { searchWindow, seriesWindow, type TimeRange, type Window } from '../domain/time.ts';
import type { Gaps } from './arrival.ts';

/** What one tenant's metrics tell of its services. Everything here is "what exists": the clients ask it every five minutes. */
export interface Services {
  readonly metrics: readonly DurationMetric[];
  readonly spans: DurationMetric | undefined;
  /** Namespaces by service, from the services' own series. */
  readonly namespaces: ReadonlyMap<string, readonly string[]>;
  /** Whether the tenant has any metric at all; undefined where that could not be asked. */
  readonly any: boolean | undefined;
}

const NOTHING: Services = { metrics: [], spans: undefined, namespaces: new Map(), any: undefined };

/** Find the duration metrics of a tenant by name, and their labels and units by asking. */
export async function learnServices(
  clients: Clients,
  tenant: Tenant,
  window: Window,
  gaps: Gaps,
  signal: AbortSignal,
): Promise<Services> {
  const mimir = clients.mimir(tenant);
  const names = gaps.take(await mimir.labelValues('__name__', window, signal));
  if (names === undefined) return NOTHING;
  const found = ownHistograms(names);
  if (found.length === 0) return { ...NOTHING, spans: spanMetric(names), any: names.length > 0 };
  const [metadata, ...series] = await Promise.all([
    mimir.metadata(signal),
    ...found.map((metric) => mimir.series(metric.native ? metric.base : `${metric.base}_count`, window, signal)),
  ]);
  const units = gaps.take(metadata);
  const metrics: DurationMetric[] = [];
  const namespaces = new Map<string, readonly string[]>();
  for (const [index, metric] of found.entries()) {
    const answer = series[index];
    const labels = answer === undefined ? undefined : gaps.take(answer);
    const described =
      labels && describeOwn(metric, labels, units?.get(metric.base) ?? units?.get(`${metric.base}_bucket`));
    if (!labels || !described) continue;
    metrics.push(described);
    for (const [service, where] of namespacesOf(labels, described.serviceLabel)) namespaces.set(service, where);
  }
  return { metrics, spans: spanMetric(names), namespaces, any: true };
}

/** What is needed to ask one tenant's Loki for the lines of a namespace, a service, a trace. */
export interface LogPlaces {
  readonly keys: LogKeys;
  /** The stream selector, never empty: Loki refuses one without a matcher. Undefined where nothing could be learned. */
  readonly selector: string | undefined;
}

/** Learn how a tenant's lines are labelled. `namespaces` empty: those that Loki knows. */
export async function learnLogs(
  clients: Clients,
  tenant: Tenant,
  wanted: { namespaces: readonly string[]; service?: string },
  time: TimeRange,
  gaps: Gaps,
  signal: AbortSignal,
): Promise<LogPlaces> {
  const loki = clients.loki(tenant);
  const window = seriesWindow(time);
  const labels = gaps.take(await loki.labels(window, signal)) ?? [];
  const first = learnLogKeys(labels, [], []);
  const namespaces = await namespacesIn(clients, tenant, wanted, first, window, gaps, signal);
  const selector = selectorOf(first, namespaces, wanted.service);
  const whole = selectorOf(first, namespaces, undefined);
  if (whole === undefined) return { keys: first, selector };
  const [fields, carried] = await Promise.all([
    loki.detectedFields(whole, window, signal),
    loki.carried(whole, searchWindow(time), signal),
  ]);
  return { keys: learnLogKeys(labels, gaps.take(fields) ?? [], gaps.take(carried) ?? []), selector };
}

async function namespacesIn(
  clients: Clients,
  tenant: Tenant,
  wanted: { namespaces: readonly string[]; service?: string },
  keys: LogKeys,
  window: Window,
  gaps: Gaps,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (wanted.namespaces.length > 0 || keys.namespaceLabel === undefined) return wanted.namespaces;
  const { namespaces } = await learnServices(clients, tenant, window, gaps, signal);
  const known =
    wanted.service === undefined
      ? [...new Set([...namespaces.values()].flat())]
      : (namespaces.get(wanted.service) ?? []);
  if (known.length > 0 || wanted.service !== undefined) return known;
  return gaps.take(await clients.loki(tenant).labelValues(keys.namespaceLabel, window, signal)) ?? [];
}

function selectorOf(keys: LogKeys, namespaces: readonly string[], service: string | undefined): string | undefined {
  const text = streams({
    namespaceLabel: keys.namespaceLabel ?? 'namespace',
    namespaces: keys.namespaceLabel === undefined ? [] : namespaces,
    serviceLabel: keys.serviceLabel,
    service,
  });
  if (text !== '{}') return text;
  return keys.serviceLabel === undefined ? undefined : `{${keys.serviceLabel}=~".+"}`;
}
