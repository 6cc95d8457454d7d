import { describe, expect, test } from 'vitest';
import errors from '../fixtures/errors-recorded.json' with { type: 'json' };
import made from '../fixtures/made-tempo.json' with { type: 'json' };
import recorded from '../fixtures/tempo-recorded.json' with { type: 'json' };
import { answerOf, faultOf, scripted, valueIn } from './scripted.ts';
import { never, tenantOf, WINDOW } from './server.ts';

const T = tenantOf('production-us-east');
const ID = 'dc33834213727dee6c65ab2a66418dc0';
const tempoWith = (...fixtures: Parameters<typeof answerOf>[0][]) => {
  const { asked, clients } = scripted(...fixtures.map((fixture) => answerOf(fixture)));
  return { asked, tempo: clients.tempo(T) };
};

describe('a trace', () => {
  test('of v2: base64 ids are hex, times are exact, spans by start', async () => {
    const trace = valueIn(await tempoWith(recorded.traceV2).tempo.trace(ID, never()));
    expect(trace).toMatchObject({ traceId: ID, startNanos: 1_795_448_102_735_167_488n, durationSeconds: 2.168572928 });
    expect(trace.spans).toHaveLength(10);
    expect(trace.spans[0]).toMatchObject({
      spanId: '7f10a371c189a9b3',
      parentId: '',
      service: 'frontend',
      name: 'POST /checkout',
      kind: 'server',
      startSeconds: 0,
      durationSeconds: 2.168572928,
      error: false,
      attributes: { 'http.response.status_code': '200' },
      resource: { 'k8s.pod.name': 'frontend-92b21dfb-0cd68' },
    });
    expect(trace.spans[1]).toMatchObject({ parentId: '7f10a371c189a9b3', startSeconds: 0.000999936, kind: 'client' });
    const starts = trace.spans.map(({ startSeconds }) => startSeconds);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
  });

  test('of v1: batches, and what failed says why', async () => {
    const trace = valueIn(await tempoWith(recorded.traceV1).tempo.trace('79807c89da2997d00f3156af3c684f8c', never()));
    expect(trace.spans[0]).toMatchObject({ error: true, said: expect.stringContaining('connection pool exhausted') });
  });

  test('an empty 200 is "not found"', async () => {
    expect(recorded.traceGone.status).toBe(200);
    const fault = faultOf(await tempoWith(recorded.traceGone).tempo.trace('bad', never()));
    expect(fault).toMatchObject({ kind: 'not-found', status: 200, tenant: 'production-us-east' });
  });

  test('an old Tempo, which does not know v2, is asked by v1', async () => {
    const { tempo, asked } = tempoWith(errors['not-a-path'], recorded.traceV1);
    valueIn(await tempo.trace('79807c89da2997d00f3156af3c684f8c', never()));
    expect(asked.map(({ path }) => path)).toEqual([
      '/api/v2/traces/79807c89da2997d00f3156af3c684f8c',
      '/api/traces/79807c89da2997d00f3156af3c684f8c',
    ]);
    const gone = tempoWith(errors['not-a-path'], errors['trace-not-found/v1']);
    expect(faultOf(await gone.tempo.trace('bad', never()))).toMatchObject({ kind: 'not-found', status: 404 });
  });

  test('cut by a limit: there, with a gap that says which', async () => {
    const result = await tempoWith(made.partial).tempo.trace(ID, never());
    expect(valueIn(result).spans).toHaveLength(1);
    expect(result).toMatchObject({
      gaps: [{ kind: 'limit', said: 'the trace is incomplete: trace exceeds max size (max bytes: 5000000)' }],
    });
  });

  test('in OTLP JSON: hex ids, enums as numbers, bare integers without loss', async () => {
    const trace = valueIn(await tempoWith(made.otlpJson).tempo.trace(ID, never()));
    expect(trace.startNanos).toBe(1_795_448_102_735_167_489n);
    expect(trace.spans[0]).toMatchObject({
      spanId: '7f10a371c189a9b3',
      parentId: '',
      kind: 'server',
      error: true,
      name: 'GET "startTimeUnixNano": 5',
      durationSeconds: 2e-9,
      attributes: { big: '9007199254740993' },
    });
  });

  test('with zeros left out, every kind of attribute, and events', async () => {
    const trace = valueIn(await tempoWith(made.sparse).tempo.trace('1', never()));
    expect(trace.traceId).toBe('00000000000000000000000000000001');
    expect(trace.startNanos).toBe(1_795_448_102_000_000_000n);
    expect(trace.durationSeconds).toBe(1.5);
    const root = trace.spans.find(({ parentId }) => parentId === '');
    expect(root).toMatchObject({ spanId: '0000000000000001', service: '', name: '', kind: 'unspecified' });
    expect(root?.attributes).toEqual({
      empty: '',
      none: '',
      yes: 'true',
      half: '0.5',
      big: '9223372036854775807',
      list: '["a","1"]',
      map: '{"k":"v"}',
    });
    expect(root?.events).toEqual([{ name: 'exception', atSeconds: 1, attributes: { 'exception.message': 'boom' } }]);
    expect(trace.spans.filter(({ parentId }) => parentId !== '').map(({ durationSeconds }) => durationSeconds)).toEqual(
      [0, 0],
    );
  });

  test('an id that is none is not sent', async () => {
    const { tempo, asked } = tempoWith(recorded.traceV2);
    expect(faultOf(await tempo.trace('../../flush', never()))).toMatchObject({ kind: 'bad-query' });
    expect(asked).toEqual([]);
  });

  test('another answer is no trace', async () => {
    expect(faultOf(await tempoWith({ body: { data: [] } }).tempo.trace(ID, never())).kind).toBe('shape');
  });
});

describe('a search', () => {
  test('counts spans and tells errors from the statistics', async () => {
    const [slow, failed] = valueIn(await tempoWith(recorded.search).tempo.search('x', WINDOW, 20, never()));
    expect(slow).toEqual({
      traceId: ID,
      service: 'frontend',
      name: 'POST /checkout',
      startNanos: 1_795_448_102_735_167_488n,
      durationSeconds: 2.168,
      spans: 10,
      error: false,
    });
    expect(failed?.error).toBe(true);
  });

  test('pads ids that came with their zeros stripped', async () => {
    const window = { startUnix: 1_795_446_975, endUnix: 1_795_447_275 };
    const [trace] = valueIn(await tempoWith(recorded.searchStripped).tempo.search('{}', window, 1, never()));
    expect(recorded.searchStripped.body.traces[0]?.traceID).toHaveLength(31);
    expect(trace?.traceId).toBe('03b14de183b0173902bb76142f0b9e85');
  });

  test('nothing is an answer', async () => {
    expect(valueIn(await tempoWith(recorded.searchNothing).tempo.search('x', WINDOW, 20, never()))).toEqual([]);
  });

  test('durations that are missing, no statistics, and traces of another time', async () => {
    const found = valueIn(await tempoWith(made.searchSparse).tempo.search('x', WINDOW, 20, never()));
    expect(
      found.map(({ traceId, durationSeconds, spans, error }) => [
        traceId.replace(/^0+/, ''),
        durationSeconds,
        spans,
        error,
      ]),
    ).toEqual([
      ['abc', 0.0008, 7, undefined],
      ['def', 0, 0, undefined],
    ]);
    expect(found[0]?.startNanos).toBe(1_795_448_102_735_167_489n);
  });

  test('values of a tag', async () => {
    expect(
      valueIn(await tempoWith(recorded.tagValues).tempo.tagValues('resource.service.name', WINDOW, never())),
    ).toEqual(['frontend', 'checkout', 'cart', 'catalog', 'shipping', 'payments']);
  });
});
