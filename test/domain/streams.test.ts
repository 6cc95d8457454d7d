import { expect, test } from 'vitest';
import { savings } from '../../src/domain/culprit.ts';
import { countStreams, judgeStreams } from '../../src/domain/streams.ts';

const stream = (service: string, pod: number, trace = '') => ({
  service,
  pod: `p${pod}`,
  ...(trace ? { trace_id: trace } : {}),
});
const LABELS = ['service', 'pod', 'trace_id'];

test('streams are counted by their index labels, whatever else the list carries', () => {
  const { streams } = countStreams(
    [
      { ...stream('a', 1), extra: 'x' },
      { ...stream('a', 1), extra: 'y' },
    ],
    LABELS,
  );
  expect(streams).toBe(1);
});

test('an id as an index label is bad, with what it costs', () => {
  const { streams, counts } = countStreams(
    [stream('a', 1), ...Array.from({ length: 40 }, (_, index) => stream('a', 1 + (index % 2), `t${index}`))],
    LABELS,
  );
  expect(judgeStreams(counts)).toMatchObject({ verdict: 'bad', because: expect.stringContaining('trace_id') });
  expect(savings(streams, counts)[0]).toMatchObject({ label: 'trace_id', values: 40, seriesSaved: 39 });
});

test('many pods are no fault, many values of another label are a warning', () => {
  const pods = Array.from({ length: 300 }, (_, index) => stream('a', index));
  expect(judgeStreams(countStreams(pods, LABELS).counts).verdict).toBe('good');
  const services = Array.from({ length: 300 }, (_, index) => stream(`s${index}`, 1));
  expect(judgeStreams(countStreams(services, LABELS).counts).verdict).toBe('warn');
});

test('no streams is not good', () => {
  expect(judgeStreams([]).verdict).toBe('unknown');
});
