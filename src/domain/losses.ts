import { answerOf, type LossAnswer, worstFirst } from './loss-answer.ts';
import { isZoneless, sayUnknown } from './loss-unknown.ts';
import { shortNode } from './node-name.ts';
import { simulatePartitions } from './partitions.ts';
import { type Kept, type Loss, type Losses, simulate } from './quorum.ts';
import type { TokenRanges } from './ring.ts';
import { MIMIR_READ, READ, ruleFor } from './ring-rules.ts';
import { judged } from './spread.ts';
import type { ComponentSpread, Finding } from './spread-model.ts';
import type { Steps } from './steps.ts';

/** All of them for one component. */
export interface ComponentLosses {
  readonly none: LossAnswer;
  readonly byNode: ReadonlyMap<string, LossAnswer>;
  readonly byZone: ReadonlyMap<string, LossAnswer>;
  /** Pairs of nodes that lose something, worst first, at most as many as were asked for. */
  readonly worstPairs: readonly LossAnswer[];
}

/** Which nodes there are, and which of them count as lost already. */
export interface NodesAsked {
  /** Zones by node; undefined zones are left out. */
  readonly zones: ReadonlyMap<string, string | undefined>;
  readonly lost: ReadonlySet<string>;
  readonly pairsMax: number;
}

/**
 * What each node, zone and pair of nodes takes from one component, on top of what is dead or marked as lost.
 *
 * Yields:  now and then: at 300 ingesters it takes some hundred milliseconds.
 * Fails:   never; undefined where keys are not placed by a ring. Without a replication factor all shares are null and the
 *          verdict is unknown.
 */
export function* lossesOf(spread: ComponentSpread, asked: NodesAsked): Steps<ComponentLosses | undefined> {
  if (spread.mode === 'none' || (spread.usedByNobody && spread.unsharded === undefined)) return undefined;
  // What the whole loses is nobody's loss: what there is to lose are the shards that are not known.
  if (spread.usedByNobody) return unknown(spread, asked);
  const nodes = [...asked.zones.keys()];
  const kept = new Map<string, Kept>();
  const byNode = yield* simulated(spread, nodes, (node) => node, asked.lost, true, kept);
  if (byNode === undefined) return unknown(spread, asked);
  const zones = [...new Set([...asked.zones.values()].filter((zone) => zone !== undefined))];
  const byZone = yield* simulated(spread, zones, (node) => asked.zones.get(node), asked.lost, false, kept);
  const homeless = spread.replicas.filter(({ member, alive, node }) => member && alive && node === undefined).length;
  const say = (loss: Loss, lost: readonly string[]): LossAnswer => {
    const { used } = spread;
    const answer = {
      ...answerOf(spread.component, loss, [...asked.lost, ...lost]),
      ...(used?.tenant !== undefined && { tenant: used.tenant }),
    };
    if (answer.nodes.length === 0 || answer.verdict !== 'good') return answer;
    // One of them may stand there.
    if (homeless > 0)
      return { ...answer, verdict: 'unknown', because: `where ${homeless} of its members stand is not known` };
    return spread.unsharded === undefined ? answer : { ...answer, verdict: 'unknown', because: spread.unsharded };
  };
  const inZone = (zone: string): readonly string[] => nodes.filter((node) => asked.zones.get(node) === zone);
  const pairs = yield* worstPairs(spread, byNode, nodes, asked.pairsMax);
  return {
    none: say(byNode.none, []),
    byNode: new Map(nodes.map((node, index) => [node, say(byNode.one[index] ?? byNode.none, [node])])),
    byZone: new Map(
      zones.map((zone, index) => [
        zone,
        say(
          byZone?.one[index] ?? byNode.none,
          inZone(zone).filter((node) => !asked.lost.has(node)),
        ),
      ]),
    ),
    worstPairs: pairs.map(({ left, right }) =>
      say(
        byNode.pair(left, right),
        [left, right].map((index) => nodes[index] ?? ''),
      ),
    ),
  };
}

/** Where writes and reads use different parts of a ring, each is worked out on its own. */
function* simulated(
  spread: ComponentSpread,
  groupNames: readonly string[],
  groupOf: (node: string) => string | undefined,
  lost: ReadonlySet<string>,
  pairs: boolean,
  kept: Map<string, Kept>,
): Steps<Losses | undefined> {
  const { used } = spread;
  const keptFor = (part: string, ranges: TokenRanges | undefined): Kept => {
    const known = kept.get(part) ?? { sets: new Map(), ranges };
    kept.set(part, known);
    return known;
  };
  const asked = [groupNames, groupOf, lost, pairs] as const;
  if (used === undefined) return yield* simulatedAmong(spread, ...asked, keptFor('all', spread.view.ranges));
  const among = (ids: ReadonlySet<string>): ComponentSpread => ({
    ...spread,
    replicas: spread.replicas.filter(({ id }) => ids.has(id)),
  });
  const writes = yield* simulatedAmong(among(used.writes), ...asked, keptFor('writes', undefined));
  const reads = yield* simulatedAmong(among(used.reads), ...asked, keptFor('reads', undefined));
  if (writes === undefined || reads === undefined) return undefined;
  const both = (write: Loss, read: Loss): Loss => ({ ...write, read: read.read, readsFail: read.readsFail });
  return {
    none: both(writes.none, reads.none),
    one: writes.one.map((write, at) => both(write, reads.one[at] ?? reads.none)),
    pair: (left, right) => both(writes.pair(left, right), reads.pair(left, right)),
  };
}

function* simulatedAmong(
  spread: ComponentSpread,
  groupNames: readonly string[],
  groupOf: (node: string) => string | undefined,
  lost: ReadonlySet<string>,
  pairs: boolean,
  kept: Kept,
): Steps<Losses | undefined> {
  const { component, view, mode } = spread;
  const replicas = spread.replicas.filter(({ member }) => member !== undefined);
  const index = new Map(groupNames.map((name, at) => [name, at]));
  const groups = {
    of: replicas.map(({ node }) => (node === undefined ? -1 : (index.get(groupOf(node) ?? '') ?? -1))),
    count: groupNames.length,
  };
  const members = replicas.map(({ id, member, alive, node }) => ({
    id,
    state: member?.state ?? ('unknown' as const),
    zone: member?.zone ?? '',
    tokens: member?.tokens ?? [],
    alive: alive && !(node !== undefined && lost.has(node)),
  }));
  if (mode === 'partitions' && view.partitions) {
    const read = component.product === 'mimir' ? MIMIR_READ : READ;
    return yield* simulatePartitions(view.partitions, members, read, groups, pairs);
  }
  const { replicationFactor, zoneAware } = view.settings;
  // One member holds everything, however many copies were promised.
  const factor = replicationFactor ?? (members.length === 1 ? 1 : undefined);
  if (view.ring === undefined || factor === undefined || component.use === undefined) return undefined;
  if (isZoneless(view.settings, replicas)) return undefined;
  return yield* simulate(members, ruleFor(component.use, factor, zoneAware ?? false), groups, pairs, kept);
}

interface Pair {
  readonly left: number;
  readonly right: number;
  readonly weight: number;
}

const PAIRS_PER_STEP = 1_024;

/** The pairs that lose most, worst first; those that lose nothing are left out. Only so many are kept on the way. */
function* worstPairs(
  spread: ComponentSpread,
  losses: Losses,
  nodes: readonly string[],
  max: number,
): Steps<readonly Pair[]> {
  const here = new Set(spread.replicas.map(({ node }) => node));
  const held = nodes.flatMap((node, index) => (here.has(node) ? [index] : []));
  const worst: Pair[] = [];
  let seen = 0;
  for (const [at, left] of held.entries())
    for (let next = at + 1; next < held.length; next += 1) {
      const right = held[next] ?? left;
      seen += 1;
      if (seen % PAIRS_PER_STEP === 0) yield undefined;
      keepWorst(worst, { left, right, weight: weightOf(losses.pair(left, right)) }, max);
    }
  return worst;
}

function keepWorst(worst: Pair[], pair: Pair, max: number): void {
  if (pair.weight <= 0 || (worst.length >= max && pair.weight <= (worst.at(-1)?.weight ?? 0))) return;
  const at = worst.findIndex(({ weight }) => weight < pair.weight);
  worst.splice(at < 0 ? worst.length : at, 0, pair);
  if (worst.length > max) worst.pop();
}

/** Copies before writes before reads; keys, at most 2³² of each. */
const weightOf = ({ write, read, copies, readsFail }: Loss): number =>
  (copies ?? 0) * 4 + (write ?? 0) * 2 + (read ?? 0) + (readsFail ? 1 : 0);

function unknown(spread: ComponentSpread, asked: NodesAsked): ComponentLosses {
  const { component, replicas, used } = spread;
  const because = sayUnknown(spread);
  const none: LossAnswer = {
    component: component.id,
    ...(used?.tenant !== undefined && { tenant: used.tenant }),
    nodes: [...asked.lost],
    writeQuorumLostShare: null,
    readQuorumLostShare: null,
    allCopiesLostShare: null,
    readsFail: null,
    pushFailShare: null,
    verdict: 'unknown',
    because,
  };
  const nodes = [...asked.zones.keys()].filter((node) => replicas.some((replica) => replica.node === node));
  return {
    none,
    byNode: new Map(nodes.map((node) => [node, { ...none, nodes: [...asked.lost, node] }])),
    byZone: new Map(),
    worstPairs: [],
  };
}

/** A component's spread, once it is known what each node takes from it. */
export function withLosses(spread: ComponentSpread, losses: ComponentLosses | undefined): ComponentSpread {
  if (losses === undefined) return spread;
  const { none } = losses;
  const found: Finding[] = [];
  if (none.verdict === 'bad' || none.verdict === 'warn')
    found.push({
      verdict: none.verdict,
      cause: 'lost',
      because: none.because,
      next: 'bring the lost replicas back first',
    });
  else {
    const breaking = worstFirst([...losses.byNode.values()]).filter(
      ({ verdict }) => verdict === 'bad' || verdict === 'warn',
    );
    const [worst] = breaking;
    const nodes = breaking.map(({ nodes: lost }) => shortNode(lost.at(-1) ?? '')).join(', ');
    if (worst)
      found.push({
        verdict: worst.verdict,
        cause: 'node-breaks',
        because: `with ${nodes}: ${worst.because}`,
        next: `drain none of them before the replicas are apart`,
      });
  }
  return judged(
    spread,
    none.verdict === 'good' ? [...spread.findings, ...found] : [...found, ...spread.findings],
    none.verdict === 'unknown' ? '' : 'any one node may be lost',
    spread.used?.tenant === undefined ? undefined : spread.because,
  );
}
