import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };
import { clean } from './domain/text.ts';

/** With the Node it runs on: the one that came with it, else where it was found. */
const VERSION = `${manifest.version} (Node ${process.versions.node}, ${
  /[\\/]node_modules[\\/]node-[\w-]+[\\/]/.test(process.execPath) ? 'its own' : process.execPath
})`;

/** The process around the program: streams in and out, the last error, the exit code. */
async function main(words: readonly string[]): Promise<number> {
  const { env, stdin, stdout, stderr } = process;
  if (words.length === 1 && words[0] === '--version') {
    stdout.write(`lgtm-tui ${VERSION}\n`);
    return 0;
  }
  const stop = new AbortController();
  let closed = false;
  let bug: { readonly thrown: unknown } | undefined;
  for (const stream of [stdout, stderr])
    stream.on('error', () => {
      // Nobody reads any more, as with `| head`: no failure of ours, and nothing is left to do.
      closed = true;
      stop.abort();
    });
  process.on('uncaughtException', (thrown) => {
    // The terminal is given back first, so that the sentence is not lost with the alternate screen.
    bug ??= { thrown };
    stop.abort();
    setTimeout(() => process.exit(2), 1_000);
  });
  let code = 2;
  try {
    const { run } = await import('./main/run.ts');
    code = await run({
      argv: words,
      env,
      version: VERSION,
      // From source and from the bundle alike, one folder up.
      demoFile: fileURLToPath(new URL('../demo/incident.tape', import.meta.url)),
      out: {
        write: (text) => void (closed || stdout.write(text)),
        warn: (line) => void (closed || stderr.write(`${line}\n`)),
        closed: () => closed,
      },
      isTerminal: { stdin: stdin.isTTY === true, stdout: stdout.isTTY === true },
      columns: stdout.columns,
      nowUnix: () => Date.now() / 1000,
      signal: stop.signal,
    });
  } catch (thrown) {
    bug ??= { thrown };
  }
  if (bug === undefined) return closed ? 0 : code;
  stderr.write(`${sayBug(bug.thrown, env['LGTM_TUI_DEBUG'])}\n`);
  return 2;
}

/** One sentence; the stack only for who wants it. */
function sayBug(thrown: unknown, debug: string | undefined): string {
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  if (debug) return thrown instanceof Error ? (thrown.stack ?? said) : said;
  return `lgtm-tui: a bug in lgtm-tui: ${clean(said)}; run it with LGTM_TUI_DEBUG=1 for the stack`;
}

const code = await main(process.argv.slice(2));
const flushed = Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
);
await flushed;
process.exit(code);
