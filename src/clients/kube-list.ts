import type { KubeKinds } from '../domain/kube-kinds.ts';
import { decodeJson, type Fields, parseJson, textOf } from './decode.ts';
import { configMapOf, eventOf, fields, items, nodeOf, podOf, serviceOf, workloadOf } from './decode-kube.ts';
import { type Columns, columnsIn, podCellsOf } from './decode-kube-table.ts';
import { budgetOf, placedPodOf, placedWorkloadOf, priorityClassOf, zoneBudgetOf } from './decode-scheduling.ts';
import type { Decoded } from './decoded.ts';

/** The API server prints the rows itself: a twentieth of the bytes. Source: apimachinery meta/v1 Table. */
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

export interface Listed<K extends keyof KubeKinds> {
  /** `/api/v1`, `/apis/apps/v1`. */
  readonly api: string;
  readonly plural: string;
  /** What `kind` says; else it is another answer. */
  readonly kind: string;
  /** Absent where the whole object is asked for. */
  readonly accept?: string;
  readonly read: (item: Fields, columns: Columns) => KubeKinds[K] | undefined;
}

const object = <K extends keyof KubeKinds>(
  api: string,
  plural: string,
  kind: string,
  read: (item: Fields) => KubeKinds[K] | undefined,
): Listed<K> => ({ api, plural, kind, read });

/** Everything that can be listed, and how it is read. */
export const LISTED: { readonly [K in keyof KubeKinds]: Listed<K> } = {
  pods: object('/api/v1', 'pods', 'PodList', podOf),
  podCells: { api: '/api/v1', plural: 'pods', kind: 'Table', accept: TABLE, read: podCellsOf },
  services: object('/api/v1', 'services', 'ServiceList', serviceOf),
  nodes: object('/api/v1', 'nodes', 'NodeList', nodeOf),
  events: object('/api/v1', 'events', 'EventList', eventOf),
  configmaps: object('/api/v1', 'configmaps', 'ConfigMapList', configMapOf),
  statefulsets: object('/apis/apps/v1', 'statefulsets', 'StatefulSetList', workloadOf('StatefulSet')),
  deployments: object('/apis/apps/v1', 'deployments', 'DeploymentList', workloadOf('Deployment')),
  daemonsets: object('/apis/apps/v1', 'daemonsets', 'DaemonSetList', workloadOf('DaemonSet')),
  placedPods: object('/api/v1', 'pods', 'PodList', placedPodOf),
  placedStatefulsets: object('/apis/apps/v1', 'statefulsets', 'StatefulSetList', placedWorkloadOf('StatefulSet')),
  placedDeployments: object('/apis/apps/v1', 'deployments', 'DeploymentList', placedWorkloadOf('Deployment')),
  budgets: object('/apis/policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudgetList', budgetOf),
  zoneBudgets: object(
    '/apis/rollout-operator.grafana.com/v1',
    'zoneawarepoddisruptionbudgets',
    'ZoneAwarePodDisruptionBudgetList',
    zoneBudgetOf,
  ),
  priorityclasses: object('/apis/scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClassList', priorityClassOf),
};

export const pathOf = ({ api, plural }: { api: string; plural: string }, namespace: string | undefined): string =>
  namespace === undefined ? `${api}/${plural}` : `${api}/namespaces/${namespace}/${plural}`;

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where a watch goes on. */
  readonly version: string;
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/** Objects without a name are left out and counted: the others stand. */
export function decodePage<K extends keyof KubeKinds>(listed: Listed<K>) {
  return (text: string): Decoded<Page<KubeKinds[K]>> =>
    decodeJson(text, (answer) => {
      if (answer.kind !== listed.kind)
        return { ok: false, said: `${textOf(answer.kind) ?? 'no kind'} where a ${listed.kind} was promised` };
      const metadata = fields(answer.metadata);
      const columns = columnsIn(answer) ?? new Map();
      const all = items(listed.accept === undefined ? answer.items : answer.rows);
      const read = all.map((item) => listed.read(item, columns)).filter((item) => item !== undefined);
      const lost = all.length - read.length;
      return {
        ok: true,
        value: {
          items: read,
          version: textOf(metadata.resourceVersion) ?? '',
          ...(textOf(metadata.continue) ? { next: textOf(metadata.continue) } : {}),
        },
        gaps: lost === 0 ? [] : [{ kind: 'shape', said: `${lost} of ${all.length} ${listed.plural} have no name` }],
      };
    });
}

/** What a line of a watch means. */
export type WatchEvent<T> =
  | { readonly type: 'set' | 'gone'; readonly item: T; readonly version: string }
  | { readonly type: 'bookmark'; readonly version: string }
  | { readonly type: 'expired' }
  | { readonly type: 'refused'; readonly said: string };

/**
 * Reads the lines of one watch, in order: a table's columns come with its first event only.
 *
 * Fails: a line that is no event is `refused`, in its own words.
 */
export function makeWatchReader<K extends keyof KubeKinds>(listed: Listed<K>) {
  let columns: Columns = new Map();
  const itemOf = (body: Fields): KubeKinds[K] | undefined => {
    if (listed.accept === undefined || body.kind !== 'Table') return listed.read(body, columns);
    columns = columnsIn(body) ?? columns;
    const [row] = items(body.rows);
    return row && listed.read(row, columns);
  };
  return (line: string): WatchEvent<KubeKinds[K]> => {
    const parsed = parseJson(line);
    if (!parsed.ok) return { type: 'refused', said: parsed.said };
    const event = fields(parsed.value);
    const body = fields(event.object);
    if (event.type === 'ERROR')
      return body.code === 410 ? { type: 'expired' } : { type: 'refused', said: textOf(body.message) ?? 'no word' };
    if (event.type === 'BOOKMARK') {
      columns = columnsIn(body) ?? columns;
      return { type: 'bookmark', version: versionIn(body) };
    }
    const item = itemOf(body);
    if (item === undefined) return { type: 'refused', said: 'a line of it is no event' };
    return { type: event.type === 'DELETED' ? 'gone' : 'set', item, version: versionIn(body) };
  };
}

function versionIn(body: Fields): string {
  const own = textOf(fields(body.metadata).resourceVersion);
  const [row] = items(body.rows);
  return own || textOf(fields(fields(row?.object).metadata).resourceVersion) || '';
}
