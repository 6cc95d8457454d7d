import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isLookAlike } from '../../src/domain/look-alike.ts';
import { header } from '../../src/views/header.ts';
import { why } from '../../src/views/why.ts';
import { type World, worldOf } from './queues-world.ts';

const KUBE: Record<string, Record<string, unknown>> = JSON.parse(
  readFileSync(new URL('../fixtures/agents-kube-recorded.json', import.meta.url), 'utf8'),
);

const ask = async (tenant: string, signal: string, world: World = {}) => {
  const opened = worldOf(world);
  const loaded = await opened.load(why.load, { tenant, signal });
  return {
    loaded,
    asked: opened.asked,
    hops: loaded.rows.filter((row) => why.lists?.(row)).map((row) => why.record(row)),
  };
};

describe('why is there no data of edge-dev', () => {
  test.each([
    ['metrics', 28, 'prometheus.remote_write.mimir'],
    ['logs', 21, 'loki.write.loki'],
    ['traces', 58, 'otelcol.exporter.otlphttp.tempo'],
  ])('%s: node, ConfigMap and line, and nothing is asked beyond that', async (signal, line, component) => {
    const { loaded, hops, asked } = await ask('edge-dev', signal);
    expect(loaded.complete).toBe(true);
    expect(hops).toHaveLength(1);
    expect(hops[0]).toMatchObject({ hop: 'agent-config', verdict: 'bad', cause: 'no-header' });
    expect(hops[0]?.because).toMatch(
      new RegExp(
        `^the agent on ip-[-0-9]+\\S* sends no X-Scope-OrgID; ConfigMap monitoring-agent-alloy, line ${line} of config.alloy \\(${component}\\)$`,
      ),
    );
    expect(hops[0]?.next).toContain('edge-dev');
    expect(new Set(asked.map(({ component: who }) => who.split('/')[0]))).toEqual(new Set(['kubernetes']));
  });

  test('a cluster that cannot be looked into makes its agents unknown, never good', async () => {
    const { hops } = await ask('edge-dev', 'metrics', {
      overlay: ({ component }) =>
        component === 'kubernetes/edge' ? { ok: false, kind: 'unreachable', said: 'connect ECONNREFUSED' } : undefined,
    });
    expect(hops[0]).toMatchObject({ hop: 'agent-config', verdict: 'unknown' });
    expect(hops[0]?.next).toContain('--context');
    expect(hops.filter(({ verdict }) => verdict === 'good')).toEqual([]);
  });
});

test('a tenant from a secret is unknown, no reason to stop, and its queue tells that it is refused', async () => {
  const lists: Record<string, unknown> = KUBE.edge ?? {};
  const path = Object.keys(lists).find((each) => each.endsWith('/configmaps')) ?? '';
  const secret = 'headers = { \\"X-Scope-OrgID\\" = convert.nonsensitive(remote.kubernetes.secret.t.data[\\"id\\"]) }';
  const text = JSON.stringify(lists[path]).replace(/(url\s*=\s*\\"https:\/\/mimir[^"]*\\")/, `$1\\n    ${secret}`);
  const { hops } = await ask('edge-dev', 'metrics', {
    overlay: (asked) =>
      asked.component === 'kubernetes/edge' && asked.path === path
        ? { ok: true, status: 200, headers: {}, text: `{"metadata":{},${text.slice(1)}`, atUnix: 0 }
        : undefined,
  });
  expect(hops.map(({ hop, verdict, cause }) => [hop, verdict, cause])).toEqual([
    ['agent-config', 'unknown', 'unknown'],
    ['agent-queue', 'bad', 'refused'],
  ]);
  expect(hops[0]?.because).toContain('secret');
});

test('whose queue is broken is told after a configuration that is right', async () => {
  const { hops } = await ask('production-eu-west', 'metrics');
  expect(hops.map(({ hop, verdict, cause }) => [hop, verdict, cause])).toEqual([
    ['agent-config', 'good', 'none'],
    ['agent-queue', 'bad', 'shards-at-max'],
  ]);
});

test('a misspelt tenant is told by whom the agents send as', async () => {
  const { hops } = await ask('production-us-eest', 'metrics');
  expect(hops).toHaveLength(1);
  expect(hops[0]).toMatchObject({ verdict: 'bad', cause: 'misspelt' });
  expect(hops[0]?.because).toContain('sends as production-us-east, nobody as production-us-eest');
});

test('without a tenant, or with a signal that is none, it says what is missing', async () => {
  expect((await worldOf().load(why.load, {})).because).toContain('--tenant');
  expect((await worldOf().load(why.load, { tenant: 'staging', signal: 'profiles' })).because).toContain(
    'metrics, logs, traces',
  );
});

test('the URL to which agents send is a way in of its own, and bad where one sends without a header', async () => {
  const { rows } = await worldOf().load(header.load, { signal: 'metrics' });
  const bare = rows.map((row) => header.record(row)).filter(({ verdict }) => verdict === 'bad');
  expect(bare.map(({ entry }) => entry)).toContain('https://mimir.observability.example.com/api/v1/push');
  expect(bare.find(({ entry }) => String(entry).startsWith('https://mimir'))?.because).toMatch(
    /sends no X-Scope-OrgID; ConfigMap \S+, .*line 28/,
  );
});

test.each([
  ['production-us-east', 'production-us-eest', true],
  ['staging', 'stagign', true],
  ['edge-dev', 'edgedev', true],
  ['shop-1', 'shop-2', false],
  ['dev', 'qa', false],
  ['north', 'south', false],
  ['staging', 'production', false],
  ['staging', 'staging', false],
])('%s and %s look alike: %s', (left, right, alike) => expect(isLookAlike(left, right)).toBe(alike));

test('a default tenant stands for nobody: who sends without a header is named', async () => {
  const { hops } = await ask('anonymous', 'metrics');
  expect(hops).toHaveLength(1);
  expect(hops[0]).toMatchObject({ verdict: 'bad', cause: 'spill-over' });
  expect(hops[0]?.because).toMatch(/written without X-Scope-OrgID.*the one on \S+ sends no X-Scope-OrgID; ConfigMap/);
});

test('an agent that does not answer is named, and is no proof of anything', async () => {
  const { hops } = await ask('production-us-east', 'metrics', {
    overlay: ({ component }) =>
      component.startsWith('agent/') ? { ok: false, kind: 'timeout', said: 'no answer within 10 s' } : undefined,
  });
  const queue = hops.find(({ hop }) => hop === 'agent-queue');
  expect(queue).toMatchObject({ verdict: 'unknown' });
  expect(queue?.because).toMatch(/its agent could not be asked: monitoring-agent-alloy-\S+: no answer within 10 s/);
});
