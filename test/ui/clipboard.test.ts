import { describe, expect, test } from 'vitest';
import { type CopyWay, copyNatively, copyWay } from '../../src/ui/clipboard.ts';
import { row } from '../made-console.ts';
import { loadedOf, loads, madeTable } from '../made-views.ts';
import { stages } from '../stages.ts';

const opened = stages();
const OSC = '\u001b]52;c;dGV4dA==\u0007'; // "text"
const said = (way: CopyWay): string =>
  way.kind === 'none'
    ? way.because
    : way.kind === 'native'
      ? way.programs.map(({ command }) => command).join(' ')
      : way.sequence;

describe('a copy goes', () => {
  test.each<[string, Record<string, string>, string]>([
    ['to the terminal', { TERM: 'xterm-256color' }, OSC],
    ['to the terminal over SSH too', { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22', DISPLAY: ':10' }, OSC],
    ['to tmux and through it', { TMUX: '/tmp/tmux-1/default,1,0' }, `${OSC}\u001bPtmux;\u001b${OSC}\u001b\\`],
    ['through screen', { STY: '1.pts' }, `\u001bP${OSC}\u001b\\`],
    ['to X11 where the terminal is deaf', { VTE_VERSION: '7600', DISPLAY: ':0' }, 'xclip xsel'],
    ['to Wayland first', { VTE_VERSION: '7600', WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' }, 'wl-copy xclip xsel'],
    ['to Windows from WSL', { KONSOLE_VERSION: '220401', WSL_DISTRO_NAME: 'Debian' }, 'clip.exe'],
    ['nowhere on the Linux console', { TERM: 'linux' }, 'the Linux console has no clipboard'],
    ['never to a machine elsewhere', { TERM: 'linux', SSH_TTY: '/dev/pts/0', DISPLAY: ':1' }, 'not where you sit'],
  ])('%s', (_name, env, expected) => expect(said(copyWay('text', env, 'linux'))).toContain(expected));

  test('to tmux itself as well, for out of the box it keeps the sequence from the terminal', () =>
    expect(copyWay('text', { TMUX: '/tmp/tmux-1/default,1,0' }, 'linux')).toMatchObject({
      also: [{ command: 'tmux', args: ['load-buffer', '-w', '-'] }],
    }));

  test('to pbcopy from Terminal.app', () =>
    expect(said(copyWay('text', { TERM_PROGRAM: 'Apple_Terminal' }, 'darwin'))).toBe('pbcopy'));

  test('through screen in pieces that it takes', () => {
    const sequence = said(copyWay('x'.repeat(2000), { STY: '1.pts' }, 'linux'));
    const pieces = sequence.slice(2, -2).split('\u001b\\\u001bP');
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(240);
    expect(pieces.join('')).toContain(Buffer.from('x'.repeat(2000)).toString('base64'));
  });

  test('nowhere, rather than half of it, where it is too long for a terminal', () =>
    expect(said(copyWay('x'.repeat(80_000), {}, 'linux'))).toContain('more than a terminal takes'));
});

describe('a program of this machine', () => {
  test('gets the text; one that is not there is passed over, or said', async () => {
    const cat = { command: 'sh', args: ['-c', 'test "$(cat)" = text'] };
    const missing = { command: 'no-such-clipboard', args: [] };
    expect(await copyNatively('text', [missing, cat])).toBeUndefined();
    expect(await copyNatively('text', [missing])).toBe('no-such-clipboard is not installed');
    expect(await copyNatively('other', [cat])).toBe('sh failed');
  });
});

test('where no clipboard takes it, c says so, and it is printed on leaving', async () => {
  const screen = await opened({ views: [madeTable(loads(loadedOf([row('precious')])))], env: { TERM: 'linux' } });
  await screen.press('c');
  await screen.shows('not copied: the Linux console has no clipboard; printed when you leave');
  await screen.close();
  expect(screen.raw().slice(screen.raw().lastIndexOf('\u001b[?1049l'))).toContain('north  precious  1  |\n');
});
