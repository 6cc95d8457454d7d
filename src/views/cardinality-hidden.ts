import { slopeOf } from '../domain/cardinality.ts';
import { growthOf, type Points } from '../domain/growth.ts';
import { grownMost, seriesOfEach } from '../domain/questions-cardinality.ts';
import type { Result } from '../domain/result.ts';
import type { Series } from '../domain/series.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Window } from '../domain/time.ts';
import type { Gaps } from './arrival.ts';
import { growthStep } from './cardinality-step.ts';
import type { LoadInput } from './view.ts';

/** Metrics that are looked into where none of the largest explains the growth. */
const LOOKED_INTO = 5;
/** The largest explain a growth when they make up so much of it (heuristic). */
const EXPLAINED = 0.5;

/**
 * Metrics that grow and are not yet among the largest: in a tenant of thousands an explosion begins as a small one.
 *
 * Asked only where the tenant grows and its largest metrics do not; empty otherwise, and where it could not be asked.
 */
export async function askHidden(
  input: LoadInput,
  tenant: Tenant,
  { window, whole, top }: { readonly window: Window; readonly whole: Points; readonly top: readonly Series[] },
  gaps: Gaps,
): Promise<readonly Series[]> {
  const growth = slopeOf(growthOf(whole));
  const explained = top.reduce((sum, { points }) => sum + slopeOf(growthOf(points)), 0);
  if (growth <= 0 || explained >= EXPLAINED * growth) return [];
  const mimir = input.clients.mimir(tenant);
  const seconds = Math.round(window.endUnix - window.startUnix);
  const grown = takeRecorded(gaps, await mimir.query(grownMost(LOOKED_INTO, seconds), window.endUnix, input.signal));
  const known = new Set(top.map(({ labels }) => labels.__name__));
  const names = (grown ?? []).flatMap(({ labels, value }) =>
    value > 0 && labels.metric !== undefined && !known.has(labels.metric) ? [labels.metric] : [],
  );
  if (names.length === 0) return [];
  const step = growthStep(window);
  return takeRecorded(gaps, await mimir.queryRange(seriesOfEach(names), window, step, input.signal)) ?? [];
}

/** What a recording lacks was not asked when it was made: that is no news of the tenant. */
export const takeRecorded = <T>(gaps: Gaps, answer: Result<T>): T | undefined =>
  answer.ok || answer.fault.kind !== 'not-recorded' ? gaps.take(answer) : undefined;
