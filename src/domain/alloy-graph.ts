import { type AlloyBlock, type AlloyConfig, idOf } from './alloy.ts';
import { referencesIn } from './alloy-value.ts';
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
  const components = config.blocks.flatMap(held);
  const byId = new Map(components.map((block) => [idOf(block), block]));
  const into = new Map<string, AlloyBlock[]>();
  const signals = new Map<string, Set<QueueSignal>>();
  for (const block of components)
    for (const { target, signal } of targetsOf(block, byId)) {
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

const held = (block: AlloyBlock): readonly AlloyBlock[] =>
  HOLDERS.has(block.name) ? block.blocks.flatMap(held) : [block];

function targetsOf(
  block: AlloyBlock,
  byId: ReadonlyMap<string, AlloyBlock>,
): readonly { readonly target: string; readonly signal?: QueueSignal }[] {
  const forward = block.attributes.get('forward_to');
  const plain = (forward ? referencesIn(forward) : []).map((path) => ({ target: targetOf(path, byId) }));
  const outputs = block.blocks
    .filter(({ name }) => name === 'output')
    .flatMap(({ attributes }) => [...attributes])
    .flatMap(([name, value]) =>
      referencesIn(value).map((path) => ({
        target: targetOf(path, byId),
        signal: SIGNALS.find((signal) => signal === name),
      })),
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
