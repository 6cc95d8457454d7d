import type { Agent } from '../domain/fleet.ts';
import { byTrouble, matchIn, type QueueRow, rowOf, type Sight, unseenRow } from '../domain/queues-sight.ts';
import type { Fault, Loaded } from '../domain/result.ts';
import { becauseOfGaps } from './arrival.ts';
import type { TenantSights } from './queues-mimir.ts';
import type { LoadInput } from './view.ts';

/** What was seen so far. */
export interface Seen {
  agents: readonly Agent[];
  readonly scraped: Map<Agent, readonly Sight[]>;
  readonly silent: Set<Agent>;
  mimir: readonly TenantSights[];
  discards: ReadonlyMap<string, ReadonlyMap<string, number>> | undefined;
  readonly logLines: Map<string, readonly string[]>;
}

/** The rows of everything that was seen so far, worst first. `wanted`: scrape, mimir or both. */
export function told(
  input: LoadInput,
  seen: Seen,
  wanted: string,
  gaps: readonly Fault[],
  complete: boolean,
): Loaded<QueueRow> {
  const { tenant: whose, agent: who, context: where } = input.params;
  const rows = rowsOf(input, seen, wanted, complete)
    .filter(({ tenant }) => whose === undefined || tenant === undefined || tenant === whose)
    .filter(({ agent, context }) => (!who || agent === who) && (!where || context === where));
  return {
    rows: rows.sort(byTrouble),
    gaps,
    complete,
    because: rows.length > 0 || !complete ? undefined : whyEmpty(seen, gaps),
  };
}

function whyEmpty(seen: Seen, gaps: readonly Fault[]): string {
  if (gaps.length > 0) return becauseOfGaps('no queue could be seen', gaps);
  return seen.agents.length > 0
    ? `${seen.agents.length} agents were found, and none of them has a queue`
    : 'no agents were found: name a cluster with --context, or the tenant in which Mimir holds the agents’ metrics';
}

function rowsOf({ nowUnix }: LoadInput, seen: Seen, wanted: string, complete: boolean): readonly QueueRow[] {
  const copies = seen.mimir.flatMap(({ sights }) => sights);
  // Absence is only told of a Mimir that answered for every tenant, and that holds some agent's queues.
  const sure = copies.length > 0 && seen.mimir.every(({ answered }) => answered);
  const matched = new Set<Sight>();
  const common = { discards: seen.discards, nowUnix };
  const scraped = [...seen.scraped].flatMap(([agent, sights]) =>
    sights.map((sight) => {
      const copy = matchIn(copies, agent, sight.queue);
      if (copy) matched.add(copy);
      const inMimir = copy ? true : sure && !isLate(sight) ? false : undefined;
      return rowOf(sight, { ...common, agent, copy, inMimir, logLines: seen.logLines.get(agent.pod) });
    }),
  );
  const copied = copies.flatMap((copy) => {
    if (matched.has(copy)) return [];
    const agent = seen.agents.find((each) => matchIn([copy], each, copy.queue) !== undefined);
    return [rowOf(copy, { ...common, agent, inMimir: true, logLines: seen.logLines.get(copy.agent) })];
  });
  const rows = [...scraped, ...copied];
  return complete && sure ? [...rows, ...unseen(seen, rows, wanted)] : rows;
}

/** Beyond this the agent's own metrics may be on their way still: that is late, not absent. */
const LATE_SECONDS = 240;

const isLate = ({ queue }: Sight): boolean => (queue.lagSeconds ?? 0) > LATE_SECONDS;

/** Queues that are configured, and that neither the agent nor Mimir told of. */
function unseen(seen: Seen, rows: readonly QueueRow[], wanted: string): readonly QueueRow[] {
  const origin = seen.mimir.find(({ sights }) => sights.length > 0)?.origin;
  const known = new Set(rows.map(({ agent }) => agent));
  const silent = (agent: Agent): boolean => !known.has(agent.pod) && (wanted === 'mimir' || seen.silent.has(agent));
  if (origin === undefined) return [];
  return seen.agents
    .filter(silent)
    .flatMap((agent) =>
      (agent.config?.endpoints ?? [])
        .filter(({ signals }) => signals.includes('metrics'))
        .map((endpoint) => unseenRow(agent, endpoint, origin, wanted === 'mimir' ? 'mimir' : 'both')),
    );
}
