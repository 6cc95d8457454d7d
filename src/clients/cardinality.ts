import type { Result } from '../domain/result.ts';
import type { Labels, Sample } from '../domain/series.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Window } from '../domain/time.ts';
import type { RulerRule } from '../domain/used-by.ts';
import {
  decodeDetectedLabels,
  decodeLabelNames,
  decodeLabelValues,
  decodeLimits,
  decodeLokiLimits,
  decodeRules,
  decodeRuntime,
  decodeServerLimits,
  decodeSpanLimits,
  decodeTags,
  decodeUserStats,
  type LabelName,
  type LabelValues,
  type Overrides,
  type SpanLimits,
  type UserStats,
} from './decode-cardinality.ts';
import { nanosOf } from './decode-loki.ts';
import { decodeLabelSets, decodeNames, decodeSamples } from './decode-prometheus.ts';
import type { Question, Send } from './http.ts';
import type { Remember } from './remember.ts';

/** More is refused. Source: mimir pkg/api/handlers, cardinality_analysis_max_results. */
export const CARDINALITY_MAX = 500;
/** Into how many parts a question is cut after a 413 that asks for it. */
const SHARDS = '16';

/** `active`: had a sample of late. `inmemory`: stands in an open head, which limits follow. */
export type CountMethod = 'active' | 'inmemory';

/** What Mimir tells of one tenant's series. `selector` as in PromQL; absent: all series. */
export interface SeriesCounts {
  /** Needs `cardinality_analysis_enabled`; without it a `bad-query` fault with status 400 that says so. */
  cardinalityLabelNames(
    selector: string | undefined,
    limit: number,
    signal: AbortSignal,
  ): Promise<Result<readonly LabelName[]>>;
  cardinalityLabelValues(
    label: string,
    selector: string | undefined,
    limit: number,
    signal: AbortSignal,
    method?: CountMethod,
  ): Promise<Result<LabelValues>>;
  /** Names of the labels that series of the selector carry; asked again only after five minutes. */
  labelNames(selector: string, window: Window, signal: AbortSignal): Promise<Result<readonly string[]>>;
  /** Effective limits; asked again only after five minutes. */
  userLimits(signal: AbortSignal): Promise<Result<ReadonlyMap<string, number>>>;
  userStats(signal: AbortSignal): Promise<Result<UserStats>>;
  /** Rules of the ruler; asked again only after five minutes. */
  rules(signal: AbortSignal): Promise<Result<readonly RulerRule[]>>;
  /** As `query`, but asked again only after five minutes. */
  queryRarely(promql: string, atUnix: number, signal: AbortSignal): Promise<Result<readonly Sample[]>>;
}

/** What Loki tells of one tenant's streams. */
export interface StreamCounts {
  streams(selector: string, window: Window, signal: AbortSignal): Promise<Result<readonly Labels[]>>;
  /** Bytes by the values of one label. */
  volume(selector: string, label: string, window: Window, signal: AbortSignal): Promise<Result<readonly Sample[]>>;
  /** Asked again only after five minutes. */
  detectedLabels(window: Window, signal: AbortSignal): Promise<Result<readonly LabelName[]>>;
  /** Loki 3.6 and newer; an allow-listed part, without the limit on streams. */
  limits(signal: AbortSignal): Promise<Result<ReadonlyMap<string, number | string>>>;
  /** Everybody's limits as the server itself was configured, the one on streams among them; asked again as `limits`. */
  serverLimits(signal: AbortSignal): Promise<Result<ReadonlyMap<string, string>>>;
}

/** What Tempo tells of one tenant's spans. */
export interface SpanCounts {
  /** Tags of spans and resources, with their scope: `resource.service.name`. Asked again only after five minutes. */
  tags(window: Window, signal: AbortSignal): Promise<Result<readonly string[]>>;
  /** The tenant's limits: its own, which replace the defaults as a whole, or the defaults. Asked again as `tags`. */
  overrides(signal: AbortSignal): Promise<Result<SpanLimits>>;
}

type Params = [string, string][];

export function makeSeriesCounts(send: Send, remember: Remember, tenant: Tenant): SeriesCounts {
  const ask = <T>(path: string, params: Params, decode: Question<T>['decode'], signal: AbortSignal) =>
    send({ component: 'mimir', path, params, tenant, decode }, signal);

  const once = <T>(
    about: string,
    endUnix: number | undefined,
    asking: (shared: AbortSignal) => Promise<Result<T>>,
    signal: AbortSignal,
  ) => remember({ source: send.source, tenant, about, endUnix, ask: asking }, signal);

  /** An answer that is too large may be had in parts: Mimir then asks for more shards. */
  async function count<T>(
    path: string,
    params: Params,
    decode: Question<T>['decode'],
    signal: AbortSignal,
  ): Promise<Result<T>> {
    const what = { component: 'mimir', path: `/prometheus/api/v1/cardinality/${path}`, params, tenant, decode };
    const answer = await send(what, signal);
    if (answer.ok || answer.fault.status !== 413) return answer;
    return send({ ...what, headers: { 'sharding-control': SHARDS } }, signal);
  }

  const counted = (selector: string | undefined, limit: number, method: CountMethod = 'active'): Params => [
    ...(selector === undefined ? [] : [['selector', selector] as [string, string]]),
    ['limit', String(Math.min(limit, CARDINALITY_MAX))],
    ['count_method', method],
  ];

  return {
    cardinalityLabelNames: (selector, limit, signal) =>
      count('label_names', counted(selector, limit), decodeLabelNames, signal),

    cardinalityLabelValues: (label, selector, limit, signal, method) =>
      count('label_values', [['label_names[]', label], ...counted(selector, limit, method)], decodeLabelValues, signal),

    labelNames: (selector, window, signal) => {
      const params: Params = [
        ['match[]', selector],
        ['start', String(window.startUnix)],
        ['end', String(window.endUnix)],
      ];
      const asking = (shared: AbortSignal) => ask('/prometheus/api/v1/labels', params, decodeNames, shared);
      return once(`labels ${selector}`, window.endUnix, asking, signal);
    },

    userLimits: (signal) =>
      once('user_limits', undefined, (shared) => ask('/api/v1/user_limits', [], decodeLimits, shared), signal),

    userStats: (signal) => ask('/api/v1/user_stats', [], decodeUserStats, signal),

    rules: (signal) =>
      once('rules', undefined, (shared) => ask('/prometheus/api/v1/rules', [], decodeRules, shared), signal),

    queryRarely: (promql, atUnix, signal) => {
      const params: Params = [
        ['query', promql],
        ['time', String(atUnix)],
      ];
      const asking = (shared: AbortSignal) => ask('/prometheus/api/v1/query', params, decodeSamples, shared);
      return once(`query ${promql}`, atUnix, asking, signal);
    },
  };
}

/** The tenants' own limits, as they are written for all. */
export const askOverrides = (send: Send, signal: AbortSignal): Promise<Result<Overrides>> =>
  send(
    {
      component: 'mimir/distributor',
      path: '/runtime_config',
      params: [['mode', 'diff']],
      tenant: null,
      headers: { accept: 'application/json' },
      decode: decodeRuntime,
    },
    signal,
  );

export function makeStreamCounts(send: Send, remember: Remember, tenant: Tenant): StreamCounts {
  const ask = <T>(path: string, params: Params, decode: Question<T>['decode'], signal: AbortSignal) =>
    send({ component: 'loki', path: `/loki/api/v1/${path}`, params, tenant, decode }, signal);
  const times = (window: Window): Params => [
    ['start', String(nanosOf(window.startUnix))],
    ['end', String(nanosOf(window.endUnix))],
  ];
  return {
    streams: (selector, window, signal) =>
      ask('series', [['match[]', selector], ...times(window)], decodeLabelSets, signal),

    volume: (selector, label, window, signal) => {
      const params: Params = [['query', selector], ['targetLabels', label], ['limit', '20'], ...times(window)];
      return ask('index/volume', params, decodeSamples, signal);
    },

    detectedLabels: (window, signal) => {
      const about = `detected_labels ${window.endUnix - window.startUnix}`;
      const asking = (shared: AbortSignal) => ask('detected_labels', times(window), decodeDetectedLabels, shared);
      return remember({ source: send.source, tenant, about, endUnix: window.endUnix, ask: asking }, signal);
    },

    limits: (signal) => {
      const asking = (shared: AbortSignal) => ask('drilldown-limits', [], decodeLokiLimits, shared);
      return remember({ source: send.source, tenant, about: 'drilldown-limits', ask: asking }, signal);
    },

    serverLimits: (signal) => {
      const what = { component: 'loki', path: '/config', params: [], tenant: null, decode: decodeServerLimits };
      const asking = (shared: AbortSignal) => send(what, shared);
      return remember({ source: send.source, tenant: null, about: 'config limits', ask: asking }, signal);
    },
  };
}

export function makeSpanCounts(send: Send, remember: Remember, tenant: Tenant): SpanCounts {
  return {
    tags: (window, signal) => {
      const params: Params = [
        ['start', String(Math.floor(window.startUnix))],
        ['end', String(Math.ceil(window.endUnix))],
      ];
      const what = { component: 'tempo', path: '/api/v2/search/tags', params, tenant, decode: decodeTags };
      const asking = (shared: AbortSignal) => send(what, shared);
      const about = `tags ${window.endUnix - window.startUnix}`;
      return remember({ source: send.source, tenant, about, endUnix: window.endUnix, ask: asking }, signal);
    },

    // The path names the tenant; who asks is nobody.
    overrides: (signal) => {
      const path = `/status/overrides/${encodeURIComponent(tenant)}`;
      const headers = { accept: 'application/json' };
      const what = { component: 'tempo', path, params: [], tenant: null, headers, decode: decodeSpanLimits };
      const asking = (shared: AbortSignal) => send(what, shared);
      return remember({ source: send.source, tenant, about: 'overrides', ask: asking }, signal);
    },
  };
}
