import { finish, type Steps } from './steps.ts';

/**
 * A member's state as the ring page says it. `UNHEALTHY` is the page's own word: the last heartbeat is older than the
 * ring's timeout, whatever the member's state was.
 */
export type RingState = 'ACTIVE' | 'LEAVING' | 'PENDING' | 'JOINING' | 'LEFT' | 'UNHEALTHY' | 'unknown';

export interface RingMember {
  readonly id: string;
  /** Host and port as the member registered it; a loopback address says nothing about its pod. */
  readonly address: string;
  /** The ring's own zone, a logical name; `''` where there is none. */
  readonly zone: string;
  readonly state: RingState;
  /** Unix seconds; undefined: never. */
  readonly heartbeatUnix: number | undefined;
  readonly registeredUnix: number | undefined;
  readonly readOnly: boolean;
  /** When that last changed, Unix seconds; undefined: never, or not told. */
  readonly readOnlySinceUnix?: number;
  /** 32-bit tokens; empty where the ring does not use them, and where a member has none. */
  readonly tokens: readonly number[];
}

export interface Ring {
  readonly members: readonly RingMember[];
  /** The server's own clock when it answered, Unix seconds; what heartbeat ages are counted from. */
  readonly nowUnix: number | undefined;
}

/** Source: dskit ring/partition_ring_desc.proto; the page gives the integer. */
export type PartitionState = 'unknown' | 'pending' | 'active' | 'inactive' | 'deleted';

export interface Partition {
  readonly id: number;
  readonly state: PartitionState;
  readonly owners: readonly string[];
  readonly tokens: readonly number[];
}

export interface PartitionRing {
  readonly partitions: readonly Partition[];
}

/** How many keys there are: tokens and keys are unsigned 32-bit integers. */
export const TOKEN_SPACE = 2 ** 32;

/** One piece of the token space: all keys in it have the same owner. `keys` is how many they are. */
export interface TokenRanges {
  /** The token that each piece ends before; ascending. */
  readonly tokens: Uint32Array;
  /** Ascending; one per token. */
  readonly owners: Int32Array;
  /** Integers up to 2³², exact in a double; they sum up to 2³². */
  readonly keys: Float64Array;
}

interface Tokens {
  readonly tokens: Uint32Array;
  readonly owners: Int32Array;
}

const tokensOf = (count: number): Tokens => ({ tokens: new Uint32Array(count), owners: new Int32Array(count) });

/** Three digits of 11 bits are 32 bits: a hundred thousand tokens are sorted in three short steps. */
const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;

const digitOf = (token: number, shift: number): number => (token >>> shift) & (DIGITS - 1);

/** One pass of a radix sort into `placed`; equal digits keep their order, and so do the owners of one token. */
function byDigit({ tokens, owners }: Tokens, placed: Tokens, shift: number): void {
  const starts = new Int32Array(DIGITS + 1);
  // Counted, not iterated: before it is compiled, an iterator takes ten times as long.
  for (let at = 0; at < tokens.length; at += 1) {
    const digit = digitOf(tokens[at] ?? 0, shift);
    starts[digit + 1] = (starts[digit + 1] ?? 0) + 1;
  }
  for (let digit = 0; digit < DIGITS; digit += 1) starts[digit + 1] = (starts[digit + 1] ?? 0) + (starts[digit] ?? 0);
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? 0;
    const digit = digitOf(token, shift);
    const to = starts[digit] ?? 0;
    placed.tokens[to] = token;
    placed.owners[to] = owners[at] ?? 0;
    starts[digit] = to + 1;
  }
}

/**
 * Cut the token space at the tokens: a key belongs to the first token that is greater than it, round the end.
 *
 * Units:  `keys` counts keys; their sum is 2³² unless there are no tokens at all.
 * Fails:  never. Of two owners of one token the first wins; dskit leaves it to chance.
 * Source: dskit ring/util.go, searchToken and tokenDistance.
 */
export function* cutTokenSpace(tokensByOwner: readonly (readonly number[])[]): Steps<TokenRanges> {
  const all = tokensByOwner.reduce((sum, tokens) => sum + tokens.length, 0);
  let sorted = tokensOf(all);
  let spare = tokensOf(all);
  let count = 0;
  for (const [owner, tokens] of tokensByOwner.entries())
    for (const token of tokens) {
      sorted.tokens[count] = token;
      sorted.owners[count] = owner;
      count += 1;
    }
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    yield undefined;
    byDigit(sorted, spare, shift);
    [sorted, spare] = [spare, sorted];
  }
  yield undefined;
  const owners = new Int32Array(count);
  const keys = new Float64Array(count);
  const tokens = new Uint32Array(count);
  let pieces = 0;
  let before = -1;
  for (let at = 0; at < count; at += 1) {
    const token = sorted.tokens[at] ?? 0;
    if (token === before) continue;
    owners[pieces] = sorted.owners[at] ?? 0;
    keys[pieces] = token - before;
    tokens[pieces] = token;
    pieces += 1;
    before = token;
  }
  // The first piece begins behind the last token.
  if (pieces > 0) keys[0] = (keys[0] ?? 0) - 1 + TOKEN_SPACE - before;
  yield undefined;
  return {
    tokens: tokens.subarray(0, pieces),
    owners: owners.subarray(0, pieces),
    keys: keys.subarray(0, pieces),
  };
}

export type TokenShares = readonly (number | undefined)[];

/**
 * Share of the token space that each member owns first, before replication.
 *
 * Units: 0–1, in the order of the members; undefined where nobody has a token.
 */
export function tokenShares(members: readonly Pick<RingMember, 'tokens'>[]): TokenShares {
  return sharesIn(finish(cutTokenSpace(members.map(({ tokens }) => tokens))), members.length);
}

/** The same, where the token space has been cut already. */
export function sharesIn({ owners, keys }: TokenRanges, members: number): TokenShares {
  if (keys.length === 0) return Array.from({ length: members }, () => undefined);
  const owned = new Float64Array(members);
  for (let at = 0; at < keys.length; at += 1) owned[owners[at] ?? 0] = (owned[owners[at] ?? 0] ?? 0) + (keys[at] ?? 0);
  return Array.from(owned, (own) => own / TOKEN_SPACE);
}

/** How old a member's last heartbeat is, by the server's own clock. Units: seconds; undefined: never, or no clock. */
export function heartbeatAge(member: RingMember, nowUnix: number | undefined): number | undefined {
  if (member.heartbeatUnix === undefined || nowUnix === undefined) return undefined;
  return Math.max(0, nowUnix - member.heartbeatUnix);
}
