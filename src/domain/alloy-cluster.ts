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
 * Fails: undefined where none is plain text.
 * Source: the forms that Helm's alloy chart and k8s-monitoring render: `external_labels`, `write_relabel_config`,
 * `prometheus.relabel`, `stage.static_labels`, statements of `otelcol.processor.transform`.
 */
export function clusterOf(component: AlloyBlock, endpoint: AlloyBlock, graph: AlloyGraph): ClusterName | undefined {
  const own = inObject(component.attributes.get('external_labels'));
  if (own) return own;
  const rules = blocksIn(endpoint, 'write_relabel_config').flatMap((rule) => inRule(rule) ?? []);
  const [first] = [...rules, ...graph.upstream(idOf(component)).flatMap(onTheWay)];
  return first;
}

const STATEMENTS = ['trace_statements', 'log_statements', 'metric_statements'];

const onTheWay = (block: AlloyBlock): readonly ClusterName[] => [
  ...blocksIn(block, 'rule').flatMap((rule) => inRule(rule) ?? []),
  ...blocksIn(block, 'stage.static_labels').flatMap((stage) => inObject(stage.attributes.get('values')) ?? []),
  ...STATEMENTS.flatMap((name) => blocksIn(block, name)).flatMap(({ attributes }) =>
    inStatements(attributes.get('statements')),
  ),
];

function inObject(value: AlloyValue | undefined): ClusterName | undefined {
  const found = value?.kind === 'object' ? value.entries.find(([key]) => key === 'cluster')?.[1] : undefined;
  return found?.kind === 'text' ? { value: found.text, line: found.line } : undefined;
}

/** A rule that takes its replacement as it is written: it refers to no group. */
function inRule({ attributes }: AlloyBlock): ClusterName | undefined {
  const text = (name: string): string | undefined => {
    const value = attributes.get(name);
    return value?.kind === 'text' ? value.text : undefined;
  };
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
