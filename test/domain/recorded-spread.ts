import { readFileSync } from 'node:fs';
import type { Fields } from '../../src/clients/decode.ts';
import { nodeOf } from '../../src/clients/decode-kube.ts';
import { decodePartitionRing, decodeRing } from '../../src/clients/decode-ring.ts';
import { budgetOf, placedPodOf, placedWorkloadOf } from '../../src/clients/decode-scheduling.ts';
import { SPREAD_COMPONENTS } from '../../src/domain/components.ts';
import type { PartitionRing, Ring } from '../../src/domain/ring.ts';
import { NO_SETTINGS, parseConfigDump, settingsIn } from '../../src/domain/ring-config.ts';
import { spreadOf } from '../../src/domain/spread.ts';
import type { ClusterView, ComponentSpread, RingView } from '../../src/domain/spread-model.ts';

interface State {
  readonly at: string;
  readonly rings: Readonly<Record<string, string>>;
  readonly kube: Readonly<Record<string, { items: Fields[] }>>;
  readonly reads: Readonly<Record<string, number>>;
  /** Pushes by the status that the distributor answered, for about half a minute. */
  readonly pushes?: Readonly<Record<string, number>>;
}

/** Answers of real servers; see `source` in the file. */
export const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/spread-recorded.json', import.meta.url), 'utf8'),
) as { readonly states: Readonly<Record<string, State>> };

export type StateName = 'incident' | 'lost' | 'late' | 'down' | 'two';

const RING_NAMES: Readonly<Record<string, string>> = {
  'mimir ingester': 'mimir/ring/ingester',
  'mimir store-gateway': 'mimir/ring/store-gateway',
  'mimir compactor': 'mimir/ring/compactor',
  'mimir distributor': 'mimir/ring/distributor',
  'mimir ruler': 'mimir/ring/ruler',
  'loki ingester': 'loki/ring',
  'tempo live-store': 'tempo/live-store/ring',
};

export function stateOf(name: StateName): State {
  const state = recorded.states[name];
  const whole = recorded.states.incident;
  if (!state || !whole) throw new Error(`no state ${name}`);
  const ingesters = state.kube.pods?.items ?? [];
  const names = new Set(ingesters.map(nameOf));
  const pods = [...ingesters, ...(whole.kube.pods?.items ?? []).filter((pod) => !names.has(nameOf(pod)))];
  return { ...state, rings: { ...whole.rings, ...state.rings }, kube: { ...whole.kube, pods: { items: pods } } };
}

const nameOf = (item: Fields): unknown => (item.metadata as { name?: string } | undefined)?.name;

const read = <T>(state: State, kind: string, one: (item: Fields) => T | undefined): T[] =>
  (state.kube[kind]?.items ?? []).map(one).filter((item) => item !== undefined);

export const clusterOf = (state: State): ClusterView => ({
  pods: read(state, 'pods', placedPodOf),
  nodes: read(state, 'nodes', nodeOf),
  workloads: [
    ...read(state, 'statefulsets', placedWorkloadOf('StatefulSet')),
    ...read(state, 'deployments', placedWorkloadOf('Deployment')),
  ],
  budgets: read(state, 'pdbs', budgetOf),
});

export const ringOf = (state: State, component: string): Ring | undefined => {
  const text = state.rings[RING_NAMES[component] ?? ''];
  const decoded = text === undefined ? undefined : decodeRing(text);
  return decoded?.ok ? decoded.value : undefined;
};

export function partitionsOf(state: State): PartitionRing | undefined {
  const decoded = decodePartitionRing(state.rings['tempo/partition-ring'] ?? '');
  return decoded.ok ? decoded.value : undefined;
}

/** Loki's factor stands in its own metrics, Mimir's settings in its configuration. */
export function viewOf(state: State, component: string): RingView {
  const dump = parseConfigDump(state.rings['mimir/config/diff'] ?? '');
  const settings = component.startsWith('mimir') && dump.ok ? settingsIn(dump.value, component) : NO_SETTINGS;
  return {
    ring: ringOf(state, component),
    because: '',
    partitions: component === 'tempo live-store' ? partitionsOf(state) : undefined,
    settings: component === 'loki ingester' ? { ...settings, replicationFactor: 3 } : settings,
  };
}

export const unixOf = (state: State): number => Date.parse(state.at) / 1000;

/** One component as it was. */
export function spreadIn(name: StateName, id: string): ComponentSpread {
  const state = stateOf(name);
  const component = SPREAD_COMPONENTS.find((one) => one.id === id);
  const spread = component && spreadOf(component, viewOf(state, id), clusterOf(state), unixOf(state));
  if (!spread) throw new Error(`no ${id} in ${name}`);
  return spread;
}
