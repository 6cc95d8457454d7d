import type { Refusal } from '../domain/cardinality.ts';
import { REFUSED, STACK_FILL, STACK_GROWTH, STACK_METRICS, STACK_SERIES } from '../domain/questions-cardinality.ts';
import type { Origin } from '../domain/result.ts';
import { NO_COUNTS, readStackSeries, refusedOnce, type StackSeries } from '../domain/stack-series.ts';
import { parseTenant, type Tenant } from '../domain/tenant.ts';
import { seriesWindow } from '../domain/time.ts';
import type { Gaps } from './arrival.ts';
import { takeRecorded } from './cardinality-hidden.ts';
import { growthStep } from './cardinality-step.ts';
import type { LoadInput } from './view.ts';

/** Before anything is known. */
export const NOTHING_REFUSED: Refusals = { known: false, nowhere: false, byTenant: new Map(), counts: NO_COUNTS };

/** Tenants that are asked whether the stack's own metrics live with them. */
const ASKED_MAX = 8;

/** What the stack refuses, by tenant. `known` is false where its own metrics live nowhere, so that nothing can be said. */
export interface Refusals {
  readonly known: boolean;
  /** Those who could be asked hold none: that is news, and silence is not. */
  readonly nowhere: boolean;
  readonly byTenant: ReadonlyMap<string, readonly Refusal[]>;
  /** What else these metrics tell of every tenant, and who told. */
  readonly counts: StackSeries;
  readonly origin?: Origin;
}

/**
 * What Mimir refuses of each tenant, and how full the stack is of every tenant's data, from its own metrics.
 *
 * These live in some tenant, often not the one that is looked at: the largest ones are asked, one after the other.
 */
export async function learnRefusals(input: LoadInput, gaps: Gaps): Promise<Refusals> {
  const { holder, asked } = await stackTenant(input);
  if (holder === undefined) return { ...NOTHING_REFUSED, nowhere: asked };
  const mimir = input.clients.mimir(holder);
  const window = seriesWindow(input.time);
  const [refused, filled, counted, grown] = await Promise.all([
    mimir.query(REFUSED, input.time.endUnix, input.signal),
    mimir.query(STACK_FILL, input.time.endUnix, input.signal),
    mimir.query(STACK_SERIES, input.time.endUnix, input.signal),
    mimir.queryRange(STACK_GROWTH, window, growthStep(window), input.signal),
  ]);
  const samples = gaps.take(refused);
  // How full ingesters are sharpens a forecast, and may be more than a server wants to work out.
  const fill = filled.ok ? filled.value : [];
  const counts = readStackSeries([...fill, ...(takeRecorded(gaps, counted) ?? [])], takeRecorded(gaps, grown) ?? []);
  const byTenant = new Map<string, Refusal[]>();
  for (const { labels, value } of samples ?? []) {
    if (!(value > 0)) continue;
    const { user = '', reason = 'unknown' } = labels;
    const refusal = { reason, perSecond: refusedOnce(reason, value, counts.replicas) };
    byTenant.set(user, [...(byTenant.get(user) ?? []), refusal]);
  }
  return {
    known: samples !== undefined,
    nowhere: false,
    byTenant,
    counts,
    origin: counted.ok ? counted.origin : undefined,
  };
}

/** Faults are no gaps here: to be refused as one of many tenants is no news. */
async function stackTenant(input: LoadInput): Promise<{ readonly holder?: Tenant; readonly asked: boolean }> {
  let asked = false;
  for (const tenant of await candidates(input)) {
    const answer = await input.clients.mimir(tenant).queryRarely(STACK_METRICS, input.time.endUnix, input.signal);
    if (answer.ok && answer.value.some(({ value }) => value > 0)) return { holder: tenant, asked: true };
    asked ||= answer.ok;
  }
  return { asked };
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
