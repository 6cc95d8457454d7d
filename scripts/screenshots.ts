// Drives the real console over the bundled recording in a terminal in memory, along the path of the README, and has it
// save each screen as it saves them for everybody, by ctrl-s. `npm run screens` writes docs/screens/*.svg.
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeClients } from '../src/clients/make.ts';
import { openTape } from '../src/tape/tape.ts';
import { views } from '../src/views/index.ts';
import { type Stage, stage } from '../test/stage.tsx';

const FOLDER = 'docs/screens';
const COLUMNS = 104;
const ROWS = 26;

/** The keys from the screen before, what must be there then, and the picture's name. */
const PATH: readonly (readonly [name: string, keys: readonly string[], settled: RegExp])[] = [
  ['slow', [], />.*checkout.*2\.5–5s.*\d%/],
  ['exemplars', ['enter'], /traces are there/],
  ['trace', ['enter'], /of the time|first to fail/],
  ['logs', ['l'], /pool exhausted/],
];

const opened = await openTape('demo/incident.tape', { running: false, at: () => undefined });
if (!opened.ok) throw new Error(opened.because);
const { tape } = opened;
const reached = { exchange: tape.exchange, place: tape.header.context };
const saved = await mkdtemp(join(tmpdir(), 'screens-'));
const screen = await stage({
  views,
  clients: makeClients({ exchanges: { mimir: reached, loki: reached, tempo: reached }, clock: tape.clock }),
  clock: tape.clock,
  context: tape.header.context,
  tenants: tape.header.tenants,
  home: 'slow',
  recording: true,
  columns: COLUMNS,
  rows: ROWS,
  folder: saved,
  patienceMs: 20_000,
});
await mkdir(FOLDER, { recursive: true });
for (const [name, keys, settled] of PATH) {
  await screen.press(...keys);
  await screen.shows(settled);
  await still(screen);
  await screen.press('ctrl-s', 's');
  await screen.shows('saved ');
  const [file = ''] = await readdir(saved);
  await rename(join(saved, file), join(FOLDER, `${name}.svg`));
  console.log(`${FOLDER}/${name}.svg`);
}
await screen.close();
await tape.close();
await rm(saved, { recursive: true });

/** Resolves once two looks, some time apart, see the same. */
async function still(on: Stage): Promise<void> {
  for (let before = ''; before !== on.text(); ) {
    before = on.text();
    await new Promise((resolve) => setTimeout(resolve, 600));
  }
}
