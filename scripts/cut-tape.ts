/*
 * Cuts a demo out of a recording of one's own: what repeats from round to round stands together, so that it packs well,
 * and the first screen's answers stand apart, so that it reads little. Usage:
 *
 *   node scripts/cut-tape.ts RAW.tape demo/incident.tape --from 345 --at 720
 *
 * `--from`, seconds after the start: from there every round is kept; before it only what exists, and traces that are
 * shown later. `--ids-from`: traces and their lines only of what the rounds from there on show. `--at`: where the demo opens. `--to`: nothing after. `--context`, `--tenants`: what the header says instead
 * of the recording's own.
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseTenant, type Tenant } from '../src/domain/tenant.ts';
import { openBytes } from '../src/tape/bytes.ts';
import { openContainer, readHeader } from '../src/tape/container.ts';
import type { EntryHead, HarEntry } from '../src/tape/entry.ts';
import { headOf } from '../src/tape/entry.ts';
import { linesIn } from '../src/tape/shelf.ts';
import { createTape } from '../src/tape/writer.ts';
import { DROPPED, slim } from './slim-answer.ts';

const LEVEL = 22;
const BYTES_MAX = 3_000_000;
/** Seconds around `--at` whose answers the first screen needs. */
const FIRST_SCREEN: readonly [number, number] = [-80, 20];
/** A frame of traces is unpacked for each of them: it must stay small. */
const FRAME_CHARACTERS: Readonly<Record<string, number>> = { ids: 3_000_000, lines: 12_000_000 };
const EXEMPLARS_SHOWN = 10;

interface Kept {
  readonly head: EntryHead;
  readonly entry: HarEntry;
  /** Seconds after the start. */
  readonly second: number;
  readonly trace?: string;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string', default: '0' },
      at: { type: 'string', default: '720' },
      'ids-from': { type: 'string' },
      to: { type: 'string', default: 'Infinity' },
      context: { type: 'string' },
      tenants: { type: 'string' },
    },
  });
  const [input, ...more] = positionals;
  const output = more.pop();
  if (!input || !output) throw new Error('usage: cut-tape.ts RAW.tape [MORE.tape …] OUT.tape [--from 345] [--at 720]');
  const [from, at] = [Number(values.from), Number(values.at)];
  const raw = await readAll(input);
  // Two recordings of one night, made side by side, are one: what each asked stands at its own time.
  for (const file of more) raw.kept.push(...(await readAll(file, raw.header.fromUnix)).kept);
  raw.kept.sort((a, b) => a.second - b.second);
  const good = raw.kept.filter(({ entry }) => entry.response.status === 200);
  const answered = new Set(good.map(wayOf));
  const answeredBefore = new Set(good.filter(({ second }) => second <= Number(values.to)).map(wayOf));
  const header = {
    ...raw.header,
    ...(values.context ? { context: values.context } : {}),
    ...(values.tenants ? { tenants: values.tenants.split(',').flatMap(tenantOf) } : {}),
  };
  // What one way in does not route (404) and another answers is answered; of what comes after, only what exists.
  const kept = raw.kept.filter(
    (one) =>
      (one.second <= Number(values.to) || (one.head.question.shape === 'exists' && !answeredBefore.has(wayOf(one)))) &&
      (one.entry.response.status !== 404 || one.head.question.shape !== 'exists' || !answered.has(wayOf(one))),
  );
  const idsFrom = Number(values['ids-from'] ?? from);
  const shown = tracesShown(kept.filter(({ second }) => second >= idsFrom));
  const wanted = kept.filter(
    ({ head, second, trace }) =>
      (trace === undefined && second >= from) ||
      head.question.shape === 'exists' ||
      (trace !== undefined && shown.has(`${head.tenant} ${trace}`)),
  );
  console.log(`${wanted.length} of ${kept.length} exchanges`);
  rmSync(output, { force: true });
  const atUnix = Math.min(header.toUnix, header.fromUnix + at);
  const created = await createTape(output, { ...header, atUnix }, { level: LEVEL, dropped: DROPPED });
  if (!created.ok) throw new Error(created.because);
  let before = 0;
  for (const [group, part] of framesOf(wanted, at)) {
    for (const { entry } of part) created.writer.add(entry);
    const written = await created.writer.endRound();
    if (!written.ok) throw new Error(written.because);
    console.log(`${String(written.bytes - before).padStart(8)} bytes ${String(part.length).padStart(6)}  ${group}`);
    before = written.bytes;
  }
  const closed = await created.writer.close({
    backends: header.backends,
    fromUnix: header.fromUnix,
    toUnix: Math.min(header.toUnix, header.fromUnix + Number(values.to)),
  });
  if (!closed.ok) throw new Error(closed.because);
  console.log(`${closed.bytes} bytes in all, ${closed.bytes - before} of them the index`);
  if (closed.bytes > BYTES_MAX)
    throw new Error(`that is more than ${BYTES_MAX}: a later --from, or rounds further apart`);
}

const wayOf = ({ head, entry }: Kept): string =>
  `${head.component} ${head.tenant} ${new URL(entry.request.url, 'http://x').pathname}`;

function tenantOf(text: string): readonly Tenant[] {
  const parsed = parseTenant(text);
  if (!parsed.ok) throw new Error(parsed.because);
  return [parsed.tenant];
}

async function readAll(input: string, fromUnix?: number) {
  const bytes = await openBytes(input);
  const { parsed, endOffset } = await readHeader(bytes);
  if (parsed.kind !== 'header') throw new Error(`${input} is no recording of this program`);
  const { blocks, header } = await openContainer(bytes, parsed.header, endOffset);
  const kept: Kept[] = [];
  for (const block of blocks)
    for (const [, line] of linesIn(await block.load())) {
      const head = headOf(line);
      if (head !== undefined) kept.push(keep(line, head, fromUnix ?? header.fromUnix));
    }
  await bytes.close();
  return { kept, header };
}

/** The trace of a question about one: in its path, or quoted in its query. */
const TRACE = /\/traces\/([0-9a-f]{1,32})|["`%22]([0-9a-f]{32})["`%22]/i;

function keep(line: Buffer, head: EntryHead, fromUnix: number): Kept {
  const entry: HarEntry = JSON.parse(line.toString());
  const found = head.question.shape === 'by-id' ? TRACE.exec(decodeURIComponent(entry.request.url)) : undefined;
  const trace = (found?.[1] ?? found?.[2])?.toLowerCase().padStart(32, '0');
  const { _stream, _frames, _fault, time } = entry;
  const more = { ...(_stream === undefined ? {} : { _stream, time }), ...(_fault ? { _fault } : {}) };
  const slimmed: HarEntry = { ...more, ...slim(entry, head.component), ...(_frames ? { _frames } : {}) };
  return { head, entry: slimmed, second: head.atUnix - fromUnix, ...(trace === undefined ? {} : { trace }) };
}

/** Traces that the screens of these rounds name: the worst and newest exemplars of each answer, and what searches found. */
function tracesShown(kept: readonly Kept[]): ReadonlySet<string> {
  const shown = new Set<string>();
  for (const { head, entry } of kept) {
    const kind = kindOf(head, entry);
    const { text } = entry.response.content;
    const ids = kind === 'exemplars' ? exemplarsIn(text) : kind === 'searches' ? foundIn(text) : [];
    for (const id of ids) shown.add(`${head.tenant} ${id.toLowerCase().padStart(32, '0')}`);
  }
  return shown;
}

function exemplarsIn(text: string): readonly string[] {
  const answer: { data?: { exemplars: { labels: Record<string, string>; value: string; timestamp: number }[] }[] } =
    JSON.parse(text || '{}');
  const all = (answer.data ?? []).flatMap(({ exemplars }) => exemplars);
  const by = (order: (one: (typeof all)[number]) => number) =>
    all.toSorted((left, right) => order(right) - order(left)).slice(0, EXEMPLARS_SHOWN);
  return [...by(({ value }) => Number(value)), ...by(({ timestamp }) => timestamp)].map(
    ({ labels }) => labels.trace_id ?? labels.traceID ?? labels.traceId ?? '',
  );
}

function foundIn(text: string): readonly string[] {
  const answer: { traces?: { traceID: string }[] } = JSON.parse(text || '{}');
  return (answer.traces ?? []).map(({ traceID }) => traceID);
}

/** What packs well together, in the order in which it is written. */
function kindOf({ question, component }: EntryHead, { request, _frames }: HarEntry): string {
  if (_frames) return `followed ${component}`;
  if (question.shape === 'by-id') return 'ids';
  if (question.shape === 'exists') return component.startsWith('kubernetes/') ? `clusters ${component}` : 'exists';
  if (component.startsWith('kubernetes/')) return `clusters ${component}`;
  if (component.startsWith('agent/')) return `agents ${component}`;
  if (/\/query_exemplars/.test(request.url)) return 'exemplars';
  if (/\/api\/search/.test(request.url)) return 'searches';
  if (/\/loki\/api\/v1\/query_range/.test(request.url)) return 'lines';
  return /\/cardinality\//.test(request.url) ? 'series' : component === 'mimir' ? 'pulse' : `more ${component}`;
}

function framesOf(kept: readonly Kept[], at: number): ReadonlyMap<string, readonly Kept[]> {
  const groups = Map.groupBy(kept, ({ head, entry, second }) => {
    const kind = kindOf(head, entry);
    const [first, last] = FIRST_SCREEN;
    const when = second < at + first ? 'before' : second > at + last ? 'after' : 'at the first screen';
    return kind === 'pulse' || kind === 'exemplars' || kind.startsWith('more')
      ? `${kind} ${when} ${head.tenant}`
      : `${kind} ${head.tenant}`;
  });
  const frames = new Map<string, readonly Kept[]>();
  for (const [group, entries] of groups) {
    const most = FRAME_CHARACTERS[group.split(' ')[0] ?? ''] ?? Number.POSITIVE_INFINITY;
    let part: Kept[] = [];
    let size = 0;
    for (const each of entries) {
      part.push(each);
      size += each.entry.response.content.text.length;
      if (size < most) continue;
      frames.set(`${group} ${frames.size}`, part);
      [part, size] = [[], 0];
    }
    if (part.length > 0) frames.set(`${group} ${frames.size}`, part);
  }
  return frames;
}

await main();
