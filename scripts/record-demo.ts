/*
 * Records a night with the program's own recorder: every screen, for every tenant, and what its keys lead to, a round
 * every so many seconds. Usage:
 *
 *   node scripts/record-demo.ts RAW.tape --minutes 14 --every 30 -- --mimir-url … --loki-url … --tempo-url … [--context …]
 *
 * What stands behind `--` are the console's own flags; without `--tenant`, Mimir's own tenants. Then:
 *
 *   node scripts/cut-tape.ts RAW.tape demo/incident.tape --from 95 --to 815 --at 772
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';
import type { Loaded } from '../src/domain/result.ts';
import { parseTenant } from '../src/domain/tenant.ts';
import { open } from '../src/main/open.ts';
import type { Opened } from '../src/main/opened.ts';
import { scopeOf } from '../src/main/scope.ts';
import { views } from '../src/views/index.ts';
import type { LoadInput, Params, View } from '../src/views/view.ts';
import { isAsked, makeAsked, rowsToOpen } from './round.ts';

/** A screen to load: deeper ones were reached by a key. */
interface Screen {
  readonly view: View<unknown>;
  readonly params: Params;
  readonly depth: number;
}

/** slow › exemplars › trace › logs. */
const DEPTH_MAX = 4;
const AT_ONCE = 4;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { minutes: { type: 'string', default: '14' }, every: { type: 'string', default: '30' } },
  });
  const [file, ...flags] = positionals;
  if (!file) throw new Error('usage: record-demo.ts RAW.tape [--minutes 14] [--every 30] -- FLAGS');
  const config = readConfig([...flags, '--record', file], process.env, views);
  if (!config.ok) throw new Error(config.because);
  const refreshSeconds = Number(values.every);
  const opened = await open(
    { ...config.value, refreshSeconds },
    {
      running: true,
      demoFile: '',
      nowUnix: () => Date.now() / 1000,
      env: process.env,
    },
  );
  if (!opened.ok) throw new Error(opened.because);
  const scope = await scopeOf(config.value, opened.value);
  if (!scope.ok) throw new Error(scope.because);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const night = { opened: opened.value, tenants: scope.tenants, asked: makeAsked(), signal: stop.signal };
  console.log(`${opened.value.notice}\n${scope.tenants.join(', ')}`);
  const following = follow(night);
  const untilMs = performance.now() + Number(values.minutes) * 60_000;
  for (let round = 0; performance.now() < untilMs && !stop.signal.aborted; round++) {
    const startedMs = performance.now();
    await playRound(night, round, refreshSeconds * 1000);
    const leftMs = refreshSeconds * 1000 - (performance.now() - startedMs);
    await pause(Math.max(0, leftMs), undefined, { signal: stop.signal }).catch(() => undefined);
  }
  stop.abort();
  await following;
  console.log(await opened.value.close());
}

interface Night {
  readonly opened: Opened;
  readonly tenants: LoadInput['tenants'];
  readonly asked: ReturnType<typeof makeAsked>;
  readonly signal: AbortSignal;
}

/** Watches and tails run beside the rounds, so that they are on the tape too. */
async function follow(night: Night): Promise<void> {
  const followed = views.filter((view) => view.follow && !view.argument?.required);
  await Promise.all(
    followed.map(async (view) => {
      for await (const _ of view.follow?.(inputOf(night, {}, Math.floor(night.opened.clock.now()))) ?? []);
    }),
  );
}

function inputOf({ opened, tenants, signal }: Night, params: Params, endUnix: number): LoadInput {
  const own = params.tenant === undefined ? undefined : parseTenant(params.tenant);
  return {
    clients: opened.clients,
    tenants: own?.ok ? [own.tenant] : tenants,
    params,
    time: { endUnix, live: true },
    nowUnix: opened.clock.now(),
    signal,
  };
}

/** All screens once, and what the keys of their rows lead to, as far as the time of a round goes. */
async function playRound(night: Night, round: number, budgetMs: number): Promise<void> {
  const startedMs = performance.now();
  const endUnix = Math.floor(night.opened.clock.now());
  const waiting: Screen[] = views
    .filter((view) => !view.consoleOnly && !view.argument?.required)
    .map((view) => ({ view, params: {}, depth: 0 }));
  // How the ways in treat each tenant is looked at one by one.
  const header = views.find(({ id }) => id === 'header');
  if (header && round % 3 === 0)
    waiting.push(...night.tenants.map((tenant) => ({ view: header, params: { tenant }, depth: 0 })));
  // Every pod of the cluster, as `o` shows them.
  const pods = views.find(({ id }) => id === 'pods');
  if (pods) waiting.push({ view: pods, params: { all: 'yes' }, depth: 0 });
  night.asked.beginRound();
  let [count, gaps] = [0, 0];
  const work = async (): Promise<void> => {
    for (let screen = waiting.shift(); screen && !night.signal.aborted; screen = waiting.shift()) {
      if (screen.depth > 0 && performance.now() - startedMs > budgetMs) continue;
      if (!night.asked.begin(screen.view.id, screen.params, endUnix)) continue;
      const loaded = await load(screen, inputOf(night, screen.params, endUnix));
      night.asked.end(screen.view.id, screen.params, loaded.rows.length > 0);
      count += 1;
      gaps += loaded.gaps.length;
      if (screen.depth < DEPTH_MAX) waiting.push(...behind(screen, loaded));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`round ${round}: ${count} screens, ${gaps} gaps, ${seconds} s`);
}

async function load({ view }: Screen, input: LoadInput): Promise<Loaded<unknown>> {
  let last: Loaded<unknown> = { rows: [], gaps: [], complete: false };
  for await (const loaded of view.load(input)) last = loaded;
  return last;
}

/** Where the keys of the rows that are looked at lead to. */
function behind({ view, params, depth }: Screen, loaded: Loaded<unknown>): readonly Screen[] {
  return rowsToOpen(view, loaded).flatMap((row) =>
    view.keys.flatMap((key): Screen[] => {
      const intent = key.on(row, { params, rows: loaded.rows });
      if (intent.do !== 'go') return [];
      const target = views.find(({ id }) => id === intent.view);
      return target && !isAsked(target.id, params, view.id, intent.params)
        ? [{ view: target, params: intent.params, depth: depth + 1 }]
        : [];
    }),
  );
}

await main();
