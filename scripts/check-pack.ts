/*
 * Packs the program and installs the tarball as a stranger would, with `npm i -g` and with `npx`, on each Node: an empty
 * cache, an empty prefix, an empty home. Usage: node scripts/check-pack.ts [20 22 24 26]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const DEADLINE_MS = 180_000;
const NODES = ['20', '22', '24', '26'];
const root = join(import.meta.dirname, '..');
const npm = readNpm();
const registry = run('node', [npm, 'config', 'get', 'registry'], process.env).trim();
const folder = mkdtempSync(join(tmpdir(), 'lgtm-tui-pack-'));

try {
  const packed = run('node', [npm, 'pack', '--pack-destination', folder, '--silent'], process.env).trim();
  const tarball = join(folder, packed.split('\n').at(-1) ?? '');
  console.log(`${packed}: ${(readFileSync(tarball).length / 1e6).toFixed(1)} MB`);
  const wanted = process.argv.slice(2);
  for (const major of wanted.length > 0 ? wanted : NODES) console.log(check(tarball, major));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What the program says of itself after each way to install it. Throws where one of them does not work. */
function check(tarball: string, major: string): string {
  const home = join(folder, `home-${major}`);
  const env = strangerOn(major, home);
  const installed = run('npm', ['install', '--global', tarball], env);
  const byName = lookAt('lgtm-tui', [], env);
  const byNpx = lookAt('npx', ['--yes', `file:${tarball}`], { ...env, npm_config_prefix: join(home, 'other') });
  const node = run('node', ['--version'], env).trim();
  return `Node ${node}: npm i -g ${byName}; npx ${byNpx}${/EBADENGINE/.test(installed) ? '; npm warns' : ''}`;
}

function lookAt(program: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const version = run(program, [...args, '--version'], env).trim();
  const help = run(program, [...args, '--help'], env);
  const rows: { rows: unknown[]; gaps: unknown[] } = JSON.parse(
    run(program, [...args, 'slow', '--demo', '-o', 'json'], env),
  );
  if (!help.includes('--demo') || rows.rows.length === 0 || rows.gaps.length > 0)
    throw new Error(`${program} installed from the tarball does not work`);
  return `→ ${version}, ${rows.rows.length} rows of slow`;
}

/** A Node of that major from the registry, and an npm that runs on it; nothing else of this machine. */
function strangerOn(major: string, home: string): NodeJS.ProcessEnv {
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{}');
  const platform = `node-${process.platform}-${process.arch}`;
  run('node', [npm, 'install', '--prefix', home, '--ignore-scripts', `${platform}@${major}.x`], process.env);
  symlinkSync(join(home, 'node_modules', platform, 'bin/node'), join(bin, 'node'));
  for (const name of ['npm', 'npx']) {
    const text = `#!/bin/sh\nexec node '${join(dirname(npm), `${name}-cli.js`)}' "$@"\n`;
    writeFileSync(join(bin, name), text, { mode: 0o755 });
  }
  return {
    // How this machine reaches a registry stays; what npm was told here does not.
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|LGTM_)/i.test(name))),
    ...(process.env.NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS } : {}),
    HOME: home,
    PATH: [bin, join(home, 'prefix/bin'), '/usr/bin', '/bin'].join(':'),
    npm_config_cache: join(home, 'cache'),
    npm_config_prefix: join(home, 'prefix'),
    npm_config_registry: registry,
    npm_config_update_notifier: 'false',
  };
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const cwd = env === process.env ? root : env.HOME;
  return execFileSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
  });
}

/** npm's own program, so that it runs on the Node of each turn. */
function readNpm(): string {
  const npmPath = process.env.npm_execpath;
  if (npmPath?.endsWith('npm-cli.js')) return npmPath;
  const global = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim();
  return join(global, 'npm/bin/npm-cli.js');
}
