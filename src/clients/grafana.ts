import type { Dashboard, DashboardPanel } from '../domain/dashboards.ts';
import type { Result } from '../domain/result.ts';
import { type DashboardFound, decodeDashboard, decodeFound, decodeLibrary } from './decode-grafana.ts';
import type { Question, Send } from './http.ts';
import type { Remember } from './remember.ts';

/** Dashboards that are looked through; more is said to be more. */
export const DASHBOARDS_MAX = 500;

/**
 * Grafana, as far as it says who needs a metric. It knows no tenant, so that none is sent. All of it is asked again only
 * after five minutes.
 *
 * Source: Grafana's HTTP API, folder/dashboard search, dashboard by uid, library element (8 to 12, legacy in 13).
 */
export interface Grafana {
  /** Dashboards that whoever asks may see, `DASHBOARDS_MAX` at most. */
  found(signal: AbortSignal): Promise<Result<readonly DashboardFound[]>>;
  dashboard(found: DashboardFound, signal: AbortSignal): Promise<Result<Dashboard>>;
  /** Panels that dashboards only name, by uid. */
  library(signal: AbortSignal): Promise<Result<ReadonlyMap<string, DashboardPanel>>>;
  /** As many as `found` gives at most: there may be more. */
  readonly most: number;
}

export function makeGrafana(send: Send, remember: Remember): Grafana {
  const once = <T>(
    path: string,
    params: Question<T>['params'],
    decode: Question<T>['decode'],
    signal: AbortSignal,
  ): Promise<Result<T>> =>
    remember(
      {
        source: send.source,
        tenant: null,
        about: path,
        ask: (shared) => send({ component: 'grafana', path, params, tenant: null, decode }, shared),
      },
      signal,
    );
  return {
    most: DASHBOARDS_MAX,
    found: (signal) =>
      once(
        '/api/search',
        [
          ['type', 'dash-db'],
          ['limit', String(DASHBOARDS_MAX)],
        ],
        decodeFound,
        signal,
      ),
    async dashboard(found, signal) {
      const answer = await once(`/api/dashboards/uid/${encodeURIComponent(found.uid)}`, [], decodeDashboard, signal);
      return answer.ok ? { ...answer, value: { ...found, ...answer.value } } : answer;
    },
    library: (signal) =>
      once(
        '/api/library-elements',
        [
          ['kind', '1'],
          ['perPage', '500'],
        ],
        decodeLibrary,
        signal,
      ),
  };
}
