import { judgeRule } from './affinity.ts';
import { judgeBudget } from './budgets.ts';
import { isOf, type SpreadComponent } from './components.ts';
import { placeReplicas, type Replica } from './placement.ts';
import type { Verdict } from './result.ts';
import type { Ring } from './ring.ts';
import { ruleFor } from './ring-rules.ts';
import type { PlacedPod } from './scheduling.ts';
import { judgeSpread } from './spread-findings.ts';
import type { ClusterView, ComponentSpread, Finding, RingView } from './spread-model.ts';

/**
 * Where the replicas of one component stand, and whether that keeps what the replication factor promises.
 *
 * `nowUnix`: the moment it is asked for. Undefined answer: the component is not there at all.
 * Fails:  never; what could not be seen is `unknown` with its reason, never good.
 * Source: diagnostics.md 3.2 to 3.4.
 */
export function spreadOf(
  component: SpreadComponent,
  view: RingView,
  cluster: ClusterView,
  nowUnix: number,
): ComponentSpread | undefined {
  const alike = (cluster.pods ?? []).filter((pod) => isOf(component, pod));
  const { own, beside } = ofThisRing(alike, view.ring);
  if (own.length === 0 && (view.ring?.members.length ?? 0) === 0) return undefined;
  const workloads = cluster.workloads.filter((workload) => isOf(component, { labels: workload.podLabels }));
  const { ring, settings, shares } = view;
  const replicas = placeReplicas({ ring, own, pods: cluster.pods, nodes: cluster.nodes, settings, shares });
  const mode = modeOf(component, view);
  const spread = {
    component,
    view,
    mode,
    replicas,
    beside,
    coLocated: coLocatedIn(replicas),
    rule: judgeRule(replicas, workloads, { zoneAware: settings.zoneAware === true, nodes: cluster.nodes }),
    pdb: judgeBudget(replicas, {
      budgets: cluster.budgets,
      zoneBudgets: cluster.zoneBudgets,
      spare: spareOf({ component, mode, view }),
      nowUnix,
    }),
  };
  return judged(spread, judgeSpread(spread, cluster, nowUnix), '');
}

const releaseOf = ({ namespace, labels }: PlacedPod): string =>
  `${namespace}/${labels['app.kubernetes.io/instance'] ?? ''}`;

/** Where a cluster holds several stacks, the pods of those releases that have a member in this ring; else all of them. */
function ofThisRing(
  pods: readonly PlacedPod[],
  ring: Ring | undefined,
): { readonly own: readonly PlacedPod[]; readonly beside: readonly PlacedPod[] } {
  const ids = new Set(ring?.members.map(({ id }) => id));
  const joined = new Set(pods.filter(({ name }) => ids.has(name)).map(releaseOf));
  if (joined.size === 0) return { own: pods, beside: [] };
  const isOwn = (pod: PlacedPod): boolean => joined.has(releaseOf(pod));
  return { own: pods.filter(isOwn), beside: pods.filter((pod) => !isOwn(pod)) };
}

const ORDER: readonly Verdict[] = ['bad', 'unknown', 'warn', 'good'];

/** Put findings in order, and say the worst one. `also`: a good word more where nothing is wrong, after `said`. */
export function judged(
  spread: Omit<ComponentSpread, 'findings' | 'verdict' | 'cause' | 'because' | 'next'>,
  found: readonly Finding[],
  also: string,
  said?: string,
): ComponentSpread {
  const findings = found.toSorted((left, right) => ORDER.indexOf(left.verdict) - ORDER.indexOf(right.verdict));
  const [worst] = findings;
  const well = [said ?? wellSaid(spread), ...(also === '' ? [] : [also])].join('; ');
  return {
    ...spread,
    findings,
    verdict: worst?.verdict ?? 'good',
    cause: worst?.cause ?? 'none',
    because: worst?.because ?? well,
    next: worst?.next ?? '',
  };
}

function modeOf(component: SpreadComponent, { partitions, ring }: RingView): ComponentSpread['mode'] {
  if (component.partitions && (partitions?.partitions.length ?? 0) > 0) return 'partitions';
  const placed =
    component.use !== undefined && (ring === undefined || ring.members.some(({ tokens }) => tokens.length > 0));
  return placed ? 'classic' : 'none';
}

/** A component, or the part of it that one tenant uses. */
export const spreadId = ({ component, used }: Pick<ComponentSpread, 'component' | 'used'>): string =>
  used?.tenant === undefined ? component.id : `${component.id} of ${used.tenant}`;

/**
 * Replicas that may be gone: of a majority rule less than half. Undefined: not known, or no such rule.
 *
 * Source: dskit ring/replication_strategy.go: of two copies both are needed, of four three.
 */
function spareOf({
  component,
  mode,
  view: { settings },
}: Pick<ComponentSpread, 'component' | 'mode' | 'view'>): number | undefined {
  const { replicationFactor, zoneAware } = settings;
  const { use, holdsData } = component;
  if (!holdsData || use === undefined || mode !== 'classic' || zoneAware === true || replicationFactor === undefined)
    return undefined;
  const { strategy } = ruleFor(use, replicationFactor, false);
  return strategy === 'one' ? replicationFactor - 1 : Math.floor((replicationFactor - 1) / 2);
}

function coLocatedIn(replicas: readonly Replica[]): readonly (readonly string[])[] {
  const placed = replicas.filter(({ node }) => node !== undefined);
  return [...Map.groupBy(placed, ({ node }) => node).values()]
    .filter((together) => together.length > 1)
    .map((together) => together.map(({ id }) => id));
}

function wellSaid({ replicas, coLocated, rule }: Pick<ComponentSpread, 'replicas' | 'coLocated' | 'rule'>): string {
  if (replicas.length === 1) return 'one replica, well';
  const apart = coLocated.length === 0 ? 'one per node' : 'apart by zone';
  return `${replicas.length} replicas, ${apart}${rule.effective === 'yes' ? ' by a hard rule' : ''}`;
}
