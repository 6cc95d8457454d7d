import type { ListedTenant } from '../clients/clients.ts';
import type { Agent } from '../domain/fleet.ts';
import { HEADER_SIGNALS, type HeaderSignal } from '../domain/header-probe.ts';
import {
  type Found,
  isDefaultTenant,
  judgeTenant,
  lookAlikes,
  type SignalUse,
  type TenantVerdict,
} from '../domain/radar.ts';
import type { Origin } from '../domain/result.ts';
import { isGone, type Signal } from '../domain/signals.ts';
import type { Tenant } from '../domain/tenant.ts';
import { discardedPerSecond } from '../domain/tenant-counts.ts';
import { agentConfigHop, agentsOfTenant } from '../domain/why-agents.ts';
import type { Federations } from './federation.ts';
import { tenantOf } from './header-probe.ts';
import { signalOf } from './newest.ts';
import type { Seen } from './tenants-seen.ts';
import type { LoadInput } from './view.ts';

export interface TenantRow {
  readonly tenant: Tenant;
  readonly signals: Readonly<Record<HeaderSignal, Signal>>;
  readonly use: Readonly<Record<HeaderSignal, SignalUse>>;
  readonly federation: Federations;
  readonly foundBy: readonly string[];
  readonly judged: TenantVerdict;
  readonly origin: Origin;
}

/** A rate that Mimir still counts was fed within this time. Source: mimir pkg/ingester, EWMA over a minute. */
const EWMA_SECONDS = 60;
/** The range of the rates in `TENANT_COUNTS`. */
const RATE_SECONDS = 300;

/** The rows that can be told by now. */
export function rowsOf(input: LoadInput, seen: Seen): readonly TenantRow[] {
  const names = namesIn(input, seen);
  const factor = factorOf(seen);
  const series = (name: string): number => seen.stats?.find(({ tenant }) => tenant === name)?.series ?? 0;
  const weight = (name: string): number => (input.tenants.some((tenant) => tenant === name) ? 1e12 : 0) + series(name);
  const likes = lookAlikes([...names.keys()].map((name) => ({ name, weight: weight(name) })));
  const rows = [...names].flatMap(
    ([name, foundBy]) => rowOf(input, seen, name, { foundBy, like: likes.get(name), factor }) ?? [],
  );
  const [only, ...more] = input.tenants;
  if (only === undefined || more.length > 0) return rows;
  // One tenant was chosen: beside it only what may be its own data in another place.
  return rows.filter(
    ({ tenant }) =>
      tenant === only || likes.get(tenant) === only || likes.get(only) === tenant || isDefaultTenant(tenant),
  );
}

/** Names, and where each stands; those that were given first. */
function namesIn({ tenants }: LoadInput, seen: Seen): ReadonlyMap<Tenant, readonly string[]> {
  const found = new Map<Tenant, string[]>(tenants.map((tenant) => [tenant, []]));
  const add = (name: string, by: string): void => {
    const tenant = tenantOf(name);
    if (tenant === undefined || tenant.includes('|')) return;
    const places = found.get(tenant) ?? [];
    if (!places.includes(by)) found.set(tenant, [...places, by]);
  };
  for (const [name, by] of placesIn(seen)) add(name, by);
  return found;
}

function placesIn({
  stats = [],
  inIngester,
  inBlocks,
  overrides,
  counts,
  agents,
}: Seen): readonly (readonly [name: string, by: string])[] {
  const by = (place: string) => (name: string) => [name, place] as const;
  const nameOf = ({ tenant }: { readonly tenant: string }): string => tenant;
  return [
    ...stats.map(nameOf).map(by('all_user_stats')),
    ...inIngester.map(nameOf).map(by('an ingester’s page')),
    ...inBlocks.map(nameOf).map(by('its blocks')),
    ...[...(overrides?.keys() ?? [])].map(by('its runtime overrides')),
    ...HEADER_SIGNALS.flatMap((signal) => (counts?.names(signal) ?? []).map(by(`its ${signal}, as they are counted`))),
    ...agents.flatMap(({ config }) =>
      (config?.endpoints ?? [])
        // Who sends no header calls its cluster by the name that it should send.
        .flatMap(({ tenant, cluster }) =>
          tenant.state === 'set' ? tenant.tenant : tenant.state === 'missing' && cluster ? cluster.value : [],
        )
        .map(by(`ConfigMap ${config?.configMap ?? ''}`)),
    ),
  ];
}

/** How often each series is counted: the same tenant's series by both counts. */
function factorOf({ stats = [], use, counts }: Seen): number | undefined {
  for (const { tenant, series } of stats) {
    const own = use.get(tenant)?.series ?? counts?.of(tenant, 'metrics')?.used ?? 0;
    if (own > 0 && series > 0) return Math.max(1, Math.round(series / own));
  }
  return undefined;
}

interface About {
  readonly foundBy: readonly string[];
  readonly like?: string;
  readonly factor?: number;
}

function rowOf(input: LoadInput, seen: Seen, tenant: Tenant, { foundBy, like, factor }: About): TenantRow | undefined {
  const arrived = seen.newest.get(tenant) ?? {};
  const fallback = arrived.metrics?.origin ?? arrived.logs?.origin ?? arrived.traces?.origin ?? seen.listOrigin;
  if (fallback === undefined) return undefined;
  const newest = (signal: HeaderSignal): Signal => signalOf(input.nowUnix, arrived[signal]);
  const signals = {
    metrics: metricsOf(newest('metrics'), input, seen, tenant),
    logs: countedOf(newest('logs'), seen, tenant, 'logs'),
    traces: countedOf(newest('traces'), seen, tenant, 'traces'),
  };
  const use = {
    metrics: metricsUse(seen, tenant, factor),
    logs: usedOf(seen, tenant, 'logs'),
    traces: usedOf(seen, tenant, 'traces'),
  };
  const found: Found = { tenant, signals, use, foundBy, like, bare: bareOf(seen.agents, tenant, signals) };
  return {
    ...{ tenant, signals, use, foundBy, federation: seen.federation },
    judged: judgeTenant(found),
    origin: { ...fallback, tenant: fallback.tenant },
  };
}

/** Who sends OTLP has no `up`: ingester and distributor know when its newest sample was taken, else that something arrives. */
function metricsOf(newest: Signal, { nowUnix }: LoadInput, seen: Seen, tenant: Tenant): Signal {
  if (newest.ageSeconds !== undefined) return newest;
  const pages: readonly (ListedTenant | undefined)[] = [seen.inIngester.find((each) => each.tenant === tenant)];
  const times = [...pages.map((page) => page?.newestUnix), seen.counts?.of(tenant, 'metrics')?.newestUnix];
  const known = times.filter((unix) => unix !== undefined && unix > 0);
  if (known.length > 0) return { asked: true, ageSeconds: Math.max(0, nowUnix - Math.max(...known.map(Number))) };
  const counted = seen.stats?.find((stats) => stats.tenant === tenant);
  if (counted !== undefined && counted.samplesPerSecond > 0)
    return { asked: true, ageSeconds: EWMA_SECONDS, atMost: true };
  return countedOf(newest, seen, tenant, 'metrics');
}

/** Who was not asked itself is told by what its servers count: something within the rate's range, or nothing. */
function countedOf(newest: Signal, { counts }: Seen, tenant: Tenant, signal: HeaderSignal): Signal {
  if (newest.asked || counts?.tells(signal) !== true) return newest;
  const arrives = (counts.of(tenant, signal)?.perSecond ?? 0) > 0;
  return { asked: true, ...(arrives ? { ageSeconds: RATE_SECONDS, atMost: true } : {}) };
}

function usedOf({ counts }: Seen, tenant: Tenant, signal: HeaderSignal): SignalUse {
  const counted = counts?.of(tenant, signal);
  if (counted === undefined) return {};
  const { perSecond, used, limit } = counted;
  return { perSecond, used, limit, discardedPerSecond: discardedPerSecond(counted) };
}

function metricsUse(seen: Seen, tenant: Tenant, factor: number | undefined): SignalUse {
  const own = seen.use.get(tenant);
  const counted = usedOf(seen, tenant, 'metrics');
  const listed = seen.stats?.find((stats) => stats.tenant === tenant);
  const written = Number(seen.overrides?.get(tenant)?.get('max_global_series_per_user'));
  const limit = own?.limit ?? (Number.isFinite(written) && written > 0 ? written : counted.limit);
  const perSecond = own?.perSecond ?? counted.perSecond;
  const used = own?.series ?? counted.used;
  const { discardedPerSecond: thrown } = counted;
  if (used !== undefined || listed === undefined) return { perSecond, used, limit, discardedPerSecond: thrown };
  // all_user_stats counts each replica: without their number it is an upper bound.
  const share = factor ?? 1;
  return {
    perSecond: perSecond ?? listed.samplesPerSecond / share,
    used: listed.series / share,
    ...(factor === undefined ? { atMost: true } : {}),
    ...{ limit, discardedPerSecond: thrown },
  };
}

/** The agent that should send what is missing, and sends it as nobody. */
function bareOf(agents: readonly Agent[], tenant: Tenant, signals: TenantRow['signals']): string | undefined {
  const own = agentsOfTenant(agents, tenant);
  const missing = own.length === 0 ? undefined : HEADER_SIGNALS.find((name) => isGone(signals[name]));
  if (missing === undefined) return undefined;
  const hop = agentConfigHop(own, tenant, missing);
  return hop.cause === 'no-header' ? hop.because : undefined;
}
