import { isDeepStrictEqual } from 'node:util';
import { REPLICATION_FACTOR_METRICS } from '../src/domain/questions-rings.ts';
import { QUEUE_METRICS } from '../src/domain/queues-read.ts';
import type { HarEntry } from '../src/tape/entry.ts';

/** Beginnings of the metrics that are read of an agent's or a server's own page; they have hundreds more. */
const METRICS: readonly string[] = [...QUEUE_METRICS, ...Object.values(REPLICATION_FACTOR_METRICS)];

/** What the demo leaves out, as its first line says: the servers' own timings and metrics that nothing reads. */
export const DROPPED: readonly string[] = [
  'loki data.stats',
  'tempo metrics',
  'metrics of /metrics that no screen reads',
  'response headers but content-type',
  'HAR time and size',
];

/** One exchange without what nothing reads. */
export function slim(entry: HarEntry, component: string): HarEntry {
  const { request, response } = entry;
  return {
    _name: entry._name,
    _component: component,
    _tenant: entry._tenant ?? null,
    startedDateTime: entry.startedDateTime,
    request,
    response: {
      status: response.status,
      headers: [],
      content: { mimeType: response.content.mimeType, text: slimText(component, request.url, response.content.text) },
    },
  };
}

/** Cut as text, so that everything else stays as the server wrote it; where the cut is not clean nothing is cut. */
function slimText(component: string, url: string, text: string): string {
  if (/\/metrics$/.test(url)) return metricsRead(text);
  const cut =
    component === 'loki'
      ? withoutTail(text, ',"stats":{', '}}')
      : component === 'tempo'
        ? withoutTail(text, ',"metrics":{', '}')
        : undefined;
  return cut !== undefined && isDeepStrictEqual(JSON.parse(cut), withoutTimings(JSON.parse(text), component))
    ? cut
    : text;
}

const metricsRead = (text: string): string =>
  text
    .split(/(?<=\n)/)
    .filter((line) => METRICS.some((name) => line.startsWith(name)))
    .join('');

function withoutTail(text: string, from: string, close: string): string | undefined {
  const start = text.lastIndexOf(from);
  if (start < 0) return undefined;
  return text.slice(0, start) + close + (text.endsWith('\n') ? '\n' : '');
}

function withoutTimings(value: { data?: { stats?: unknown }; metrics?: unknown }, component: string): unknown {
  if (component === 'loki') delete value.data?.stats;
  else delete value.metrics;
  return value;
}
