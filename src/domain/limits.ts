import type { Origin } from './result.ts';
import type { Tenant } from './tenant.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from './units.ts';

/**
 * Where a limit's value comes from: the server's own default (of Loki and Tempo: everybody's), its static configuration, or
 * the tenant's runtime override.
 */
export type LimitFrom = 'default' | 'override' | 'runtime' | 'unknown';

export interface LimitRow {
  readonly tenant: Tenant;
  readonly signal: 'metrics' | 'logs' | 'traces';
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
  if (typeof value === 'string') return /^(0[a-z]+)+$/i.test(value) ? zero(name) : shorter(value);
  if (value === 0) return zero(name);
  if (name.endsWith('_seconds')) return formatDuration(value);
  if (name.includes('bytes')) return formatBytes(value);
  return name === 'ingestion_rate' ? formatRate(value) : formatCount(value);
}

/** Of Loki's own configuration: what its allow-listed answer leaves out. Source: loki pkg/validation/limits.go. */
const LOKI_SERVER_LIMITS = [
  'max_global_streams_per_user',
  'ingestion_rate_mb',
  'ingestion_burst_size_mb',
  'per_stream_rate_limit',
  'max_label_names_per_series',
  'retention_period',
];

/** One limit as a server tells it. */
export type ToldLimit = readonly [name: string, value: number | string, from: LimitFrom];

/** Loki's limits of one tenant: those it tells, and everybody's where it tells none. Either may be unknown. */
export function lokiLimits(
  told: ReadonlyMap<string, number | string> | undefined,
  server: ReadonlyMap<string, string> | undefined,
): readonly ToldLimit[] {
  const own = [...(told ?? [])].map(([name, value]): ToldLimit => {
    const usual = server?.get(name);
    return [name, value, usual === undefined ? 'unknown' : usual === String(value) ? 'default' : 'runtime'];
  });
  const others = LOKI_SERVER_LIMITS.flatMap((name): ToldLimit[] => {
    const value = told?.has(name) ? undefined : server?.get(name);
    return value === undefined ? [] : [[name, numberOr(value), 'default']];
  });
  return [...own, ...others];
}

/** Tempo leaves out what is 0, and these are worth knowing then. Source: tempo modules/overrides/config.go. */
const TEMPO_ZEROS = ['global.max_bytes_per_trace', 'metrics_generator.max_active_series'];
const TEMPO_RETENTION = 'compaction.block_retention';
/** Source: tempo tempodb/config.go, `block-retention`. */
const TEMPO_RETENTION_DEFAULT = '336h0m0s';

/**
 * Tempo's limits of one tenant. A tenant's own replace the defaults as a whole: what it does not name is 0, not the default.
 *
 * `config`: the server's own configuration, for the retention that holds where the tenant has none.
 */
export function tempoLimits(
  { own, limits }: { readonly own: boolean; readonly limits: ReadonlyMap<string, string> },
  config: ReadonlyMap<string, string> | undefined,
): readonly ToldLimit[] {
  const from: LimitFrom = own ? 'runtime' : 'default';
  const told = [...limits].map(([name, value]): ToldLimit => [name, numberOr(value), from]);
  const zeros = TEMPO_ZEROS.filter((name) => !limits.has(name)).map((name): ToldLimit => [name, 0, from]);
  if (limits.has(TEMPO_RETENTION)) return [...told, ...zeros];
  const written = [...(config ?? [])].find(([path]) => path.endsWith(TEMPO_RETENTION))?.[1];
  const retention = written ?? TEMPO_RETENTION_DEFAULT;
  return [...told, ...zeros, [TEMPO_RETENTION, retention, written === undefined ? 'default' : 'override']];
}

const numberOr = (text: string): number | string => (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : text);

/** Go writes two weeks as `336h0m0s`. */
function shorter(text: string): string {
  const hours = /^(\d+)h0m0s$/.exec(text)?.[1];
  return hours === undefined ? text : formatDuration(Number(hours) * 3600);
}

function zero(name: string): string {
  if (name.includes('exemplars')) return '0: exemplars are off';
  if (name.includes('retention')) return '0: kept for ever';
  return name === 'ingestion_burst_factor' ? '0: not used' : '0: unlimited';
}

/** How much of a limit is used, 0–1; undefined where there is none or nobody counts. */
export const limitShare = ({ value, used }: LimitRow): number | undefined =>
  typeof value === 'number' && value > 0 && used !== undefined ? used / value : undefined;
