/*
 * Cuts a demo out of recordings of one's own: one answer a round to each question, what nothing reads left out, what
 * repeats itself from round to round side by side, the first screen's answers apart, and as many traces as fit. Usage:
 *
 *   node scripts/cut-tape.ts RAW.tape [MORE.tape …] demo/incident.tape --from 95 --to 815 --at 772
 *
 * `--from`, `--to`, `--at`: seconds after the start of the first recording: the first and the last round, and where the
 * demo opens. `--every`: seconds between two rounds. `--bytes`: what it may have. `--context`, `--tenants`: what the header
 * says instead of the recording's own. Of recordings made side by side each exchange stands at its own time.
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseTenant, type Tenant } from '../src/domain/tenant.ts';
import type { TapeHeader } from '../src/tape/header.ts';
import { createTape, type TapeWriter } from '../src/tape/writer.ts';
import { chosenOf, type Span } from './cut-choose.ts';
import { framesOf, type Group } from './cut-frames.ts';
import { readRaw } from './cut-read.ts';
import { DROPPED } from './slim-answer.ts';

const LEVEL = 22;
/** What the index takes at most; it is written last. */
const INDEX_BYTES = 40_000;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string', default: '0' },
      to: { type: 'string', default: 'Infinity' },
      at: { type: 'string', default: '720' },
      every: { type: 'string', default: '30' },
      bytes: { type: 'string', default: '3000000' },
      context: { type: 'string' },
      tenants: { type: 'string' },
    },
  });
  const inputs = [...positionals];
  const output = inputs.pop();
  const [first, ...more] = inputs;
  if (first === undefined || output === undefined)
    throw new Error('usage: cut-tape.ts RAW.tape [MORE.tape …] OUT.tape');
  const raw = await readRaw(first, more);
  const span: Span = {
    from: Number(values.from),
    to: Math.min(Number(values.to), raw.header.toUnix - raw.header.fromUnix),
    at: Number(values.at),
    every: Number(values.every),
  };
  const chosen = chosenOf(raw.kept, span);
  console.log(`${chosen.asked.length + chosen.ids.length} of ${raw.kept.length} exchanges`);
  const header: TapeHeader = {
    ...raw.header,
    ...(values.context ? { context: values.context } : {}),
    ...(values.tenants ? { tenants: values.tenants.split(',').flatMap(tenantOf) } : {}),
    fromUnix: raw.header.fromUnix + span.from,
    toUnix: raw.header.fromUnix + span.to,
    atUnix: raw.header.fromUnix + Math.min(span.at, span.to),
    roundSeconds: span.every,
  };
  rmSync(output, { force: true });
  const created = await createTape(output, header, { level: LEVEL, dropped: DROPPED });
  if (!created.ok) throw new Error(created.because);
  await write(created.writer, framesOf(chosen, span), header, Number(values.bytes));
}

/** Traces come last, those of the worst requests first: one that no longer fits is left out, and says "not recorded". */
async function write(
  writer: TapeWriter,
  groups: readonly Group[],
  header: TapeHeader,
  bytesMax: number,
): Promise<void> {
  let before = 0;
  let left = 0;
  for (const { name, entries, mayLack } of groups) {
    if (mayLack && before + mayLack.bytesAbout > bytesMax - INDEX_BYTES) {
      left += entries.length;
      continue;
    }
    for (const entry of entries) writer.add(entry);
    const written = await writer.endRound();
    if (!written.ok) throw new Error(written.because);
    console.log(`${String(written.bytes - before).padStart(8)} bytes ${String(entries.length).padStart(6)}  ${name}`);
    before = written.bytes;
  }
  const { backends, fromUnix, toUnix } = header;
  const closed = await writer.close({ backends, fromUnix, toUnix });
  if (!closed.ok) throw new Error(closed.because);
  console.log(
    `${closed.bytes} bytes in all, ${closed.bytes - before} of them the index; ${left} exchanges did not fit`,
  );
  if (closed.bytes > bytesMax)
    throw new Error(`that is more than ${bytesMax}: a later --from, or --every more seconds`);
}

function tenantOf(text: string): readonly Tenant[] {
  const parsed = parseTenant(text);
  if (!parsed.ok) throw new Error(parsed.because);
  return [parsed.tenant];
}

await main();
