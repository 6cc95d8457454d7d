import { readFileSync } from 'node:fs';
import type { MetricSample } from '../../src/domain/exposition.ts';
import { parseExposition } from '../../src/domain/exposition.ts';
import { measureQueue, type Queue } from '../../src/domain/queues.ts';
import { agentsInMimir, toldUnix, withTrueLag } from '../../src/domain/queues-mimir.ts';
import { QUEUE_METRICS, readAgent } from '../../src/domain/queues-read.ts';
import type { Sample } from '../../src/domain/series.ts';

interface Packed<Name> {
  readonly names: readonly Name[];
  readonly rounds: readonly (readonly (number | null)[])[];
}

interface Recorded {
  readonly scrapes: Readonly<Record<string, Packed<string>>>;
  readonly mimir?: Readonly<Record<string, Packed<Readonly<Record<string, string>>>>>;
}

const load = (file: string): Recorded =>
  JSON.parse(readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8')) as Recorded;

export const INCIDENT = load('queues-recorded.json');
export const TWO_DOWN = load('queues-two-ingesters-down-recorded.json');
/** Two scrapes of every agent before all of Mimir was killed, eight after it. */
export const STOPPED = load('queues-mimir-stopped-recorded.json');

/** The start of the recording. */
export const START_UNIX = 1_795_447_260;

export interface Round {
  readonly atUnix: number;
  readonly samples: readonly MetricSample[];
}

/** Every scrape of one agent, as text that is parsed again. */
export function scrapesOf(agent: string, recorded = INCIDENT): readonly Round[] {
  const { names, rounds } = recorded.scrapes[agent] ?? { names: [], rounds: [] };
  return rounds.map(([atUnix, ...values]) => {
    const text = names.map((name, index) => `${name} ${values[index] ?? 'NaN'}\n`).join('');
    return { atUnix: atUnix ?? 0, samples: parseExposition(text, QUEUE_METRICS).samples };
  });
}

/** What Mimir answered a tenant, round by round. */
export function answersOf(tenant: string): readonly { readonly atUnix: number; readonly samples: readonly Sample[] }[] {
  const { names, rounds } = INCIDENT.mimir?.[tenant] ?? { names: [], rounds: [] };
  return rounds.map(([atUnix = 0, ...values]) => ({
    atUnix: atUnix ?? 0,
    samples: names.flatMap((labels, index) => {
      const value = values[index];
      return value === null || value === undefined ? [] : [{ labels, atUnix: atUnix ?? 0, value }];
    }),
  }));
}

/** The one queue of a recorded agent, at a scrape and the one before. */
export function queueAt(rounds: readonly Round[], index: number): Queue {
  const timed = (round: Round | undefined) => {
    const agent = round && readAgent(round.samples);
    const reading = agent?.queues[0];
    return round && reading && { atUnix: round.atUnix, reading };
  };
  const now = timed(rounds[index]);
  if (now === undefined) throw new Error(`no queue in scrape ${index}`);
  return measureQueue(now, timed(rounds[index - 1]), readAgent(rounds[index]?.samples ?? []).build);
}

/** The one queue of a tenant's agent, as Mimir told it at an answer and at one a minute before. */
export function queueInMimir(tenant: string, index: number): Queue | undefined {
  const answers = answersOf(tenant);
  const now = answers[index];
  const before = answers.findLast(({ atUnix }) => now !== undefined && atUnix <= now.atUnix - 60);
  const read = (answer: typeof now) => {
    const agent = answer && agentsInMimir(answer.samples)[0]?.reading;
    const reading = agent?.queues[0];
    return agent && reading && { atUnix: toldUnix(agent, answer.atUnix), reading, build: agent.build };
  };
  const [latest, earlier] = [read(now), read(before)];
  return latest && now && withTrueLag(measureQueue(latest, earlier), latest.reading, now.atUnix);
}
