import type { ListedTenant } from '../clients/clients.ts';
import { HEADER_SIGNALS, type HeaderSignal } from '../domain/header-probe.ts';
import type { Loaded, Result } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { asTheyArrive, type Gaps, makeGaps } from './arrival.ts';
import { type Federations, federationOf, NO_FEDERATION } from './federation.ts';
import { NEWEST } from './newest.ts';
import { candidatesFrom, stackCountsOf } from './stack-counts.ts';
import { rowsOf, type TenantRow } from './tenants-rows.ts';
import type { Seen } from './tenants-seen.ts';
import type { LoadInput } from './view.ts';

/** Above this many tenants none is asked on its own: what the servers list of all must do. */
export const ASKED_EACH_MAX = 20;

/**
 * Every tenant that somebody knows of. First what the servers list of all, at three requests a backend at most; then what
 * the stack counts of all; and, where they are few, each tenant on its own: a backend that hangs leaves only its own cell
 * unknown.
 */
export async function* loadTenants(input: LoadInput): AsyncGenerator<Loaded<TenantRow>> {
  const gaps = makeGaps();
  const seen: Seen = {
    ...{ newest: new Map(), use: new Map(), agents: [], inIngester: [], inBlocks: [], federation: NO_FEDERATION },
  };
  const few = input.tenants.length <= ASKED_EACH_MAX;
  const told = (complete: boolean): Loaded<TenantRow> => {
    const rows = rowsOf(input, seen);
    const because =
      input.tenants.length === 0 ? 'no tenant is known: name one with --tenant' : 'nobody answered for any tenant';
    return {
      rows,
      gaps: gaps.list,
      complete,
      because: rows.length > 0 || !complete ? undefined : because,
      note: few && rows.length <= ASKED_EACH_MAX ? undefined : sayMany(seen),
      extras: complete ? { federation: statesOf(seen.federation) } : undefined,
    };
  };
  const own = few ? input.tenants.flatMap((tenant) => each(input, tenant, seen, gaps)) : [];
  for await (const _ of asTheyArrive([...listings(input, seen, gaps), ...own])) yield told(false);
  const others = rowsOf(input, seen)
    .map(({ tenant }) => tenant)
    .filter((tenant) => !input.tenants.includes(tenant));
  // Who was found is asked like the others; a recording may not know it, and its row says so. Where one logs in as the
  // tenant, every name may be answered with the same data: nobody else is asked then, what is counted of them stands.
  const askable = input.tenants.length + others.length <= ASKED_EACH_MAX;
  const found = askable && !logsInAsTenant(input) ? others : [];
  const later = makeGaps();
  const more = [...found.flatMap((tenant) => each(input, tenant, seen, later)), ...aboutAll(input, seen, later)];
  for await (const _ of asTheyArrive(more)) yield told(false);
  for (const gap of later.list) if (gap.kind !== 'not-recorded') gaps.note(gap);
  yield told(true);
}

const logsInAsTenant = ({ clients, tenants }: LoadInput): boolean =>
  tenants.length === 1 && clients.header.entries('metrics').some(({ login }) => login === tenants[0]);

const statesOf = (federation: Federations): Readonly<Record<HeaderSignal, string>> => ({
  metrics: federation.metrics.state,
  logs: federation.logs.state,
  traces: federation.traces.state,
});

function sayMany({ counts }: Seen): string {
  const silent = HEADER_SIGNALS.filter((signal) => counts?.tells(signal) !== true);
  const missing = silent.length === 0 ? '' : `, and nobody counts its ${silent.join(', ')}`;
  return `more than ${ASKED_EACH_MAX} tenants: none was asked on its own${missing}; enter one for its logs and traces`;
}

/** One request each, however many tenants there are: what the first rows are made of. */
function listings(input: LoadInput, seen: Seen, gaps: Gaps): readonly Promise<void>[] {
  const { clients, signal } = input;
  const take = <T>(answer: Result<T>): T | undefined => {
    if (answer.ok) seen.listOrigin ??= answer.origin;
    // Not routed by every gateway: then nobody lists them.
    else if (answer.fault.kind === 'not-found') return undefined;
    return gaps.take(answer);
  };
  const stats = async (): Promise<void> => {
    seen.stats = take(await clients.mimirAdmin.allUserStats(signal));
  };
  const overrides = async (): Promise<void> => {
    seen.overrides = take(await clients.mimirAdmin.overrides(signal));
  };
  const page = async (): Promise<void> => {
    seen.inIngester = pageIn(await clients.mimirAdmin.tenantsOf('ingester', signal));
  };
  const agents = async (): Promise<void> => {
    const fleet = await clients.agents.fleet(signal);
    seen.agents = fleet.agents;
    for (const gap of fleet.gaps) if (gap.kind !== 'not-recorded') gaps.note(gap);
  };
  return [stats(), overrides(), page(), agents()];
}

/** Such a page is a further witness: where a gateway does not lead to it, nothing is missing that others do not tell. */
const pageIn = (answer: Result<readonly ListedTenant[]>): readonly ListedTenant[] => (answer.ok ? answer.value : []);

/** What is told of all tenants at once, after the first rows stand. */
function aboutAll(input: LoadInput, seen: Seen, gaps: Gaps): readonly Promise<void>[] {
  const { clients, tenants, signal } = input;
  const known = candidatesFrom(tenants, seen.stats ?? []);
  const counts = async (): Promise<void> => {
    seen.counts = (await stackCountsOf(input, known, gaps))?.counts;
  };
  const blocks = async (): Promise<void> => {
    seen.inBlocks = pageIn(await clients.mimirAdmin.tenantsOf('store-gateway', signal));
  };
  const federation = async (): Promise<void> => {
    const listed = candidatesFrom([], seen.stats ?? []);
    seen.federation = await federationOf(input, listed.length > 1 ? listed : known);
  };
  return [counts(), blocks(), federation()];
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
