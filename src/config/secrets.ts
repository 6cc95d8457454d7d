import { readFile } from 'node:fs/promises';
import type { Target, TlsOptions } from '../clients/target.ts';
import { type Read, right, wrong } from './read.ts';
import type { Access } from './where.ts';

/** Read the files that open the door. Fails: with a sentence that names flag and file, never with what is in it. */
export async function readAccess(access: Access): Promise<Read<Omit<Target, 'baseUrl'>>> {
  const authorization = await readAuthorization(access);
  if (!authorization.ok) return authorization;
  const tls = await readTls(access);
  if (!tls.ok) return tls;
  return right({
    headers: {
      ...access.headers,
      ...(authorization.value === undefined ? {} : { authorization: authorization.value }),
    },
    ...(Object.keys(tls.value).length > 0 ? { tls: tls.value } : {}),
  });
}

async function readAuthorization({ bearerTokenFile, basicAuthFile }: Access): Promise<Read<string | undefined>> {
  if (bearerTokenFile !== undefined) {
    const token = await readLine('--bearer-token-file', bearerTokenFile);
    return token.ok ? right(`Bearer ${token.value}`) : token;
  }
  if (basicAuthFile === undefined) return right(undefined);
  const pair = await readLine('--basic-auth-file', basicAuthFile);
  if (!pair.ok) return pair;
  if (!pair.value.includes(':')) return wrong(`--basic-auth-file ${basicAuthFile}: USER:PASSWORD must be in it`);
  return right(`Basic ${Buffer.from(pair.value).toString('base64')}`);
}

async function readTls({ caFile, certFile, keyFile, insecure }: Access): Promise<Read<TlsOptions>> {
  const read: { ca?: string; cert?: string; key?: string } = {};
  for (const [part, file] of [
    ['ca', caFile],
    ['cert', certFile],
    ['key', keyFile],
  ] as const) {
    if (file === undefined) continue;
    const text = await readNamed(`--${part}-file`, file);
    if (!text.ok) return text;
    if (!text.value.includes('-----BEGIN '))
      return wrong(`--${part}-file ${file}: no PEM, "-----BEGIN …" is not in it`);
    read[part] = text.value;
  }
  return right({ ...read, ...(insecure ? { insecure } : {}) });
}

async function readLine(flag: string, file: string): Promise<Read<string>> {
  const text = await readNamed(flag, file);
  if (!text.ok) return text;
  const line = text.value.trim();
  if (line === '') return wrong(`${flag} ${file}: it is empty`);
  return /^[\u0020-\u007e\u00a0-\u{10ffff}]+$/u.test(line)
    ? right(line)
    : wrong(`${flag} ${file}: it must hold one line of text`);
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'not allowed to read it',
  EISDIR: 'a folder, not a file',
};

async function readNamed(flag: string, file: string): Promise<Read<string>> {
  try {
    return right(await readFile(file, 'utf8'));
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unreadable';
    return wrong(`${flag} ${file}: ${WORDS[code] ?? code}`);
  }
}
