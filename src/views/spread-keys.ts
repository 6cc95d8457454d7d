import type { Replica } from '../domain/placement.ts';
import type { SpreadRow } from './spread-rows.ts';
import { go, type Intent, refuse } from './view.ts';

const replicasOf = (row: SpreadRow): readonly Replica[] => {
  if (row.kind === 'component') return row.spread.replicas;
  return row.kind === 'node' ? row.held.flatMap(({ replicas }) => replicas) : [];
};

/** Lines of the replica that does not count, else of the only one there is. */
export function goLogs(row: SpreadRow): Intent {
  const standing = replicasOf(row).filter(({ pod }) => pod !== undefined);
  const { pod } = standing.find(({ alive }) => !alive) ?? standing[0] ?? {};
  if (pod === undefined) return refuse('no pod of a ring is to be seen here');
  if (standing.length > 1 && standing.every(({ alive }) => alive))
    return refuse(`${standing.length} replicas, none is down: p lists them, l there opens the lines of one`);
  return go('logs', { namespace: pod.namespace, pod: pod.name });
}

/** Pods of the node, or of the workload. */
export function goPods(row: SpreadRow): Intent {
  if (row.kind === 'node') return go('pods', { cluster: row.cluster, node: row.node });
  if (row.kind !== 'component') return refuse('p lists the pods of a node or of a component: move down to one');
  const { workload, spread } = row;
  const pod = spread.replicas.find((replica) => replica.pod)?.pod;
  if (pod === undefined) return refuse('none of its pods is to be seen');
  return go('pods', {
    cluster: row.cluster,
    namespace: pod.namespace,
    ...(workload !== undefined && { workload }),
  });
}
