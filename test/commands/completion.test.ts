import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { printCompletion, SHELLS } from '../../src/commands/completion.ts';
import { printManual } from '../../src/commands/manual.ts';
import { FLAG_GROUPS, FLAGS, variableOf } from '../../src/config/flags.ts';
import { views } from '../../src/views/index.ts';

const sources = { views, flags: FLAGS, groups: FLAG_GROUPS, variableOf };

/** What bash would offer for the words typed so far; the last may be empty. */
function offered(...words: string[]): readonly string[] {
  const script = `${printCompletion('bash', sources)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _lgtm_tui; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

describe('bash', () => {
  test('commands by their beginning', () => expect(offered('lgtm-tui', 'sl')).toEqual(['slow']));
  test('every command, and no screen that is the console’s alone', () => {
    const all = offered('lgtm-tui', '');
    for (const view of views) expect([view.id, all.includes(view.id)]).toEqual([view.id, !view.consoleOnly]);
    expect(all).toContain('completion');
  });
  test('flags of the command beside those of all', () => {
    expect(offered('lgtm-tui', 'traces', '--m')).toEqual(['--mimir-url', '--min']);
    expect(offered('lgtm-tui', 'slow', '--min')).toEqual([]);
  });
  test('formats after -o', () => expect(offered('lgtm-tui', 'slow', '-o', 'm')).toEqual(['markdown']));
  test('files after a flag that takes one', () =>
    expect(offered('lgtm-tui', 'slow', '--replay', '/etc/pass')).toContain('/etc/passwd'));
});

test.each(SHELLS)('%s: every flag is there, and nothing a view or flag says breaks out of its quotes', (shell) => {
  const script = printCompletion(shell, {
    ...sources,
    views: [{ ...views[0]!, about: `it's $(reboot) \`x\` "y" [z]` }, ...views.slice(1)],
  });
  for (const { name } of FLAGS) expect(script).toContain(shell === 'fish' ? `-l ${name} ` : `--${name}`);
  if (shell !== 'bash') expect(script).toContain("it'\\''s $(reboot)");
});

test('the manual names each command, flag, variable, key and exit code', () => {
  const manual = printManual(sources, '1.2.3', [['ctrl-r', 'refresh']]);
  for (const view of views) if (!view.consoleOnly) expect(manual).toContain(`.B ${view.id.replaceAll('-', '\\-')}`);
  for (const flag of FLAGS) expect(manual).toContain(`\\-\\-${flag.name.replaceAll('-', '\\-')}`);
  expect(manual).toContain('LGTM_TUI_MIMIR_URL');
  expect(manual).toContain('.B ctrl\\-r\nrefresh');
  expect(manual).toContain('64: wrong use');
  expect(manual).not.toMatch(/^\.(?!TH|SH|SS|TP|B|br)/m);
});
