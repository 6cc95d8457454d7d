import { type AlloyBlock, blocksIn, idOf } from './alloy.ts';
import type { AlloyGraph } from './alloy-graph.ts';
import { type AlloyValue, textsIn } from './alloy-value.ts';

/** What an agent calls its cluster, and where that stands. */
export interface ClusterName {
  readonly value: string;
  /** Of the configuration's text, from 1. */
  readonly line: number;
}

/**
 * Find the `cluster` that an endpoint's data is given: by an external label, by a rule of the endpoint, or on the way there.
 *
 * Fails: undefined where none is plain text, and where two that are put on everything differ: which of them applies is not
 *        told by the text.
 * Source: the forms that Helm's alloy chart and k8s-monitoring render: `external_labels`, `write_relabel_config`,
 * `prometheus.relabel`, `stage.static_labels`, statements of `otelcol.processor.transform`.
 */
export function clusterOf(component: AlloyBlock, endpoint: AlloyBlock, graph: AlloyGraph): ClusterName | undefined {
  const rules = blocksIn(endpoint, 'write_relabel_config');
  // The last that is done to the labels. Source: prometheus storage/remote/queue_manager.go, external labels before rules.
  const last = rules.flatMap((rule) => inRule(rule, MATCHES_ALL) ?? []).at(-1);
  if (last) return last;
  const own = inObject(component.attributes.get('external_labels'));
  const before = graph.upstream(idOf(component));
  const others = before.flatMap(onTheWay);
  const all = own ? [own, ...others] : others;
  if (all.length > 0) return agreed(all);
  return agreed([...rules, ...before.flatMap((block) => blocksIn(block, 'rule'))].flatMap(whereNoneIs));
}

const agreed = ([first, ...others]: readonly ClusterName[]): ClusterName | undefined =>
  others.every(({ value }) => value === first?.value) ? first : undefined;

const STATEMENTS = ['trace_statements', 'log_statements', 'metric_statements'];

const onTheWay = (block: AlloyBlock): readonly ClusterName[] => [
  ...blocksIn(block, 'rule').flatMap((rule) => inRule(rule, MATCHES_ALL) ?? []),
  ...blocksIn(block, 'stage.static_labels').flatMap((stage) => inObject(stage.attributes.get('values')) ?? []),
  ...STATEMENTS.flatMap((name) => blocksIn(block, name)).flatMap(({ attributes }) =>
    attributes.has('conditions') ? [] : inStatements(attributes.get('statements')),
  ),
];

function inObject(value: AlloyValue | undefined): ClusterName | undefined {
  const found = value?.kind === 'object' ? value.entries.find(([key]) => key === 'cluster')?.[1] : undefined;
  return found?.kind === 'text' ? { value: found.text, line: found.line } : undefined;
}

/** What every text matches; a rule without a pattern has the first. */
const MATCHES_ALL: readonly string[] = ['(.*)', '.*'];
const MATCHES_NONE: readonly string[] = ['', '^$'];

/** The form of k8s-monitoring: only what has no `cluster` yet is given one. */
function whereNoneIs(rule: AlloyBlock): readonly ClusterName[] {
  const labels = textsIn(rule.attributes.get('source_labels')).map(({ text }) => text);
  const found = labels.length === 1 && labels[0] === 'cluster' ? inRule(rule, MATCHES_NONE) : undefined;
  return found ? [found] : [];
}

/** A rule that takes its replacement as it is written: it refers to no group, and matches as one of these patterns does. */
function inRule({ attributes }: AlloyBlock, patterns: readonly string[]): ClusterName | undefined {
  const text = (name: string): string | undefined => {
    const value = attributes.get(name);
    return value?.kind === 'text' ? value.text : undefined;
  };
  const regex = attributes.has('regex') ? text('regex') : '(.*)';
  if (regex === undefined || !patterns.includes(regex)) return undefined;
  const replacement = attributes.get('replacement');
  if (text('target_label') !== 'cluster' || (text('action') ?? 'replace') !== 'replace') return undefined;
  if (replacement?.kind !== 'text' || replacement.text === '' || replacement.text.includes('$')) return undefined;
  return { value: replacement.text, line: replacement.line };
}

/** `set(attributes["cluster"], "NAME")` */
function inStatements(value: AlloyValue | undefined): readonly ClusterName[] {
  return textsIn(value).flatMap(({ text, line }) => {
    const name = /^\s*set\((?:resource\.)?attributes\["cluster"\],\s*"([^"]+)"\)\s*$/.exec(text)?.[1];
    return name === undefined ? [] : [{ value: name, line }];
  });
}
