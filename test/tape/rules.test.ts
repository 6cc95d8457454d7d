import { beforeAll, describe, expect, test } from 'vitest';
import type { Asked } from '../../src/domain/exchange.ts';
import { at, logs, loki, nanos, RECORDED, range, SHORT_TRACE, TRACE, tempo } from './made-night.ts';
import { ask, bothForms, opened, textOf } from './made-tape.ts';

describe.each([0, 1])('form %i', (form) => {
  let file = '';
  beforeAll(async () => {
    file = (await bothForms(RECORDED))[form] ?? '';
  });

  test.each<
    [
      what: string,
      clock: number,
      url: string,
      more: Partial<Omit<Asked, 'tenant'>> & { tenant?: string | null },
      answer: string,
    ]
  >([
    ['now: the newest at the clock', 45, `/prometheus/api/v1/query?query=up&time=${at(45)}`, {}, '"at 45"'],
    ['now: never one from after the clock', 44, `/prometheus/api/v1/query?query=up&time=${at(45)}`, {}, '"at 30"'],
    ['now: a console a little behind', 50, `/prometheus/api/v1/query?query=up&time=${at(48)}`, {}, '"at 45"'],
    ['now: no time at all', 50, '/prometheus/api/v1/query?query=up', {}, '"at 45"'],
    ['now: as a form', 50, '/prometheus/api/v1/query', { method: 'POST', body: `query=up&time=${at(50)}` }, '"at 45"'],
    [
      'now: RFC 3339',
      50,
      `/prometheus/api/v1/query?query=up&time=${new Date(at(50) * 1000).toISOString()}`,
      {},
      '"at 45"',
    ],
    ['now: the same window', 40, range(40), {}, '"range 30"'],
    ['now: another window', 40, range(40, 300), {}, '"five minutes"'],
    ['now: another step', 40, range(40, 900, 60), {}, '"every minute"'],
    ['now: a window of a second more', 40, range(40, 901), {}, '"range 30"'],
    [
      'now: the order of parameters is nothing',
      40,
      `/prometheus/api/v1/query_range?step=15&end=${at(40)}&start=${at(-860)}&query=rate`,
      {},
      '"range 30"',
    ],
    ['then: an instant within its round', 840, `/prometheus/api/v1/query?query=up&time=${at(32)}`, {}, '"at 30"'],
    ['then: a window that covers it', 840, range(15, 300), {}, '"range 30"'],
    [
      'then: whole logs',
      840,
      `/loki/api/v1/query_range?query=whole&limit=3&start=${nanos(0)}&end=${nanos(50)}`,
      loki,
      logs(2),
    ],
    [
      'exists: the newest up to the clock',
      300,
      `/prometheus/api/v1/labels?start=${at(0)}&end=${at(300)}`,
      {},
      '"labels at 10"',
    ],
    ['exists: another', 320, `/prometheus/api/v1/labels?start=${at(0)}&end=${at(320)}`, {}, '"labels at 310"'],
    ['exists: else the first after', 5, '/prometheus/api/v1/metadata', {}, '"metadata"'],
    [
      'exists: match[] is match[]',
      320,
      `/prometheus/api/v1/series?match[]=up&start=${at(0)}&end=${at(320)}`,
      {},
      '"series"',
    ],
    ['a trace: the newest up to the clock', 50, `/api/v2/traces/${TRACE}`, tempo, '"not yet"'],
    ['a trace: later', 101, `/api/v2/traces/${TRACE.toUpperCase()}`, tempo, '"the trace"'],
    ['a trace: else the first after', 5, `/api/v2/traces/${TRACE}`, tempo, '"not yet"'],
    ['a trace: no Accept is JSON', 101, `/api/v2/traces/${TRACE}`, { component: 'tempo' }, '"the trace"'],
    [
      'a trace: protobuf is another',
      101,
      `/api/v2/traces/${TRACE}`,
      { component: 'tempo', headers: { accept: 'application/protobuf' } },
      '"protobuf"',
    ],
    ['a trace: leading zeros or not', 101, `/api/v2/traces/${SHORT_TRACE}`, tempo, '"short"'],
    [
      'its lines: whatever the window',
      5,
      `/loki/api/v1/query_range?query=${encodeURIComponent(`{namespace="shop"} | trace_id="${TRACE}"`)}&limit=100&start=${nanos(90)}&end=${nanos(95)}`,
      { component: 'loki', headers: { 'x-loki-response-encoding-flags': 'categorize-labels' } },
      '"its lines"',
    ],
    ['a component of Mimir', 50, '/ingester/ring', { component: 'mimir/distributor', tenant: null }, '"ring"'],
    ['an agent by its tenant', 50, '/metrics', { component: 'agent/staging', tenant: null }, 'metrics'],
    [
      'a cluster',
      50,
      '/api/v1/namespaces/monitoring/pods?limit=500&resourceVersion=0',
      { component: 'kubernetes/central', tenant: null },
      '"pods"',
    ],
    [
      'a cluster, as a table',
      50,
      '/api/v1/namespaces/monitoring/pods?limit=500',
      {
        component: 'kubernetes/central',
        tenant: null,
        headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
      },
      '"table"',
    ],
    [
      'exactly: as the viewer',
      50,
      '/api/v1/namespaces/monitoring/pods?limit=500',
      { component: 'kubernetes/central', tenant: null, identity: 'viewer' },
      '"forbidden"',
    ],
    [
      'exactly: a further entry point',
      50,
      '/prometheus/api/v1/query?query=up',
      { component: 'mimir:defaulting', tenant: null },
      '"as anonymous"',
    ],
    [
      'exactly: behind a prefix, as a user',
      50,
      '/api/v2/search/tags',
      { component: 'tempo:basic', identity: 'oncall' },
      '"tags behind the proxy"',
    ],
    ['exactly: without a tenant', 50, '/prometheus/api/v1/query?query=up', { tenant: null }, 'no org id'],
  ])('%s', async (_what, clock, url, more, answer) => {
    const tape = await opened(file, clock);
    expect(textOf(await ask(tape, url, more))).toBe(answer);
    await tape.close();
  });
});
