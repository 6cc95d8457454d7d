import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseExposition } from '../../src/domain/exposition.ts';
import { measureQueue, type Queue } from '../../src/domain/queues.ts';
import { judgeQueue, type QueueVerdict } from '../../src/domain/queues-judge.ts';
import { type AgentReading, QUEUE_METRICS, readAgent } from '../../src/domain/queues-read.ts';

/** A real Alloy v1.16.3 before the lab's servers, each of its exporters once with and once without a tenant. */
const { scrapes } = JSON.parse(readFileSync(new URL('../fixtures/alloy-recorded.json', import.meta.url), 'utf8')) as {
  readonly scrapes: { readonly names: readonly string[]; readonly rounds: readonly (readonly (number | null)[])[] };
};

function readingAt(round: number): { readonly atUnix: number; readonly agent: AgentReading } {
  const [atUnix, ...values] = scrapes.rounds[round] ?? [];
  const lines = scrapes.names.flatMap((name, at) => (values[at] == null ? [] : [`${name} ${values[at]}\n`]));
  const { samples, brokenLines } = parseExposition(lines.join(''), QUEUE_METRICS);
  expect(brokenLines).toBe(0);
  return { atUnix: atUnix ?? 0, agent: readAgent(samples) };
}

/** Component to queue and verdict, by two scrapes. */
function stateAt(round: number): ReadonlyMap<string, { readonly queue: Queue; readonly judged: QueueVerdict }> {
  const [now, before] = [readingAt(round), readingAt(round - 1)];
  return new Map(
    now.agent.queues.map((reading) => {
      const past = before.agent.queues.find(({ id }) => id === reading.id);
      const earlier = past && { atUnix: before.atUnix, reading: past };
      const queue = measureQueue({ atUnix: now.atUnix, reading }, earlier, now.agent.build);
      return [reading.component, { queue, judged: judgeQueue(queue) }];
    }),
  );
}

const saidOf = (round: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...stateAt(round)].map(([component, { judged }]) => [component, `${judged.verdict} ${judged.cause}`]),
  );

describe('a real Alloy', () => {
  test('says what it is, and has a queue for every exporter that sends: none for signals that nobody sends', () => {
    const { agent } = readingAt(1);
    expect(agent).toMatchObject({ build: { name: 'alloy', version: 'v1.16.3' }, configLoaded: true, unhealthy: 0 });
    expect(agent.queues.map(({ component, signal }) => `${component} ${signal}`).sort()).toEqual([
      'loki.write.bare logs',
      'loki.write.good logs',
      'otelcol.exporter.otlphttp.bare traces',
      'otelcol.exporter.otlphttp.good traces',
      'prometheus.remote_write.bare metrics',
      'prometheus.remote_write.mimir metrics',
    ]);
  });

  test('without a tenant each signal is lost or stuck in its own way, and is told so', () => {
    expect(saidOf(1)).toEqual({
      'loki.write.bare': 'bad refused',
      'loki.write.good': 'good none',
      // Tempo answers 503 where others answer 401: it is tried again, and no counter of the exporter exists yet.
      'otelcol.exporter.otlphttp.bare': 'bad remote',
      'otelcol.exporter.otlphttp.good': 'good none',
      'prometheus.remote_write.bare': 'bad refused',
      'prometheus.remote_write.mimir': 'good none',
    });
    expect(stateAt(1).get('loki.write.bare')?.judged.because).toContain('HTTP 401, counted by the exporter');
  });

  test('what comes in is each component’s own, though Alloy counts it together', () => {
    const queue = stateAt(1).get('prometheus.remote_write.mimir')?.queue;
    expect(queue?.rates?.in).toBeCloseTo(queue?.rates?.delivered ?? 0, -1);
    const spans = stateAt(1).get('otelcol.exporter.otlphttp.good')?.queue;
    expect(spans?.rates?.in).toBeGreaterThan(1);
  });

  test('with all of Mimir stopped both remote writes are held up; logs and traces go on as before', () => {
    expect(saidOf(3)).toEqual({
      ...saidOf(1),
      'prometheus.remote_write.bare': 'bad remote',
      'prometheus.remote_write.mimir': 'bad remote',
    });
  });
});
