import { formatAge, UNKNOWN } from '../domain/units.ts';
import { followPods } from './pods-follow.ts';
import { loadPods, type PodRow } from './pods-load.ts';
import { go, type Tone, view } from './view.ts';

/** The stack's own pods, in all clusters, by watch. */
export const pods = view<PodRow>({
  id: 'pods',
  aliases: ['po'],
  about: 'pods of the stack: readiness, restarts, how they ended, node and zone',
  everySeconds: 15,
  tenantless: true,
  flags: [
    { flag: 'workload', param: 'workload', about: 'of this workload', value: 'NAME' },
    { flag: 'node', param: 'node', about: 'on this node', value: 'NODE' },
    { flag: 'all-pods', param: 'all', about: 'every pod of the cluster, not only those of the stack' },
  ],
  load: loadPods,
  follow: followPods,
  body: {
    kind: 'table',
    rowId: (row) => row.id,
    columns: [
      {
        id: 'name',
        title: 'POD',
        cell: (row) => row.name,
        letter: 'P',
        keep: 120,
        // Names of one workload differ at their end.
        widthMin: 36,
        widthMax: 60,
        grow: true,
      },
      {
        id: 'ready',
        title: 'READY',
        cell: (row) => `${row.ready}/${row.desired}`,
        tone: readyTone,
        sortBy: (row) => row.ready / (row.desired || 1),
        alignRight: true,
        letter: 'R',
        keep: 110,
        widthMin: 5,
      },
      {
        id: 'status',
        title: 'STATUS',
        cell: (row) => row.status,
        tone: statusTone,
        letter: 'S',
        keep: 105,
        widthMin: 7,
        widthMax: 20,
      },
      {
        id: 'restarts',
        title: 'RESTARTS',
        cell: (row) => (row.restartedAgo ? `${row.restarts} (${row.restartedAgo} ago)` : String(row.restarts)),
        tone: (row) => (row.restarts > 0 ? 'warn' : 'plain'),
        sortBy: (row) => row.restarts,
        alignRight: true,
        letter: 'T',
        keep: 95,
        widthMin: 8,
      },
      {
        id: 'ended',
        title: 'LAST END',
        cell: (row) => row.lastTermination?.reason ?? (row.restarts > 0 ? UNKNOWN : ''),
        tone: (row) => (row.lastTermination && row.lastTermination.reason !== 'Completed' ? 'bad' : 'dim'),
        letter: 'E',
        keep: 85,
        widthMin: 8,
        widthMax: 16,
      },
      {
        id: 'age',
        title: 'AGE',
        drifts: true,
        cell: (row) => formatAge(row.ageSeconds),
        sortBy: (row) => row.ageSeconds,
        alignRight: true,
        letter: 'A',
        keep: 80,
        widthMin: 4,
      },
      { id: 'cluster', title: 'CLUSTER', cell: (row) => row.cluster, letter: 'C', keep: 90, widthMin: 7, widthMax: 20 },
      {
        id: 'node',
        title: 'NODE',
        cell: (row) => row.node ?? UNKNOWN,
        letter: 'N',
        keep: 70,
        widthMin: 8,
        widthMax: 48,
        grow: true,
      },
      {
        id: 'zone',
        title: 'ZONE',
        cell: (row) => row.zone ?? UNKNOWN,
        letter: 'Z',
        keep: 65,
        widthMin: 4,
        widthMax: 18,
      },
      {
        id: 'namespace',
        title: 'NAMESPACE',
        cell: (row) => row.namespace,
        letter: 'M',
        keep: 40,
        widthMin: 9,
        widthMax: 24,
        wide: true,
      },
      {
        id: 'ip',
        title: 'IP',
        cell: (row) => row.ip ?? UNKNOWN,
        letter: 'I',
        keep: 30,
        widthMin: 8,
        widthMax: 39,
        wide: true,
      },
    ],
  },
  keys: [
    {
      key: 'enter',
      does: 'the pod, its events',
      on: (row) => go('pod', { cluster: row.cluster, namespace: row.namespace, pod: row.name }),
    },
    {
      key: 'l',
      does: 'its log lines, also of a pod that is gone',
      on: (row) => go('logs', { namespace: row.namespace, pod: row.name }),
    },
    { key: 'p', does: 'pods of the same workload', on: (row) => go('pods', siblingsOf(row)) },
    {
      key: 'o',
      does: 'others too, or only those of the stack',
      on: (_row, { params: { all, workload: _workload, ...params } }) => ({
        do: 'stay',
        params: all === undefined ? { ...params, all: 'yes' } : params,
      }),
    },
  ],
  record: (row) => ({
    cluster: row.cluster,
    namespace: row.namespace,
    name: row.name,
    kind: row.kind ?? null,
    component: row.component ?? null,
    workload: row.workload ?? null,
    status: row.status,
    ready: row.ready,
    desired: row.desired,
    restarts: row.restarts,
    lastTermination: row.lastTermination?.reason ?? null,
    lastTerminationExitCode: row.lastTermination?.exitCode ?? null,
    ageSeconds: row.ageSeconds ?? null,
    node: row.node ?? null,
    zone: row.zone ?? null,
    ip: row.ip ?? null,
    gone: row.gone,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['pod', `${row.namespace}/${row.name} in ${row.cluster}`],
    ['of', row.component ? `${row.kind} ${row.component} (${row.workload})` : 'not of the stack'],
    ['status', `${row.status}, ${row.ready} of ${row.desired} containers ready`],
    ['restarts', row.restartedAgo ? `${row.restarts}, the last ${row.restartedAgo} ago` : String(row.restarts)],
    [
      'last end',
      row.lastTermination
        ? `${row.lastTermination.reason}${row.lastTermination.exitCode === undefined ? '' : `, exit code ${row.lastTermination.exitCode}`}`
        : 'not known',
    ],
    ['node', row.node ?? 'none yet'],
    ['zone', row.zone ?? 'not known'],
    ['address', row.ip ?? 'none'],
    ['age', formatAge(row.ageSeconds)],
    ...Object.entries(row.labels).map(([name, value]): [string, string] => [`  ${name}`, value]),
  ],
  crumb: (params) => params.workload ?? params.node ?? (params.all === undefined ? '' : 'of all'),
});

const siblingsOf = (row: PodRow) => ({
  cluster: row.cluster,
  namespace: row.namespace,
  ...(row.workload === undefined ? {} : { workload: row.workload }),
});

function readyTone({ ready, desired, gone }: PodRow): Tone {
  if (gone) return 'dim';
  return ready >= desired ? 'good' : ready === 0 ? 'bad' : 'warn';
}

function statusTone({ status, gone }: PodRow): Tone {
  if (gone) return 'dim';
  if (status === 'Running' || status === 'Completed' || status === 'Succeeded') return 'plain';
  return /Pending|Creating|Initializing|Terminating|Init:\d/.test(status) ? 'warn' : 'bad';
}
