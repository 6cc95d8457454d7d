import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Answered, Asked } from '../../src/domain/exchange.ts';
import { HELD, STACK_PRESENT } from '../../src/domain/questions-queues.ts';
import { TENANT_COUNTS } from '../../src/domain/questions-tenants.ts';
import { component, components } from '../../src/views/agents-components.ts';
import { lastOf } from '../../src/views/arrival.ts';
import { queues } from '../../src/views/queues.ts';
import type { LoadInput, Params, View } from '../../src/views/view.ts';
import { writePathView } from '../../src/views/write-path.ts';
import { tenantOf } from '../clients/server.ts';

/** A real Alloy v1.16.3 before the lab's servers: its metrics, its API. */
const ALLOY = JSON.parse(readFileSync(new URL('../fixtures/alloy-recorded.json', import.meta.url), 'utf8')) as {
  readonly scrapes: { readonly names: readonly string[]; readonly rounds: readonly (readonly (number | null)[])[] };
  readonly components: readonly object[];
  readonly component: Readonly<
    Record<string, { readonly arguments: readonly { readonly body?: { name: string }[] }[] }>
  >;
};

const ROUNDS = ALLOY.scrapes.rounds;
const NOW = ROUNDS[1]?.[0] ?? 0;
const PLACE = 'vm:12399';

const text = (body: string, atUnix: number): Answered => ({ ok: true, status: 200, headers: {}, text: body, atUnix });

function metricsAt(unix: number): Answered {
  const [atUnix, ...values] = ROUNDS.findLast(([at]) => (at ?? 0) <= unix) ?? [];
  const lines = ALLOY.scrapes.names.flatMap((name, at) => (values[at] == null ? [] : [`${name} ${values[at]}\n`]));
  return text(lines.join(''), atUnix ?? 0);
}

/** As it was recorded, but for the login: with it the gateway may know the tenant. */
function withoutLogin(id: string): unknown {
  const recorded = ALLOY.component[id];
  const keep = ({ name }: { name: string }): boolean => name !== 'authorization';
  return { ...recorded, arguments: recorded?.arguments.map((each) => ({ ...each, body: each.body?.filter(keep) })) };
}

const vector = (result: readonly unknown[]): Answered =>
  text(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }), NOW);
const counted = (signal: string, what: string, value: number, reason?: string) => ({
  metric: { signal, what, tenant: 'staging', ...(reason ? { reason } : {}) },
  value: [NOW, String(value)],
});

/** Made by hand: what servers count, in the form of three real ones. */
function mimir({ params }: Asked): Answered {
  const query = params.find(([name]) => name === 'query')?.[1];
  if (query === STACK_PRESENT) return vector([{ metric: {}, value: [NOW, '1'] }]);
  if (query === HELD) return vector([{ metric: { signal: 'logs', tenant: 'staging' }, value: [NOW, '12'] }]);
  if (query !== TENANT_COUNTS) return vector([]);
  return vector([
    counted('logs', 'per-second', 41),
    counted('logs', 'discarded', 7, 'line_too_long'),
    counted('traces', 'per-second', 5),
  ]);
}

function world() {
  let nowUnix = ROUNDS[0]?.[0] ?? 0;
  const exchange = async ({ path }: Asked): Promise<Answered> => {
    if (path === '/metrics') return metricsAt(nowUnix);
    if (path.endsWith('/components')) return text(JSON.stringify(ALLOY.components), nowUnix);
    return text(JSON.stringify(withoutLogin(path.split('/').at(-1) ?? '')), nowUnix);
  };
  const clients = makeClients({
    exchanges: { mimir: { exchange: async (asked) => mimir(asked), place: 'central' } },
    agentsByUrl: [{ place: PLACE, exchange }],
    clock: { now: () => nowUnix, said: () => undefined },
  });
  const inputOf = (params: Params): LoadInput => ({
    ...{ clients, tenants: [tenantOf('staging')], params, nowUnix, signal: new AbortController().signal },
    time: { endUnix: Math.floor(nowUnix), live: true },
  });
  return {
    /** Two refreshes, fifteen seconds apart. */
    async load<Row>(view: View<Row>, params: Params = {}) {
      nowUnix = ROUNDS[0]?.[0] ?? 0;
      await lastOf(queues.load(inputOf({ source: 'scrape' })));
      nowUnix = NOW;
      const loaded = await lastOf(view.load(inputOf(params)));
      return (loaded?.rows ?? []).map((row) => view.record(row));
    },
  };
}

describe('an Alloy that was named by URL', () => {
  test('its own API says as whom a refused queue sends, where no ConfigMap does', async () => {
    const rows = await world().load(queues, { source: 'scrape' });
    const bare = rows.find(({ component: id }) => id === 'prometheus.remote_write.bare');
    expect(bare).toMatchObject({ context: 'url', agent: PLACE, verdict: 'bad', cause: 'refused' });
    expect(bare?.because).toContain('no tenant header (Alloy’s API, prometheus.remote_write.bare)');
    expect(bare?.next).toContain('X-Scope-OrgID');
    expect(rows.filter(({ verdict }) => verdict === 'good')).toHaveLength(3);
  });

  test('components: health, where they send, and that a failing writer stays healthy', async () => {
    const listed = await world().load(components, { agent: PLACE, context: 'url' });
    expect(listed).toHaveLength(11);
    expect(listed.find(({ id }) => id === 'prometheus.scrape.self')).toMatchObject({
      health: 'healthy',
      sendsTo: ['prometheus.remote_write.mimir', 'prometheus.remote_write.bare'],
    });
    const lines = await world().load(component, { agent: PLACE, component: 'prometheus.remote_write.mimir' });
    const said = lines.map(({ text: line }) => line).join('\n');
    expect(said).toContain('"X-Scope-OrgID" = "staging"');
    expect(said).toContain('max_keepalive_time = "6h0m0s"');
    expect(lines.find(({ label }) => label === 'but')?.text).toContain('healthy also while every push fails');
  });
});

describe('the way of lines and spans', () => {
  test('Loki: what it takes, what it throws away and what it holds of the tenant', async () => {
    const hops = (await world().load(writePathView, { agent: PLACE, tenant: 'staging' })).filter(
      ({ component: id }) => id === 'loki.write.good',
    );
    expect(hops.map(({ hop }) => hop)).toEqual(['in', 'queue', 'http', 'distributor', 'ingester']);
    expect(hops.find(({ hop }) => hop === 'http')?.because).toMatch(/0\/s failed, 0\/s batches tried again; HTTP 204/);
    expect(hops.find(({ hop }) => hop === 'distributor')).toMatchObject({
      // This queue gets everything through: what is thrown away is another agent's.
      ...{ perSecond: 41, verdict: 'warn', thins: false, tenant: 'staging' },
      because: 'discards 7/s line_too_long; passes lines of the tenant, all its agents together',
    });
    expect(hops.find(({ hop }) => hop === 'ingester')).toMatchObject({
      verdict: 'good',
      because: 'holds 12 streams of the tenant, every copy counted',
    });
  });

  test('Tempo: spans that are received, and those that wait because nobody takes them', async () => {
    const hops = await world().load(writePathView, { agent: PLACE });
    const of = (id: string, hop: string) => hops.find((each) => each.component === id && each.hop === hop);
    expect(of('otelcol.exporter.otlphttp.good', 'in')?.perSecond).toBeGreaterThan(1);
    expect(of('otelcol.exporter.otlphttp.bare', 'http')).toMatchObject({ verdict: 'bad', thins: true, perSecond: 0 });
    expect(of('otelcol.exporter.otlphttp.bare', 'http')?.because).toMatch(/nothing sent for 1\ds while \d+ wait/);
  });
});
