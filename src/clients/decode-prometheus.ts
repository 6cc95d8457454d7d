import type { Exemplar, Labels, MetricMetadata, Sample, Series } from '../domain/series.ts';
import type { Window } from '../domain/time.ts';
import {
  decodeJson,
  each,
  type Fields,
  fieldsOf,
  kindOfValue,
  labelsOf,
  map,
  numberOf,
  padTraceId,
  textOf,
  textsOf,
} from './decode.ts';
import type { Decoded, Gap } from './decoded.ts';

/** Warnings that take something away from the answer. Others ("PromQL info: …") speak of the query. */
const LACKING = /truncat|limit|partial|incomplete|missing|unavailable/i;

/** The envelope of Mimir and Loki: `status`, `data`, `warnings`, `infos`. */
export function decodeEnvelope<T>(text: string, read: (data: unknown) => Decoded<T>): Decoded<T> {
  return decodeJson(text, (answer) => {
    if (answer.status !== 'success') {
      const words = textOf(answer.error);
      return words === undefined
        ? { ok: false, said: 'an answer without status "success"' }
        : { ok: false, kind: 'server', said: words };
    }
    const decoded = read(answer.data);
    return decoded.ok ? { ...decoded, gaps: [...(decoded.gaps ?? []), ...gapsOf(answer)] } : decoded;
  });
}

function gapsOf(answer: Fields): readonly Gap[] {
  const words = [answer.warnings, answer.infos].flatMap((list) => (Array.isArray(list) ? list : []));
  return words
    .filter((said): said is string => typeof said === 'string' && !said.startsWith('PromQL') && LACKING.test(said))
    .map((said) => ({ kind: 'limit' as const, said }));
}

/** An instant query: a vector, or the one value of a scalar. Native histograms give their count. */
export const decodeSamples = (text: string): Decoded<readonly Sample[]> =>
  decodeEnvelope(text, (data) => {
    const { resultType, result } = fieldsOf(data) ?? {};
    if (resultType === 'scalar') return each([result], 'scalar', (point) => sampleOf({}, point));
    if (resultType !== 'vector') return wrongType(resultType, 'vector');
    return each(result, 'vector', (item) => {
      const fields = fieldsOf(item);
      const labels = labelsOf(fields?.metric);
      return fields && labels && sampleOf(labels, fields.value ?? histogramCount(fields.histogram));
    });
  });

/** A range query, trimmed to the window; `slackSeconds` is how far a server may round the last point up. */
export const decodeSeries = (text: string, window: Window, slackSeconds: number): Decoded<readonly Series[]> =>
  decodeEnvelope(text, (data) => {
    const { resultType, result } = fieldsOf(data) ?? {};
    if (resultType !== 'matrix') return wrongType(resultType, 'matrix');
    return each(result, 'matrix', (item) => {
      const fields = fieldsOf(item);
      const labels = labelsOf(fields?.metric);
      const floats = each(fields?.values, 'values', pointOf);
      const histograms = each(fields?.histograms, 'histograms', (pair) => pointOf(histogramCount(pair)));
      if (!labels || !floats.ok || !histograms.ok) return undefined;
      const points =
        histograms.value.length === 0
          ? floats.value
          : [...floats.value, ...histograms.value].sort(([left], [right]) => left - right);
      return {
        labels,
        points: points.filter(([unix]) => unix >= window.startUnix && unix <= window.endUnix + slackSeconds),
      };
    });
  });

const TRACE_KEYS = ['trace_id', 'traceID', 'traceId', 'TraceID'];

/** Exemplars of every series that has any, trimmed to the window. No exemplars at all: `[]`, or `null`. */
export const decodeExemplars = (text: string, window: Window): Decoded<readonly Exemplar[]> =>
  decodeEnvelope(text, (data) =>
    map(
      each(data, 'exemplars', (item) => {
        const fields = fieldsOf(item);
        const seriesLabels = labelsOf(fields?.seriesLabels);
        if (!fields || !seriesLabels) return undefined;
        const exemplars = each(fields.exemplars, 'exemplars', (exemplar) => exemplarOf(seriesLabels, exemplar));
        return exemplars.ok ? exemplars.value : undefined;
      }),
      (lists) => lists.flat().filter(({ atUnix }) => atUnix >= window.startUnix && atUnix <= window.endUnix),
    ),
  );

function exemplarOf(seriesLabels: Labels, item: unknown): Exemplar | undefined {
  const fields = fieldsOf(item);
  const labels = labelsOf(fields?.labels);
  const value = numberOf(fields?.value);
  const atUnix = numberOf(fields?.timestamp);
  if (!labels || value === undefined || atUnix === undefined) return undefined;
  const id = TRACE_KEYS.map((key) => labels[key]).find((text) => text !== undefined && text !== '');
  return { seriesLabels, labels, traceId: (id === undefined ? undefined : padTraceId(id)) ?? '', value, atUnix };
}

export const decodeNames = (text: string): Decoded<readonly string[]> =>
  decodeEnvelope(text, (data) => textsOf(data, 'names'));

export const decodeLabelSets = (text: string): Decoded<readonly Labels[]> =>
  decodeEnvelope(text, (data) => each(data, 'series', (item) => (fieldsOf(item) ? labelsOf(item) : undefined)));

/** What each metric says of itself; where targets disagree, the first. */
export const decodeMetadata = (text: string): Decoded<ReadonlyMap<string, MetricMetadata>> =>
  decodeEnvelope(text, (data) => {
    const metrics = data === undefined || data === null ? {} : fieldsOf(data);
    if (!metrics) return { ok: false, said: `metadata: ${kindOfValue(data)} where an object was promised` };
    const known = Object.entries(metrics).flatMap(([metric, said]): [string, MetricMetadata][] => {
      const first = fieldsOf(Array.isArray(said) ? said[0] : undefined);
      const word = (name: string): string => textOf(first?.[name]) ?? '';
      return first ? [[metric, { type: word('type'), help: word('help'), unit: word('unit') }]] : [];
    });
    return { ok: true, value: new Map(known) };
  });

function sampleOf(labels: Labels, pair: unknown): Sample | undefined {
  const point = pointOf(pair);
  return point && { labels, atUnix: point[0], value: point[1] };
}

function pointOf(pair: unknown): readonly [number, number] | undefined {
  if (!Array.isArray(pair)) return undefined;
  const unix = numberOf(pair[0]);
  const value = numberOf(pair[1]);
  return unix === undefined || value === undefined ? undefined : [unix, value];
}

/** `[time, {count, sum, buckets}]` as `[time, count]`. Source: prometheus web/api/v1 json_codec.go. */
const histogramCount = (pair: unknown): unknown =>
  Array.isArray(pair) ? [pair[0], fieldsOf(pair[1])?.count] : undefined;

const wrongType = (found: unknown, wanted: string): Decoded<never> => ({
  ok: false,
  said: `resultType ${JSON.stringify(found) ?? 'missing'} where "${wanted}" was promised`,
});
