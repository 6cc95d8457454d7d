/** A configuration as a server dumps it: values by their path, `ingester.ring.replication_factor`. */
export type ConfigDump = ReadonlyMap<string, string>;

/**
 * Read the values out of a server's own dump of its configuration: nested keys with plain values, as Go's YAML writes
 * them. Lists and long texts are passed over.
 *
 * Fails:  with a sentence, where nothing in it looks like a configuration.
 */
export function parseConfigDump(text: string): { ok: true; value: ConfigDump } | { ok: false; said: string } {
  const values = new Map<string, string>();
  const open: { indent: number; key: string }[] = [];
  for (const line of text.split('\n')) {
    const found = /^( *)([A-Za-z0-9_.-]+):(?: (.*))?$/.exec(line);
    if (!found) continue;
    const [, spaces = '', key = '', value = ''] = found;
    while ((open.at(-1)?.indent ?? -1) >= spaces.length) open.pop();
    const path = [...open.map((above) => above.key), key].join('.');
    if (value.trim() === '') open.push({ indent: spaces.length, key });
    else values.set(path, value.trim().replace(/^(["'])(.*)\1$/, '$2'));
  }
  const first = text.trim().slice(0, 60).split('\n')[0] ?? '';
  return values.size > 0
    ? { ok: true, value: values }
    : { ok: false, said: `no configuration in the answer: ${first}` };
}

/** What a ring's configuration says; undefined where it is not known. */
export interface RingSettings {
  readonly replicationFactor: number | undefined;
  readonly zoneAware: boolean | undefined;
  readonly heartbeatPeriodSeconds: number | undefined;
  readonly heartbeatTimeoutSeconds: number | undefined;
  /** What was received is written to the bucket before a replica goes. */
  readonly flushOnShutdown: boolean | undefined;
  /** Members of a tenant's shard unless the tenant has a limit of its own; 0: all. Only Mimir's ingesters are cut so. */
  readonly tenantShardSize?: number;
  /** Reads also ask the members that were in the shard so long ago. */
  readonly lookbackSeconds?: number;
}

export const NO_SETTINGS: RingSettings = {
  replicationFactor: undefined,
  zoneAware: undefined,
  heartbeatPeriodSeconds: undefined,
  heartbeatTimeoutSeconds: undefined,
  flushOnShutdown: undefined,
};

interface Place {
  readonly paths: readonly string[];
  /** What a dump of the differences leaves out because it is so. */
  readonly ifAbsent: string;
}

interface Places {
  readonly replicationFactor: Place;
  readonly zoneAware: Place;
  readonly heartbeatPeriod: Place;
  readonly heartbeatTimeout: Place;
  readonly flush: Place;
}

const at = (ifAbsent: string, ...paths: readonly string[]): Place => ({ paths, ifAbsent });
const ring = (prefix: string, factor: string, factorPath = `${prefix}.replication_factor`): Places => ({
  replicationFactor: at(factor, factorPath),
  zoneAware: at('false', `${prefix}.zone_awareness_enabled`),
  heartbeatPeriod: at('15s', `${prefix}.heartbeat_period`),
  heartbeatTimeout: at('1m', `${prefix}.heartbeat_timeout`),
  flush: at('true'),
});

/**
 * Where each ring's settings stand, and their defaults.
 *
 * Source: mimir pkg/ingester/ingester_ring.go, pkg/storegateway/gateway_ring.go, pkg/alertmanager/alertmanager_ring.go,
 * pkg/storage/tsdb/config.go; loki pkg/loki/common, pkg/ingester; tempo 2 modules/ingester/config.go; dskit ring/ring.go.
 */
const PLACES: Readonly<Record<string, Places>> = {
  'mimir ingester': {
    ...ring('ingester.ring', '3'),
    flush: at('false', 'blocks_storage.tsdb.flush_blocks_on_shutdown'),
  },
  'mimir store-gateway': ring('store_gateway.sharding_ring', '3'),
  'mimir alertmanager': ring('alertmanager.sharding_ring', '3'),
  'mimir compactor': ring('compactor.sharding_ring', '1', ''),
  'mimir distributor': ring('distributor.ring', '1', ''),
  'mimir ruler': ring('ruler.ring', '1', ''),
  'loki ingester': {
    replicationFactor: at('3', 'ingester.lifecycler.ring.replication_factor', 'common.replication_factor'),
    zoneAware: at('false', 'ingester.lifecycler.ring.zone_awareness_enabled', 'common.ring.zone_awareness_enabled'),
    heartbeatPeriod: at('5s', 'ingester.lifecycler.heartbeat_period', 'common.ring.heartbeat_period'),
    heartbeatTimeout: at('1m', 'ingester.lifecycler.ring.heartbeat_timeout', 'common.ring.heartbeat_timeout'),
    flush: at('false', 'ingester.wal.flush_on_shutdown'),
  },
  'tempo ingester': {
    replicationFactor: at('1', 'ingester.lifecycler.ring.replication_factor'),
    zoneAware: at('false', 'ingester.lifecycler.ring.zone_awareness_enabled'),
    heartbeatPeriod: at('5s', 'ingester.lifecycler.heartbeat_period'),
    heartbeatTimeout: at('5m', 'ingester.lifecycler.ring.heartbeat_timeout'),
    flush: at('false', 'ingester.flush_all_on_shutdown'),
  },
  'tempo live-store': ring('live_store.ring', '1', ''),
};

/** Settings of one ring out of a dump of what differs from the defaults. */
export function settingsIn(dump: ConfigDump, component: string): RingSettings {
  const places = PLACES[component];
  if (places === undefined) return NO_SETTINGS;
  const valueIn = ({ paths, ifAbsent }: Place): string =>
    paths.map((path) => dump.get(path)).find((value) => value !== undefined) ?? ifAbsent;
  const factor = Number(valueIn(places.replicationFactor));
  return {
    replicationFactor: Number.isInteger(factor) && factor > 0 ? factor : undefined,
    zoneAware: valueIn(places.zoneAware) === 'true',
    heartbeatPeriodSeconds: goSeconds(valueIn(places.heartbeatPeriod)),
    heartbeatTimeoutSeconds: goSeconds(valueIn(places.heartbeatTimeout)),
    flushOnShutdown: valueIn(places.flush) === 'true',
    ...(component === 'mimir ingester' && shardsIn(dump)),
  };
}

/** Source: mimir pkg/util/validation/limits.go, pkg/mimir/modules.go (ShuffleShardingLookbackPeriod), pkg/storage/tsdb. */
function shardsIn(dump: ConfigDump): Pick<RingSettings, 'tenantShardSize' | 'lookbackSeconds'> {
  const size = Number(dump.get('limits.ingestion_tenant_shard_size') ?? '0');
  const looksBack = dump.get('querier.shuffle_sharding_ingesters_enabled') !== 'false';
  const retention = goSeconds(dump.get('blocks_storage.tsdb.retention_period') ?? '13h');
  return {
    tenantShardSize: Number.isInteger(size) && size > 0 ? size : 0,
    lookbackSeconds: looksBack ? (retention ?? 0) : 0,
  };
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** `1m30s` as Go prints it; undefined where it is no duration. Units: seconds. */
function goSeconds(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0),
    0,
  );
}
