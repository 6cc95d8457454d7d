import type { MetricSample } from './exposition.ts';
import { readExporter, readLokiWrite, readReceiver, readRemoteWrite } from './queues-exporters.ts';
import { makeDrafts, type QueueNames, type QueueReading } from './queues-reading.ts';

/** Beginnings of the names that say how an agent's queues are; everything else in its `/metrics` is passed over. */
export const QUEUE_METRICS: readonly string[] = [
  'prometheus_remote_storage_',
  'prometheus_remote_write_wal_samples_appended_total',
  'prometheus_agent_samples_appended_total',
  'prometheus_tsdb_head_samples_appended_total',
  'prometheus_build_info',
  'prometheus_config_last_reload_successful',
  'loki_write_',
  'otelcol_exporter_',
  'otelcol_receiver_accepted_',
  'alloy_build_info',
  'alloy_config_last_load_successful',
  'alloy_component_controller_running_components',
  'cluster_node_peers',
];

/** What an agent is: its own build info says, never its image. */
export interface AgentBuild {
  readonly name: 'alloy' | 'prometheus';
  readonly version: string;
  /** Of a Prometheus: a server keeps its WAL otherwise than an agent. Absent where it does not say. */
  readonly mode?: 'agent' | 'server';
}

/** One agent at one moment. */
export interface AgentReading {
  readonly build?: AgentBuild;
  /** Whether the last load of its configuration succeeded; undefined where it does not say. */
  readonly configLoaded?: boolean;
  /** Components that are not healthy; undefined where it does not count them (Prometheus). */
  readonly unhealthy?: number;
  /** Peers of its cluster, itself among them. */
  readonly peers?: number;
  readonly queues: readonly QueueReading[];
}

/**
 * Read the queues of one agent from its series.
 *
 * Units:  counters as they stand, timestamps Unix seconds (0: nothing yet), durations seconds.
 * Fails:  never; what an agent does not say is absent.
 */
export function readAgent(samples: readonly MetricSample[], names?: QueueNames): AgentReading {
  const drafts = makeDrafts(names);
  const about: MetricSample[] = [];
  for (const sample of samples) {
    const { name, labels, value } = sample;
    if (name.startsWith('prometheus_remote_storage_')) readRemoteWrite(sample, drafts);
    else if (name.startsWith('loki_write_')) readLokiWrite(sample, drafts);
    else if (name.startsWith('otelcol_exporter_')) readExporter(sample, drafts);
    else if (name.startsWith('otelcol_receiver_accepted_')) readReceiver(sample, drafts);
    else {
      about.push(sample);
      if (name.endsWith('_samples_appended_total')) drafts.share(labels.component_id ?? '', 'appended', value);
    }
  }
  return { ...aboutAgent(about), queues: drafts.readings() };
}

/** From the few series that are of no queue. */
function aboutAgent(samples: readonly MetricSample[]): Omit<AgentReading, 'queues'> {
  const named = (...names: string[]): readonly MetricSample[] => samples.filter(({ name }) => names.includes(name));
  const sum = (some: readonly MetricSample[]): number => some.reduce((total, { value }) => total + value, 0);
  const [alloy] = named('alloy_build_info');
  const build = alloy ?? named('prometheus_build_info')[0];
  const [loaded] = named('alloy_config_last_load_successful', 'prometheus_config_last_reload_successful');
  const components = named('alloy_component_controller_running_components');
  const peers = named('cluster_node_peers');
  const isServer = !alloy && named('prometheus_tsdb_head_samples_appended_total').length > 0;
  const isAgent = !alloy && named('prometheus_agent_samples_appended_total').length > 0;
  return {
    build: build && {
      name: alloy ? 'alloy' : 'prometheus',
      version: build.labels.version ?? '',
      ...(isServer ? { mode: 'server' } : isAgent ? { mode: 'agent' } : {}),
    },
    configLoaded: loaded && loaded.value === 1,
    unhealthy:
      components.length > 0 ? sum(components.filter(({ labels }) => labels.health_type !== 'healthy')) : undefined,
    peers: peers.length > 0 ? sum(peers) : undefined,
  };
}
