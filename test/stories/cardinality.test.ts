import { expect, test, vi } from 'vitest';
import type { Answered } from '../../src/domain/exchange.ts';
import { views } from '../../src/views/index.ts';
import { demo } from '../demo.ts';
import made from '../fixtures/made-cardinality.json' with { type: 'json' };
import { stages } from '../stages.ts';

vi.setConfig({ testTimeout: 60_000 });

const open = stages();

/** A screen of its own for each line would hide the rule: what stands on it is what somebody on call sees. */
const SIZES = [
  [80, 24],
  [120, 40],
] as const;

test.each(SIZES)('at %ix%i five keys lead from home to the rule, and a sixth copies it', async (columns, rows) => {
  const recording = await demo();
  const screen = await open({
    views,
    clients: recording.clients,
    clock: recording.clock,
    context: 'central',
    tenants: recording.tenants,
    home: 'slow',
    recording: true,
    patienceMs: 20_000,
    columns,
    rows,
  });
  await screen.shows(/>.*checkout/);
  const keys = [':', 'c', 'a', 'enter', 'r'];
  await screen.press(...keys.slice(0, 4));
  // Who is nearest to a limit stands first, so that nothing has to be looked for.
  await screen.shows(/>.*staging +all metrics/);
  await screen.shows('label session of checkout_step_total');
  await screen.press(...keys.slice(4));
  await screen.shows(/> rule 1 +drop the label session of checkout_step_total: \d+ series fewer/);
  await screen.shows('prometheus.relabel "drop_session_of_checkout_step_total"');
  expect(keys).toHaveLength(5);
  await screen.press('c');
  await screen.shows(/copied.*prometheus\.relabel/);
  await recording.close();
});

test('ingesters go down: the last good answer stays, its age and what is wrong are said', async () => {
  let lost = false;
  const down: Answered = { ok: true, status: 500, headers: {}, text: made.ringLost.text, atUnix: 0 };
  const recording = await demo(({ component }) =>
    lost && component.startsWith('mimir') ? Promise.resolve(down) : undefined,
  );
  const screen = await open({
    views,
    clients: recording.clients,
    clock: recording.clock,
    context: 'central',
    tenants: recording.tenants,
    home: 'cardinality',
    recording: true,
    patienceMs: 20_000,
    columns: 120,
    rows: 40,
  });
  await screen.shows('label session of checkout_step_total');
  lost = true;
  await screen.press('ctrl-r');
  await screen.shows('too many unhealthy instances in the ring');
  expect(screen.text()).toMatch(/staging +checkout_step_total +\d{4}/);
  expect(screen.text()).not.toContain('found nowhere');
  expect(screen.text()).toMatch(/mimir (server|\d+s)/);
  await recording.close();
});
