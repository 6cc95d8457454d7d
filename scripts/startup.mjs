// What the bundle changes in its dependencies so that the console starts fast. Each rewrite names the text it replaces
// and fails the build when that text has moved: an upgrade is then looked at, never silently slow or wrong.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PLAIN } from './graphemes.mjs';

const graphemes = fileURLToPath(new URL('graphemes.mjs', import.meta.url));
const ownSegmenter = (from) => ({
  from,
  to: `import { createSegmenter } from ${JSON.stringify(graphemes)};\nconst segmenter = createSegmenter();`,
});

/** By file: each text is replaced as often as it is said to stand there. */
const REWRITES = [
  // Ink's development tools are no part of the product, and their package is not installed.
  { file: /ink[\\/]build[\\/]devtools\.js$/, whole: 'export {};' },
  {
    // Yoga's loader decodes its own wasm through fetch("data:…"), which boots Node's whole HTTP stack: about 30 ms.
    file: /yoga-layout[\\/]dist[\\/]binaries[\\/]yoga-wasm-base64-esm\.js$/,
    changes: [{ from: '"function"!=typeof fetch?', to: 'true?', times: 2 }],
  },
  {
    // The table of all emoji costs 10–15 ms, and a screen of blocks and lines has none.
    file: /string-width[\\/]index\.js$/,
    changes: [
      ownSegmenter('const segmenter = new Intl.Segmenter();'),
      { from: '/^[\\u0020-\\u007E]*$/.test(string)', to: `/^[${PLAIN}]*$/.test(string)` },
      {
        from: 'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;',
        to: 'let emoji; const rgiEmojiRegex = { test: (text) => (emoji ??= /^\\p{RGI_Emoji}$/v).test(text) };',
      },
    ],
  },
  {
    file: /ansi-tokenize[\\/]build[\\/]tokenize\.js$/,
    changes: [ownSegmenter('const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });')],
  },
  {
    file: /ink[\\/]build[\\/]line-update\.js$/,
    changes: [ownSegmenter("const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });")],
  },
  {
    file: /wrap-ansi[\\/]index\.js$/,
    changes: [ownSegmenter('const segmenter = new Intl.Segmenter();')],
  },
  {
    // The first segmenter costs 8–10 ms, whoever makes it.
    file: /slice-ansi[\\/]tokenize-ansi\.js$/,
    changes: [
      {
        from: "const GRAPHEME_SEGMENTER = new Intl.Segmenter(undefined, {granularity: 'grapheme'});",
        to: "let made; const GRAPHEME_SEGMENTER = { segment: (text) => (made ??= new Intl.Segmenter(undefined, {granularity: 'grapheme'})).segment(text) };",
      },
    ],
  },
  {
    // Node's assertions and child processes are 4 ms, for one check and for terminals that do not know their size.
    file: /signal-exit[\\/]index\.js$/,
    changes: [
      { from: "var assert = require('assert')", to: '' },
      {
        from: "assert.equal(typeof cb, 'function', 'a callback must be provided for exit handler')",
        to: "if (typeof cb !== 'function') throw new TypeError('a callback must be provided for exit handler')",
      },
    ],
  },
  {
    file: /terminal-size[\\/]index\.js$/,
    changes: [
      {
        from: "import {execFileSync} from 'node:child_process';",
        to: "const execFileSync = (...words) => process.getBuiltinModule('node:child_process').execFileSync(...words);",
      },
    ],
  },
  {
    // Hashes the rows of the one small table that ink-table draws; Node's cryptography is loaded when that is opened.
    file: /object-hash[\\/]index\.js$/,
    changes: [
      {
        from: "var crypto = require('crypto');",
        to: "const crypto = new Proxy({}, { get: (_, name) => require('crypto')[name] });",
      },
      { from: "crypto.getHashes ? crypto.getHashes().slice() : ['sha1', 'md5']", to: "['sha1', 'md5']" },
    ],
  },
];

/** Plugins for esbuild. Fails: when a text that is to be replaced is not there, or more often than it should be. */
export function startUpPlugins() {
  return REWRITES.map((rewrite) => ({
    name: `start-up ${rewrite.file.source}`,
    setup(build) {
      build.onLoad({ filter: rewrite.file }, async ({ path }) => ({
        contents: rewritten(rewrite, await readFile(path, 'utf8'), path),
        loader: 'js',
      }));
    },
  }));
}

function rewritten({ whole, changes = [] }, text, path) {
  if (whole !== undefined) return whole;
  return changes.reduce((current, { from, to, times = 1 }) => {
    if (current.split(from).length - 1 !== times) throw new Error(`${path} has changed: look at scripts/startup.mjs`);
    return current.replaceAll(from, to);
  }, text);
}
