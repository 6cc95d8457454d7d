import { expect, test } from 'vitest';
import type { Inventory } from '../../src/domain/discover.ts';
import { agentsOf } from '../../src/domain/fleet.ts';
import type { Container, Pod } from '../../src/domain/kube.ts';

const container = (image: string, ports: Container['ports']): Container => ({
  ...{ name: image.split(/[/:]/).at(-2) ?? '', image, args: [], ports },
});

const podOf = (name: string, containers: readonly Container[]): Pod => ({
  ...{ namespace: 'monitoring', name, labels: {}, hostNetwork: false, phase: 'Running', ready: true, containers },
  ...{ owner: { kind: 'StatefulSet', name: name.replace(/-\d$/, '') }, restarts: 0, configMaps: [], leaving: false },
});

const inventoryOf = (pods: readonly Pod[]): Inventory => ({ cluster: 'central', workloads: [], services: [], pods });

/** Images and ports as the Prometheus operator and the charts write them. */
test('a Prometheus is an agent too, asked on its own port and not on that of what stands beside it', () => {
  const reloader = container('quay.io/prometheus-operator/prometheus-config-reloader:v0.92.0', [
    { name: 'reloader-web', port: 8080 },
  ]);
  const found = agentsOf(
    inventoryOf([
      podOf('prometheus-k8s-0', [
        reloader,
        container('quay.io/prometheus/prometheus:v3.5.3', [{ name: 'http-web', port: 9090 }]),
      ]),
      podOf('own-0', [container('prom/prometheus:v3.5.3', [{ port: 8081 }])]),
      podOf('alloy-0', [container('grafana/alloy:v1.16.3', [{ name: 'http-metrics', port: 12345 }])]),
      podOf('exporter-0', [container('quay.io/prometheus/node-exporter:v1.9.0', [{ name: 'metrics', port: 9100 }])]),
      podOf('operator-0', [container('quay.io/prometheus-operator/prometheus-operator:v0.92.0', [{ port: 8080 }])]),
    ]),
    [],
  );
  expect(found.map(({ pod, port }) => `${pod} ${port}`).sort()).toEqual([
    'alloy-0 12345',
    'own-0 8081',
    'prometheus-k8s-0 9090',
  ]);
});
