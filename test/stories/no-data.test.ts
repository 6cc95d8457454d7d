import { afterEach, expect, test, vi } from 'vitest';
import { views } from '../../src/views/index.ts';
import type { Params } from '../../src/views/view.ts';
import { type Demo, demo } from '../demo.ts';
import { type Stage, stage } from '../stage.tsx';

vi.setConfig({ testTimeout: 30_000 });

let opened: { screen: Stage; recording: Demo } | undefined;
afterEach(async () => {
  await opened?.screen.close();
  await opened?.recording.close();
  opened = undefined;
});

async function on(home: string, params: Params = {}): Promise<Stage> {
  const recording = await demo();
  const { clients, clock, tenants } = recording;
  const screen = await stage({
    ...{ views, clients, clock, tenants, home, params },
    ...{ context: 'central', recording: true, columns: 120, rows: 40, patienceMs: 8000 },
  });
  opened = { screen, recording };
  return screen;
}

test('x on a red cell, then enter: the hops of that tenant', async () => {
  const screen = await on('tenants');
  await screen.shows(/edge-dev.*none.*none/);
  await screen.press('j', 'j', 'j', 'x');
  await screen.shows(/why +enter: the hops of metrics of edge-dev/);
  await screen.press('\r');
  await screen.shows(/metrics of edge-dev/);
  await screen.shows(/agent-config/);
});

test('x on an empty screen, then enter: the hops of what is missing there', async () => {
  const screen = await on('traces', { tenant: 'edge-dev', by: 'search', service: 'checkout' });
  await screen.shows(/no trace|not recorded|recording holds|nothing/i);
  await screen.press('x');
  await screen.shows(/enter: the hops of traces of edge-dev/);
});

test('what is nobody’s data leads nowhere, and says so', async () => {
  const screen = await on('nodes');
  await screen.shows(/ip-10-0-/);
  await screen.press('x');
  await screen.shows(/screen +nodes/);
  expect(screen.text()).not.toContain('enter: the hops');
  await screen.press('\r');
  await screen.shows(/no tenant’s data/);
});

test('from the first screen three keys: is the header missing, where, whose configuration?', async () => {
  const screen = await on('slow');
  await screen.shows(/checkout/);
  await screen.press('4');
  await screen.shows(/tenant.*edge-dev|edge-dev/i);
  await screen.press('x');
  await screen.shows(/enter: the hops of metrics of edge-dev/);
  await screen.press('\r');
  await screen.shows(/the agent on ip-10-0-2-11\S* +sends\s+no\s+X-Scope-OrgID/);
  await screen.shows(/ConfigMap[\s>]+monitoring-agent-alloy, line 28 of config\.alloy/);
  await screen.shows(/next +add headers = \{ "X-Scope-OrgID" = "edge-dev" \}/);
});

test('the cell under the cursor tells which signal is reasoned about', async () => {
  const screen = await on('tenants');
  await screen.shows(/edge-dev.*none.*none/);
  await screen.press('j', 'j', 'j', ...Array(4).fill('\u001b[C'), 'x');
  await screen.shows(/enter: the hops of logs of edge-dev/);
});
