import { parseDuration } from '../domain/units.ts';
import type { Params, View } from '../views/view.ts';
import { FLAGS, type Flag } from './flags.ts';
import { nearest } from './nearest.ts';
import { type Read, right, wrong } from './read.ts';
import { oneOf, type Settings } from './settings.ts';
import type { Words } from './words.ts';

export type Command =
  | { readonly do: 'console' }
  | { readonly do: 'show'; readonly view: View<unknown>; readonly params: Params }
  /** Prints the rights that are needed; asks nobody. */
  | { readonly do: 'rbac' }
  /** Tries every backend. */
  | { readonly do: 'check' }
  /** Prints a script that teaches a shell our words. */
  | { readonly do: 'completion'; readonly shell: string }
  | { readonly do: 'help'; readonly view?: View<unknown> }
  | { readonly do: 'version' };

/** Views that are commands too. */
export const commandsOf = (views: readonly View<unknown>[]): readonly View<unknown>[] =>
  views.filter(({ consoleOnly }) => !consoleOnly);

const isNamed = ({ id, aliases }: View<unknown>, word: string): boolean => id === word || aliases.includes(word);

/** What the words ask for. Fails: with a sentence that names the word, and the nearest one for a typo. */
export function readCommand(words: Words, settings: Settings, views: readonly View<unknown>[]): Read<Command> {
  const [name, ...rest] = words.plain;
  const find = (word: string | undefined): View<unknown> | undefined =>
    word === undefined ? undefined : commandsOf(views).find((view) => isNamed(view, word));
  if (settings.version) return right({ do: 'version' });
  if (name === undefined) return right({ do: 'console' });
  if (name === 'demo') {
    if (rest[0] === undefined) return right({ do: 'console' });
    return wrong(`demo is the console on the bundled recording; for one command: lgtm-tui ${rest[0]} --demo`);
  }
  const own = readOwn(name, rest);
  if (own) return own;
  if (name === 'help' && rest[0] === undefined) return right({ do: 'help' });
  const word = name === 'help' ? (rest[0] ?? '') : name;
  const view = find(word);
  if (!view) return wrong(unknownCommand(word, views));
  if (name === 'help') return right({ do: 'help', view });
  const params = readParams(words, view, rest);
  return params.ok ? right({ do: 'show', view, params: params.value }) : params;
}

/** Commands that are no screen. Undefined: it is none of them. */
function readOwn(name: string, rest: readonly string[]): Read<Command> | undefined {
  if (name === 'rbac' && rest[0] === undefined) return right({ do: 'rbac' });
  if (name === 'completion') return right({ do: 'completion', shell: rest[0] ?? '' });
  if (name !== 'config') return undefined;
  const check = rest[0] === 'check' && rest[1] === undefined;
  return check ? right({ do: 'check' }) : wrong('config has one command: config check');
}

function unknownCommand(word: string, views: readonly View<unknown>[]): string {
  if (views.some((view) => isNamed(view, word))) {
    return `${word} is a screen of the console only: lgtm-tui, then :${word}`;
  }
  const names = commandsOf(views).flatMap(({ id, aliases }) => [id, ...aliases]);
  const near = nearest(word, [...names, 'demo', 'rbac', 'config check', 'completion', 'help']);
  return `no command is called ${JSON.stringify(word)}; ${near === undefined ? 'lgtm-tui --help lists them' : `is it ${near}?`}`;
}

function readParams(words: Words, view: View<unknown>, rest: readonly string[]): Read<Params> {
  const argument = readArgument(view, rest);
  if (!argument.ok) return argument;
  const params: Record<string, string> = { ...argument.value };
  for (const { flag, param, value: name } of view.flags ?? []) {
    const typed = words.values.get(flag)?.at(-1);
    if (typed === undefined) continue;
    const value = name === undefined ? right('yes') : readValue(`--${flag}`, name, typed);
    if (!value.ok) return value;
    params[param] = value.value;
  }
  return right(params);
}

function readArgument({ id, argument }: View<unknown>, rest: readonly string[]): Read<Params> {
  const [typed, tooMany] = rest;
  if (typed === undefined) {
    return argument?.required ? wrong(`${id} needs ${argument.name}: lgtm-tui ${id} ${argument.name}`) : right({});
  }
  if (!argument) return wrong(`${id} takes no word behind it; ${JSON.stringify(typed)} was there`);
  if (tooMany !== undefined) {
    return wrong(`${id} takes one ${argument.name}; ${JSON.stringify(tooMany)} is one too many`);
  }
  const broken = brokenValue(argument.name, typed);
  return broken ? wrong(`${id} ${argument.name}: ${broken}`) : right({ [argument.param]: typed });
}

/** `metrics|logs|traces` in the help is a closed set; anything else would be taken for no restriction at all. */
function readValue(named: string, name: string, typed: string): Read<string> {
  if (name.includes('|')) return oneOf({ values: [typed], named, by: 'flag' }, name.split('|'));
  const broken = brokenValue(name, typed);
  return broken ? wrong(`${named}: ${broken}`) : right(typed);
}

/** Values whose name in the help says what they must look like: `D` is a duration, `ID` hex digits. */
function brokenValue(name: string, typed: string): string | undefined {
  if (name === 'D') {
    const parsed = parseDuration(typed);
    return parsed.ok ? undefined : parsed.because;
  }
  if (name === 'ID' && !/^[0-9a-f]{1,32}$/i.test(typed))
    return `${JSON.stringify(typed)} is no id: up to 32 hex digits`;
  return undefined;
}

function elsewhere(flag: Flag, command: Command): string | undefined {
  if (flag.only === 'command' && command.do === 'console')
    return `--${flag.name} belongs to a command, such as lgtm-tui slow; the console has no use for it`;
  return flag.only === 'console' && command.do === 'show'
    ? `--${flag.name} belongs to the console: a command has no screen`
    : undefined;
}

/** A command may be about one tenant, neither about none nor about several. Undefined: nothing is wrong. */
export function withoutOneTenant(command: Command, tenants: readonly string[]): string | undefined {
  if (command.do !== 'show' || !command.view.oneTenant || tenants.length === 1) return undefined;
  const known = tenants.length > 0 ? ` of ${tenants.join(', ')}` : '';
  return `${command.view.id} is about one tenant: name one${known} with --tenant`;
}

/** A flag that would do nothing here is a mistake, and is told. Variables are wishes for every command, and may idle. */
export function misplacedFlag(
  words: Words,
  command: Command,
  settings: Settings,
  views: readonly View<unknown>[],
): string | undefined {
  const own = (command.do === 'show' && command.view.flags) || [];
  for (const name of words.values.keys()) {
    const common = FLAGS.find((flag) => flag.name === name);
    const misplaced = common && elsewhere(common, command);
    if (misplaced) return misplaced;
    if (common || own.some(({ flag }) => flag === name)) continue;
    const others = commandsOf(views).filter(({ flags }) => flags?.some(({ flag }) => flag === name));
    const here = command.do === 'show' ? command.view.id : 'the console';
    return `--${name} belongs to ${others.map(({ id }) => id).join(', ')}, not to ${here}`;
  }
  if (settings.refresh?.by === 'flag' && command.do === 'show' && !settings.watch) {
    return '--refresh needs --watch: a command asks once';
  }
  return undefined;
}
