import { describe, expect, test } from 'vitest';
import recorded from '../fixtures/loki-recorded.json' with { type: 'json' };
import made from '../fixtures/made-loki.json' with { type: 'json' };
import { answerOf, faultOf, scripted, valueIn } from './scripted.ts';
import { never, tenantOf, WINDOW } from './server.ts';

const T = tenantOf('production-us-east');
const lokiWith = (fixture: Parameters<typeof answerOf>[0]) => scripted(answerOf(fixture)).clients.loki(T);

describe('log lines', () => {
  test('of several streams in one order, newest first, to the nanosecond', async () => {
    const lines = valueIn(await lokiWith(recorded.lines).lines('x', WINDOW, { limit: 100 }, never()));
    expect(lines[0]?.atNanos).toBe(1_795_448_130_198_716_160n);
    const times = lines.map(({ atNanos }) => atNanos);
    expect(times).toEqual([...times].sort((a, b) => (a > b ? -1 : 1)));
    expect(new Set(lines.map(({ labels }) => labels.pod)).size).toBe(2);
    expect(lines[0]?.line).toContain('connection pool exhausted');
  });

  test('structured metadata stays apart from index labels', async () => {
    const [line] = valueIn(await lokiWith(recorded.lines).lines('x', WINDOW, { limit: 100 }, never()));
    expect(line?.metadata).toMatchObject({ level: 'error', trace_id: '33ffbd1a1d649e0f06264f11e0a059c9' });
    expect(line?.labels).toMatchObject({ service: 'payments' });
    expect(line?.labels.trace_id).toBeUndefined();
    expect(line?.parsed).toEqual({});
  });

  test('without the flag all is merged into the stream, as Loki 2.9 does always', async () => {
    const [line] = valueIn(await lokiWith(recorded.latest).lines('x', WINDOW, { limit: 1, plain: true }, never()));
    expect(line?.labels).toMatchObject({ service: 'payments', trace_id: '33ffbd1a1d649e0f06264f11e0a059c9' });
    expect(line?.metadata).toEqual({});
  });

  test('either kind of extra may be missing; equal times keep the order of the answer', async () => {
    const lines = valueIn(await lokiWith(made.parsed).lines('x', WINDOW, { limit: 100 }, never()));
    expect(lines.map(({ line }) => line)).toEqual(['c', 'b', 'b2', 'a']);
    expect(lines[1]).toMatchObject({ parsed: { level_extracted: 'warn' }, metadata: {} });
    expect(lines[3]).toMatchObject({ parsed: { status: '500' }, metadata: { trace_id: '1' } });
  });

  test('forward is oldest first', async () => {
    const lines = valueIn(await lokiWith(made.parsed).lines('x', WINDOW, { limit: 2, direction: 'forward' }, never()));
    expect(lines.map(({ line }) => line)).toEqual(['a', 'b']);
  });

  test('the window includes its start and not its end', async () => {
    const window = { startUnix: 1_795_448_129, endUnix: 1_795_448_130 };
    const lines = valueIn(await lokiWith(made.parsed).lines('x', window, { limit: 100 }, never()));
    expect(lines.map(({ line }) => line)).toEqual(['a']);
  });

  test('a metric answer where lines were asked is no log', async () => {
    expect(faultOf(await lokiWith(recorded.levels).lines('x', WINDOW, { limit: 1 }, never())).said).toBe(
      'resultType "matrix" where "streams" was promised',
    );
  });
});

test('the last point of a metric query, which Loki rounds up past the window, holds the newest lines and stays', async () => {
  const series = valueIn(await lokiWith(recorded.levels).series('x', WINDOW, 60, never()));
  expect(series[0]).toEqual({
    labels: { level: 'error' },
    points: [
      [1_795_448_040, 267],
      [1_795_448_100, 216],
      [1_795_448_160, 126],
    ],
  });
});

describe('what exists', () => {
  test('labels, and none where data is absent', async () => {
    expect(valueIn(await lokiWith(recorded.labels).labels(WINDOW, never()))).toContain('service_name');
    expect(recorded.labelsOfNobody.body).toEqual({ status: 'success' });
    expect(valueIn(await lokiWith(recorded.labelsOfNobody).labels(WINDOW, never()))).toEqual([]);
  });

  test('fields, and where they live', async () => {
    const fields = valueIn(await lokiWith(recorded.detectedFields).detectedFields('x', WINDOW, never()));
    expect(fields.slice(0, 2)).toEqual([
      { label: 'level', cardinality: 3, parsers: ['json'] },
      { label: 'detected_level', cardinality: 3, parsers: [] },
    ]);
    expect(valueIn(await lokiWith(made.noFields).detectedFields('x', WINDOW, never()))).toEqual([]);
  });
});
