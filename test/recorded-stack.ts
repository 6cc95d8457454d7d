import { makeClients } from '../src/clients/make.ts';
import type { Answered, Asked, Clock, Exchange } from '../src/domain/exchange.ts';
import { type StateName, stateOf, unixOf } from './domain/recorded-spread.ts';

/** Recorded answers by who is asked for what. */
const NAMES: Readonly<Record<string, string>> = {
  'mimir/distributor /ingester/ring': 'mimir/ring/ingester',
  'mimir/store-gateway /store-gateway/ring': 'mimir/ring/store-gateway',
  'mimir/compactor /compactor/ring': 'mimir/ring/compactor',
  'mimir/distributor /distributor/ring': 'mimir/ring/distributor',
  'mimir/ruler /ruler/ring': 'mimir/ring/ruler',
  'loki /ring': 'loki/ring',
  'tempo /live-store/ring': 'tempo/live-store/ring',
  'tempo /partition-ring': 'tempo/partition-ring',
  'mimir/distributor /config': 'mimir/config/diff',
};

const LISTS: Readonly<Record<string, readonly [name: string, kind: string]>> = {
  pods: ['pods', 'PodList'],
  nodes: ['nodes', 'NodeList'],
  statefulsets: ['statefulsets', 'StatefulSetList'],
  deployments: ['deployments', 'DeploymentList'],
  poddisruptionbudgets: ['pdbs', 'PodDisruptionBudgetList'],
};

/** Text or status that is answered instead; `hang`: nothing ever. */
export type Overlay = (asked: Asked) => string | number | undefined;

/** The recorded answers of one moment; an overlay's text or status comes before them. */
function exchangeOf(name: StateName, overlay: Overlay): Exchange {
  const state = stateOf(name);
  const recordedText = ({ component, path }: Asked): string | undefined => {
    const [listed, kind] = LISTS[path.split('/').at(-1) ?? ''] ?? [];
    if (component.startsWith('kubernetes') && listed)
      return JSON.stringify({ kind, metadata: {}, items: state.kube[listed]?.items ?? [] });
    // One line of Loki's own metrics, as recorded in endpoints-incident.
    if (component === 'loki' && path === '/metrics') return 'loki_distributor_replication_factor 3\n';
    return state.rings[NAMES[`${component} ${path}`] ?? ''];
  };
  return async (asked): Promise<Answered> => {
    const said = overlay(asked) ?? recordedText(asked) ?? 404;
    if (said === 'hang') await new Promise(() => undefined);
    return {
      ok: true,
      status: typeof said === 'number' ? said : 200,
      headers: {},
      text: typeof said === 'number' ? 'no' : said,
      atUnix: unixOf(state),
    };
  };
}

/** Clients that are answered as the recorded stack did at that moment. */
export function clientsIn(name: StateName, overlay: Overlay = () => undefined, clusters = true) {
  const exchange = exchangeOf(name, overlay);
  const nowUnix = unixOf(stateOf(name));
  const clock: Clock = { now: () => nowUnix, said: () => undefined };
  const reached = { exchange, place: 'central' };
  const clients = makeClients({
    exchanges: { mimir: reached, loki: reached, tempo: reached },
    clusters: clusters ? [{ context: 'central', exchange, namespaces: [] }] : [],
    clock,
  });
  return { clients, clock, nowUnix };
}
