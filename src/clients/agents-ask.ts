import type { Clock, Exchange } from '../domain/exchange.ts';
import { type Agent, agentKey } from '../domain/fleet.ts';
import type { Fault, Result, Source } from '../domain/result.ts';
import type { Kubernetes } from './clients.ts';
import { makeSend, type Question, type Send } from './http.ts';
import type { WritableJournal } from './journal.ts';
import type { Through } from './through.ts';

/** Questions at once to the agents of one namespace. */
export const SCRAPES_AT_ONCE = 8;

/** An agent that was named by URL. */
export interface AgentByUrl {
  /** `10.0.0.7:12345`, with a prefix where it has one. */
  readonly place: string;
  /** Absent on a tape, which knows it by its place. */
  readonly exchange?: Exchange;
}

/** The context of agents that stand in no cluster. */
export const BY_URL = 'url';

/** One cluster whose agents can be asked. */
export interface AgentCluster {
  readonly cluster: Kubernetes;
  /** Absent on a tape. */
  readonly through?: Through;
}

export interface AskOptions {
  readonly clusters: readonly AgentCluster[];
  /** Contexts that are only looked into. */
  readonly others?: readonly { readonly context: string; readonly through?: Through }[];
  readonly byUrl?: readonly AgentByUrl[];
  /** A tape that knows agents by name. */
  readonly tape?: Exchange;
  readonly clock: Clock;
  readonly journal: WritableJournal;
  readonly deadlineMs?: number;
}

export type AgentQuestion<T> = Omit<Question<T>, 'component' | 'tenant'>;

/** Ask one agent. Fails: never; the fault names the agent, for there are many behind one context. */
export type AskAgent = <T>(agent: Agent, question: AgentQuestion<T>, signal: AbortSignal) => Promise<Result<T>>;

/** Agents through their cluster's API server, or a tape; a bounded number at once, each with a deadline. */
export function makeAskAgent({
  clusters,
  others = [],
  byUrl = [],
  tape,
  clock,
  journal,
  deadlineMs,
}: AskOptions): AskAgent {
  const sends = new Map<string, Send>();
  /** The name under which a recording knew an agent. */
  const answering = new Map<string, string>();

  const sendTo = ({ context, namespace, port, url }: Agent): Send => {
    const key = JSON.stringify(url === undefined ? [context, namespace, port] : [url]);
    const known = sends.get(key);
    if (known) return known;
    const source: Source = { backend: 'agent', place: url ?? context };
    const direct = byUrl.find(({ place }) => place === url)?.exchange;
    const reached = [...clusters.map(({ cluster, through }) => ({ context: cluster.context, through })), ...others];
    const through = reached.find((each) => each.context === context)?.through;
    const behind: Exchange = async (asked, signal) => {
      if (through === undefined) return { ok: false, kind: 'unreachable', said: 'no way to this agent is known' };
      const pod = asked.component.slice('agent/'.length);
      return through(`/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy`, asked, signal);
    };
    const exchange = tape ?? direct ?? behind;
    const made = makeSend({ exchange, source, clock, journal, deadlineMs, inFlightMax: SCRAPES_AT_ONCE });
    sends.set(key, made);
    return made;
  };

  return async (agent, question, signal) => {
    const send = sendTo(agent);
    const known = answering.get(agentKey(agent));
    const names = known === undefined ? [agent.pod, ...(tape ? agent.alsoKnownAs : [])] : [known];
    const ask = (name: string) => send({ ...question, component: `agent/${name}`, tenant: null }, signal);
    let answer = await ask(names[0] ?? agent.pod);
    for (const name of names.slice(1)) {
      if (!isNotRecorded(answer)) break;
      answer = await ask(name);
      if (answer.ok) answering.set(agentKey(agent), name);
    }
    return told(answer, agent);
  };
}

const isNotRecorded = (answer: Result<unknown>): boolean => !answer.ok && answer.fault.kind === 'not-recorded';

function told<T>(answer: Result<T>, { pod }: Agent): Result<T> {
  const named = (fault: Fault): Fault => ({ ...fault, said: `${pod}: ${fault.said}` });
  return answer.ok ? { ...answer, gaps: answer.gaps.map(named) } : { ok: false, fault: named(answer.fault) };
}
