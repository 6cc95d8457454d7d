import type { AlloyEndpoint } from '../domain/alloy-endpoints.ts';
import type { Agent } from '../domain/fleet.ts';
import { matchIn, mayBeAmong } from '../domain/queues-match.ts';
import type { ServerSide } from '../domain/queues-server.ts';
import {
  type Around,
  byTrouble,
  endpointOf,
  headerEvidence,
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
  /** Lines of an agent's own log, by `logKey`. */
  readonly logLines: Map<string, readonly string[]>;
  /** Endpoints as Alloy's API told them, by context, agent and queue. */
  readonly told: Map<string, AlloyEndpoint>;
  /** Rows that were judged before, with what they were judged from: thousands are told anew while the last arrive. */
  readonly judged: WeakMap<Sight, { readonly around: Around; readonly row: QueueRow }>;
}

/** One pod of one namespace of one cluster: pods of one name stand in many. */
export const logKey = ({ context, namespace, agent }: Pick<QueueRow, 'context' | 'namespace' | 'agent'>): string =>
  [context, namespace, agent].join('/');

/** The rows of everything that was seen so far, worst first. `wanted`: scrape, mimir or both. */
export function told(
  input: LoadInput,
  seen: Seen,
  wanted: string,
  gaps: readonly Fault[],
  complete: boolean,
): Loaded<QueueRow> {
  const { tenant: whose, agent: who, context: where } = input.params;
  const found = rowsOf(input, seen, wanted, complete)
    .filter(({ tenant }) => whose === undefined || tenant === undefined || tenant === whose)
    .filter(({ agent, context }) => (!who || agent === who) && (!where || context === where));
  // Whoever names an agent wants all of it.
  const chosen = input.chosen && !who ? new Set<string>(input.tenants) : undefined;
  const isOther = ({ tenant }: QueueRow): boolean =>
    chosen !== undefined && tenant !== undefined && !chosen.has(tenant);
  const rows = chosen === undefined ? found : found.filter((row) => !isOther(row));
  const hidden = complete && rows.length < found.length ? sayHidden(found.filter(isOther)) : undefined;
  return {
    rows: rows.sort(byTrouble),
    gaps,
    complete,
    because: rows.length > 0 || !complete ? undefined : whyEmpty(seen, hidden, gaps),
    note: rows.length > 0 ? hidden : undefined,
  };
}

function sayHidden(others: readonly QueueRow[]): string {
  const bad = others.filter(({ judged }) => judged.verdict === 'bad').length;
  const queues =
    others.length === 1
      ? '1 queue that sends as another tenant is'
      : `${others.length} queues that send as other tenants are`;
  return `${queues} not shown${bad > 0 ? `, ${bad} of them bad` : ''}`;
}

function whyEmpty(seen: Seen, hidden: string | undefined, gaps: readonly Fault[]): string {
  if (hidden !== undefined) return hidden;
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
  const agentsOf = indexed(seen.agents, namesOf);
  const known = new Set<Agent>();
  const scraped = [...seen.scraped].flatMap(([agent, sights]) => {
    const candidates = copies.length === 0 ? NONE : candidatesFor(agent, copiesOf);
    const rivals = candidates.length === 0 ? NOBODY : rivalsOf(agent, agentsOf);
    const matches = sights.map(({ queue }) => matchIn(candidates, agent, queue, rivals));
    for (const copy of matches) if (copy) matched.add(copy);
    if (sights.length > 0) known.add(agent);
    // All of its queues tell of themselves by one way: where one of them is known, none is absent.
    const isKnown = matches.some((copy) => copy !== undefined);
    const isUnclear = !isKnown && sights.some(({ queue }) => mayBeAmong(candidates, agent, queue, rivals));
    const logLines = seen.logLines.get(logKey({ ...agent, agent: agent.pod }));
    return sights.map((sight, at) => {
      const isAbsent = sure && isWritten(sight) && !isLate(sight) && isLookedFor(agent, endpointOf(agent, sight.queue));
      const told = seen.told.size === 0 ? undefined : seen.told.get(`${agent.context}/${agent.pod}/${sight.queue.id}`);
      return judgedOnce(seen, sight, {
        ...{ server: seen.server, nowUnix, agent, told, logLines, copy: matches[at] },
        inMimir: isKnown ? true : isAbsent && !isUnclear ? false : undefined,
      });
    });
  });
  // Where the cluster's other agents are known, one that is not among them was replaced.
  const seenClusters = new Set([...matched].map(({ cluster, namespace }) => `${cluster}/${namespace}`));
  const isGone = ({ agent, cluster, namespace }: Sight): boolean =>
    seenClusters.has(`${cluster}/${namespace}`) && !agentsOf.has(agent);
  const copied = copies.flatMap((copy) => {
    if (matched.has(copy)) return [];
    if (copy.last && isGone(copy)) return [];
    const named = agentsOf.get(copy.agent) ?? NOBODY;
    const owners = named.filter((each) => matchIn([copy], each, copy.queue, named) !== undefined);
    for (const owner of owners) known.add(owner);
    const context = owners[0]?.context ?? copy.origin.source.place;
    return [
      judgedOnce(seen, copy, {
        server: seen.server,
        nowUnix,
        agent: owners[0],
        inMimir: true,
        logLines: seen.logLines.get(logKey({ ...copy, context })),
      }),
    ];
  });
  const rows = [...scraped, ...copied];
  return complete && sure ? [...rows, ...unseen(seen, known, wanted, isLookedFor)] : rows;
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
const NOBODY: readonly Agent[] = [];

const candidatesFor = (agent: Agent, copiesOf: ReadonlyMap<string, readonly Sight[]>): readonly Sight[] => [
  ...new Set(namesOf(agent).flatMap((name) => copiesOf.get(name) ?? [])),
];

/** The others that Mimir may know by the same name. */
const rivalsOf = (agent: Agent, agentsOf: ReadonlyMap<string, readonly Agent[]>): readonly Agent[] =>
  namesOf(agent)
    .flatMap((name) => agentsOf.get(name) ?? [])
    .filter((each) => each !== agent);

/** What is looked for in Mimir: of exporters of other kinds it may hold nothing. */
const isWritten = ({ queue }: Sight): boolean => /remote_write$/.test(queue.kind);

/** Beyond this the agent's own metrics may be on their way still: that is late, not absent. */
const LATE_SECONDS = 240;

const isLate = ({ queue }: Sight): boolean => (queue.lagSeconds ?? 0) > LATE_SECONDS;

/** Queues that are configured, and that neither the agent nor Mimir told of. */
function unseen(
  seen: Seen,
  known: ReadonlySet<Agent>,
  wanted: string,
  isLookedFor: (agent: Agent, endpoint: AlloyEndpoint) => boolean,
): readonly QueueRow[] {
  const origin = seen.mimir.find(({ sights }) => sights.length > 0)?.origin;
  const silent = (agent: Agent): boolean => !known.has(agent) && (wanted === 'mimir' || seen.silent.has(agent));
  if (origin === undefined) return [];
  return seen.agents
    .filter(silent)
    .flatMap((agent) =>
      (agent.config?.endpoints ?? [])
        .filter((endpoint) => endpoint.signals.includes('metrics') && isLookedFor(agent, endpoint))
        .map((endpoint) => unseenRow(agent, endpoint, origin, wanted === 'mimir' ? 'mimir' : 'both')),
    );
}
