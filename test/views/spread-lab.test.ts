import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { pushFailShare } from '../../src/domain/quorum.ts';
import type { Json, Loaded } from '../../src/domain/result.ts';
import { type Demo, demo, viewOf } from '../demo.ts';

/*
 * One afternoon of real servers (Mimir 3.0.2 with four ingesters, Loki with three replicas on two nodes, Tempo 3.0.3,
 * kube-apiserver 1.36.2), recorded by `lgtm-tui spread --record`: as it stood (base); two seconds after the fourth
 * ingester was killed (lost); forty after a second one (two); later, all well again, forty after a node died (node1).
 */
const tapeOf = (name: string): string => fileURLToPath(new URL(`../fixtures/spread-lab-${name}.tape`, import.meta.url));

const node = (short: string): string => `ip-10-0-${short}.us-east-1.compute.internal`;

interface Loss {
  readonly component: string;
  readonly nodes: readonly string[];
  readonly writeQuorumLostShare: number | null;
  readonly readsFail: boolean | null;
  readonly pushFailShare: number | null;
  readonly verdict: string;
}

const opened: Demo[] = [];
afterAll(async () => {
  for (const each of opened) await each.close();
});

async function load(name: string, lose?: string): Promise<Loaded<unknown>> {
  const tape = await demo(() => undefined, { file: tapeOf(name) });
  opened.push(tape);
  return tape.load('spread', lose === undefined ? {} : { lose });
}

const recordOf = (loaded: Loaded<unknown>, component: string) => {
  const view = viewOf('spread');
  const found = loaded.rows.map((row) => view.record(row)).find((record) => record.component === component);
  if (!found) throw new Error(`no ${component}`);
  return found;
};
const lossIn = (loaded: Loaded<unknown>, component: string): Loss | undefined =>
  ((loaded.extras?.loss ?? []) as unknown as readonly Loss[]).find((loss) => loss.component === component);
const lastIn = (loaded: Loaded<unknown>): readonly string[] =>
  ((loaded.extras?.lastReplicas ?? []) as unknown as readonly { workloads: readonly { workload: string }[] }[])
    .flatMap(({ workloads }) => workloads)
    .map(({ workload }) => workload.replace('monitoring-server-', ''));

describe('as it stood', () => {
  test('nothing is missing but what the cluster was not asked for, and nobody is called amnesiac', async () => {
    const loaded = await load('base');
    expect(loaded.gaps).toEqual([]);
    expect(recordOf(loaded, 'mimir ingester')).toMatchObject({ verdict: 'warn', coLocated: [] });
    expect(recordOf(loaded, 'loki ingester')).toMatchObject({ verdict: 'bad', cause: 'co-located' });
    const causes = loaded.rows.flatMap((row) => (viewOf('spread').record(row).findings as Json[] | undefined) ?? []);
    expect(JSON.stringify(causes)).not.toContain('amnesiac');
  });

  test.each([
    ['1-11', true],
    ['2-11', true],
    ['3-11', true],
    ['1-22', false],
    ['2-22', false],
    ['3-22', false],
  ])('--lose ip-10-0-%s: exit 1 is %s, and Mimir’s ring outlives each of them', async (short, bad) => {
    const params = { lose: `ip-10-0-${short}` };
    const loaded = await load('base', params.lose);
    expect(viewOf('spread').decides?.(loaded, params)).toBe(bad);
    expect(lossIn(loaded, 'mimir ingester')).toMatchObject({ verdict: 'good', writeQuorumLostShare: 0 });
  });
});

describe('what was predicted is what happened', () => {
  test('two seconds after its death an ingester does not count, while the ring still says ACTIVE', async () => {
    const mimir = recordOf(await load('lost'), 'mimir ingester');
    const replicas = mimir.replicas as unknown as {
      id: string;
      state: string;
      counts: boolean;
      heartbeatAgeSeconds: number;
    }[];
    const dead = replicas.find(({ id }) => id.endsWith('-3'));
    expect(dead).toMatchObject({ state: 'ACTIVE', counts: false });
    // The ring's own timeout is 30 s there.
    expect(dead?.heartbeatAgeSeconds).toBeLessThan(15);
    expect(mimir.because).toMatch(/mimir-ingester-3: pod is not ready, OOMKilled, though the ring says ACTIVE/);
  });

  test('two ingesters: the share that their nodes were said to take is the share that is lost', async () => {
    const before = lossIn(await load('base', 'ip-10-0-1-22,ip-10-0-3-11'), 'mimir ingester');
    const two = await load('two');
    expect(before).toMatchObject({ readsFail: true, pushFailShare: 1 });
    expect(before?.writeQuorumLostShare).toBeCloseTo(0.53968, 5);
    expect(recordOf(two, 'mimir ingester').because).toBe(
      'no write quorum for 54%, 100% of pushes refused, every read fails',
    );
  });

  // Pushes of so many random series each to that Mimir with two ingesters down, and how many it refused with 500
  // ("at least 2 live replicas required, could only find 1"). With one down it refused none of 1,465. Every one of 27
  // reads failed with "too many unhealthy instances in the ring" (500; 422 labels and exemplars; 400 metadata).
  test.each([
    [1, 500, 277],
    [2, 400, 317],
    [4, 300, 290],
    [8, 200, 199],
    [20, 60, 60],
    [2_000, 5, 5],
  ])('pushes of %d series: of %d refused %d, as the lost share says', async (series, pushes, refused) => {
    const lost = lossIn(await load('base', 'ip-10-0-1-22,ip-10-0-3-11'), 'mimir ingester')?.writeQuorumLostShare;
    const predicted = pushFailShare(lost ?? 0, series);
    const deviation = Math.sqrt((predicted * (1 - predicted)) / pushes);
    expect(Math.abs(refused / pushes - predicted)).toBeLessThanOrEqual(3 * deviation + 1e-9);
  });

  test('a node with two of Loki’s three: Loki refuses everything, Mimir nothing, and its query-frontend is gone', async () => {
    // Measured there: of 120 pushes to Loki all refused, every read 500; of 1,465 to Mimir none; its query-frontend: gone.
    const before = await load('base', node('2-11'));
    expect(lossIn(before, 'loki ingester')).toMatchObject({
      writeQuorumLostShare: 1,
      readsFail: true,
      pushFailShare: 1,
      verdict: 'bad',
    });
    expect(lossIn(before, 'mimir ingester')).toMatchObject({ pushFailShare: 0, readsFail: false });
    expect(lastIn(before)).toEqual(['mimir-query-frontend']);
    const after = await load('node1');
    expect(recordOf(after, 'loki ingester')).toMatchObject({ verdict: 'bad', cause: 'lost' });
    const { body } = viewOf('spread');
    const down = body.kind === 'matrix' ? after.rows.find((row) => body.rowId(row) === 'down') : undefined;
    expect(viewOf('spread').record(down)).toMatchObject({
      verdict: 'bad',
      because: expect.stringMatching(/mimir-query-frontend/),
    });
    expect(JSON.stringify(after.extras?.down)).toContain('monitoring-server-mimir-query-frontend');
  });
});
