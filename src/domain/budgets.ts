import type { Replica } from './placement.ts';
import { type DisruptionBudget, matchesLabels, type PlacedPod, type ZoneBudget } from './scheduling.ts';
import { formatAge } from './units.ts';

/** What a PodDisruptionBudget does for these replicas. */
export interface BudgetJudgement {
  readonly state: 'good' | 'missing' | 'weak' | 'blocks' | 'two' | 'not-needed' | 'unknown';
  readonly name: string | null;
  /** How many may be gone at a time, by what is written; undefined where that cannot be told. */
  readonly allows: number | undefined;
  readonly because: string;
}

/** What is known of budgets, and when. */
export interface BudgetsAsked {
  /** Undefined: they could not be listed. */
  readonly budgets: readonly DisruptionBudget[] | undefined;
  /** Undefined: nobody asked, or they could not be listed. */
  readonly zoneBudgets: readonly ZoneBudget[] | undefined;
  /** Replicas that may be gone without loss; undefined where that is not known. */
  readonly spare: number | undefined;
  readonly nowUnix: number;
}

/** A rollout takes minutes; a drain that waits longer than this waits for somebody. Source: diagnostics.md 3.4. */
const HANGS_SECONDS = 900;

interface Selecting {
  readonly namespace: string;
  readonly selector: DisruptionBudget['selector'];
}

/** PDBs that select a pod. */
export const budgetsOf = <B extends Selecting>(pod: PlacedPod, budgets: readonly B[]): readonly B[] =>
  budgets.filter(({ namespace, selector }) => namespace === pod.namespace && matchesLabels(selector, pod.labels));

const judgement = (
  state: BudgetJudgement['state'],
  because: string,
  name: string | null = null,
  allows?: number,
): BudgetJudgement => ({ state, name, allows, because });

/**
 * Does a PDB keep a drain from taking more replicas than can be spared?
 *
 * Fails:  never; where PDBs could not be listed it is unknown.
 * Source: policy/v1; two PDBs on one pod make the eviction API answer 500; the rollout-operator's zone-aware budgets.
 */
export function judgeBudget(replicas: readonly Replica[], asked: BudgetsAsked): BudgetJudgement {
  const { budgets, zoneBudgets } = asked;
  const pods = replicas.flatMap(({ pod }) => (pod ? [pod] : []));
  const [first] = pods;
  if (first === undefined) return judgement('unknown', 'no pods are to be seen');
  const byZone = zoneBudgets && judgeZoneBudget(pods, zoneBudgets);
  if (budgets === undefined) return byZone ?? judgement('unknown', 'PodDisruptionBudgets could not be listed');
  const perPod = pods.map((pod) => budgetsOf(pod, budgets));
  const double = perPod.find((found) => found.length > 1);
  if (double)
    return judgement(
      'two',
      `PDBs ${double.map(({ name }) => name).join(' and ')} select the same pod: its eviction answers 500`,
    );
  const [budget] = perPod.flat();
  if (byZone && (!budget || byZone.state !== 'good')) return byZone;
  if (!budget)
    return pods.length === 1
      ? judgement('not-needed', 'one replica: a PDB could only block its node')
      : judgement('missing', 'no PodDisruptionBudget: a drain may take all of them at once');
  return judgeOne(budget, pods.length, perPod.filter((found) => found.length === 0).length, asked);
}

function judgeOne(
  budget: DisruptionBudget,
  pods: number,
  uncovered: number,
  { spare, nowUnix }: BudgetsAsked,
): BudgetJudgement {
  const { name, disruptionsAllowed, refusesSinceUnix } = budget;
  const allows = allowedBy(budget, pods);
  const say = (state: BudgetJudgement['state'], because: string): BudgetJudgement =>
    judgement(state, because, name, allows);
  if (uncovered > 0) return say('weak', `PDB ${name} leaves ${uncovered} of ${pods} pods out`);
  if (spare !== undefined && allows !== undefined && allows > spare && pods > 1)
    return say('weak', `PDB ${name} lets ${allows} go at a time, ${spare} can be spared`);
  if (allows === 0) return say('blocks', `PDB ${name} never lets one go: every drain hangs`);
  if (disruptionsAllowed === 0) {
    const seconds = refusesSinceUnix === undefined ? undefined : Math.max(0, nowUnix - refusesSinceUnix);
    if (seconds === undefined) return say('blocks', `PDB ${name} allows no disruption now: a drain waits`);
    const waits = seconds > HANGS_SECONDS ? 'drains hang' : 'a drain waits';
    return say('blocks', `PDB ${name} has allowed no disruption for ${formatAge(seconds)}: ${waits}`);
  }
  const lets = allows ?? disruptionsAllowed;
  return lets === undefined
    ? say('unknown', `how many PDB ${name} lets go is not known: it has no bounds and no status`)
    : say('good', `PDB ${name} lets ${lets} go at a time`);
}

/** Undefined: none of them selects these pods. */
function judgeZoneBudget(pods: readonly PlacedPod[], budgets: readonly ZoneBudget[]): BudgetJudgement | undefined {
  const perPod = pods.map((pod) => budgetsOf(pod, budgets));
  const [budget] = perPod.flat();
  if (!budget) return undefined;
  const uncovered = perPod.filter((found) => found.length === 0).length;
  const zones = [...Map.groupBy(pods, zoneOf).values()].map((zone) => allowedOfZone(budget, zone.length));
  const allows = zones.every((count) => count !== undefined) ? Math.min(...zones) : undefined;
  const of = budget.byPartition ? 'a partition' : 'one zone';
  if (uncovered > 0)
    return judgement(
      'weak',
      `zone-aware PDB ${budget.name} leaves ${uncovered} of ${pods.length} pods out`,
      budget.name,
    );
  if (allows === 0)
    return judgement('blocks', `zone-aware PDB ${budget.name} never lets one go: every drain hangs`, budget.name, 0);
  const because = `zone-aware PDB ${budget.name} lets ${budget.maxUnavailable ?? '?'} of ${of} go at a time`;
  return judgement('good', because, budget.name, allows);
}

/** The chart's StatefulSets bear their zone as a label too. */
export const zoneOf = ({ labels, owner }: PlacedPod): string => labels.zone ?? owner?.name ?? '';

/**
 * Pods that may be gone at a time, of so many of one zone; undefined where that cannot be told.
 *
 * Source: rollout-operator pkg/zpdb/config.go, maxUnavailablePods: percentages are rounded down, and are one pod at least.
 */
export function allowedOfZone({ maxUnavailable = '1' }: ZoneBudget, pods: number): number | undefined {
  const percent = /^(\d+)%$/.exec(maxUnavailable);
  if (percent === null) return countOf(maxUnavailable, pods);
  const share = Number(percent[1]);
  return share === 0 ? 0 : Math.max(1, Math.floor((share * pods) / 100));
}

function countOf(bound: string, pods: number): number | undefined {
  const percent = /^(\d+)%$/.exec(bound);
  if (percent) return Math.ceil((Number(percent[1]) / 100) * pods);
  return /^\d+$/.test(bound) ? Number(bound) : undefined;
}

/** Pods that may be gone at a time, of so many. Percentages are rounded up. Source: policy/v1, disruption controller. */
export function allowedBy({ maxUnavailable, minAvailable }: DisruptionBudget, pods: number): number | undefined {
  if (maxUnavailable !== undefined) return countOf(maxUnavailable, pods);
  const least = minAvailable === undefined ? undefined : countOf(minAvailable, pods);
  return least === undefined ? undefined : Math.max(0, pods - least);
}
