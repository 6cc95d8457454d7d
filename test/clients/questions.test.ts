import { expect, test } from 'vitest';
import type { Clients } from '../../src/clients/clients.ts';
import loki from '../fixtures/loki-recorded.json' with { type: 'json' };
import mimir from '../fixtures/mimir-recorded.json' with { type: 'json' };
import tempo from '../fixtures/tempo-recorded.json' with { type: 'json' };
import { answerOf, type Fixture, lineOf, scripted } from './scripted.ts';
import { never, tenantOf, WINDOW } from './server.ts';

const T = tenantOf('production-us-east');
const NANOS = 'start=1795447231000000000 end=1795448131000000000';
const SECONDS = 'start=1795447231 end=1795448131';
const FLAG = '{"x-loki-response-encoding-flags":"categorize-labels"}';

type Ask = (clients: Clients) => Promise<unknown>;

/** As in the recordings, word for word: a tape answers nothing else. */
const QUESTIONS: readonly (readonly [fixture: Fixture, ask: Ask, line: string])[] = [
  [
    mimir.instant,
    (c) => c.mimir(T).query('up', 1_795_448_131, never()),
    'GET mimir /prometheus/api/v1/query query=up time=1795448131 {}',
  ],
  [
    mimir.range,
    (c) => c.mimir(T).queryRange('up', WINDOW, 15, never()),
    `GET mimir /prometheus/api/v1/query_range query=up ${SECONDS} step=15 {}`,
  ],
  [
    mimir.exemplars,
    (c) => c.mimir(T).exemplars('x_bucket', WINDOW, never()),
    `GET mimir /prometheus/api/v1/query_exemplars query=x_bucket ${SECONDS} {}`,
  ],
  [
    mimir.labelValues,
    (c) => c.mimir(T).labelValues('service', WINDOW, never()),
    `GET mimir /prometheus/api/v1/label/service/values ${SECONDS} {}`,
  ],
  [
    mimir.series,
    (c) => c.mimir(T).series('x_count', WINDOW, never()),
    `GET mimir /prometheus/api/v1/series match[]=x_count ${SECONDS} {}`,
  ],
  [mimir.metadata, (c) => c.mimir(T).metadata(never()), 'GET mimir /prometheus/api/v1/metadata  {}'],
  [
    mimir.heatmap,
    (c) => c.mimir(T).bucketBounds('http_server_request_duration_seconds', 'service="cart"', WINDOW, never()),
    `GET mimir /prometheus/api/v1/query_range query=sum by (le) (increase(http_server_request_duration_seconds_bucket{service="cart"}[1m])) ${SECONDS} step=60 {}`,
  ],
  [
    mimir.allUserStats,
    (c) => c.mimirAdmin.allUserStats(never()),
    'GET mimir/distributor /distributor/all_user_stats  {"accept":"application/json"}',
  ],
  [
    loki.lines,
    (c) => c.loki(T).lines('{a="b"}', WINDOW, { limit: 100 }, never()),
    `GET loki /loki/api/v1/query_range query={a="b"} ${NANOS} limit=100 ${FLAG}`,
  ],
  [
    loki.lines,
    (c) => c.loki(T).lines('{a="b"}', WINDOW, { limit: 100, direction: 'forward' }, never()),
    `GET loki /loki/api/v1/query_range query={a="b"} ${NANOS} limit=100 direction=forward ${FLAG}`,
  ],
  [
    loki.latest,
    (c) => c.loki(T).lines('{a="b"}', WINDOW, { limit: 1, direction: 'backward', plain: true }, never()),
    `GET loki /loki/api/v1/query_range query={a="b"} ${NANOS} limit=1 direction=backward {}`,
  ],
  [
    loki.lines,
    (c) => c.loki(T).lines('{a="b"}', WINDOW, { limit: 99_999 }, never()),
    `GET loki /loki/api/v1/query_range query={a="b"} ${NANOS} limit=5000 ${FLAG}`,
  ],
  [
    loki.levels,
    (c) => c.loki(T).series('sum(x)', WINDOW, 60, never()),
    `GET loki /loki/api/v1/query_range query=sum(x) ${NANOS} step=60 {}`,
  ],
  [loki.labels, (c) => c.loki(T).labels(WINDOW, never()), `GET loki /loki/api/v1/labels ${NANOS} {}`],
  [
    loki.labels,
    (c) => c.loki(T).labelValues('service_name', WINDOW, never()),
    `GET loki /loki/api/v1/label/service_name/values ${NANOS} {}`,
  ],
  [
    loki.detectedFields,
    (c) => c.loki(T).detectedFields('{a="b"}', WINDOW, never()),
    `GET loki /loki/api/v1/detected_fields query={a="b"} ${NANOS} {}`,
  ],
  [
    tempo.traceV2,
    (c) => c.tempo(T).trace('dc33834213727dee6c65ab2a66418dc0', never()),
    'GET tempo /api/v2/traces/dc33834213727dee6c65ab2a66418dc0  {"accept":"application/json"}',
  ],
  // Exemplars and searches strip leading zeros.
  [
    tempo.traceV2,
    (c) => c.tempo(T).trace('3B14de183b0173902bb76142f0b9e85', never()),
    'GET tempo /api/v2/traces/03b14de183b0173902bb76142f0b9e85  {"accept":"application/json"}',
  ],
  [
    tempo.search,
    (c) => c.tempo(T).search('{ a }', WINDOW, 20, never()),
    `GET tempo /api/search q={ a } ${SECONDS} limit=20 spss=3 {}`,
  ],
  [
    tempo.search,
    (c) => c.tempo(T).search('{}', WINDOW, 1, never()),
    `GET tempo /api/search q={} ${SECONDS} limit=1 {}`,
  ],
  [
    tempo.tagValues,
    (c) => c.tempo(T).tagValues('resource.service.name', WINDOW, never()),
    `GET tempo /api/v2/search/tag/resource.service.name/values ${SECONDS} {}`,
  ],
];

test.each(QUESTIONS.map(([fixture, ask, line]) => ({ line, fixture, ask })))(
  '$line',
  async ({ line, fixture, ask }) => {
    const { clients, asked } = scripted(answerOf(fixture));
    const result = (await ask(clients)) as { ok: boolean };
    expect(asked.map(lineOf)).toEqual([line]);
    expect(asked[0]?.tenant).toBe(line.includes('distributor') ? null : 'production-us-east');
    expect(result.ok).toBe(true);
  },
);
