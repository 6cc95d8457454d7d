import type { Clients } from '../src/clients/clients.ts';
import { makeClients } from '../src/clients/make.ts';
import type { Answered, Asked, Exchange } from '../src/domain/exchange.ts';
import { answerOf, KUBE_CLOCK, recordedExchange } from './kube-recorded.ts';

/** What the databases of the recorded stack say of themselves. Source: endpoints-incident, `…/buildinfo`, `loki/services`. */
const SAID: Readonly<Record<string, string>> = {
  'mimir /api/v1/status/buildinfo': '{"status":"success","data":{"application":"Grafana Mimir","version":"3.0.2"}}',
  'loki /loki/api/v1/status/buildinfo': '{"version":"main-65e30f8","revision":"65e30f8488"}',
  'tempo /api/status/buildinfo': '{"version":"3.0.3","revision":"53d1c1c208"}',
  'loki /services':
    'server => Running\ncompactor => Running\nquerier => Running\ningester => Running\nquery-frontend-tripperware => Running\ndistributor => Running\n',
  // What differs from the defaults; this Loki cannot tell (apis.md, first table), its metrics do.
  'mimir /config': 'target: distributor\nmemberlist:\n  join_members: []\n',
  'loki /metrics': 'loki_distributor_replication_factor 3\n',
  'tempo /status/config': 'target: all\n',
  // Source: recordings, production-us-east's agent.
  'agent /metrics':
    'prometheus_build_info{branch="debian/sid",revision="3.5.3+ds1-6",version="3.5.3+ds1"} 1\nprometheus_config_last_reload_successful 1\n',
};

/** Every component of a database says the same of itself, as in the lab. */
export const databases: Exchange = async ({ component, path }: Asked): Promise<Answered> => {
  const text = SAID[`${component.split('/')[0]} ${path}`];
  return text === undefined ? { ok: false, kind: 'unreachable', said: 'not there' } : answerOf(200, text);
};

/** Clients of the recorded clusters, and of the databases in them. */
export const whole = (contexts: readonly string[], exchange: Exchange = databases): Clients => {
  const reached = { exchange, place: 'central' };
  return makeClients({
    exchanges: { mimir: reached, loki: reached, tempo: reached, agent: reached },
    clusters: contexts.map((context) => ({ context, exchange: recordedExchange, namespaces: ['monitoring'] })),
    clock: KUBE_CLOCK,
  });
};
