import type { Tenant } from '../domain/tenant.ts';
import type { Window } from '../domain/time.ts';
import { makeStreamCounts } from './cardinality.ts';
import type { Loki } from './clients.ts';
import { decodeDetectedFields, decodeLokiNames, nanosOf } from './decode-loki.ts';
import { decoders } from './decoders.ts';
import type { Question, Send } from './http.ts';
import type { Remember } from './remember.ts';

const API = '/loki/api/v1';

/** Loki refuses more by default. Source: loki pkg/validation/limits.go, max_entries_limit_per_query. */
export const LINES_MAX = 5000;

/** Tells structured metadata and parsed labels from index labels. Loki 3.0 and newer; older ones ignore it. */
const CATEGORIZE = { 'x-loki-response-encoding-flags': 'categorize-labels' };

type Params = Question<unknown>['params'];

/** Times in nanoseconds: of other integers Loki guesses the unit, and reads milliseconds as 1970. */
const times = (window: Window): Params => [
  ['start', String(nanosOf(window.startUnix))],
  ['end', String(nanosOf(window.endUnix))],
];

/** Loki as one tenant sees it. */
export function makeLoki(send: Send, remember: Remember, tenant: Tenant): Omit<Loki, 'tail'> {
  const once = <T>(
    asked: string,
    window: Window,
    what: Omit<Question<T>, 'component' | 'tenant'>,
    signal: AbortSignal,
  ) =>
    remember(
      {
        source: send.source,
        tenant,
        about: `${asked} ${window.endUnix - window.startUnix}`,
        endUnix: window.endUnix,
        ask: (shared) => send({ component: 'loki', tenant, ...what }, shared),
      },
      signal,
    );

  return {
    ...makeStreamCounts(send, remember, tenant),

    lines(logql, window, options, signal) {
      const limit = Math.min(options.limit, LINES_MAX);
      const direction = options.direction ?? 'backward';
      const params: [string, string][] = [
        ['query', logql],
        ...times(window).map(([name, value]): [string, string] => [name, value]),
      ];
      params.push(['limit', String(limit)]);
      if (direction === 'forward' || options.plain) params.push(['direction', direction]);
      return send(
        {
          component: 'loki',
          path: `${API}/query_range`,
          params,
          tenant,
          headers: options.plain ? {} : CATEGORIZE,
          beforeUnix: options.beforeUnix,
          decode: decoders.lines(window, limit, direction),
        },
        signal,
      );
    },

    labels: (window, signal) =>
      once('labels', window, { path: `${API}/labels`, params: times(window), decode: decodeLokiNames }, signal),

    labelValues: (label, window, signal) => {
      const path = `${API}/label/${encodeURIComponent(label)}/values`;
      return once(`label ${label}`, window, { path, params: times(window), decode: decodeLokiNames }, signal);
    },

    detectedFields: (logql, window, signal) => {
      const params: Params = [['query', logql], ...times(window)];
      return once(
        `fields ${logql}`,
        window,
        { path: `${API}/detected_fields`, params, decode: decodeDetectedFields },
        signal,
      );
    },

    carried: async (logql, window, signal) => {
      const params: Params = [['query', logql], ...times(window), ['limit', '1'], ['direction', 'backward']];
      // Without the flag metadata and labels come merged, and both are found by the same filter.
      const decode = decoders.lines(window, 1, 'backward');
      const answer = await once(`carried ${logql}`, window, { path: `${API}/query_range`, params, decode }, signal);
      return answer.ok
        ? { ...answer, value: answer.value.flatMap((line) => Object.keys({ ...line.labels, ...line.metadata })) }
        : answer;
    },

    series: (logql, window, stepSeconds, signal, beforeUnix) =>
      send(
        {
          component: 'loki',
          path: `${API}/query_range`,
          params: [['query', logql], ...times(window), ['step', String(stepSeconds)]],
          tenant,
          beforeUnix,
          // Loki moves both ends up to the next multiple of the step: the last point holds the newest lines.
          decode: decoders.series(window, stepSeconds),
        },
        signal,
      ),
  };
}
