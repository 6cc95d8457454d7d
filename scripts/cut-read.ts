import { openBytes } from '../src/tape/bytes.ts';
import { openContainer, readHeader } from '../src/tape/container.ts';
import { type EntryHead, type HarEntry, headOf } from '../src/tape/entry.ts';
import type { TapeHeader } from '../src/tape/header.ts';
import { linesIn, shelfKeyOf } from '../src/tape/shelf.ts';
import { slim } from './slim-answer.ts';

/** One exchange of a raw recording, without what nothing reads. */
export interface Kept {
  readonly head: EntryHead;
  readonly key: string;
  readonly entry: HarEntry;
  /** Seconds after the start of the first recording. */
  readonly second: number;
  /** The trace it is about, for traces and the lines of one. */
  readonly trace?: string;
}

/** Every exchange of recordings that were made side by side, in the order in which they were asked. */
export async function readRaw(
  first: string,
  more: readonly string[],
): Promise<{ readonly kept: readonly Kept[]; readonly header: TapeHeader }> {
  const texts = new Map<string, string>();
  const { kept, header } = await readOne(first, undefined, texts);
  // Two tails of the same lines would tell each of them twice.
  const followed = new Set(kept.flatMap(({ key, entry }) => (entry._frames ? key : [])));
  for (const file of more) {
    const beside = await readOne(file, header.fromUnix, texts);
    kept.push(...beside.kept.filter(({ key, entry }) => !entry._frames || !followed.has(key)));
  }
  return { kept: kept.sort((left, right) => left.second - right.second), header };
}

async function readOne(input: string, fromUnix: number | undefined, texts: Map<string, string>) {
  const bytes = await openBytes(input);
  const { parsed, endOffset } = await readHeader(bytes);
  if (parsed.kind !== 'header') throw new Error(`${input} is no recording of this program`);
  const { blocks, header } = await openContainer(bytes, parsed.header, endOffset);
  const kept: Kept[] = [];
  for (const block of blocks)
    for (const [, line] of linesIn(await block.load())) {
      const head = headOf(line);
      if (head !== undefined) kept.push(keep(line, head, fromUnix ?? header.fromUnix, texts));
    }
  await bytes.close();
  return { kept, header };
}

/** The trace of a question about one: in its path, or quoted in its query. */
const TRACE = /\/traces\/([0-9a-f]{1,32})|["`%22]([0-9a-f]{32})["`%22]/i;

function keep(line: Buffer, head: EntryHead, fromUnix: number, texts: Map<string, string>): Kept {
  const entry: HarEntry = JSON.parse(line.toString());
  const found = head.question.shape === 'by-id' ? TRACE.exec(decodeURIComponent(entry.request.url)) : undefined;
  const trace = (found?.[1] ?? found?.[2])?.toLowerCase().padStart(32, '0');
  const { _stream, _frames, _fault, time } = entry;
  const more = { ...(_stream === undefined ? {} : { _stream, time }), ...(_fault ? { _fault } : {}) };
  const slimmed: HarEntry = { ...more, ...slim(entry, head.component), ...(_frames ? { _frames } : {}) };
  return {
    head,
    key: shelfKeyOf(head),
    entry: once(slimmed, texts),
    second: head.atUnix - fromUnix,
    ...(trace === undefined ? {} : { trace }),
  };
}

/** The same answer comes again and again: its text is held once. */
function once(entry: HarEntry, texts: Map<string, string>): HarEntry {
  const { text } = entry.response.content;
  const known = texts.get(text) ?? text;
  if (known === text) texts.set(text, text);
  return { ...entry, response: { ...entry.response, content: { ...entry.response.content, text: known } } };
}
