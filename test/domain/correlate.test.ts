import { describe, expect, test } from 'vitest';
import {
  exemplarsToShow,
  learnLogKeys,
  levelOf,
  messageOf,
  missingTrace,
  namespacesOfTrace,
  spanIdOf,
  traceIdOf,
  windowOfTrace,
} from '../../src/domain/correlate.ts';
import type { LogLine } from '../../src/domain/log.ts';
import { linesWithId, streams, traceSearch, troubleLines } from '../../src/domain/questions.ts';

const line = (change: Partial<LogLine>): LogLine => ({
  atNanos: 0n,
  line: '',
  labels: {},
  metadata: {},
  parsed: {},
  ...change,
});

describe('how a tenant joins its logs is learned', () => {
  test.each<[string, string[], { label: string; parsers: string[] }[], object, string[]?]>([
    [
      'in the body and in the metadata of a real line',
      ['namespace'],
      [{ label: 'trace_id', parsers: ['json'] }],
      { traceId: { in: 'metadata', key: 'trace_id' }, levelKey: 'level' },
      ['trace_id', 'level'],
    ],
    [
      'the reference setup: trace_id in structured metadata',
      ['namespace', 'service', 'service_name'],
      [
        { label: 'trace_id', parsers: [] },
        { label: 'span_id', parsers: [] },
        { label: 'level', parsers: [] },
      ],
      {
        namespaceLabel: 'namespace',
        serviceLabel: 'service',
        traceId: { in: 'metadata', key: 'trace_id' },
        spanId: { in: 'metadata', key: 'span_id' },
        levelKey: 'level',
      },
    ],
    [
      'OTLP ingestion',
      ['k8s_namespace_name', 'service_name'],
      [{ label: 'trace_id', parsers: [] }],
      { namespaceLabel: 'k8s_namespace_name', serviceLabel: 'service_name', levelKey: 'detected_level' },
    ],
    [
      'an index label, as it should not be',
      ['trace_id', 'service'],
      [],
      { traceId: { in: 'metadata', key: 'trace_id' }, namespaceLabel: undefined },
    ],
    [
      'only in the JSON body',
      ['namespace'],
      [{ label: 'traceId', parsers: ['json'] }],
      { traceId: { in: 'json', key: 'traceId' } },
    ],
    ['nobody knows: the text is searched', ['namespace'], [], { traceId: { in: 'text' }, spanId: { in: 'text' } }],
  ])('%s', (_name, labels, fields, keys, carried) =>
    expect(learnLogKeys(labels, fields, carried ?? [])).toMatchObject(keys),
  );

  test.each([
    [{ in: 'metadata', key: 'trace_id' } as const, '{namespace="shop"} | trace_id="ab"'],
    [{ in: 'json', key: 'traceId' } as const, '{namespace="shop"} | json | traceId="ab"'],
    [{ in: 'text' } as const, '{namespace="shop"} |= "ab"'],
  ])('asked as %j', (place, query) => expect(linesWithId('{namespace="shop"}', place, 'ab')).toBe(query));

  test('several namespaces, a service, and what warns', () => {
    expect(streams({ namespaceLabel: 'namespace', namespaces: ['a', 'b.c'] })).toBe('{namespace=~"a|b\\\\.c"}');
    expect(
      streams({ namespaceLabel: 'namespace', namespaces: ['shop'], serviceLabel: 'service', service: 'car"t' }),
    ).toBe('{namespace="shop", service="car\\"t"}');
    expect(troubleLines('{namespace="shop"}', 'level')).toBe('{namespace="shop"} | level=~"warn|error"');
  });
});

test.each([
  [{ service: 'cart', min: '500ms' }, '{ resource.service.name="cart" && duration > 500ms } with (most_recent=true)'],
  [{ min: '1s' }, '{ duration > 1s } with (most_recent=true)'],
  [{ errors: true }, '{ status = error } with (most_recent=true)'],
  [{ name: 'GET "/x"' }, '{ name="GET \\"/x\\"" } with (most_recent=true)'],
])('search %j', (wanted, question) => expect(traceSearch(wanted)).toBe(question));

describe('levels', () => {
  test.each<[string, Partial<LogLine>, string]>([
    ['structured metadata', { metadata: { level: 'warn' } }, 'warn'],
    ["Loki's guess where nothing else is known", { line: 'oops', metadata: { detected_level: 'error' } }, 'error'],
    [
      "Python's levelname goes before Loki's guess from the text",
      { line: '{"message":"info about a failure","levelname":"ERROR"}', metadata: { detected_level: 'info' } },
      'error',
    ],
    ['critical is fatal', { line: '{"severity":"CRITICAL"}' }, 'fatal'],
    ['nothing known is unknown, not info', { line: 'hello' }, 'unknown'],
  ])('%s', (_name, change, level) => expect(levelOf(line(change))).toBe(level));
});

describe('what a person reads', () => {
  test.each([
    [
      '{"level":"error","msg":"charge failed","trace_id":"ab","span_id":"cd","duration_ms":4871.5}',
      'charge failed  duration_ms=4871.5',
    ],
    ['{"message":"hi","nested":{"a":1}}', 'hi  nested={"a":1}'],
    ['plain text', 'plain text'],
    ['{"no":"message"}', '{"no":"message"}'],
    ['{broken', '{broken'],
    ['[1,2]', '[1,2]'],
  ])('%s', (text, message) => expect(messageOf(text)).toBe(message));
});

describe('ids on a line', () => {
  const id = '79807c89da2997d00f3156af3c684f8c';
  test.each<[string, Partial<LogLine>]>([
    ['metadata', { metadata: { trace_id: id } }],
    ['index label', { labels: { traceID: id } }],
    ['JSON body', { line: `{"traceId":"${id.toUpperCase()}"}` }],
    ['parsed', { parsed: { TraceID: id } }],
  ])('from %s', (_name, change) => expect(traceIdOf(line(change))).toBe(id));
  test('what is no id is none', () =>
    expect([traceIdOf(line({ metadata: { trace_id: 'none' } })), spanIdOf(line({}))]).toEqual(['', '']));
});

test('a trace is looked for around its own time and in its own namespaces', () => {
  const span = (namespace: string) => ({
    spanId: 'a',
    parentId: '',
    service: '',
    name: '',
    kind: '',
    startSeconds: 0,
    durationSeconds: 1,
    error: false,
    said: '',
    attributes: {},
    resource: { 'k8s.namespace.name': namespace },
    events: [],
  });
  const trace = {
    traceId: '',
    startNanos: 1_795_447_914_546_066_688n,
    durationSeconds: 4.885,
    spans: [span('shop'), span('shop'), span('bank'), { ...span(''), resource: {} }],
  };
  expect(windowOfTrace(trace)).toEqual({ startUnix: 1_795_447_854, endUnix: 1_795_448_039 });
  expect(namespacesOfTrace(trace)).toEqual(['shop', 'bank']);
});

describe('exemplars', () => {
  const one = (value: number, atUnix: number, traceId = `t${value}`) => ({
    seriesLabels: {},
    labels: {},
    traceId,
    value,
    atUnix,
  });
  test('the worst and the newest, worst first, each once, none without a trace', () => {
    const all = [one(1, 10), one(5, 1), one(2, 9), one(4, 2), one(3, 3), one(9, 9, '')];
    expect(exemplarsToShow(all, 2).map((exemplar) => exemplar.value)).toEqual([5, 4, 2, 1]);
    expect(exemplarsToShow([one(1, 1), one(1, 1)], 2)).toHaveLength(1);
  });
  test.each([
    [59, 'pending'],
    [60, 'no'],
    [3600, 'no'],
  ])('a missing trace %d s after its exemplar: %s', (age, exists) =>
    expect(missingTrace(1000, 1000 + age)).toBe(exists),
  );
});
