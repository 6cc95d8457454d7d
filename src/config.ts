import { FORMATS, type Format } from './commands/answer.ts';
import { type Command, commandsOf, misplacedFlag, readCommand, withoutOneTenant } from './config/command.ts';
import { FLAGS, type FlagName } from './config/flags.ts';
import { type Moment, parseMoment } from './config/moment.ts';
import { type Read, right, wrong } from './config/read.ts';
import { lastOf, oneOf, readSettings, type Setting, type Settings } from './config/settings.ts';
import { type KubeChoice, readKube, readWhere, type Where } from './config/where.ts';
import { readWords } from './config/words.ts';
import { parseTenant, type Tenant, tenantParts } from './domain/tenant.ts';
import { parseDuration } from './domain/units.ts';
import type { View } from './views/view.ts';

/** What was asked for, parsed once; nobody reads flags or variables after this. */
export interface Config {
  readonly command: Command;
  readonly where: Where;
  /** Which clusters of several; on a recording too. */
  readonly kube?: KubeChoice;
  /** Empty: none was named. */
  readonly tenants: readonly Tenant[];
  readonly sinceSeconds?: number;
  readonly at?: Moment;
  readonly refreshSeconds?: number;
  /** Where to write what is asked and answered. */
  readonly record?: string;
  readonly utc: boolean;
  readonly ascii: boolean;
  readonly screenReader: boolean;
  /** Milliseconds. */
  readonly escapeMs: number;
  readonly color: boolean;
  readonly format: Format;
  readonly watch: boolean;
  readonly requests: boolean;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** A tool for incidents must not become one. */
const REFRESH_SECONDS_MIN = 1;
/** The pieces of one key are nearer than this on the same desk, and than the other over SSH. */
const ESCAPE_SECONDS = 0.05;
const ESCAPE_SECONDS_SSH = 0.1;
/** Ten years: longer is a slip of the finger, and calendars end. */
const SINCE_SECONDS_MAX = 10 * 366 * 86_400;

/**
 * Flags over `LGTM_TUI_*` variables, with everything checked that can be checked without asking a server.
 *
 * Fails: with one sentence that names the flag or variable, and the nearest one for a typo.
 */
export function readConfig(
  argv: readonly string[],
  env: Env,
  views: readonly View<unknown>[],
  profile: Settings = {},
): Read<Config> {
  if (asksHelp(argv)) {
    const named = commandsOf(views).find(({ id, aliases }) =>
      argv.some((word) => id === word || aliases.includes(word)),
    );
    return right({ ...IDLE, command: { do: 'help', view: named } });
  }
  const viewFlags = commandsOf(views).flatMap(({ flags }) =>
    (flags ?? []).map(({ flag, value }) => ({ name: flag, value })),
  );
  const words = readWords(argv, [...FLAGS, ...viewFlags]);
  if (!words.ok) return words;
  const given = readSettings(words.value.values, env);
  if (!given.ok) return given;
  const settings = { value: withProfile(given.value, profile, words.value.plain[0] === 'demo') };
  const command = readCommand(words.value, settings.value, views);
  if (!command.ok) return command;
  if (command.value.do === 'help' || command.value.do === 'version') return right({ ...IDLE, command: command.value });
  const misplaced = misplacedFlag(words.value, command.value, settings.value, views);
  if (misplaced) return wrong(misplaced);
  const where = readWhere(settings.value, words.value.plain[0] === 'demo');
  return where.ok ? readRest(settings.value, env, command.value, where.value) : where;
}

/** Flags and variables win over the profile; a recording answers without it. */
function withProfile(given: Settings, profile: Settings, demo: boolean): Settings {
  if (demo || given.demo || given.replay) return given;
  const { 'bearer-token-file': bearer, 'basic-auth-file': basic, ...rest } = profile;
  const door =
    given['bearer-token-file'] || given['basic-auth-file']
      ? {}
      : { 'bearer-token-file': bearer, 'basic-auth-file': basic };
  return { ...rest, ...door, ...given };
}

/** Whoever asks for help gets it, whatever else is wrong with the line. */
function asksHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

const IDLE: Omit<Config, 'command'> = {
  where: { kind: 'nothing' },
  tenants: [],
  utc: false,
  ascii: false,
  screenReader: false,
  escapeMs: 0,
  color: false,
  format: 'text',
  watch: false,
  requests: false,
};

/** A recording knows its tenants when it is open, and whether anybody is there at all is not known yet. */
const askedTooSoon = (where: Where, tenants: readonly string[]): boolean =>
  tenants.length === 0 && where.kind !== 'servers';

function readRest(settings: Settings, env: Env, command: Command, where: Where): Read<Config> {
  const tenants = readTenants(settings.tenant);
  if (!tenants.ok) return tenants;
  const whose = askedTooSoon(where, tenants.value) ? undefined : withoutOneTenant(command, tenants.value);
  if (whose) return wrong(whose);
  const since = readSeconds(settings, 'since', 1, SINCE_SECONDS_MAX);
  if (!since.ok) return since;
  const refresh = readSeconds(settings, 'refresh', REFRESH_SECONDS_MIN, 86_400);
  if (!refresh.ok) return refresh;
  const escapeSeconds = readSeconds(settings, 'escape-timeout', 0.001, 5);
  if (!escapeSeconds.ok) return escapeSeconds;
  const at = readAt(settings, where);
  if (!at.ok) return at;
  const record = readRecord(settings.record, where);
  if (!record.ok) return record;
  const format = settings.output ? oneOf(settings.output, FORMATS) : right('text' as const);
  if (!format.ok) return format;
  return right({
    command,
    where,
    kube: readKube(settings),
    tenants: tenants.value,
    sinceSeconds: since.value,
    refreshSeconds: refresh.value,
    at: at.value,
    record: record.value,
    utc: settings.utc !== undefined,
    ascii: settings.ascii !== undefined || isAsciiLocale(env),
    screenReader: settings['screen-reader'] !== undefined || env['INK_SCREEN_READER'] === 'true',
    escapeMs: (escapeSeconds.value ?? (env['SSH_CONNECTION'] ? ESCAPE_SECONDS_SSH : ESCAPE_SECONDS)) * 1000,
    color: settings['no-color'] === undefined && !env['NO_COLOR'],
    format: format.value,
    watch: settings.watch !== undefined,
    requests: settings.requests !== undefined,
  });
}

/** Tenants joined by `|` are asked one by one: federation is off unless a server was told otherwise, and then it hides whose row it is. */
function readTenants(setting: Setting | undefined): Read<readonly Tenant[]> {
  const tenants = new Set<Tenant>();
  for (const text of setting?.values ?? []) {
    const parsed = parseTenant(text);
    if (!parsed.ok) return wrong(`${setting?.named}: ${parsed.because}`);
    for (const tenant of tenantParts(parsed.tenant)) tenants.add(tenant);
  }
  return right([...tenants]);
}

function readAt({ at, watch }: Settings, where: Where): Read<Moment | undefined> {
  if (!at) return right(undefined);
  if (watch && where.kind === 'servers') {
    return wrong(`${at.named} stands still on servers: ${watch.named} would print the same again and again`);
  }
  const moment = parseMoment(lastOf(at) ?? '');
  return moment.ok ? moment : wrong(`${at.named}: ${moment.because}`);
}

function readRecord(setting: Setting | undefined, where: Where): Read<string | undefined> {
  const file = lastOf(setting);
  if (file !== undefined && (where.kind === 'tape' || where.kind === 'demo'))
    return wrong(`${setting?.named} is for servers, and a recording answers here`);
  return right(file);
}

function readSeconds(settings: Settings, name: FlagName, min: number, max: number): Read<number | undefined> {
  const setting = settings[name];
  if (!setting) return right(undefined);
  const parsed = parseDuration(lastOf(setting) ?? '');
  if (!parsed.ok) return wrong(`${setting.named}: ${parsed.because}`);
  if (parsed.seconds < min) return wrong(`${setting.named}: ${min}s is the least`);
  if (parsed.seconds > max) return wrong(`${setting.named}: ${Math.floor(max / 86_400)}d is the most`);
  return right(parsed.seconds);
}

/** The first of the three that is set decides, as in every C library; none set says nothing. */
function isAsciiLocale(env: Env): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  if (locale === undefined || /utf-?8/i.test(locale)) return false;
  return locale === 'C' || locale === 'POSIX' || locale.includes('.');
}
