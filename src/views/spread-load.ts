import { SPREAD_COMPONENTS, type SpreadComponent } from '../domain/components.ts';
import { downNow, type FindLast, type LastReplica, lastReplicas } from '../domain/last-replicas.ts';
import { type ComponentLosses, lossesOf, withLosses } from '../domain/losses.ts';
import { shortNode } from '../domain/node-name.ts';
import type { Fault, Origin, Result } from '../domain/result.ts';
import { cutTokenSpace, type Ring, sharesIn, type TokenRanges, type TokenShares } from '../domain/ring.ts';
import { spreadId, spreadOf } from '../domain/spread.ts';
import type { ClusterView, ComponentSpread, RingView } from '../domain/spread-model.ts';
import type { Steps } from '../domain/steps.ts';
import { byTenant } from '../domain/tenant-shards.ts';
import { inBatches, makeGaps } from './arrival.ts';
import { askCluster, type ClusterAnswer } from './spread-cluster.ts';
import { askRings, isAbsent, mergeRings, type RingAnswers } from './spread-rings.ts';
import type { LoadInput } from './view.ts';

/** All that `spread` and `drain` are made of, once everybody has answered, or on the way. */
export interface SpreadAnswer {
  readonly cluster: ClusterAnswer;
  readonly components: readonly {
    readonly spread: ComponentSpread;
    readonly losses?: ComponentLosses;
    /** Who said it: its ring, where one answered, else the cluster. */
    readonly origin: Origin;
  }[];
  /** Nodes that the user marked as lost, by their full names. */
  readonly lost: ReadonlySet<string>;
  /** What was marked, and is no node. */
  readonly strangers: readonly string[];
  /** Workloads that lose their last ready replica with some nodes. */
  readonly last: FindLast;
  /** Workloads that have no ready replica as things stand. */
  readonly down: readonly LastReplica[];
  readonly gaps: readonly Fault[];
  readonly complete: boolean;
}

const PAIRS_MAX = 20;
/** What most have answered by then: a screen that stands is not taken apart for less. Milliseconds. */
const PATIENCE_MS = 600;

/** Ask rings and clusters, join them, then work out what each node takes with it. Each yield replaces the last. */
export async function* loadPlacement(input: LoadInput): AsyncGenerator<SpreadAnswer> {
  const gaps = makeGaps();
  const clusters: ClusterAnswer[] = [];
  const answered: RingAnswers[] = [];
  const tasks = [
    ...input.clients.clusters.map(async (cluster) => {
      const found = await askCluster(cluster, input, gaps);
      if (found) clusters.push(found);
    }),
    ...askRings(input).map(async (asked) => {
      answered.push(await asked);
    }),
  ];
  let rings = mergeRings([]);
  let spreads: readonly ComponentSpread[] = [];
  let cluster: ClusterAnswer = noCluster(input);
  let last = lastIn(cluster);
  const cut = new Map<Ring, Cut>();
  let waiting = tasks.length;
  for await (const arrived of inBatches(tasks, PATIENCE_MS)) {
    waiting -= arrived.length;
    rings = mergeRings(answered);
    const found = chosen(clusters, rings) ?? cluster;
    if (found !== cluster) last = lastIn(found);
    cluster = found;
    await cutRings(rings, cut, input.signal);
    if (input.signal.aborted) return;
    spreads = joinAll(rings, cut, cluster, input);
    if (waiting === 0) break;
    const here = spreads.filter(({ component }) => rings.answered(component.id));
    if (here.length > 0) yield answer(here, undefined, { cluster, last, rings, gaps: gaps.list }, input);
  }
  for (const fault of faultsOf(rings, spreads)) gaps.note(fault);
  for (const fault of noSuchNodes(input, cluster)) gaps.note(fault);
  const losses = await lossesFor(spreads, cluster, input);
  if (input.signal.aborted) return;
  yield answer(spreads, losses, { cluster, last, rings, gaps: gaps.list }, input);
}

const lastIn = ({ workloads, pods, budgets }: ClusterView): FindLast => lastReplicas(workloads, pods ?? [], budgets);

interface Cut {
  readonly ranges: TokenRanges;
  readonly shares: TokenShares;
}

/** Once for each ring: to join it again with what came later needs no second sorting. */
async function cutRings({ rings }: RingAnswers, cut: Map<Ring, Cut>, signal: AbortSignal): Promise<void> {
  for (const answered of rings.values()) {
    if (!answered.ok || cut.has(answered.value)) continue;
    const { members } = answered.value;
    const ranges = await drive(cutTokenSpace(members.map(({ tokens }) => tokens)), signal);
    if (ranges) cut.set(answered.value, { ranges, shares: sharesIn(ranges, members.length) });
  }
}

async function lossesFor(
  spreads: readonly ComponentSpread[],
  cluster: ClusterAnswer,
  input: LoadInput,
): Promise<ReadonlyMap<string, ComponentLosses>> {
  const losses = new Map<string, ComponentLosses>();
  const zones = new Map(nodesOf(cluster).map(({ name, zone }) => [name, zone]));
  const { lost } = lostIn(input, cluster);
  for (const spread of spreads) {
    const found = await drive(lossesOf(spread, { zones, lost, pairsMax: PAIRS_MAX }), input.signal);
    if (found) losses.set(spreadId(spread), found);
  }
  return losses;
}

/** Step by step, with a turn for keys and frames between two steps. */
async function drive<T>(steps: Steps<T>, signal: AbortSignal): Promise<T | undefined> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (signal.aborted) return undefined;
  }
}

function answer(
  spreads: readonly ComponentSpread[],
  losses: ReadonlyMap<string, ComponentLosses> | undefined,
  { rings, ...found }: Pick<SpreadAnswer, 'cluster' | 'last' | 'gaps'> & { readonly rings: RingAnswers },
  input: LoadInput,
): SpreadAnswer {
  return {
    ...found,
    components: spreads.map((spread) => {
      const lost = losses?.get(spreadId(spread));
      const ring = rings.rings.get(spread.component.id);
      return {
        spread: withLosses(spread, lost),
        ...(lost && { losses: lost }),
        origin: ring?.ok ? ring.origin : found.cluster.origin,
      };
    }),
    ...lostIn(input, found.cluster),
    down: downNow(found.cluster.workloads, found.cluster.pods, found.cluster.budgets),
    complete: losses !== undefined,
  };
}

const joinAll = (
  rings: RingAnswers,
  cut: ReadonlyMap<Ring, Cut>,
  cluster: ClusterAnswer,
  { nowUnix, tenants }: LoadInput,
): readonly ComponentSpread[] =>
  SPREAD_COMPONENTS.flatMap((component) => {
    const spread = spreadOf(component, viewOf(component, rings, cut), cluster, nowUnix);
    if (!spread) return [];
    const { tenantShards: ofTenants, shardsFault } = rings;
    const byDefault = spread.view.settings.tenantShardSize ?? 0;
    return byTenant(spread, tenants, { byDefault, ofTenants, unread: shardsFault?.said }, nowUnix);
  });

function viewOf({ id, partitions }: SpreadComponent, rings: RingAnswers, cut: ReadonlyMap<Ring, Cut>): RingView {
  const ring = valueIn(rings.rings.get(id));
  return {
    ring,
    because: saidOf(rings.rings.get(id)),
    partitions: partitions && valueIn(rings.partitions.get(partitions)),
    settings: rings.settings(id),
    ...(ring && cut.get(ring)),
  };
}

const valueIn = <T>(result: Result<T> | undefined): T | undefined => (result?.ok ? result.value : undefined);
const saidOf = (result: Result<unknown> | undefined): string =>
  result === undefined || result.ok ? 'nobody has answered for it' : result.fault.said;

/** A ring that nobody has is no gap; one whose members stand there as pods is. */
function faultsOf(rings: RingAnswers, spreads: readonly ComponentSpread[]): readonly Fault[] {
  const there = spreads.map(({ component }) => component);
  const ofRings = there.flatMap(({ id, use, partitions, beside }) => {
    if (use === undefined && partitions === undefined) return [];
    const result = rings.rings.get(id);
    // Its row says so; reads and writes do not hang on it.
    if (beside && result && !result.ok && isAbsent(result.fault)) return [];
    return result && !result.ok ? [result.fault] : (result?.gaps ?? []);
  });
  const ofPartitions = there.flatMap(({ id, partitions }) => {
    const result = partitions && rings.partitions.get(partitions);
    return result && !result.ok && id === 'tempo live-store' ? [result.fault] : [];
  });
  const { shardsFault } = rings;
  const ofShards = shardsFault && !isAbsent(shardsFault) && spreads.some(({ unsharded }) => unsharded);
  const ofSettings = rings.settingsGaps(there.map(({ id }) => id));
  return [...ofRings, ...ofPartitions, ...ofSettings, ...(ofShards ? [shardsFault] : [])];
}

/** The cluster that most members of the rings stand in, else the first with anything of the stack. */
function chosen(clusters: readonly ClusterAnswer[], rings: RingAnswers): ClusterAnswer | undefined {
  const ids = new Set([...rings.rings.values()].flatMap((ring) => valueIn(ring)?.members.map(({ id }) => id) ?? []));
  const known = ({ pods }: ClusterAnswer): number => (pods ?? []).filter(({ name }) => ids.has(name)).length;
  return clusters.toSorted((left, right) => known(right) - known(left))[0];
}

const noCluster = ({ clients, nowUnix }: LoadInput): ClusterAnswer => ({
  context: '',
  pods: undefined,
  nodes: undefined,
  workloads: [],
  budgets: undefined,
  unseen: ['workloads', 'pods'],
  origin: {
    source: clients.sources[0] ?? { backend: 'mimir', place: '' },
    tenant: null,
    atUnix: nowUnix,
    path: '',
    asked: '',
  },
});

/** Nodes by name: those the API knows, and those that pods name. */
export function nodesOf({ nodes, pods }: ClusterView): readonly { name: string; zone: string | undefined }[] {
  const known = nodes?.map(({ name, zone }) => ({ name, zone })) ?? [];
  const names = new Set(known.map(({ name }) => name));
  const named = new Set((pods ?? []).flatMap(({ node }) => (node !== undefined && !names.has(node) ? [node] : [])));
  return [...known, ...[...named].map((name) => ({ name, zone: undefined }))];
}

/** `lose=a,b`, by full name or by what comes before the first dot. */
function lostIn({ params }: LoadInput, cluster: ClusterView): Pick<SpreadAnswer, 'lost' | 'strangers'> {
  const asked = (params.lose ?? '').split(',').map((name) => name.trim());
  const nodes = nodesOf(cluster).map(({ name }) => name);
  const found = asked
    .filter((name) => name !== '')
    .map((name) => ({
      name,
      node: nodes.find((node) => node === name) ?? nodes.find((node) => shortNode(node) === name),
    }));
  return {
    lost: new Set(found.flatMap(({ node }) => node ?? [])),
    strangers: found.filter(({ node }) => node === undefined).map(({ name }) => name),
  };
}

/** Where no node is known at all, that is the gap. */
const noSuchNodes = (input: LoadInput, cluster: ClusterAnswer): readonly Fault[] =>
  nodesOf(cluster).length === 0
    ? []
    : lostIn(input, cluster).strangers.map((name) => ({
        kind: 'not-found',
        source: cluster.origin.source,
        said: `there is no node ${name} in ${cluster.context}`,
      }));
