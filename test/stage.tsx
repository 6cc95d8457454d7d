import { PassThrough } from 'node:stream';
import type { Clients } from '../src/clients/clients.ts';
import { printJson } from '../src/commands/json.ts';
import type { Clock } from '../src/domain/exchange.ts';
import { parseTenant, type Tenant } from '../src/domain/tenant.ts';
import { type Console, createConsole } from '../src/state/console.ts';
import type { Scheduler } from '../src/state/model.ts';
import { startConsole } from '../src/ui/start.tsx';
import type { Params, View } from '../src/views/view.ts';
import { noClients } from './made-views.ts';
import { type Cell, cellAt, linesOf, quiet, Terminal } from './terminal.ts';

/** What a story sets up; everything has a default. */
export interface StageOptions {
  readonly views: readonly View<unknown>[];
  readonly clients?: Clients;
  readonly clock?: Clock;
  readonly columns?: number;
  readonly rows?: number;
  readonly home?: string;
  readonly params?: Params;
  readonly context?: string;
  readonly tenants?: readonly string[];
  readonly scope?: readonly string[];
  readonly recording?: boolean;
  readonly ascii?: boolean;
  readonly color?: boolean;
  /** The terminal's environment; none of the machine's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where screens are saved. */
  readonly folder?: string;
  readonly escapeMs?: number;
  readonly screenReader?: boolean;
  readonly scheduler?: Scheduler;
  readonly refreshSeconds?: number;
  /** False for the machine's own time of day. */
  readonly utc?: boolean;
  /** Milliseconds that `shows` waits. */
  readonly patienceMs?: number;
}

/** A console on a terminal that exists in memory only. */
export interface Stage {
  readonly console: Console;
  /** Characters, in one read, as a fast typist or a paste without brackets sends them. */
  type(text: string): Promise<Stage>;
  /** Keys by name: `enter`, `esc`, `ctrl-f`, `left`, `j`. One read each. */
  press(...keys: string[]): Promise<Stage>;
  paste(text: string): Promise<Stage>;
  /** Waits until the screen shows the text; fails with the screen as it is. */
  shows(text: string | RegExp): Promise<Stage>;
  /** Waits until the screen no longer shows it. */
  hides(text: string): Promise<Stage>;
  /** The screen as text, one string a line, without blanks at the ends. */
  lines(): readonly string[];
  text(): string;
  /** One cell: its character, its width (0 behind a wide one), and whether it is inverse, bold, underlined; colours as the palette's number or -1. */
  cell(x: number, y: number): Cell;
  resize(columns: number, rows: number): Promise<Stage>;
  /** Bytes written to the terminal so far. */
  bytesWritten(): number;
  /** Everything written to the terminal so far. */
  raw(): string;
  /** True while the alternate screen is on. */
  inAlternateScreen(): boolean;
  cursorHidden(): boolean;
  /** Resolves when the console has been left. */
  readonly left: Promise<void>;
  close(): Promise<void>;
}

const BYTES: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\u001b',
  tab: '\t',
  backspace: '\u007f',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  pgup: '\u001b[5~',
  pgdn: '\u001b[6~',
  home: '\u001b[H',
  end: '\u001b[F',
  delete: '\u001b[3~',
  space: ' ',
};

const bytesOf = (key: string): string =>
  BYTES[key] ?? (key.startsWith('ctrl-') ? String.fromCharCode(key.charCodeAt(5) - 96) : key);

/** Time stands still unless a test moves it. */
export const stillClock = (unix: number): Clock => ({ now: () => unix, said: () => undefined });

/** A tenant of a test; throws where the text is none. */
export function tenantOf(text: string): Tenant {
  const parsed = parseTenant(text);
  if (!parsed.ok) throw new Error(parsed.because);
  return parsed.tenant;
}

/** Open a console in memory. */
export async function stage(options: StageOptions): Promise<Stage> {
  const terminal = new Terminal(options.columns ?? 80, options.rows ?? 24);
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => stdin,
    ref: () => stdin,
    unref: () => stdin,
  });
  const console = createConsole({
    views: options.views,
    clients: options.clients ?? noClients,
    clock: options.clock ?? stillClock(1_795_140_000),
    context: options.context ?? 'made',
    tenants: (options.tenants ?? ['north', 'south']).map(tenantOf),
    scope: (options.scope ?? []).map(tenantOf),
    home: options.home ?? options.views[0]?.id ?? '',
    params: options.params,
    time: { endUnix: 1_795_140_000, live: true },
    utc: options.utc ?? true,
    recording: options.recording,
    scheduler: options.scheduler,
    refreshSeconds: options.refreshSeconds,
  });
  const left = startConsole(console, {
    ascii: options.ascii ?? false,
    color: options.color ?? true,
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: terminal as unknown as NodeJS.WriteStream,
    env: options.env ?? {},
    folder: options.folder,
    escapeMs: options.escapeMs,
    screenReader: options.screenReader,
    printJson: async (answer) => printJson(answer, false),
  });
  left.catch(() => undefined);
  const made = makeStage(console, terminal, stdin, left, options.patienceMs ?? 4000);
  await quiet(terminal);
  return made;
}

function makeStage(
  console: Console,
  terminal: Terminal,
  stdin: PassThrough,
  left: Promise<void>,
  patienceMs: number,
): Stage {
  const lines = (): readonly string[] => linesOf(terminal);
  const text = (): string => lines().join('\n');
  const wait = async (holds: () => boolean, words: string): Promise<Stage> => {
    const until = performance.now() + patienceMs;
    while (!holds()) {
      if (performance.now() > until) throw new Error(`the screen ${words}:\n${text()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return self;
  };
  const send = async (bytes: string): Promise<Stage> => {
    stdin.write(bytes);
    await quiet(terminal);
    return self;
  };
  const self: Stage = {
    console,
    left,
    lines,
    text,
    type: send,
    async press(...keys) {
      for (const key of keys) await send(bytesOf(key));
      return self;
    },
    paste: (pasted) => send(`\u001b[200~${pasted}\u001b[201~`),
    shows: (wanted) =>
      wait(
        () => (typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text())),
        `does not show ${wanted}`,
      ),
    hides: (unwanted) => wait(() => !text().includes(unwanted), `still shows ${unwanted}`),
    cell: (x, y) => cellAt(terminal, x, y),
    async resize(columns, rows) {
      terminal.columns = columns;
      terminal.rows = rows;
      terminal.screen.resize(columns, rows);
      terminal.emit('resize');
      await quiet(terminal);
      return self;
    },
    bytesWritten: () => terminal.bytes,
    raw: () => terminal.written,
    inAlternateScreen: () => terminal.screen.buffer.active.type === 'alternate',
    cursorHidden: () => terminal.written.lastIndexOf('\u001b[?25l') > terminal.written.lastIndexOf('\u001b[?25h'),
    async close() {
      console.apply({ do: 'quit' });
      await left;
      stdin.destroy();
    },
  };
  return self;
}
