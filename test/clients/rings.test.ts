import { describe, expect, test } from 'vitest';
import { mayGoOut } from '../../src/clients/allowed.ts';
import { decodeMemberlistRing, decodePartitionRing, decodeRing } from '../../src/clients/decode-ring.ts';
import { RING_PAGES } from '../../src/clients/rings.ts';
import { parseConfigDump, settingsIn } from '../../src/domain/ring-config.ts';
import { recorded } from '../domain/recorded-spread.ts';
import limits from '../fixtures/cardinality-recorded.json' with { type: 'json' };
import { answerOf, faultOf, lineOf, scripted, valueIn } from './scripted.ts';
import { CLOCK, never } from './server.ts';

const rings = recorded.states.incident?.rings ?? {};
const text = (name: string) => answerOf({ text: rings[name] ?? '' });
const JSON_ONLY = '{"accept":"application/json"}';

describe('rings, as real servers answer', () => {
  test('four ingesters, their tokens and their own clock', async () => {
    const { asked, clients } = scripted(text('mimir/ring/ingester'));
    const ring = valueIn(await clients.rings.ring('mimir ingester', never()));
    expect(ring.members.map(({ id, state, tokens }) => [id, state, tokens.length])).toEqual(
      [0, 1, 2, 3].map((index) => [`monitoring-server-mimir-ingester-${index}`, 'ACTIVE', 128]),
    );
    expect(ring.members[0]).toMatchObject({ address: '10.244.1.10:9095', zone: '', readOnly: false });
    expect(ring.nowUnix).toBeCloseTo(Date.parse('2026-11-23T15:35:58Z') / 1000, -1);
    expect(asked.map(lineOf)).toEqual([`GET mimir/distributor /ingester/ring  ${JSON_ONLY}`]);
  });

  test("Tempo's live-store has no tokens (null), and its partition ring integers for states", async () => {
    const live = valueIn(await scripted(text('tempo/live-store/ring')).clients.rings.ring('tempo live-store', never()));
    expect(live.members[0]).toMatchObject({ address: '127.0.0.1:9195', tokens: [] });
    const partitions = valueIn(
      await scripted(text('tempo/partition-ring')).clients.rings.partitions('tempo partitions', never()),
    );
    expect(partitions.partitions[0]).toMatchObject({
      id: 0,
      state: 'active',
      owners: ['monitoring-server-tempo-live-store-0'],
    });
  });

  test('the settings of a ring, and what a difference leaves out has its default', async () => {
    const dump = valueIn(await scripted(text('mimir/config/diff')).clients.rings.config('mimir', never()));
    expect(settingsIn(dump, 'mimir ingester')).toEqual({
      replicationFactor: 3,
      zoneAware: false,
      heartbeatPeriodSeconds: 5,
      heartbeatTimeoutSeconds: 30,
      flushOnShutdown: false,
      tenantShardSize: 0,
      lookbackSeconds: 13 * 3600,
    });
    // The 1 that stands in it is the store-gateway's.
    expect(settingsIn(dump, 'mimir store-gateway').replicationFactor).toBe(1);
  });

  test('Loki is asked for its whole configuration: it answers 500 to a difference', async () => {
    const { asked, clients } = scripted(answerOf({ text: limits.lokiConfig.text }));
    const dump = valueIn(await clients.rings.config('loki', never()));
    expect(asked.map(lineOf)).toEqual([`GET loki /config  ${JSON_ONLY}`]);
    expect(settingsIn(dump, 'loki ingester')).toMatchObject({ replicationFactor: 3, zoneAware: false });
  });

  test('an older recording holds only the refusal, and that is said', async () => {
    const missing = { ok: false, kind: 'not-recorded', said: 'nobody asked' } as const;
    const { asked, clients } = scripted(missing, answerOf({ status: 500, text: 'cannot diff' }));
    expect(await clients.rings.config('loki', never())).toMatchObject({ ok: false, fault: { kind: 'server' } });
    expect(asked.map(lineOf)).toEqual([`GET loki /config  ${JSON_ONLY}`, `GET loki /config mode=diff ${JSON_ONLY}`]);
  });

  test("the replication factor stands in the distributor's metrics", async () => {
    const metrics = answerOf({ text: '# TYPE x gauge\ncortex_distributor_replication_factor 3\n' });
    const { asked, clients } = scripted(metrics);
    expect(valueIn(await clients.rings.replicationFactor('mimir', never()))).toBe(3);
    expect(asked[0]).toMatchObject({ component: 'mimir/distributor', path: '/metrics' });
    // Tempo 3 has none: that is an answer, and no fault of the server.
    const none = await scripted(answerOf({ text: 'other 1\n' })).clients.rings.replicationFactor('tempo', never());
    expect(valueIn(none)).toBeUndefined();
  });

  test('every page may go out as GET, and none as the POST that forgets a member', () => {
    for (const { component, path } of Object.values(RING_PAGES)) {
      expect(mayGoOut({ component, method: 'GET', path })).toEqual({ ok: true });
      expect(mayGoOut({ component, method: 'POST', path }).ok).toBe(false);
    }
  });
});

describe('what is not a ring', () => {
  const html = rings['mimir/ring/html'] ?? '';

  test('a web page is a fault that says so, where the gossip has no ring either', async () => {
    const { asked, clients } = scripted(answerOf({ text: html }));
    const fault = faultOf(await clients.rings.ring('mimir ingester', never()));
    expect(fault).toMatchObject({ kind: 'shape', said: expect.stringMatching(/a web page where JSON was promised/) });
    expect(asked.map(({ path }) => path)).toEqual(['/ingester/ring', '/memberlist']);
  });

  test('where the gossip has it, it answers instead', async () => {
    const now = CLOCK.now();
    const gossip = {
      ingesters: {
        a: { addr: '10.0.0.1:9095', timestamp: now - 5, tokens: [1, 2] },
        b: { addr: '10.0.0.2:9095', timestamp: now - 500, state: 1, tokens: [3], zone: 'z' },
        c: { addr: '10.0.0.3:9095', timestamp: now - 5, state: 1, tokens: [4] },
      },
    };
    const { asked, clients } = scripted(answerOf({ text: html }), answerOf({ body: gossip }));
    const ring = valueIn(await clients.rings.ring('mimir ingester', never()));
    expect(ring.members.map(({ id, state, zone }) => [id, state, zone])).toEqual([
      ['a', 'ACTIVE', ''],
      ['b', 'UNHEALTHY', 'z'],
      ['c', 'LEAVING', ''],
    ]);
    expect(asked.map(lineOf)[1]).toBe(
      `GET mimir/distributor /memberlist viewKey=collectors/ring format=json ${JSON_ONLY}`,
    );
  });

  test.each([
    ['something else', '{"data":[]}', /no ring in the answer/],
    [
      'a token that is no 32-bit integer',
      '{"shards":[{"id":"a","tokens":[4294967296]}]}',
      /item 1 of 1 is not as promised/,
    ],
    ['tokens as text', '{"shards":[{"id":"a","tokens":["1"]}]}', /not as promised/],
    ['a member without an id', '{"shards":[{"tokens":[1]}]}', /not as promised/],
    ['nothing', '', /empty answer/],
  ])('%s', (_name, body, said) => {
    const decoded = decodeRing(body);
    expect(decoded.ok).toBe(false);
    expect(decoded.ok ? '' : decoded.said).toMatch(said);
  });

  test('a state that nobody knows stays unknown; year 1 is never', () => {
    const decoded = decodeRing(
      '{"shards":[{"id":"a","state":"SLEEPING","timestamp":"0001-01-01T00:00:00Z","tokens":null}]}',
    );
    expect(decoded).toMatchObject({ ok: true, value: { members: [{ state: 'unknown', heartbeatUnix: undefined }] } });
  });

  test.each([
    [2, 'active'],
    [3, 'inactive'],
    [9, 'unknown'],
    ['PartitionActive', 'active'],
    [null, 'unknown'],
  ])('a partition in state %s is %s', (state, word) => {
    const decoded = decodePartitionRing(
      JSON.stringify({ partitions: [{ id: 1, state, owner_ids: null, tokens: [] }] }),
    );
    expect(decoded).toMatchObject({ ok: true, value: { partitions: [{ state: word, owners: [] }] } });
  });

  test('a server without memberlist has no such page: its words are no broken answer', () => {
    // As Tempo 3.0.3 answers with one process (recorded in the demo).
    expect(decodeMemberlistRing("This instance doesn't use memberlist.")).toMatchObject({
      ok: false,
      kind: 'not-found',
    });
  });

  test('a memberlist page without that key, and a configuration that is none', () => {
    expect(decodeMemberlistRing('{"Now":"x"}')).toMatchObject({ ok: false });
    expect(parseConfigDump('unsupported type <nil>')).toMatchObject({ ok: false });
  });
});
