import { describe, expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Answered, Exchange } from '../../src/domain/exchange.ts';
import { QUEUE_AGENTS_LAST, QUEUE_LAG, QUEUE_SERIES, queueSeriesLastOf } from '../../src/domain/questions-queues.ts';
import { lastOf } from '../../src/views/arrival.ts';
import { queues } from '../../src/views/queues.ts';
import { tenantOf } from '../clients/server.ts';

/* Made by hand: on the recordings every agent has a tenant of its own. Labels and names as Mimir answers them there. */

const NOW = 1_795_448_000;

/** One agent in a tenant: when its newest sample was taken, and how far it was behind then. */
interface Made {
  readonly pod: string;
  readonly ageSeconds: number;
  readonly lagSeconds: number;
}

const seriesOf = ({ pod, lagSeconds }: Made, takenUnix: number) =>
  Object.entries({
    samples_total: (takenUnix - NOW + 10_000) * 100,
    samples_failed_total: 0,
    samples_retried_total: 0,
    shards: 1,
    shards_desired: 1,
    shards_max: 50,
    queue_highest_sent_timestamp_seconds: takenUnix - lagSeconds,
    queue_highest_timestamp_seconds: takenUnix,
  }).map(([name, value]) => ({
    metric: {
      __name__: `prometheus_remote_storage_${name}`,
      ...{ cluster: 'edge', namespace: 'monitoring', pod, component_id: 'prometheus.remote_write.m', url: 'u' },
      remote_name: 'r',
    },
    value: [NOW, String(value)],
  }));

const vector = (result: readonly unknown[]): Answered => ({
  ...{ ok: true, status: 200, headers: {}, atUnix: NOW },
  text: JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }),
});

/** A Mimir as it answers instant queries: what is older than five minutes is not there. */
function mimirOf(agents: readonly Made[]) {
  const asked: string[] = [];
  const exchange: Exchange = async ({ params }) => {
    const query = params.find(([name]) => name === 'query')?.[1] ?? '';
    const unix = Number(params.find(([name]) => name === 'time')?.[1] ?? NOW);
    asked.push(query);
    if (query === QUEUE_LAG) return vector([]);
    if (query === QUEUE_AGENTS_LAST)
      return vector(
        agents.map(({ pod }) => ({ metric: { cluster: 'edge', namespace: 'monitoring', pod }, value: [NOW, '1'] })),
      );
    const last = agents.filter(({ pod }) => query === queueSeriesLastOf('pod', [pod]));
    if (last.length > 0) return vector(last.flatMap((one) => seriesOf(one, NOW - one.ageSeconds)));
    if (query !== QUEUE_SERIES) return vector([]);
    const seen = agents.flatMap((one) => {
      const takenUnix = Math.min(unix, NOW - one.ageSeconds);
      return unix - takenUnix < 300 ? seriesOf(one, takenUnix) : [];
    });
    return vector(seen);
  };
  return { asked, exchange };
}

async function statesOf(agents: readonly Made[]) {
  const { asked, exchange } = mimirOf(agents);
  const clients = makeClients({
    exchanges: { mimir: { exchange, place: 'central' } },
    clock: { now: () => NOW, said: () => undefined },
  });
  const loaded = await lastOf(
    queues.load({
      ...{ clients, tenants: [tenantOf('edge')], params: { source: 'mimir' }, nowUnix: NOW },
      time: { endUnix: NOW, live: true },
      signal: new AbortController().signal,
    }),
  );
  const rows = (loaded?.rows ?? []).map((row) => queues.record(row));
  return { asked, rows: new Map(rows.map((row) => [String(row.agent), row])) };
}

const FRESH = { pod: 'alloy-fresh', ageSeconds: 5, lagSeconds: 3 };

describe('an agent that an instant query no longer sees, beside one that it sees', () => {
  test('one that fell behind is late, by the age of its last sample', async () => {
    const { rows } = await statesOf([FRESH, { pod: 'alloy-late', ageSeconds: 840, lagSeconds: 700 }]);
    expect(rows.get('alloy-fresh')).toMatchObject({ verdict: 'good', cause: 'none' });
    expect(rows.get('alloy-late')).toMatchObject({ verdict: 'bad', cause: 'lag', lagSeconds: 840 });
    expect(rows.get('alloy-late')?.because).toContain('its last sample in Mimir is 14m old');
  });

  test('one that kept up until its last sample was cut off or replaced: nobody can tell, and it is not called late', async () => {
    const { rows } = await statesOf([FRESH, { pod: 'alloy-gone', ageSeconds: 840, lagSeconds: 3 }]);
    expect(rows.get('alloy-gone')).toMatchObject({ verdict: 'unknown', cause: 'absent' });
    expect(rows.get('alloy-gone')?.because).toBe('last seen in Mimir 14m ago, when it kept up: gone, or cut off');
  });

  test('where all are seen, no series of two hours are read', async () => {
    const { asked, rows } = await statesOf([FRESH, { pod: 'alloy-b', ageSeconds: 20, lagSeconds: 2 }]);
    expect(rows.size).toBe(2);
    expect(asked.filter((query) => query.startsWith('last_over_time'))).toEqual([]);
  });
});
