/** One rule of a Kubernetes role. */
export interface Right {
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** What is missing without it. */
  readonly why: string;
}

/**
 * The least that the program needs in a cluster, and what goes dark without each.
 *
 * Source: apis.md 5. Through services/proxy and pods/proxy the verb is that of the HTTP method, and only GET is sent;
 * a WebSocket port-forward is `get`, and since 1.35 `create` as well. "May I" is answered to everybody.
 */
export const RIGHTS: readonly Right[] = [
  { group: '', resource: 'pods', verbs: ['get', 'list', 'watch'], why: 'what runs, where, and how it ended' },
  { group: '', resource: 'services', verbs: ['list'], why: 'the way to each component' },
  { group: '', resource: 'nodes', verbs: ['list', 'watch'], why: 'zones, pressure, cordon' },
  { group: '', resource: 'events', verbs: ['list', 'watch'], why: 'what happened' },
  { group: '', resource: 'configmaps', verbs: ['get', 'list'], why: "Mimir's mode and the agents' configuration" },
  { group: '', resource: 'services/proxy', verbs: ['get'], why: 'asking Mimir, Loki and Tempo' },
  { group: '', resource: 'pods/proxy', verbs: ['get'], why: 'asking one ingester, one agent' },
  { group: '', resource: 'pods/portforward', verbs: ['get', 'create'], why: 'asking behind a password' },
  { group: 'apps', resource: 'statefulsets', verbs: ['list'], why: 'what should run' },
  { group: 'apps', resource: 'deployments', verbs: ['list'], why: 'what should run' },
  { group: 'apps', resource: 'daemonsets', verbs: ['list'], why: 'what should run' },
  { group: 'policy', resource: 'poddisruptionbudgets', verbs: ['list'], why: 'what a drain may take' },
  {
    group: 'rollout-operator.grafana.com',
    resource: 'zoneawarepoddisruptionbudgets',
    verbs: ['list'],
    why: 'what a drain may take of a zone',
  },
  { group: 'scheduling.k8s.io', resource: 'priorityclasses', verbs: ['list'], why: 'who is evicted first' },
];
