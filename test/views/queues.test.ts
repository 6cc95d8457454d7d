import { describe, expect, test } from 'vitest';
import { REPLICATION } from '../../src/domain/questions-queues.ts';
import type { QueueRow } from '../../src/domain/queues-sight.ts';
import { agents } from '../../src/views/agents.ts';
import { queues } from '../../src/views/queues.ts';
import { writePathView } from '../../src/views/write-path.ts';
import { START_UNIX } from '../domain/queues-fixture.ts';
import { type World, worldOf } from './queues-world.ts';

const EU = 'monitoring-agent-alloy-q9d4m';
const EDGE = 'monitoring-agent-alloy-c3t6h';
const EAST = 'monitoring-agent-alloy-x7k2p';
const STAGING = 'monitoring-agent-alloy-8fw5z';

const load = async (world: World = {}, source = 'both') => worldOf(world).load(queues.load, { source });
const recordsOf = async (world: World = {}, source = 'both') =>
  (await load(world, source)).rows.map((row) => queues.record(row));
const statesOf = async (world: World = {}, source = 'both'): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    (await recordsOf(world, source)).map(({ agent, verdict, cause }) => [agent, `${verdict} ${cause}`]),
  );

describe('twelve minutes into the incident', () => {
  test.each(['both', 'scrape'])('%s names both faults and the limit, worst first', async (source) => {
    const loaded = await load({}, source);
    expect(loaded.gaps).toEqual([]);
    expect(
      loaded.rows.map((row) => queues.record(row)).map(({ agent, verdict, cause }) => [agent, verdict, cause]),
    ).toEqual([
      [STAGING, 'bad', 'refused'],
      [EDGE, 'bad', 'refused'],
      [EU, 'bad', 'shards-at-max'],
      [EAST, 'good', 'none'],
    ]);
  });

  test('edge-dev: which header is missing, in which ConfigMap, on which line', async () => {
    const edge = (await recordsOf()).find(({ agent }) => agent === EDGE);
    expect(edge).toMatchObject({
      context: 'edge',
      cluster: 'edge-dev',
      tenant: null,
      secondsToLoss: 0,
      source: 'agent@edge',
    });
    expect(edge?.because).toMatch(/no tenant header \(ConfigMap monitoring-agent-alloy, config\.alloy line 28/);
    expect(edge?.because).toContain('absent from Mimir');
    expect(edge?.next).toContain('X-Scope-OrgID');
  });

  test('staging: the limit by its id, told of Mimir’s discards', async () => {
    const staging = (await recordsOf()).find(({ agent }) => agent === STAGING);
    expect(staging?.because).toMatch(/err-mimir-max-series-per-metric/);
    expect(staging).toMatchObject({ tenant: 'staging', context: 'central', cluster: 'staging' });
  });

  test('eu-west: the scrape’s numbers, and the age of Mimir’s copy', async () => {
    const eu = (await recordsOf()).find(({ agent }) => agent === EU);
    expect(eu).toMatchObject({
      lagSeconds: 250,
      shards: 2,
      shardsMax: 2,
      source: 'agent@eu-west',
      tenant: 'production-eu-west',
    });
    expect(eu?.because).toMatch(/Mimir’s copy is 4m\d+s old/);
    expect(eu?.secondsToLoss).toBeGreaterThan(3600);
  });

  test('from Mimir alone eu-west is the same, and edge-dev is absent', async () => {
    expect(await statesOf({}, 'mimir')).toEqual({
      [STAGING]: 'bad refused',
      [EDGE]: 'bad absent',
      [EU]: 'bad shards-at-max',
      [EAST]: 'good none',
    });
  });

  test('every field of the contract is there, and what is not known is null', async () => {
    const names =
      'context cluster agent kind tenant endpoint verdict cause because next lagSeconds shards shardsDesired shardsMax bufferFill sentPerSecond failedPerSecond retriedPerSecond droppedPerSecond batchP99Seconds secondsToLoss source';
    for (const source of ['both', 'mimir'])
      for (const record of await recordsOf({}, source)) {
        expect(Object.keys(record)).toEqual(expect.arrayContaining(names.split(' ')));
        expect(Object.values(record)).not.toContain(undefined);
      }
  });
});

test('a recording that last asked Mimir a minute before still tells rates from it', async () => {
  const states = await statesOf({ askedUntil: 655 }, 'mimir');
  expect(states).toMatchObject({ [EAST]: 'good none', [STAGING]: 'bad refused' });
});

test('an agent whose tenant was not asked is not called absent', async () => {
  for (const source of ['both', 'mimir']) {
    const records = await recordsOf({ named: ['production-us-east', 'staging'] }, source);
    const eu = records.filter(({ agent }) => agent === EU);
    expect(JSON.stringify(eu)).not.toContain('absent');
    // Who sends as nobody is in no tenant at all.
    expect(records.find(({ agent }) => agent === EDGE)?.because).toContain('absent from Mimir');
  }
});

describe('where tenants were chosen', () => {
  test.each(['both', 'scrape', 'mimir'])(
    '%s: queues of others go, those of nobody stay, and it is said',
    async (source) => {
      const loaded = await load({ named: ['production-us-east'] }, source);
      const tenants = loaded.rows.map((row) => queues.record(row).tenant);
      expect(new Set(tenants)).toEqual(new Set(['production-us-east', null]));
      if (source !== 'mimir')
        expect(loaded.note).toBe('2 queues that send as other tenants are not shown, 2 of them bad');
    },
  );

  test('an agent that was named shows all of its queues', async () => {
    const loaded = await worldOf({ named: ['production-us-east'] }).load(queues.load, { agent: STAGING });
    expect(loaded.rows.map((row) => queues.record(row).tenant)).toEqual(['staging']);
  });

  test('where none was chosen all are shown, and nothing is said', async () => {
    const loaded = await load();
    expect(loaded.rows).toHaveLength(4);
    expect(loaded.note).toBeUndefined();
  });
});

test('no false alarm before anything grows, both faults from the second scrape on', async () => {
  for (const atSeconds of [25, 60, 120, 175]) {
    const states = await statesOf({ atSeconds }, 'both');
    expect(states, `${atSeconds}s`).toEqual({
      [STAGING]: 'good none',
      [EDGE]: 'bad refused',
      [EU]: 'bad shards-at-max',
      [EAST]: 'good none',
    });
  }
});

test('seen once, a queue is unknown and never good', async () => {
  const states = await statesOf({ atSeconds: 13 }, 'scrape');
  expect(states[EDGE]).toBe('unknown one-scrape');
  expect(Object.values(states)).not.toContain('good none');
});

describe('Mimir is gone', () => {
  const gone: World['overlay'] = ({ component }) =>
    component.startsWith('mimir') ? { ok: false, kind: 'unreachable', said: 'connect ECONNREFUSED' } : undefined;

  test.each([
    ['and its tenants are named', false],
    ['and nobody named a tenant: Mimir would have been asked', true],
  ])('all of it was killed %s: every queue is bad, and the missing header is still named', async (_who, nobody) => {
    const loaded = await load({ stopped: true, overlay: gone, nobody });
    const records = loaded.rows.map((row) => queues.record(row));
    expect(records.map(({ verdict, cause }) => `${verdict} ${cause}`)).toEqual(Array(4).fill('bad remote'));
    const edge = records.find(({ agent }) => agent === EDGE);
    expect(edge?.because).toContain('and no tenant header: ConfigMap monitoring-agent-alloy, config.alloy line 28');
    expect(loaded.gaps.map(({ kind, source }) => `${kind} ${source.backend}`)).toContain('unreachable mimir');
  });

  test('the agents themselves tell, nobody is called absent, and the gap is said', async () => {
    const loaded = await load({ twoDown: true, overlay: gone });
    const states = Object.fromEntries(loaded.rows.map((row) => [(row as QueueRow).agent, (row as QueueRow).judged]));
    expect(states[EAST]).toMatchObject({ verdict: 'bad', cause: 'remote' });
    expect(states[EU]).toMatchObject({ verdict: 'bad', cause: 'remote' });
    expect(states[STAGING]).toMatchObject({ verdict: 'bad', cause: 'remote' });
    expect(states[EDGE]?.because).toContain('no tenant header');
    expect(JSON.stringify(Object.values(states))).not.toContain('absent');
    expect(loaded.gaps.map(({ kind, source }) => `${kind} ${source.backend}`)).toContain('unreachable mimir');
  });
});

const answer = (body: unknown) => ({
  ...{ ok: true as const, status: 200, headers: {}, text: JSON.stringify(body), atUnix: START_UNIX + 720 },
});

describe('one agent in trouble', () => {
  const of =
    (name: string, answer: World['overlay']): World['overlay'] =>
    (asked, signal) =>
      asked.component === `agent/${name}` ? answer?.(asked, signal) : undefined;

  test('that hangs is a gap of its own, and Mimir’s copy stands in for it', async () => {
    const hang = of('production-eu-west', () => new Promise(() => undefined));
    const loaded = await load({ overlay: hang, deadlineMs: 80 });
    expect(loaded.gaps.map(({ kind, said }) => [kind, said.includes(EU)])).toEqual([['timeout', true]]);
    const rows = loaded.rows as readonly QueueRow[];
    expect(rows.map(({ agent, origin }) => [agent, origin.source.backend])).toContainEqual([EU, 'mimir']);
    expect(rows).toHaveLength(4);
  });

  test('whose answer breaks off tells what came, and that it broke off', async () => {
    const cut = of('staging', () => ({
      ok: true,
      status: 200,
      headers: {},
      atUnix: 1_795_447_970,
      text: 'prometheus_build_info{version="3"} 1\nprometheus_remote_sto',
    }));
    const loaded = await load({ overlay: cut }, 'scrape');
    expect(loaded.gaps.map(({ kind, said }) => `${kind} ${said}`)).toEqual([`shape ${STAGING}: its metrics broke off`]);
    expect(loaded.rows).toHaveLength(3);
  });

  test('that is no agent at all is a gap', async () => {
    const page = of('staging', () => ({
      ok: true,
      status: 200,
      headers: {},
      atUnix: 1_795_447_970,
      text: '<html>login</html>\n',
    }));
    expect((await load({ overlay: page }, 'scrape')).gaps).toMatchObject([
      { kind: 'shape', said: `${STAGING}: no metrics of an agent` },
    ]);
  });
});

describe('the way, hop by hop', () => {
  const pathOf = async (agent: string, world: World = {}) => {
    const loaded = await worldOf(world).load(writePathView.load, { agent });
    return loaded.rows.map((row) => writePathView.record(row));
  };

  test('of an agent that is not there: a gap, as for a node that is not there', async () => {
    const loaded = await worldOf().load(writePathView.load, { agent: 'nope' });
    expect(loaded.rows).toEqual([]);
    expect(loaded.gaps).toMatchObject([{ kind: 'not-found', said: 'no queue of nope was seen' }]);
  });

  test('what is stored is asked of whoever holds the stack’s own metrics, also where another tenant is on the screen', async () => {
    // Made by hand: a replication factor of 3, and the answer of /distributor/all_user_stats.
    const overlay: World['overlay'] = ({ path, params, tenant }) => {
      const promql = params.find(([name]) => name === 'query')?.[1];
      if (path.endsWith('all_user_stats'))
        return answer([
          {
            userID: 'production-us-east',
            ingestionRate: 900,
            numSeries: 900,
            APIIngestionRate: 900,
            RuleIngestionRate: 0,
          },
          { userID: 'staging', ingestionRate: 300, numSeries: 300, APIIngestionRate: 300, RuleIngestionRate: 0 },
        ]);
      if (promql !== REPLICATION) return undefined;
      const metric = { __name__: 'cortex_distributor_replication_factor' };
      const result = tenant === 'production-us-east' ? [{ metric, value: [START_UNIX + 720, '3'] }] : [];
      return answer({ status: 'success', data: { resultType: 'vector', result } });
    };
    const hops = await pathOf(STAGING, { named: ['staging'], overlay });
    expect(hops.find(({ hop }) => hop === 'ingester')).toMatchObject({ perSecond: 100, verdict: 'good' });
  });

  test.each([
    [EU, 'queue'],
    [EDGE, 'http'],
    [STAGING, 'http'],
    [EAST, undefined],
  ])('%s thins out at %s', async (agent, hop) => {
    const hops = await pathOf(agent);
    expect(hops.map((each) => each.hop)).toEqual(['in', 'wal', 'queue', 'http', 'distributor', 'ingester']);
    expect(hops.find(({ thins }) => thins)?.hop).toBe(hop);
  });

  test('the distributor’s discards are those of the tenant', async () => {
    const distributor = (await pathOf(STAGING)).find(({ hop }) => hop === 'distributor');
    expect(distributor).toMatchObject({ verdict: 'bad', because: 'discards 133/s per_metric_series_limit' });
    expect((await pathOf(EAST)).find(({ hop }) => hop === 'distributor')).toMatchObject({ verdict: 'good' });
  });
});

test('agents: the build says what it is, and who sends without a tenant stands on top', async () => {
  const loaded = await worldOf().load(agents.load);
  const rows = loaded.rows.map((row) => agents.record(row));
  expect(rows).toHaveLength(4);
  expect(rows[0]).toMatchObject({
    pod: EDGE,
    context: 'edge',
    verdict: 'bad',
    version: 'prometheus 3.5.3+ds1',
    configLoaded: true,
    configMap: 'monitoring-agent-alloy',
  });
  expect(rows[0]?.findings).toHaveLength(3);
  expect(rows.slice(1).every(({ verdict }) => verdict === 'good')).toBe(true);
  expect(loaded.note).toContain('healthy while every push fails');
});
