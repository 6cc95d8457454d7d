import type { TenantStats } from '../clients/clients.ts';
import type { Agent } from '../domain/fleet.ts';
import { HEADER_SIGNALS, type HeaderSignal } from '../domain/header-probe.ts';
import {
  type Found,
  isDefaultTenant,
  judgeTenant,
  lookAlikes,
  type MetricsUse,
  type TenantVerdict,
} from '../domain/radar.ts';
import type { Loaded, Origin } from '../domain/result.ts';
import type { Signal } from '../domain/signals.ts';
import type { Tenant } from '../domain/tenant.ts';
import { agentConfigHop, agentsOfTenant } from '../domain/why-agents.ts';
import { asTheyArrive, type Gaps, makeGaps } from './arrival.ts';
import { tenantOf } from './header-probe.ts';
import { NEWEST, type Newest, signalOf } from './newest.ts';
import { discardsOf } from './queues-mimir.ts';
import type { LoadInput } from './view.ts';

export interface TenantRow {
  readonly tenant: Tenant;
  readonly signals: Readonly<Record<HeaderSignal, Signal>>;
  readonly use: MetricsUse;
  readonly foundBy: readonly string[];
  readonly judged: TenantVerdict;
  readonly origin: Origin;
}

/** Above this many tenants none is asked on its own: what the servers list of all must do. */
export const ASKED_EACH_MAX = 20;
/** A rate that Mimir still counts was fed within this time. Source: mimir pkg/ingester, EWMA over a minute. */
const RATE_SECONDS = 60;

/** What has arrived so far. */
interface Seen {
  readonly newest: Map<Tenant, Partial<Record<HeaderSignal, Newest>>>;
  readonly use: Map<string, MetricsUse>;
  stats?: readonly TenantStats[];
  statsOrigin?: Origin;
  overrides?: ReadonlyMap<string, ReadonlyMap<string, string>>;
  agents: readonly Agent[];
  discards?: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/**
 * Every tenant that somebody knows of. First what the servers list of all, at one request each; then, where they are few,
 * each tenant on its own: a backend that hangs leaves only its own cell unknown.
 */
export async function* loadTenants(input: LoadInput): AsyncGenerator<Loaded<TenantRow>> {
  const gaps = makeGaps();
  const seen: Seen = { newest: new Map(), use: new Map(), agents: [] };
  const few = input.tenants.length <= ASKED_EACH_MAX;
  const tasks = [
    ...listings(input, seen, gaps),
    ...(few ? input.tenants.flatMap((tenant) => each(input, tenant, seen, gaps)) : []),
  ];
  const told = (complete: boolean): Loaded<TenantRow> => {
    const rows = rowsOf(input, seen);
    const because =
      input.tenants.length === 0 ? 'no tenant is known: name one with --tenant' : 'nobody answered for any tenant';
    return {
      rows,
      gaps: gaps.list,
      complete,
      because: rows.length > 0 || !complete ? undefined : because,
      note: few && rows.length <= ASKED_EACH_MAX ? undefined : MANY,
    };
  };
  for await (const _ of asTheyArrive(tasks)) yield told(false);
  const others = rowsOf(input, seen)
    .map(({ tenant }) => tenant)
    .filter((tenant) => !input.tenants.includes(tenant));
  if (input.tenants.length + others.length <= ASKED_EACH_MAX) {
    // Who was found is asked like the others; a recording may not know it, and its row says so.
    const own = makeGaps();
    for await (const _ of asTheyArrive(others.flatMap((tenant) => each(input, tenant, seen, own)))) yield told(false);
    for (const gap of own.list) if (gap.kind !== 'not-recorded') gaps.note(gap);
  }
  yield told(true);
}

const MANY = `more than ${ASKED_EACH_MAX} tenants: none was asked on its own; enter one for its logs and traces`;

/** One request each, whoever many tenants there are. */
function listings(input: LoadInput, seen: Seen, gaps: Gaps): readonly Promise<void>[] {
  const { clients, signal } = input;
  const stats = async (): Promise<void> => {
    const answer = await clients.mimirAdmin.allUserStats(signal);
    // Not routed by every gateway: then nobody lists them.
    if (!answer.ok && answer.fault.kind === 'not-found') return;
    seen.stats = gaps.take(answer);
    if (answer.ok) seen.statsOrigin = answer.origin;
  };
  const overrides = async (): Promise<void> => {
    const answer = await clients.mimirAdmin.overrides(signal);
    if (answer.ok || answer.fault.kind !== 'not-found') seen.overrides = gaps.take(answer);
  };
  const agents = async (): Promise<void> => {
    const fleet = await clients.agents.fleet(signal);
    seen.agents = fleet.agents;
    for (const gap of fleet.gaps) if (gap.kind !== 'not-recorded') gaps.note(gap);
  };
  const discards = async (): Promise<void> => {
    if (input.tenants.length <= ASKED_EACH_MAX) seen.discards = await discardsOf(input, gaps);
  };
  return [stats(), overrides(), agents(), discards()];
}

/** What is asked of one tenant alone. */
function each(input: LoadInput, tenant: Tenant, seen: Seen, gaps: Gaps): readonly Promise<void>[] {
  const ages = HEADER_SIGNALS.map(async (name) => {
    const newest = await NEWEST[name](input, tenant, gaps);
    seen.newest.set(tenant, { ...seen.newest.get(tenant), [name]: newest });
  });
  const use = async (): Promise<void> => {
    const mimir = input.clients.mimir(tenant);
    const [stats, limits] = await Promise.all([mimir.userStats(input.signal), mimir.userLimits(input.signal)]);
    seen.use.set(tenant, {
      ...(stats.ok ? { series: stats.value.series, perSecond: stats.value.samplesPerSecond } : {}),
      ...(limits.ok ? { limit: limits.value.get('max_global_series_per_user') } : {}),
    });
  };
  return [...ages, use()];
}

function rowsOf(input: LoadInput, seen: Seen): readonly TenantRow[] {
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
function namesIn(
  { tenants }: LoadInput,
  { stats = [], overrides, agents }: Seen,
): ReadonlyMap<Tenant, readonly string[]> {
  const found = new Map<Tenant, string[]>(tenants.map((tenant) => [tenant, []]));
  const add = (name: string, by: string): void => {
    const tenant = tenantOf(name);
    if (tenant === undefined) return;
    const places = found.get(tenant) ?? [];
    if (!places.includes(by)) found.set(tenant, [...places, by]);
  };
  for (const { tenant } of stats) add(tenant, 'all_user_stats');
  for (const tenant of overrides?.keys() ?? []) add(tenant, 'its runtime overrides');
  for (const agent of agents)
    for (const { tenant } of agent.config?.endpoints ?? [])
      if (tenant.state === 'set') add(tenant.tenant, `ConfigMap ${agent.config?.configMap ?? ''}`);
  return found;
}

/** How often each series is counted: the same tenant's series by both counts. */
function factorOf({ stats = [], use }: Seen): number | undefined {
  for (const { tenant, series } of stats) {
    const own = use.get(tenant)?.series ?? 0;
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
  const counted = seen.stats?.find((stats) => stats.tenant === tenant);
  const origin =
    arrived.metrics?.origin ?? arrived.logs?.origin ?? arrived.traces?.origin ?? (counted && seen.statsOrigin);
  const fallback = origin ?? seen.statsOrigin;
  if (fallback === undefined) return undefined;
  const signals = {
    metrics: metricsOf(signalOf(input.nowUnix, arrived.metrics), counted),
    logs: signalOf(input.nowUnix, arrived.logs),
    traces: signalOf(input.nowUnix, arrived.traces),
  };
  const use = countsOf(seen, tenant, counted, factor);
  const found: Found = { tenant, signals, use, foundBy, like, bare: bareOf(seen.agents, tenant, signals) };
  return {
    tenant,
    signals,
    use,
    foundBy,
    judged: judgeTenant(found),
    origin: { ...fallback, tenant: fallback.tenant },
  };
}

/** Who sends OTLP has no `up`: what Mimir counts shows that something arrives. */
function metricsOf(newest: Signal, counted: TenantStats | undefined): Signal {
  if (newest.ageSeconds !== undefined || counted === undefined || counted.samplesPerSecond <= 0) return newest;
  return { asked: true, ageSeconds: RATE_SECONDS, atMost: true };
}

function countsOf(
  seen: Seen,
  tenant: Tenant,
  counted: TenantStats | undefined,
  factor: number | undefined,
): MetricsUse {
  const own = seen.use.get(tenant);
  const written = Number(seen.overrides?.get(tenant)?.get('max_global_series_per_user'));
  const divided = (count: number | undefined): number | undefined =>
    count === undefined || factor === undefined ? undefined : count / factor;
  const thrown =
    seen.discards && [...(seen.discards.get(tenant)?.values() ?? [])].reduce((sum, perSecond) => sum + perSecond, 0);
  return {
    perSecond: own?.perSecond ?? divided(counted?.samplesPerSecond),
    series: own?.series ?? divided(counted?.series),
    limit: own?.limit ?? (Number.isFinite(written) && written > 0 ? written : undefined),
    discardedPerSecond: thrown,
  };
}

/** The agent that should send what is missing, and sends it as nobody. */
function bareOf(agents: readonly Agent[], tenant: Tenant, signals: TenantRow['signals']): string | undefined {
  const own = agentsOfTenant(agents, tenant);
  const missing =
    own.length === 0
      ? undefined
      : HEADER_SIGNALS.find((name) => signals[name].asked && signals[name].ageSeconds === undefined);
  if (missing === undefined) return undefined;
  const hop = agentConfigHop(own, tenant, missing);
  return hop.cause === 'no-header' ? hop.because : undefined;
}
