import { describe, expect, test } from 'vitest';
import { SPREAD_COMPONENTS } from '../../src/domain/components.ts';
import { lossesOf } from '../../src/domain/losses.ts';
import type { RingState } from '../../src/domain/ring.ts';
import type { PlacedPod, Scheduling } from '../../src/domain/scheduling.ts';
import { spreadOf } from '../../src/domain/spread.ts';
import type { ClusterView, ComponentSpread, RingView } from '../../src/domain/spread-model.ts';
import { finish } from '../../src/domain/steps.ts';
import { clusterOf, stateOf, unixOf, viewOf } from './recorded-spread.ts';

const node = (short: string): string => `ip-10-0-${short}.us-east-1.compute.internal`;

/** The recorded ingesters, changed. */
function changed(
  change: {
    view?: (view: RingView) => RingView;
    pod?: (pod: PlacedPod, index: number) => PlacedPod;
    cluster?: (cluster: ClusterView) => ClusterView;
  },
  id = 'mimir ingester',
): ComponentSpread {
  const state = stateOf('incident');
  const component = SPREAD_COMPONENTS.find((one) => one.id === id);
  const cluster = clusterOf(state);
  const pods = cluster.pods?.map((pod) => {
    const index = Number(/mimir-ingester-(\d)$/.exec(pod.name)?.[1] ?? -1);
    return index >= 0 && change.pod ? change.pod(pod, index) : pod;
  });
  const seen = { ...cluster, pods };
  const view = viewOf(state, id);
  const spread =
    component && spreadOf(component, change.view?.(view) ?? view, change.cluster?.(seen) ?? seen, unixOf(state));
  if (!spread) throw new Error('nothing there');
  return spread;
}

const scheduled =
  (scheduling: Partial<Scheduling>) =>
  (pod: PlacedPod): PlacedPod => ({
    ...pod,
    scheduling: { ...pod.scheduling, antiAffinity: [], spread: [], ...scheduling },
  });
const own = {
  labels: { 'app.kubernetes.io/component': 'ingester', 'app.kubernetes.io/name': 'mimir' },
  expressions: [],
};
const HOST = 'kubernetes.io/hostname';

describe('does the rule bite?', () => {
  test.each([
    [
      'required by hostname',
      { antiAffinity: [{ required: true, topologyKey: HOST, selector: own }] },
      'required',
      'yes',
      /never two on one node/,
    ],
    [
      'a term without labelSelector',
      { antiAffinity: [{ required: true, topologyKey: HOST, selector: undefined }] },
      'required',
      'no',
      /no labelSelector: it matches no pods/,
    ],
    [
      'a selector that matches others',
      { antiAffinity: [{ required: true, topologyKey: HOST, selector: { labels: { app: 'x' }, expressions: [] } }] },
      'required',
      'no',
      /matches none of the replicas/,
    ],
    [
      'preferred taken for required',
      { antiAffinity: [{ required: false, topologyKey: HOST, selector: own }] },
      'preferred',
      'no',
      /wish/,
    ],
    [
      'topologyKey: null',
      { antiAffinity: [{ required: true, topologyKey: undefined, selector: own }] },
      'required',
      'no',
      /no topologyKey/,
    ],
    ['the chart with topologyKey: null', {}, 'none', 'no', /nothing keeps the replicas apart/],
    [
      'ScheduleAnyway',
      { spread: [{ topologyKey: HOST, hard: false, maxSkew: 1, selector: own }] },
      'spread ScheduleAnyway',
      'no',
      /wish/,
    ],
    [
      'DoNotSchedule',
      { spread: [{ topologyKey: HOST, hard: true, maxSkew: 1, selector: own }] },
      'spread DoNotSchedule',
      'yes',
      /never two on one node/,
    ],
    [
      'zones apart only',
      {
        antiAffinity: [
          {
            required: true,
            topologyKey: HOST,
            selector: {
              labels: {},
              expressions: [{ key: 'topology.kubernetes.io/zone', operator: 'NotIn', values: ['us-east-1a'] }],
            },
          },
        ],
      },
      'required',
      'partly',
      /matches 2 of 4/,
    ],
  ] as const)('%s', (_name, scheduling, declared, effective, because) => {
    const { rule } = changed({ pod: scheduled(scheduling), cluster: (cluster) => ({ ...cluster, workloads: [] }) });
    expect(rule).toMatchObject({ declared, effective });
    expect(rule.because).toMatch(because);
  });

  test('a rule that the workload has and the pods were made without', () => {
    const { rule } = changed({ pod: scheduled({}) });
    expect(rule).toMatchObject({ declared: 'required', effective: 'no' });
    expect(rule.because).toMatch(/roll them out/);
  });
});

const states =
  (state: RingState, at = 3) =>
  (view: RingView): RingView => ({
    ...view,
    ring: view.ring && {
      ...view.ring,
      members: view.ring.members.map((member, index) => (index === at ? { ...member, state } : member)),
    },
  });

describe('what is wrong is named', () => {
  const causes = (spread: ComponentSpread) => spread.findings.map(({ verdict, cause }) => `${verdict} ${cause}`);
  const members = (
    view: RingView,
    change: (members: NonNullable<RingView['ring']>['members']) => NonNullable<RingView['ring']>['members'],
  ): RingView => ({
    ...view,
    ring: view.ring && { ...view.ring, members: change(view.ring.members) },
  });

  test.each<[string, Parameters<typeof changed>[0], string]>([
    [
      'a member whose pod is gone',
      {
        cluster: (cluster) => ({
          ...cluster,
          pods: cluster.pods?.filter(({ name }) => !name.endsWith('mimir-ingester-3')),
        }),
      },
      'bad member-without-pod',
    ],
    [
      'a member that was scaled away and not forgotten',
      {
        view: states('UNHEALTHY'),
        cluster: (cluster) => ({
          ...cluster,
          pods: cluster.pods?.filter(({ name }) => !name.endsWith('mimir-ingester-3')),
        }),
      },
      'bad un-forgotten',
    ],
    [
      'a pod that the ring does not know',
      { view: (view) => members(view, (all) => all.slice(0, 3)) },
      'warn pod-without-member',
    ],
    [
      'a replication factor that is not met',
      { view: (view) => ({ ...view, settings: { ...view.settings, replicationFactor: 5 } }) },
      'bad rf-not-met',
    ],
    [
      'no priority',
      { pod: (pod) => ({ ...pod, scheduling: { ...pod.scheduling, priorityClass: undefined, priority: 0 } }) },
      'warn priority-missing',
    ],
    ['no PDB', { cluster: (cluster) => ({ ...cluster, budgets: [] }) }, 'bad pdb-missing'],
    [
      'a PDB that lets two go',
      {
        cluster: (cluster) => ({
          ...cluster,
          budgets: cluster.budgets?.map((budget) => ({ ...budget, maxUnavailable: '50%' })),
        }),
      },
      'bad pdb-weak',
    ],
    [
      'a PDB that blocks a drain',
      {
        cluster: (cluster) => ({
          ...cluster,
          budgets: cluster.budgets?.map((budget) => ({ ...budget, disruptionsAllowed: 0 })),
        }),
      },
      'warn pdb-blocks',
    ],
    [
      'two PDBs on one pod',
      {
        cluster: (cluster) => ({
          ...cluster,
          budgets: cluster.budgets?.flatMap((budget) => [budget, { ...budget, name: `${budget.name}-2` }]),
        }),
      },
      'bad pdb-two',
    ],
    [
      'a replica that came back empty',
      {
        pod: (pod, index) => (index === 2 ? { ...pod, startedUnix: unixOf(stateOf('incident')) - 60 } : pod),
        view: (view) =>
          members(view, (all) =>
            all.map((member) => ({
              ...member,
              registeredUnix: (member.registeredUnix ?? 0) - (member.id.endsWith('-2') ? 86_400 : 0),
            })),
          ),
      },
      'warn amnesiac',
    ],
    ['an ingester that leaves', { view: states('LEAVING') }, 'warn odd'],
    [
      'all of them in one zone',
      { cluster: (cluster) => ({ ...cluster, nodes: cluster.nodes?.map((one) => ({ ...one, zone: 'z' })) }) },
      'warn one-zone',
    ],
  ])('%s', (_name, change, cause) => {
    expect(causes(changed(change))).toContain(cause);
  });

  test.each<[string, Parameters<typeof changed>[0], string]>([
    [
      'a ring page in HTML',
      { view: (view) => ({ ...view, ring: undefined, because: 'a web page where JSON was promised' }) },
      'ring-unknown',
    ],
    [
      'an unknown replication factor',
      { view: (view) => ({ ...view, settings: { ...view.settings, replicationFactor: undefined } }) },
      'rf-unknown',
    ],
    [
      'an instance without tokens',
      {
        view: (view) =>
          members(view, (all) => all.map((member, index) => (index === 0 ? { ...member, tokens: [] } : member))),
      },
      'no-tokens',
    ],
    ['a state that nobody knows', { view: states('unknown') }, 'state-unknown'],
    [
      'a node that the API does not know',
      { cluster: (cluster) => ({ ...cluster, nodes: cluster.nodes?.filter(({ name }) => name !== node('2-11')) }) },
      'node-unknown',
    ],
    ['pods that could not be listed', { cluster: (cluster) => ({ ...cluster, pods: undefined }) }, 'placement-unknown'],
    ['PDBs that could not be listed', { cluster: (cluster) => ({ ...cluster, budgets: undefined }) }, 'pdb-unknown'],
  ])('%s is unknown with its reason, never good', (_name, change, cause) => {
    const spread = changed(change);
    expect(spread.verdict).toBe('unknown');
    expect(spread.findings).toContainEqual(expect.objectContaining({ verdict: 'unknown', cause }));
    expect(spread.because.length).toBeGreaterThan(10);
  });

  test('an owner of a partition that the members do not know: the two rings disagree', () => {
    const spread = changed(
      { view: (view) => members(view, (all) => all.map((member) => ({ ...member, id: 'other-0' }))) },
      'tempo live-store',
    );
    expect(causes(spread)).toContain('unknown rings-disagree');
  });

  test('without a replication factor no loss is told, and none is good', () => {
    const spread = changed({
      view: (view) => ({ ...view, settings: { ...view.settings, replicationFactor: undefined } }),
    });
    const zones = new Map([[node('1-11'), 'a']]);
    const losses = finish(lossesOf(spread, { zones, lost: new Set(), pairsMax: 5 }));
    expect(losses?.byNode.get(node('1-11'))).toMatchObject({
      verdict: 'unknown',
      writeQuorumLostShare: null,
      readsFail: null,
    });
  });
});
