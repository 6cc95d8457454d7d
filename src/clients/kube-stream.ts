import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** An object of a watch may be large, but not endless. */
const LINE_BYTES_MAX = 8 * 1024 * 1024;

/**
 * The lines of a body as they come. Leaving the loop closes the connection.
 *
 * Fails: by ending, also where the connection breaks or a line has no end; who follows asks again.
 */
export async function* linesOf(
  body: Readable,
  headers: Readonly<Record<string, string>>,
): AsyncGenerator<string, void, undefined> {
  body.on('error', () => {});
  const zipped = /^(x-)?gzip$/i.test(headers['content-encoding'] ?? '');
  const source = zipped ? body.pipe(createGunzip()) : body;
  source.on('error', () => {});
  let begun: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of source) {
      let rest = chunk as Buffer;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        begun.push(rest.subarray(0, end));
        const line = Buffer.concat(begun).toString('utf8');
        begun = [];
        bytes = 0;
        rest = rest.subarray(end + 1);
        if (line.trim() !== '') yield line;
      }
      bytes += rest.length;
      if (bytes > LINE_BYTES_MAX) return;
      if (rest.length > 0) begun.push(rest);
    }
    const last = Buffer.concat(begun).toString('utf8');
    if (last.trim() !== '') yield last;
  } catch {
    // A watch that breaks off has ended: the follower lists or watches again.
  } finally {
    body.destroy();
  }
}
