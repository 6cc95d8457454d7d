import { finding, nameOf } from './finding.ts';
import { type PickShard, shardsOf } from './shuffle-shard.ts';
import { judged } from './spread.ts';
import type { ComponentSpread, UsedPart } from './spread-model.ts';

/** How large the shards are: a default for all, and what single tenants have. */
export interface ShardSizes {
  readonly byDefault: number;
  readonly ofTenants: ReadonlyMap<string, number>;
  /** Why they are not known; undefined: they are. */
  readonly unread?: string | undefined;
}

/** Tenants that are worked out at once; with 300 ingesters each costs up to 45 ms. */
const TENANTS_MAX = 64;

/**
 * The part of Mimir's ring that is written to and read from: without read-only members, and a spread of its own for each
 * tenant that has a shard of its own (shuffle sharding). The first is the one given, and everybody's who has none.
 *
 * Fails:  never. Only a classic ring of ingesters is cut so. Of sizes that are not known, and of more than so many
 *         tenants, it is said that what they lose is not known.
 */
export function byTenant(
  spread: ComponentSpread,
  tenants: readonly string[],
  sizes: ShardSizes,
  nowUnix: number,
): readonly ComponentSpread[] {
  const { component, mode, view } = spread;
  const { ring, settings } = view;
  if (component.id !== 'mimir ingester' || mode !== 'classic' || ring === undefined) return [spread];
  const pick: PickShard = shardsOf(ring.members, settings.zoneAware ?? false);
  const { lookbackSeconds = 0 } = settings;
  const partOf = (tenant: string | undefined, size: number): UsedPart => ({
    tenant,
    size,
    ...pick({ tenant: tenant ?? '', size, lookbackSeconds, nowUnix }),
  });
  const sharded = tenants.flatMap((tenant) => {
    const size = sizes.ofTenants.get(tenant) ?? sizes.byDefault;
    return size > 0 ? [partOf(tenant, size)] : [];
  });
  const everybody = ring.members.some(({ readOnly }) => readOnly) ? { ...spread, used: partOf(undefined, 0) } : spread;
  const usedByNobody = tenants.length > 0 && sharded.length === tenants.length;
  return [
    withUnsharded({ ...everybody, usedByNobody }, sayUnsharded(tenants, sharded, sizes)),
    ...sharded.slice(0, TENANTS_MAX).map((used) => spreadOfTenant(spread, used)),
  ];
}

function sayUnsharded(
  tenants: readonly string[],
  sharded: readonly UsedPart[],
  { unread }: ShardSizes,
): string | undefined {
  if (unread !== undefined && tenants.length > 0) return `how large the tenants' shards are is not known: ${unread}`;
  const more = sharded.length - TENANTS_MAX;
  return more > 0 ? `${more} more tenants have shards, which were not worked out: name fewer` : undefined;
}

function withUnsharded(spread: ComponentSpread, unsharded: string | undefined): ComponentSpread {
  if (unsharded === undefined) return spread;
  const next = 'name one tenant, and look again';
  return judged(
    { ...spread, unsharded },
    [...spread.findings, finding('unknown', 'shards-unknown', unsharded, next)],
    '',
  );
}

/** Only the shard's own members; what is wrong with the workload stands with the whole. */
function spreadOfTenant(spread: ComponentSpread, used: UsedPart): ComponentSpread {
  const replicas = spread.replicas.filter(({ id }) => used.reads.has(id) || used.writes.has(id));
  const written = replicas.filter(({ id }) => used.writes.has(id));
  return {
    ...spread,
    used,
    replicas,
    findings: [],
    verdict: 'good',
    cause: 'none',
    because: `writes go to ${written.map(nameOf).join(', ')}`,
    next: '',
  };
}
