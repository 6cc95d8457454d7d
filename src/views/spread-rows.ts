import { isOf } from '../domain/components.ts';
import { worstFirst } from '../domain/loss-answer.ts';
import { shortNode } from '../domain/node-name.ts';
import type { Loaded, Verdict } from '../domain/result.ts';
import { worstOf } from '../domain/signals.ts';
import { spreadId } from '../domain/spread.ts';
import type { ComponentSpread } from '../domain/spread-model.ts';
import { loadPlacement, type SpreadAnswer } from './spread-load.ts';
import { nodeRows, sayLast, sayUnseen } from './spread-nodes.ts';
import { extrasOf } from './spread-record.ts';
import type { ComponentRow, DownRow, LostRow, SpreadRow } from './spread-row.ts';
import type { LoadInput } from './view.ts';

const WORST_MAX = 12;
/** Tenants with a line of their own: the nodes below are what most look for. */
const TENANTS_SHOWN_MAX = 8;

export async function* loadSpread(input: LoadInput): AsyncGenerator<Loaded<SpreadRow>> {
  for await (const answer of loadPlacement(input)) {
    const rows = rowsOf(answer);
    const hidden = answer.components.length - rows.filter(({ kind }) => kind === 'component').length;
    yield {
      rows,
      gaps: answer.gaps,
      complete: answer.complete,
      because: answer.complete && rows.length === 0 ? sayEmpty(input) : undefined,
      ...(answer.complete && { extras: extrasOf(answer) }),
      ...(answer.complete && hidden > 0 && { note: sayHidden(hidden) }),
    };
  }
}

const sayHidden = (tenants: number): string =>
  `${tenants} more tenants with shards of their own stand no worse than those shown`;

const sayEmpty = ({ clients }: LoadInput): string =>
  clients.clusters.length === 0
    ? 'no ring answered, and no cluster was chosen: --context shows where pods stand'
    : 'no ring answered, and no pod of the stack is to be seen';

/** The components first, then the nodes by zone. Nothing before there is a component. */
export function rowsOf(answer: SpreadAnswer): readonly SpreadRow[] {
  if (answer.components.length === 0) return [];
  return [...lostRows(answer), ...downRows(answer), ...shownOf(componentRows(answer)), ...nodeRows(answer)];
}

const BY_VERDICT: readonly Verdict[] = ['bad', 'unknown', 'warn', 'good'];

/** All of the rings, and of the tenants' shards in them the worst, in their order. */
function shownOf(rows: readonly ComponentRow[]): readonly ComponentRow[] {
  const ofTenants = rows.filter(({ spread }) => spread.used?.tenant !== undefined);
  if (ofTenants.length <= TENANTS_SHOWN_MAX) return rows;
  const rank = ({ loss, verdict }: ComponentRow): number =>
    BY_VERDICT.indexOf(loss?.verdict ?? 'good') * BY_VERDICT.length + BY_VERDICT.indexOf(verdict);
  const hidden = new Set(ofTenants.toSorted((left, right) => rank(left) - rank(right)).slice(TENANTS_SHOWN_MAX));
  return rows.filter((row) => !hidden.has(row));
}

function lostRows(answer: SpreadAnswer): readonly LostRow[] {
  const { lost, strangers, cluster } = answer;
  if (lost.size === 0 && strangers.length === 0) return [];
  const last = answer.last(lost);
  const names = [...[...lost].map(shortNode), ...strangers].join(', ');
  return [
    {
      kind: 'lost',
      id: 'lost',
      group: 'what if',
      label: `without ${names}`,
      verdict: worstOf([
        ...last.map(({ verdict }) => verdict),
        strangers.length > 0 || cluster.unseen.length > 0 ? 'unknown' : 'good',
      ]),
      because: [
        ...strangers.map((name) => `there is no node ${name}`),
        ...(last.length > 0 ? [`last replicas: ${sayLast(last)}`] : []),
        ...(cluster.unseen.length > 0 ? [sayUnseen(cluster)] : []),
        ...(last.length === 0 && cluster.unseen.length === 0 ? ['no workload loses its last replica'] : []),
      ].join('; '),
      cluster: cluster.context,
      origin: cluster.origin,
      last,
      strangers,
      unseen: cluster.unseen,
    },
  ];
}

function downRows({ down, cluster }: SpreadAnswer): readonly DownRow[] {
  if (down.length === 0) return [];
  return [
    {
      kind: 'down',
      id: 'down',
      group: 'now',
      label: 'no ready replica',
      verdict: worstOf(down.map(({ verdict }) => verdict)),
      because: sayLast(down),
      cluster: cluster.context,
      origin: cluster.origin,
      last: down,
    },
  ];
}

function componentRows({ components, lost, cluster }: SpreadAnswer): readonly ComponentRow[] {
  return components.map(({ spread, losses, origin }) => {
    const loss = lost.size > 0 ? losses?.none : undefined;
    const all = losses ? [...losses.byNode.values(), ...losses.worstPairs] : [];
    return {
      kind: 'component',
      id: spreadId(spread),
      group: 'components',
      label: labelOf(spread),
      verdict: loss ? worstOf([loss.verdict, spread.verdict]) : spread.verdict,
      because: loss && loss.verdict !== 'good' ? loss.because : spread.because,
      cluster: cluster.context,
      origin,
      spread,
      ...workloadOf(spread, cluster),
      ...(loss && { loss }),
      worst: worstFirst(all.filter(({ verdict }) => verdict === 'bad' || verdict === 'warn')).slice(0, WORST_MAX),
    };
  });
}

function workloadOf({ component }: ComponentSpread, { workloads }: SpreadAnswer['cluster']): { workload?: string } {
  const [only, second] = workloads.filter(({ podLabels }) => isOf(component, { labels: podLabels }));
  return only && !second ? { workload: only.name } : {};
}

function labelOf({ component, mode, view, used }: ComponentSpread): string {
  if (used?.tenant !== undefined) return ` of ${used.tenant}, ${used.size}`;
  const { replicationFactor } = view.settings;
  return mode !== 'classic' || replicationFactor === undefined
    ? component.id
    : `${component.id} rf ${replicationFactor}`;
}
