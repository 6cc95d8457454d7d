import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Asked } from '../domain/exchange.ts';
import type { FaultKind } from '../domain/result.ts';
import { tooLarge } from './http.ts';

export type Read =
  | {
      readonly ok: true;
      /** Made from `utf8` when it is first read: of a large answer another thread makes it. */
      readonly text: string;
      readonly utf8: readonly Uint8Array<ArrayBuffer>[];
    }
  | { readonly ok: false; readonly kind: FaultKind; readonly said: string };

/** Cause with which a body is given up, so that nobody takes it for a broken connection. */
class TooLarge extends Error {}

/**
 * Read a body up to its cap, unzipped. Over the cap, or no longer wanted, the socket is closed at once: what is not read
 * must not keep arriving.
 *
 * Units:  `bytesMax` counts unzipped bytes, so that a small answer cannot become a large one.
 */
export async function readBody(
  body: Readable,
  headers: Readonly<Record<string, string>>,
  bytesMax: number,
  signal: AbortSignal,
  onLarge?: Asked['onLarge'],
): Promise<Read> {
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase();
  const zipped = encoding === 'gzip' || encoding === 'x-gzip';
  // Whatever happens later, a body that was given up may still complain.
  body.on('error', () => {});
  if (!zipped && encoding !== 'identity' && encoding !== '') {
    body.destroy();
    return { ok: false, kind: 'shape', said: `content-encoding ${encoding}, which was not asked for` };
  }
  if (Number(headers['content-length'] ?? 0) > bytesMax) {
    body.destroy();
    return { ok: false, kind: 'too-large', said: tooLarge(bytesMax) };
  }
  const kept = makePieces();
  let bytes = 0;
  const keep = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new TooLarge();
    if (onLarge && bytes >= onLarge.bytes && bytes - chunk.length < onLarge.bytes) onLarge.call();
    kept.add(chunk);
  };
  try {
    for await (const chunk of zipped ? unzip(body) : body) keep(chunk as Buffer);
    return lazyText(kept.end());
  } catch (thrown) {
    body.destroy();
    if (thrown instanceof TooLarge) return { ok: false, kind: 'too-large', said: tooLarge(bytesMax) };
    if (signal.aborted) throw thrown;
    return { ok: false, kind: 'shape', said: brokenOff(thrown, bytes) };
  }
}

/** Chunks are joined while they arrive, so that no single step has a hundred megabytes to copy. */
const PIECE_BYTES = 1024 * 1024;

function makePieces(): { add(chunk: Buffer): void; end(): readonly Uint8Array<ArrayBuffer>[] } {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let waiting: Buffer[] = [];
  let bytes = 0;
  const join = (): void => {
    // Memory of its own, for it may be handed to another thread, which a shared pool must not; all of it is written.
    const { buffer } = Buffer.allocUnsafeSlow(bytes);
    const piece = new Uint8Array(buffer);
    let at = 0;
    for (const chunk of waiting) {
      piece.set(chunk, at);
      at += chunk.length;
    }
    pieces.push(piece);
    waiting = [];
    bytes = 0;
  };
  return {
    add(chunk) {
      waiting.push(chunk);
      bytes += chunk.length;
      if (bytes >= PIECE_BYTES) join();
    },
    end() {
      join();
      return pieces;
    },
  };
}

function lazyText(utf8: readonly Uint8Array<ArrayBuffer>[]): Read {
  let text: string | undefined;
  return {
    ok: true,
    utf8,
    get text() {
      text ??= Buffer.concat(utf8).toString('utf8');
      return text;
    },
  };
}

/** Unzip, and let an error of either end reach the reader. */
function unzip(body: Readable): Readable {
  const gunzip = createGunzip();
  body.on('error', (cause) => gunzip.destroy(cause));
  return body.pipe(gunzip);
}

function brokenOff(thrown: unknown, bytes: number): string {
  const code = (thrown as { code?: unknown }).code;
  if (typeof code === 'string' && code.startsWith('Z_') && code !== 'Z_BUF_ERROR')
    return 'the answer says gzip and is not';
  return `the answer broke off after ${bytes} bytes`;
}
