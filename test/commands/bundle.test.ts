import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const BUNDLE = fileURLToPath(new URL('../../dist/lgtm-tui.mjs', import.meta.url));

const start = (...argv: string[]): ChildProcess =>
  spawn(process.execPath, [BUNDLE, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LANG: 'C.UTF-8' },
  });

async function endOf(child: ChildProcess) {
  const texts = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    texts.out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    texts.err += chunk.toString();
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, ...texts };
}

/** `npm test` builds first; who runs vitest alone without a build skips these. */
describe.skipIf(!existsSync(BUNDLE))('the program as it is shipped', { timeout: 20_000 }, () => {
  test('--version', async () => {
    expect(await endOf(start('--version'))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^lgtm-tui \d+\.\d+\.\d+ \(Node \d+\.\d+\.\d+, .+\)\n$/),
      err: '',
    });
  });

  test('a command on the bundled recording, all of it on stdout', async () => {
    const { code, out, err } = await endOf(start('slow', '--demo', '-o', 'json'));
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out).rows.length).toBeGreaterThan(3);
  });

  test('wrong use: 64, one sentence, no stack', async () => {
    const { code, out, err } = await endOf(start('slow', '--demo', '--at', 'noon'));
    expect([code, out]).toEqual([64, '']);
    expect(err).toMatch(/^lgtm-tui: --at: "noon" is no time[^\n]*\n$/);
  });

  test('no terminal: 64 and one sentence', async () => {
    expect(await endOf(start('demo'))).toMatchObject({
      code: 64,
      out: '',
      err: expect.stringMatching(/^lgtm-tui: the console needs a terminal[^\n]*\n$/),
    });
  });

  test('a reader that leaves early, as head does, is no failure', async () => {
    const child = start('slow', '--demo', '--watch', '--refresh', '1s');
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await endOf(child)).toMatchObject({ code: 0, err: '' });
  });
});
