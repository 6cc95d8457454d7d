import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openTape, type Tape, type TapeHeader } from '../../src/tape/tape.ts';
import { textOf } from './made-tape.ts';
import {
  askNow,
  EXEMPLARS,
  EXISTS,
  exemplars,
  LINES,
  linesOf,
  PULSE,
  type Recurring,
  SEARCHES,
  SERVICES,
  TENANTS,
  traceOf,
} from './story-questions.ts';

const DEMO = fileURLToPath(new URL('../fixtures/incident-cut.tape', import.meta.url));
const [US] = TENANTS;

async function demoAt(at?: (header: TapeHeader) => number): Promise<Tape> {
  const opened = await openTape(DEMO, { running: false, at });
  if (!opened.ok) throw new Error(opened.because);
  return opened.tape;
}

async function unanswered(tape: Tape, questions: readonly Recurring[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const tenant of TENANTS)
    for (const what of questions) {
      const answer = await askNow(tape, what, tenant);
      if (!answer.ok || answer.stale !== undefined) missing.push(answer.ok ? `${answer.stale}` : answer.said);
    }
  return missing;
}

/** Worst first. */
function exemplarIds(text: string): readonly string[] {
  const answer: { data: { exemplars: { labels: { trace_id: string }; value: string }[] }[] } = JSON.parse(text);
  const all = answer.data
    .flatMap((series) => series.exemplars)
    .sort((left, right) => Number(right.value) - Number(left.value));
  return all.map((one) => one.labels.trace_id);
}

/** Of each search those that the recording followed: five that are slow, five that failed, two of each service. */
async function foundBy(tape: Tape): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const [index, what] of SEARCHES.entries()) {
    const answer: { traces: { traceID: string }[] } = JSON.parse(textOf(await askNow(tape, what, US!)));
    ids.push(...answer.traces.slice(0, index < 2 ? 5 : 2).map((trace) => trace.traceID));
  }
  return ids;
}

describe('the night as it was cut from the recording of others', () => {
  test('is small, and opens twelve minutes into the night with four tenants', async () => {
    expect((await stat(DEMO)).size).toBeLessThanOrEqual(3_000_000);
    const { header, clock, damage } = await demoAt();
    expect(header).toMatchObject({
      context: 'central',
      backends: ['mimir', 'loki', 'tempo', 'kubernetes'],
      tenants: TENANTS,
    });
    expect(clock.now() - header.fromUnix).toBe(720);
    expect(header.toUnix - header.fromUnix).toBeGreaterThan(830);
    expect(damage).toBeUndefined();
  });

  test('the first screen reads a tenth of it at most', async () => {
    const tape = await demoAt();
    expect(await unanswered(tape, [...EXISTS, ...PULSE])).toEqual([]);
    expect(tape.bytesRead() / (await stat(DEMO)).size).toBeLessThanOrEqual(0.1);
  });

  test('has a fresh answer to everything the views ask, from six minutes in to the end of recording', async () => {
    for (const second of [360, 450, 540, 630, 720, 735, 749, 780, 841]) {
      const tape = await demoAt((header) => header.fromUnix + second);
      expect(await unanswered(tape, [...EXISTS, ...PULSE, ...EXEMPLARS, ...SEARCHES, ...LINES])).toEqual([]);
    }
  }, 60_000);

  test('tells its story: the worst exemplars were sampled away, the next one leads to the exhausted pool', async () => {
    const tape = await demoAt();
    const found = await askNow(tape, exemplars('checkout', 'http_server_request_duration_seconds'), US!);
    const bodies: string[] = [];
    for (const id of exemplarIds(textOf(found)).slice(0, 10)) bodies.push(textOf(await traceOf(tape, US!, id)));
    expect(bodies[0]).toBe('{"trace":{}}');
    const alive = bodies.findIndex((body) => body.includes('resourceSpans'));
    expect(alive).toBeGreaterThan(0);
    const id = exemplarIds(textOf(found))[alive] ?? '';
    expect(textOf(await linesOf(tape, US!, 'trace_id', id))).toContain('connection pool exhausted');
  });

  test('every trace that a search lists is there, with its lines', async () => {
    const tape = await demoAt();
    const missing: string[] = [];
    for (const id of await foundBy(tape)) {
      const answers = [await traceOf(tape, US!, id), await linesOf(tape, US!, 'trace_id', id.padStart(32, '0'))];
      for (const answer of answers) if (!answer.ok) missing.push(answer.said);
    }
    expect(missing).toEqual([]);
  });

  test('the ten worst and ten newest exemplars of every service of the slow tenant were looked up', async () => {
    const tape = await demoAt();
    const missing: string[] = [];
    for (const service of SERVICES) {
      const answer = textOf(await askNow(tape, exemplars(service, 'http_server_request_duration_seconds'), US!));
      for (const id of exemplarIds(answer).slice(0, 10)) {
        const trace = await traceOf(tape, US!, id);
        if (!trace.ok) missing.push(trace.said);
      }
    }
    expect(missing).toEqual([]);
  });

  test('answers what it does not hold with not-recorded, and the nearest', async () => {
    const tape = await demoAt();
    const answer = await askNow(
      tape,
      { component: 'mimir', path: '/prometheus/api/v1/query', params: [['query', 'up']], windowSeconds: 0 },
      US!,
    );
    expect(answer).toMatchObject({
      ok: false,
      kind: 'not-recorded',
      said: expect.stringMatching(/query=up as production-us-east at .*; nearest: mimir GET/),
    });
  });
});
