import { join } from 'node:path';

/** Where a file was written, or why it was not. */
export type Saved = { readonly ok: true; readonly file: string } | { readonly ok: false; readonly because: string };

/** Names that are tried beside the first; whoever saves that often in one second is a loop. */
const NAMES_MAX = 99;

/**
 * Write a file of its own into a folder: no file that is there is ever touched.
 *
 * Fails: with one sentence; half a file is taken away again.
 */
export async function writeNew(folder: string, name: string, ending: string, text: string): Promise<Saved> {
  const { open, unlink } = await import('node:fs/promises');
  for (let copy = 1; copy <= NAMES_MAX; copy++) {
    const file = join(folder, `${name}${copy === 1 ? '' : `-${copy}`}.${ending}`);
    let made = false;
    try {
      // Not for the eyes of others on the machine: what a screen shows is its tenant's.
      const handle = await open(file, 'wx', 0o600);
      made = true;
      await handle.writeFile(text).finally(() => handle.close());
      return { ok: true, file };
    } catch (thrown) {
      if (codeOf(thrown) === 'EEXIST' && !made) continue;
      if (made) await unlink(file).catch(() => undefined);
      return { ok: false, because: `nothing was saved in ${folder}: ${sayError(thrown)}` };
    }
  }
  return { ok: false, because: `nothing was saved: ${folder} has ${NAMES_MAX} files called ${name} already` };
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is full',
  ENOENT: 'the folder is gone',
};

const sayError = (thrown: unknown): string =>
  REASONS[codeOf(thrown)] ?? (thrown instanceof Error ? thrown.message : String(thrown));
