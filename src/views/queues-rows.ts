import type { AlloyEndpoint } from '../domain/alloy-endpoints.ts';
import type { Agent } from '../domain/fleet.ts';
import type { ServerSide } from '../domain/queues-server.ts';
import {
  type Around,
  byTrouble,
  endpointOf,
  headerEvidence,
  matchIn,
  type QueueRow,
  rowOf,
  type Sight,
  unseenRow,
} from '../domain/queues-sight.ts';
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
  /** Every tenant that there is was asked: whoever is in none of them is in none. */
  covers: boolean;
  server: ServerSide;
  readonly logLines: Map<string, readonly string[]>;
  /** Endpoints as Alloy's API told them, by context, agent and queue. */
  readonly told: Map<string, AlloyEndpoint>;
  /** Rows that were judged before, with what they were judged from: thousands are told anew while the last arrive. */
  readonly judged: WeakMap<Sight, { readonly around: Around; readonly row: QueueRow }>;
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
  const asked = new Set<string>(seen.mimir.map(({ tenant }) => tenant));
  /** Would it have been found, if it were there? Who sends as nobody is nowhere. */
  const isLookedFor = (agent: Agent, endpoint: AlloyEndpoint | undefined): boolean => {
    // By which name Mimir would know who was named by URL, nobody can tell.
    if (agent.url !== undefined) return false;
    const header = headerEvidence(agent, endpoint);
    if (header?.state === 'missing') return true;
    return header?.tenant === undefined ? seen.covers : asked.has(header.tenant);
  };
  const matched = new Set<Sight>();
  const copiesOf = indexed(copies, ({ agent }) => [agent]);
  const scraped = [...seen.scraped].flatMap(([agent, sights]) => {
    const candidates = copies.length === 0 ? NONE : candidatesFor(agent, copiesOf);
    const matches = sights.map(({ queue }) => matchIn(candidates, agent, queue));
    for (const copy of matches) if (copy) matched.add(copy);
    // All of its queues tell of themselves by one way: where one of them is known, none is absent.
    const isKnown = matches.some((copy) => copy !== undefined);
    const logLines = seen.logLines.get(agent.pod);
    return sights.map((sight, at) => {
      const isAbsent = sure && isWritten(sight) && !isLate(sight) && isLookedFor(agent, endpointOf(agent, sight.queue));
      const told = seen.told.size === 0 ? undefined : seen.told.get(`${agent.context}/${agent.pod}/${sight.queue.id}`);
      return judgedOnce(seen, sight, {
        ...{ server: seen.server, nowUnix, agent, told, logLines, copy: matches[at] },
        inMimir: isKnown ? true : isAbsent ? false : undefined,
      });
    });
  });
  const agentsOf = indexed(seen.agents, namesOf);
  // Where the cluster's other agents are known, one that is not among them was replaced.
  const seenClusters = new Set([...matched].map(({ cluster, namespace }) => `${cluster}/${namespace}`));
  const isGone = ({ agent, cluster, namespace }: Sight): boolean =>
    seenClusters.has(`${cluster}/${namespace}`) && !agentsOf.has(agent);
  const copied = copies.flatMap((copy) => {
    if (matched.has(copy)) return [];
    if (copy.last && isGone(copy)) return [];
    const agent = agentsOf.get(copy.agent)?.find((each) => matchIn([copy], each, copy.queue) !== undefined);
    return [
      judgedOnce(seen, copy, {
        server: seen.server,
        nowUnix,
        agent,
        inMimir: true,
        logLines: seen.logLines.get(copy.agent),
      }),
    ];
  });
  const rows = [...scraped, ...copied];
  return complete && sure ? [...rows, ...unseen(seen, rows, wanted, isLookedFor)] : rows;
}

/** As Mimir may know an agent: by its pod, or by its address. */
const namesOf = ({ pod, ip, port }: Agent): readonly string[] => (ip === undefined ? [pod] : [pod, `${ip}:${port}`]);

function indexed<Item>(items: readonly Item[], keysOf: (item: Item) => readonly string[]): ReadonlyMap<string, Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items)
    for (const key of keysOf(item)) {
      const some = found.get(key);
      if (some) some.push(item);
      else found.set(key, [item]);
    }
  return found;
}

function judgedOnce({ judged }: Seen, sight: Sight, around: Around): QueueRow {
  const known = judged.get(sight);
  if (known && isSame(known.around, around)) return known.row;
  const row = rowOf(sight, around);
  judged.set(sight, { around, row });
  return row;
}

/** The same evidence. By hand: six thousand rows are asked so with every batch that arrives. */
const isSame = (one: Around, other: Around): boolean =>
  one.agent === other.agent &&
  one.copy === other.copy &&
  one.inMimir === other.inMimir &&
  one.server === other.server &&
  one.logLines === other.logLines &&
  one.told === other.told &&
  one.nowUnix === other.nowUnix;

const NONE: readonly Sight[] = [];

const candidatesFor = (agent: Agent, copiesOf: ReadonlyMap<string, readonly Sight[]>): readonly Sight[] => [
  ...new Set(namesOf(agent).flatMap((name) => copiesOf.get(name) ?? [])),
];

/** What is looked for in Mimir: of exporters of other kinds it may hold nothing. */
const isWritten = ({ queue }: Sight): boolean => /remote_write$/.test(queue.kind);

/** Beyond this the agent's own metrics may be on their way still: that is late, not absent. */
const LATE_SECONDS = 240;

const isLate = ({ queue }: Sight): boolean => (queue.lagSeconds ?? 0) > LATE_SECONDS;

/** Queues that are configured, and that neither the agent nor Mimir told of. */
function unseen(
  seen: Seen,
  rows: readonly QueueRow[],
  wanted: string,
  isLookedFor: (agent: Agent, endpoint: AlloyEndpoint) => boolean,
): readonly QueueRow[] {
  const origin = seen.mimir.find(({ sights }) => sights.length > 0)?.origin;
  const known = new Set(rows.map(({ agent }) => agent));
  const silent = (agent: Agent): boolean => !known.has(agent.pod) && (wanted === 'mimir' || seen.silent.has(agent));
  if (origin === undefined) return [];
  return seen.agents
    .filter(silent)
    .flatMap((agent) =>
      (agent.config?.endpoints ?? [])
        .filter((endpoint) => endpoint.signals.includes('metrics') && isLookedFor(agent, endpoint))
        .map((endpoint) => unseenRow(agent, endpoint, origin, wanted === 'mimir' ? 'mimir' : 'both')),
    );
}
