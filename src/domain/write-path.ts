import type { QueueCause } from './queues-causes.ts';
import { droppedByRule } from './queues-loss.ts';
import type { QueueSignal } from './queues-reading.ts';
import type { QueueRow } from './queues-sight.ts';
import type { Verdict } from './result.ts';
import { formatCount, formatRate, formatShare } from './units.ts';

/** One station of a sample's way, with what passes it a second. */
export interface Hop {
  readonly id: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** What passes; undefined where nobody counts it. */
  readonly perSecond?: number;
  readonly said: string;
  /** Here the stream thins out. */
  readonly thins: boolean;
}

/** What the far side tells of one tenant. */
export interface FarSide {
  /** Discards by reason, a second; undefined where nobody could be asked. */
  readonly discards?: ReadonlyMap<string, number>;
  /** What the distributors took of the tenant, a second. */
  readonly receivedPerSecond?: number;
  /** Samples stored a second, divided by the replication factor; undefined where that is not known. */
  readonly storedPerSecond?: number;
  /** Streams or traces that ingesters hold at this moment, every copy counted. */
  readonly held?: number;
}

/** More than this share may be lost to the moment at which each side counts. */
const NOISE_SHARE = 0.1;

const WORDS: Readonly<Record<QueueSignal, { in: string; unit: string; server: string; held: string }>> = {
  metrics: { in: 'scrape', unit: 'samples', server: 'Mimir', held: 'series' },
  logs: { in: 'read', unit: 'lines', server: 'Loki', held: 'streams' },
  traces: { in: 'receive', unit: 'spans', server: 'Tempo', held: 'traces' },
};

/**
 * The way of one queue's data, station by station, and the first at which it thins out.
 *
 * Units:  samples, lines or spans a second.
 * Fails:  never; a station of which nobody tells is unknown, and cannot be the one that thins.
 * Source: Mimir counts ingester-side discards once per replica; discards of the distributor once.
 */
export function writePath(row: QueueRow, far: FarSide): readonly Hop[] {
  const hops = [...agentSide(row), ...farSide(row, far)];
  const thinAt = thinning(hops, row);
  return hops.map((each, at) => ({ ...each, thins: at === thinAt }));
}

type Seen = Omit<Hop, 'thins'>;

function agentSide(row: QueueRow): readonly Seen[] {
  const { queue, judged } = row;
  const rates = queue?.rates;
  const { in: taken, attempts, delivered, dropped = 0 } = rates ?? {};
  const words = WORDS[queue?.signal ?? 'metrics'];
  const isAt = (...causes: readonly QueueCause[]): boolean => causes.includes(judged.cause);
  const wal = isAt('wal-stalled', 'wal-truncated');
  const held = isAt('refused', 'limited', 'remote');
  const byRule = queue ? droppedByRule(queue) : 0;
  const read = taken === undefined ? undefined : Math.max(0, taken - dropped - byRule);
  const fell = [
    `${formatRate(dropped)} fall off it`,
    byRule > 0 ? `${formatRate(byRule)} dropped by a relabel rule` : '',
  ];
  return [
    hop('in', words.in, taken, verdictOf(taken, false), `${words.unit} the agent takes in`),
    hop('wal', 'WAL', read, verdictOf(read, wal), wal ? judged.because : fell.filter(Boolean).join(', ')),
    hop('queue', 'queue', attempts, verdictOf(attempts, isAt('shards-at-max', 'buffers-full', 'lag')), queueSaid(row)),
    hop('http', 'HTTP', delivered, verdictOf(delivered, held), held ? judged.because : sayHeld(row)),
  ].filter(({ id }) => id !== 'wal' || words === WORDS.metrics);
}

function farSide({ queue, evidence, judged }: QueueRow, far: FarSide): readonly Seen[] {
  const { unit, server, held: what } = WORDS[queue?.signal ?? 'metrics'];
  const discarded = [...(far.discards ?? [])].filter(([, perSecond]) => perSecond > 0);
  const { receivedPerSecond: received, storedPerSecond: stored, held } = far;
  const isBare = evidence.header?.state === 'missing';
  const known = received ?? far.discards?.size;
  const said = [
    isBare ? 'counts nothing that has no tenant' : sayDiscards(far, discarded),
    received === undefined ? '' : `passes ${unit} of the tenant, all its agents together`,
    // Whoever gets through has nothing to do with those who do not.
    isBare || (judged.cause === 'refused' && evidence.header?.state !== 'set')
      ? sayTurnedAway(evidence.turnedAwayPerSecond, queue?.signal)
      : '',
  ].filter((part) => part !== '');
  const arrives = isBare ? 'without a tenant nothing can arrive' : sayKept(far, unit, what);
  // The tenant's other agents may be those that are discarded.
  const isOwn = judged.cause === 'refused' || judged.cause === 'limited';
  const passes = discarded.length > 0 ? (isOwn ? 'bad' : 'warn') : verdictOf(known, false);
  return [
    hop('distributor', `${server} distributor`, received, passes, said.join('; ')),
    hop('ingester', `${server} ingester`, stored, verdictOf(stored ?? held, (stored ?? held) === 0), arrives),
  ];
}

function sayKept({ held, storedPerSecond: stored }: FarSide, unit: string, what: string): string {
  if (held !== undefined) return `holds ${formatCount(held)} ${what} of the tenant, every copy counted`;
  return stored === undefined
    ? 'how much of the tenant is stored is not known'
    : `${unit} of the tenant stored, all its agents together`;
}

function sayTurnedAway(perSecond: number | undefined, signal: QueueSignal | undefined): string {
  if (!perSecond) return '';
  return signal === 'traces'
    ? `refuses ${formatCount(perSecond)} spans/s, whoever sends them`
    : `answers 401 to ${formatCount(perSecond)} pushes/s, whoever sends them`;
}

const hop = (id: string, title: string, perSecond: number | undefined, verdict: Verdict, said: string): Seen => ({
  id,
  title,
  perSecond,
  verdict,
  said,
});

const verdictOf = (perSecond: number | undefined, broken: boolean): Verdict =>
  broken ? 'bad' : perSecond === undefined ? 'unknown' : 'good';

/** The first that is broken, else, where something is wrong, the first that passes clearly less than the one before. */
function thinning(hops: readonly Seen[], { judged, queue }: QueueRow): number {
  const broken = hops.findIndex(({ verdict }) => verdict === 'bad');
  // A rule or a sampler that drops on purpose looks like loss: a queue that keeps up loses nothing.
  if (broken >= 0 || judged.verdict === 'good') return broken;
  let before: number | undefined;
  for (const [at, { id, perSecond }] of hops.entries()) {
    // What servers count is of all agents together, and tells nothing of this one's loss.
    if (perSecond === undefined || id === 'distributor' || id === 'ingester') continue;
    if (before !== undefined && perSecond < before * (1 - NOISE_SHARE)) return at;
    before = id === 'in' && queue ? perSecond - droppedByRule(queue) : perSecond;
  }
  return -1;
}

function queueSaid({ queue }: QueueRow): string {
  const known = [
    queue?.pending === undefined ? '' : `${formatCount(queue.pending)} wait`,
    queue?.bufferFill === undefined ? '' : `buffers ${formatShare(queue.bufferFill)} full`,
    queue?.shards === undefined ? '' : `${formatCount(queue.shards)} of ${formatCount(queue.shardsMax)} shards`,
  ].filter((part) => part !== '');
  return known.join(', ') || 'what is tried; what waits is not counted';
}

function sayHeld({ queue }: QueueRow): string {
  const statuses = [...(queue?.statuses ?? [])].filter(([, perSecond]) => perSecond > 0);
  const counted = statuses.map(([status, perSecond]) => `HTTP ${status} ${formatRate(perSecond)}`).join(', ');
  const { failed, retried, retriedBatches: batches } = queue?.rates ?? {};
  const again = retried === undefined ? '' : `, ${formatRate(retried)} tried again`;
  const said = `${formatRate(failed)} failed${batches === undefined ? again : `, ${formatRate(batches)} batches tried again`}`;
  return counted === '' ? said : `${said}; ${counted}`;
}

function sayDiscards({ discards }: FarSide, discarded: readonly (readonly [string, number])[]): string {
  if (discards === undefined) return 'its discards are not known';
  if (discarded.length === 0) return 'discards nothing';
  return `discards ${discarded.map(([reason, perSecond]) => `${formatRate(perSecond)} ${reason}`).join(', ')}`;
}
