import { describe, expect, test } from 'vitest';
import type { Loaded } from '../../src/domain/result.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { lastOf } from '../../src/views/arrival.ts';
import { viewOf } from '../demo.ts';
import { stateOf } from '../domain/recorded-spread.ts';
import { clientsIn, type Overlay } from '../recorded-stack.ts';

const drain = viewOf('drain');

async function load(
  node: string,
  overlay: Overlay = () => undefined,
  tenants: readonly string[] = ['production-us-east'],
  clusters = true,
): Promise<Loaded<unknown>> {
  const { clients, nowUnix } = clientsIn('incident', overlay, clusters);
  const loaded = await lastOf(
    drain.load({
      clients,
      tenants: tenants.map((tenant) => tenant as Tenant),
      params: { node },
      time: { endUnix: nowUnix, live: true },
      nowUnix,
      signal: new AbortController().signal,
    }),
  );
  if (!loaded) throw new Error('nothing was yielded');
  return loaded;
}

const decided = (loaded: Loaded<unknown>, node: string) => drain.decides?.(loaded, { node });

const forbidden =
  (kind: string): Overlay =>
  ({ component, path }) =>
    component.startsWith('kubernetes') && path.endsWith(`/${kind}`) ? 403 : undefined;

test('names what it would evict, and what quorum is left', async () => {
  const loaded = await load('ip-10-0-2-11');
  expect(loaded.rows.map((row) => drain.record(row).workload)).toEqual([
    'monitoring-server-loki-ingester',
    'monitoring-server-loki-ingester',
    'monitoring-server-mimir-ingester',
    'monitoring-server-mimir-query-frontend',
  ]);
  expect(loaded.note).toMatch(/loki ingester: no write quorum for 100%/);
  expect(loaded.extras?.quorumLeft).toEqual(
    expect.arrayContaining([expect.objectContaining({ component: 'mimir ingester', readsFail: false })]),
  );
});

test('of a node that nobody knows says which there are', async () => {
  const loaded = await load('nowhere');
  expect(loaded.rows).toEqual([]);
  expect(loaded.because).toMatch(/no node nowhere; there are ip-10-0-1-11/);
  expect(decided(loaded, 'nowhere')).toBeNull();
});

describe('what it takes decides the exit', () => {
  test.each<[string, string, boolean | null | undefined]>([
    ['the only distributor and both gateways', 'ip-10-0-1-11', true],
    ['the write quorum of a ring', 'ip-10-0-2-11', true],
    ['nothing but Grafana', 'ip-10-0-1-22', undefined],
    ['nothing', 'ip-10-0-3-22', undefined],
  ])('%s', async (_name, node, code) => {
    expect(decided(await load(node), node)).toBe(code);
  });

  test('the last replicas are named beside the rings', async () => {
    const loaded = await load('ip-10-0-1-11');
    expect(loaded.note).toMatch(/last replicas: .*loki-gateway.*mimir-distributor/);
    expect(loaded.note).not.toMatch(/keeps its quorum/);
    const [last] = (loaded.extras?.lastReplicas ?? []) as unknown as { workloads: { workload: string }[] }[];
    expect(last?.workloads.map(({ workload }) => workload)).toContain('monitoring-server-mimir-distributor');
  });

  test('a pod that takes the last replica or a quorum with it is no good row', async () => {
    const { rows } = await load('ip-10-0-1-11');
    const verdicts = rows.map((row) => [drain.record(row).workload, drain.record(row).verdict]);
    expect(verdicts).toContainEqual(['monitoring-server-mimir-distributor', 'bad']);
    expect(verdicts).toContainEqual(['monitoring-server-mimir-ingester', 'good']);
  });

  test('above the rows stands one word, and no list of figures', async () => {
    expect(drain.summary?.(await load('ip-10-0-1-11'))).toEqual([['drain', 'bad']]);
    expect(drain.summary?.(await load('ip-10-0-3-22'))).toEqual([['drain', 'good']]);
  });

  test('the reason of a bad pod is coloured, not the dash of what does not block it', async () => {
    const { body } = drain;
    if (body.kind !== 'table') throw new Error('no table');
    const { rows } = await load('ip-10-0-1-11');
    const bad = rows.find((row) => drain.record(row).verdict === 'bad');
    const tone = (id: string) => body.columns.find((column) => column.id === id)?.tone?.(bad);
    expect([tone('blocked'), tone('because')]).toEqual(['plain', 'bad']);
  });

  test.each(['deployments', 'statefulsets', 'pods'])(
    'nothing is decided where %s could not be listed',
    async (kind) => {
      const loaded = await load('ip-10-0-3-22', forbidden(kind));
      expect(decided(loaded, 'ip-10-0-3-22')).toBeNull();
      expect(loaded.note).toMatch(/could not be listed/);
      expect(loaded.because ?? '').not.toMatch(/nothing of the stack/);
    },
  );

  test('a PDB that nobody has counted yet lets nothing go that is known', async () => {
    const items = stateOf('incident').kube.pdbs?.items.map(({ status: _status, ...budget }) => budget);
    const fresh: Overlay = ({ component, path }) =>
      component.startsWith('kubernetes') && path.endsWith('/poddisruptionbudgets')
        ? JSON.stringify({ kind: 'PodDisruptionBudgetList', metadata: {}, items })
        : undefined;
    const { rows } = await load('ip-10-0-1-22', fresh);
    const row = rows.map((one) => drain.record(one)).find(({ workload }) => /mimir-ingester/.test(String(workload)));
    expect(row).toMatchObject({ verdict: 'unknown', because: expect.stringMatching(/has no status/) });
  });

  test('nor where no cluster could be looked into', async () => {
    expect(decided(await load('ip-10-0-3-22', undefined, [], false), 'ip-10-0-3-22')).toBeNull();
  });

  test('a tenant whose shard loses something is named', async () => {
    const overrides = 'overrides:\n  staging:\n    ingestion_tenant_shard_size: 1\n';
    const shards: Overlay = ({ path }) => (path === '/runtime_config' ? overrides : undefined);
    const notes = await Promise.all(
      ['1-11', '1-22', '2-11', '3-11'].map(async (node) => (await load(`ip-10-0-${node}`, shards, ['staging'])).note),
    );
    expect(notes.join()).toMatch(/mimir ingester of staging: no write quorum/);
    expect(notes.join()).not.toMatch(/mimir ingester: no write/);
  });
});
