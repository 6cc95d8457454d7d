import type { Answered } from '../src/domain/exchange.ts';
import { openTape } from '../src/tape/tape.ts';
import { views } from '../src/views/index.ts';
import { demo } from '../test/demo.ts';
import { stage } from '../test/stage.tsx';

// The console as it is, refreshed again and again on answers that stay in memory; prints the heap in MB, ten times.
const TIMES = Number(process.env.REFRESHES ?? 10_000);
const answers = new Map<string, Promise<Answered>>();
const source = await openTape('demo/incident.tape', { running: false });
if (!source.ok) throw new Error(source.because);
const recording = await demo(
  (asked, signal) => {
    const key = `${asked.path} ${asked.tenant} ${asked.params.filter(([name]) => !/^(start|end|time)$/.test(name)).join(' ')}`;
    const known = answers.get(key);
    if (known) return known;
    const answer = source.tape.exchange(asked, signal);
    answers.set(key, answer);
    return answer;
  },
  { file: 'demo/incident.tape' },
);
let unix = recording.clock.now();
const screen = await stage({
  views,
  clients: recording.clients,
  clock: { now: () => unix, said: () => undefined },
  tenants: recording.tenants,
  home: 'traces',
  columns: 120,
  rows: 40,
});
await screen.shows('ROOT SERVICE');
const heaps: number[] = [];
for (let refresh = 1; refresh <= TIMES; refresh++) {
  unix += 0.001;
  const before = slotTurn();
  screen.console.apply({ do: 'refresh' });
  while (slotTurn() === before || isFetching()) await new Promise((resolve) => setImmediate(resolve));
  if (refresh % (TIMES / 10) === 0) {
    globalThis.gc?.();
    heaps.push((process.env.HEAP ? process.memoryUsage().heapUsed : process.memoryUsage().rss) / 1e6);
  }
}
await screen.close();
console.log(JSON.stringify(heaps));
process.exit(0);

function slotTurn(): number {
  return screen.console.scene().slot.turn;
}

function isFetching(): boolean {
  return screen.console.scene().slot.fetching;
}
