import type { HelpFlag, HelpSources } from './help.ts';

/** Shells that `completion` prints for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const isShell = (text: string | undefined): text is Shell => SHELLS.some((shell) => shell === text);

interface Word {
  readonly word: string;
  readonly about: string;
}

/** What can be typed, from the same tables that are parsed: commands, and the flags of each. */
function wordsOf({ views, flags }: HelpSources): {
  commands: readonly Word[];
  common: readonly Word[];
  own: readonly (Word & { command: string })[];
} {
  const shown = views.filter(({ consoleOnly }) => !consoleOnly);
  return {
    commands: [
      { word: 'demo', about: 'the console on the bundled recording' },
      { word: 'config', about: 'config check: every server and cluster, tried once' },
      { word: 'rbac', about: 'the least ClusterRole that is needed' },
      { word: 'completion', about: `for ${SHELLS.join(', ')}` },
      { word: 'help', about: 'of one command' },
      ...shown.map(({ id, about }) => ({ word: id, about })),
    ],
    common: flags.map(({ name, about }) => ({ word: `--${name}`, about })),
    own: shown.flatMap(({ id, flags: own }) =>
      (own ?? []).map(({ flag, about }) => ({ command: id, word: `--${flag}`, about })),
    ),
  };
}

const takesFile = ({ value }: HelpFlag): boolean => value === 'FILE';

/** The script that teaches a shell our words; `source <(lgtm-tui completion bash)`. */
export function printCompletion(shell: Shell, sources: HelpSources): string {
  return { bash, zsh, fish }[shell](sources);
}

function bash(sources: HelpSources): string {
  const { commands, common, own } = wordsOf(sources);
  const files = sources.flags.filter(takesFile).map(({ name }) => `--${name}`);
  const byCommand = Map.groupBy(own, ({ command }) => command);
  return lines([
    '# bash completion for lgtm-tui; printed by: lgtm-tui completion bash',
    '_lgtm_tui() {',
    '  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} own=""',
    `  case $before in ${files.join('|')}) COMPREPLY=($(compgen -f -- "$word")); return ;; esac`,
    `  case $before in -o|--output) COMPREPLY=($(compgen -W "text json csv markdown" -- "$word")); return ;; esac`,
    '  case ${COMP_WORDS[1]} in',
    ...[...byCommand].map(([command, flags]) => `    ${command}) own="${flags.map(({ word }) => word).join(' ')}" ;;`),
    `    completion) COMPREPLY=($(compgen -W "${SHELLS.join(' ')}" -- "$word")); return ;;`,
    '    config) COMPREPLY=($(compgen -W "check" -- "$word")); return ;;',
    '  esac',
    '  if [[ $word == -* ]]; then',
    `    COMPREPLY=($(compgen -W "${common.map(({ word }) => word).join(' ')} $own" -- "$word"))`,
    '  elif [[ $COMP_CWORD == 1 ]]; then',
    `    COMPREPLY=($(compgen -W "${commands.map(({ word }) => word).join(' ')}" -- "$word"))`,
    '  fi',
    '}',
    'complete -F _lgtm_tui lgtm-tui',
  ]);
}

function zsh(sources: HelpSources): string {
  const { commands, common, own } = wordsOf(sources);
  const files = new Set(sources.flags.filter(takesFile).map(({ name }) => `--${name}`));
  const entry = ({ word, about }: Word): string => `    ${quoted(`${word.replaceAll(':', '\\:')}:${about}`)}`;
  const argument = ({ word, about }: Word): string =>
    `    ${quoted(`${word}[${about.replace(/[[\]]/g, ' ')}]${files.has(word) ? ':file:_files' : ''}`)}`;
  return lines([
    '#compdef lgtm-tui',
    '# zsh completion for lgtm-tui; printed by: lgtm-tui completion zsh',
    '_lgtm_tui() {',
    '  local -a commands flags',
    '  commands=(',
    ...commands.map(entry),
    '  )',
    '  flags=(',
    ...[...common, ...uniqueWords(own)].map(argument),
    '  )',
    '  if (( CURRENT == 2 )) && [[ $words[CURRENT] != -* ]]; then',
    "    _describe 'command' commands",
    '  else',
    '    _arguments -s "${flags[@]}"',
    '  fi',
    '}',
    'compdef _lgtm_tui lgtm-tui',
  ]);
}

function fish(sources: HelpSources): string {
  const { commands, common, own } = wordsOf(sources);
  const files = new Set(sources.flags.filter(takesFile).map(({ name }) => `--${name}`));
  const flag = (word: string, about: string, when = ''): string =>
    `complete -c lgtm-tui${when} -l ${word.slice(2)} -d ${quoted(about)}${files.has(word) ? ' -r -F' : ''}`;
  return lines([
    '# fish completion for lgtm-tui; printed by: lgtm-tui completion fish',
    'complete -c lgtm-tui -f',
    ...commands.map(
      ({ word, about }) => `complete -c lgtm-tui -n __fish_use_subcommand -a ${word} -d ${quoted(about)}`,
    ),
    ...common.map(({ word, about }) => flag(word, about)),
    ...own.map(({ command, word, about }) => flag(word, about, ` -n '__fish_seen_subcommand_from ${command}'`)),
  ]);
}

const uniqueWords = <T extends Word>(words: readonly T[]): readonly T[] => [
  ...new Map(words.map((word) => [word.word, word])).values(),
];

/** In single quotes, whatever it holds. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
