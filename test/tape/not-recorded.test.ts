import { beforeAll, describe, expect, test } from 'vitest';
import type { Asked } from '../../src/domain/exchange.ts';
import { at, loki, nanos, RECORDED, range, TRACE, tempo } from './made-night.ts';
import { ask, bothForms, opened, START, textOf } from './made-tape.ts';

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
      said: RegExp,
    ]
  >([
    ['another query', 50, '/prometheus/api/v1/query?query=down', {}, /query=down as staging; nearest: .*query=up/],
    [
      'another tenant',
      50,
      `/prometheus/api/v1/query?query=up&time=${at(50)}`,
      { tenant: 'edge' },
      /as edge.*nearest: .*as staging/,
    ],
    [
      'another step',
      40,
      range(40, 900, 30),
      {},
      /over 900 s every 30 s at .*; nearest: the same over 900 s every 60 s/,
    ],
    ['another window', 40, range(40, 3600), {}, /over 3600 s/],
    [
      'nothing yet',
      0,
      `/prometheus/api/v1/query_range?query=rate&start=${at(-900)}&end=${at(0)}&step=15`,
      {},
      /first asked at .*after the clock/,
    ],
    ['then: no window covers it', 840, range(30, 1200), {}, /nearest: the same/],
    [
      'then: long after the last round',
      840,
      `/prometheus/api/v1/query?query=up&time=${at(90)}`,
      {},
      /nearest: the same at/,
    ],
    [
      'then: cut by its limit',
      840,
      `/loki/api/v1/query_range?query=cut&limit=3&start=${nanos(0)}&end=${nanos(50)}`,
      loki,
      /query=cut/,
    ],
    ['a trace nobody asked for', 50, '/api/v2/traces/aaaa', tempo, /this id was never asked for/],
    [
      'a component nobody asked',
      50,
      '/metrics',
      { component: 'agent/edge', tenant: null },
      /nothing was asked of agent\/edge/,
    ],
    [
      'error entries answer no one else',
      50,
      `/prometheus/api/v1/query?query=up&time=${at(50)}`,
      { tenant: 'nobody' },
      /as nobody/,
    ],
    [
      'without categorize-labels',
      5,
      `/loki/api/v1/query_range?query=${encodeURIComponent(`{namespace="shop"} | trace_id="${TRACE}"`)}&limit=100`,
      loki,
      /never asked for/,
    ],
  ])('not recorded: %s', async (_what, clock, url, more, said) => {
    const tape = await opened(file, clock);
    const answer = await ask(tape, url, more);
    expect(answer).toMatchObject({ ok: false, kind: 'not-recorded' });
    expect(textOf(answer)).toMatch(said);
    await tape.close();
  });

  test('an answer about now that is older than three rounds says so, one that is not does not', async () => {
    const young = await opened(file, 105);
    expect(await ask(young, `/prometheus/api/v1/query?query=up&time=${at(105)}`)).not.toHaveProperty('stale');
    const old = await opened(file, 106);
    expect(await ask(old, `/prometheus/api/v1/query?query=up&time=${at(106)}`)).toMatchObject({
      text: '"at 60"',
      atUnix: at(60),
      stale: expect.stringMatching(/15:22:00Z, 46 s before/),
    });
    const trace = await opened(file, 840);
    expect(await ask(trace, `/api/v2/traces/${TRACE}`, tempo)).not.toHaveProperty('stale');
  });

  test('an answer over its cap, and a question that is no longer wanted', async () => {
    const tape = await opened(file, 50);
    expect(await ask(tape, '/prometheus/api/v1/query?query=up', { bytesMax: 3 })).toMatchObject({
      ok: false,
      kind: 'too-large',
    });
    const asked = {
      component: 'mimir',
      identity: '',
      method: 'GET',
      path: '/',
      params: [],
      tenant: null,
      headers: {},
      deadlineMs: 1,
      bytesMax: 1,
    } as const;
    expect(await tape.exchange(asked, AbortSignal.abort())).toMatchObject({ ok: false, kind: 'cancelled' });
  });

  test('the answer keeps what the server said', async () => {
    const tape = await opened(file, 50);
    const answer = await ask(tape, '/prometheus/api/v1/query?query=up', { tenant: null });
    expect(answer).toMatchObject({
      ok: true,
      status: 401,
      atUnix: at(26),
      headers: { 'content-type': 'application/json' },
    });
    await tape.close();
  });

  test('the header names who was asked; errors and further entries add no tenant', async () => {
    const { header } = await opened(file, 50);
    expect(header.tenants).toEqual(['staging']);
    expect([...header.backends].sort()).toEqual(['agent', 'kubernetes', 'loki', 'mimir', 'tempo']);
    expect(header).toMatchObject({ context: 'central', fromUnix: START });
  });
});
