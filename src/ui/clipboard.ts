/** Longest text that terminals take by OSC 52; xterm's limit is near 100,000 bytes in base64. */
export const COPY_BYTES_MAX = 74_000;

/** GNU screen drops longer strings in one device control string. */
const SCREEN_CHUNK = 240;

type Env = Readonly<Record<string, string | undefined>>;

/** One program that takes a text on its standard input. */
export interface NativeCopy {
  readonly command: string;
  readonly args: readonly string[];
}

/** How a text gets to the clipboard of whoever sits at the terminal. */
export type CopyWay =
  /** `also`: what stands between, and may keep the sequence to itself, is told as well; its failure is no news. */
  | { readonly kind: 'terminal'; readonly sequence: string; readonly also: readonly NativeCopy[] }
  | { readonly kind: 'native'; readonly programs: readonly NativeCopy[] }
  | { readonly kind: 'none'; readonly because: string };

/**
 * Ask the terminal (OSC 52), which works over SSH too; a program of this machine only where the terminal is known not to
 * listen and the machine is the reader's own.
 */
export function copyWay(text: string, env: Env, platform: string): CopyWay {
  const bytes = Buffer.byteLength(text);
  const deaf = deafTerminal(env);
  if (deaf === undefined) {
    if (bytes > COPY_BYTES_MAX)
      return { kind: 'none', because: `${bytes} bytes are more than a terminal takes (${COPY_BYTES_MAX})` };
    return { kind: 'terminal', sequence: copySequence(text, env), also: env['TMUX'] ? [TMUX_BUFFER] : [] };
  }
  if (isRemote(env)) return { kind: 'none', because: `${deaf}, and this machine is not where you sit` };
  const programs = nativePrograms(env, platform);
  return programs.length > 0 ? { kind: 'native', programs } : { kind: 'none', because: deaf };
}

/** Out of the box tmux takes no text from programs, but from itself. Source: tmux(1), load-buffer -w (3.2). */
const TMUX_BUFFER: NativeCopy = { command: 'tmux', args: ['load-buffer', '-w', '-'] };

const isRemote = (env: Env): boolean => Boolean(env['SSH_CONNECTION'] || env['SSH_TTY'] || env['SSH_CLIENT']);

/** A terminal that is known to ignore OSC 52; undefined where it may listen. */
function deafTerminal(env: Env): string | undefined {
  if (env['TERM'] === 'linux') return 'the Linux console has no clipboard';
  if (env['TERM_PROGRAM'] === 'Apple_Terminal') return 'Terminal.app takes no text by OSC 52';
  if (env['VTE_VERSION']) return 'terminals of GNOME take no text by OSC 52';
  const konsole = Number(env['KONSOLE_VERSION'] ?? Number.POSITIVE_INFINITY);
  return konsole < 241_200 ? 'Konsole before 24.12 takes no text by OSC 52' : undefined;
}

function nativePrograms(env: Env, platform: string): readonly NativeCopy[] {
  if (platform === 'darwin') return [{ command: 'pbcopy', args: [] }];
  if (platform === 'win32' || env['WSL_DISTRO_NAME']) return [{ command: 'clip.exe', args: [] }];
  const x11 = [
    { command: 'xclip', args: ['-selection', 'clipboard'] },
    { command: 'xsel', args: ['--clipboard', '--input'] },
  ];
  return [...(env['WAYLAND_DISPLAY'] ? [{ command: 'wl-copy', args: [] }] : []), ...(env['DISPLAY'] ? x11 : [])];
}

/**
 * The sequence that hands a text to the terminal's clipboard.
 *
 * tmux gets it twice: bare, which it takes itself (`set-clipboard on`), and wrapped, which it passes on
 * (`allow-passthrough on`); whichever is off is ignored. GNU screen passes it on in pieces.
 * Source: xterm ctlseqs, OSC 52; tmux(1), set-clipboard and allow-passthrough; screen(1), device control strings.
 */
export function copySequence(text: string, env: Env): string {
  const osc = `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`;
  if (env['TMUX']) return `${osc}\u001bPtmux;\u001b${osc}\u001b\\`;
  if (!env['STY']) return osc;
  const count = Math.ceil(osc.length / SCREEN_CHUNK);
  const pieces = Array.from({ length: count }, (_, at) => osc.slice(at * SCREEN_CHUNK, (at + 1) * SCREEN_CHUNK));
  return pieces.map((piece) => `\u001bP${piece}\u001b\\`).join('');
}

/** Hand the text to the first program that is there. Fails: with a sentence. */
export async function copyNatively(text: string, programs: readonly NativeCopy[]): Promise<string | undefined> {
  const { spawn } = await import('node:child_process');
  const run = ({ command, args }: NativeCopy): Promise<string | undefined> =>
    new Promise((resolve) => {
      const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'], timeout: NATIVE_MS });
      child.on('error', () => resolve(`${command} is not installed`));
      // Programs of X11 stay to serve the text; that they left with nothing said is all there is to know.
      child.on('exit', (code) => resolve(code === 0 ? undefined : `${command} failed`));
      child.stdin.on('error', () => undefined);
      child.stdin.end(text);
    });
  const failed: string[] = [];
  for (const program of programs) {
    const because = await run(program);
    if (because === undefined) return undefined;
    failed.push(because);
  }
  return failed.join(', ');
}

const NATIVE_MS = 2_000;
