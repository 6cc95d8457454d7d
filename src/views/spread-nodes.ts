import type { LastReplica } from '../domain/last-replicas.ts';
import type { LossAnswer } from '../domain/loss-answer.ts';
import { shortNode } from '../domain/node-name.ts';
import type { Replica } from '../domain/placement.ts';
import { worstOf } from '../domain/signals.ts';
import { nodesOf, type SpreadAnswer } from './spread-load.ts';
import type { Row } from './spread-rows.ts';

/** A node and what goes with it. */
export interface NodeRow extends Row {
  readonly kind: 'node';
  readonly node: string;
  readonly zone?: string;
  readonly state: string;
  readonly lost: boolean;
  readonly held: readonly Held[];
  readonly last: readonly LastReplica[];
}

/** The replicas of one component that stand on a node. */
export interface Held {
  readonly component: string;
  readonly short: string;
  readonly replicas: readonly Replica[];
}

/** More nodes than this are only shown where something of the stack stands on them. */
const NODES_MAX = 40;

/** The nodes by zone, each with what stands on it and what goes with it. */
export function nodeRows(answer: SpreadAnswer): readonly NodeRow[] {
  const { cluster } = answer;
  const all = nodesOf(cluster);
  const used = new Set((cluster.pods ?? []).filter(({ owner }) => owner?.kind !== 'DaemonSet').map(({ node }) => node));
  const shown = all.length <= NODES_MAX ? all : all.filter(({ name }) => used.has(name) || answer.lost.has(name));
  const nodeOfPod = new Map((cluster.pods ?? []).map(({ name, node }) => [name, node]));
  const states = new Map((cluster.nodes ?? []).map((node) => [node.name, node]));
  const held = heldByNode(answer);
  const rows = shown.map(({ name, zone }): NodeRow => {
    const lost = answer.lost.has(name);
    const last = answer
      .last(new Set([...answer.lost, name]))
      .filter(({ pods }) => lost || pods.some((pod) => nodeOfPod.get(pod) === name));
    const losses = lossesOn(answer, name, lost);
    return {
      kind: 'node',
      id: `node ${name}`,
      group: zone ?? 'zone not known',
      label: shortNode(name),
      node: name,
      ...(zone !== undefined && { zone }),
      state: stateOf(cluster.nodes === undefined, states.get(name)),
      lost,
      held: held.get(name) ?? [],
      last,
      verdict: answer.complete
        ? worstOf([...losses.map(({ verdict }) => verdict), ...last.map(({ verdict }) => verdict), 'good'])
        : 'unknown',
      because: answer.complete ? sayNode(lost, losses, last, answer) : 'working out what goes with it…',
      cluster: cluster.context,
      origin: cluster.origin,
    };
  });
  return rows.toSorted((left, right) => left.group.localeCompare(right.group) || left.node.localeCompare(right.node));
}

function heldByNode({ components }: SpreadAnswer): ReadonlyMap<string, readonly Held[]> {
  const held = new Map<string, Held[]>();
  for (const { spread } of components)
    for (const [node, replicas] of Map.groupBy(spread.replicas, (replica) => replica.node)) {
      if (node === undefined) continue;
      const there = held.get(node) ?? [];
      there.push({ component: spread.component.id, short: spread.component.short, replicas });
      held.set(node, there);
    }
  return held;
}

/** What is lost already is said at the top: here only what this node adds. */
const lossesOn = ({ components }: SpreadAnswer, name: string, lost: boolean): readonly LossAnswer[] =>
  components.flatMap(({ losses: found }) => {
    const one = found?.byNode.get(name);
    return one && (lost || one.because !== found?.none.because || one.verdict === 'unknown') ? [one] : [];
  });

function stateOf(unlisted: boolean, node: NonNullable<SpreadAnswer['cluster']['nodes']>[number] | undefined): string {
  if (unlisted) return 'nodes could not be listed';
  if (!node) return 'the API does not know this node';
  const ready = { yes: 'ready', no: 'not ready', unknown: 'not heard of' }[node.ready];
  return [ready, ...(node.cordoned ? ['cordoned'] : []), ...node.pressures].join(', ');
}

function sayNode(
  lost: boolean,
  losses: readonly LossAnswer[],
  last: readonly LastReplica[],
  { components }: SpreadAnswer,
): string {
  const said = losses
    .filter(({ verdict }) => verdict !== 'good')
    .map(({ component, because }) => `${component}: ${because}`);
  const hurt = components.some(({ losses: found }) => found?.none.verdict === 'bad' || found?.none.verdict === 'warn');
  const words = [...said, ...(last.length > 0 ? [`last of ${sayLast(last)}`] : [])];
  const what = words.length === 0 ? `nothing ${hurt ? 'more ' : ''}is lost with it` : words.join('; ');
  return lost ? `lost (what if); ${what}` : what;
}

/** Workloads with what they lack: `loki-gateway (no PDB, no priority), mimir-nginx`. */
export const sayLast = (last: readonly LastReplica[]): string =>
  last
    .map(({ short, budget, priority }) => {
      const lacks = [...(budget ? [] : ['no PDB']), ...(priority ? [] : ['no priority'])];
      return lacks.length === 0 ? short : `${short} (${lacks.join(', ')})`;
    })
    .join(', ');
