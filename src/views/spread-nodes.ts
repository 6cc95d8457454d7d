import type { LastReplica } from '../domain/last-replicas.ts';
import { type LossAnswer, lossOf } from '../domain/loss-answer.ts';
import { shortNode } from '../domain/node-name.ts';
import { worstOf } from '../domain/signals.ts';
import { nodesOf, type SpreadAnswer } from './spread-load.ts';
import type { Held, NodeRow, NowhereRow, ZoneRow } from './spread-row.ts';

/** More nodes than this are only shown where something of the stack stands on them. */
const NODES_MAX = 40;

const BY_GROUP = new Intl.Collator('en', { numeric: true });

/** The nodes by zone, each with what stands on it and what goes with it; a zone first where it takes more than they. */
export function nodeRows(answer: SpreadAnswer): readonly (NodeRow | ZoneRow | NowhereRow)[] {
  const byZone = Map.groupBy(rowsOfNodes(answer), ({ group }) => group);
  const zones = [...byZone].toSorted(([left], [right]) => BY_GROUP.compare(left, right));
  return [
    ...zones.flatMap(([zone, nodes]) => [
      ...zoneRows(answer, zone, nodes),
      ...nodes.toSorted((left, right) => BY_GROUP.compare(left.node, right.node)),
    ]),
    ...nowhereRows(answer),
  ];
}

function zoneRows(answer: SpreadAnswer, zone: string, nodes: readonly NodeRow[]): readonly ZoneRow[] {
  const [first] = nodes;
  if (!answer.complete || first?.zone === undefined || nodes.length < 2) return [];
  const alone = new Set(nodes.flatMap(({ last }) => last.map(({ workload }) => workload)));
  const names = nodes.map(({ node }) => node);
  const last = answer.last(new Set([...answer.lost, ...names])).filter(({ workload }) => !alone.has(workload));
  const before = new Set(answer.last(answer.lost).map(({ workload }) => workload));
  const more = last.filter(({ workload }) => !before.has(workload));
  const losses = answer.components.flatMap(({ spread, losses: found }) => {
    const one = found?.byZone.get(zone);
    const said = new Set([found?.none.because, ...names.map((name) => found?.byNode.get(name)?.because)]);
    return one && one.verdict !== 'good' && !said.has(one.because)
      ? [{ ...one, promised: spread.view.settings.zoneAware === true }]
      : [];
  });
  if (losses.length === 0 && more.length === 0) return [];
  const { cluster } = answer;
  return [
    {
      kind: 'zone',
      id: `zone ${zone}`,
      group: first.group,
      label: 'the whole zone',
      nodes: names,
      last: more,
      // Only zone awareness promises that a whole zone may go.
      verdict: losses.some(({ promised, verdict }) => promised && verdict === 'bad') ? 'bad' : 'warn',
      because: sayNode(false, losses, more, answer),
      cluster: cluster.context,
      origin: cluster.origin,
    },
  ];
}

function nowhereRows({ components, cluster }: SpreadAnswer): readonly NowhereRow[] {
  const held = components.filter(isWhole).flatMap(({ spread: { component, replicas } }) => {
    const here = replicas.filter(({ node }) => node === undefined);
    return here.length > 0 ? [{ component: component.id, short: component.short, replicas: here }] : [];
  });
  if (held.length === 0) return [];
  const all = held.flatMap(({ replicas }) => replicas);
  return [
    {
      kind: 'nowhere',
      id: 'nowhere',
      group: 'no node known',
      label: `${all.length} replicas`,
      held,
      verdict: 'unknown',
      because: all.map(({ id }) => id).join(', '),
      cluster: cluster.context,
      origin: cluster.origin,
    },
  ];
}

function rowsOfNodes(answer: SpreadAnswer): readonly NodeRow[] {
  const { cluster } = answer;
  const all = nodesOf(cluster);
  const used = new Set((cluster.pods ?? []).filter(({ owner }) => owner?.kind !== 'DaemonSet').map(({ node }) => node));
  const shown = all.length <= NODES_MAX ? all : all.filter(({ name }) => used.has(name) || answer.lost.has(name));
  const nodeOfPod = new Map((cluster.pods ?? []).map(({ name, node }) => [name, node]));
  const states = new Map((cluster.nodes ?? []).map((node) => [node.name, node]));
  const held = heldByNode(answer);
  return shown.map(({ name, zone }): NodeRow => {
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
        ? worstOf([
            ...[...losses, ...last].map(({ verdict }) => verdict),
            cluster.unseen.length > 0 ? 'unknown' : 'good',
          ])
        : 'unknown',
      because: answer.complete ? sayNode(lost, losses, last, answer) : 'working out what goes with it…',
      cluster: cluster.context,
      origin: cluster.origin,
    };
  });
}

/** A tenant's shard stands on nodes with its whole ring. */
const isWhole = ({ spread: { used } }: SpreadAnswer['components'][number]): boolean => used?.tenant === undefined;

function heldByNode({ components }: SpreadAnswer): ReadonlyMap<string, readonly Held[]> {
  const held = new Map<string, Held[]>();
  for (const { spread } of components.filter(isWhole))
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
  { components, cluster }: SpreadAnswer,
): string {
  const said = losses.filter(({ verdict }) => verdict !== 'good').map((loss) => `${lossOf(loss)}: ${loss.because}`);
  const hurt = components.some(({ losses: found }) => found?.none.verdict === 'bad' || found?.none.verdict === 'warn');
  const words = [
    ...said,
    ...(last.length > 0 ? [`last of ${sayLast(last)}`] : []),
    ...(cluster.unseen.length > 0 ? [sayUnseen(cluster)] : []),
  ];
  const what = words.length === 0 ? `nothing ${hurt ? 'more ' : ''}is lost with it` : words.join('; ');
  return lost ? `lost (what if); ${what}` : what;
}

/** Without them a last replica goes unseen. */
export const sayUnseen = ({ unseen }: SpreadAnswer['cluster']): string =>
  `whose last replica goes cannot be told: ${unseen.join(' and ')} could not be listed`;

/** Workloads with what they lack: `loki-gateway (no PDB, no priority), mimir-nginx`. */
export const sayLast = (last: readonly LastReplica[]): string =>
  last
    .map(({ short, pods, budget, priority }) => {
      const lacks = [
        ...(pods.length === 0 ? ['no pods'] : []),
        ...(budget === false ? ['no PDB'] : []),
        ...(priority ? [] : ['no priority']),
      ];
      return lacks.length === 0 ? short : `${short} (${lacks.join(', ')})`;
    })
    .join(', ');
