import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { FlagName } from './flags.ts';
import type { ProfileFile, Said } from './profile-parse.ts';
import { type Read, right, wrong } from './read.ts';
import type { Setting, Settings } from './settings.ts';

type Env = Readonly<Record<string, string | undefined>>;

const NONE: Settings = {};

/**
 * The settings of the profile that is used, each with the file and line it stands in. Without a file there are none.
 *
 * Fails: with a sentence that names file, line and key; for a file or profile that was named and is not there.
 */
export async function readProfile(argv: readonly string[], env: Env): Promise<Read<Settings>> {
  const file = givenFor(argv, 'config') ?? (env.LGTM_TUI_CONFIG || undefined);
  const wanted = givenFor(argv, 'profile') ?? (env.LGTM_TUI_PROFILE || undefined);
  const path = file ?? usualFile(env);
  const text = path === undefined ? undefined : await readText(path);
  if (path === undefined || text === undefined) {
    if (file !== undefined) return wrong(`--config ${file}: no such file`);
    return wanted === undefined
      ? right(NONE)
      : wrong(`--profile ${wanted}: there is no ${path ?? 'configuration file'}`);
  }
  const { parseProfiles } = await import('./profile-parse.ts');
  const parsed = parseProfiles(text, path);
  return parsed.ok ? choose(parsed.value, path, wanted) : parsed;
}

/** Where people keep such files. Source: XDG Base Directory Specification. */
export function usualFile(env: Env): string | undefined {
  const folder = env.XDG_CONFIG_HOME || (env.HOME ? join(env.HOME, '.config') : undefined);
  return folder === undefined ? undefined : join(folder, 'lgtm-tui', 'config.yaml');
}

function choose({ usual, names, profiles }: ProfileFile, path: string, wanted: string | undefined): Read<Settings> {
  const name = wanted ?? usual;
  if (name === undefined) return right(NONE);
  const said = profiles.get(name);
  if (said) return right(settingsOf(said, dirname(path)));
  const named = wanted === undefined ? `${path}: profile` : '--profile';
  return wrong(`${named} ${name}: ${path} has ${names.length > 0 ? names.join(', ') : 'no profiles'}`);
}

function settingsOf(said: readonly Said[], folder: string): Settings {
  const settings: Partial<Record<FlagName, Setting>> = {};
  for (const { key, values, from, where } of said) {
    if (key.flag === undefined || values.length === 0) continue;
    const isFile = key.kind === 'file' || from === 'file';
    settings[key.flag] = {
      values: isFile ? values.map((value) => fileFrom(folder, value)) : values,
      named: where,
      by: 'profile',
      ...(from === 'env' || from === 'command' ? { from } : {}),
    };
  }
  return settings;
}

/** Beside the configuration file, or in the home folder behind `~/`. */
function fileFrom(folder: string, file: string): string {
  if (file.startsWith('~/')) return join(homedir(), file.slice(2));
  return isAbsolute(file) ? file : join(folder, file);
}

/** Known before the command line is read whole, for what stands there may come from the profile. */
function givenFor(argv: readonly string[], name: string): string | undefined {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const at = words.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const word = words[at];
  if (word === undefined) return undefined;
  return word.includes('=') ? word.slice(word.indexOf('=') + 1) : words[at + 1];
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
