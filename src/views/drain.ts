import { type Eviction, previewDrain } from '../domain/drain.ts';
import { type LossAnswer, lossOf } from '../domain/loss-answer.ts';
import { shortNode } from '../domain/node-name.ts';
import type { Json, Loaded, Origin, Verdict } from '../domain/result.ts';
import type { PlacedPod } from '../domain/scheduling.ts';
import { worstOf } from '../domain/signals.ts';
import { loadPlacement, nodesOf, type SpreadAnswer } from './spread-load.ts';
import { sayLast, sayUnseen } from './spread-nodes.ts';
import { lastReplicasOf } from './spread-record.ts';
import { go, type LoadInput, view } from './view.ts';

interface DrainRow extends Eviction {
  readonly verdict: Verdict;
  readonly origin: Origin;
}

/** What a drain would do, before anybody does it. */
export const drain = view<DrainRow>({
  id: 'drain',
  aliases: ['dr'],
  about: 'pods that a drain of a node would evict, what stops it, and what quorum is left meanwhile',
  everySeconds: 15,
  tenantless: true,
  argument: { name: 'NODE', param: 'node', required: true },
  judges: true,
  load: loadDrain,
  decides,
  // The note says why.
  summary: ({ extras }) => (typeof extras?.verdict === 'string' ? [['drain', extras.verdict]] : []),
  body: {
    kind: 'table',
    rowId: ({ pod }) => `${pod.namespace}/${pod.name}`,
    columns: [
      {
        id: 'pod',
        title: 'POD',
        cell: ({ pod }) => pod.name,
        letter: 'P',
        keep: 110,
        widthMin: 16,
        widthMax: 60,
        grow: true,
      },
      {
        id: 'workload',
        title: 'WORKLOAD',
        cell: ({ workload }) => workload,
        letter: 'W',
        keep: 60,
        widthMin: 12,
        widthMax: 50,
      },
      {
        id: 'blocked',
        title: 'BLOCKED BY',
        cell: ({ blockedBy }) => blockedBy.join(', ') || '–',
        tone: ({ blockedBy }) => (blockedBy.length > 0 ? 'warn' : 'plain'),
        letter: 'B',
        keep: 90,
        widthMin: 10,
        widthMax: 40,
      },
      {
        id: 'because',
        title: 'BECAUSE',
        cell: ({ because }) => because,
        tone: ({ verdict }) => (verdict === 'good' ? 'plain' : verdict),
        letter: 'A',
        keep: 100,
        widthMin: 20,
        widthMax: 80,
        grow: true,
      },
    ],
  },
  keys: [
    {
      key: 'm',
      does: 'the matrix without this node',
      on: (_row, { params }) => go('spread', { lose: params.node ?? '' }),
    },
  ],
  record: ({ pod, workload, blockedBy, because, verdict }) => ({
    pod: pod.name,
    namespace: pod.namespace,
    workload,
    blockedBy: [...blockedBy],
    verdict,
    because,
  }),
  origin: ({ origin }) => origin,
  details: ({ pod, workload, blockedBy, because }) => [
    ['pod', `${pod.namespace}/${pod.name}`],
    ['workload', workload],
    ['blocked by', blockedBy.join(', ') || 'nothing'],
    ['because', because],
  ],
  crumb: ({ node }) => shortNode(node ?? ''),
});

/** The placement with that node lost: what is left while it is drained. */
async function* loadDrain(input: LoadInput): AsyncGenerator<Loaded<DrainRow>> {
  const node = input.params.node ?? '';
  for await (const answer of loadPlacement({ ...input, params: { ...input.params, lose: node } })) {
    const [name] = answer.lost;
    const rows = name === undefined ? [] : rowsOf(answer, name);
    yield {
      rows,
      gaps: answer.gaps,
      complete: answer.complete,
      because: answer.complete && rows.length === 0 ? sayEmpty(answer, node) : undefined,
      ...(answer.complete && name !== undefined && { note: sayLeft(answer), extras: extrasOf(answer) }),
    };
  }
}

/** A pod is as bad as what goes with it, where nothing holds it back. */
function rowsOf(answer: SpreadAnswer, node: string): readonly DrainRow[] {
  const { cluster, lost } = answer;
  const last = answer.last(lost);
  const hurt = hurtIn(answer);
  const takenWith = ({ name }: PlacedPod): readonly { said: string; verdict: Verdict }[] => [
    ...last
      .filter(({ pods }) => pods.includes(name))
      .map(({ short, verdict }) => ({ said: `last of ${short}`, verdict })),
    ...hurt
      .filter(({ spread }) => spread.replicas.some(({ pod }) => pod?.name === name))
      .map(({ loss }) => ({ said: `${lossOf(loss)}: ${loss.because}`, verdict: loss.verdict })),
  ];
  return previewDrain(node, cluster.pods ?? [], cluster.budgets, cluster.zoneBudgets).map((eviction) => {
    const taken = takenWith(eviction.pod);
    const goes: Verdict = eviction.untold ? 'unknown' : 'good';
    return {
      ...eviction,
      because: [eviction.because, ...taken.map(({ said }) => said)].join('; '),
      verdict: eviction.blockedBy.length > 0 ? 'warn' : worstOf([goes, ...taken.map(({ verdict }) => verdict)]),
      origin: cluster.origin,
    };
  });
}

function sayEmpty({ lost, strangers, cluster }: SpreadAnswer, node: string): string {
  if (cluster.pods === undefined)
    return cluster.context === ''
      ? 'no cluster could be looked into: --context names one'
      : 'what stands on it is not known: pods could not be listed';
  if (lost.size === 0 || strangers.length > 0) {
    const names = nodesOf(cluster).map(({ name }) => name);
    return `there is no node ${node}; there are ${names.join(', ')}`;
  }
  const what = cluster.unseen.length > 0 ? 'nothing that could be seen' : 'nothing of the stack';
  return `${what} would be evicted from ${node}`;
}

type Lossy = Pick<SpreadAnswer['components'][number], 'spread'> & { readonly loss: LossAnswer };

const lossesOf = ({ components }: SpreadAnswer): readonly Lossy[] =>
  components.flatMap(({ spread, losses }) => (losses ? [{ spread, loss: losses.none }] : []));

const hurtIn = (answer: SpreadAnswer): readonly Lossy[] =>
  lossesOf(answer).filter(({ loss }) => loss.verdict !== 'good');

function extrasOf(answer: SpreadAnswer): Readonly<Record<string, Json>> {
  return {
    quorumLeft: lossesOf(answer).map(({ loss }) => ({ ...loss, nodes: [...loss.nodes] })),
    lastReplicas: lastReplicasOf(answer, [...answer.lost]),
    verdict: verdictOf(answer),
  };
}

/** Bad decides; then what could not be told. A last replica that nothing passes through is no more than a warning. */
function verdictOf(answer: SpreadAnswer): Verdict {
  const verdicts = [...answer.last(answer.lost), ...hurtIn(answer).map(({ loss }) => loss)].map(
    ({ verdict }) => verdict,
  );
  if (verdicts.includes('bad')) return 'bad';
  const blind = answer.cluster.unseen.length > 0 || answer.strangers.length > 0;
  return blind || verdicts.includes('unknown') ? 'unknown' : worstOf(['good', ...verdicts]);
}

/** Bad is 1, untold is 2; else as usual, where a gap is 2 too. */
function decides({ extras }: Loaded<DrainRow>): boolean | null | undefined {
  switch (extras?.verdict) {
    case 'bad':
      return true;
    case 'good':
    case 'warn':
      return undefined;
    default:
      return null;
  }
}

/** Rings and shards that a sentence names. */
const SAID_MAX = 6;

function sayLeft(answer: SpreadAnswer): string {
  const hurt = hurtIn(answer);
  const last = answer.last(answer.lost);
  const said = [
    ...hurt.slice(0, SAID_MAX).map(({ loss }) => `${lossOf(loss)}: ${loss.because}`),
    ...(hurt.length > SAID_MAX ? [`${hurt.length - SAID_MAX} more rings or tenants`] : []),
    ...(last.length > 0 ? [`last replicas: ${sayLast(last)}`] : []),
    ...(answer.cluster.unseen.length > 0 ? [sayUnseen(answer.cluster)] : []),
  ];
  return said.length > 0
    ? `meanwhile ${said.join('; ')}`
    : 'meanwhile every ring keeps its quorum; a second loss may not';
}
