import { expect, test } from 'vitest';
import { drain } from '../../src/views/drain.ts';
import { spread } from '../../src/views/spread.ts';
import { clientsIn } from '../recorded-stack.ts';
import { stages } from '../stages.ts';

const opened = stages();

const open = (columns: number, rows: number, name: 'incident' | 'two' = 'incident', ascii = false) => {
  const { clients, clock } = clientsIn(name);
  return opened({ views: [spread, drain], clients, clock, columns, rows, ascii, tenants: ['production-us-east'] });
};

test('at 80x24 the matrix stands: components, nodes by zone, what goes with each', async () => {
  const screen = await open(80, 24);
  await screen.shows('last of');
  await screen.press('G');
  const lines = screen.lines();
  expect(lines.join('\n')).toMatch(/── us-east-1b[\s\S]*✗ ip-10-0-2-11 +● +●● +loki ingester: no write/);
  expect(lines.find((line) => line.includes('M·ING'))).toMatch(/T·BB …/);
  expect(lines).toHaveLength(24);
  expect(lines.every((line) => line.length <= 80)).toBe(true);
});

test('space marks a node as lost and the whole matrix answers; space again undoes', async () => {
  const screen = await open(120, 40);
  await screen.shows('last of');
  await screen.type('G');
  for (let row = 0; row < 3; row += 1) await screen.press('k');
  await screen.press('space');
  await screen.shows('without ip-10-0-2-11');
  await screen.shows(/loki ingester rf 3 .*no write quorum for 100%/);
  // Two of three stand there; the others say only what they would add.
  await screen.shows(/loki ingester rf 3 +1\/3/);
  await screen.shows(/ip-10-0-2-22 .*last of kube-state-metrics/);
  await screen.press('space');
  await screen.hides('without ip-10-0-2-11');
});

test('enter on a node previews its drain, esc comes back', async () => {
  const screen = await open(120, 40);
  await screen.shows('last of');
  await screen.type('G');
  for (let row = 0; row < 3; row += 1) await screen.press('k');
  await screen.press('enter');
  await screen.shows('meanwhile loki ingester: no write quorum for 100%');
  await screen.shows(/PDB monitoring-server-mimir-inge/);
  await screen.press('esc');
  await screen.shows('M·ING');
});

test('in ASCII, and with two ingesters down, the words are there', async () => {
  const screen = await open(120, 40, 'two', true);
  await screen.shows(/mimir ingester rf 3 +2\/4 .*no write quorum for 41.4%/);
  expect(screen.text()).toMatch(/^[ -~\n]*$/);
  await screen.shows(/ip-10-0-3-22 .*nothing more is lost with it/);
});

test('a wide screen tells share, heartbeat and restarts in the cell; ctrl-w does so anywhere', async () => {
  const wide = await open(200, 60);
  await wide.shows(/ip-10-0-2-11 .*●23\.\d% \d+s/);
  await wide.shows(/●\d\d\.\d% \d+s ×4/);
  const narrow = await open(120, 40);
  await narrow.shows('last of');
  expect(narrow.text()).not.toMatch(/●\d/);
  await narrow.press('ctrl-w');
  await narrow.shows(/ip-10-0-2-11 .*●23\.\d% \d+s/);
});
