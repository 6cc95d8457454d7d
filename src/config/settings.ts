import { FLAGS, type Flag, type FlagName, variableOf } from './flags.ts';
import { nearest } from './nearest.ts';
import { type Read, right, wrong } from './read.ts';

/** One setting with where it came from, so that a mistake can be told by its name. */
export interface Setting {
  readonly values: readonly string[];
  /** `--since`, or `LGTM_TUI_SINCE`. */
  readonly named: string;
  readonly by: 'flag' | 'variable' | 'profile';
  /** Of a profile's secret that is in no file. */
  readonly from?: 'env' | 'command';
}

export type Settings = Partial<Record<FlagName, Setting>>;

const YES = ['1', 'true', 'yes', 'on'];
const NO = ['0', 'false', 'no', 'off'];

/** Flags over variables. An empty variable is none. Fails: with a sentence, where a switch's variable is neither yes nor no. */
export function readSettings(
  flags: ReadonlyMap<string, readonly string[]>,
  env: Readonly<Record<string, string | undefined>>,
): Read<Settings> {
  const settings: Settings = {};
  for (const flag of FLAGS) {
    const given = flags.get(flag.name);
    const setting = given
      ? right({ values: given, named: `--${flag.name}`, by: 'flag' as const })
      : readVariable(flag, env);
    if (!setting.ok) return setting;
    if (setting.value) settings[flag.name] = setting.value;
  }
  return right(settings);
}

function readVariable(flag: Flag, env: Readonly<Record<string, string | undefined>>): Read<Setting | undefined> {
  const named = variableOf(flag);
  const text = env[named]?.trim() ?? '';
  if (text === '' || flag.variable === false) return right(undefined);
  const by = 'variable';
  if (flag.value === undefined) {
    const word = text.toLowerCase();
    if (YES.includes(word)) return right({ values: [''], named, by });
    return NO.includes(word) ? right(undefined) : wrong(`${named} is "${text}": 1 or 0 is understood`);
  }
  if (!flag.repeats) return right({ values: [text], named, by });
  // A header's value may hold spaces and commas; a tenant cannot.
  const parts = text.split(flag.name === 'header' ? /\n+/ : /[\s,]+/);
  return right({ values: parts.filter((part) => part.trim() !== ''), named, by });
}

/** The last of a setting's values. */
export const lastOf = (setting: Setting | undefined): string | undefined => setting?.values.at(-1);

/** One of a closed set of words, or a sentence with the nearest of them. */
export function oneOf<T extends string>(setting: Setting, words: readonly T[]): Read<T> {
  const typed = lastOf(setting) ?? '';
  const found = words.find((word) => word === typed.toLowerCase());
  if (found !== undefined) return right(found);
  const near = nearest(typed.toLowerCase(), words);
  return wrong(`${setting.named} knows ${words.join(', ')}, not "${typed}"${near ? `; is it ${near}?` : ''}`);
}
