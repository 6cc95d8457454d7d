import type { TenantStats } from '../clients/clients.ts';
import { DISCARDED, STACK_PRESENT } from '../domain/questions-queues.ts';
import { TENANT_COUNTS } from '../domain/questions-tenants.ts';
import type { Origin } from '../domain/result.ts';
import type { Sample } from '../domain/series.ts';
import type { Tenant } from '../domain/tenant.ts';
import { readTenantCounts, type TenantCounts } from '../domain/tenant-counts.ts';
import type { Gaps } from './arrival.ts';
import { tenantOf } from './header-probe.ts';
import type { LoadInput } from './view.ts';

/** Tenants among which the one with the stack's own metrics is looked for. */
const META_MAX = 12;
const AT_ONCE = 4;

/** What the stack counts of all its tenants, and who told. */
export interface StackCounts {
  readonly counts: TenantCounts;
  readonly origin: Origin;
}

/**
 * Ask the tenant that holds the stack's own metrics what arrives of everybody: one question, and one for each tenant that
 * may be it.
 *
 * Fails: undefined where nobody holds them; who does not is no gap.
 */
export async function stackCountsOf(
  input: LoadInput,
  candidates: readonly Tenant[],
  gaps: Gaps,
): Promise<StackCounts | undefined> {
  const { clients, time, signal } = input;
  const ask = (tenant: Tenant, promql: string) => clients.mimir(tenant).query(promql, time.endUnix, signal);
  const meta = await findMeta(candidates.slice(0, META_MAX), async (tenant) => {
    const answer = await ask(tenant, STACK_PRESENT);
    return answer.ok && answer.value.some(({ value }) => value > 0);
  });
  if (meta === undefined) return undefined;
  const whole = await ask(meta, TENANT_COUNTS);
  if (whole.ok) return { counts: readTenantCounts(whole.value), origin: whole.origin };
  if (whole.fault.kind !== 'not-recorded') gaps.note(whole.fault);
  // A recording from before that question was asked still tells what Mimir threw away.
  const discards = await ask(meta, DISCARDED);
  return discards.ok
    ? { counts: readTenantCounts(discards.value.map(asDiscarded)), origin: discards.origin }
    : undefined;
}

/** A few at once, the likeliest first: mostly the first of them is it. */
async function findMeta(
  candidates: readonly Tenant[],
  isMeta: (tenant: Tenant) => Promise<boolean>,
): Promise<Tenant | undefined> {
  for (let from = 0; from < candidates.length; from += AT_ONCE) {
    const some = candidates.slice(from, from + AT_ONCE);
    const told = await Promise.all(some.map(isMeta));
    const found = some.find((_, at) => told[at]);
    if (found !== undefined) return found;
  }
  return undefined;
}

const asDiscarded = ({ labels, ...rest }: Sample): Sample => ({
  ...rest,
  labels: { signal: 'metrics', what: 'discarded', tenant: labels.user ?? '', reason: labels.reason ?? '' },
});

/** Of whoever may hold them: those that are shown, then those that Mimir lists, the largest first. */
export async function metaCandidates({ clients, tenants, signal }: LoadInput): Promise<readonly Tenant[]> {
  const listed = await clients.mimirAdmin.allUserStats(signal);
  return candidatesFrom(tenants, listed.ok ? listed.value : []);
}

/** The same, of what Mimir listed already. */
export function candidatesFrom(tenants: readonly Tenant[], stats: readonly TenantStats[]): readonly Tenant[] {
  const series = new Map(stats.map((each) => [each.tenant, each.series]));
  const bySize = stats.toSorted((left, right) => right.series - left.series);
  // Of more than can be tried the largest are the likeliest.
  const size = (tenant: Tenant): number => series.get(tenant) ?? 0;
  const first = tenants.length <= META_MAX ? tenants : tenants.toSorted((left, right) => size(right) - size(left));
  return [...new Set([...first, ...bySize.flatMap(({ tenant }) => tenantOf(tenant) ?? [])])];
}
