import { isDeepStrictEqual } from 'node:util';
import type { HarEntry } from '../src/tape/entry.ts';

/** What the demo leaves out, as its first line says: the servers' own timings, which nothing reads. */
export const DROPPED: readonly string[] = [
  'loki data.stats',
  'tempo metrics',
  'response headers but content-type',
  'HAR time and size',
];

/** One exchange without what nothing reads. */
export function slim(entry: HarEntry, component: string): HarEntry {
  const { response } = entry;
  return {
    _name: entry._name,
    _component: component,
    _tenant: entry._tenant ?? null,
    startedDateTime: entry.startedDateTime,
    request: entry.request,
    response: {
      status: response.status,
      headers: [],
      content: { mimeType: response.content.mimeType, text: slimText(component, response.content.text) },
    },
  };
}

/** Cut as text, so that everything else stays as the server wrote it; where the cut is not clean nothing is cut. */
function slimText(component: string, text: string): string {
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
