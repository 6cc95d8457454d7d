import { afterEach, describe, expect, test, vi } from 'vitest';
import { views } from '../../src/views/index.ts';
import type { Params } from '../../src/views/view.ts';
import { type Demo, demo, worstTrace } from '../demo.ts';
import { type Stage, stage } from '../stage.tsx';

vi.setConfig({ testTimeout: 30_000 });

const TENANT = 'production-us-east';
const TRACE = 'the worst';
const NIGHT = { tenant: TENANT, service: 'checkout', route: '/checkout' };

/** Frames that a reviewer can read: the screen of each view on the bundled recording, once its last row is there. */
const FRAMES: Readonly<
  Record<string, { view: string; params?: Params; settled: string | RegExp; keys?: readonly string[] }>
> = {
  slow: { view: 'slow', settled: /2\.5–5s.*\d%/ },
  exemplars: {
    view: 'exemplars',
    params: { tenant: TENANT, service: 'checkout', route: '/checkout' },
    settled: /\d+ of \d+ traces are there/,
  },
  heatmap: {
    view: 'heatmap',
    params: { tenant: TENANT, service: 'checkout' },
    settled: /minute to \d\d:\d\d UTC, .* exemplars, the worst/,
  },
  traces: {
    view: 'traces',
    params: { tenant: TENANT, service: 'checkout', by: 'search' },
    settled: 'by search, not by exemplar',
  },
  trace: { view: 'trace', params: { tenant: TENANT, trace: TRACE }, settled: /of the time|first to fail/ },
  'trace-details': {
    view: 'trace',
    params: { tenant: TENANT, trace: TRACE },
    settled: /of the time|first to fail/,
    keys: ['d'],
  },
  logs: { view: 'logs', params: { tenant: TENANT, trace: TRACE }, settled: 'pool' },
  tenants: { view: 'tenants', settled: /edge-dev.*none.*none.*none.*\n.*anonymous.*none.*none/ },
  queues: { view: 'queues', settled: /HTTP 400.*\n.*no tenant header.*\n.*shards at max.*\n.*keeps up/ },
  explain: { view: 'slow', settled: /2\.5–5s.*\d%/, keys: ['x'] },
  help: { view: 'slow', settled: /2\.5–5s.*\d%/, keys: ['?'] },
  'no-trace': { view: 'trace', params: { tenant: TENANT, trace: 'bad' }, settled: /is not in Tempo|never asked/ },
};

let opened: { screen: Stage; recording: Demo } | undefined;
afterEach(async () => {
  await opened?.screen.close();
  await opened?.recording.close();
  opened = undefined;
});

/** The frame once nothing is under way: the same twice, a tenth of a second apart. */
async function still(screen: Stage): Promise<string> {
  for (let before = ''; ; ) {
    const now = screen.text();
    if (now === before) return now;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

describe.each([
  [80, 24],
  [120, 40],
])('%ix%i', (columns, rows) => {
  test.each(Object.entries(FRAMES))('%s', async (name, { view, params, settled, keys }) => {
    const recording = await demo();
    const screen = await stage({
      views,
      clients: recording.clients,
      clock: recording.clock,
      context: 'central',
      tenants: recording.tenants,
      home: view,
      params: params?.trace === TRACE ? { ...params, trace: await worstTrace(recording, NIGHT) } : params,
      recording: true,
      columns,
      rows,
      patienceMs: 8000,
    });
    opened = { screen, recording };
    await screen.shows(settled);
    await still(screen);
    await screen.press(...(keys ?? []));
    const frame = (await still(screen)).split('\n').map((line) => line.trimEnd());
    expect(frame.length).toBeLessThanOrEqual(rows);
    // Of many questions at once any may be answered last, and the header tells the age of that one; how wide that is
    // decides whether the day has room beside it.
    frame[0] = (frame[0] ?? '')
      .replace(/ +\d+(m\d+)?s(?= )/g, '')
      .replace(/ \d{4}-\d\d-\d\d(?= )/, '')
      .replace(/ {2,}/g, '  ');
    await expect(`${frame.join('\n')}\n`).toMatchFileSnapshot(`${columns}x${rows}/${name}.txt`);
  });
});
