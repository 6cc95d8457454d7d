import type { Broken, Follow, Followed } from '../domain/exchange.ts';
import { rfc3339OfUnix } from '../domain/time.ts';
import { type Entry, framesOf } from './entry.ts';
import { questionOf, sayQuestion } from './question.ts';
import type { Shelf } from './shelf.ts';

/** A watch or a tail, in the pieces it was written in. */
interface Stream {
  readonly pieces: readonly Entry[];
  readonly fromUnix: number;
  readonly toUnix: number;
  /** Where the list stood that it went on from; undefined for a tail, 0n for one that began with everything. */
  readonly version: bigint | undefined;
}

/** What was recorded until so shortly before the end of the tape was recorded until its end. */
const END_SECONDS = 5;
const LOOK_MS_MAX = 1_000;
const LOOK_MS_MIN = 20;

/**
 * Watches and tails from a tape, by its clock: what had come by then at once, what came later when the clock is there.
 *
 * A watch goes on from where the asker's list stood, as the API server's own does, and what is older is left out.
 * Fails: `not-recorded` where none ran at that time, so that the asker asks again and again instead; 410 where changes
 * between his list and the watch are not on the tape. `toUnix`: where the tape ends, Unix seconds.
 */
export function makeFollow(shelf: Shelf, nowUnix: () => number, toUnix: number): Follow {
  return async (asked, signal): Promise<Followed> => {
    const question = questionOf(asked);
    const streams = await streamsOf(shelf, question.key, nowUnix());
    const at = streams.findLastIndex(({ fromUnix }) => fromUnix <= nowUnix());
    const stream = streams[at];
    const untilUnix =
      stream && stream.toUnix >= toUnix - END_SECONDS ? Number.POSITIVE_INFINITY : (stream?.toUnix ?? 0);
    if (!stream || untilUnix <= nowUnix())
      return { ok: false, kind: 'not-recorded', said: `nobody followed ${sayQuestion(question.key)} at this time` };
    const after = versionOf(asked.params.find(([name]) => name === 'resourceVersion')?.[1]);
    const chain = await chainTo(shelf, streams.slice(0, at + 1), after);
    if (chain === undefined)
      return {
        ok: false,
        kind: 'not-recorded',
        status: 410,
        said: 'what changed since the list is not on the recording',
      };
    let broken: Broken | undefined;
    async function* lines(pieces: readonly Entry[]): AsyncGenerator<string> {
      for (const piece of pieces) yield* linesOf(piece, after);
      if (await reaches(nowUnix, untilUnix, signal))
        broken = { kind: 'not-recorded', said: `nobody followed this after ${rfc3339OfUnix(untilUnix)}` };
    }
    async function* linesOf(piece: Entry, version: bigint | undefined): AsyncGenerator<string> {
      for (const [milliseconds, text] of framesOf(await shelf.line(piece))) {
        if (!(await reaches(nowUnix, piece.atUnix + milliseconds / 1000, signal))) return;
        if (!isOld(text, version)) yield text;
      }
    }
    return { ok: true, lines: lines(chain.flatMap(({ pieces }) => pieces)), ended: () => broken };
  };
}

/** All of one question, the oldest first. */
async function streamsOf(shelf: Shelf, key: string, nowUnix: number): Promise<readonly Stream[]> {
  const entries: Entry[] = [];
  for await (const entry of shelf.upTo(key, false, nowUnix)) entries.unshift(entry);
  for await (const entry of shelf.after(key, false, nowUnix)) entries.push(entry);
  const groups = Map.groupBy(
    entries.filter(({ failed }) => !failed),
    (entry) => entry.stream ?? entry,
  );
  return [...groups.values()].flatMap((pieces): Stream[] => {
    const [first] = pieces;
    if (!first) return [];
    const toUnix = Math.max(...pieces.map(({ atUnix, seconds }) => atUnix + seconds));
    return [{ pieces, fromUnix: first.atUnix, toUnix, version: versionOf(first.version) }];
  });
}

/** The last of them, with those before it that it went on from, as far back as the asker's list stands. */
async function chainTo(
  shelf: Shelf,
  streams: readonly Stream[],
  after: bigint | undefined,
): Promise<readonly Stream[] | undefined> {
  const chain: Stream[] = [];
  for (const stream of streams.toReversed()) {
    const [next] = chain;
    if (next && (await lastVersion(shelf, stream)) !== next.version) return undefined;
    chain.unshift(stream);
    if (after === undefined || stream.version === undefined || stream.version <= after) return chain;
  }
  return undefined;
}

/** Where a watch had come to when it ended. */
async function lastVersion(shelf: Shelf, stream: Stream): Promise<bigint | undefined> {
  for (const piece of stream.pieces.toReversed()) {
    const [, text] = framesOf(await shelf.line(piece)).at(-1) ?? [];
    if (text !== undefined) return versionIn(text);
  }
  return stream.version;
}

/** A resource version is a number that grows. Source: KEP-5504, and what API servers have always done. */
const versionOf = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^\d{1,30}$/.test(text) ? BigInt(text) : undefined;

const versionIn = (text: string): bigint | undefined => versionOf(/"resourceVersion":\s?"(\d{1,30})"/.exec(text)?.[1]);

/** Did the asker's list hold this change already? */
function isOld(text: string, after: bigint | undefined): boolean {
  if (after === undefined) return false;
  const version = versionIn(text);
  return version !== undefined && version <= after;
}

/** Waits until the clock is there; false where nobody wants it any more. */
async function reaches(nowUnix: () => number, atUnix: number, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    if (signal.aborted) return false;
    const leftMs = (atUnix - nowUnix()) * 1000;
    if (leftMs <= 0) return true;
    await pause(Math.max(LOOK_MS_MIN, Math.min(LOOK_MS_MAX, leftMs)), signal);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  const timer = setTimeout(end, milliseconds);
  signal.addEventListener('abort', end, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  });
}
