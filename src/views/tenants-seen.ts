import type { ListedTenant, TenantStats } from '../clients/clients.ts';
import type { Agent } from '../domain/fleet.ts';
import type { HeaderSignal } from '../domain/header-probe.ts';
import type { Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { TenantCounts } from '../domain/tenant-counts.ts';
import type { Federations } from './federation.ts';
import type { Newest } from './newest.ts';

/** What one tenant's own answers say. */
export interface OwnUse {
  readonly perSecond?: number;
  readonly series?: number;
  readonly limit?: number;
}

/** What has arrived so far. */
export interface Seen {
  readonly newest: Map<Tenant, Partial<Record<HeaderSignal, Newest>>>;
  readonly use: Map<string, OwnUse>;
  stats?: readonly TenantStats[];
  /** Of the first list that was answered: rows of tenants that were not asked themselves come from it. */
  listOrigin?: Origin;
  /** By an ingester's page, and a store-gateway's. */
  inIngester: readonly ListedTenant[];
  inBlocks: readonly ListedTenant[];
  overrides?: ReadonlyMap<string, ReadonlyMap<string, string>>;
  agents: readonly Agent[];
  counts?: TenantCounts;
  federation: Federations;
}
