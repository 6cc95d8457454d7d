import type { Bytes } from './bytes.ts';
import { type ParsedHeader, parseHeader, type TapeHeader } from './header.ts';
import { FOOTER_BYTES, hashOf, type ListedFrame, parseFooter, unpackHashes, unpackList } from './index-frame.ts';
import { type Block, entriesIn, readBlock } from './shelf.ts';
import { Damaged } from './stream.ts';
import { summarize } from './summary.ts';
import { frameBytes, unpack } from './zstd.ts';

const HEADER_BYTES_MAX = 64 * 1024;
const HEADER_RAW_BYTES_MAX = 1024 * 1024;
/** A frame that unpacks to more is refused, whatever it says of itself. */
const FRAME_RAW_BYTES_MAX = 512 * 1024 * 1024;

/** What our own format holds, before anything of its frames is unpacked. */
export interface Opened {
  readonly header: TapeHeader;
  readonly blocks: readonly Block[];
  readonly keys: () => readonly string[];
  /** Which blocks hold a key that is not looked up by a hash, where an index says so. */
  readonly blocksOf?: (key: string) => readonly number[];
  /** A sentence where the file was cut off. */
  readonly damage?: string;
}

/** Line 1, where the file begins with a frame that holds only that. */
export async function readHeader(bytes: Bytes): Promise<{ parsed: ParsedHeader; endOffset: number }> {
  const foreign = { parsed: { kind: 'foreign' }, endOffset: 0 } as const;
  const length = await frameBytes(bytes.read, 0, Math.min(bytes.size, HEADER_BYTES_MAX));
  if (length === undefined) return foreign;
  try {
    const raw = await unpack(await bytes.read(0, length), HEADER_RAW_BYTES_MAX);
    return { parsed: parseHeader(raw.toString().split('\n', 1)[0] ?? ''), endOffset: length };
  } catch {
    return foreign;
  }
}

/**
 * Open our own format by its index; without one, frame by frame up to the damage.
 *
 * Fails: throws `Damaged` where not one frame can be read.
 */
export async function openContainer(bytes: Bytes, begun: TapeHeader, endOffset: number): Promise<Opened> {
  const indexed = await byIndex(bytes).catch(() => undefined);
  return indexed ?? byScanning(bytes, begun, endOffset);
}

async function byIndex(bytes: Bytes): Promise<Opened | undefined> {
  const footer = parseFooter(await bytes.read(bytes.size - FOOTER_BYTES, FOOTER_BYTES), bytes.size);
  if (footer === undefined) return undefined;
  const list = await unpackList(await bytes.read(footer.offset, footer.listBytes));
  const parsed = parseHeader(list.header);
  if (parsed.kind !== 'header') return undefined;
  const numbers = new Map(list.keys.map((key, number) => [key, number]));
  let hashes: ReturnType<typeof unpackHashes> | undefined;
  const hashesOf = async (index: number): Promise<ReadonlySet<number> | undefined> => {
    hashes ??= bytes
      .read(footer.offset + footer.listBytes, footer.hashBytes)
      .then((packed) => unpackHashes(packed, list.frames));
    return (await hashes)[index];
  };
  const blocks = list.frames.map((frame, index): Block => {
    const holds = new Set(frame.holds);
    return {
      ...frame,
      holds: (key, byId) => {
        if (!byId) return holds.has(numbers.get(key) ?? -1);
        return frame.idCount > 0 && hashesOf(index).then((known) => known?.has(hashOf(key)) ?? false);
      },
      ...(frame.lines === undefined ? {} : { linesOf: linesByKey(frame.lines, numbers) }),
      load: () => loadFrame(bytes, frame),
    };
  });
  let byNumber: readonly number[][] | undefined;
  const blocksOf = (key: string): readonly number[] => {
    byNumber ??= invert(list.frames, list.keys.length);
    return byNumber[numbers.get(key) ?? -1] ?? [];
  };
  return { header: parsed.header, blocks, keys: () => list.keys, blocksOf };
}

/** For each key the frames that hold it: a demo of some hundred frames is not walked through for each question. */
function invert(frames: readonly ListedFrame[], keyCount: number): readonly number[][] {
  const found: number[][] = Array.from({ length: keyCount }, () => []);
  for (const [index, frame] of frames.entries()) for (const number of frame.holds) found[number]?.push(index);
  return found;
}

/** Which lines of a frame answer a question; undefined where only their text can tell. */
function linesByKey(lines: readonly number[], numbers: ReadonlyMap<string, number>): Block['linesOf'] {
  let byNumber: Map<number, number[]> | undefined;
  return (key, byId) => {
    if (byId) return undefined;
    byNumber ??= Map.groupBy(lines.keys(), (line) => lines[line] ?? -1);
    return byNumber.get(numbers.get(key) ?? -2) ?? [];
  };
}

type FrameAt = Pick<ListedFrame, 'offset' | 'bytes' | 'rawBytes'>;

const loadFrame = async (bytes: Bytes, frame: FrameAt): Promise<Buffer> =>
  unpack(await bytes.read(frame.offset, frame.bytes), Math.min(frame.rawBytes, FRAME_RAW_BYTES_MAX));

async function byScanning(bytes: Bytes, begun: TapeHeader, endOffset: number): Promise<Opened> {
  const blocks: Block[] = [];
  let broken = 0;
  for await (const frame of framesFrom(bytes, endOffset)) {
    const block = await scanned(bytes, frame, blocks.length).catch(() => undefined);
    if (block === undefined) broken += 1;
    else blocks.push(block);
  }
  const { header: seen, keys } = summarize(blocks, begun.context);
  if (seen === undefined) throw new Damaged('it is damaged: not one round of it can be read');
  const begin = Math.min(begun.fromUnix || seen.fromUnix, seen.fromUnix);
  const header = {
    ...seen,
    ...(begun.roundSeconds === undefined ? {} : { roundSeconds: begun.roundSeconds }),
    fromUnix: begin,
    atUnix: Math.min(begun.atUnix || seen.toUnix, seen.toUnix),
  };
  const lost = broken > 0 ? `, ${broken} of its rounds are damaged` : '';
  return {
    header,
    blocks,
    keys: () => keys,
    damage: `the recording was cut off${lost}: ${blocks.length} rounds can be read`,
  };
}

async function* framesFrom(bytes: Bytes, endOffset: number): AsyncGenerator<FrameAt> {
  for (let offset = endOffset; ; ) {
    const length = await frameBytes(bytes.read, offset, bytes.size);
    if (length === undefined) return;
    yield { offset, bytes: length, rawBytes: FRAME_RAW_BYTES_MAX };
    offset += length;
  }
}

async function scanned(bytes: Bytes, frame: FrameAt, index: number): Promise<Block> {
  const { entries, count } = entriesIn(await loadFrame(bytes, frame), index);
  if (count === 0) throw new Damaged('holds no entries');
  return readBlock(entries, () => loadFrame(bytes, frame));
}
