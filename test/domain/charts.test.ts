import { describe, expect, test } from 'vitest';
import { discover } from '../../src/domain/discover.ts';
import { sayReach, waysTo } from '../../src/domain/reach.ts';
import { CASES, rendered } from './made-charts.ts';

describe.each(CASES)('$chart', ({ charts, finds }) => {
  const inventory = rendered(charts);
  const found = discover(inventory);

  test('every workload is what its label says, and each database is one release', () => {
    expect(found).toHaveLength(inventory.workloads.length);
    for (const { name, component, kind } of found) {
      const part = charts.flatMap(({ parts }) => parts).find((each) => each.name === name);
      expect([kind, component]).toEqual([kind, part?.component ?? 'single-binary']);
    }
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(finds.map(([kind]) => kind)));
    for (const [kind] of finds)
      expect(new Set(found.filter((each) => each.kind === kind).map(({ instance }) => instance)).size).toBe(1);
  });

  test.each(finds)('%s is %s, asked by %s, version %s', (kind, mode, way, version) => {
    const own = found.filter((each) => each.kind === kind);
    expect(new Set(own.map(({ setup }) => setup?.mode))).toEqual(new Set([mode]));
    const [first] = waysTo(kind, '/api', found, inventory);
    expect(first && sayReach(first)).toBe(way);
    const database = own.find(({ image }) => image?.includes(`/${kind}:`));
    expect(database?.version).toEqual({ version, from: 'image tag' });
  });
});

test('without any label all is found by image and by the charts’ names', () => {
  const bare = rendered(CASES.flatMap(({ charts }) => charts).slice(0, 2));
  const strip = <T extends { labels: object }>(object: T): T => ({ ...object, labels: {} });
  const workloads = bare.workloads.map((each) => ({ ...strip(each), podLabels: {} }));
  const found = discover({ ...bare, workloads });
  const missed = workloads.filter(({ name }) => !found.some((each) => each.name === name)).map(({ name }) => name);
  // A cache's image and name say nothing of Mimir.
  expect(missed).toEqual(['prod-mimir-chunks-cache']);
  expect(found.every(({ kind }) => kind === 'mimir')).toBe(true);
});

/** Source: k8s-monitoring 4.4 docs/examples, and the alloy chart that the operator renders: name is the collector's. */
test.each(['alloy-metrics', 'alloy-logs', 'alloy-singleton', 'alloy-receiver', 'my-own-collector'])(
  'k8s-monitoring’s collector %s is an agent, by its image, and asked through its pod',
  (collector) => {
    const inventory = rendered([
      {
        release: `k8smon-${collector}`,
        label: collector,
        labels: { 'app.kubernetes.io/part-of': 'alloy', 'app.kubernetes.io/version': 'v1.18.0' },
        parts: [
          {
            name: `k8smon-${collector}`,
            image: 'docker.io/grafana/alloy:v1.18.0',
            kind: 'DaemonSet',
            ports: { 'http-metrics': 12_345 },
            service: { 'http-metrics': 12_345 },
          },
          { name: 'k8smon-alloy-operator', image: 'ghcr.io/grafana/alloy-operator:1.6.3' },
        ],
      },
    ]);
    const found = discover(inventory);
    expect(found.map(({ kind, component, name }) => [kind, component, name])).toEqual([
      ['agent', 'alloy', `k8smon-${collector}`],
    ]);
    const [way] = waysTo(`agent/k8smon-${collector}-0`, '/metrics', found, inventory);
    expect(way && sayReach(way)).toBe(`pod proxy obs/k8smon-${collector}-0:12345`);
  },
);
