import { type AlloyBlock, type AlloyConfig, idOf } from './alloy.ts';
import { type AlloyValue, referencesIn } from './alloy-value.ts';
import type { QueueSignal } from './queues-reading.ts';

/** Which component sends to which. */
export interface AlloyGraph {
  /** All of them, those within `declare` and `foreach` too. */
  readonly components: readonly AlloyBlock[];
  component(id: string): AlloyBlock | undefined;
  /** Everything whose data can arrive at a component, nearest first, itself left out. */
  upstream(id: string): readonly AlloyBlock[];
  /** What arrives there, by the outputs that name it. */
  signalsInto(id: string): readonly QueueSignal[];
}

/** Blocks that only hold other components. */
const HOLDERS = new Set(['declare', 'foreach', 'template']);
const SIGNALS: readonly QueueSignal[] = ['metrics', 'logs', 'traces'];

/**
 * Build the graph from `forward_to` and `output`.
 *
 * Source: Alloy's component reference: data flows through `forward_to` (Prometheus, Loki) and `output` blocks (otelcol).
 */
export function graphOf(config: AlloyConfig): AlloyGraph {
  const placed = config.blocks.flatMap((block) => held(block, undefined));
  const components = placed.map(({ block }) => block);
  const byId = new Map(components.map((block) => [idOf(block), block]));
  const into = new Map<string, AlloyBlock[]>();
  const signals = new Map<string, Set<QueueSignal>>();
  for (const { block, within } of placed)
    for (const { target, signal } of targetsOf(block, byId, argumentsOf(within, components))) {
      into.set(target, [...(into.get(target) ?? []), block]);
      if (signal) signals.set(target, (signals.get(target) ?? new Set()).add(signal));
    }
  return {
    components,
    component: (id) => byId.get(id),
    upstream(id) {
      const found = new Map<string, AlloyBlock>();
      const waiting = [id];
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        for (const block of into.get(next) ?? [])
          if (idOf(block) !== id && !found.has(idOf(block))) {
            found.set(idOf(block), block);
            waiting.push(idOf(block));
          }
      return [...found.values()];
    },
    signalsInto: (id) => SIGNALS.filter((signal) => signals.get(id)?.has(signal)),
  };
}

/** A component, and the `declare` that it stands in. */
interface Placed {
  readonly block: AlloyBlock;
  readonly within?: string;
}

const held = (block: AlloyBlock, within: string | undefined): readonly Placed[] =>
  HOLDERS.has(block.name)
    ? block.blocks.flatMap((inner) => held(inner, block.name === 'declare' ? block.label : within))
    : [{ block, within }];

/** What every use of a `declare` gives for one of its arguments: `argument.NAME.value` leads there. */
function argumentsOf(within: string | undefined, components: readonly AlloyBlock[]): Given {
  if (within === undefined) return () => undefined;
  const uses = components.filter(({ name }) => name === within);
  return (path) => {
    const name = /^argument\.([^.]+)/.exec(path)?.[1];
    if (name === undefined) return undefined;
    return uses.flatMap(({ attributes }) => {
      const value = attributes.get(name);
      return value ? referencesIn(value) : [];
    });
  };
}

/** The references that stand for one; undefined: itself. */
type Given = (path: string) => readonly string[] | undefined;

function targetsOf(
  block: AlloyBlock,
  byId: ReadonlyMap<string, AlloyBlock>,
  given: Given,
): readonly { readonly target: string; readonly signal?: QueueSignal }[] {
  const targets = (value: AlloyValue): readonly string[] =>
    referencesIn(value)
      .flatMap((path) => given(path) ?? [path])
      .map((path) => targetOf(path, byId));
  const forward = block.attributes.get('forward_to');
  const plain = (forward ? targets(forward) : []).map((target) => ({ target }));
  const outputs = block.blocks
    .filter(({ name }) => name === 'output')
    .flatMap(({ attributes }) => [...attributes])
    .flatMap(([name, value]) =>
      targets(value).map((target) => ({ target, signal: SIGNALS.find((signal) => signal === name) })),
    );
  return [...plain, ...outputs];
}

/** `loki.write.loki.receiver` is of `loki.write.loki`: the longest beginning that is a component. */
function targetOf(path: string, byId: ReadonlyMap<string, AlloyBlock>): string {
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length--) {
    const id = parts.slice(0, length).join('.');
    if (byId.has(id)) return id;
  }
  return path;
}
