import type { AlloyEndpoint } from './alloy-endpoints.ts';
import { type Agent, sayPlace } from './fleet.ts';
import type { Queue } from './queues.ts';
import { judgeQueue, type QueueEvidence, type QueueVerdict } from './queues-judge.ts';
import { type Keeping, keepingByDefault } from './queues-loss.ts';
import type { HeaderEvidence } from './queues-refused.ts';
import type { ServerSide } from './queues-server.ts';
import type { Origin, Sourced, Verdict } from './result.ts';
import { formatDuration } from './units.ts';

/** A queue as one source saw it. */
export interface Sight {
  readonly queue: Queue;
  readonly origin: Origin;
  /** Pod, else instance or address. */
  readonly agent: string;
  readonly namespace: string;
  /** External label; empty where it is not known. */
  readonly cluster: string;
  /** The tenant in which Mimir holds it; absent for a scrape. */
  readonly tenant?: string;
  /** Lag over the window, oldest first; asked for what is drawn only. */
  readonly trend?: () => readonly TrendPoint[];
  /** When Mimir was asked for it (Unix seconds). */
  readonly askedUnix?: number;
  /** No instant query sees it any more: it is that late, or it kept up until it fell silent. */
  readonly last?: 'late' | 'silent';
}

/** Unix seconds, and how far behind the queue was then. */
export type TrendPoint = readonly [atUnix: number, lagSeconds: number];

/** One queue, judged once from all that saw it. */
export interface QueueRow extends Sourced {
  readonly id: string;
  readonly context: string;
  readonly cluster?: string;
  readonly agent: string;
  readonly namespace: string;
  readonly node?: string;
  readonly kind: string;
  readonly component: string;
  readonly endpoint: string;
  /** As whom it sends: by configuration, else where Mimir holds it. */
  readonly tenant?: string;
  /** Absent where it is configured, and nobody saw it. */
  readonly queue?: Queue;
  readonly judged: QueueVerdict;
  /** Seconds of lag, oldest first; asked for what is drawn only. */
  readonly trend: () => readonly number[];
  readonly evidence: QueueEvidence;
}

/** The endpoint of the configuration that feeds a queue: by component, by name, or because there is no other. */
export function endpointOf(agent: Agent | undefined, queue: Queue): AlloyEndpoint | undefined {
  const all = agent?.config?.endpoints.filter(({ signals }) => signals.includes(queue.signal)) ?? [];
  const own = all.filter(({ component }) => component === queue.component);
  if (own.length > 1) return own.find(({ url }) => url === queue.endpoint) ?? own[0];
  if (own.length === 1) return own[0];
  // Prometheus itself knows no components: its queue has a name, often the one that the component's label has.
  if (queue.kind !== 'remote_write') return undefined;
  const named = all.filter(
    ({ component, name }) => name === queue.component || component.endsWith(`.${queue.component}`),
  );
  if (named.length === 1) return named[0];
  return all.length === 1 ? all[0] : undefined;
}

/** What the configuration says of the header of a queue; undefined where no configuration is known. */
export function headerEvidence(
  agent: Agent | undefined,
  endpoint: AlloyEndpoint | undefined,
): HeaderEvidence | undefined {
  if (endpoint === undefined) return undefined;
  const place = agent?.config ? sayPlace(agent.config, endpoint.tenant.line) : TOLD;
  const where = `${place}, ${endpoint.component}`;
  return {
    state: endpoint.tenant.state,
    where,
    ...(endpoint.tenant.state === 'set' ? { tenant: endpoint.tenant.tenant } : {}),
  };
}

/** Where an endpoint is known from, if from no ConfigMap. */
const TOLD = 'Alloy’s API';

/** How long it keeps what it could not send: by its configuration, the rest by default. */
export function keepingOf(agent: Agent | undefined, endpoint: AlloyEndpoint | undefined, queue: Queue): Keeping {
  const usual = keepingByDefault(queue);
  if (endpoint === undefined) return usual;
  const said = agent?.config ? `ConfigMap ${agent.config.configMap}` : TOLD;
  const { keepaliveSeconds: kept, truncateSeconds: cut } = endpoint;
  if (kept === undefined && cut === undefined) return usual;
  return {
    ...usual,
    ...(kept === undefined ? {} : { kept: { seconds: kept, said } }),
    ...(cut === undefined ? {} : { cut: { seconds: cut, said } }),
  };
}

/** What else is known when a sight is judged. */
export interface Around {
  readonly agent?: Agent;
  /** Mimir's own sight of it, where a scrape is judged. */
  readonly copy?: Sight;
  readonly inMimir?: boolean;
  readonly server?: ServerSide;
  readonly logLines?: readonly string[];
  /** The endpoint as Alloy's own API shows it, where no configuration is known. */
  readonly told?: AlloyEndpoint;
  readonly nowUnix: number;
}

/**
 * Mimir holds an agent's metrics where a queue of metrics sends them: one that delivers nothing is not that queue, and lines
 * and spans go their own way.
 */
const isOwnWay = ({ signal, rates }: Queue): boolean => signal === 'metrics' && rates?.delivered !== 0;

/** Put together what was seen of one queue, and judge it. */
export function rowOf(sight: Sight, around: Around): QueueRow {
  const { agent, copy, inMimir, logLines, server, nowUnix } = around;
  const { queue } = sight;
  const endpoint = endpointOf(agent, queue) ?? around.told;
  const header = headerEvidence(agent, endpoint);
  const tenant = header?.tenant ?? queue.sentAs ?? (isOwnWay(queue) ? (sight.tenant ?? copy?.tenant) : undefined);
  const counted = tenant === undefined ? undefined : server?.counts?.of(tenant, queue.signal);
  const evidence: QueueEvidence = {
    ...{ header, inMimir, logLines },
    turnedAwayPerSecond: server?.turnedAway?.get(queue.signal),
    discards: counted?.discards,
    receivedPerSecond: counted?.perSecond,
    keeping: keepingOf(agent, endpoint, queue),
  };
  const judged = sight.last === 'silent' ? fellSilent(sight, agent, evidence, nowUnix) : judgeQueue(queue, evidence);
  const context = agent?.context ?? sight.origin.source.place;
  const cluster = sight.cluster || copy?.cluster || endpoint?.cluster?.value;
  return {
    ...{ queue, tenant, evidence, context },
    id: [context, sight.namespace, sight.agent, queue.id].join('/'),
    ...(cluster ? { cluster } : {}),
    agent: sight.agent,
    namespace: sight.namespace,
    node: agent?.node,
    kind: queue.kind,
    component: queue.component,
    endpoint: queue.endpoint || (endpoint?.url ?? ''),
    judged: {
      ...judged,
      because: [judged.because, ageOf(sight, copy, judged.verdict === 'good' ? undefined : nowUnix)]
        .filter((part) => part !== '')
        .join('; '),
    },
    trend: () => trendOf(sight, copy),
    origin: sight.origin,
  };
}

/** Mimir’s window, and what the scrapes saw since: a sick agent’s own metrics come late. */
function trendOf(sight: Sight, copy: Sight | undefined): readonly number[] {
  const own = sight.trend?.() ?? [];
  const [scraped, kept] = sight.tenant === undefined ? [own, copy?.trend?.() ?? []] : [[], own];
  const sinceUnix = scraped[0]?.[0] ?? Number.POSITIVE_INFINITY;
  return [...kept.filter(([atUnix]) => atUnix < sinceUnix), ...scraped].map(([, lagSeconds]) => lagSeconds);
}

/** It kept up until its last sample: the pod is gone, or everything it sends ended at once. */
function fellSilent(sight: Sight, agent: Agent | undefined, evidence: QueueEvidence, nowUnix: number): QueueVerdict {
  const ago = formatDuration(Math.max(1, Math.round(nowUnix - sight.queue.atUnix)));
  const missing = evidence.header?.state === 'missing' ? `; no tenant header: ${evidence.header.where}` : '';
  return {
    verdict: agent === undefined ? 'unknown' : 'bad',
    cause: 'absent',
    because: `last seen in Mimir ${ago} ago, when it kept up: ${agent === undefined ? 'gone, or cut off' : 'cut off'}${missing}`,
    next:
      agent === undefined
        ? 'name its cluster with --context to see whether it is still there'
        : 'ask the agent itself: --source scrape',
    outlook: { said: '' },
  };
}

/** A copy that is this old tells of another time. */
const OLD_COPY_SECONDS = 60;

function ageOf(sight: Sight, copy: Sight | undefined, nowUnix: number | undefined): string {
  const told = sight.tenant === undefined ? copy : sight;
  if (told === undefined || told.last === 'silent') return '';
  // Of who keeps up nobody need know when a recording asked: only that its samples came in time.
  const seconds = Math.round((nowUnix ?? told.askedUnix ?? told.queue.atUnix) - told.queue.atUnix);
  if (seconds <= OLD_COPY_SECONDS) return '';
  if (told === sight && sight.last === 'late') return `its last sample in Mimir is ${formatDuration(seconds)} old`;
  return sight.tenant === undefined
    ? `Mimir’s copy is ${formatDuration(seconds)} old`
    : `as Mimir knew it ${formatDuration(seconds)} ago`;
}

/** A queue that is configured, and that nobody saw. */
export function unseenRow(agent: Agent, endpoint: AlloyEndpoint, origin: Origin, asked: 'mimir' | 'both'): QueueRow {
  const header = headerEvidence(agent, endpoint);
  const missing = header?.state === 'missing' ? `; no tenant header: ${header.where}` : '';
  const silent = asked === 'both' ? ' and the agent does not answer' : '';
  return {
    id: [agent.context, agent.namespace, agent.pod, endpoint.component, endpoint.line].join('/'),
    ...{ context: agent.context, agent: agent.pod, namespace: agent.namespace, node: agent.node },
    ...{ kind: endpoint.kind, component: endpoint.component, endpoint: endpoint.url ?? '', origin, trend: () => [] },
    ...(endpoint.cluster ? { cluster: endpoint.cluster.value } : {}),
    tenant: header?.tenant,
    evidence: { header, inMimir: false },
    judged: {
      verdict: 'bad',
      cause: 'absent',
      because: `absent from Mimir, which holds other agents’ queues${silent}${missing}`,
      next:
        header?.state === 'missing'
          ? `give the endpoint its X-Scope-OrgID: ${header.where}`
          : 'ask the agent itself: --source scrape',
      outlook: { said: '' },
    },
  };
}

const ORDER: readonly Verdict[] = ['bad', 'warn', 'unknown', 'good'];

/** Worst first: by verdict, then by what is being lost, then by lag. */
export function byTrouble(left: QueueRow, right: QueueRow): number {
  const lost = ({ queue }: QueueRow): number => (queue?.rates?.failed ?? 0) + (queue?.rates?.dropped ?? 0);
  return (
    ORDER.indexOf(left.judged.verdict) - ORDER.indexOf(right.judged.verdict) ||
    lost(right) - lost(left) ||
    (right.queue?.lagSeconds ?? 0) - (left.queue?.lagSeconds ?? 0) ||
    (left.id < right.id ? -1 : 1)
  );
}
