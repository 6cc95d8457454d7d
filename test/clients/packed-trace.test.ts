import { describe, expect, test } from 'vitest';
import { decodeTrace } from '../../src/clients/decode-trace.ts';
import { decodeTracePacked } from '../../src/clients/pack-trace.ts';
import { unpackTrace } from '../../src/clients/packed-trace.ts';
import { layOut } from '../../src/domain/critical-path.ts';
import type { PlacedSpan, Span, Trace } from '../../src/domain/trace.ts';
import made from '../fixtures/made-tempo.json' with { type: 'json' };
import recorded from '../fixtures/tempo-recorded.json' with { type: 'json' };

const spanIn = (span: Span) => ({
  spanId: span.spanId,
  parentId: span.parentId,
  service: span.service,
  name: span.name,
  kind: span.kind,
  startSeconds: span.startSeconds,
  durationSeconds: span.durationSeconds,
  error: span.error,
  said: span.said,
  attributes: span.attributes,
  resource: span.resource,
  events: span.events,
});

const placedIn = (span: PlacedSpan) => ({
  ...spanIn(span),
  again: span.again,
  depth: span.depth,
  childCount: span.childCount,
  selfSeconds: span.selfSeconds,
  onCriticalPath: span.onCriticalPath,
  criticalSeconds: span.criticalSeconds,
});

const whole = (trace: Trace) => {
  const { spans, culprit } = layOut(trace);
  return { ...trace, spans: trace.spans.map(spanIn), laid: { spans: spans.map(placedIn), culprit } };
};

const ID = '0af7651916cd43dd8448eb211c80319c';
const textsIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const text = JSON.stringify(value);
  const own = 'trace' in value || 'batches' in value || 'resourceSpans' in value ? [text] : [];
  return [...own, ...Object.values(value).flatMap(textsIn)];
};

describe('a packed trace is the trace', () => {
  const texts = [...textsIn(recorded), ...textsIn(made)].filter((text) => decodeTrace(text, ID).ok);

  test('there are recorded ones to hold it to', () => expect(texts.length).toBeGreaterThan(2));

  test.each(texts.map((text, at) => [at, text] as const))('number %i of the recordings', (_at, text) => {
    const plain = decodeTrace(text, ID);
    const packed = decodeTracePacked(text, ID);
    if (!plain.ok || !packed.ok) throw new Error('no trace');
    expect(whole(unpackTrace(packed.value))).toEqual(whole(plain.value));
    expect(packed.gaps).toEqual(plain.gaps);
  });

  test('with everything a span can have', () => {
    const attribute = (key: string, value: object) => ({ key, value });
    const span = (spanId: string, parentSpanId: string, more: object) => ({
      spanId,
      parentSpanId,
      name: `span ${spanId} ✗ 支払い`,
      startTimeUnixNano: '1795448000123456789',
      endTimeUnixNano: '1795448000223456790',
      ...more,
    });
    const text = JSON.stringify({
      resourceSpans: [
        {
          resource: {
            attributes: [attribute('service.name', { stringValue: 'π' }), attribute('__proto__', { intValue: '7' })],
          },
          scopeSpans: [
            {
              spans: [
                span('00000000000000a1', '', { status: { code: 2, message: 'said “no”' } }),
                span('00000000000000a2', '00000000000000a1', {
                  kind: 3,
                  attributes: [attribute('list', { arrayValue: { values: [{ intValue: '1' }] } })],
                  events: [
                    {
                      name: 'retry',
                      timeUnixNano: '1795448000150000001',
                      attributes: [attribute('n', { intValue: 2 })],
                    },
                  ],
                }),
                // As Zipkin has them: two spans of one id; and one whose parent never came.
                span('00000000000000a2', '00000000000000a1', { startTimeUnixNano: '1795448000133456789' }),
                span('00000000000000a4', '00000000000000ff', { startTimeUnixNano: undefined }),
              ],
            },
          ],
        },
      ],
    });
    const [plain, packed] = [decodeTrace(text, ID), decodeTracePacked(text, ID)];
    if (!plain.ok || !packed.ok) throw new Error('no trace');
    expect(whole(unpackTrace(packed.value))).toEqual(whole(plain.value));
    expect(plain.value.spans.find(({ events }) => events.length > 0)?.events[0]?.atSeconds).toBeCloseTo(0.026543212, 9);
  });

  test.each([
    '',
    '{}',
    '{"trace":{}}',
    '{"status":"error"}',
    'nonsense',
    '{"trace":{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"?"}]}]}]}}',
  ])('what is no trace is refused with the same words: %s', (text) =>
    expect(decodeTracePacked(text, ID)).toEqual(decodeTrace(text, ID)),
  );
});
