import { type Eviction, previewDrain } from '../domain/drain.ts';
import { shortNode } from '../domain/node-name.ts';
import type { Json, Loaded, Origin, Verdict } from '../domain/result.ts';
import { loadPlacement, nodesOf, type SpreadAnswer } from './spread-load.ts';
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
  load: loadDrain,
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
        tone: ({ verdict }) => verdict,
        letter: 'B',
        keep: 90,
        widthMin: 10,
        widthMax: 40,
      },
      {
        id: 'because',
        title: 'BECAUSE',
        cell: ({ because }) => because,
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
      ...(answer.complete &&
        name !== undefined && { note: sayLeft(answer), extras: { quorumLeft: quorumLeft(answer) } }),
    };
  }
}

function rowsOf({ cluster }: SpreadAnswer, node: string): readonly DrainRow[] {
  return previewDrain(node, cluster.pods ?? [], cluster.budgets, cluster.zoneBudgets).map((eviction) => ({
    ...eviction,
    verdict: eviction.blockedBy.length > 0 ? 'warn' : cluster.budgets === undefined ? 'unknown' : 'good',
    origin: cluster.origin,
  }));
}

function sayEmpty({ lost, strangers, cluster }: SpreadAnswer, node: string): string {
  if (cluster.pods === undefined) return 'no cluster could be looked into: --context names one';
  if (lost.size === 0 || strangers.length > 0) {
    const names = nodesOf(cluster).map(({ name }) => name);
    return `there is no node ${node}; there are ${names.join(', ')}`;
  }
  return `nothing of the stack would be evicted from ${node}`;
}

const quorumLeft = ({ components }: SpreadAnswer): readonly Json[] =>
  components.flatMap(({ losses }) => (losses ? [{ ...losses.none, nodes: [...losses.none.nodes] }] : []));

function sayLeft({ components }: SpreadAnswer): string {
  const hurt = components.flatMap(({ losses }) => (losses && losses.none.verdict !== 'good' ? [losses.none] : []));
  if (hurt.length > 0)
    return `meanwhile ${hurt.map(({ component, because }) => `${component}: ${because}`).join('; ')}`;
  return 'meanwhile every ring keeps its quorum; a second loss may not';
}
