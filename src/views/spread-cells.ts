import type { LastReplica } from '../domain/last-replicas.ts';
import { shortNode } from '../domain/node-name.ts';
import type { Replica } from '../domain/placement.ts';
import type { ComponentSpread } from '../domain/spread-model.ts';
import { sayStorage } from '../domain/spread-storage.ts';
import { formatAge, formatShare } from '../domain/units.ts';
import { rfIn } from './spread-record.ts';
import type { Held, NodeRow, NowhereRow, SpreadRow } from './spread-row.ts';
import type { MatrixCell, Tone } from './view.ts';

export function cellsOf(row: SpreadRow): readonly MatrixCell[] {
  if (row.kind === 'node' || row.kind === 'nowhere') return nodeCells(row);
  if (row.kind !== 'component') return [];
  const { replicas, component } = row.spread;
  const lost = new Set(row.loss?.nodes);
  const alive = replicas.filter(({ alive: counts, node }) => counts && !(node !== undefined && lost.has(node))).length;
  return [
    { column: component.short, text: `${alive}/${replicas.length}`, tone: alive < replicas.length ? 'bad' : 'plain' },
  ];
}

/** A sign for each replica on the node: counts, does not count, is lost in the what-if. Where there is room, all it says. */
function nodeCells(row: NodeRow | NowhereRow): readonly MatrixCell[] {
  return row.held.map(({ short, replicas }) => ({
    column: short,
    text: replicas.map((replica) => signOf(row, replica)).join(''),
    wide: replicas.map((replica) => wideOf(row, replica)).join(' '),
    tone: toneOf(row, replicas),
  }));
}

const signOf = (row: NodeRow | NowhereRow, { alive }: Replica): string => (isLost(row) || !alive ? '✗' : '●');

const isLost = (row: NodeRow | NowhereRow): boolean => row.kind === 'node' && row.lost;

/** `●26.9% 5s`, `✗UNHEALTHY 24.2% 42s not ready ×4`: share, heartbeat, restarts, and what is not as it should be. */
function wideOf(row: NodeRow | NowhereRow, replica: Replica): string {
  const { member, pod, tokenShare, heartbeatAgeSeconds } = replica;
  const said = [
    ...(member && member.state !== 'ACTIVE' ? [member.state] : []),
    ...(tokenShare === undefined ? [] : [formatShare(tokenShare)]),
    ...(heartbeatAgeSeconds === undefined ? [] : [formatAge(heartbeatAgeSeconds)]),
    ...(pod && !pod.ready ? ['not ready'] : []),
    ...(pod && pod.restarts > 0 ? [`×${pod.restarts}`] : []),
  ];
  return `${signOf(row, replica)}${said.join(' ')}`;
}

function toneOf(row: NodeRow | NowhereRow, replicas: readonly Replica[]): Tone {
  if (isLost(row) || replicas.some(({ alive }) => !alive)) return 'bad';
  return replicas.length > 1 || row.kind === 'nowhere' ? 'warn' : 'good';
}

/** Ring and pod of one replica in words. */
function sayReplica({ id, member, pod, tokenShare, heartbeatAgeSeconds, alive, because }: Replica): string {
  const heartbeat =
    heartbeatAgeSeconds === undefined ? 'no heartbeat' : `heartbeat ${formatAge(heartbeatAgeSeconds)} ago`;
  const restarts = pod && (pod.restarts === 1 ? '1 restart' : `${pod.restarts || 'no'} restarts`);
  const said = [
    member ? `${member.state}${member.readOnly ? ', read-only' : ''} in the ring, ${heartbeat}` : 'not in a ring',
    pod ? `pod ${pod.ready ? 'ready' : 'not ready'}, ${restarts}` : 'no pod',
    ...(tokenShare === undefined ? [] : [`${formatShare(tokenShare)} of the tokens`]),
    ...(alive ? [] : ['does not count']),
    ...(because === '' ? [] : [because]),
  ];
  return `${id}: ${said.join('; ')}`;
}

const sayHeld = ({ component, replicas }: Held): readonly (readonly [string, string])[] =>
  replicas.map((replica) => [component, sayReplica(replica)]);

const lastDetail = ({ workload, verdict, priority, budget }: LastReplica): readonly [string, string] => [
  'last replica',
  `${workload} (${verdict})${priority ? '' : ', no priority'}${budget === false ? ', no PDB' : ''}`,
];

/** Several stacks in one cluster: only the one whose ring was asked is judged. */
const besideOf = ({ beside }: ComponentSpread): readonly (readonly [string, string])[] =>
  beside.length === 0
    ? []
    : [
        [
          'beside',
          `${beside.map(({ namespace, name }) => `${namespace}/${name}`).join(', ')}: of another release, whose ring was not asked`,
        ],
      ];

const storageOf = (found: ComponentSpread): readonly (readonly [string, string])[] => {
  const said = sayStorage(found);
  return said === undefined ? [] : [['data on', said]];
};

export function detailsOf(row: SpreadRow): readonly (readonly [string, string])[] {
  if (row.kind === 'zone')
    return [
      ['zone', row.group],
      ['nodes', row.nodes.join(', ')],
      ['if lost', row.because],
      ...row.last.map(lastDetail),
    ];
  if (row.kind === 'lost' || row.kind === 'down')
    return [[row.kind, row.label], ['cluster', row.cluster], ['result', row.because], ...row.last.map(lastDetail)];
  if (row.kind === 'nowhere') return [['node', row.group], ['replicas', row.label], ...row.held.flatMap(sayHeld)];
  if (row.kind === 'node')
    return [
      ['node', row.node],
      ['zone', row.zone ?? 'not known'],
      ['state', row.state],
      ['if lost', row.because],
      ...row.held.flatMap(sayHeld),
      ...row.last.map(lastDetail),
    ];
  const { spread: found } = row;
  return [
    ['component', found.component.id],
    ['replication factor', rfIn(found)],
    ['rule', `${found.rule.declared}, bites: ${found.rule.effective}; ${found.rule.because}`],
    ['PDB', found.pdb.because],
    ...storageOf(found),
    ...besideOf(found),
    ...found.replicas.map((replica): [string, string] => [
      replica.node === undefined ? 'no node' : shortNode(replica.node),
      sayReplica(replica),
    ]),
    ...found.findings.map(({ verdict, because, next }): [string, string] => [verdict, `${because}; next: ${next}`]),
    ...row.worst.map(({ nodes, because }): [string, string] => [nodes.map(shortNode).join(' + '), because]),
  ];
}
