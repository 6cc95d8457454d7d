import type { Inventory } from '../domain/discover.ts';
import type { Clock } from '../domain/exchange.ts';
import type { Workload } from '../domain/kube.ts';
import type { KubeKinds } from '../domain/kube-kinds.ts';
import { recognise } from '../domain/product.ts';
import type { Fault, Origin, Result } from '../domain/result.ts';
import type { Kubernetes, Surveyed } from './clients.ts';

/** Two who want to know at about the same time are told the same. */
const KEPT_SECONDS = 5;
const CONFIGS_MAX = 4;
/** It is shared, so that one who leaves does not take it from the others; it ends by itself. */
const SURVEY_MS = 30_000;

type Lists = Pick<Kubernetes, 'context' | 'list' | 'one' | 'namespaces' | 'source'>;

/**
 * What a cluster holds of the stack, listed once for all who ask at the same time: workloads and services of the whole
 * cluster, pods only of the namespaces where the stack was found.
 *
 * Fails: never; what may not be listed is a gap, and the namespaces one may look into are looked into.
 */
export function makeSurvey(lists: Lists, clock: Clock): () => Promise<Surveyed> {
  let last: { readonly atUnix: number; readonly survey: Promise<Surveyed>; failed: boolean } | undefined;
  return () => {
    const age = last === undefined ? Number.POSITIVE_INFINITY : Math.abs(clock.now() - last.atUnix);
    if (last && age < KEPT_SECONDS && !last.failed) return last.survey;
    const kept = { atUnix: clock.now(), survey: survey(lists, AbortSignal.timeout(SURVEY_MS)), failed: false };
    last = kept;
    void kept.survey.then(({ gaps }) => {
      kept.failed = gaps.some(({ kind }) => kind !== 'forbidden');
    });
    return kept.survey;
  };
}

async function survey(lists: Lists, signal: AbortSignal): Promise<Surveyed> {
  const gaps: Fault[] = [];
  let origin: Origin | undefined;
  const take = async <K extends keyof KubeKinds>(kind: K): Promise<readonly KubeKinds[K][]> => {
    const found = await wide(lists, kind, lists.namespaces, signal);
    gaps.push(...found.gaps);
    origin ??= found.origin;
    return found.items;
  };
  const [sets, deployments, daemons, services] = await Promise.all([
    take('statefulsets'),
    take('deployments'),
    take('daemonsets'),
    take('services'),
  ]);
  const workloads = [...sets, ...deployments, ...daemons];
  // Nobody there: to ask for pods as well would only be waited for once more.
  if (origin === undefined && gaps.every(({ kind }) => kind !== 'forbidden'))
    return { inventory: { cluster: lists.context, workloads, services, pods: [] }, gaps, origin };
  const stack = workloads.filter((workload) => recognise(workload) !== undefined);
  const namespaces = workloads.length > 0 ? stack.map(({ namespace }) => namespace) : lists.namespaces;
  const pods = await Promise.all(
    [...new Set(namespaces)].map(async (namespace) => {
      const answer = await lists.list('pods', namespace, signal);
      if (!answer.ok) gaps.push(answer.fault);
      else origin ??= answer.origin;
      return answer.ok ? answer.value : [];
    }),
  );
  const configs = await configsOf(lists, stack, signal);
  const inventory: Inventory = { cluster: lists.context, workloads, services, pods: pods.flat(), configs };
  return { inventory, gaps, origin };
}

/** Of the whole cluster, or after a 403 of each namespace; that the rest could not be seen stays a gap. */
async function wide<K extends keyof KubeKinds>(
  lists: Lists,
  kind: K,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<{ items: readonly KubeKinds[K][]; gaps: readonly Fault[]; origin?: Origin }> {
  const whole = await lists.list(kind, undefined, signal);
  if (whole.ok) return { items: whole.value, gaps: whole.gaps, origin: whole.origin };
  if (whole.fault.kind !== 'forbidden') return { items: [], gaps: [whole.fault] };
  const parts: Result<readonly KubeKinds[K][]>[] = await Promise.all(
    namespaces.map((namespace) => lists.list(kind, namespace, signal)),
  );
  const given = parts.flatMap((part) => (part.ok ? [part] : []));
  const refused = parts.flatMap((part) => (part.ok ? [] : [part.fault]));
  return {
    items: given.flatMap(({ value }) => value),
    // The narrower refusal says more: it names the namespace that one may not look into either.
    gaps: refused.length > 0 ? refused : [whole.fault],
    origin: given[0]?.origin,
  };
}

/** What Mimir's mode may stand in, where its pods mount it; secrets are never read. */
async function configsOf(
  lists: Lists,
  stack: readonly Workload[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const mimirs = stack.filter((workload) => recognise(workload)?.product === 'mimir');
  const names = mimirs.flatMap(({ namespace, configMaps }) =>
    configMaps.filter((name) => /mimir.*config|config.*mimir/.test(name)).map((name) => [namespace, name] as const),
  );
  const wanted = new Map(names.map(([namespace, name]) => [`${namespace}/${name}`, [namespace, name] as const]));
  const read = await Promise.all(
    [...wanted].slice(0, CONFIGS_MAX).map(async ([key, [namespace, name]]) => {
      const answer = await lists.one('configmaps', namespace, name, signal);
      return [key, answer.ok ? Object.values(answer.value.data).join('\n') : undefined] as const;
    }),
  );
  return new Map(read.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}
