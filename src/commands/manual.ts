import type { HelpSources } from './help.ts';

/** The man page, from the same tables as the help. `keys`: key and what it does, as the console has them. */
export function printManual(
  { views, flags, groups, variableOf }: HelpSources,
  version: string,
  keys: readonly (readonly [string, string])[],
): string {
  const shown = views.filter(({ consoleOnly }) => !consoleOnly);
  return `${[
    `.TH LGTM-TUI 1 "" "lgtm-tui ${roff(version)}" "User Commands"`,
    '.SH NAME',
    'lgtm\\-tui \\- the terminal console for your own Loki, Grafana, Tempo, Mimir',
    '.SH SYNOPSIS',
    '.B lgtm\\-tui',
    '[\\fIflags\\fR]',
    '.br',
    '.B lgtm\\-tui',
    '\\fICOMMAND\\fR [\\fIargument\\fR] [\\fIflags\\fR]',
    '.SH DESCRIPTION',
    'Without a command: the console, keyboard only. With one: one answer on standard output, for pipes and scripts.',
    'It asks Mimir, Loki, Tempo, the agents and the Kubernetes API, each as one tenant, and only reads.',
    '.SH COMMANDS',
    ...shown.flatMap((view) => [
      '.TP',
      `.B ${roff(view.id)}${view.argument ? ` \\fI${roff(view.argument.name)}\\fR` : ''}`,
      roff(view.about),
      ...(view.flags ?? []).flatMap(({ flag, value, about }) => [
        '.br',
        `\\fB\\-\\-${roff(flag)}\\fR${value ? ` \\fI${roff(value)}\\fR` : ''}: ${roff(about)}`,
      ]),
    ]),
    '.SH FLAGS',
    ...Object.entries(groups).flatMap(([group, title]) => [
      `.SS ${roff(title)}`,
      ...flags
        .filter((flag) => flag.group === group)
        .flatMap((flag) => [
          '.TP',
          `.B ${flag.short ? `\\-${flag.short}, ` : ''}\\-\\-${roff(flag.name)}${flag.value ? ` \\fI${roff(flag.value)}\\fR` : ''}`,
          roff(flag.about),
        ]),
    ]),
    '.SH KEYS',
    ...keys.flatMap(([key, does]) => ['.TP', `.B ${roff(key)}`, roff(does)]),
    '.SH ENVIRONMENT',
    'Each flag has a variable; a flag wins over it.',
    ...flags
      .filter(({ group }) => group !== 'more')
      .flatMap((flag) => ['.TP', `.B ${roff(variableOf(flag))}`, `as \\-\\-${roff(flag.name)}`]),
    '.SH EXIT STATUS',
    '1: a finding is bad. 2: something could not be seen. 0: neither. 64: wrong use.',
  ].join('\n')}\n`;
}

/** Text as roff takes it: dashes are minus signs, and a line never begins as a request. */
const roff = (text: string): string =>
  text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/, '\\&$1');
