import { parseConfigDump } from '../domain/ring-config.ts';
import type { RulerRule } from '../domain/used-by.ts';
import { decodeJson, each, type Fields, fieldsOf, holdsAny, map, numberOf, parseJson, textOf } from './decode.ts';
import { decodeEnvelope } from './decode-prometheus.ts';
import type { Decoded } from './decoded.ts';

/** Values of one label with their series, most first. Counts are corrected for replication, and approximate. */
export interface LabelValues {
  /** Series of the whole tenant. */
  readonly seriesTotal: number;
  /** Series that carry the label (and match the selector). */
  readonly series: number;
  /** Distinct values, listed or not. */
  readonly valuesTotal: number;
  readonly values: readonly { readonly value: string; readonly series: number }[];
}

export interface LabelName {
  readonly label: string;
  readonly values: number;
}

/** `cardinality/label_values`: bare, one entry a label that was asked for. */
export const decodeLabelValues = (text: string): Decoded<LabelValues> =>
  decodeJson(text, (answer) => {
    if (!holdsAny(answer, 'series_count_total', 'labels'))
      return { ok: false, said: 'no label values where they were promised' };
    const labels = each(answer.labels, 'labels', (item) => fieldsOf(item));
    if (!labels.ok) return labels;
    const first: Fields = labels.value[0] ?? {};
    const values = each(first.cardinality, 'values', (item) => {
      const fields = fieldsOf(item);
      const value = textOf(fields?.label_value);
      return value === undefined ? undefined : { value, series: numberOf(fields?.series_count) ?? 0 };
    });
    return map(values, (list) => ({
      seriesTotal: numberOf(answer.series_count_total) ?? 0,
      series: numberOf(first.series_count) ?? 0,
      valuesTotal: numberOf(first.label_values_count) ?? 0,
      values: list,
    }));
  });

/** `cardinality/label_names`: bare, labels by distinct values. */
export const decodeLabelNames = (text: string): Decoded<readonly LabelName[]> =>
  decodeJson(text, (answer) =>
    holdsAny(answer, 'label_names_count', 'cardinality')
      ? each(answer.cardinality, 'labels', (item) => {
          const fields = fieldsOf(item);
          const label = textOf(fields?.label_name);
          return label === undefined ? undefined : { label, values: numberOf(fields?.label_values_count) ?? 0 };
        })
      : { ok: false, said: 'no label names where they were promised' },
  );

/** Every limit by its name, as numbers; those of another kind are left out. */
export const decodeLimits = (text: string): Decoded<ReadonlyMap<string, number>> =>
  decodeJson(text, (answer) => ({
    ok: true,
    value: new Map(
      Object.entries(answer).flatMap(([name, value]): [string, number][] => {
        const number = numberOf(value);
        return number === undefined ? [] : [[name, number]];
      }),
    ),
  }));

/** Loki's limits: numbers, and texts such as `1w`; lists and objects are left out. */
export const decodeLokiLimits = (text: string): Decoded<ReadonlyMap<string, number | string>> =>
  decodeJson(text, (answer) => {
    const limits = fieldsOf(answer.limits);
    if (!limits) return { ok: false, said: 'no limits where they were promised' };
    return {
      ok: true,
      value: new Map(
        Object.entries(limits).filter(
          (entry): entry is [string, number | string] => typeof entry[1] === 'number' || typeof entry[1] === 'string',
        ),
      ),
    };
  });

export interface UserStats {
  /** In the ingesters' memory, corrected for replication. */
  readonly series: number;
  readonly samplesPerSecond: number;
}

export const decodeUserStats = (text: string): Decoded<UserStats> =>
  decodeJson(text, (answer) => {
    const series = numberOf(answer.numSeries);
    if (series === undefined) return { ok: false, said: 'no numSeries where it was promised' };
    return { ok: true, value: { series, samplesPerSecond: numberOf(answer.ingestionRate) ?? 0 } };
  });

/** Rules of the ruler, flat; a group's rules keep its name. */
export const decodeRules = (text: string): Decoded<readonly RulerRule[]> =>
  decodeEnvelope(text, (data) =>
    map(
      each(fieldsOf(data)?.groups, 'groups', (item) => {
        const group = fieldsOf(item);
        const rules = each(group?.rules, 'rules', (rule) => ruleOf(rule, textOf(group?.name) ?? ''));
        return group && rules.ok ? rules.value : undefined;
      }),
      (lists) => lists.flat(),
    ),
  );

function ruleOf(item: unknown, group: string): RulerRule | undefined {
  const fields = fieldsOf(item);
  const [name, query] = [textOf(fields?.name), textOf(fields?.query)];
  if (name === undefined || query === undefined) return undefined;
  const state = textOf(fields?.state);
  const kind = fields?.type === 'recording' ? 'recording' : 'alerting';
  return { kind, name, group, query, ...(state === undefined ? {} : { state }) };
}

/** `detected_labels`: bare, labels of streams by distinct values. */
export const decodeDetectedLabels = (text: string): Decoded<readonly LabelName[]> =>
  decodeJson(text, (answer) =>
    holdsAny(answer, 'detectedLabels')
      ? each(answer.detectedLabels, 'detectedLabels', (item) => {
          const fields = fieldsOf(item);
          const label = textOf(fields?.label);
          return label === undefined ? undefined : { label, values: numberOf(fields?.cardinality) ?? 0 };
        })
      : { ok: false, said: 'no labels where they were promised' },
  );

/** `/config` of Loki: the part `limits_config`, by name, as it is written. */
export function decodeServerLimits(text: string): Decoded<ReadonlyMap<string, string>> {
  const dump = parseConfigDump(text);
  if (!dump.ok) return dump;
  const prefix = 'limits_config.';
  const limits = [...dump.value].flatMap(([path, value]): [string, string][] =>
    path.startsWith(prefix) ? [[path.slice(prefix.length), value]] : [],
  );
  return limits.length > 0 ? { ok: true, value: new Map(limits) } : { ok: false, said: 'no limits_config in it' };
}

/** Limits by their path (`ingestion.rate_limit_bytes`), as they are written, and whether they are the tenant's own. */
export interface SpanLimits {
  readonly own: boolean;
  readonly limits: ReadonlyMap<string, string>;
}

/** `/status/overrides/TENANT` of Tempo: YAML inside JSON. Source: tempo modules/overrides/overrides_tenant_status_http.go. */
export const decodeSpanLimits = (text: string): Decoded<SpanLimits> =>
  decodeJson(text, (answer) => {
    const written = textOf(answer.runtime_overrides);
    if (written === undefined) return { ok: false, said: 'no overrides where they were promised' };
    const dump = parseConfigDump(written);
    const own = textOf(answer.using_default_or_wildcard_runtime_overrides) !== 'default overrides';
    return { ok: true, value: { own, limits: dump.ok ? dump.value : new Map() } };
  });

/** `/api/v2/search/tags`: those of spans and resources, for what is intrinsic is always there. */
export const decodeTags = (text: string): Decoded<readonly string[]> =>
  decodeJson(text, (answer) =>
    map(
      each(answer.scopes, 'scopes', (item) => fieldsOf(item)),
      (scopes) =>
        scopes.flatMap(({ name, tags }) =>
          (name === 'span' || name === 'resource') && Array.isArray(tags)
            ? tags.flatMap((tag) => (typeof tag === 'string' ? [`${name}.${tag}`] : []))
            : [],
        ),
    ),
  );

/** Overrides by tenant, then by limit, as they are written. */
export type Overrides = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * `runtime_config?mode=diff`: the part `overrides:` of a YAML document, of which only plain keys and values are read.
 *
 * Fails: `shape` where it is no such document; nested values (lists, maps) are left out.
 */
export function decodeRuntime(text: string): Decoded<Overrides> {
  if (parseJson(text).ok && text.trim() !== '{}') return { ok: false, said: 'JSON where YAML was promised' };
  const found = new Map<string, Map<string, string>>();
  let inside = false;
  let tenant: { depth: number; limits: Map<string, string> } | undefined;
  for (const { depth, key, value } of text.split('\n').flatMap(entryOf)) {
    if (depth === 0) inside = key === 'overrides';
    if (depth === 0 || !inside) continue;
    if (value === '' && depth <= (tenant?.depth ?? depth)) {
      tenant = { depth, limits: new Map() };
      found.set(key, tenant.limits);
    }
    if (value !== '' && tenant && depth > tenant.depth) tenant.limits.set(key, value);
  }
  return { ok: true, value: found };
}

/** One `key: value` of YAML with how far in it stands; anything else is nothing. */
function entryOf(line: string): { depth: number; key: string; value: string }[] {
  const match = /^( *)("[^"]*"|'[^']*'|[^\s#:"'-][^:]*):(?: +(.*?))? *$/.exec(line);
  if (!match) return [];
  return [{ depth: match[1]?.length ?? 0, key: unquote(match[2] ?? ''), value: unquote(match[3] ?? '') }];
}

const unquote = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
