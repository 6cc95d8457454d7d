import type { Kubernetes } from '../clients/clients.ts';
import { componentOf, isOf, productOf, SPREAD_COMPONENTS } from '../domain/components.ts';
import type { KubeKinds } from '../domain/kube-kinds.ts';
import type { Origin } from '../domain/result.ts';
import type { PlacedWorkload } from '../domain/scheduling.ts';
import type { ClusterView } from '../domain/spread-model.ts';
import type { Gaps } from './arrival.ts';
import type { LoadInput } from './view.ts';

/** One cluster with what of the stack stands in it. */
export interface ClusterAnswer extends ClusterView {
  readonly context: string;
  readonly origin: Origin;
  /** Lists without which nobody can tell whose last replica stands on a node. */
  readonly unseen: readonly string[];
}

/** What of the stack stands in a cluster; undefined: nothing. Pods and budgets only of the namespaces where it stands. */
export async function askCluster(
  cluster: Kubernetes,
  input: LoadInput,
  gaps: Gaps,
): Promise<ClusterAnswer | undefined> {
  const list = <K extends keyof KubeKinds>(kind: K) => everywhere(cluster, kind, input.signal, gaps);
  const [sets, deployments] = await Promise.all([list('placedStatefulsets'), list('placedDeployments')]);
  const workloads = [...(sets?.items ?? []), ...(deployments?.items ?? [])];
  const ours = workloads.filter(({ podLabels }) => isStack({ labels: podLabels }));
  // Who may see pods and no workloads still sees which pods share a node.
  const blind = sets === undefined && deployments === undefined;
  const namespaces = new Set(blind ? cluster.namespaces : ours.map(({ namespace }) => namespace));
  if (namespaces.size === 0) return undefined;
  const inAll = <K extends keyof KubeKinds>(kind: K) => inEach(cluster, kind, [...namespaces], input.signal, gaps);
  const [pods, budgets, nodes, classes, zoneBudgets] = await Promise.all([
    inAll('placedPods'),
    inAll('budgets'),
    cluster.list('nodes', undefined, input.signal),
    cluster.list('priorityclasses', undefined, input.signal),
    byZone(ours) ? inEach(cluster, 'zoneBudgets', [...namespaces], input.signal, UNHEARD) : undefined,
  ]);
  const origin = pods?.origin ?? sets?.origin ?? deployments?.origin;
  return (
    origin && {
      context: cluster.context,
      pods: pods?.items,
      nodes: gaps.take(nodes),
      workloads: workloads.filter(({ namespace }) => namespaces.has(namespace)),
      budgets: budgets?.items,
      // Whoever may not list them, or has no rollout-operator, misses one finding at most: no gap for that.
      ...(classes.ok && { priorityClasses: classes.value }),
      ...(zoneBudgets && { zoneBudgets: zoneBudgets.items }),
      origin,
      unseen: [
        ...(sets === undefined ? ['StatefulSets'] : []),
        ...(deployments === undefined ? ['Deployments'] : []),
        ...(pods === undefined ? ['pods'] : []),
      ],
    }
  );
}

/** Only the rollout-operator's workloads have budgets by zone. Source: rollout-operator README. */
const byZone = (workloads: readonly PlacedWorkload[]): boolean =>
  workloads.some(({ labels, podLabels }) => 'rollout-group' in podLabels || 'rollout-group' in labels);

const UNHEARD: Gaps = { list: [], take: (result) => (result.ok ? result.value : undefined), note: () => undefined };

const isStack = (object: Parameters<typeof productOf>[0]): boolean =>
  SPREAD_COMPONENTS.some((component) => isOf(component, object)) ||
  (['mimir', 'loki', 'tempo'].includes(productOf(object)) && componentOf(object) !== '');

interface Listed<T> {
  readonly items: readonly T[];
  readonly origin: Origin;
}

/** The whole cluster, or after a 403 the namespaces that one may look into. */
async function everywhere<K extends keyof KubeKinds>(
  cluster: Kubernetes,
  kind: K,
  signal: AbortSignal,
  gaps: Gaps,
): Promise<Listed<KubeKinds[K]> | undefined> {
  const whole = await cluster.list(kind, undefined, signal);
  if (whole.ok) return { items: whole.value, origin: whole.origin };
  if (whole.fault.kind === 'forbidden' && cluster.namespaces.length > 0)
    return inEach(cluster, kind, cluster.namespaces, signal, gaps);
  gaps.note(whole.fault);
  return undefined;
}

/** Undefined as soon as one of them is missing: half a list would hide what is wrong. */
async function inEach<K extends keyof KubeKinds>(
  cluster: Kubernetes,
  kind: K,
  namespaces: readonly string[],
  signal: AbortSignal,
  gaps: Gaps,
): Promise<Listed<KubeKinds[K]> | undefined> {
  const answers = await Promise.all(namespaces.map((namespace) => cluster.list(kind, namespace, signal)));
  const items: KubeKinds[K][] = [];
  let origin: Origin | undefined;
  let whole = true;
  for (const one of answers) {
    const found = gaps.take(one);
    if (found === undefined) whole = false;
    else items.push(...found);
    if (one.ok) origin ??= one.origin;
  }
  return whole && origin ? { items, origin } : undefined;
}
