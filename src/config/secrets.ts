import { readFile } from 'node:fs/promises';
import type { Target, TlsOptions } from '../clients/target.ts';
import { type Read, right, wrong } from './read.ts';
import type { Access } from './where.ts';

/** Read the files that open the door. Fails: with a sentence that names flag and file, never with what is in it. */
export async function readAccess(access: Access, env: Env = {}): Promise<Read<Omit<Target, 'baseUrl'>>> {
  const authorization = await readAuthorization(access, env);
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

/** What lets in to Grafana, where that is another token than the databases'. Fails: as `readAccess`. */
export async function readGrafanaToken({ grafanaToken }: Access, env: Env = {}): Promise<Read<string | undefined>> {
  if (grafanaToken === undefined) return right(undefined);
  const token = await readSecret('--grafana-token-file', grafanaToken.where, grafanaToken.from, env);
  return token.ok ? right(`Bearer ${token.value}`) : token;
}

async function readAuthorization(
  { bearerTokenFile, basicAuthFile, secretFrom }: Access,
  env: Env,
): Promise<Read<string | undefined>> {
  if (bearerTokenFile !== undefined) {
    const token = await readSecret('--bearer-token-file', bearerTokenFile, secretFrom, env);
    return token.ok ? right(`Bearer ${token.value}`) : token;
  }
  if (basicAuthFile === undefined) return right(undefined);
  const pair = await readSecret('--basic-auth-file', basicAuthFile, secretFrom, env);
  if (!pair.ok) return pair;
  if (!pair.value.includes(':')) return wrong(`--basic-auth-file ${basicAuthFile}: USER:PASSWORD must be in it`);
  return right(`Basic ${Buffer.from(pair.value).toString('base64')}`);
}

type Env = Readonly<Record<string, string | undefined>>;

/** A password manager may ask for a fingerprint first. */
const COMMAND_MS = 60_000;

/** From a file, from a variable, or from what a command prints; never from the command line itself. */
async function readSecret(
  flag: string,
  where: string,
  from: 'env' | 'command' | undefined,
  env: Env,
): Promise<Read<string>> {
  if (from === undefined) return readLine(flag, where);
  if (from === 'env') {
    const value = env[where]?.trim() ?? '';
    return value === '' ? wrong(`the profile takes a secret from ${where}, and that variable is empty`) : right(value);
  }
  const { execFile } = await import('node:child_process');
  const { promise, resolve } = Promise.withResolvers<Read<string>>();
  execFile('/bin/sh', ['-c', where], { timeout: COMMAND_MS, env: { ...env } }, (failure, stdout) => {
    const line = stdout.split('\n')[0]?.trim() ?? '';
    const because = failure ? 'fails' : 'prints nothing';
    resolve(
      failure || line === ''
        ? wrong(`the profile takes a secret from the command "${where}", which ${because}`)
        : right(line),
    );
  });
  return promise;
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
