import { pack, unpack } from './zstd.ts';

/*
 * The index of a tape, in a frame that every zstd skips (RFC 8878, 3.1.2), so that `zstd -dc` on a tape gives its lines:
 * skippable magic, length, packed frame list, packed hashes of the keys of single traces, footer.
 */

const SKIPPABLE_MAGIC = 0x184d2a5e;
const SKIPPABLE_HEADER_BYTES = 8;
const FOOTER_MARK = Buffer.from('tapeidx1');
export const FOOTER_BYTES = 16;
const RAW_BYTES_MAX = 256 * 1024 * 1024;
const LEVEL = 19;

/** One frame of lines: where it is, the times of its answers, and which keys it holds. */
export interface IndexedFrame {
  readonly offset: number;
  readonly bytes: number;
  readonly rawBytes: number;
  readonly fromUnix: number;
  readonly toUnix: number;
  /** Numbers in `keys`. */
  readonly holds: readonly number[];
  /** For each line its number in `keys`, −1 where it stands under a hash; absent in older tapes. */
  readonly lines?: readonly number[];
  /** Hashes of the keys of single traces and their logs, ascending; of those there are too many to spell out. */
  readonly idHashes: readonly number[];
}

export interface TapeIndex {
  /** Line 1 as it is known at the end. */
  readonly header: string;
  readonly keys: readonly string[];
  readonly frames: readonly IndexedFrame[];
}

/** A footer that says where the index is, or undefined where the file was cut off. */
export function parseFooter(
  footer: Buffer,
  sizeBytes: number,
): { offset: number; listBytes: number; hashBytes: number } | undefined {
  if (footer.length < FOOTER_BYTES || !footer.subarray(8).equals(FOOTER_MARK)) return undefined;
  const listBytes = footer.readUInt32LE(0);
  const hashBytes = footer.readUInt32LE(4);
  const offset = sizeBytes - FOOTER_BYTES - listBytes - hashBytes;
  return offset < SKIPPABLE_HEADER_BYTES ? undefined : { offset, listBytes, hashBytes };
}

/** The skippable frame that ends a tape. */
export async function packIndex(index: TapeIndex): Promise<Buffer> {
  const frames = index.frames.map((frame) => [
    frame.offset,
    frame.bytes,
    frame.rawBytes,
    frame.fromUnix,
    frame.toUnix,
    frame.holds,
    frame.idHashes.length,
    frame.lines,
  ]);
  const list = await pack(Buffer.from(JSON.stringify({ header: index.header, keys: index.keys, frames })), LEVEL);
  const hashes = await pack(Buffer.concat(index.frames.map((frame) => deltas(frame.idHashes))), LEVEL);
  const head = Buffer.alloc(SKIPPABLE_HEADER_BYTES);
  head.writeUInt32LE(SKIPPABLE_MAGIC, 0);
  head.writeUInt32LE(list.length + hashes.length + FOOTER_BYTES, 4);
  const foot = Buffer.alloc(FOOTER_BYTES);
  foot.writeUInt32LE(list.length, 0);
  foot.writeUInt32LE(hashes.length, 4);
  FOOTER_MARK.copy(foot, 8);
  return Buffer.concat([head, list, hashes, foot]);
}

export interface ListedFrame extends Omit<IndexedFrame, 'idHashes'> {
  readonly idCount: number;
}

/** The list part. Throws where it is damaged. */
export async function unpackList(
  packed: Buffer,
): Promise<{ header: string; keys: readonly string[]; frames: readonly ListedFrame[] }> {
  const value: unknown = JSON.parse((await unpack(packed, RAW_BYTES_MAX)).toString());
  if (!isList(value)) throw new Error('its index is damaged');
  return { header: value.header, keys: value.keys, frames: value.frames.map(frameOf) };
}

function isList(value: unknown): value is { header: string; keys: string[]; frames: unknown[] } {
  if (typeof value !== 'object' || value === null || !('header' in value && 'keys' in value && 'frames' in value))
    return false;
  const { header, keys, frames } = value;
  return (
    typeof header === 'string' &&
    Array.isArray(keys) &&
    keys.every((key) => typeof key === 'string') &&
    Array.isArray(frames)
  );
}

function frameOf(value: unknown): ListedFrame {
  if (!Array.isArray(value)) throw new Error('its index is damaged');
  const [holds, lines]: unknown[] = [value[5], value[7]];
  const [offset, bytes, rawBytes, fromUnix, toUnix, idCount] = [...value.slice(0, 5), value[6]].map(numberOf);
  if (
    offset === undefined ||
    bytes === undefined ||
    rawBytes === undefined ||
    fromUnix === undefined ||
    toUnix === undefined ||
    idCount === undefined ||
    !Array.isArray(holds)
  )
    throw new Error('its index is damaged');
  return {
    offset,
    bytes,
    rawBytes,
    fromUnix,
    toUnix,
    idCount,
    holds: numbersOf(holds),
    ...(Array.isArray(lines) ? { lines: numbersOf(lines) } : {}),
  };
}

const numbersOf = (list: readonly unknown[]): readonly number[] => list.map((each) => numberOf(each) ?? -1);

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** The hashes of each frame. Throws where they are damaged. */
export async function unpackHashes(
  packed: Buffer,
  frames: readonly ListedFrame[],
): Promise<readonly ReadonlySet<number>[]> {
  const raw = await unpack(packed, RAW_BYTES_MAX);
  let at = 0;
  return frames.map((frame) => {
    const hashes = new Set<number>();
    let last = 0;
    for (let count = 0; count < frame.idCount && at < raw.length; count += 1) {
      let delta = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = raw[at] ?? 0;
        at += 1;
        delta += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80 || shift > 28) break;
      }
      last += delta;
      hashes.add(last);
    }
    return hashes;
  });
}

/** Differences, seven bits a byte: about half of what the hashes would take. */
function deltas(ascending: readonly number[]): Buffer {
  const bytes: number[] = [];
  let last = 0;
  for (const hash of ascending) {
    let delta = hash - last;
    last = hash;
    while (delta >= 0x80) {
      bytes.push((delta % 0x80) + 0x80);
      delta = Math.floor(delta / 0x80);
    }
    bytes.push(delta);
  }
  return Buffer.from(bytes);
}

/** Twenty-four bits of FNV-1a: in a frame of a thousand keys, one strange key in sixteen thousand is looked for in vain. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 24)) & 0xffffff;
}
