import type { Answered, Asked, Clock, Exchange, Follow, Followed } from '../domain/exchange.ts';
import type { Tenant } from '../domain/tenant.ts';
import { rfc3339OfUnix } from '../domain/time.ts';
import type { HarEntry } from './entry.ts';
import { entryOf, type Piece } from './recorded-entry.ts';
import { createTape, type Disk, type TapeWriter, type Written } from './writer.ts';

/** Writes what goes by. Whatever happens to the file, answers reach those who asked. */
export interface Recorder {
  exchange(inner: Exchange): Exchange;
  follow(inner: Follow): Follow;
  /** A sentence once nothing more is written, such as "the recording ended at …: the disk is full". */
  said(): string | undefined;
  /** End the file. A sentence about what is in it, or why it ended before. */
  close(): Promise<string>;
}

export interface RecorderOptions {
  /** What the screen calls the place: the tape is called so too. Known better at the end than at the start. */
  readonly context: () => string;
  /** Seconds between two rounds, where they are not 15. */
  readonly roundSeconds?: number;
  readonly tenants: readonly Tenant[];
  readonly clock: Clock;
  /** Secrets this program itself was let in with: they are looked for everywhere. */
  readonly known: readonly string[];
  /** Where a replay begins: as the first screen was whole, unless at the end, as for a command that ran once. */
  readonly opensAt?: 'end';
  /** A round is written when nothing came for so long, milliseconds. */
  readonly quietMs?: number;
  /** A round is written after so long, whatever still comes. */
  readonly roundMs?: number;
  readonly disk?: Disk;
}

const QUIET_MS = 1_500;
const ROUND_MS = 15_000;
/** A round's size before it is packed, characters. */
const ROUND_CHARACTERS = 32 * 1024 * 1024;

const KNOWN_CHARACTERS_MIN = 4;

/** What it may hold, said once before anything is recorded. */
export const warningOf = (file: string): string =>
  `this recording may hold log lines, label values, pods and configuration: look before you share ${file} (known secrets are taken out, and only you may read it)`;

/**
 * Begin to record into a new file.
 *
 * Fails: with a sentence's end, where the file exists or cannot be made.
 */
export async function startRecording(
  file: string,
  options: RecorderOptions,
): Promise<{ ok: true; recorder: Recorder } | { ok: false; because: string }> {
  const { context, tenants, clock, disk, roundSeconds } = options;
  const fromUnix = clock.now();
  const times = { fromUnix, toUnix: fromUnix, atUnix: 0, ...(roundSeconds === undefined ? {} : { roundSeconds }) };
  const header = { backends: [], context: context(), tenants, ...times };
  const created = await createTape(file, header, disk ? { disk } : {});
  return created.ok ? { ok: true, recorder: makeRecorder(file, created.writer, options) } : created;
}

/** A recorder on a tape that was begun. */
export function makeRecorder(file: string, writer: TapeWriter, options: RecorderOptions): Recorder {
  const { clock } = options;
  // A secret of one letter would take that letter out of everything.
  const known = options.known.filter((secret) => secret.length >= KNOWN_CHARACTERS_MIN);
  const round = makeRounds(writer, options);
  const owners = new Map<string, string>();
  const open = new Set<() => void>();
  let count = 0;
  let streams = 0;

  /** Whoever asks first is who records: on the tape he is nobody, so that a replay needs no credential. */
  const entryFor = (asked: Asked, piece: Piece): HarEntry => {
    const owner = owners.get(asked.component) ?? asked.identity;
    owners.set(asked.component, owner);
    return entryOf({ ...asked, identity: asked.identity === owner ? '' : asked.identity }, piece, known);
  };
  const add = (asked: Asked, piece: Piece, size: number): void => {
    if (round.failed() !== undefined) return;
    count += 1;
    round.add(entryFor(asked, piece), size);
  };
  round.beforeEnd(() => {
    for (const flush of open) flush();
  });

  return {
    exchange: (inner) => async (asked, signal) => {
      const sentUnix = clock.now();
      const startedMs = performance.now();
      const answered = await inner(asked, signal);
      if (worthKeeping(answered)) {
        const milliseconds = performance.now() - startedMs;
        add(asked, { atUnix: sentUnix, milliseconds, answered }, answered.ok ? answered.text.length : 0);
      }
      return answered;
    },
    follow:
      (inner) =>
      async (asked, signal): Promise<Followed> => {
        const followed = await inner(asked, signal);
        if (!followed.ok) return followed;
        const stream = ++streams;
        let fromUnix = clock.now();
        let frames: [number, string][] = [];
        let begun = false;
        const flush = (): void => {
          const nowUnix = clock.now();
          if (begun && frames.length === 0) return;
          const size = frames.reduce((sum, [, text]) => sum + text.length, 0);
          add(asked, { atUnix: fromUnix, milliseconds: (nowUnix - fromUnix) * 1000, stream, frames }, size);
          [begun, fromUnix, frames] = [true, nowUnix, []];
        };
        async function* lines(from: AsyncIterable<string>): AsyncGenerator<string> {
          open.add(flush);
          try {
            for await (const text of from) {
              frames.push([Math.round((clock.now() - fromUnix) * 1000), text]);
              round.wake(text.length);
              yield text;
            }
          } finally {
            open.delete(flush);
            begun = false; // Its end is written, with frames or without.
            flush();
          }
        }
        return { ...followed, lines: lines(followed.lines) };
      },
    said: () => (round.failed() === undefined ? undefined : sayEnded(file, round)),
    async close() {
      const done = await round.close();
      return done.ok ? `recorded ${count} exchanges in ${file} (${sayBytes(done.bytes)})` : sayEnded(file, round);
    },
  };
}

const sayEnded = (file: string, round: Rounds): string => {
  const { because, atUnix } = round.failed() ?? { because: 'it could not be written', atUnix: 0 };
  return `the recording ended at ${rfc3339OfUnix(Math.floor(atUnix))}: ${because}; what ${file} holds until then can be replayed`;
};

const sayBytes = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

/** What somebody no longer wanted tells nothing of the server. */
const worthKeeping = (answered: Answered): boolean => answered.ok || answered.kind !== 'cancelled';

interface Rounds {
  add(entry: HarEntry, size: number): void;
  /** Something came that is added later, at the end of the round. */
  wake(size: number): void;
  beforeEnd(run: () => void): void;
  failed(): { readonly because: string; readonly atUnix: number } | undefined;
  close(): Promise<Written>;
}

/** Ends a round when all is quiet, when it is long, or when it is large. */
function makeRounds(writer: TapeWriter, options: RecorderOptions): Rounds {
  const { clock, quietMs = QUIET_MS, roundMs = ROUND_MS } = options;
  let collect = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  let begunMs: number | undefined;
  let size = 0;
  let ending = false;
  let newestUnix = clock.now();
  /** When the first round was whole: a replay begins there, with every answer of the first screen. */
  let firstUnix: number | undefined;
  let failed: { because: string; atUnix: number } | undefined;

  const take = (written: Written): Written => {
    if (!written.ok) failed ??= { because: written.because, atUnix: clock.now() };
    return written;
  };
  const end = (): void => {
    // Pieces of what still comes belong to this round, and begin no other.
    ending = true;
    collect();
    ending = false;
    clearTimeout(timer);
    [begunMs, size] = [undefined, 0];
    firstUnix ??= newestUnix;
    void writer.endRound().then(take);
  };
  const wake = (characters: number): void => {
    if (ending) return;
    clearTimeout(timer);
    size += characters;
    begunMs ??= performance.now();
    const leftMs = begunMs + roundMs - performance.now();
    if (size > ROUND_CHARACTERS || leftMs <= 0) end();
    else timer = setTimeout(end, Math.min(quietMs, leftMs)).unref();
  };
  return {
    add(entry, characters) {
      writer.add(entry);
      newestUnix = Math.max(newestUnix, Date.parse(entry.startedDateTime) / 1000);
      wake(characters);
    },
    wake,
    beforeEnd(run) {
      collect = run;
    },
    failed: () => failed,
    async close() {
      ending = true;
      collect();
      clearTimeout(timer);
      // A millisecond more: times on the tape have microseconds.
      const atUnix = (options.opensAt === 'end' ? newestUnix : (firstUnix ?? newestUnix)) + 0.001;
      return take(await writer.close({ atUnix, context: options.context() }));
    },
  };
}
