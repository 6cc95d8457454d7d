import type { Refusal } from '../domain/cardinality.ts';
import { REFUSED, STACK_METRICS } from '../domain/questions-cardinality.ts';
import { parseTenant, type Tenant } from '../domain/tenant.ts';
import type { Gaps } from './arrival.ts';
import type { LoadInput } from './view.ts';

/** Tenants that are asked whether the stack's own metrics live with them. */
const ASKED_MAX = 8;

/** What the stack refuses, by tenant. `known` is false where its own metrics live nowhere, so that nothing can be said. */
export interface Refusals {
  readonly known: boolean;
  readonly byTenant: ReadonlyMap<string, readonly Refusal[]>;
}

/**
 * What Mimir refuses of each tenant, from its own metrics.
 *
 * These live in some tenant, often not the one that is looked at: the largest ones are asked, one after the other.
 */
export async function learnRefusals(input: LoadInput, gaps: Gaps): Promise<Refusals> {
  const holder = await stackTenant(input);
  if (holder === undefined) return { known: false, byTenant: new Map() };
  const samples = gaps.take(await input.clients.mimir(holder).query(REFUSED, input.time.endUnix, input.signal));
  const byTenant = new Map<string, Refusal[]>();
  for (const { labels, value } of samples ?? []) {
    if (!(value > 0)) continue;
    const list = byTenant.get(labels.user ?? '') ?? [];
    byTenant.set(labels.user ?? '', [...list, { reason: labels.reason ?? 'unknown', perSecond: value }]);
  }
  return { known: samples !== undefined, byTenant };
}

/** Faults are no gaps here: to be refused as one of many tenants is no news. */
async function stackTenant(input: LoadInput): Promise<Tenant | undefined> {
  for (const tenant of await candidates(input)) {
    const answer = await input.clients.mimir(tenant).queryRarely(STACK_METRICS, input.time.endUnix, input.signal);
    if (answer.ok && answer.value.some(({ value }) => value > 0)) return tenant;
  }
  return undefined;
}

async function candidates(input: LoadInput): Promise<readonly Tenant[]> {
  const stats = await input.clients.mimirAdmin.allUserStats(input.signal);
  const bySize = stats.ok ? [...stats.value].sort((left, right) => right.series - left.series) : [];
  const largest = bySize.flatMap(({ tenant }) => {
    const parsed = parseTenant(tenant);
    return parsed.ok ? [parsed.tenant] : [];
  });
  return [...new Set([...largest, ...input.tenants])].slice(0, ASKED_MAX);
}
