import { type LimitRow, limitFrom, limitShare, lokiLimits, tempoLimits } from '../domain/limits.ts';
import type { Loaded } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { asTheyArrive, type Gaps, makeGaps } from './arrival.ts';
import { askLimits, noteUnusual } from './cardinality-tenant.ts';
import { learnRefusals, type Refusals } from './refusals.ts';
import type { LoadInput } from './view.ts';

/** Every limit of every tenant, the fullest first. */
export async function* loadLimits(input: LoadInput): AsyncGenerator<Loaded<LimitRow>> {
  const gaps = makeGaps();
  const overrides = await input.clients.mimirAdmin.overrides(input.signal);
  // No such file, or not routed: then nobody has overrides that could be told.
  const written = overrides.ok ? overrides.value : undefined;
  if (!overrides.ok && overrides.fault.kind !== 'not-found') gaps.take(overrides);
  const rows: LimitRow[] = [];
  const learning = learnRefusals(input, gaps);
  const tasks = input.tenants.flatMap((tenant) => [
    metricLimits(input, tenant, written && (written.get(tenant) ?? new Map<string, string>()), learning, gaps),
    logLimits(input, tenant, learning, gaps),
    traceLimits(input, tenant, learning, gaps),
  ]);
  for await (const found of asTheyArrive(tasks)) {
    rows.push(...found);
    yield { rows: [...rows].sort(byFill), gaps: gaps.list, complete: false };
  }
  const because =
    input.tenants.length === 0 ? 'no tenant is known: name one with --tenant' : 'nobody told any limit: see the gaps';
  yield {
    rows: [...rows].sort(byFill),
    gaps: gaps.list,
    complete: true,
    because: rows.length > 0 ? undefined : because,
  };
}

const byFill = (left: LimitRow, right: LimitRow): number =>
  (limitShare(right) ?? -1) - (limitShare(left) ?? -1) ||
  left.tenant.localeCompare(right.tenant) ||
  left.signal.localeCompare(right.signal) ||
  left.name.localeCompare(right.name);

async function metricLimits(
  input: LoadInput,
  tenant: Tenant,
  overrides: ReadonlyMap<string, string> | undefined,
  learning: Promise<Refusals>,
  gaps: Gaps,
): Promise<readonly LimitRow[]> {
  const mimir = input.clients.mimir(tenant);
  const [answer, stats, largest, refusals] = await Promise.all([
    mimir.userLimits(input.signal),
    mimir.userStats(input.signal),
    mimir.cardinalityLabelValues('__name__', undefined, 50, input.signal),
    learning,
  ]);
  const limits = await askLimits(input, tenant, refusals, gaps);
  const origin = answer.ok ? answer.origin : refusals.origin;
  if (limits === undefined || origin === undefined) return [];
  noteUnusual(gaps, stats, largest);
  const used: Readonly<Record<string, number | undefined>> = {
    max_global_series_per_user: stats.ok ? stats.value.series : largest.ok ? largest.value.seriesTotal : undefined,
    max_global_series_per_metric: largest.ok ? (largest.value.values[0]?.series ?? 0) : undefined,
    ingestion_rate: stats.ok ? stats.value.samplesPerSecond : undefined,
  };
  return [...limits].map(([name, value]) => ({
    tenant,
    signal: 'metrics',
    name,
    value,
    from: limitFrom(name, value, overrides),
    used: used[name],
    origin,
  }));
}

/** Loki tells an allow-listed part only, a Loki before 3.6 none; its own configuration has the rest, as it is for everybody. */
async function logLimits(
  input: LoadInput,
  tenant: Tenant,
  learning: Promise<Refusals>,
  gaps: Gaps,
): Promise<readonly LimitRow[]> {
  const loki = input.clients.loki(tenant);
  const [answer, server, { counts }] = await Promise.all([
    loki.limits(input.signal),
    loki.serverLimits(input.signal),
    learning,
  ]);
  const told = answer.ok || answer.fault.kind !== 'not-found' ? gaps.take(answer) : undefined;
  const origin = answer.ok ? answer.origin : server.ok ? server.origin : undefined;
  if (origin === undefined) return [];
  const held = counts.points('streams', tenant).at(-1)?.[1];
  return lokiLimits(told, server.ok ? server.value : undefined).map(([name, value, from]) => ({
    tenant,
    signal: 'logs',
    name,
    value,
    from,
    used: name === 'max_global_streams_per_user' ? held : undefined,
    origin,
  }));
}

/** What holds for the spans of one tenant. A Tempo that has no such page tells nothing. */
async function traceLimits(
  input: LoadInput,
  tenant: Tenant,
  learning: Promise<Refusals>,
  gaps: Gaps,
): Promise<readonly LimitRow[]> {
  const answer = await input.clients.tempo(tenant).overrides(input.signal);
  if (!answer.ok) {
    if (!UNTOLD.has(answer.fault.kind)) gaps.note(answer.fault);
    return [];
  }
  const [config, { counts }] = await Promise.all([input.clients.rings.config('tempo', input.signal), learning]);
  const held = counts.points('spans', tenant).at(-1)?.[1];
  return tempoLimits(answer.value, config.ok ? config.value : undefined).map(([name, value, from]) => ({
    tenant,
    signal: 'traces',
    name,
    value,
    from,
    used: name === 'metrics_generator.max_active_series' ? held : undefined,
    origin: answer.origin,
  }));
}

/** No such page, or not asked when a recording was made. */
const UNTOLD = new Set(['not-found', 'not-recorded']);
