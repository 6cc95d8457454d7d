import { shortNode } from '../domain/node-name.ts';
import type { Replica } from '../domain/placement.ts';
import type { SpreadRow } from './spread-row.ts';
import { go, type Intent, type Params, refuse } from './view.ts';

const replicasOf = (row: SpreadRow): readonly Replica[] => {
  if (row.kind === 'component') return row.spread.replicas;
  return row.kind === 'node' || row.kind === 'nowhere' ? row.held.flatMap(({ replicas }) => replicas) : [];
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

/** The mark is a parameter: crumb, link and `--lose` say the same. A zone is marked by its nodes. */
export function toggle(row: SpreadRow, params: Params): Intent {
  if (row.kind !== 'node' && row.kind !== 'zone') return refuse('space marks a node as lost: move down to one');
  const nodes = row.kind === 'node' ? [row.node] : row.nodes;
  const lost = (params.lose ?? '').split(',').filter((name) => name !== '');
  const isMarked = (node: string): boolean => lost.includes(node) || lost.includes(shortNode(node));
  const without = lost.filter((name) => !nodes.some((node) => name === node || name === shortNode(node)));
  const next = nodes.every(isMarked) ? without : [...without, ...nodes];
  const { lose: _before, ...others } = params;
  return { do: 'stay', params: next.length === 0 ? others : { ...others, lose: next.join(',') } };
}
