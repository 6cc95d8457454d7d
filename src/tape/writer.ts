import { appendFile, close, fdatasync, ftruncate, open, unlink } from 'node:fs';
import { promisify } from 'node:util';
import { sayFileError, sayWriteError } from './bytes.ts';
import { type HarEntry, headOf } from './entry.ts';
import { headerLine, type TapeHeader } from './header.ts';
import { hashOf, type IndexedFrame, packIndex } from './index-frame.ts';
import { isById, shelfKeyOf } from './shelf.ts';
import { makeSummary } from './summary.ts';
import { pack } from './zstd.ts';

// Bare descriptors: Node ends the program where a FileHandle is collected before it was closed.
const openFile = promisify(open);
const appendTo = promisify(appendFile);
const flush = promisify(fdatasync);
const closeFile = promisify(close);
const cutTo = promisify(ftruncate);
const removeFile = promisify(unlink);

/** Fast enough to pack a round while a console draws; `cut-demo` takes the highest. */
export const RECORDING_LEVEL = 3;

export type Written = { readonly ok: true; readonly bytes: number } | { readonly ok: false; readonly because: string };

/**
 * Writes a tape round by round. What a round added is on the disk when it resolves, and readable if nothing follows.
 *
 * Fails: with a sentence's end, and from then on with the same; what could not be written whole is cut off again, so that
 * the file ends with its last good round.
 */
export interface TapeWriter {
  /** Keep one exchange for the round. Secrets must be gone from it: it is written as it is. */
  add(entry: HarEntry): void;
  /** Append what was added since the last round as one frame. */
  endRound(): Promise<Written>;
  /** End the round and append the index; `header` replaces what was said at the start. */
  close(header?: Partial<TapeHeader>): Promise<Written>;
}

/**
 * Begin a tape. The file must not exist; only its owner may read it, since answers hold what servers know.
 *
 * Fails: with a sentence's end (no such folder, exists already, disk full).
 */
export async function createTape(
  file: string,
  header: TapeHeader,
  options: { level?: number; dropped?: readonly string[]; disk?: Disk } = {},
): Promise<{ ok: true; writer: TapeWriter } | { ok: false; because: string }> {
  let descriptor: number | undefined;
  try {
    // Appending, so that after a cut the next byte stands where the file ends.
    descriptor = await openFile(file, 'ax', 0o600);
    const line = await pack(Buffer.from(headerLine(header, options.dropped ?? [])), RECORDING_LEVEL);
    await (options.disk ?? append)(descriptor, line);
    return {
      ok: true,
      writer: writerOf({
        descriptor,
        headerBytes: line.length,
        begun: header,
        dropped: options.dropped ?? [],
        level: options.level ?? RECORDING_LEVEL,
        disk: options.disk ?? append,
      }),
    };
  } catch (thrown) {
    if (descriptor !== undefined) {
      await closeFile(descriptor);
      await removeFile(file).catch(() => undefined); // It was made just now, and holds nothing.
    }
    return { ok: false, because: sayWriteError(thrown) };
  }
}

/** How bytes get to the end of the file. A test has a disk that is full. */
export type Disk = (descriptor: number, bytes: Buffer) => Promise<void>;

const append: Disk = async (descriptor, bytes) => {
  await appendTo(descriptor, bytes);
  await flush(descriptor);
};

interface Begun {
  readonly descriptor: number;
  readonly headerBytes: number;
  readonly begun: TapeHeader;
  readonly dropped: readonly string[];
  readonly level: number;
  readonly disk: Disk;
}

function writerOf({ descriptor, headerBytes, begun, dropped, level, disk }: Begun): TapeWriter {
  const numbers = new Map<string, number>();
  const frames: IndexedFrame[] = [];
  const summary = makeSummary();
  let lines: Buffer[] = [];
  let size = headerBytes;
  let turn: Promise<Written> = Promise.resolve({ ok: true, bytes: size });

  /** All of it or nothing: half a frame would be damage. */
  const grow = async (bytes: Buffer): Promise<void> => {
    try {
      await disk(descriptor, bytes);
    } catch (thrown) {
      await cutTo(descriptor, size).catch(() => undefined);
      throw thrown;
    }
    size += bytes.length;
  };

  const writeIndex = async (header: Partial<TapeHeader>): Promise<void> => {
    const seen = summary.header(begun.context) ?? begun;
    const line = headerLine(
      {
        ...begun,
        backends: seen.backends,
        tenants: begun.tenants.length > 0 ? begun.tenants : seen.tenants,
        toUnix: seen.toUnix,
        ...header,
      },
      dropped,
    );
    await grow(await packIndex({ header: line, keys: [...numbers.keys()], frames }));
  };

  /** One after the other, in the order they were asked for; after a failure nothing more is written. */
  const inTurn = (work: () => Promise<void>): Promise<Written> => {
    turn = turn.then(async (before) => {
      if (!before.ok) return before;
      try {
        await work();
        return { ok: true, bytes: size };
      } catch (thrown) {
        return { ok: false, because: sayFileError(thrown) };
      }
    });
    return turn;
  };

  const writeRound = async (round: readonly Buffer[]): Promise<void> => {
    if (round.length === 0) return;
    const raw = Buffer.concat(round);
    const frame = await pack(raw, level);
    const offset = size;
    await grow(frame);
    frames.push({ ...indexed(round, numbers, summary), offset, bytes: frame.length, rawBytes: raw.length });
  };

  const takeRound = (): readonly Buffer[] => {
    const round = lines;
    lines = [];
    return round;
  };

  return {
    add: (entry) => void lines.push(Buffer.from(`${JSON.stringify(entry)}\n`)),
    endRound: () => {
      const round = takeRound();
      return inTurn(() => writeRound(round));
    },
    async close(header = {}) {
      const round = takeRound();
      const done = await inTurn(async () => {
        await writeRound(round);
        await writeIndex(header);
      });
      // Where the disk is full there may still be room for the index, as what did not fit is gone.
      if (!done.ok) await writeIndex(header).catch(() => undefined);
      await closeFile(descriptor);
      return done;
    },
  };
}

/** What the index says of one frame. */
function indexed(round: readonly Buffer[], numbers: Map<string, number>, summary: ReturnType<typeof makeSummary>) {
  const lines: number[] = [];
  const hashes = new Set<number>();
  let fromUnix = Number.POSITIVE_INFINITY;
  let toUnix = Number.NEGATIVE_INFINITY;
  for (const line of round) {
    const head = headOf(line);
    if (head === undefined) throw new Error('an entry has no request or no time');
    const key = shelfKeyOf(head);
    fromUnix = Math.min(fromUnix, head.atUnix);
    toUnix = Math.max(toUnix, head.atUnix);
    summary.add(head);
    if (isById(head)) {
      hashes.add(hashOf(key));
      lines.push(-1);
    } else {
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      lines.push(number);
    }
  }
  const holds = [...new Set(lines)].filter((number) => number >= 0);
  return { fromUnix, toUnix, holds, lines, idHashes: [...hashes].sort((left, right) => left - right) };
}
