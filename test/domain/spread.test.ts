import { describe, expect, test } from 'vitest';
import { previewDrain } from '../../src/domain/drain.ts';
import { lastReplicas } from '../../src/domain/last-replicas.ts';
import { type ComponentLosses, lossesOf, withLosses } from '../../src/domain/losses.ts';
import { finish } from '../../src/domain/steps.ts';
import { oracle } from './quorum-oracle.ts';
import { clusterOf, type StateName, spreadIn, stateOf } from './recorded-spread.ts';

const NODES = ['1-11', '2-11', '3-11', '1-22', '2-22', '3-22'] as const;
const node = (short: (typeof NODES)[number]): string => `ip-10-0-${short}.us-east-1.compute.internal`;

function lossesIn(name: StateName, id: string, lost: readonly string[] = []): ComponentLosses {
  const zones = new Map(clusterOf(stateOf(name)).nodes?.map((one) => [one.name, one.zone]));
  const losses = finish(lossesOf(spreadIn(name, id), { zones, lost: new Set(lost), pairsMax: 20 }));
  if (!losses) throw new Error(`${id} places no keys`);
  return losses;
}

describe('the lab as it was recorded', () => {
  test("Mimir's four ingesters stand one per node, by a rule that bites", () => {
    const { replicas, coLocated, rule, pdb } = spreadIn('incident', 'mimir ingester');
    expect(replicas.map(({ node: on }) => on)).toEqual([node('1-11'), node('2-11'), node('3-11'), node('1-22')]);
    expect(replicas.every(({ joined, alive }) => joined === 'name' && alive)).toBe(true);
    expect(coLocated).toEqual([]);
    expect(rule).toMatchObject({ declared: 'required', effective: 'yes' });
    expect(pdb).toMatchObject({ state: 'good', allows: 1 });
  });

  test("of Mimir's ring any one node may be lost, of the stack not those that hold a last replica", () => {
    const { byNode } = lossesIn('incident', 'mimir ingester');
    expect([...byNode.values()].map(({ verdict }) => verdict)).toEqual(Array(6).fill('good'));
    const { workloads, pods, budgets } = clusterOf(stateOf('incident'));
    const find = lastReplicas(workloads, pods ?? [], budgets);
    const last = (on: string) => find(new Set([on]));
    const bad = NODES.map((short) =>
      last(node(short))
        .filter(({ verdict }) => verdict === 'bad')
        .map(({ workload }) => workload.replace('monitoring-server-', '')),
    );
    expect(bad).toEqual([
      ['loki-gateway', 'mimir-distributor', 'mimir-nginx'],
      ['mimir-query-frontend'],
      ['mimir-store-gateway', 'tempo-block-builder', 'tempo-live-store', 'tempo-distributor', 'tempo-query-frontend'],
      [],
      [],
      [],
    ]);
    expect(last(node('1-22')).map(({ workload, verdict }) => [workload, verdict])).toEqual([
      ['monitoring-server-grafana', 'warn'],
    ]);
    const gateway = last(node('1-11')).find(({ workload }) => workload.endsWith('loki-gateway'));
    expect(gateway).toMatchObject({ priority: false, budget: false });
  });

  test("Loki's two replicas on one node are bad, and the preferred rule is named", () => {
    const loki = spreadIn('incident', 'loki ingester');
    expect(loki.verdict).toBe('bad');
    expect(loki.coLocated).toEqual([['monitoring-server-loki-ingester-1', 'monitoring-server-loki-ingester-2']]);
    const found = loki.findings.find(({ cause }) => cause === 'co-located');
    expect(found?.because).toMatch(/share ip-10-0-2-11.*preferred/);
    expect(loki.findings.map(({ cause }) => cause)).toEqual(
      expect.arrayContaining(['pdb-missing', 'priority-missing', 'wal-emptydir']),
    );
  });

  test("Loki's ring is lost with the node that holds two of its three, and only with that one", () => {
    const { byNode, byZone } = lossesIn('incident', 'loki ingester');
    const breaking = [...byNode.entries()].filter(([, { verdict }]) => verdict === 'bad');
    expect(breaking.map(([name]) => name)).toEqual([node('2-11')]);
    expect(breaking[0]?.[1]).toMatchObject({ writeQuorumLostShare: 1, allCopiesLostShare: 0, readsFail: true });
    expect(byZone.get('us-east-1b')?.verdict).toBe('bad');
    expect(
      withLosses(spreadIn('incident', 'loki ingester'), lossesIn('incident', 'loki ingester')).findings,
    ).toContainEqual(expect.objectContaining({ verdict: 'bad', cause: 'node-breaks' }));
  });

  test("the worst pair of Mimir's ingesters loses what the ring's own tokens say", () => {
    const [worst, ...others] = lossesIn('incident', 'mimir ingester').worstPairs;
    const members = (spreadIn('incident', 'mimir ingester').view.ring?.members ?? []).map((member) => ({
      ...member,
      alive: true,
    }));
    const rule = {
      replicationFactor: 3,
      zoneAware: false,
      strategy: 'majority',
      write: { healthy: ['ACTIVE'], extend: [] },
      read: { healthy: ['ACTIVE', 'PENDING'], extend: [] },
      readsWholeRing: true,
    };
    const pairs = [0, 1, 2, 3].flatMap((left) => [0, 1, 2, 3].slice(left + 1).map((right) => [left, right]));
    const shares = pairs.map((pair) => (oracle(members, rule)(pair).write ?? 0) / 2 ** 32);
    expect(worst?.writeQuorumLostShare).toBe(Math.max(...shares));
    expect(worst?.nodes).toEqual([node('1-11'), node('2-11')]);
    for (const { writeQuorumLostShare } of others)
      expect(writeQuorumLostShare).toBeLessThanOrEqual(worst?.writeQuorumLostShare ?? 0);
    expect(worst).toMatchObject({ readsFail: true, allCopiesLostShare: 0 });
    expect(worst?.writeQuorumLostShare).toBeCloseTo(0.586, 3);
  });

  test.each(['mimir ingester', 'loki ingester', 'tempo live-store'])(
    'a fresh cluster is not called amnesiac: %s',
    (id) => {
      expect(spreadIn('incident', id).findings.map(({ cause }) => cause)).not.toContain('amnesiac');
    },
  );

  test("Tempo's live-store is one replica: its node takes every read", () => {
    const spread = spreadIn('incident', 'tempo live-store');
    expect(spread.mode).toBe('partitions');
    expect(spread.replicas[0]).toMatchObject({ joined: 'name', node: node('3-11') });
    expect(lossesIn('incident', 'tempo live-store').byNode.get(node('3-11'))).toMatchObject({
      readsFail: true,
      writeQuorumLostShare: 0,
      verdict: 'bad',
    });
  });
});

describe('ingesters that die', () => {
  test('two seconds after: the pod is not ready, and that counts, though the ring says ACTIVE', () => {
    const spread = spreadIn('lost', 'mimir ingester');
    const third = spread.replicas.find(({ id }) => id.endsWith('ingester-3'));
    expect(third?.member?.state).toBe('ACTIVE');
    expect(third?.heartbeatAgeSeconds).toBeLessThan(10);
    expect(third).toMatchObject({ alive: false });
    expect(third?.because).toMatch(/not ready.*OOMKilled.*the ring says ACTIVE/);
    expect(spread.verdict).toBe('bad');
  });

  test('half a minute later the ring knows it too', () => {
    const third = spreadIn('late', 'mimir ingester').replicas.find(({ id }) => id.endsWith('ingester-3'));
    expect(third?.member?.state).toBe('UNHEALTHY');
    expect(third?.heartbeatAgeSeconds).toBeGreaterThan(30);
  });

  test.each([
    ['one lost', 'down', false],
    ['two lost', 'two', true],
  ] as const)('%s: what is predicted for reads and pushes is what they did', (_name, state, fails) => {
    const before = lossesIn('incident', 'mimir ingester');
    const predicted =
      state === 'down'
        ? before.byNode.get(node('1-22'))
        : lossesIn('incident', 'mimir ingester', [node('1-22')]).byNode.get(node('3-11'));
    const now = lossesIn(state, 'mimir ingester').none;
    const { reads } = stateOf(state);
    const failed = Object.entries(reads).reduce((sum, [status, count]) => sum + (status === '200' ? 0 : count), 0);
    expect({ fails: predicted?.readsFail }).toEqual({ fails });
    expect(now).toMatchObject({
      readsFail: fails,
      writeQuorumLostShare: predicted?.writeQuorumLostShare,
      allCopiesLostShare: 0,
    });
    // Four of the 184 queries that day needed no ingester.
    expect(failed / ((reads['200'] ?? 0) + failed) > 0.95).toBe(fails);
    // Who sends no tenant, or too many series, is refused for that; the others by whether their series have a quorum.
    const { pushes = {} } = stateOf(state);
    const refused = Object.entries(pushes).reduce((sum, [status, count]) => sum + (status >= '500' ? count : 0), 0);
    const reached = refused + (pushes['200'] ?? 0) + (pushes['400'] ?? 0);
    expect(reached).toBeGreaterThan(20);
    expect(refused / reached).toBe(predicted?.pushFailShare);
    expect(now.pushFailShare).toBe(predicted?.pushFailShare);
  });

  test('which two nodes may still go after one is said again: none', () => {
    const after = lossesIn('down', 'mimir ingester');
    const breaking = [...after.byNode.entries()].filter(([, { verdict }]) => verdict === 'bad').map(([name]) => name);
    expect(breaking).toEqual([node('1-11'), node('2-11'), node('3-11')]);
  });
});

describe('a drain', () => {
  test("takes the node's pods, and the PDB lets one ingester go", () => {
    const { pods, budgets } = clusterOf(stateOf('incident'));
    const evictions = previewDrain(node('2-11'), pods ?? [], budgets);
    expect(evictions.map(({ workload, blockedBy }) => [workload.replace('monitoring-server-', ''), blockedBy])).toEqual(
      [
        ['loki-ingester', []],
        ['loki-ingester', []],
        ['mimir-ingester', []],
        ['mimir-query-frontend', []],
      ],
    );
    expect(evictions.some(({ pod }) => pod.owner?.kind === 'DaemonSet')).toBe(false);
  });

  test('waits at a PDB without allowance, and the second pod under one PDB waits for the first', () => {
    const { pods, budgets } = clusterOf(stateOf('incident'));
    const together = pods?.map((pod) => (pod.name.includes('mimir-ingester') ? { ...pod, node: node('1-11') } : pod));
    const blocked = previewDrain(node('1-11'), together ?? [], budgets).filter(({ blockedBy }) => blockedBy.length > 0);
    expect(blocked.map(({ pod }) => pod.name)).toEqual(
      [1, 2, 3].map((index) => `monitoring-server-mimir-ingester-${index}`),
    );
    expect(blocked[0]?.blockedBy).toEqual(['monitoring-server-mimir-ingester']);
  });
});
