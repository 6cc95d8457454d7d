import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The lab's addresses and what stands in it: those of the shop on three clusters, unless LGTM_TUI_LAB says otherwise as
 * `name=value` pairs, such as `mimir=http://10.0.0.1:8080 tenant=acme says=deadlock`.
 */
const LAB = {
  mimir: 'http://10.244.1.12:8080',
  loki: 'http://10.244.1.22:8080',
  tempo: 'http://10.244.3.30:3200',
  defaulting: 'http://10.244.1.12:8081',
  guarded: 'https://10.244.1.12:9443',
  'user-is-tenant': 'https://10.244.1.12:9444',
  user: 'oncall',
  password: 'lab-password',
  /** Has the incident, and is a user of the entry where the user is the tenant. */
  tenant: 'production-us-east',
  says: 'connection pool exhausted',
  /** The network namespace the lab may stand in. */
  namespace: 'lgtm',
};

export const lab = { ...LAB, ...Object.fromEntries((process.env['LGTM_TUI_LAB'] ?? '').split(/\s+/).flatMap(pairOf)) };

function pairOf(text: string): readonly (readonly [string, string])[] {
  const at = text.indexOf('=');
  return at < 0 ? [] : [[text.slice(0, at), text.slice(at + 1).replaceAll('+', ' ')]];
}

/** What goes before a command so that it reaches the lab; undefined where there is no lab. */
export async function wayToTheLab(): Promise<readonly string[] | undefined> {
  const ways = [[], ['ip', 'netns', 'exec', lab.namespace]];
  for (const way of ways) {
    const url = `${lab.mimir}/prometheus/api/v1/status/buildinfo`;
    const script = `fetch('${url}',{signal:AbortSignal.timeout(2000)}).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))`;
    if ((await runIn(way, process.execPath, ['-e', script])).code === 0) return way;
  }
  return undefined;
}

/** Files that let one in: the users' passwords, and the certificate that the lab's own TLS entry shows. */
export async function keysOf(way: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'lgtm-tui-live-'));
  const ca = join(folder, 'ca.pem');
  const { hostname, port } = new URL(lab.guarded);
  const shown = await runIn(way, process.execPath, [
    '-e',
    `const s=require('tls').connect({host:'${hostname}',port:${port},rejectUnauthorized:false},()=>{process.stdout.write(s.getPeerX509Certificate().toString(),()=>process.exit(0))})`,
  ]);
  await writeFile(ca, shown.out);
  const login = async (user: string): Promise<string> => {
    const file = join(folder, user);
    await writeFile(file, `${user}:${lab.password}\n`, { mode: 0o600 });
    return file;
  };
  return { folder, ca, oncall: await login(lab.user), tenant: await login(lab.tenant) };
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export function runIn(way: readonly string[], file: string, args: readonly string[]): Promise<Ended> {
  const [program = file, ...rest] = [...way, file, ...args];
  return new Promise((resolve) => {
    execFile(program, rest, { maxBuffer: 64 * 1024 * 1024, timeout: 30_000 }, (failed, out, err) => {
      resolve({ code: failed === null ? 0 : typeof failed.code === 'number' ? failed.code : 127, out, err });
    });
  });
}
