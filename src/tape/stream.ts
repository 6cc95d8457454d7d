import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Block, entriesIn, NEWLINE, readBlock } from './shelf.ts';
import { pack, unpack, unpackStream } from './zstd.ts';

/** Lines that are kept together, packed again: all of a recording unpacked would be hundreds of megabytes. */
const BLOCK_BYTES = 4 * 1024 * 1024;
/** The fastest that still packs JSON well. */
const LEVEL = 1;
const PACKING_MAX = 2;
/** What a recording may unpack to: a file made to fill the memory is refused. */
const RAW_BYTES_MAX = 8 * 1024 * 1024 * 1024;
const LINE_BYTES_MAX = 256 * 1024 * 1024;

/** A fault of the file, as a sentence's end. Thrown within this folder only. */
export class Damaged extends Error {}

/**
 * Read a whole recording: HAR entries one a line, zstd or plain.
 *
 * Every line is looked at once for its key and time and packed away again; answers are parsed when they are asked for.
 * Fails: throws `Damaged` with the reason, or Node's own error.
 */
export async function readRecording(file: string, zstd: boolean): Promise<Block[]> {
  const blocks: Block[] = [];
  const packing = new Set<Promise<unknown>>();
  let lines = 0;

  const shelve = async (raw: Buffer): Promise<void> => {
    const { block, count, packed } = blockOf(raw, blocks.length, lines);
    lines += count;
    if (count > 0) blocks.push(block);
    packing.add(packed);
    void packed.finally(() => packing.delete(packed));
    if (packing.size >= PACKING_MAX) await Promise.race(packing);
  };

  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const whole of wholeLines(source)) await shelve(whole);
  };

  const bytes = createReadStream(file, { highWaterMark: 1024 * 1024 });
  await (zstd ? pipeline(bytes, unpackStream(), collect) : pipeline(bytes, collect));
  await Promise.all(packing);
  return blocks;
}

/** Pieces of about a block that end with a line. */
async function* wholeLines(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let partBytes = 0;
  let rawBytes = 0;
  for await (const part of source) {
    rawBytes += part.length;
    if (rawBytes > RAW_BYTES_MAX) throw new Damaged(`it unpacks to more than ${RAW_BYTES_MAX / 1024 ** 3} GiB`);
    parts.push(part);
    partBytes += part.length;
    if (partBytes < BLOCK_BYTES) continue;
    if (partBytes > LINE_BYTES_MAX) throw new Damaged('one of its lines is larger than any answer');
    const cut = part.lastIndexOf(NEWLINE) + 1;
    if (cut === 0) continue;
    yield Buffer.concat([...parts.slice(0, -1), part.subarray(0, cut)]);
    parts = [part.subarray(cut)];
    partBytes = part.length - cut;
  }
  if (partBytes > 0) yield Buffer.concat(parts);
}

function blockOf(
  raw: Buffer,
  index: number,
  linesBefore: number,
): { block: Block; count: number; packed: Promise<unknown> } {
  const { entries, count, damagedLine } = entriesIn(raw, index);
  if (damagedLine !== undefined)
    throw new Damaged(
      linesBefore + damagedLine === 1
        ? 'it holds no HAR entries'
        : `it is damaged: line ${linesBefore + damagedLine} is no HAR entry`,
    );
  const packed = pack(raw, LEVEL);
  const bytes = raw.length; // `raw` itself must not be held.
  return { count, packed, block: readBlock(entries, async () => unpack(await packed, bytes)) };
}
