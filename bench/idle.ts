import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { type Figure, figure, pause, withTerminal } from './measure.ts';

const REFRESHES = 'node_modules/.cache/lgtm-tui/refreshes';
const IDLE_SECONDS = 30;
/** Linux counts processor time in hundredths of a second. Source: proc_pid_stat(5), sysconf(_SC_CLK_TCK). */
const TICKS_A_SECOND = 100;

/** What the console costs while nobody touches it, and whether it grows over a long night. */
export async function idleAndMemory(program: string): Promise<readonly Figure[]> {
  return [...(await idle(program)), ...memory()];
}

/** Processor time of `slow` between two refreshes; ages tick every ten seconds. Only where /proc tells. */
function idle(program: string): Promise<readonly Figure[]> {
  if (!existsSync('/proc/self/stat')) return Promise.resolve([]);
  return withTerminal(program, ['demo', '--refresh', '600s'], async (terminal) => {
    await terminal.shows(/checkout/);
    await terminal.still();
    await pause(3000);
    const before = ticksOf(terminal.pid);
    await pause(IDLE_SECONDS * 1000);
    const share = (ticksOf(terminal.pid) - before) / TICKS_A_SECOND / IDLE_SECONDS;
    return [figure(`idle on slow for ${IDLE_SECONDS} s, of one core`, share * 100, 1, ' %')];
  });
}

function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Resident memory after 10,000 refreshes, and how much of it the last half added. */
function memory(): readonly Figure[] {
  execFileSync(process.execPath, ['scripts/build.mjs', '--entry', 'bench/refreshes.tsx', '--out', REFRESHES], {
    stdio: 'inherit',
  });
  const printed = execFileSync(process.execPath, ['--expose-gc', `${REFRESHES}/refreshes.mjs`], {
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  const heaps: readonly number[] = JSON.parse(printed.trim().split('\n').at(-1) ?? '[]');
  const [middle = Number.NaN, last = Number.NaN] = [heaps[Math.floor(heaps.length / 2) - 1], heaps.at(-1)];
  return [
    figure('memory after 10,000 refreshes', last, 300, ' MB'),
    figure('what the last 5,000 of them added', Math.max(0, last - middle), 15, ' MB'),
  ];
}
