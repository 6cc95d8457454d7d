import { describe, expect, test } from 'vitest';
import { zoneBudgetOf } from '../../src/clients/decode-scheduling.ts';
import { decodePage, LISTED } from '../../src/clients/kube-list.ts';
import { SPREAD_COMPONENTS } from '../../src/domain/components.ts';
import { previewDrain } from '../../src/domain/drain.ts';
import type { RingMember } from '../../src/domain/ring.ts';
import type { PlacedPod, Scheduling, ZoneBudget } from '../../src/domain/scheduling.ts';
import { spreadOf } from '../../src/domain/spread.ts';
import type { ClusterView, ComponentSpread, RingView } from '../../src/domain/spread-model.ts';
import { clusterOf, stateOf, unixOf, viewOf } from './recorded-spread.ts';

/** What Kubernetes says of Mimir's four recorded ingesters, changed. */
interface Change {
  readonly pod?: (pod: PlacedPod, index: number) => PlacedPod;
  readonly member?: (member: RingMember, index: number) => RingMember;
  readonly settings?: Partial<RingView['settings']>;
  readonly cluster?: (cluster: ClusterView) => ClusterView;
}

const NOW = unixOf(stateOf('incident'));

function changed({ pod, member, settings, cluster }: Change): ComponentSpread {
  const state = stateOf('incident');
  const component = SPREAD_COMPONENTS.find(({ id }) => id === 'mimir ingester');
  const found = clusterOf(state);
  const pods = found.pods?.map((one) => {
    const index = Number(/mimir-ingester-(\d)$/.exec(one.name)?.[1] ?? -1);
    return index >= 0 && pod ? pod(one, index) : one;
  });
  const view = viewOf(state, 'mimir ingester');
  const ring = view.ring && { ...view.ring, members: view.ring.members.map((one, at) => member?.(one, at) ?? one) };
  const seen = { ...found, pods };
  const spread =
    component &&
    spreadOf(component, { ...view, ring, settings: { ...view.settings, ...settings } }, cluster?.(seen) ?? seen, NOW);
  if (!spread) throw new Error('nothing there');
  return spread;
}

const causes = (spread: ComponentSpread): readonly string[] =>
  spread.findings.map(({ verdict, cause }) => `${verdict} ${cause}`);
const because = (spread: ComponentSpread, cause: string): string =>
  spread.findings.find((finding) => finding.cause === cause)?.because ?? '';

const scheduled = (pod: PlacedPod, scheduling: Partial<Scheduling>): PlacedPod => ({
  ...pod,
  scheduling: { ...pod.scheduling, antiAffinity: [], spread: [], ...scheduling },
});
const HOST = 'kubernetes.io/hostname';
const own = { labels: { 'app.kubernetes.io/component': 'ingester' }, expressions: [] };
const zoneOf = (index: number): string => `zone-${'ab'[index % 2]}`;

/** As mimir-distributed 6 renders it with zoneAwareReplication.topologyKey set: apart from the pods of the other zones. */
const byZone = (pod: PlacedPod, index: number): PlacedPod => ({
  ...scheduled(pod, {
    antiAffinity: [
      {
        required: true,
        topologyKey: HOST,
        selector: {
          labels: { 'rollout-group': 'ingester' },
          expressions: [{ key: 'zone', operator: 'NotIn', values: [zoneOf(index)] }],
        },
      },
    ],
  }),
  labels: { ...pod.labels, 'rollout-group': 'ingester', zone: zoneOf(index) },
});
const zoned = (member: RingMember, index: number): RingMember => ({ ...member, zone: zoneOf(index) });

describe('zone awareness and the rule', () => {
  test('apart from the other zones is enough, and is no warning', () => {
    const spread = changed({ pod: byZone, member: zoned, settings: { zoneAware: true } });
    expect(spread.rule).toMatchObject({ declared: 'required', effective: 'yes' });
    expect(causes(spread)).not.toContain('warn rule-weak');
  });

  test('the same rule without zone awareness lets those of one zone share a node', () => {
    const spread = changed({ pod: byZone, member: zoned });
    expect(spread.rule).toMatchObject({ declared: 'required', effective: 'partly' });
    expect(causes(spread)).toContain('warn rule-weak');
  });

  test('without a rule of the zones the component’s own was passed over: that is said', () => {
    const bare = (pod: PlacedPod): PlacedPod => scheduled(pod, {});
    const { rule } = changed({
      pod: bare,
      member: zoned,
      settings: { zoneAware: true },
      cluster: (cluster) => ({ ...cluster, workloads: [] }),
    });
    expect(rule).toMatchObject({ declared: 'none', effective: 'no' });
    expect(rule.because).toMatch(/zone awareness.*passes over.*topologyKey: null/);
  });
});

describe('a hard rule needs room', () => {
  const nodes =
    (count: number) =>
    (cluster: ClusterView): ClusterView => ({
      ...cluster,
      nodes: cluster.nodes?.map((node, index) => ({ ...node, cordoned: index >= count })),
    });

  test.each([
    [5, 'with a node to spare', []],
    [4, 'with none to spare', ['warn no-spare-node']],
    [3, 'with too few', ['bad too-few-nodes']],
  ])('%d nodes for four: %s', (count, _name, wanted) => {
    expect(
      causes(changed({ cluster: nodes(count) })).filter((cause) => cause.endsWith('-node') || cause.endsWith('-nodes')),
    ).toEqual(wanted);
  });

  test.each([
    [1, 6, 'yes', /never two on one node/],
    [2, 6, 'partly', /maxSkew 2/],
    [1, 3, 'partly', /3 nodes for 4 replicas/],
  ])('a topology spread of skew %d over %d nodes: %s', (maxSkew, count, effective, said) => {
    const { rule } = changed({
      pod: (pod) => scheduled(pod, { spread: [{ topologyKey: HOST, hard: true, maxSkew, selector: own }] }),
      cluster: (cluster) => nodes(count)({ ...cluster, workloads: [] }),
    });
    expect(rule.effective).toBe(effective);
    expect(rule.because).toMatch(said);
  });

  const ZONE = 'topology.kubernetes.io/zone';
  const spreadBy = (topologyKey: string, cluster: (cluster: ClusterView) => ClusterView): ComponentSpread =>
    changed({
      pod: (pod) => scheduled(pod, { spread: [{ topologyKey, hard: true, maxSkew: 1, selector: own }] }),
      cluster: (found) => cluster({ ...found, workloads: [] }),
    });

  test('a topology spread by zone lets two share a zone, and a node', () => {
    const spread = spreadBy(ZONE, (cluster) => cluster);
    expect(spread.rule).toMatchObject({
      effective: 'partly',
      because: 'the topology spread lets two share a zone, and a node there: 3 zones for 4 replicas',
    });
    expect(causes(spread)).toContain('warn rule-weak');
  });

  test('with a zone for each replica it keeps them apart', () => {
    const each = (cluster: ClusterView): ClusterView => ({
      ...cluster,
      nodes: cluster.nodes?.map((node, index) => ({ ...node, zone: `z${index}` })),
    });
    expect(spreadBy(ZONE, each).rule).toMatchObject({
      effective: 'yes',
      because: expect.stringMatching(/never two in one zone/),
    });
  });

  test.each([HOST, ZONE])('where nodes could not be listed, a topology spread by %s is not known to bite', (key) => {
    const spread = spreadBy(key, (cluster) => ({ ...cluster, nodes: undefined }));
    expect(spread.rule).toMatchObject({
      effective: 'unknown',
      because: expect.stringMatching(/nodes could not be listed/),
    });
    expect(causes(spread)).toContain('unknown rule-unknown');
  });

  test('nor where they bear no zone, one by zone', () => {
    const bare = (cluster: ClusterView): ClusterView => ({
      ...cluster,
      nodes: cluster.nodes?.map(({ zone: _zone, ...node }) => node),
    });
    expect(spreadBy(ZONE, bare).rule).toMatchObject({
      effective: 'unknown',
      because: expect.stringMatching(/the nodes bear no zone/),
    });
  });

  test('half rolled out: as weak as the pods that still lack the rule', () => {
    const { rule } = changed({ pod: (pod, index) => (index < 2 ? scheduled(pod, {}) : pod) });
    expect(rule.effective).toBe('no');
    expect(rule.because).toMatch(/^2 of 4 pods: nothing keeps the replicas apart/);
  });
});

describe('what a drain runs into', () => {
  const budget = (change: Partial<NonNullable<ClusterView['budgets']>[number]>): Change => ({
    cluster: (cluster) => ({ ...cluster, budgets: cluster.budgets?.map((one) => ({ ...one, ...change })) }),
  });

  test.each([
    [{ disruptionsAllowed: 0 }, /allows no disruption now: a drain waits/],
    [{ disruptionsAllowed: 0, refusesSinceUnix: NOW - 120 }, /no disruption for 2m: a drain waits/],
    [{ disruptionsAllowed: 0, refusesSinceUnix: NOW - 1_800 }, /no disruption for 30m: drains hang/],
    [{ maxUnavailable: '0' }, /never lets one go: every drain hangs/],
    [{ maxUnavailable: undefined, minAvailable: '100%' }, /never lets one go/],
  ])('a PDB that refuses: %o', (change, said) => {
    const spread = changed(budget(change));
    expect(causes(spread)).toContain('warn pdb-blocks');
    expect(because(spread, 'pdb-blocks')).toMatch(said);
  });

  test('a PDB without bounds and without a status is not known to hold', () => {
    const silent = { maxUnavailable: undefined, minAvailable: undefined, disruptionsAllowed: undefined };
    expect(changed(budget(silent)).pdb).toMatchObject({ state: 'unknown' });
  });

  const zoneBudget: ZoneBudget = {
    namespace: 'monitoring',
    name: 'ingester-rollout',
    labels: {},
    selector: { labels: { 'rollout-group': 'ingester' }, expressions: [] },
    maxUnavailable: '1',
    byPartition: false,
  };
  const rollout = (change: Partial<ZoneBudget>): Change => ({
    pod: byZone,
    member: zoned,
    settings: { zoneAware: true },
    cluster: (cluster) => ({ ...cluster, budgets: [], zoneBudgets: [{ ...zoneBudget, ...change }] }),
  });

  test('a zone-aware budget stands in for the PDB that is not there', () => {
    const spread = changed(rollout({}));
    expect(spread.pdb).toMatchObject({ state: 'good', name: 'ingester-rollout', allows: 1 });
    expect(spread.pdb.because).toMatch(/1 of one zone/);
    expect(causes(spread)).not.toContain('bad pdb-missing');
    expect(changed(rollout({ maxUnavailable: '0' })).pdb).toMatchObject({ state: 'blocks' });
    expect(changed(rollout({ selector: { labels: { other: 'x' }, expressions: [] } })).pdb.state).toBe('missing');
  });

  test('a drain takes one of a zone, and none of a second zone while the first lacks one', () => {
    const { pods } = clusterOf(stateOf('incident'));
    const all = (pods ?? []).filter(({ name }) => /mimir-ingester-\d$/.test(name)).map(byZone);
    const together = all.map((pod) => ({ ...pod, node: 'n' }));
    const blocked = previewDrain('n', together, [], [zoneBudget]).map(({ blockedBy }) => blockedBy.length > 0);
    // Ingesters 0 and 2 are of zone a, 1 and 3 of zone b.
    expect(blocked).toEqual([false, true, true, true]);
    const two = previewDrain('n', together, [], [{ ...zoneBudget, maxUnavailable: '2' }]);
    expect(two.map(({ blockedBy }) => blockedBy)).toEqual([[], ['ingester-rollout'], [], ['ingester-rollout']]);
    expect(two[1]?.because).toMatch(/another zone/);
  });

  test.each([
    ['a percentage is rounded down', { maxUnavailablePercentage: 60 }, 1],
    ['a percentage of less than one pod is one', { maxUnavailablePercentage: 10 }, 1],
    ['all of a zone', { maxUnavailablePercentage: 100 }, 2],
    ['none by percentage', { maxUnavailablePercentage: 0 }, 0],
    ['nothing written is one', {}, 1],
  ])('a zone-aware budget: %s', (_name, spec, allows) => {
    // Source: rollout-operator pkg/zpdb/config.go, ParseAndValidate and maxUnavailablePods: of one StatefulSet.
    const budget = zoneBudgetOf({
      metadata: { name: 'ingester-rollout', namespace: 'monitoring' },
      spec: { ...spec, selector: { matchLabels: { 'rollout-group': 'ingester' } } },
    });
    if (!budget) throw new Error('not decoded');
    expect(changed(rollout(budget)).pdb).toMatchObject({ state: allows === 0 ? 'blocks' : 'good', allows });
    const { pods } = clusterOf(stateOf('incident'));
    const together = (pods ?? []).filter(({ name }) => /mimir-ingester-\d$/.test(name)).map(byZone);
    const evictions = previewDrain(
      'n',
      together.map((pod) => ({ ...pod, node: 'n' })),
      [],
      [budget],
    );
    expect(evictions.filter(({ blockedBy }) => blockedBy.length === 0)).toHaveLength(allows);
  });

  test.each([
    [1, 0],
    [2, 0],
    [3, 1],
    [4, 1],
    [5, 2],
  ])('of %d copies %d may be gone: a PDB that lets more go is weak', (replicationFactor, spare) => {
    const states = [0, 1, 2].map((count) =>
      changed({
        settings: { replicationFactor },
        ...budget({ maxUnavailable: String(count), minAvailable: undefined, disruptionsAllowed: count }),
      }),
    );
    expect(states.map(({ pdb }) => pdb.state === 'weak')).toEqual([0, 1, 2].map((count) => count > spare));
  });

  test('rollout-operator’s object and the condition of a PDB, as an API server lists them', () => {
    // Source: rollout-operator operations/rollout-operator/crds and rollout-operator-tests (generated); policy/v1.
    const item = {
      metadata: { name: 'ingester-rollout', namespace: 'monitoring' },
      spec: {
        maxUnavailable: 1,
        podNamePartitionRegex: '[a-z\\-]+-zone-[a-z]-([0-9]+)',
        selector: { matchLabels: { 'rollout-group': 'ingester' } },
      },
    };
    const text = JSON.stringify({ kind: 'ZoneAwarePodDisruptionBudgetList', metadata: {}, items: [item] });
    const zones = decodePage(LISTED.zoneBudgets)(text);
    expect(zones.ok && zones.value.items[0]).toMatchObject({ maxUnavailable: '1', byPartition: true });
    const pdb = {
      metadata: { name: 'a', namespace: 'monitoring' },
      spec: { maxUnavailable: 1 },
      status: {
        disruptionsAllowed: 0,
        conditions: [{ type: 'DisruptionAllowed', status: 'False', lastTransitionTime: '2026-11-23T15:20:06Z' }],
      },
    };
    const budgets = decodePage(LISTED.budgets)(
      JSON.stringify({ kind: 'PodDisruptionBudgetList', metadata: {}, items: [pdb] }),
    );
    expect(budgets.ok && budgets.value.items[0]?.refusesSinceUnix).toBe(Date.parse('2026-11-23T15:20:06Z') / 1000);
  });
});

describe('what a pod needs to go and to come back', () => {
  test.each([
    [true, 30, true],
    [true, undefined, true],
    [true, 1_200, false],
    [false, 30, false],
  ])('flush on shutdown %s, killed after %s seconds: said %s', (flushOnShutdown, graceSeconds, said) => {
    const spread = changed({
      settings: { flushOnShutdown },
      pod: (pod) => ({ ...pod, scheduling: { ...pod.scheduling, graceSeconds } }),
    });
    expect(causes(spread).includes('warn grace-short')).toBe(said);
  });

  test('a priority class that does not exist is bad; where they could not be listed nothing is said', () => {
    const { priorityClass } = clusterOf(stateOf('incident')).pods?.find(({ name }) => name.endsWith('mimir-ingester-0'))
      ?.scheduling ?? { priorityClass: undefined };
    expect(priorityClass).toBe('monitoring-critical');
    const classes = (names: readonly string[] | undefined): Change => ({
      cluster: (cluster) => ({
        ...cluster,
        ...(names && {
          priorityClasses: names.map((name) => ({ namespace: '', name, labels: {}, value: 1, globalDefault: false })),
        }),
      }),
    });
    expect(causes(changed(classes(['monitoring-critical'])))).not.toContain('bad priority-unknown');
    expect(causes(changed(classes(['system-node-critical'])))).toContain('bad priority-unknown');
    expect(causes(changed(classes(undefined)))).not.toContain('bad priority-unknown');
  });
});

test('of two stacks in one cluster only the one is judged whose ring was asked', () => {
  const other = (pod: PlacedPod): PlacedPod => ({
    ...pod,
    namespace: 'dev',
    name: pod.name.replace('monitoring-server', 'dev'),
    labels: { ...pod.labels, 'app.kubernetes.io/instance': 'dev' },
  });
  const spread = changed({
    cluster: (cluster) => ({
      ...cluster,
      pods: [
        ...(cluster.pods ?? []),
        ...(cluster.pods ?? []).filter(({ name }) => /ingester-\d$/.test(name)).map(other),
      ],
    }),
  });
  expect(spread.beside.map(({ name }) => name)).toEqual([0, 1, 2, 3].map((index) => `dev-mimir-ingester-${index}`));
  expect(spread.replicas).toHaveLength(4);
  expect(causes(spread)).not.toContain('warn pod-without-member');
  expect(spread.coLocated).toEqual([]);
});
