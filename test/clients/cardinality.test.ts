import { describe, expect, test } from 'vitest';
import { mayGoOut } from '../../src/clients/allowed.ts';
import type { Clients } from '../../src/clients/clients.ts';
import recorded from '../fixtures/cardinality-recorded.json' with { type: 'json' };
import made from '../fixtures/made-cardinality.json' with { type: 'json' };
import { answerOf, type Fixture, faultOf, lineOf, scripted, valueIn } from './scripted.ts';
import { never, tenantOf, WINDOW } from './server.ts';

const T = tenantOf('staging');
const SESSIONS = '{__name__="checkout_step_total"}';
const mimirWith = (fixture: Fixture) => scripted(answerOf(fixture)).clients.mimir(T);
const lokiWith = (fixture: Fixture) => scripted(answerOf(fixture)).clients.loki(T);

const NANOS = 'start=1795447231000000000 end=1795448131000000000';

/** As in the recordings, word for word: a tape answers nothing else. */
const QUESTIONS: readonly (readonly [fixture: Fixture, ask: (c: Clients) => Promise<unknown>, line: string])[] = [
  [
    recorded.metrics,
    (c) => c.mimir(T).cardinalityLabelValues('__name__', undefined, 50, never()),
    'GET mimir /prometheus/api/v1/cardinality/label_values label_names[]=__name__ limit=50 count_method=active {}',
  ],
  [
    recorded.labels,
    (c) => c.mimir(T).cardinalityLabelNames(SESSIONS, 50, never()),
    `GET mimir /prometheus/api/v1/cardinality/label_names selector=${SESSIONS} limit=50 count_method=active {}`,
  ],
  [
    recorded.sessions,
    (c) => c.mimir(T).cardinalityLabelValues('session', SESSIONS, 50, never()),
    `GET mimir /prometheus/api/v1/cardinality/label_values label_names[]=session selector=${SESSIONS} limit=50 count_method=active {}`,
  ],
  [recorded.limits, (c) => c.mimir(T).userLimits(never()), 'GET mimir /api/v1/user_limits  {}'],
  [recorded.stats, (c) => c.mimir(T).userStats(never()), 'GET mimir /api/v1/user_stats  {}'],
  [recorded.rules, (c) => c.mimir(T).rules(never()), 'GET mimir /prometheus/api/v1/rules  {}'],
  [
    recorded.runtime,
    (c) => c.mimirAdmin.overrides(never()),
    'GET mimir/distributor /runtime_config mode=diff {"accept":"application/json"}',
  ],
  [
    recorded.detectedLabels,
    (c) => c.loki(T).detectedLabels(WINDOW, never()),
    `GET loki /loki/api/v1/detected_labels ${NANOS} {}`,
  ],
  [
    recorded.volume,
    (c) => c.loki(T).volume('{namespace="shop"}', 'service_name', WINDOW, never()),
    `GET loki /loki/api/v1/index/volume query={namespace="shop"} targetLabels=service_name limit=20 ${NANOS} {}`,
  ],
  [
    recorded.streams,
    (c) => c.loki(T).streams('{namespace="shop"}', WINDOW, never()),
    `GET loki /loki/api/v1/series match[]={namespace="shop"} ${NANOS} {}`,
  ],
  [recorded.lokiLimits, (c) => c.loki(T).limits(never()), 'GET loki /loki/api/v1/drilldown-limits  {}'],
  [recorded.lokiConfig, (c) => c.loki(T).serverLimits(never()), 'GET loki /config  {}'],
  [
    recorded.inMemory,
    (c) => c.mimir(T).cardinalityLabelValues('__name__', undefined, 50, never(), 'inmemory'),
    'GET mimir /prometheus/api/v1/cardinality/label_values label_names[]=__name__ limit=50 count_method=inmemory {}',
  ],
  [
    recorded.spanLimits,
    (c) => c.tempo(T).overrides(never()),
    'GET tempo /status/overrides/staging  {"accept":"application/json"}',
  ],
  [
    recorded.spanTags,
    (c) => c.tempo(T).tags(WINDOW, never()),
    'GET tempo /api/v2/search/tags start=1795447231 end=1795448131 {}',
  ],
];

test.each(QUESTIONS)(
  'a question goes out word for word and its recorded answer is read: %#',
  async (fixture, ask, line) => {
    const { asked, clients } = scripted(answerOf(fixture));
    expect(await ask(clients)).toMatchObject({ ok: true });
    expect(asked.map(lineOf)).toEqual([line]);
    expect(asked.map((question) => mayGoOut(question))).toEqual([{ ok: true }]);
  },
);

describe('series', () => {
  test('metrics come with their series and the whole tenant', async () => {
    const metrics = valueIn(
      await mimirWith(recorded.metrics).cardinalityLabelValues('__name__', undefined, 50, never()),
    );
    expect(metrics.values[0]).toEqual({
      value: 'checkout_step_total',
      series: recorded.metrics.body.labels[0]?.cardinality[0]?.series_count,
    });
    expect(metrics.seriesTotal).toBe(recorded.metrics.body.series_count_total);
  });

  test('a label says how many values it has beyond those that are listed', async () => {
    const sessions = valueIn(
      await mimirWith(recorded.sessions).cardinalityLabelValues('session', SESSIONS, 50, never()),
    );
    expect(sessions.values).toHaveLength(3);
    expect(sessions.valuesTotal).toBeGreaterThan(3000);
  });

  test('no more is asked than Mimir gives', async () => {
    const { asked, clients } = scripted(answerOf(recorded.labels));
    await clients.mimir(T).cardinalityLabelNames(undefined, 100_000, never());
    expect(asked[0]?.params).toContainEqual(['limit', '500']);
  });

  test('switched off is said in the server’s words, so that PromQL can take over', async () => {
    const fault = faultOf(await mimirWith(made.disabled).cardinalityLabelNames(undefined, 50, never()));
    expect(fault).toMatchObject({ kind: 'bad-query', status: 400, said: expect.stringContaining('is disabled') });
  });

  test('too large is asked once more, in shards', async () => {
    const { asked, clients } = scripted(answerOf(made.tooLarge), answerOf(recorded.labels));
    const labels = valueIn(await clients.mimir(T).cardinalityLabelNames(SESSIONS, 50, never()));
    expect(labels[0]).toEqual({ label: 'session', values: expect.any(Number) });
    expect(asked.map(({ headers }) => headers)).toEqual([{}, { 'sharding-control': '16' }]);
  });

  test('still too large, and ingesters that are down, are faults', async () => {
    const large = await mimirWith(made.tooLarge).cardinalityLabelNames(SESSIONS, 50, never());
    expect(faultOf(large)).toMatchObject({ kind: 'too-large', said: expect.stringContaining('shard count') });
    expect(faultOf(await mimirWith(made.ringLost).cardinalityLabelNames(SESSIONS, 50, never())).kind).toBe('server');
  });

  test('an answer of another shape is said to be one', async () => {
    const odd = { status: 200, body: { status: 'success', data: [] } };
    expect(faultOf(await mimirWith(odd).cardinalityLabelNames(undefined, 50, never())).kind).toBe('shape');
    expect(faultOf(await mimirWith(odd).cardinalityLabelValues('a', undefined, 50, never())).kind).toBe('shape');
    expect(faultOf(await mimirWith(odd).userStats(never())).kind).toBe('shape');
  });
});

describe('limits', () => {
  test('are those that apply, 0 among them', async () => {
    const limits = valueIn(await mimirWith(recorded.limits).userLimits(never()));
    expect(limits.get('max_global_series_per_metric')).toBe(6000);
    expect(limits.get('max_fetched_series_per_query')).toBe(0);
  });

  test('of one tenant are told from what all have', async () => {
    const overrides = valueIn(await scripted(answerOf(recorded.runtime)).clients.mimirAdmin.overrides(never()));
    expect([...(overrides.get('staging') ?? [])]).toEqual([
      ['max_global_series_per_metric', '6000'],
      ['max_global_series_per_user', '9000'],
    ]);
    expect(overrides.get('production-us-east')).toBeUndefined();
  });

  test('are read from YAML that was written by hand', async () => {
    const overrides = valueIn(await scripted(answerOf(made.runtimeOdd)).clients.mimirAdmin.overrides(never()));
    expect([...overrides.keys()]).toEqual(['a:b', 'c']);
    expect(overrides.get('a:b')?.get('max_global_series_per_user')).toBe('5000');
    expect(overrides.get('a:b')?.get('ingestion_rate')).toBe('25000');
    expect(overrides.get('c')?.get('compactor_blocks_retention_period')).toBe('30d');
  });

  test('of everybody are in Loki’s own configuration, the one on streams among them', async () => {
    const limits = valueIn(await lokiWith(recorded.lokiConfig).serverLimits(never()));
    expect(limits.get('max_global_streams_per_user')).toBe('5000');
    expect(limits.get('retention_period')).toBe('1w');
    expect(limits.has('table_manager.retention_period')).toBe(false);
    const odd = lokiWith({ status: 200, text: 'auth_enabled: true\n' });
    expect(faultOf(await odd.serverLimits(never())).kind).toBe('shape');
  });

  test('of Tempo are the tenant’s own or the defaults, which is told', async () => {
    const tempoWith = (fixture: Fixture) => scripted(answerOf(fixture)).clients.tempo(T);
    const usual = valueIn(await tempoWith(recorded.spanLimits).overrides(never()));
    expect(usual).toMatchObject({ own: false });
    expect(usual.limits.get('global.max_bytes_per_trace')).toBe('5000000');
    const own = valueIn(await tempoWith(recorded.spanLimitsOwn).overrides(never()));
    expect(own).toMatchObject({ own: true });
    expect(own.limits.get('global.max_bytes_per_trace')).toBeUndefined();
    expect(own.limits.get('ingestion.rate_limit_bytes')).toBe('30000000');
    expect(faultOf(await tempoWith({ status: 200, body: [] }).overrides(never())).kind).toBe('shape');
    const tags = valueIn(await tempoWith(recorded.spanTags).tags(WINDOW, never()));
    expect(tags).toContain('span.http.route');
    expect(tags).toContain('resource.service.name');
    expect(tags.some((tag) => tag.includes('traceID'))).toBe(false);
  });

  test('of Loki are numbers and times', async () => {
    const limits = valueIn(await lokiWith(recorded.lokiLimits).limits(never()));
    expect(limits.get('retention_period')).toBe('1w');
    expect(limits.get('max_query_series')).toBe(500);
  });
});

test('rules keep their group, their query and how an alert stands', async () => {
  const rules = valueIn(await mimirWith(recorded.rules).rules(never()));
  expect(rules.map(({ kind, name, group, state }) => [kind, name, group, state])).toEqual([
    ['recording', 'service:http_request_duration_seconds:p99', 'shop', undefined],
    ['alerting', 'CheckoutLatencyHigh', 'shop', 'firing'],
  ]);
});
