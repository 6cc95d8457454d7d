import { type LastReplica, lastReplicasOn } from '../domain/last-replicas.ts';
import { type LossAnswer, worstFirst } from '../domain/loss-answer.ts';
import { shortNode } from '../domain/node-name.ts';
import type { Replica } from '../domain/placement.ts';
import type { Loaded, Origin, Verdict } from '../domain/result.ts';
import { worstOf } from '../domain/signals.ts';
import type { ComponentSpread } from '../domain/spread.ts';
import { loadPlacement, nodesOf, type SpreadAnswer } from './spread-load.ts';
import { extrasOf } from './spread-record.ts';
import type { LoadInput } from './view.ts';

interface Row {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly verdict: Verdict;
  readonly because: string;
  readonly origin: Origin;
}

/** A component and what is wrong with it. */
export interface ComponentRow extends Row {
  readonly kind: 'component';
  readonly spread: ComponentSpread;
  /** What the marked nodes take from it; only where some are marked. */
  readonly loss?: LossAnswer;
  /** Single nodes and pairs that take something, worst first. */
  readonly worst: readonly LossAnswer[];
}

/** A node and what goes with it. */
export interface NodeRow extends Row {
  readonly kind: 'node';
  readonly node: string;
  readonly zone?: string;
  readonly state: string;
  readonly lost: boolean;
  readonly held: readonly {
    readonly component: string;
    readonly short: string;
    readonly replicas: readonly Replica[];
  }[];
  readonly last: readonly LastReplica[];
}

/** What all marked nodes together take with them, beside the rings. */
export interface LostRow extends Row {
  readonly kind: 'lost';
  readonly last: readonly LastReplica[];
  /** What was marked, and is no node. */
  readonly strangers: readonly string[];
}

export type SpreadRow = ComponentRow | NodeRow | LostRow;

/** More nodes than this are only shown where something of the stack stands on them. */
const NODES_MAX = 40;
const WORST_MAX = 12;

export async function* loadSpread(input: LoadInput): AsyncGenerator<Loaded<SpreadRow>> {
  for await (const answer of loadPlacement(input)) {
    const rows = rowsOf(answer);
    yield {
      rows,
      gaps: answer.gaps,
      complete: answer.complete,
      because: answer.complete && rows.length === 0 ? sayEmpty(input) : undefined,
      ...(answer.complete && { extras: extrasOf(answer) }),
    };
  }
}

const sayEmpty = ({ clients }: LoadInput): string =>
  clients.clusters.length === 0
    ? 'no ring answered, and no cluster was chosen: --context shows where pods stand'
    : 'no ring answered, and no pod of the stack is to be seen';

/** The components first, then the nodes by zone. Nothing before there is a component. */
export function rowsOf(answer: SpreadAnswer): readonly SpreadRow[] {
  if (answer.components.length === 0) return [];
  return [...lostRows(answer), ...componentRows(answer), ...nodeRows(answer)];
}

function lostRows(answer: SpreadAnswer): readonly LostRow[] {
  const { lost, strangers, cluster } = answer;
  if (lost.size === 0 && strangers.length === 0) return [];
  const last = lastOn(answer, lost);
  const names = [...[...lost].map(shortNode), ...strangers].join(', ');
  return [
    {
      kind: 'lost',
      id: 'lost',
      group: 'what if',
      label: `without ${names}`,
      verdict: worstOf([...last.map(({ verdict }) => verdict), strangers.length > 0 ? 'unknown' : 'good']),
      because: [
        ...strangers.map((name) => `there is no node ${name}`),
        last.length === 0 ? 'no workload loses its last replica' : `last replicas: ${sayLast(last)}`,
      ].join('; '),
      origin: cluster.origin,
      last,
      strangers,
    },
  ];
}

const sayLast = (last: readonly LastReplica[]): string => last.map(({ workload }) => workload).join(', ');

const lastOn = ({ cluster }: SpreadAnswer, lost: ReadonlySet<string>): readonly LastReplica[] =>
  lastReplicasOn(lost, cluster.workloads, cluster.pods ?? [], cluster.budgets ?? []);

function componentRows({ components, lost, cluster }: SpreadAnswer): readonly ComponentRow[] {
  return components.map(({ spread, losses }) => {
    const loss = lost.size > 0 ? losses?.none : undefined;
    const all = losses ? [...losses.byNode.values(), ...losses.worstPairs] : [];
    return {
      kind: 'component',
      id: spread.component.id,
      group: 'components',
      label: `${spread.component.id}${spread.mode !== 'classic' || spread.view.settings.replicationFactor === undefined ? '' : ` rf ${spread.view.settings.replicationFactor}`}`,
      verdict: loss ? worstOf([loss.verdict, spread.verdict]) : spread.verdict,
      because: loss && loss.verdict !== 'good' ? loss.because : spread.because,
      origin: cluster.origin,
      spread,
      ...(loss && { loss }),
      worst: worstFirst(all.filter(({ verdict }) => verdict === 'bad' || verdict === 'warn')).slice(0, WORST_MAX),
    };
  });
}

function nodeRows(answer: SpreadAnswer): readonly NodeRow[] {
  const { cluster, components } = answer;
  const all = nodesOf(cluster);
  const used = new Set((cluster.pods ?? []).filter(({ owner }) => owner?.kind !== 'DaemonSet').map(({ node }) => node));
  const shown = all.length <= NODES_MAX ? all : all.filter(({ name }) => used.has(name) || answer.lost.has(name));
  const rows = shown.map(({ name, zone }): NodeRow => {
    const lost = answer.lost.has(name);
    const held = components.flatMap(({ spread }) => {
      const replicas = spread.replicas.filter(({ node }) => node === name);
      return replicas.length > 0 ? [{ component: spread.component.id, short: spread.component.short, replicas }] : [];
    });
    const last = lastOn(answer, new Set([...answer.lost, name])).filter(
      ({ pods }) => lost || pods.some((pod) => isOn(answer, pod, name)),
    );
    // What is lost already is said at the top: here only what this node adds.
    const losses = components.flatMap(({ losses: found }) => {
      const one = found?.byNode.get(name);
      return one && (lost || one.because !== found?.none.because || one.verdict === 'unknown') ? [one] : [];
    });
    return {
      kind: 'node',
      id: `node ${name}`,
      group: zone ?? 'zone not known',
      label: shortNode(name),
      node: name,
      ...(zone !== undefined && { zone }),
      state: stateOf(answer, name),
      lost,
      held,
      last,
      verdict: answer.complete
        ? worstOf([...losses.map(({ verdict }) => verdict), ...last.map(({ verdict }) => verdict), 'good'])
        : 'unknown',
      because: answer.complete ? sayNode(lost, losses, last, answer) : 'working out what goes with it…',
      origin: cluster.origin,
    };
  });
  return rows.toSorted((left, right) => left.group.localeCompare(right.group) || left.node.localeCompare(right.node));
}

const isOn = ({ cluster }: SpreadAnswer, pod: string, node: string): boolean =>
  (cluster.pods ?? []).some(({ name, node: on }) => name === pod && on === node);

function stateOf({ cluster }: SpreadAnswer, name: string): string {
  const node = cluster.nodes?.find((one) => one.name === name);
  if (cluster.nodes === undefined) return 'nodes could not be listed';
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
