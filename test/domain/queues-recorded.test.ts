import { describe, expect, test } from 'vitest';
import type { Queue } from '../../src/domain/queues.ts';
import { judgeQueue, type QueueEvidence } from '../../src/domain/queues-judge.ts';
import { agentsInMimir } from '../../src/domain/queues-mimir.ts';
import {
  answersOf,
  INCIDENT,
  queueAt,
  queueInMimir,
  START_UNIX,
  STOPPED,
  scrapesOf,
  TWO_DOWN,
} from './queues-fixture.ts';

const stateOf = (queue: Queue, evidence?: QueueEvidence): string => {
  const { verdict, cause } = judgeQueue(queue, evidence);
  return `${verdict} ${cause}`;
};
const agents = Object.keys(INCIDENT.scrapes);
const statesOf = (agent: string): readonly string[] => {
  const rounds = scrapesOf(agent);
  return rounds.map((_, index) => stateOf(queueAt(rounds, index)));
};

describe('the incident, scrape by scrape', () => {
  test('production-eu-west has all its shards and falls behind, from the second scrape on', () => {
    const [first, ...later] = statesOf('production-eu-west');
    expect(first).toBe('warn shards-at-max');
    expect(new Set(later)).toEqual(new Set(['bad shards-at-max']));
    const last = scrapesOf('production-eu-west').length - 1;
    const queue = queueAt(scrapesOf('production-eu-west'), last);
    expect(queue).toMatchObject({ lagSeconds: 295, shards: 2, shardsMax: 2 });
    expect(queue.shardsDesired).toBeCloseTo(46.8, 1);
    expect(judgeQueue(queue).because).toMatch(
      /wants 47, may have 2; 4m55s behind and growing; loss from 1h41m on, certain in 11h .*cannot catch up/,
    );
  });

  test('edge-dev loses everything though its lag reads 0 or one scrape, from the second scrape on', () => {
    const [first, ...later] = statesOf('edge-dev');
    expect(first).toBe('unknown one-scrape');
    expect(new Set(later)).toEqual(new Set(['bad refused']));
    const rounds = scrapesOf('edge-dev');
    for (const index of rounds.keys()) expect(queueAt(rounds, index).lagSeconds).toBeLessThanOrEqual(5);
  });

  test('production-us-east keeps up all the time, staging until its limit is reached: no false alarm', () => {
    expect(new Set(statesOf('production-us-east').slice(1))).toEqual(new Set(['good none']));
    const states = statesOf('staging');
    const limit = states.indexOf('bad refused');
    const atSeconds = (scrapesOf('staging')[limit]?.atUnix ?? 0) - START_UNIX;
    expect(atSeconds).toBeGreaterThan(600);
    expect(atSeconds).toBeLessThan(640);
    expect(new Set(states.slice(1, limit))).toEqual(new Set(['good none']));
    expect(new Set(states.slice(limit))).toEqual(new Set(['bad refused']));
  });

  test.each(agents.filter((agent) => agent !== 'edge-dev'))(
    'Mimir and the scrape agree on %s at every moment',
    (agent) => {
      const rounds = scrapesOf(agent);
      const disagreed = rounds.flatMap((round, index) => {
        const answers = answersOf(agent);
        const at = answers.findLastIndex(({ atUnix }) => atUnix <= round.atUnix);
        // Two answers a minute apart make a rate; a queue that changes within that minute may be told of later.
        if (at < 5 || index < 5) return [];
        const queue = queueInMimir(agent, at);
        const told = queue ? stateOf(queue) : 'nothing';
        const lately = [index - 4, index - 3, index - 2, index - 1, index].map((each) =>
          stateOf(queueAt(rounds, each)),
        );
        return lately.includes(told)
          ? []
          : [`${Math.round(round.atUnix - START_UNIX)}s: ${told}, not ${lately.at(-1)}`];
      });
      expect(disagreed).toEqual([]);
    },
  );

  test('in Mimir the lag of a sick agent is the age of what it last sent, and edge-dev is nowhere', () => {
    const last = answersOf('production-eu-west').length - 1;
    const scraped = queueAt(scrapesOf('production-eu-west'), last);
    const told = queueInMimir('production-eu-west', last);
    expect(Math.abs((told?.lagSeconds ?? 0) - (scraped.lagSeconds ?? 0))).toBeLessThan(20);
    expect(queueInMimir('edge-dev', last)).toBeUndefined();
  });

  test('Tempo’s generator and Mimir’s own counters are no agents', () => {
    const names = answersOf('production-us-east').flatMap(({ samples }) =>
      agentsInMimir(samples).map(({ agent }) => agent),
    );
    expect(new Set(names)).toEqual(new Set(['monitoring-agent-alloy-x7k2p']));
  });
});

describe('all of Mimir is killed', () => {
  test.each(Object.keys(STOPPED.scrapes))('%s is bad: remote from the second scrape after it on', (agent) => {
    const rounds = scrapesOf(agent, STOPPED);
    const states = rounds.map((_, index) => stateOf(queueAt(rounds, index)));
    // The third scrape is the first after it: part of what it tells is from before.
    expect(new Set(states.slice(4))).toEqual(new Set(['bad remote']));
    expect(states.slice(2)).not.toContain('good none');
  });
});

test('while Mimir has lost its quorum every queue is held up, and the missing header is still the first cause', () => {
  const states = Object.keys(TWO_DOWN.scrapes).map((agent) => [agent, stateOf(queueAt(scrapesOf(agent, TWO_DOWN), 1))]);
  expect(Object.fromEntries(states)).toEqual({
    'production-us-east': 'bad remote',
    'production-eu-west': 'bad remote',
    staging: 'bad remote',
    'edge-dev': 'bad refused',
  });
});
