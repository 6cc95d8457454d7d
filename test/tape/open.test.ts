import { chmod, mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openTape } from '../../src/tape/tape.ts';
import { createTape } from '../../src/tape/writer.ts';
import { ask, entry, folder, ownForm, START, textOf } from './made-tape.ts';

const rounds = Array.from({ length: 20 }, (_each, index) =>
  entry({
    at: index * 15,
    url: `/prometheus/api/v1/query?query=up&time=${START + index * 15}`,
    text: `"round ${index}" ${'x'.repeat(2000)}`,
  }),
);
const lines = rounds.map((each) => `${JSON.stringify(each)}\n`).join('');

async function because(content: Buffer | string, at?: number): Promise<string> {
  const file = join(await folder(), 'some.tape');
  await writeFile(file, content);
  const opened = await openTape(file, { running: false, at: () => at });
  if (!opened.ok) return opened.because.replace(file, 'FILE');
  await opened.tape.close();
  return 'opened';
}

describe('a file that cannot be replayed says why, in one sentence', () => {
  test.each<[what: string, content: Buffer | string, said: RegExp]>([
    ['empty', '', /^cannot replay FILE: it is empty$/],
    ['text', 'hello\n', /^cannot replay FILE: it is not a recording: neither zstd nor HAR entries one a line$/],
    ['another JSON', '{"a":1}\n', /^cannot replay FILE: it holds no HAR entries$/],
    ['a header alone', '{"_tape":1}\n', /^cannot replay FILE: it holds no HAR entries$/],
    [
      'another zstd',
      zstdCompressSync('some text that is no recording\n'),
      /^cannot replay FILE: it holds no HAR entries$/,
    ],
    ['an empty zstd', zstdCompressSync(''), /^cannot replay FILE: it holds no HAR entries$/],
    [
      'a newer tape',
      zstdCompressSync('{"_tape":2,"anything":["else"]}\n'),
      /^cannot replay FILE: it was made by a newer lgtm-tui \(tape format 2, this one reads up to 1\)$/,
    ],
    [
      'a tape of nothing',
      zstdCompressSync('{"_tape":1,"backends":[]}\n'),
      /^cannot replay FILE: it is damaged: not one round of it can be read$/,
    ],
    ['a line cut short', lines.slice(0, -500), /^cannot replay FILE: it is damaged: line 20 is no HAR entry$/],
    [
      'zstd cut short',
      zstdCompressSync(lines).subarray(0, 300),
      /^cannot replay FILE: it is damaged: unexpected end of file$/,
    ],
    [
      'zstd magic and garbage',
      Buffer.concat([zstdCompressSync('').subarray(0, 4), Buffer.alloc(400, 0xff)]),
      /^cannot replay FILE: it is damaged: /,
    ],
  ])('%s', async (_what, content, said) => {
    expect(await because(content)).toMatch(said);
  });

  test('an entry whose time or address is no text', async () => {
    expect(await because('{"startedDateTime":7,"request":{"method":"GET","url":"/"},"response":{}}\n')).toMatch(
      /it holds no HAR entries/,
    );
    expect(
      await because(
        `${lines}{"startedDateTime":"2026-11-23T15:21:00Z","request":{"method":"GET","url":[]},"response":{}}\n`,
      ),
    ).toMatch(/line 21 is no HAR entry/);
  });

  test('a missing file, a folder, a file that may not be read', async () => {
    const into = await folder();
    await mkdir(join(into, 'd'));
    expect(await openTape(join(into, 'none'), { running: false })).toMatchObject({
      ok: false,
      because: expect.stringMatching(/none: there is no such file$/),
    });
    expect(await openTape(join(into, 'd'), { running: false })).toMatchObject({
      ok: false,
      because: expect.stringMatching(/it is a directory$/),
    });
    await writeFile(join(into, 'closed'), lines);
    await chmod(join(into, 'closed'), 0);
    if (process.getuid?.() !== 0)
      expect(await openTape(join(into, 'closed'), { running: false })).toMatchObject({
        ok: false,
        because: expect.stringMatching(/it may not be read$/),
      });
  });

  test('a time outside the recording names both ends', async () => {
    expect(await because(lines, START + 4000)).toBe(
      '2026-11-23T16:27:40Z is outside the recording, which runs from 2026-11-23T15:21:00Z to 2026-11-23T15:25:45Z',
    );
    expect(await because(lines, Number.NaN)).toMatch(/^that time is outside the recording/);
    expect(await because(lines, START - 0.5)).toBe('opened');
  });
});

test('plain lines, zstd of them, and frames one after the other open at their last entry', async () => {
  const into = await folder();
  const half = lines.indexOf('\n', lines.length / 2) + 1;
  const forms = {
    plain: Buffer.from(lines),
    zstd: zstdCompressSync(lines),
    frames: Buffer.concat([zstdCompressSync(lines.slice(0, half)), zstdCompressSync(lines.slice(half))]),
  };
  for (const [name, content] of Object.entries(forms)) {
    await writeFile(join(into, name), content);
    const opened = await openTape(join(into, name), { running: false });
    if (!opened.ok) throw new Error(opened.because);
    expect(opened.tape.clock.now()).toBe(START + 19 * 15);
    expect(textOf(await ask(opened.tape, '/prometheus/api/v1/query?query=up'))).toMatch(/^"round 19"/);
    await opened.tape.close();
  }
});

test('line 1 with fields that are not what they should be is read without them', async () => {
  const file = join(await folder(), 'odd.tape');
  const header = zstdCompressSync(
    `{"_tape":1,"backends":["mimir","abacus",7],"context":{},"tenants":["a","b c","${'x'.repeat(200)}"],"from":"soon","to":null,"at":"1e999"}\n`,
  );
  await writeFile(file, Buffer.concat([header, zstdCompressSync(lines)]));
  const opened = await openTape(file, { running: false });
  expect(opened).toMatchObject({
    ok: true,
    tape: { header: { context: '', tenants: ['staging'], backends: ['mimir'], fromUnix: START, atUnix: START + 285 } },
  });
  if (opened.ok) await opened.tape.close();
});

describe('our own form', () => {
  test('is readable up to where it was cut off, and says that it was', async () => {
    const file = await ownForm(rounds, join(await folder(), 'cut.tape'));
    const { size } = await stat(file);
    await truncate(file, Math.round(size * 0.55));
    const opened = await openTape(file, { running: false });
    if (!opened.ok) throw new Error(opened.because);
    expect(opened.tape.damage).toMatch(/^the recording was cut off: \d rounds can be read$/);
    expect(opened.tape.clock.now()).toBeLessThan(START + 19 * 15);
    expect(textOf(await ask(opened.tape, '/prometheus/api/v1/query?query=up'))).toMatch(/^"round \d+"/);
    await opened.tape.close();
  });

  test('every length of a cut-off file opens or says why', async () => {
    const whole = await readFile(await ownForm(rounds.slice(0, 6), join(await folder(), 'whole.tape')));
    for (let length = 0; length < whole.length; length += 23)
      expect(await because(whole.subarray(0, length))).toMatch(
        /^opened$|^cannot replay FILE: it is (damaged|empty|not a recording)|holds no HAR entries$/,
      );
  });

  test('a damaged round is a fault of the answers in it, not of the others', async () => {
    const file = await ownForm(rounds, join(await folder(), 'flip.tape'));
    const bytes = await readFile(file);
    bytes.fill(0x55, Math.round(bytes.length * 0.3), Math.round(bytes.length * 0.3) + 20);
    await writeFile(file, bytes);
    const answers: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const opened = await openTape(file, { running: false, at: () => START + round * 15 });
      if (!opened.ok) throw new Error(opened.because);
      answers.push(textOf(await ask(opened.tape, '/prometheus/api/v1/query?query=up')).slice(0, 40));
      await opened.tape.close();
    }
    expect(answers.some((answer) => answer.startsWith('shape: the recording is damaged here'))).toBe(true);
    expect(answers.filter((answer) => answer.startsWith('"round')).length).toBeGreaterThan(10);
  });

  test('an index that lies is no way to more memory or another file', async () => {
    const file = await ownForm(rounds, join(await folder(), 'lies.tape'));
    const bytes = await readFile(file);
    for (const [at, value] of [
      [16, 0xffffffff],
      [12, 0xffffffff],
      [16, 0],
      [12, 1],
    ] as const) {
      const lying = Buffer.from(bytes);
      lying.writeUInt32LE(value, lying.length - at);
      await writeFile(file, lying);
      const opened = await openTape(file, { running: false, at: () => START + 30 });
      if (!opened.ok) throw new Error(opened.because);
      expect(textOf(await ask(opened.tape, '/prometheus/api/v1/query?query=up'))).toMatch(/^"round 2"/);
      await opened.tape.close();
    }
  });

  test('is plain HAR to every zstd, its first line the header', async () => {
    const file = await ownForm(rounds, join(await folder(), 'plain.tape'));
    const [first = '', ...others] = zstdDecompressSync(await readFile(file), {
      params: { [constants.ZSTD_d_windowLogMax]: 27 },
    })
      .toString()
      .trimEnd()
      .split('\n');
    expect(JSON.parse(first)).toMatchObject({ _tape: 1, context: 'central' });
    expect(others.map((line) => JSON.parse(line))).toEqual(rounds);
  });

  test('stands on the disk after every round, readable by its owner only, and never over another file', async () => {
    const file = join(await folder(), 'crash.tape');
    const header = { backends: [], context: 'here', tenants: [], fromUnix: START, toUnix: START, atUnix: START };
    const created = await createTape(file, header);
    if (!created.ok) throw new Error(created.because);
    for (const each of rounds.slice(0, 3)) {
      created.writer.add(each);
      expect(await created.writer.endRound()).toMatchObject({ ok: true });
      const opened = await openTape(file, { running: false });
      expect(opened).toMatchObject({ ok: true, tape: { header: { context: 'here', tenants: ['staging'] } } });
      if (opened.ok) expect(textOf(await ask(opened.tape, '/prometheus/api/v1/query?query=up'))).toMatch(/^"round 0"/);
      if (opened.ok) await opened.tape.close();
    }
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await createTape(file, header)).toEqual({ ok: false, because: 'it exists already' });
    expect(await createTape(join(file, 'below'), header)).toMatchObject({ ok: false });
    await created.writer.close();
  });
});
