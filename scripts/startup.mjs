// What the bundle changes in its dependencies so that the console starts fast. Each rewrite names the text it replaces
// and fails the build when that text has moved: an upgrade is then looked at, never silently slow or wrong.
import { readFile } from 'node:fs/promises';

const REWRITES = [
  {
    // Ink's development tools are no part of the product, and their package is not installed.
    file: /ink[\\/]build[\\/]devtools\.js$/,
    whole: 'export {};',
  },
  {
    // Yoga's loader decodes its own wasm through fetch("data:…"), which boots Node's whole HTTP stack: about 30 ms.
    file: /yoga-layout[\\/]dist[\\/]binaries[\\/]yoga-wasm-base64-esm\.js$/,
    from: '"function"!=typeof fetch?',
    to: 'true?',
    times: 2,
  },
  {
    // Compiling the table of all emoji costs 10–15 ms at import; most screens never need it.
    file: /string-width[\\/]index\.js$/,
    from: 'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;',
    to: 'let emoji; const rgiEmojiRegex = { test: (text) => (emoji ??= /^\\p{RGI_Emoji}$/v).test(text) };',
  },
];

/** Plugins for esbuild. Fails: when a rewrite does not find its text. */
export function startUpPlugins() {
  return REWRITES.map((rewrite) => ({
    name: `start-up ${rewrite.file.source}`,
    setup(build) {
      build.onLoad({ filter: rewrite.file }, async ({ path }) => ({ contents: rewritten(rewrite, path, await readFile(path, 'utf8')), loader: 'js' }));
    },
  }));
}

function rewritten({ whole, from, to, times = 1 }, path, text) {
  if (whole) return whole;
  const found = text.split(from).length - 1;
  if (found !== times) throw new Error(`${path} has changed: look at scripts/startup.mjs`);
  return text.replaceAll(from, to);
}
