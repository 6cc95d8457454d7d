import type { Result } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Window } from '../domain/time.ts';
import type { Trace } from '../domain/trace.ts';
import { makeSpanCounts } from './cardinality.ts';
import type { Tempo } from './clients.ts';
import { padTraceId } from './decode.ts';
import { decodeTagValues } from './decode-search.ts';
import { decoders } from './decoders.ts';
import { type Question, type Send, TRACE_BYTES_MAX } from './http.ts';
import type { Remember } from './remember.ts';

type Params = Question<unknown>['params'];

/** Whole Unix seconds, outwards: Tempo takes no fractions. */
const times = (window: Window): Params => [
  ['start', String(Math.floor(window.startUnix))],
  ['end', String(Math.ceil(window.endUnix))],
];

/** Tempo as one tenant sees it. */
export function makeTempo(send: Send, remember: Remember, tenant: Tenant): Tempo {
  const traceAt = (path: string, traceId: string): Question<Trace> => ({
    component: 'tempo',
    path: `${path}/${traceId}`,
    params: [],
    tenant,
    headers: { accept: 'application/json' },
    bytesMax: TRACE_BYTES_MAX,
    decode: decoders.trace(traceId),
  });

  return {
    ...makeSpanCounts(send, remember, tenant),

    async trace(id, signal): Promise<Result<Trace>> {
      const traceId = padTraceId(id.trim());
      if (traceId === undefined) {
        const said = 'a trace id has up to 32 hex digits';
        return { ok: false, fault: { kind: 'bad-query', source: send.source, tenant, said } };
      }
      const answer = await send(traceAt('/api/v2/traces', traceId), signal);
      if (answer.ok || answer.fault.status !== 404) return answer;
      // Tempo before 2.6 does not know the path; a newer one says 404 only of what v1 does not show either.
      const older = await send(traceAt('/api/traces', traceId), signal);
      return !older.ok && older.fault.kind === 'not-recorded' ? answer : older;
    },

    search: (traceql, window, limit, signal) => {
      const params: [string, string][] = [
        ['q', traceql],
        ...times(window).map(([name, value]): [string, string] => [name, value]),
      ];
      params.push(['limit', String(limit)]);
      // Who asks for one trace wants to know whether there is any, not its spans.
      if (limit > 1) params.push(['spss', '3']);
      return send(
        {
          component: 'tempo',
          path: '/api/search',
          params,
          tenant,
          decode: decoders.search(window),
        },
        signal,
      );
    },

    tagValues: (scopedTag, window, signal) => {
      const path = `/api/v2/search/tag/${encodeURIComponent(scopedTag)}/values`;
      const ask = (shared: AbortSignal) =>
        send({ component: 'tempo', path, params: times(window), tenant, decode: decodeTagValues }, shared);
      const about = `tag ${scopedTag} ${window.endUnix - window.startUnix}`;
      return remember({ source: send.source, tenant, about, endUnix: window.endUnix, ask }, signal);
    },
  };
}
