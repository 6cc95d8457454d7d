import { expect, test } from 'vitest';
import { agentsOf } from '../../src/domain/fleet.ts';
import type { Pod } from '../../src/domain/kube.ts';
import type { Queue } from '../../src/domain/queues.ts';
import { judgeQueue } from '../../src/domain/queues-judge.ts';
import { endpointOf, keepingOf } from '../../src/domain/queues-sight.ts';

const POD: Pod = {
  ...{ namespace: 'monitoring', name: 'alloy-0', labels: {}, hostNetwork: false, phase: 'Running', ready: true },
  containers: [{ name: 'alloy', image: 'grafana/alloy:v1.16.3', args: [], ports: [] }],
  ...{ restarts: 0, configMaps: ['alloy'], leaving: false },
};

const agentWith = (wal: string) => {
  const text = `prometheus.remote_write "m" {\n endpoint {\n  url = "u"\n  headers = { "X-Scope-OrgID" = "t" }\n }\n ${wal}\n}\n`;
  const map = { namespace: 'monitoring', name: 'alloy', labels: {}, data: { 'config.alloy': text } };
  return agentsOf({ cluster: 'central', workloads: [], services: [], pods: [POD] }, [map])[0];
};

/** Behind by ten minutes, and half of what comes in is delivered. */
const QUEUE: Queue = {
  ...{ id: 'q', signal: 'metrics', kind: 'prometheus.remote_write', component: 'prometheus.remote_write.m' },
  ...{ endpoint: 'u', atUnix: 1000, neverSent: false, lagSeconds: 600, restarted: false },
  rates: { seconds: 15, attempts: 100, delivered: 100, failed: 0, retried: 0, in: 200 },
  ...{ statuses: new Map(), reasons: new Map() },
};

test.each([
  ['', 'WAL cut to a third every 2h, kept 8h: default of wal.truncate_frequency; default of wal.max_keepalive_time'],
  [
    'wal { max_keepalive_time = "12h" }',
    'WAL cut to a third every 2h, kept 12h: default of wal.truncate_frequency; ConfigMap alloy',
  ],
  ['wal {\n truncate_frequency = "6h"\n max_keepalive_time = "24h"\n }', 'every 6h, kept 1d: ConfigMap alloy'],
])('what is kept, and who says so: %j', (wal, said) => {
  const agent = agentWith(wal);
  const keeping = keepingOf(agent, endpointOf(agent, QUEUE), QUEUE);
  expect(judgeQueue(QUEUE, { keeping }).because).toContain(said);
});
