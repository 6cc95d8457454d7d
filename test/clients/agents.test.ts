import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mayGoOut } from '../../src/clients/allowed.ts';
import { makeClients } from '../../src/clients/make.ts';
import type { Answered, Asked, Exchange } from '../../src/domain/exchange.ts';
import type { Agent } from '../../src/domain/fleet.ts';
import { faultOf, valueIn } from './scripted.ts';

const API = JSON.parse(readFileSync(new URL('../fixtures/made-alloy-api.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>;
const SIGNAL = new AbortController().signal;
const METRICS = (sent: number): string =>
  `alloy_build_info{version="v1.18.0"} 1\nprometheus_remote_storage_samples_total{component_id="prometheus.remote_write.a",remote_name="r",url="u"} ${sent}\n`;

const agentOf = (pod: string, more: Partial<Agent> = {}): Agent => ({
  ...{ context: 'central', namespace: 'monitoring', pod, ready: true, port: 12345, alsoKnownAs: [] },
  ...more,
});
const answer = (text: string, atUnix: number): Answered => ({ ok: true, status: 200, headers: {}, text, atUnix });

/** Agents behind an API server; `through` is what stands behind its hops. */
function behind(through: (hop: string, asked: Asked) => Answered | Promise<Answered>, deadlineMs?: number) {
  let nowUnix = 1000;
  const exchange: Exchange = async () => ({ ok: false, kind: 'not-found', said: 'nothing here' });
  const clients = makeClients({
    exchanges: {},
    clusters: [{ context: 'central', exchange, namespaces: [], through: async (hop, asked) => through(hop, asked) }],
    clock: { now: () => nowUnix, said: () => undefined },
    deadlineMs,
  });
  return { agents: clients.agents, wait: (seconds: number) => (nowUnix += seconds), now: () => nowUnix };
}

describe('scraping through the API server', () => {
  test('the pod’s own hop is asked, and nothing else', async () => {
    const hops: string[] = [];
    const { agents } = behind((hop, asked) => {
      hops.push(`${hop} ${asked.method} ${asked.path} ${asked.tenant}`);
      return answer(METRICS(1), 1000);
    });
    valueIn(await agents.scrapeTwice(agentOf('alloy-0'), SIGNAL));
    valueIn(await agents.scrapeTwice(agentOf('alloy-0', { namespace: 'other', port: 80 }), SIGNAL));
    expect(hops).toEqual([
      '/api/v1/namespaces/monitoring/pods/alloy-0:12345/proxy GET /metrics null',
      '/api/v1/namespaces/other/pods/alloy-0:80/proxy GET /metrics null',
    ]);
  });

  test('the scrape before is remembered, if it is old enough to make a rate', async () => {
    let sent = 0;
    const world = behind(() => {
      sent += 10;
      return answer(METRICS(sent), world.now());
    });
    const scrape = async () => valueIn(await world.agents.scrapeTwice(agentOf('alloy-0'), SIGNAL));
    expect((await scrape()).before).toBeUndefined();
    world.wait(4);
    expect((await scrape()).before).toBeUndefined();
    world.wait(6);
    expect((await scrape()).before?.atUnix).toBe(1000);
    world.wait(15);
    expect((await scrape()).before?.atUnix).toBe(1010);
    world.wait(600);
    expect((await scrape()).before).toBeUndefined();
  });

  test('the lag of each scrape is remembered, so that it can be drawn without Mimir', async () => {
    let highest = 2000;
    const world = behind(() => {
      const of = (name: string, value: number, labels = 'remote_name="r",url="u"') =>
        `prometheus_remote_storage_${name}{${labels}} ${value}\n`;
      const lags = of('queue_highest_timestamp_seconds', highest) + of('queue_highest_sent_timestamp_seconds', 1990);
      return answer(`prometheus_build_info{version="3"} 1\n${of('samples_total', highest)}${lags}`, world.now());
    });
    for (const seconds of [0, 15, 15, 15]) {
      world.wait(seconds);
      highest += seconds;
      await world.agents.scrapeTwice(agentOf('alloy-0'), SIGNAL);
    }
    const { now, lagOf } = valueIn(await world.agents.scrapeTwice(agentOf('alloy-0'), SIGNAL));
    expect(lagOf(now.reading.queues[0]?.id ?? '')).toEqual([
      [1000, 10],
      [1015, 25],
      [1030, 40],
      [1045, 55],
    ]);
    expect(lagOf('another queue')).toEqual([]);
    for (let round = 0; round < 60; round++) {
      world.wait(15);
      await world.agents.scrapeTwice(agentOf('alloy-0'), SIGNAL);
    }
    expect(lagOf(now.reading.queues[0]?.id ?? '')).toHaveLength(40);
  });

  test('at most eight at once, and one that hangs costs its own deadline only', async () => {
    let running = 0;
    let most = 0;
    const { agents } = behind(async (hop) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, hop.includes('/alloy-3:') ? 10_000 : 2));
      running -= 1;
      return answer(METRICS(1), 1000);
    }, 150);
    const pods = Array.from({ length: 60 }, (_, index) => `alloy-${index}`);
    const answers = await Promise.all(pods.map((pod) => agents.scrapeTwice(agentOf(pod), SIGNAL)));
    expect(most).toBeLessThanOrEqual(8);
    expect(answers.filter(({ ok }) => !ok)).toHaveLength(1);
    expect(answers[3]).toMatchObject({
      ok: false,
      fault: { kind: 'timeout', source: { backend: 'agent', place: 'central' } },
    });
    expect(faultOf(answers[3]!).said).toMatch(/^alloy-3: /);
  });

  test('an agent nobody knows a way to is unreachable, not silent', async () => {
    const { agents } = behind(() => answer(METRICS(1), 1000));
    expect(faultOf(await agents.scrapeTwice(agentOf('alloy-0', { context: 'elsewhere' }), SIGNAL)).kind).toBe(
      'unreachable',
    );
  });
});

describe('Alloy’s own API', () => {
  const { agents } = behind((_hop, asked) =>
    answer(JSON.stringify(API[asked.path.endsWith('/components') ? 'components' : 'component']), 1000),
  );

  test('components with health and where they send', async () => {
    expect(valueIn(await agents.components(agentOf('alloy-0'), SIGNAL))).toMatchObject([
      {
        id: 'loki.source.kubernetes.pods',
        health: 'unhealthy',
        message: 'component failed: forbidden',
        sendsTo: ['loki.write.loki'],
      },
      { id: 'prometheus.remote_write.mimir', health: 'healthy' },
    ]);
  });

  test('arguments are shown as Alloy writes them, secrets as it hides them', async () => {
    const found = valueIn(await agents.component(agentOf('alloy-0'), 'prometheus.remote_write.mimir', SIGNAL));
    expect(found.arguments).toEqual([
      'endpoint {',
      '  url = "http://mimir/api/v1/push"',
      '  headers = { "X-Scope-OrgID" = "prod" }',
      '  bearer_token = (secret)',
      '  queue_config {',
      '    max_shards = 50',
      '  }',
      '}',
    ]);
    expect(found.exports).toEqual(['receiver = capsule("storage.Appendable")']);
  });

  test('a password in a URL is shown neither', async () => {
    const { agents } = behind(() =>
      answer(JSON.stringify(API.component).replace('http://mimir/', 'http://me:hunter2@mimir/'), 1000),
    );
    const found = valueIn(await agents.component(agentOf('alloy-0'), 'prometheus.remote_write.mimir', SIGNAL));
    expect(found.arguments[1]).toBe('  url = "http://me:xxxxx@mimir/api/v1/push"');
  });

  test('where it is not as it was, that is a fault and no more', async () => {
    const other = behind(() => answer('404 page not found', 1000)).agents;
    expect(faultOf(await other.components(agentOf('alloy-0'), SIGNAL)).kind).toBe('shape');
  });
});

test.each(['/-/reload', '/-/quit', '/debug/pprof/profile', '/api/v0/web/components/a/b', '/api/v1/push'])(
  '%s of an agent is never sent',
  (path) => {
    expect(mayGoOut({ component: 'agent/alloy-0', method: 'GET', path }).ok).toBe(false);
  },
);
