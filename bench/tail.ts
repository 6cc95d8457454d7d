// Ten thousand lines a second for ten seconds into the console's tail: what it costs, and whether any is lost.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { openTerminal } from '../test/pty/terminal.ts';
import { type Figure, figure, pause, WIDE } from './measure.ts';

const OUT = 'node_modules/.cache/lgtm-tui/tail';
const PER_SECOND = 10_000;
const SECONDS = 10;
const TOTAL = PER_SECOND * SECONDS;

/** Milliseconds of processor time that a process has used so far; of Linux's own count, in hundredths of a second. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Processor time while the lines come, in per cent of one core, and lines that the screen counts at the end. */
export async function tailFlood(): Promise<readonly Figure[]> {
  execFileSync(process.execPath, ['scripts/build.mjs', '--entry', 'bench/tail-console.tsx', '--out', OUT]);
  const server = spawn(
    process.execPath,
    ['--no-warnings', new URL('tail-server.ts', import.meta.url).pathname, String(PER_SECOND), String(SECONDS)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  const env = { BENCH_LOKI: `http://127.0.0.1:${String(port).trim()}` };
  const terminal = openTerminal(process.execPath, [`${OUT}/lgtm-tui.mjs`], { ...WIDE, env });
  try {
    await terminal.shows(/of the flood/, 20_000);
    terminal.press('G');
    await terminal.shows(/tail; \d+ lines so far/);
    const before = processorMs(terminal.pid);
    const beganMs = performance.now();
    await pause(SECONDS * 1000 - 1000);
    const share = (processorMs(terminal.pid) - before) / (performance.now() - beganMs);
    await terminal.shows(new RegExp(`tail; ${TOTAL} lines so far; the last 10000 are kept`), 10_000).catch(() => {});
    const text = terminal.lines().join('\n');
    const counted = Number(/tail; (\d+) lines so far/.exec(text)?.[1] ?? 0);
    const last = text.includes(`line ${TOTAL - 1} of the flood`);
    return [
      figure(`tail of ${PER_SECOND} lines/s for ${SECONDS} s: share of a core`, share * 100, 30, ' %'),
      {
        name: 'lines of that tail that arrived, the newest on the screen',
        limit: `${TOTAL} lines`,
        measured: `${counted} lines${last ? '' : ', the newest not shown'}`,
        holds: counted === TOTAL && last,
      },
    ];
  } finally {
    terminal.kill();
    await terminal.ended();
    server.stdin.end();
    await once(server, 'exit');
  }
}
