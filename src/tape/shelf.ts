import { answerOf, type Entry, headOf, timeOf } from './entry.ts';
import { keepLatest } from './keep-latest.ts';

/** Some lines of a tape that are unpacked together: a frame of our own format, or a piece of a shipped recording. */
export interface Block {
  readonly fromUnix: number;
  readonly toUnix: number;
  /** May say yes wrongly, never no. */
  holds(key: string, byId: boolean): boolean | Promise<boolean>;
  /** Numbers of the lines that stand under a key, where an index knows them. */
  readonly linesOf?: ((key: string, byId: boolean) => readonly number[] | undefined) | undefined;
  /** Unpack. Throws where it is damaged. */
  load(): Promise<Buffer>;
  /** Where it was read already. */
  readonly entries?: Entries;
}

export type Entries = ReadonlyMap<string, readonly Entry[]>;

/** The entries of a tape by key, and their lines; unpacks what is asked for and no more. */
export interface Shelf {
  /** Those given at or before `atUnix`, newest first. */
  upTo(key: string, byId: boolean, atUnix: number): AsyncGenerator<Entry>;
  /** Those given after `atUnix`, first one first. */
  after(key: string, byId: boolean, atUnix: number): AsyncGenerator<Entry>;
  line(entry: Entry): Promise<Buffer>;
  /** Every key but those of single traces. */
  keys(): readonly string[];
}

/** `blocksOf`: which blocks hold a key that is not one of single traces, where that is known without asking each. */
export function makeShelf(
  blocks: readonly Block[],
  keys: () => readonly string[],
  blocksOf?: (key: string) => readonly number[],
): Shelf {
  const raw = keepLatest((index) => blockAt(index).load());
  const found = new Map<number, Promise<Entries>>();
  const starts = new Map<number, readonly number[]>();

  function blockAt(index: number): Block {
    const block = blocks[index];
    if (block === undefined) throw new Error(`no block ${index}`);
    return block;
  }

  function entriesOf(index: number): Entries | Promise<Entries> {
    const known = blockAt(index).entries ?? found.get(index);
    if (known !== undefined) return known;
    const reading = raw(index).then((buffer) => entriesIn(buffer, index).entries);
    found.set(index, reading);
    reading.catch(() => found.delete(index));
    return reading;
  }

  /** What stands under a key in a block. Where an index knows the lines, no head is read before its turn comes. */
  async function standing(key: string, byId: boolean, index: number): Promise<readonly Standing[]> {
    const lines = blockAt(index).linesOf?.(key, byId);
    if (lines === undefined)
      return ((await entriesOf(index)).get(key) ?? []).map((entry) => ({ atUnix: entry.atUnix, read: () => entry }));
    const buffer = await raw(index);
    const begins = startsIn(index, buffer);
    return lines.flatMap((line) => {
      const offset = begins[line];
      const next = begins[line + 1];
      if (offset === undefined || next === undefined) return [];
      const length = next - 1 - offset;
      const bytes = buffer.subarray(offset, offset + length);
      const read = (): Entry | undefined => {
        const head = headOf(bytes);
        return head !== undefined && keyOf(head) === key ? { ...head, block: index, offset, length } : undefined;
      };
      const atUnix = timeOf(bytes) ?? read()?.atUnix;
      return atUnix === undefined ? [] : [{ atUnix, read }];
    });
  }

  /** Where each line of a block begins, and where the next one would. */
  function startsIn(index: number, buffer: Buffer): readonly number[] {
    const known = starts.get(index);
    if (known !== undefined) return known;
    const found = [0];
    for (let at = buffer.indexOf(NEWLINE); at >= 0; at = buffer.indexOf(NEWLINE, at + 1)) found.push(at + 1);
    starts.set(index, found);
    return found;
  }

  /** Blocks that may hold a key within reach, the one that reaches furthest first. */
  async function holding(key: string, byId: boolean, way: Way): Promise<readonly number[]> {
    const held: number[] = [];
    const candidates = (byId ? undefined : blocksOf?.(key)) ?? blocks.keys();
    for (const index of candidates) {
      const block = blockAt(index);
      if (!way.within(block)) continue;
      const holds = block.holds(key, byId);
      if (holds === true || (holds !== false && (await holds))) held.push(index);
    }
    return held.sort((left, right) => way.order(way.reach(blockAt(left)), way.reach(blockAt(right))));
  }

  /** An entry is given once no block that is still to be read can hold one that comes before it. */
  async function* inOrder(key: string, byId: boolean, way: Way): AsyncGenerator<Entry> {
    let waiting: Standing[] = [];
    for (const index of await holding(key, byId, way)) {
      const limit = way.reach(blockAt(index));
      const sure = waiting.filter(({ atUnix }) => way.order(atUnix, limit) < 0);
      yield* readAll(sure);
      const more = (await standing(key, byId, index)).filter(({ atUnix }) => way.wants(atUnix));
      waiting = waiting.slice(sure.length).concat(more);
      waiting.sort((left, right) => way.order(left.atUnix, right.atUnix));
    }
    yield* readAll(waiting);
  }

  return {
    upTo: (key, byId, atUnix) => inOrder(key, byId, backwards(atUnix)),
    after: (key, byId, atUnix) => inOrder(key, byId, onwards(atUnix)),
    line: async (entry) => (await raw(entry.block)).subarray(entry.offset, entry.offset + entry.length),
    keys,
  };
}

/** An entry that is known to be there, and not read yet. */
interface Standing {
  readonly atUnix: number;
  /** Undefined where the line is no entry, or not the one that the index says. */
  read(): Entry | undefined;
}

function* readAll(standing: readonly Standing[]): Generator<Entry> {
  for (const each of standing) {
    const entry = each.read();
    if (entry !== undefined) yield entry;
  }
}

/** A direction in time. */
interface Way {
  /** Whether a block has anything on this side. */
  within(block: Block): boolean;
  wants(atUnix: number): boolean;
  /** The first time a block can have on this way. */
  reach(block: Block): number;
  order(left: number, right: number): number;
}

const backwards = (atUnix: number): Way => ({
  within: (block) => block.fromUnix <= atUnix,
  wants: (at) => at <= atUnix,
  reach: (block) => Math.min(block.toUnix, atUnix),
  order: (left, right) => right - left,
});

const onwards = (atUnix: number): Way => ({
  within: (block) => block.toUnix > atUnix,
  wants: (at) => at > atUnix,
  reach: (block) => Math.max(block.fromUnix, atUnix),
  order: (left, right) => left - right,
});

export const NEWLINE = 10;

/**
 * The entries in unpacked lines, by key.
 *
 * `damagedLine` is the number (from 1) of the first line that is no entry; entries before it stand.
 */
export function entriesIn(
  buffer: Buffer,
  block: number,
): { entries: Map<string, Entry[]>; count: number; damagedLine?: number } {
  const entries = new Map<string, Entry[]>();
  let count = 0;
  for (const [offset, line, ended] of linesIn(buffer)) {
    const whole = ended || answerOf(line, 0) !== undefined; // The last line may be cut short.
    const head = whole ? headOf(line) : undefined;
    if (head === undefined) return { entries, count, damagedLine: count + 1 };
    const key = keyOf(head);
    const entry = { ...head, block, offset, length: line.length };
    const list = entries.get(key);
    if (list) list.push(entry);
    else entries.set(key, [entry]);
    count += 1;
  }
  return { entries, count };
}

/** Lines that are not empty: where each begins, its bytes, and whether a newline ends it. */
export function* linesIn(buffer: Buffer): Generator<readonly [offset: number, line: Buffer, ended: boolean]> {
  for (let offset = 0; offset < buffer.length; ) {
    const next = buffer.indexOf(NEWLINE, offset);
    const end = next < 0 ? buffer.length : next;
    if (end > offset) yield [offset, buffer.subarray(offset, end), next >= 0];
    offset = end + 1;
  }
}

/** Entries that answer only who asks exactly so stand under a key of their own. */
const keyOf = (head: Pick<Entry, 'exact' | 'question'>): string =>
  head.exact ? exactKeyOf(head.question.exactKey) : head.question.key;

export const exactKeyOf = (exactKey: string): string => `exactly ${exactKey}`;

/** Whether an entry is looked up by a hash of its key: there is one for each trace. */
export const isById = (entry: Pick<Entry, 'exact' | 'question'>): boolean =>
  !entry.exact && entry.question.shape === 'by-id';

/** The key of an entry on a shelf. */
export const shelfKeyOf = keyOf;

/** A block whose entries are known already. */
export function readBlock(entries: Entries, load: () => Promise<Buffer>): Block {
  const times = [...entries.values()].flat().map((entry) => entry.atUnix);
  return {
    fromUnix: times.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY),
    toUnix: times.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY),
    holds: (key) => entries.has(key),
    load,
    entries,
  };
}
