import { close, fstat, open, read } from 'node:fs';
import { promisify } from 'node:util';

// Bare descriptors: Node ends the program where a FileHandle is collected before it was closed.
const openFile = promisify(open);
const statOf = promisify(fstat);
const readFrom = promisify(read);
const closeFile = promisify(close);

/** A file that is read in pieces, and how much of it was read: a demo must not cost its whole length at start. */
export interface Bytes {
  readonly size: number;
  /** Fewer than `length` at the end of the file. */
  read(offset: number, length: number): Promise<Buffer>;
  /** Bytes read so far. */
  readCount(): number;
  close(): Promise<void>;
}

/** Throws Node's own error where the file cannot be read; `sayFileError` turns it into words. */
export async function openBytes(file: string): Promise<Bytes> {
  const descriptor = await openFile(file, 'r');
  try {
    const stat = await statOf(descriptor);
    if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    return bytesOf(descriptor, stat.size);
  } catch (thrown) {
    await closeFile(descriptor);
    throw thrown;
  }
}

function bytesOf(descriptor: number, size: number): Bytes {
  let count = 0;
  return {
    size,
    readCount: () => count,
    async read(offset, length) {
      const wanted = offset < 0 ? 0 : Math.max(0, Math.min(length, size - offset)); // An index may say anything.
      const buffer = Buffer.allocUnsafe(wanted);
      let filled = 0;
      while (filled < wanted) {
        const { bytesRead } = await readFrom(descriptor, buffer, filled, wanted - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      count += filled;
      return buffer.subarray(0, filled);
    },
    close: () => closeFile(descriptor),
  };
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  EISDIR: 'it is a directory',
  EEXIST: 'it exists already',
  ENOTDIR: 'its folder is not a folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'it is as large as a file may be here',
  EROFS: 'its file system is read-only',
  EIO: 'the disk does not answer',
};

const WRITING_CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  EACCES: 'its folder may not be written to',
  EPERM: 'its folder may not be written to',
};

/** The same of a file that should have been made. */
export function sayWriteError(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  return WRITING_CAUSES[code] ?? sayFileError(thrown);
}

/** What Node says of a file, in words. */
export function sayFileError(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  return CAUSES[code] ?? (thrown instanceof Error ? thrown.message : String(thrown));
}
