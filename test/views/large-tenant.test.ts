import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { CARDINALITY_MAX } from '../../src/clients/cardinality.ts';
import { ANSWER_BYTES_MAX } from '../../src/clients/http.ts';
import type { Loaded } from '../../src/domain/result.ts';
import { lastOf } from '../../src/views/arrival.ts';
import type { Params } from '../../src/views/view.ts';
import { clientsOn, never, type Server, startServer, tenantOf } from '../clients/server.ts';
import { viewOf } from '../demo.ts';

const METRICS = 20_000;
const VALUES = 500_000;
const NOW = 1_795_448_131;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

const many = (count: number, name: (at: number) => string, series: (at: number) => number) =>
  Array.from({ length: count }, (_, at) => ({ label_value: name(at), series_count: series(at) }));

/** `cardinality/…`, as Mimir answers: as many entries as were asked for, and no more than 500. */
function counted(url: URL): unknown {
  const limit = Number(url.searchParams.get('limit') ?? 20);
  if (url.pathname.endsWith('/label_names'))
    return {
      label_values_count_total: VALUES + 10,
      label_names_count: 2,
      cardinality: [
        { label_name: 'session', label_values_count: VALUES },
        { label_name: 'step', label_values_count: 10 },
      ],
    };
  const label = url.searchParams.get('label_names[]') ?? '';
  const values = label === '__name__' ? METRICS : VALUES;
  return {
    series_count_total: 900_000,
    labels: [
      {
        label_name: label,
        label_values_count: values,
        series_count: 900_000,
        cardinality: many(
          Math.min(limit, values),
          (at) => `${label}_${at}`,
          (at) => Math.max(1, 400_000 - at),
        ),
      },
    ],
  };
}

/** A query's answer: a growing whole, and a top list as long as it was asked for. */
function queried(url: URL): unknown {
  const query = url.searchParams.get('query') ?? '';
  const top = Number(/^topk\((\d+)/.exec(query)?.[1] ?? 1);
  const points = Array.from({ length: 61 }, (_, at) => [NOW - 900 + at * 15, '900000']);
  const metric = (at: number) => (query.startsWith('topk') ? { __name__: `__name___${at}`, session: `s${at}` } : {});
  const result = Array.from({ length: top }, (_, at) =>
    url.pathname.endsWith('_range')
      ? { metric: metric(at), values: points }
      : { metric: metric(at), value: [NOW, '400000'] },
  );
  return { status: 'success', data: { resultType: url.pathname.endsWith('_range') ? 'matrix' : 'vector', result } };
}

interface Weight {
  limits: number[];
  bytes: number;
}

async function start(answer: (url: URL, response: ServerResponse) => boolean): Promise<Server & { weight: Weight }> {
  const weight: Weight = { limits: [], bytes: 0 };
  const server = await startServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://here');
    if (url.searchParams.has('limit')) weight.limits.push(Number(url.searchParams.get('limit')));
    response.on('close', () => {
      weight.bytes = Math.max(weight.bytes, response.socket?.bytesWritten ?? 0);
    });
    if (answer(url, response)) return;
    const body = url.pathname.includes('/cardinality/')
      ? counted(url)
      : /\/query(_range)?$/.test(url.pathname)
        ? queried(url)
        : undefined;
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? 'not found'));
  });
  stops.push(server.stop);
  return { ...server, weight };
}

async function load(server: Server, id: string, params: Params = {}): Promise<Loaded<unknown>> {
  const loaded = await lastOf(
    viewOf(id).load({
      clients: clientsOn(server, 10_000),
      tenants: [tenantOf('large')],
      params: { tenant: 'large', ...params },
      time: { endUnix: NOW, live: true },
      nowUnix: NOW,
      signal: never(),
    }),
  );
  if (!loaded) throw new Error('nothing was loaded');
  return loaded;
}

const METRIC = { metric: '__name___0' };

describe(`a tenant with ${METRICS} metrics and a label with ${VALUES} values`, () => {
  test('opens with bounded answers: no question asks for more than 500, and what is listed is short', async () => {
    const server = await start(() => false);
    const whole = await load(server, 'cardinality');
    const values = await load(server, 'values', { ...METRIC, label: 'session' });
    expect(whole.rows.length).toBeLessThanOrEqual(60);
    expect(values.rows).toHaveLength(50);
    expect(values.note).toMatch(/50 of 500k values/);
    expect(Math.max(...server.weight.limits)).toBeLessThanOrEqual(CARDINALITY_MAX);
    expect(server.weight.bytes).toBeLessThan(1024 * 1024);
  });

  test('--top lists more, and never more than Mimir gives', async () => {
    const server = await start(() => false);
    expect((await load(server, 'cardinality', { top: '120' })).rows.length).toBeGreaterThan(115);
    await load(server, 'cardinality', { top: '100000' });
    expect(Math.max(...server.weight.limits)).toBe(CARDINALITY_MAX);
  });

  test('its labels are shown without what counting them would cost, and how to ask is said', async () => {
    const server = await start(() => false);
    const labels = await load(server, 'labels', METRIC);
    expect(server.seen.filter(({ url }) => decodeURIComponent(url).includes('count without'))).toEqual([]);
    expect(labels.rows).toMatchObject([
      { label: 'session', values: VALUES, seriesSaved: undefined },
      { label: 'step' },
    ]);
    expect(labels.note).toContain(
      'a label with 500k values: the series behind each label are not counted unless --deep',
    );
  });

  test('without the cardinality API, PromQL is asked for bounded lists too', async () => {
    const server = await start((url, response) => {
      if (!url.pathname.includes('/cardinality/')) return false;
      response.writeHead(400).end('cardinality analysis is disabled for the tenant: large\n');
      return true;
    });
    const whole = await load(server, 'cardinality');
    expect(whole.note).toContain('the cardinality API is off for large: counted by PromQL');
    expect(whole.rows.length).toBeLessThanOrEqual(60);
    const tops = server.seen.flatMap(({ url }) => /query=topk%28(\d+)/.exec(url)?.slice(1, 2) ?? []);
    expect(tops.length).toBeGreaterThan(0);
    expect(Math.max(...tops.map(Number))).toBeLessThanOrEqual(CARDINALITY_MAX);
  });

  test('a server that sends everything is given up at 16 MiB, and the screen says why', async () => {
    const sent = { bytes: 0 };
    const chunk = Buffer.from(
      `${many(
        5000,
        (at) => `session_${at}`,
        () => 1,
      )
        .map((one) => JSON.stringify(one))
        .join(',')},`,
    );
    const server = await start((url, response) => {
      if (!url.pathname.endsWith('/label_values') || url.searchParams.get('label_names[]') !== 'session') return false;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"series_count_total":900000,"labels":[{"label_name":"session","cardinality":[');
      const more = (): void => {
        while (!response.destroyed && sent.bytes < 200 * 1024 * 1024) {
          sent.bytes += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
      };
      more();
      return true;
    });
    const values = await load(server, 'values', { ...METRIC, label: 'session' });
    expect(values.gaps).toMatchObject([{ kind: 'too-large', said: 'the answer is larger than 16 MiB' }]);
    expect(values.rows).toEqual([]);
    // What was in the sockets' buffers had left the server; nothing like the 200 MiB it wanted to send.
    expect(sent.bytes).toBeLessThan(2 * ANSWER_BYTES_MAX);
  });
});
