import type { Clock, Exchange, Follow } from '../domain/exchange.ts';
import { rfc3339OfUnix } from '../domain/time.ts';
import { type Bytes, openBytes, sayFileError } from './bytes.ts';
import { makeTapeClock } from './clock.ts';
import { type Opened, openContainer, readHeader } from './container.ts';
import { makeFollow } from './follow.ts';
import { TAPE_VERSION, type TapeHeader } from './header.ts';
import { makeReplay } from './rules.ts';
import { makeShelf } from './shelf.ts';
import { Damaged, readRecording } from './stream.ts';
import { summarize } from './summary.ts';
import { isZstd } from './zstd.ts';

export type { TapeHeader } from './header.ts';

/** A recording that answers instead of the network. */
export interface Tape {
  readonly header: TapeHeader;
  readonly exchange: Exchange;
  /** Watches and tails, by the tape's clock. */
  readonly follow: Follow;
  readonly clock: Clock;
  /** Clusters that were asked while it was made. */
  readonly contexts: readonly string[];
  /** Agents that were asked by URL, by their places. */
  readonly agentPlaces: readonly string[];
  /** Further ways in that were probed: `mimir:defaulting`, and as which user. */
  readonly entries: readonly { readonly component: string; readonly identity: string }[];
  /** A sentence where the file was cut off and only a part of it answers. */
  readonly damage?: string;
  /** Bytes of the file read so far. */
  bytesRead(): number;
  close(): Promise<void>;
}

/** Recordings without a header were made of one stack. */
const CONTEXT = 'central';
/** A console gives whole seconds. */
const SLACK_SECONDS = 1;

/**
 * Open a recording: our own format, or HAR entries one a line, zstd or plain.
 *
 * `at`: Unix seconds, or undefined for the tape's own; `running`: the clock runs at the wall's speed from `at` to the
 * last round, then stands and says "end of recording"; else it stands at `at`. `wall`: Unix seconds.
 * Fails: with one sentence (cause, file) for unreadable, foreign, damaged or newer files, and for an `at` outside.
 */
export async function openTape(
  file: string,
  options: { at?: (header: TapeHeader) => number | undefined; running: boolean; wall?: () => number },
): Promise<{ ok: true; tape: Tape } | { ok: false; because: string }> {
  let bytes: Bytes | undefined;
  try {
    bytes = await openBytes(file);
    const opened = await openEither(bytes, file);
    const at = startOf(opened.header, options.at?.(opened.header));
    if (!at.ok) {
      await bytes.close();
      return at;
    }
    return {
      ok: true,
      tape: tapeOf(bytes, opened, at.atUnix, options.running, options.wall ?? (() => Date.now() / 1000)),
    };
  } catch (thrown) {
    await bytes?.close();
    return { ok: false, because: `cannot replay ${file}: ${sayOpenError(thrown)}` };
  }
}

async function openEither(bytes: Bytes, file: string): Promise<Opened> {
  const start = await bytes.read(0, 4);
  if (start.length === 0) throw new Damaged('it is empty');
  const zstd = isZstd(start);
  if (!zstd && start[0] !== '{'.charCodeAt(0))
    throw new Damaged('it is not a recording: neither zstd nor HAR entries one a line');
  const { parsed, endOffset } = zstd ? await readHeader(bytes) : { parsed: { kind: 'foreign' } as const, endOffset: 0 };
  if (parsed.kind === 'newer')
    throw new Damaged(
      `it was made by a newer lgtm-tui (tape format ${parsed.version}, this one reads up to ${TAPE_VERSION})`,
    );
  if (parsed.kind === 'header') return openContainer(bytes, parsed.header, endOffset);
  return openRecording(file, zstd);
}

async function openRecording(file: string, zstd: boolean): Promise<Opened> {
  const blocks = await readRecording(file, zstd);
  const { header, keys } = summarize(blocks, CONTEXT);
  if (header === undefined) throw new Damaged('it holds no HAR entries');
  return { header, blocks, keys: () => keys };
}

function startOf(
  header: TapeHeader,
  wanted: number | undefined,
): { ok: true; atUnix: number } | { ok: false; because: string } {
  const atUnix = wanted ?? header.atUnix;
  if (atUnix >= header.fromUnix - SLACK_SECONDS && atUnix <= header.toUnix + SLACK_SECONDS)
    return { ok: true, atUnix: Math.min(header.toUnix, Math.max(header.fromUnix, atUnix)) };
  const sayUnix = (unix: number): string =>
    Number.isFinite(unix) && Math.abs(unix) < 8e12 ? rfc3339OfUnix(unix) : 'that time';
  return {
    ok: false,
    because: `${sayUnix(atUnix)} is outside the recording, which runs from ${sayUnix(header.fromUnix)} to ${sayUnix(header.toUnix)}`,
  };
}

function tapeOf(bytes: Bytes, opened: Opened, atUnix: number, running: boolean, wall: () => number): Tape {
  const clock = makeTapeClock(atUnix, opened.header.toUnix, running, wall);
  const shelf = makeShelf(opened.blocks, opened.keys, opened.blocksOf);
  return {
    header: opened.header,
    exchange: makeReplay(shelf, clock.now, opened.header.roundSeconds),
    follow: makeFollow(shelf, clock.now, opened.header.toUnix),
    clock,
    contexts: contextsIn(opened.keys()),
    agentPlaces: agentPlacesIn(opened.keys()),
    entries: entriesIn(opened.keys()),
    ...(opened.damage === undefined ? {} : { damage: opened.damage }),
    bytesRead: bytes.readCount,
    close: () => bytes.close(),
  };
}

/** A key begins with its component; those that answer only who asks exactly so begin otherwise. */
function contextsIn(keys: readonly string[]): readonly string[] {
  const found = keys.flatMap((key) => /^\["kubernetes\/([^"/]+)"/.exec(key)?.[1] ?? []);
  return [...new Set(found)].sort();
}

/** A pod's name has no colon. */
function agentPlacesIn(keys: readonly string[]): readonly string[] {
  const found = keys.flatMap((key) => /^\["agent\/([^"]+:[^"]+)"/.exec(key)?.[1] ?? []);
  return [...new Set(found)].sort();
}

/** A chart's gateway; the others beside the plain one answer only who asks exactly so. */
function entriesIn(keys: readonly string[]): Tape['entries'] {
  const found = keys.flatMap((key) => {
    const [, component, identity] =
      /^exactly \["([a-z]+:[^"]+)","([^"]*)"/.exec(key) ?? /^\["([a-z]+\/(?:gateway|nginx))","()"/.exec(key) ?? [];
    // URLs of agents are found in their configurations again.
    return component === undefined || component.includes('://') ? [] : [`${component} ${identity}`];
  });
  return [...new Set(found)].sort().map((each) => {
    const [component = '', identity = ''] = each.split(' ');
    return { component, identity };
  });
}

function sayOpenError(thrown: unknown): string {
  if (thrown instanceof Damaged) return thrown.message;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return /^(ZSTD_|Z_|ERR_ZSTD)/.test(code) ? `it is damaged: ${sayFileError(thrown)}` : sayFileError(thrown);
}
