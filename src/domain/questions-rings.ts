/** The replication factors that distributors say of themselves, where their metrics are stored in a tenant. */
export const REPLICATION_FACTORS =
  'max by (__name__) ({__name__=~"(cortex|loki|tempo)_distributor_replication_factor"})';

/** The same in a distributor's own `/metrics`. */
export const REPLICATION_FACTOR_METRICS = {
  mimir: 'cortex_distributor_replication_factor',
  loki: 'loki_distributor_replication_factor',
  tempo: 'tempo_distributor_replication_factor',
} as const;
