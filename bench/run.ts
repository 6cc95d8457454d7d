// Prints the figures that are promised, measured here and now. Ratios where a machine's speed would matter.
import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { agentsRefresh } from './agents.ts';
import { firstFrameBytes } from './first-frame.ts';
import { hangingBackend } from './hanging.ts';
import { idleAndMemory } from './idle.ts';
import { bigCluster } from './kube.ts';
import { type Figure, figure, percentile, pressRepeatedly, withTerminal } from './measure.ts';
import { spreadPairs } from './spread.ts';
import { tailFlood } from './tail.ts';
import { largeTrace } from './trace.ts';

const PROGRAM = 'bin/lgtm-tui';
const BIG = 'node_modules/.cache/lgtm-tui/big';
const ROUNDS = Number(process.env.ROUNDS ?? 15);

process.chdir(new URL('..', import.meta.url).pathname);
execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
execFileSync(process.execPath, ['scripts/build.mjs', '--entry', 'bench/big.tsx', '--out', BIG], { stdio: 'inherit' });

/** In the order in which they are measured; `npm run bench -- tail spans` measures these two. */
const PARTS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  'cold-start': coldStart,
  'first-frame': firstFrameBytes,
  keys,
  hanging: () => hangingBackend(PROGRAM),
  agents: agentsRefresh,
  spread: () => spreadPairs(PROGRAM),
  pods: () => bigCluster(PROGRAM),
  spans: () => largeTrace(PROGRAM),
  tail: tailFlood,
  idle: () => idleAndMemory(PROGRAM),
};
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in PARTS));
if (unknown !== undefined) throw new Error(`no part is called ${unknown}: ${Object.keys(PARTS).join(', ')}`);

const figures: Figure[] = [];
for (const [name, part] of Object.entries(PARTS))
  if (asked.length === 0 || asked.includes(name)) figures.push(...(await part()));
console.log(table(figures));
console.log(
  `\n${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, load ${loadavg()[0]?.toFixed(1)}, ` +
    `Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`,
);
process.exitCode = figures.every(({ holds }) => holds) ? 0 : 1;

/** Spawn to the first useful row, in turns with `node -e 0`, so that both meet the same load. */
async function coldStart(): Promise<readonly Figure[]> {
  const bare: number[] = [];
  const cold: number[] = [];
  await fillCodeCache();
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    bare.push(performance.now() - began);
    cold.push(await firstRow());
  }
  const [bareMiddle, coldMiddle] = [percentile(bare, 0.5), percentile(cold, 0.5)];
  const name = `cold start to the first row (${Math.round(coldMiddle)} ms) ÷ node -e 0 (${Math.round(bareMiddle)} ms)`;
  return [figure(name, coldMiddle / bareMiddle, 8, '×')];
}

/** V8's compiled code is written when the console is left; every start but a user's first has it. */
function fillCodeCache(): Promise<void> {
  return withTerminal(PROGRAM, ['demo'], async (terminal) => {
    await terminal.shows(/checkout/);
    terminal.press('\u0003');
    await terminal.ended();
  });
}

function firstRow(): Promise<number> {
  const began = performance.now();
  return withTerminal(PROGRAM, ['demo'], async (terminal) => {
    await terminal.shows(/checkout/);
    return performance.now() - began;
  });
}

/** Keys on a table of 100,000 rows, 200×60. */
async function keys(): Promise<readonly Figure[]> {
  return withTerminal(process.execPath, [`${BIG}/lgtm-tui.mjs`], async (terminal) => {
    await terminal.shows('1/100000');
    await terminal.still();
    const inView = await pressRepeatedly(terminal, 'j', 30, 45);
    await terminal.shows('46/100000');
    const bytes = percentile(
      inView.map((press) => press.bytes),
      0.5,
    );
    const moves = (await pressRepeatedly(terminal, 'j', 30, 300)).map(({ milliseconds }) => milliseconds);
    await terminal.shows('346/100000');
    const pages = (await pressRepeatedly(terminal, '\u0006', 10, 60)).map(({ milliseconds }) => milliseconds);
    terminal.press('g');
    await terminal.shows(/\b1\/100000/);
    terminal.press('j'.repeat(70));
    const arrived = await terminal.shows('71/100000', 2_000).then(
      () => 70,
      () => 0,
    );
    return [
      figure('cursor key to frame, 30 keys/s, 100,000 rows: p50', percentile(moves, 0.5), 16, ' ms'),
      figure('cursor key to frame: p99', percentile(moves, 0.99), 33, ' ms'),
      figure('page key to frame: p99', percentile(pages, 0.99), 50, ' ms'),
      figure('written for one cursor move', bytes, 1024, ' B'),
      { name: '70 × j in one read', limit: '70 rows', measured: `${arrived} rows`, holds: arrived === 70 },
    ];
  });
}

function table(rows: readonly Figure[]): string {
  const lines = rows.map(({ name, limit, measured, holds }) => [name, limit, measured, holds ? 'ok' : 'over']);
  return [
    '| figure | limit | measured | |',
    '| --- | --- | --- | --- |',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}
