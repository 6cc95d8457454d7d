import type { Page } from '../commands/answer.ts';
import { EXIT, type Out } from '../commands/out.ts';
import { type Command, withoutOneTenant } from '../config/command.ts';
import { FLAG_GROUPS, FLAGS, variableOf } from '../config/flags.ts';
import { currentCluster } from '../config/where.ts';
import { type Config, type Env, readConfig } from '../config.ts';
import { clean } from '../domain/text.ts';
import { home, views } from '../views/index.ts';
import { type Moves, makeMoves } from './moves.ts';
import type { Opened } from './opened.ts';
import type { Scope } from './scope.ts';

/** The process as the program sees it, so that a test can be one. */
export interface Io {
  /** Without node and the script. */
  readonly argv: readonly string[];
  readonly env: Env;
  readonly out: Out;
  readonly isTerminal: { readonly stdin: boolean; readonly stdout: boolean };
  /** Cells of the terminal behind stdout. */
  readonly columns?: number;
  readonly version: string;
  /** The bundled recording. */
  readonly demoFile: string;
  /** Unix seconds. */
  nowUnix(): number;
  /** Aborted where the program has to end before it is done; the terminal is then given back first. */
  readonly signal: AbortSignal;
}

/** Do what the command line says. The answer is the exit code; a throw is our bug. */
export async function run(io: Io): Promise<number> {
  const { readProfile } = await import('../config/profile.ts');
  const profile = await readProfile(io.argv, io.env);
  const config = readConfig(io.argv, io.env, views, profile.ok ? profile.value : {});
  if (!config.ok) return refuse(io, config.because);
  const { command, where } = config.value;
  if (command.do === 'version') {
    io.out.write(`lgtm-tui ${io.version}\n`);
    return EXIT.good;
  }
  if (command.do === 'help') {
    const { printHelp, printViewHelp } = await import('../commands/help.ts');
    const sources = { views, flags: FLAGS, groups: FLAG_GROUPS, variableOf };
    io.out.write(command.view ? printViewHelp(command.view, sources) : printHelp(sources));
    return EXIT.good;
  }
  if (command.do === 'completion') {
    const { isShell, printCompletion, SHELLS } = await import('../commands/completion.ts');
    if (!isShell(command.shell))
      return refuse(io, `completion is printed for ${SHELLS.join(', ')}: lgtm-tui completion bash`);
    io.out.write(printCompletion(command.shell, { views, flags: FLAGS, groups: FLAG_GROUPS, variableOf }));
    return EXIT.good;
  }
  // A broken file must not keep anybody from the help.
  if (!profile.ok) return refuse(io, profile.because);
  if (command.do === 'rbac') {
    const { printRbac } = await import('../commands/rbac.ts');
    io.out.write(printRbac(config.value.kube?.namespace));
    return EXIT.good;
  }
  if (where.kind === 'nothing') {
    const { hasCurrentContext } = await import('./open-kube.ts');
    const found = await hasCurrentContext(io.env);
    if (found) return begin(io, { ...config.value, where: currentCluster() }, command);
    const { printWaysIn } = await import('../commands/help.ts');
    io.out.warn(printWaysIn().trimEnd());
    return EXIT.wrongUse;
  }
  return begin(io, config.value, command);
}

type Asking = Exclude<Command, { do: 'help' | 'version' | 'rbac' | 'completion' }>;

async function begin(io: Io, config: Config, command: Asking): Promise<number> {
  if (command.do === 'console') {
    const missing = missingTerminal(io);
    if (missing !== undefined) return refuse(io, missing);
  }
  return ask(io, config, command);
}

async function ask(io: Io, config: Config, command: Asking): Promise<number> {
  const [{ open }, { scopeOf }] = await Promise.all([import('./open.ts'), import('./scope.ts')]);
  // The screen's code is read while the recording opens.
  const screen =
    command.do === 'console' ? Promise.all([import('../state/console.ts'), import('../ui/start.tsx')]) : undefined;
  screen?.catch(() => undefined);
  const opened = await open(config, {
    running: command.do === 'console' || config.watch,
    demoFile: io.demoFile,
    nowUnix: io.nowUnix,
    env: io.env,
  });
  if (!opened.ok) return refuse(io, opened.because, opened.wrong ? EXIT.wrongUse : EXIT.gap);
  let moves: Moves | undefined;
  try {
    sayFirst(io, command, opened.value);
    const scope = await scopeFor(config, command, opened.value, scopeOf);
    if (!scope.ok) return refuse(io, scope.because, scope.wrong ? EXIT.wrongUse : EXIT.gap);
    if (scope.note !== undefined) io.out.warn(clean(scope.note));
    if (command.do === 'show') return await showOnce(io, config, command, opened.value, scope.tenants);
    if (command.do === 'check') {
      const { checkConfig } = await import('../commands/config-check.ts');
      const what = { clients: opened.value.clients, tenants: scope.tenants, json: config.format === 'json' };
      return await checkConfig(what, io.out, io.signal);
    }
    const [{ createConsole }, { startConsole }] = await (screen ??
      Promise.all([import('../state/console.ts'), import('../ui/start.tsx')]));
    moves = makeMoves(opened.value, (next) => scopeFor(config, command, next, scopeOf));
    const screenful = createConsole({
      ...consoleOptions(config, opened.value, scope.tenants),
      clients: moves.clients,
      move: moves.move,
    });
    io.signal.addEventListener('abort', () => screenful.apply({ do: 'quit' }), { once: true });
    await startConsole(screenful, {
      ascii: config.ascii,
      color: config.color,
      screenReader: config.screenReader,
      escapeMs: config.escapeMs,
      env: io.env,
      printJson: async (answer) => (await import('../commands/json.ts')).printJson(answer, false),
    });
    return EXIT.good;
  } finally {
    const last = await (moves ?? opened.value).close();
    if (last !== undefined) io.out.warn(clean(last));
  }
}

/** What the console must say it says on its screen, where it is seen. */
function sayFirst({ out }: Io, command: Asking, { notes, notice }: Opened): void {
  const said = notice === undefined || command.do === 'console' ? notes : [...notes, notice];
  for (const each of said) out.warn(clean(each));
}

/** Screens that show clusters need nobody's name. */
async function scopeFor(
  config: Config,
  command: Asking,
  opened: Opened,
  scopeOf: typeof import('./scope.ts').scopeOf,
): Promise<Scope> {
  const shown = command.do === 'show' ? command.view : undefined;
  const needless = command.do === 'check' || (shown?.tenantless && !shown.findsTenants);
  if (needless) return namedFor(command, config.tenants.length > 0 ? config.tenants : opened.tenants);
  const scope = await scopeOf(config, opened);
  // Too many to be asked one by one are no obstacle to who lists them.
  if (!scope.ok && scope.many && shown?.findsTenants) return { ok: true, tenants: [], note: scope.because };
  // A console over clusters has something to show before a tenant is known, and so has who asks the agents themselves.
  const asksClusters = command.do === 'console' || shown?.needsNoTenant;
  if (!scope.ok && asksClusters && (opened.clients.clusters.length > 0 || opened.clients.agents.byUrl))
    return { ok: true, tenants: [], ...(sayWhoseFor(opened) ? { note: scope.because } : {}) };
  return scope;
}

function namedFor(command: Asking, tenants: Opened['tenants']): Scope {
  const because = withoutOneTenant(command, tenants);
  return because === undefined ? { ok: true, tenants } : { ok: false, because, wrong: true };
}

/** Who named agents alone need not be told whose data else could be seen. */
const sayWhoseFor = ({ clients }: Opened): boolean => clients.clusters.length > 0 || !clients.agents.byUrl;

async function showOnce(
  io: Io,
  config: Config,
  { view, params }: Extract<Command, { do: 'show' }>,
  opened: Opened,
  tenants: Opened['tenants'],
): Promise<number> {
  const { show } = await import('../commands/show.ts');
  const page: Page = {
    ascii: config.ascii,
    utc: config.utc,
    color: config.color && io.isTerminal.stdout && config.format === 'text' && io.env['TERM'] !== 'dumb',
    columns: io.isTerminal.stdout ? io.columns : undefined,
  };
  const what = {
    view,
    params,
    page,
    tenants,
    ...(config.tenants.length > 0 ? { chosen: true as const } : {}),
    clients: opened.clients,
    clock: opened.clock,
    sinceSeconds: config.sinceSeconds,
    atUnix: opened.atUnix,
    format: config.format,
    requests: config.requests,
    watchSeconds: config.watch ? (config.refreshSeconds ?? (view.everySeconds || 15)) : undefined,
  };
  return show(what, io.out, io.signal);
}

function consoleOptions(config: Config, opened: Opened, scope: Opened['tenants']) {
  const known = [...new Set([...opened.tenants, ...scope])];
  return {
    views,
    home: scope.length === 0 && opened.clients.clusters.length > 0 ? 'stack' : home,
    clients: opened.clients,
    clock: opened.clock,
    context: opened.context,
    recording: opened.recording,
    notice: opened.notice,
    tenants: known,
    scope: config.tenants,
    utc: config.utc,
    refreshSeconds: config.refreshSeconds,
    time: {
      endUnix: Math.floor(opened.atUnix ?? opened.clock.now()),
      windowSeconds: config.sinceSeconds,
      live: opened.atUnix === undefined,
    },
  };
}

function missingTerminal({ env, isTerminal }: Io): string | undefined {
  const instead = 'a command needs none: lgtm-tui slow, lgtm-tui chain --demo';
  if (env['TERM'] === 'dumb')
    return `the console needs a terminal that can move its cursor, and TERM is dumb; ${instead}`;
  if (!isTerminal.stdout || !isTerminal.stdin)
    return `the console needs a terminal, and ${isTerminal.stdout ? 'stdin' : 'stdout'} is none; ${instead}`;
  return undefined;
}

function refuse({ out }: Io, because: string, code: number = EXIT.wrongUse): number {
  out.warn(`lgtm-tui: ${clean(because)}`);
  return code;
}
