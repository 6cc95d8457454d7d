import type { Origin } from './result.ts';
import type { Tenant } from './tenant.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from './units.ts';

/** Where a limit's value comes from: the server's own default, its static configuration, or the tenant's runtime override. */
export type LimitFrom = 'default' | 'override' | 'runtime' | 'unknown';

export interface LimitRow {
  readonly tenant: Tenant;
  readonly signal: 'metrics' | 'logs';
  readonly name: string;
  readonly value: number | string | undefined;
  readonly from: LimitFrom;
  /** Undefined: nobody counts it, or it could not be asked. */
  readonly used: number | undefined;
  readonly origin: Origin;
}

/** Defaults of Mimir. Source: mimir pkg/util/validation/limits.go and apis.md 1.3. */
const MIMIR_DEFAULTS: Readonly<Record<string, number>> = {
  ingestion_rate: 10_000,
  ingestion_burst_size: 200_000,
  ingestion_burst_factor: 0,
  max_global_series_per_user: 150_000,
  max_global_series_per_metric: 0,
  max_global_exemplars_per_user: 0,
  max_fetched_chunks_per_query: 2_000_000,
  max_fetched_series_per_query: 0,
  max_fetched_chunk_bytes_per_query: 0,
  ruler_max_rules_per_rule_group: 20,
  ruler_max_rule_groups_per_tenant: 70,
  compactor_blocks_retention_period_seconds: 0,
};

/** The runtime configuration calls some limits otherwise than `user_limits` does. */
const RUNTIME_NAMES: Readonly<Record<string, string>> = {
  compactor_blocks_retention_period_seconds: 'compactor_blocks_retention_period',
};

/** The tenant's own override, else whether it is what Mimir comes with. `overrides` undefined: could not be asked. */
export function limitFrom(name: string, value: number, overrides: ReadonlyMap<string, string> | undefined): LimitFrom {
  if (overrides?.has(RUNTIME_NAMES[name] ?? name)) return 'runtime';
  if (MIMIR_DEFAULTS[name] === value) return 'default';
  return overrides === undefined ? 'unknown' : 'override';
}

/** 0 is "unlimited", but of exemplars it is "off", and of retention "for ever". */
export function sayLimitValue(row: Pick<LimitRow, 'name' | 'value'>): string {
  const { name, value } = row;
  if (value === undefined) return '–';
  if (typeof value === 'string') return value;
  if (value === 0) return zero(name);
  if (name.endsWith('_seconds')) return formatDuration(value);
  if (name.includes('bytes')) return formatBytes(value);
  return name === 'ingestion_rate' ? formatRate(value) : formatCount(value);
}

function zero(name: string): string {
  if (name.includes('exemplars')) return '0: exemplars are off';
  if (name.includes('retention')) return '0: kept for ever';
  return name === 'ingestion_burst_factor' ? '0: not used' : '0: unlimited';
}

/** How much of a limit is used, 0–1; undefined where there is none or nobody counts. */
export const limitShare = ({ value, used }: LimitRow): number | undefined =>
  typeof value === 'number' && value > 0 && used !== undefined ? used / value : undefined;
