import { promisify } from 'node:util';
import { constants, createZstdDecompress, type ZstdOptions, zstdCompress, zstdDecompress } from 'node:zlib';

/** The shipped recordings were packed with a window of 128 MiB. */
const WINDOW_LOG_MAX = 27;
const UNPACK = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX };

const MAGIC = 0xfd2fb528;
/** Magic, descriptor, window, dictionary id, content size. Source: RFC 8878, 3.1.1. */
export const FRAME_HEADER_BYTES_MAX = 18;
const BLOCK_HEADER_BYTES = 3;
const RLE_BLOCK = 1;
const CHECKSUM_BYTES = 4;
/** What is unpacked at a time where the whole is not known: the default of 16 KiB costs four times as long. */
const PIECE_BYTES = 1024 * 1024;
const PIECE_BYTES_MIN = 64;
const WHOLE_BYTES_MAX = 32 * 1024 * 1024;

const compressed = promisify<Buffer, ZstdOptions, Buffer>(zstdCompress);
const decompressed = promisify<Buffer, ZstdOptions, Buffer>(zstdDecompress);

/** Pack as one frame with a checksum. High levels look for repetitions over the whole of it. */
export const pack = (raw: Buffer, level: number): Promise<Buffer> =>
  compressed(raw, {
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_checksumFlag]: 1,
      ...(level > 9
        ? { [constants.ZSTD_c_windowLog]: windowLogOf(raw.length), [constants.ZSTD_c_enableLongDistanceMatching]: 1 }
        : {}),
    },
    pledgedSrcSize: raw.length,
  });

const windowLogOf = (bytes: number): number => Math.min(WINDOW_LOG_MAX, Math.max(10, Math.ceil(Math.log2(bytes + 1))));

/** Unpack one frame. Throws where it is damaged or larger than `rawBytesMax`. */
export const unpack = (frame: Buffer, rawBytesMax: number): Promise<Buffer> =>
  decompressed(frame, {
    params: UNPACK,
    maxOutputLength: Math.max(1, rawBytesMax),
    chunkSize: rawBytesMax <= WHOLE_BYTES_MAX ? Math.max(PIECE_BYTES_MIN, rawBytesMax) : PIECE_BYTES,
  });

/** Unpacks a whole file as it is read. */
export const unpackStream = (): ReturnType<typeof createZstdDecompress> =>
  createZstdDecompress({ params: UNPACK, chunkSize: PIECE_BYTES });

export const isZstd = (start: Buffer): boolean => start.length >= 4 && start.readUInt32LE(0) === MAGIC;

/** Read `length` bytes at `offset`; fewer at the end. */
type ReadAt = (offset: number, length: number) => Promise<Buffer>;

/**
 * How many bytes the frame at `offset` has, found by walking its block headers, so that a file without an index
 * can be read frame by frame.
 *
 * Fails: undefined where no frame begins, or where the file ends within it.
 */
export async function frameBytes(read: ReadAt, offset: number, sizeBytes: number): Promise<number | undefined> {
  const header = await read(offset, FRAME_HEADER_BYTES_MAX);
  if (!isZstd(header) || header.length < 6) return undefined;
  const descriptor = header.readUInt8(4);
  let at = offset + headerBytes(descriptor);
  for (let last = false; !last && at <= sizeBytes; ) {
    const block = await read(at, BLOCK_HEADER_BYTES);
    if (block.length < BLOCK_HEADER_BYTES) return undefined;
    const bits = block.readUIntLE(0, BLOCK_HEADER_BYTES);
    at += BLOCK_HEADER_BYTES + (((bits >> 1) & 3) === RLE_BLOCK ? 1 : bits >> 3);
    last = (bits & 1) === 1;
  }
  at += (descriptor & 0b100) === 0 ? 0 : CHECKSUM_BYTES;
  return at > sizeBytes ? undefined : at - offset;
}

function headerBytes(descriptor: number): number {
  const single = (descriptor & 0b0010_0000) !== 0;
  const contentSizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return 5 + (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0) + contentSizeBytes;
}
