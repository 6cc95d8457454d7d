import type { View } from '../views/view.ts';

/** A flag as the help prints it; the table of flags lives beside the parser. */
export interface HelpFlag {
  readonly name: string;
  readonly short?: string;
  readonly value?: string;
  readonly repeats?: true;
  readonly about: string;
  readonly group: string;
  readonly only?: 'command' | 'console';
}

/** What the help is printed from: the same data that is parsed, so that it cannot lie. */
export interface HelpSources {
  readonly views: readonly View<unknown>[];
  readonly flags: readonly HelpFlag[];
  readonly groups: Readonly<Record<string, string>>;
  /** The variable of a flag. */
  readonly variableOf: (flag: HelpFlag) => string;
}

/** `lgtm-tui --help`. */
export function printHelp({ views, flags, groups, variableOf }: HelpSources): string {
  const commands = [
    ['(none)', 'the console: every screen below, joined by keys'],
    ['demo', 'the console on the bundled recording of a real incident'],
    ['config check', 'every server and cluster, tried once'],
    ['rbac', 'the least ClusterRole that is needed'],
    ['completion SHELL', 'a script for bash, zsh or fish'],
    ...views.filter(({ consoleOnly }) => !consoleOnly).map((view) => [usageOf(view), view.about]),
  ];
  const example = flags.find(({ value }) => value !== undefined);
  return lines([
    'lgtm-tui: the terminal console for your own Loki, Grafana, Tempo, Mimir',
    '',
    'lgtm-tui [flags]            the console',
    'lgtm-tui COMMAND [flags]    one answer on stdout, for pipes and scripts',
    '',
    'Commands (lgtm-tui COMMAND --help tells more of each)',
    ...aligned(commands),
    ...flagSections(flags, groups),
    '',
    `Each flag has a variable, such as ${example ? variableOf(example) : ''}; a flag wins over it.`,
    'Exit code: 1 a finding is bad, 2 something could not be seen, 0 neither, 64 wrong use.',
  ]);
}

/** `lgtm-tui slow --help`: its own flags first. */
export function printViewHelp(view: View<unknown>, { flags, groups }: HelpSources): string {
  const own = (view.flags ?? []).map(({ flag, value, about }) => [`--${flag}${value ? ` ${value}` : ''}`, about]);
  return lines([
    `lgtm-tui ${usageOf(view)} [flags]`,
    '',
    `${view.about}${view.aliases.length > 0 ? ` (also: ${view.aliases.join(', ')})` : ''}`,
    ...(own.length > 0 ? ['', `Of ${view.id}`, ...aligned(own)] : []),
    ...flagSections(
      flags.filter(({ only }) => only !== 'console'),
      groups,
    ),
    '',
    view.judges
      ? 'Exit code: 1 a row is bad, 2 something could not be seen, 0 neither, 64 wrong use.'
      : 'Exit code: 2 something could not be seen, 0 all was, 64 wrong use.',
  ]);
}

/** The one screen for somebody who gave nothing: the ways in that there are. */
export function printWaysIn(): string {
  return lines([
    'lgtm-tui needs somebody to ask. Three ways in, and a demo:',
    '',
    '  a kubeconfig    lgtm-tui --context prod             finds the stack in the cluster and goes through its API server',
    '  your servers    lgtm-tui --mimir-url https://mimir.example.org --loki-url https://loki.example.org \\',
    '                           --tempo-url https://tempo.example.org --tenant production-us-east',
    '  a recording     lgtm-tui --replay incident.ndjson.zst',
    '  the demo        lgtm-tui demo',
    '',
    'The demo is a real incident on real servers, recorded; it needs no network. lgtm-tui --help lists the rest.',
  ]);
}

const usageOf = ({ id, argument }: View<unknown>): string => {
  if (!argument) return id;
  return argument.required ? `${id} ${argument.name}` : `${id} [${argument.name}]`;
};

function flagSections(flags: readonly HelpFlag[], groups: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(groups).flatMap(([group, title]) => {
    const rows = flags
      .filter((flag) => flag.group === group)
      .map((flag) => [flagUsage(flag), flag.about + (flag.repeats ? ' (repeats)' : '')]);
    return rows.length === 0 ? [] : ['', title, ...aligned(rows)];
  });
}

const flagUsage = ({ name, short, value }: HelpFlag): string =>
  `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const width = Math.max(...rows.map(([left = '']) => left.length));
  return rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}`);
}

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
