import { describe, expect, test } from 'vitest';
import { chosenOf } from '../../scripts/cut-choose.ts';
import type { Kept } from '../../scripts/cut-read.ts';
import { slim } from '../../scripts/slim-answer.ts';
import { type HarEntry, headOf } from '../../src/tape/entry.ts';
import { shelfKeyOf } from '../../src/tape/shelf.ts';

const START = 1_795_520_000;
const SPAN = { from: 60, to: 600, at: 500, every: 30 };

/** One exchange so many seconds into the night. */
function asked(second: number, url: string, text = `answer of ${second}`, trace?: string): Kept {
  const entry: HarEntry = {
    _component: url.startsWith('http://tempo') ? 'tempo' : 'mimir',
    _tenant: 'north',
    startedDateTime: new Date((START + second) * 1000).toISOString(),
    request: { method: 'GET', url, headers: [] },
    response: { status: 200, headers: [], content: { mimeType: 'application/json', text } },
  };
  const head = headOf(Buffer.from(JSON.stringify(entry)));
  if (head === undefined) throw new Error('no entry');
  return { head, key: shelfKeyOf(head), entry, second, ...(trace === undefined ? {} : { trace }) };
}

const up = (second: number): Kept =>
  asked(second, `http://mimir/prometheus/api/v1/query?query=up&time=${START + second}`);

describe('what a demo keeps of a recording', () => {
  test('one answer a round, counted from the one that stands where it opens, and the one before the first round', () => {
    const every = Array.from({ length: 61 }, (_, index) => up(index * 10));
    const seconds = chosenOf(every, SPAN).asked.map(({ second }) => second);
    expect(seconds).toContain(500);
    expect(new Set(seconds.slice(1).map((second, index) => second - (seconds[index] ?? 0)))).toEqual(new Set([30]));
    expect(seconds[0]).toBeLessThanOrEqual(SPAN.from);
    expect(seconds.at(-1)).toBeLessThanOrEqual(SPAN.to);
  });

  test('traces that a screen names come before those that none does, those where it opens first', () => {
    const [far, near, nobody] = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
    const found = (second: number, id = ''): Kept =>
      asked(second, 'http://tempo/api/search?q={}&limit=20', JSON.stringify({ traces: [{ traceID: id }] }));
    const trace = (id = ''): Kept => asked(510, `http://tempo/api/v2/traces/${id}`, `{"trace":"${id}"}`, id);
    const { ids } = chosenOf([found(100, far), found(480, near), trace(nobody), trace(far), trace(near)], SPAN);
    const order = ids.toSorted((left, right) => left.rank - right.rank).map(({ kept }) => kept.trace);
    expect(order).toEqual([near, far, nobody]);
  });

  test('of a page of metrics only what a screen reads', () => {
    const text = 'go_goroutines 7\nprometheus_remote_storage_shards 2\nloki_distributor_replication_factor 3\n';
    const { entry } = asked(1, 'http://agent/metrics', text);
    expect(slim(entry, 'agent/alloy').response.content.text).toBe(
      'prometheus_remote_storage_shards 2\nloki_distributor_replication_factor 3\n',
    );
  });
});
