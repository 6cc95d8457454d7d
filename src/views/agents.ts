import { type AgentState, judgeAgent } from '../domain/agents.ts';
import { type Agent, agentKey, sayPlace } from '../domain/fleet.ts';
import type { AgentReading } from '../domain/queues-read.ts';
import type { Loaded, Origin, Verdict } from '../domain/result.ts';
import { formatCount, UNKNOWN } from '../domain/units.ts';
import { aFewAtATime, becauseOfGaps, type Gaps, inBatches, makeGaps } from './arrival.ts';
import { VERDICT_WORDS } from './verdict-words.ts';
import { go, type LoadInput, refuse, view } from './view.ts';

export interface AgentRow {
  readonly agent: Agent;
  readonly reading?: AgentReading;
  readonly state: AgentState;
  readonly origin?: Origin;
}

const ORDER: readonly Verdict[] = ['bad', 'warn', 'unknown', 'good'];

/** Every agent: what it is, whether it loaded its configuration, and as whom it sends. */
export const agents = view<AgentRow>({
  id: 'agents',
  aliases: ['alloy', 'agent', 'al'],
  about: 'agents of every cluster: version, readiness, peers, configuration, as whom they send',
  everySeconds: 30,
  tenantless: true,
  load: loadAgents,
  body: {
    kind: 'table',
    rowId: ({ agent }) => agentKey(agent),
    columns: [
      {
        id: 'state',
        title: 'STATE',
        cell: ({ state }) => VERDICT_WORDS[state.verdict],
        tone: ({ state }) => state.verdict,
        sortBy: ({ state }) => -ORDER.indexOf(state.verdict),
        letter: 'S',
        keep: 120,
        widthMin: 9,
      },
      {
        id: 'agent',
        title: 'AGENT',
        cell: ({ agent }) => agent.pod,
        letter: 'A',
        keep: 110,
        widthMin: 12,
        widthMax: 40,
      },
      {
        id: 'because',
        title: 'BECAUSE',
        cell: ({ state }) => state.because,
        tone: ({ state }) => (state.verdict === 'good' ? 'dim' : 'plain'),
        letter: 'B',
        keep: 105,
        widthMin: 20,
        widthMax: 160,
        grow: true,
      },
      {
        id: 'ready',
        title: 'READY',
        cell: ({ agent }) => (agent.url === undefined ? (agent.ready ? 'yes' : 'no') : UNKNOWN),
        tone: ({ agent }) => (agent.ready ? 'plain' : 'bad'),
        letter: 'R',
        keep: 65,
        widthMin: 5,
      },
      {
        id: 'version',
        title: 'VERSION',
        cell: ({ reading }) => (reading?.build ? `${reading.build.name} ${reading.build.version}` : UNKNOWN),
        letter: 'V',
        keep: 90,
        widthMin: 10,
        widthMax: 26,
      },
      {
        id: 'peers',
        title: 'PEERS',
        cell: ({ reading }) => formatCount(reading?.peers),
        sortBy: ({ reading }) => reading?.peers,
        alignRight: true,
        letter: 'P',
        keep: 50,
        widthMin: 5,
      },
      {
        id: 'unhealthy',
        title: 'UNHEALTHY',
        cell: ({ reading }) => formatCount(reading?.unhealthy),
        tone: ({ reading }) => ((reading?.unhealthy ?? 0) > 0 ? 'warn' : 'plain'),
        sortBy: ({ reading }) => reading?.unhealthy,
        alignRight: true,
        letter: 'U',
        keep: 60,
        widthMin: 9,
      },
      {
        id: 'config',
        title: 'CONFIG',
        cell: ({ reading }) =>
          reading?.configLoaded === undefined ? UNKNOWN : reading.configLoaded ? 'loaded' : 'failed',
        tone: ({ reading }) => (reading?.configLoaded === false ? 'bad' : 'plain'),
        letter: 'F',
        keep: 70,
        widthMin: 6,
      },
      {
        id: 'queues',
        title: 'QUEUES',
        cell: ({ reading }) => formatCount(reading?.queues.length),
        sortBy: ({ reading }) => reading?.queues.length,
        alignRight: true,
        letter: 'Q',
        keep: 40,
        widthMin: 6,
      },
      {
        id: 'node',
        title: 'NODE',
        cell: ({ agent }) => agent.node ?? UNKNOWN,
        letter: 'N',
        keep: 55,
        widthMin: 8,
        widthMax: 44,
      },
      {
        id: 'context',
        title: 'CLUSTER',
        cell: ({ agent }) => agent.context,
        letter: 'C',
        keep: 80,
        widthMin: 7,
        widthMax: 20,
      },
    ],
  },
  keys: [
    {
      key: 'enter',
      does: 'its components',
      on: ({ agent, reading }) =>
        reading?.build?.name === 'prometheus'
          ? refuse('this is a Prometheus, as its build info says: it has no components')
          : go('alloy-components', { context: agent.context, agent: agent.pod }),
    },
    { key: 'm', does: 'its queues', on: ({ agent }) => go('queues', { context: agent.context, agent: agent.pod }) },
  ],
  record: ({ agent, reading, state }) => ({
    ...{ context: agent.context, cluster: clusterOf(agent) ?? null, pod: agent.pod, node: agent.node ?? null },
    version: reading?.build ? `${reading.build.name} ${reading.build.version}` : null,
    ready: agent.ready,
    peers: reading?.peers ?? null,
    configLoaded: reading?.configLoaded ?? null,
    unhealthy: reading?.unhealthy ?? null,
    ...{ verdict: state.verdict, because: state.because, next: state.next ?? null, namespace: agent.namespace },
    configMap: agent.config?.configMap ?? null,
    findings: state.findings.map(({ id, line, component, because, next }) => ({ id, line, component, because, next })),
  }),
  origin: ({ origin }) => origin,
  details: ({ agent, reading, state }) => [
    ['state', `${state.verdict}: ${state.because}`],
    ['next', state.next ?? 'nothing is to be done'],
    ['pod', [agent.context, agent.namespace, agent.pod, agent.ip].filter(Boolean).join(' · ')],
    ['what it is', reading?.build ? `${reading.build.name} ${reading.build.version}` : 'it does not say'],
    ['configuration', agent.config ? `ConfigMap ${agent.config.configMap}, ${agent.config.file}` : 'none was found'],
    ...(agent.config?.endpoints ?? []).map(({ component, signals, url, tenant }): [string, string] => [
      component,
      `${signals.join(', ')} to ${url ?? UNKNOWN} ${AS[tenant.state]}${tenant.state === 'set' ? tenant.tenant : ''}`,
    ]),
    ...state.findings.map((finding): [string, string] => [
      finding.id,
      `${finding.because} (${agent.config ? sayPlace(agent.config, finding.line) : ''}): ${finding.next}`,
    ]),
    ...(agent.config?.config.problems ?? []).map(({ line, said }): [string, string] => [`line ${line}`, said]),
  ],
  crumb: (params) => params.agent ?? '',
});

const AS = { set: 'as ', missing: 'without a tenant', unknown: 'as whom is not in the text' } as const;

const clusterOf = ({ config }: Agent): string | undefined =>
  config?.endpoints.map(({ cluster }) => cluster?.value).find((value) => value !== undefined);

/** Agents asked at once in one cluster; milliseconds between two paintings. */
const AT_ONCE = 8;
const YIELD_MS = 400;

async function* loadAgents(input: LoadInput): AsyncGenerator<Loaded<AgentRow>> {
  const gaps = makeGaps();
  const { agents: found, gaps: faults } = await input.clients.agents.fleet(input.signal);
  for (const fault of faults) gaps.note(fault);
  const { agent: only, context } = input.params;
  const wanted = found.filter((agent) => (!only || agent.pod === only) && (!context || agent.context === context));
  const rows: AgentRow[] = [];
  const byContext = [...Map.groupBy(wanted, ({ context: where }) => where).values()];
  const tasks = byContext.flatMap((some) => aFewAtATime(some, AT_ONCE, (agent) => loadAgent(input, agent, gaps)));
  for await (const batch of inBatches(tasks, YIELD_MS)) {
    rows.push(...batch);
    yield { rows: rows.toSorted(byTrouble), gaps: gaps.list, complete: false };
  }
  const because = gaps.list.length > 0 ? becauseOfGaps('no agents could be seen', gaps.list) : NONE;
  yield {
    rows: rows.toSorted(byTrouble),
    gaps: gaps.list,
    complete: true,
    because: rows.length > 0 ? undefined : because,
    note: rows.length > 0 ? HEALTH_NOTE : undefined,
  };
}

const NONE = 'no agents were found: name a cluster with --context';
/** Said beside every list, for everybody looks at health first. */
const HEALTH_NOTE = 'prometheus.remote_write stays healthy while every push fails: :queues tells';

async function loadAgent(input: LoadInput, agent: Agent, gaps: Gaps): Promise<AgentRow> {
  const answer = await input.clients.agents.scrapeTwice(agent, input.signal);
  const reading = gaps.take(answer)?.now.reading;
  return { agent, reading, state: judgeAgent(agent, reading), origin: answer.ok ? answer.origin : undefined };
}

const byTrouble = (left: AgentRow, right: AgentRow): number =>
  ORDER.indexOf(left.state.verdict) - ORDER.indexOf(right.state.verdict) ||
  (agentKey(left.agent) < agentKey(right.agent) ? -1 : 1);
