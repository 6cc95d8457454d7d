import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Answered, Asked, Exchange, Follow } from '../../src/domain/exchange.ts';
import { parseTenant } from '../../src/domain/tenant.ts';
import { type RecorderOptions, startRecording } from '../../src/tape/recorder.ts';
import { openTape, type Tape } from '../../src/tape/tape.ts';
import type { Disk } from '../../src/tape/writer.ts';
import { folder, START } from './made-tape.ts';

const CANARY = 'cAnAry-7f3a91';
const never = (): AbortSignal => new AbortController().signal;

function tenantOf(text: string) {
  const parsed = parseTenant(text);
  if (!parsed.ok) throw new Error(parsed.because);
  return parsed.tenant;
}

const question = (more: Partial<Asked> = {}): Asked => ({
  component: 'mimir',
  identity: 'a1b2c3d4',
  method: 'GET',
  path: '/prometheus/api/v1/query',
  params: [['query', 'up']],
  tenant: tenantOf('staging'),
  headers: { accept: 'application/json' },
  deadlineMs: 1000,
  bytesMax: 1e6,
  ...more,
});

const answer = (text: string, more: Partial<Extract<Answered, { ok: true }>> = {}): Answered => ({
  ok: true,
  status: 200,
  headers: { 'content-type': 'application/json', 'set-cookie': `session=${CANARY}`, server: 'nginx' },
  text,
  // Later than it was asked, as on a network.
  atUnix: START + 1e6,
  ...more,
});

async function recording(options: Partial<RecorderOptions> & { name?: string } = {}) {
  let nowUnix = START;
  const file = join(await folder(), options.name ?? 'night.tape');
  const clock = { now: () => nowUnix, said: () => undefined };
  const started = await startRecording(file, { context: () => 'central', tenants: [], clock, known: [], ...options });
  if (!started.ok) throw new Error(started.because);
  return {
    file,
    recorder: started.recorder,
    at: (seconds: number) => {
      nowUnix = START + seconds;
    },
  };
}

async function replayed(file: string, atSeconds?: number): Promise<Tape> {
  const opened = await openTape(file, {
    running: false,
    at: () => (atSeconds === undefined ? undefined : START + atSeconds),
  });
  if (!opened.ok) throw new Error(opened.because);
  return opened.tape;
}

const said = (answered: Answered): string => (answered.ok ? answered.text : `${answered.kind}: ${answered.said}`);

/** A disk with room for so many bytes; what does not fit is written in part, as a real one does. */
function diskOf(bytes: number): Disk {
  let left = bytes;
  return async (descriptor, part) => {
    const { appendFileSync } = await import('node:fs');
    appendFileSync(descriptor, part.subarray(0, Math.max(0, left)));
    left -= part.length;
    if (left < 0) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  };
}

describe('what was asked can be asked again of the file', () => {
  test('by nobody in particular, at the time it was asked, and it opens at its first round', async () => {
    const { file, recorder, at } = await recording({ quietMs: 5 });
    let text = '"first"';
    const exchange = recorder.exchange(async () => answer(text));
    await exchange(question(), never());
    await setTimeout(30);
    at(60);
    text = '"second"';
    await exchange(
      question({
        params: [
          ['query', 'up'],
          ['time', String(START + 60)],
        ],
      }),
      never(),
    );
    expect(await recorder.close()).toMatch(/^recorded 2 exchanges in .*night\.tape \(\d+ kB\)$/);

    const tape = await replayed(file);
    expect(tape.header).toMatchObject({ context: 'central', backends: ['mimir'], tenants: ['staging'] });
    expect(said(await tape.exchange(question({ identity: '' }), never()))).toBe('"first"');
    const later = await replayed(file, 60);
    expect(said(await later.exchange(question({ identity: '' }), never()))).toBe('"second"');
    expect(said(await later.exchange(question({ tenant: null, identity: '' }), never()))).toMatch(/^not-recorded/);
    expect(said(await later.exchange(question({ identity: 'ffffffff' }), never()))).toMatch(/^not-recorded/);
  });

  test('a backend that did not answer does not answer on the tape either; what nobody wanted is not there', async () => {
    const { file, recorder } = await recording();
    const failing = (kind: 'timeout' | 'cancelled', text: string): Exchange =>
      recorder.exchange(async () => ({ ok: false, kind, said: text }));
    await failing('timeout', 'no answer within 10 s')(question(), never());
    await failing('cancelled', 'no longer wanted')(question({ component: 'loki' }), never());
    await recorder.exchange(async () => answer('no org id', { status: 401 }))(question({ tenant: null }), never());
    await recorder.close();
    const tape = await replayed(file);
    expect(said(await tape.exchange(question({ identity: '' }), never()))).toBe('timeout: no answer within 10 s');
    expect(await tape.exchange(question({ identity: '', tenant: null }), never())).toMatchObject({ status: 401 });
    expect(said(await tape.exchange(question({ identity: '', component: 'loki' }), never()))).toMatch(/^not-recorded/);
  });

  test('a command that ran once is whole where the file opens', async () => {
    const { file, recorder, at } = await recording({ quietMs: 5, opensAt: 'end' });
    const exchange = recorder.exchange(async () => answer('"x"', { atUnix: START + 9 }));
    await exchange(question(), never());
    await setTimeout(30);
    at(4);
    await exchange(question({ component: 'tempo' }), never());
    await recorder.close();
    const tape = await replayed(file);
    expect(said(await tape.exchange(question({ identity: '', component: 'tempo' }), never()))).toBe('"x"');
  });
});

test('how far apart its rounds are decides what is old', async () => {
  const { file, recorder, at } = await recording({ roundSeconds: 30 });
  await recorder.exchange(async () => answer('"x"'))(question(), never());
  at(200);
  await recorder.exchange(async () => answer('"y"'))(question({ component: 'tempo' }), never());
  await recorder.close();
  const ask = async (atSeconds: number): Promise<Answered> =>
    (await replayed(file, atSeconds)).exchange(question({ identity: '' }), never());
  expect(await ask(89)).not.toHaveProperty('stale');
  expect(await ask(92)).toMatchObject({ stale: expect.stringContaining('92 s before') });
});

test('who asks as nobody, to learn who decides, adds no tenant', async () => {
  const { file, recorder } = await recording();
  const exchange = recorder.exchange(async () => answer('"x"'));
  await exchange(question(), never());
  await exchange(question({ tenant: tenantOf('lgtm-tui-asks-who-decides') }), never());
  await recorder.close();
  expect((await replayed(file)).header.tenants).toEqual(['staging']);
});

test('a tenant that cannot exist has another name each time, and is told the same', async () => {
  const { file, recorder } = await recording();
  await recorder.exchange(async () => answer('"nothing of theirs"'))(
    question({ tenant: tenantOf('lgtm-tui-probe-1a2b3c') }),
    never(),
  );
  await recorder.close();
  const { exchange } = await replayed(file);
  const told = (tenant: string) => exchange(question({ tenant: tenantOf(tenant), identity: '' }), never());
  expect(await told('lgtm-tui-probe-9z8y7x')).toMatchObject({ ok: true, text: '"nothing of theirs"' });
  expect(await told('lgtm-tui')).toMatchObject({ ok: false, kind: 'not-recorded' });
});

describe('the file', () => {
  test('is its owner’s alone, and never one that was there', async () => {
    const { file, recorder } = await recording();
    await recorder.close();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await startRecording(file, {
      context: () => 'central',
      tenants: [],
      clock: { now: () => START, said: () => undefined },
      known: [],
    });
    expect(again).toEqual({ ok: false, because: 'it exists already' });
  });

  test('holds no credential: not in headers, bodies, queries or identities', async () => {
    const { file, recorder } = await recording({ known: [CANARY, 'x'] });
    const exchange = recorder.exchange(async () => answer(JSON.stringify({ a: 'xyz', line: `asked by ${CANARY}` })));
    const headers = {
      accept: 'application/json',
      authorization: `Bearer ${CANARY}`,
      cookie: CANARY,
      'x-api-key': CANARY,
    };
    await exchange(question({ headers, params: [['query', `{a="${CANARY}"}`]], body: CANARY }), never());
    await recorder.close();
    const lines = await linesOf(file);
    expect(lines).not.toContain(CANARY);
    expect(lines).not.toMatch(/authorization|cookie|api-key|a1b2c3d4/i);
    expect(lines).toContain('xyz');
  });

  test('that is cut off anywhere replays up to there, and says so', async () => {
    const { file, recorder, at } = await recording({ quietMs: 1 });
    for (const seconds of [0, 15, 30]) {
      at(seconds);
      await recorder.exchange(async () => answer(`"${seconds}"`, { atUnix: START + seconds }))(question(), never());
      await setTimeout(25);
    }
    await recorder.close();
    const whole = await readFile(file);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(file, whole.subarray(0, whole.length - 400));
    const tape = await replayed(file);
    expect(tape.damage).toMatch(/^the recording was cut off: [23] rounds can be read$/);
    expect(said(await tape.exchange(question({ identity: '' }), never()))).toMatch(/^"(15|30)"$/);
  });
});

describe('a full disk', () => {
  test('ends the tape with its last whole round; answers still come, and one sentence says so', async () => {
    const { file, recorder, at } = await recording({ quietMs: 1, disk: diskOf(900) });
    const exchange = recorder.exchange(async () => answer(JSON.stringify([...Array(40)].map(() => Math.random()))));
    for (let round = 0; round < 5; round++) {
      at(15 * round);
      expect((await exchange(question(), never())).ok).toBe(true);
      await setTimeout(25);
    }
    const words =
      /^the recording ended at 2026-11-23T15:\d\d:\d\dZ: the disk is full; what .*night\.tape holds until then/;
    expect(recorder.said()).toMatch(words);
    expect(await recorder.close()).toMatch(words);
    const tape = await replayed(file, 0);
    expect((await tape.exchange(question({ identity: '' }), never())).ok).toBe(true);
  });

  test('at the very start leaves no file behind', async () => {
    const file = join(await folder(), 'none.tape');
    const clock = { now: () => START, said: () => undefined };
    const started = await startRecording(file, { context: () => '', tenants: [], clock, known: [], disk: diskOf(10) });
    expect(started).toEqual({ ok: false, because: 'the disk is full' });
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });
});

test('a tail is written piece by piece and replayed by the tape’s clock, secrets gone', async () => {
  const { file, recorder, at } = await recording({ quietMs: 10_000 });
  const asked = question({ component: 'loki', path: '/loki/api/v1/tail', params: [['query', '{}']] });
  const source: Follow = async () => ({
    ok: true,
    lines: (async function* () {
      yield '"one"';
      at(10);
      yield JSON.stringify(`password=${CANARY}`);
      at(400);
      yield '"late"';
      at(401);
    })(),
  });
  const followed = await recorder.follow(source)(asked, never());
  const seen: string[] = [];
  if (followed.ok) for await (const text of followed.lines) seen.push(text);
  expect(seen).toHaveLength(3);
  expect(seen[1]).toContain(CANARY);
  at(900);
  await recorder.exchange(async () => answer('"x"'))(question(), never());
  await recorder.close();

  expect(await linesOf(file)).not.toContain(CANARY);
  const tape = await replayed(file, 20);
  const stop = new AbortController();
  const again = await tape.follow({ ...asked, identity: '' }, stop.signal);
  const replay: string[] = [];
  if (again.ok)
    for await (const text of again.lines) {
      replay.push(text);
      if (replay.length === 2) setTimeout(50).then(() => stop.abort());
    }
  expect(replay).toEqual(['"one"', '"password=[redacted]"']);
  const after = await (await replayed(file, 800)).follow({ ...asked, identity: '' }, never());
  expect(after).toMatchObject({ ok: false, kind: 'not-recorded' });
});

async function linesOf(file: string): Promise<string> {
  const { createZstdDecompress } = await import('node:zlib');
  const { createReadStream } = await import('node:fs');
  const parts: Buffer[] = [];
  for await (const part of createReadStream(file).pipe(createZstdDecompress())) parts.push(part);
  return Buffer.concat(parts).toString();
}
