// Bundles the console into dist/. Runs on any Node from 20 on, so that a fresh machine can build before it has the
// pinned Node in its PATH. `--entry FILE --out FOLDER` bundles another entry the same way (tests, bench); `--dev` keeps
// names and source maps.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { startUpPlugins } from './startup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: { entry: { type: 'string' }, out: { type: 'string' }, dev: { type: 'boolean' } },
});
const entry = resolve(values.entry ?? join(root, 'src/main.ts'));
const out = resolve(values.out ?? join(root, 'dist'));
const mainName = basename(entry).replace(/\.tsx?$/, '');

const { outputFiles } = await build({
  absWorkingDir: root,
  // What reads large answers is a thread, and so a program of its own.
  entryPoints: { [mainName]: entry, 'aside-worker': join(root, 'src/clients/aside-worker.ts') },
  outdir: out,
  write: false,
  outExtension: { '.js': '.mjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  // What is `import()`ed stays a chunk of its own: the first frame does not wait for the network stack.
  splitting: true,
  format: 'esm',
  platform: 'node',
  // Never `nodeXX`: esbuild then rewrites every `/\p{…}/u` into a `new RegExp()` a call, inside Ink's loop over characters.
  target: 'es2024',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  minify: !values.dev,
  sourcemap: values.dev ? 'inline' : false,
  legalComments: 'external',
  jsx: 'automatic',
  plugins: startUpPlugins(),
  // CommonJS parts of the bundle may ask for Node's own modules by `require`.
  banner: {
    js: "import{createRequire as requireOfNode}from'node:module';const require=requireOfNode(import.meta.url);",
  },
  logLevel: 'warning',
});
// Written beside its place and then moved there, so that what runs meanwhile finds either the old bundle or the new one.
const beside = `${out}.${process.pid}`;
await mkdir(beside, { recursive: true });
for (const { path, contents } of outputFiles) await writeFile(join(beside, basename(path)), contents);
await writeFile(join(beside, 'lgtm-tui.mjs'), launcher(mainName));
await rm(out, { recursive: true, force: true });
await rename(beside, out);

/** What starts the bundle: V8's compiled code is kept in the user's own cache, never in a folder others can write. */
function launcher(name) {
  return `import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
enableCompileCache?.(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lgtm-tui'));
await import('./${name}.mjs');
`;
}
