import type { Answered, Asked, Exchange } from '../domain/exchange.ts';
import { rfc3339OfUnix } from '../domain/time.ts';
import { answerOf, type Entry } from './entry.ts';
import { nearestTo } from './nearest.ts';
import { questionOf, sayQuestion, type TapeQuestion } from './question.ts';
import { exactKeyOf, type Shelf } from './shelf.ts';

/** A recorder asks every 15 s, unless a tape says otherwise. */
const ROUND_SECONDS = 15;

/** How far apart answers are on a tape. */
interface Pace {
  readonly roundSeconds: number;
  /** An answer that is older than this is said to be. */
  readonly staleSeconds: number;
}

/** A second of slack: a console rounds its times, a recorder does too. */
const SLACK_SECONDS = 1;

type Picked = { readonly entry: Entry; readonly untilUnix?: number; readonly stale?: string } | undefined;

/**
 * Answers from a tape instead of the network.
 *
 * Fails: `not-recorded` where no entry fits, never an invented answer; `shape` where the tape is damaged there.
 */
export function makeReplay(shelf: Shelf, nowUnix: () => number, roundSeconds = ROUND_SECONDS): Exchange {
  const pace = { roundSeconds, staleSeconds: 3 * roundSeconds };
  return async (asked, signal): Promise<Answered> => {
    try {
      if (signal.aborted) return { ok: false, kind: 'cancelled', said: 'left before it was asked' };
      const question = questionOf(asked);
      const toldUnix = asked.beforeUnix === undefined ? nowUnix() : Math.min(nowUnix(), asked.beforeUnix);
      const picked = await pick(shelf, question, toldUnix, pace);
      if (signal.aborted) return { ok: false, kind: 'cancelled', said: 'no longer wanted' };
      if (picked === undefined)
        return { ok: false, kind: 'not-recorded', said: await sayMissing(shelf, question, toldUnix) };
      return await answer(shelf, picked, asked);
    } catch (thrown) {
      return {
        ok: false,
        kind: 'shape',
        said: `the recording is damaged here: ${thrown instanceof Error ? thrown.message : thrown}`,
      };
    }
  };
}

async function answer(shelf: Shelf, picked: NonNullable<Picked>, asked: Asked): Promise<Answered> {
  const found = answerOf(await shelf.line(picked.entry), picked.entry.atUnix);
  if (found === undefined)
    return { ok: false, kind: 'shape', said: 'the recording is damaged here: the answer is no HAR response' };
  if (!found.ok) return found;
  if (found.text.length > asked.bytesMax)
    return {
      ok: false,
      kind: 'too-large',
      said: `the recorded answer has ${found.text.length} bytes, at most ${asked.bytesMax} are read`,
    };
  return {
    ...found,
    ...(picked.untilUnix === undefined ? {} : { untilUnix: picked.untilUnix }),
    ...(picked.stale === undefined ? {} : { stale: picked.stale }),
  };
}

/** Which entry answers: the first rule that fits. */
async function pick(shelf: Shelf, question: TapeQuestion, nowUnix: number, pace: Pace): Promise<Picked> {
  const exactly = await newestElseFirst(shelf, exactKeyOf(question.exactKey), false, nowUnix);
  if (exactly) return exactly;
  if (question.shape !== 'timed') return newestElseFirst(shelf, question.key, question.shape === 'by-id', nowUnix);
  return isAboutNow(question, nowUnix, pace)
    ? pickNow(shelf, question, nowUnix, pace)
    : pickThen(shelf, question, nowUnix, pace);
}

/** What does not change, or only exists: the newest up to the clock, else the first after. */
async function newestElseFirst(shelf: Shelf, key: string, byId: boolean, nowUnix: number): Promise<Picked> {
  for await (const entry of shelf.upTo(key, byId, nowUnix)) return { entry };
  for await (const entry of shelf.after(key, byId, nowUnix)) return { entry };
  return undefined;
}

/** Its end is the clock, within three rounds; so is a question without a time. */
const isAboutNow = (question: TapeQuestion, nowUnix: number, { staleSeconds }: Pace): boolean =>
  question.endUnix === undefined || Math.abs(question.endUnix - nowUnix) <= staleSeconds;

async function pickNow(shelf: Shelf, question: TapeQuestion, nowUnix: number, pace: Pace): Promise<Picked> {
  for await (const entry of shelf.upTo(question.key, false, nowUnix)) {
    if (!sameWindow(entry.question, question, nowUnix)) continue;
    const ageSeconds = nowUnix - entry.atUnix;
    const untilUnix = entry.question.endUnix;
    if (ageSeconds <= pace.staleSeconds) return { entry, untilUnix };
    return {
      entry,
      untilUnix,
      stale: `the recording's newest answer to this is from ${rfc3339OfUnix(entry.atUnix)}, ${Math.round(ageSeconds)} s before`,
    };
  }
  return undefined;
}

const sameWindow = (recorded: TapeQuestion, asked: TapeQuestion, nowUnix: number): boolean =>
  recorded.stepSeconds === asked.stepSeconds &&
  Math.abs(lengthOf(recorded, nowUnix) - lengthOf(asked, nowUnix)) <= SLACK_SECONDS;

/** Seconds; an instant has none. */
function lengthOf(question: TapeQuestion, nowUnix: number): number {
  const endUnix = question.endUnix ?? nowUnix;
  return endUnix - (question.startUnix ?? endUnix);
}

async function pickThen(shelf: Shelf, question: TapeQuestion, nowUnix: number, pace: Pace): Promise<Picked> {
  for await (const entry of shelf.upTo(question.key, false, nowUnix)) {
    if (entry.atUnix < (question.endUnix ?? nowUnix) - pace.staleSeconds) return undefined; // All others are older still.
    if (!entry.failed && covers(entry.question, question, pace) && !(await isCutByLimit(shelf, entry)))
      return { entry };
  }
  return undefined;
}

/** A window covers another from end to end; an instant stands for the round that it began. */
function covers(recorded: TapeQuestion, asked: TapeQuestion, { roundSeconds }: Pace): boolean {
  if (recorded.endUnix === undefined || asked.endUnix === undefined || recorded.stepSeconds !== asked.stepSeconds)
    return false;
  const recordedStart = recorded.startUnix ?? recorded.endUnix;
  const askedStart = asked.startUnix ?? asked.endUnix;
  if (recordedStart === recorded.endUnix && askedStart === asked.endUnix) {
    const sinceSeconds = asked.endUnix - recorded.endUnix;
    return sinceSeconds > -SLACK_SECONDS && sinceSeconds < roundSeconds;
  }
  return recordedStart <= askedStart + SLACK_SECONDS && recorded.endUnix >= asked.endUnix - SLACK_SECONDS;
}

/** As many lines or traces as the limit allows: there were more, and nobody knows from when. */
async function isCutByLimit(shelf: Shelf, entry: Entry): Promise<boolean> {
  const { limit } = entry.question;
  if (limit === undefined) return false;
  const found = answerOf(await shelf.line(entry), entry.atUnix);
  return !found?.ok || countOf(JSON.parse(found.text)) >= limit;
}

/** Log lines of Loki, or traces of a search. */
function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if ('traces' in value) return Array.isArray(value.traces) ? value.traces.length : 0;
  const data: unknown = 'data' in value ? value.data : undefined;
  const result: unknown = typeof data === 'object' && data !== null && 'result' in data ? data.result : undefined;
  if (!Array.isArray(result)) return 0;
  return result.reduce(
    (sum: number, stream: { values?: unknown }) => sum + (Array.isArray(stream.values) ? stream.values.length : 0),
    0,
  );
}

async function sayMissing(shelf: Shelf, question: TapeQuestion, nowUnix: number): Promise<string> {
  return `the recording holds no answer to ${sayQuestion(question.key)}${sayWhen(question)}; ${await nearestTo(shelf, question, nowUnix)}`;
}

function sayWhen(question: TapeQuestion): string {
  if (question.shape !== 'timed' || question.endUnix === undefined) return '';
  const window =
    question.startUnix === undefined || question.startUnix === question.endUnix
      ? ''
      : ` over ${Math.round(question.endUnix - question.startUnix)} s`;
  const step = question.stepSeconds === undefined ? '' : ` every ${question.stepSeconds} s`;
  return `${window}${step} at ${rfc3339OfUnix(question.endUnix)}`;
}
