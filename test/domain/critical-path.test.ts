import { describe, expect, test } from 'vitest';
import { findCulprit, lineageIn, lineageOf, placeSpans } from '../../src/domain/critical-path.ts';
import type { Span, Trace } from '../../src/domain/trace.ts';

/** `id>parent start..end`, `!` at the end for a failed span. */
function traceOf(...texts: string[]): Trace {
  const spans = texts.map((text): Span => {
    const match = /^(\w+)(?:>(\w+))? ([\d.]+)\.\.([\d.]+)(!?)$/.exec(text);
    if (!match) throw new Error(text);
    const [, spanId = '', parentId = '', start, end, error] = match;
    return {
      spanId,
      parentId,
      service: spanId,
      name: spanId,
      kind: 'server',
      startSeconds: Number(start),
      durationSeconds: Number(end) - Number(start),
      error: error === '!',
      said: error === '!' ? `${spanId} broke` : '',
      attributes: {},
      resource: {},
      events: [],
    };
  });
  return {
    traceId: '0'.repeat(32),
    startNanos: 0n,
    durationSeconds: Math.max(...spans.map((span) => span.startSeconds + span.durationSeconds)),
    spans,
  };
}

const round = (value: number) => Math.round(value * 1e6) / 1e6;

describe('self time', () => {
  test.each<[string, string[], Record<string, number>]>([
    ['a leaf is all its own', ['a 0..4'], { a: 4 }],
    ['children in a row', ['a 0..10', 'b>a 1..3', 'c>a 5..9'], { a: 4, b: 2, c: 4 }],
    ['overlapping children count once', ['a 0..10', 'b>a 1..6', 'c>a 4..8'], { a: 3 }],
    ['a child that outlives its parent', ['a 0..4', 'b>a 2..9'], { a: 2, b: 7 }],
    ['a child that began before its parent (skewed clock)', ['a 2..6', 'b>a 0..3'], { a: 3 }],
    ['a child wholly outside takes nothing', ['a 0..4', 'b>a 5..9'], { a: 4 }],
  ])('%s', (_name, spans, self) => {
    const placed = placeSpans(traceOf(...spans));
    for (const [id, seconds] of Object.entries(self))
      expect([id, round(placed.find((span) => span.spanId === id)?.selfSeconds ?? -1)]).toEqual([id, seconds]);
  });
});

describe('critical path', () => {
  test.each<[string, string[], string[]]>([
    ['the child that ended last, not the longest', ['a 0..10', 'long>a 0..6', 'last>a 6..10'], ['a', 'long', 'last']],
    ['of two at once the one that ends last', ['a 0..10', 'b>a 1..5', 'c>a 1..9'], ['a', 'c']],
    ['a background child that outlives the request is cut at its end', ['a 0..4', 'b>a 1..9'], ['a', 'b']],
    ['what starts after the parent ended was not waited for', ['a 0..4', 'b>a 4..9', 'c>a 1..3'], ['a', 'c']],
  ])('%s', (_name, spans, path) => {
    expect(
      placeSpans(traceOf(...spans))
        .filter((span) => span.onCriticalPath)
        .map((span) => span.spanId)
        .sort(),
    ).toEqual([...path].sort());
  });

  test('its parts add up to the root', () => {
    const placed = placeSpans(traceOf('a 0..10', 'b>a 1..5', 'c>a 1..9', 'd>c 2..8', 'e>d 3..4', 'f>d 3.5..7'));
    expect(round(placed.reduce((sum, span) => sum + span.criticalSeconds, 0))).toBe(10);
  });
});

describe('the order of the tree', () => {
  test('parents before children, children by start', () => {
    expect(
      placeSpans(traceOf('c>a 5..6', 'b>a 1..2', 'a 0..10', 'd>b 1..2')).map((span) => [span.spanId, span.depth]),
    ).toEqual([
      ['a', 0],
      ['b', 1],
      ['d', 2],
      ['c', 1],
    ]);
  });
  test('a span whose parent never came is a root beside the others', () => {
    expect(placeSpans(traceOf('b>gone 1..2', 'a 0..10')).map((span) => [span.spanId, span.depth])).toEqual([
      ['a', 0],
      ['b', 0],
    ]);
  });
  test('a loop of parents is shown once and ends', () => {
    expect(
      placeSpans(traceOf('a>b 0..2', 'b>a 0..2'))
        .map((span) => span.spanId)
        .sort(),
    ).toEqual(['a', 'b']);
    expect(placeSpans(traceOf('a>a 0..2')).map((span) => span.spanId)).toEqual(['a']);
  });
  test('100,000 spans in one line of descent do not overflow', () => {
    const spans = Array.from(
      { length: 100_000 },
      (_, index): Span => ({
        spanId: `s${index}`,
        parentId: index === 0 ? '' : `s${index - 1}`,
        service: '',
        name: '',
        kind: '',
        startSeconds: 0,
        durationSeconds: 1,
        error: false,
        said: '',
        attributes: {},
        resource: {},
        events: [],
      }),
    );
    expect(placeSpans({ traceId: '', startNanos: 0n, durationSeconds: 1, spans }).at(-1)?.depth).toBe(99_999);
  });
});

describe('the span to blame', () => {
  test.each<[string, string[], string]>([
    ['the largest own part of the critical path', ['a 0..10', 'b>a 1..9', 'c>b 2..8'], 'c'],
    [
      'where the root failed: who failed first, at the bottom',
      ['a 0..10!', 'b>a 1..9!', 'c>b 2..8!', 'd>b 8..8.5'],
      'c',
    ],
    ['a failure that the root survived (a retry) is not it', ['a 0..10', 'b>a 0..0.1!', 'c>a 0.1..9'], 'c'],
  ])('%s', (_name, spans, culprit) => expect(findCulprit(placeSpans(traceOf(...spans)))?.spanId).toBe(culprit));

  test('says why, in the words of the span', () => {
    expect(findCulprit(placeSpans(traceOf('a 0..10!', 'b>a 1..9!')))?.because).toBe(
      'first to fail: b broke; 80% of the time is its own',
    );
  });
  test('a quick failure after a long wait elsewhere names both', () => {
    expect(findCulprit(placeSpans(traceOf('a 0..10!', 'wait>a 0..9', 'fail>a 9..9.1!')))?.because).toBe(
      'first to fail: fail broke; but wait wait took 90%',
    );
  });
  test('nothing to blame in an empty trace', () => expect(findCulprit([])).toBeUndefined());
});

test('lineage: the span and its parents, nearest first, loops cut', () => {
  expect(lineageOf(traceOf('a 0..9', 'b>a 1..8', 'c>b 2..7').spans, 'c')).toEqual(['c', 'b', 'a']);
  expect(lineageOf(traceOf('a>b 0..9', 'b>a 1..8').spans, 'a')).toEqual(['a', 'b']);
  expect(lineageOf([], 'x')).toEqual([]);
});

test('lineage in a trace that is laid out: the same', () => {
  const trace = traceOf(
    'a 0..9',
    'b>a 1..3',
    'c>b 2..3',
    'd>a 4..8',
    'e>d 5..6',
    'x>lost 1..2',
    'y>z 3..4',
    'z>y 3..4',
  );
  const placed = placeSpans(trace);
  for (const span of placed.filter(({ spanId }) => !'yz'.includes(spanId)))
    expect(lineageIn(placed, span)).toEqual(lineageOf(trace.spans, span.spanId));
  const loop = placed.find(({ spanId }) => spanId === 'z');
  expect(loop && lineageIn(placed, loop)).toEqual(['z', 'y']);
});
