import { describe, expect, test } from 'vitest';
import { FLAGS, variableOf } from '../../src/config/flags.ts';
import { type Config, type Env, readConfig } from '../../src/config.ts';
import { views } from '../../src/views/index.ts';

const LOKI = 'http://loki.example.org';

const read = (line: string, env: Env = {}): Config => {
  const config = readConfig(split(line), env, views);
  if (!config.ok) throw new Error(config.because);
  return config.value;
};
const refused = (line: string, env: Env = {}): string => {
  const config = readConfig(split(line), env, views);
  return config.ok ? 'nothing was wrong' : config.because;
};
const split = (line: string): string[] => (line === '' ? [] : line.split(' '));

const told = ({ command }: Config): unknown => {
  if (command.do === 'show') return [command.view.id, command.params];
  return command.do === 'help' ? ['help', command.view?.id] : [command.do];
};

test.each([
  ['', ['console']],
  ['demo', ['console']],
  ['--demo', ['console']],
  ['slow --demo', ['slow', {}]],
  ['--demo slow', ['slow', {}]],
  ['s --demo', ['slow', {}]],
  ['trace 79807c89da2997d0 --demo', ['trace', { trace: '79807c89da2997d0' }]],
  ['logs --service payments --demo', ['logs', { service: 'payments' }]],
  ['traces --min 500ms --errors --demo', ['traces', { min: '500ms', errors: 'yes' }]],
  ['--version', ['version']],
  ['--help', ['help', undefined]],
  ['help', ['help', undefined]],
  ['help slow', ['help', 'slow']],
  ['slow -h', ['help', 'slow']],
  ['slow --nonsense --help', ['help', 'slow']],
])('lgtm-tui %s', (line, command) => {
  expect(told(read(line))).toEqual(command);
});

describe('flags win over variables', () => {
  test('of the same setting', () => {
    expect(read('slow --demo --since 5m', { LGTM_TUI_SINCE: '1h' }).sinceSeconds).toBe(300);
    expect(read('slow --demo', { LGTM_TUI_SINCE: '1h' }).sinceSeconds).toBe(3600);
    expect(read('slow --demo', { LGTM_TUI_SINCE: '' }).sinceSeconds).toBeUndefined();
  });

  test('a list given by flags replaces the list of the variable', () => {
    const env = { LGTM_TUI_TENANT: 'a, b c' };
    expect(read('slow --demo', env).tenants).toEqual(['a', 'b', 'c']);
    expect(read('slow --demo --tenant z --tenant z --tenant y|z', env).tenants).toEqual(['z', 'y']);
  });

  test('of who answers: the demo by flag beats servers by variable, and the other way round', () => {
    expect(read('slow --demo', { LGTM_TUI_LOKI_URL: LOKI }).where.kind).toBe('demo');
    expect(read('demo', { LGTM_TUI_REPLAY: 'x.tape' }).where.kind).toBe('demo');
    expect(read(`slow --loki-url ${LOKI}`, { LGTM_TUI_REPLAY: 'x.tape', LGTM_TUI_DEMO: '1' }).where.kind).toBe(
      'servers',
    );
    expect(read('slow', { LGTM_TUI_REPLAY: 'x.tape' }).where).toEqual({ kind: 'tape', file: 'x.tape' });
  });

  test('servers by flag and by variable are asked together', () => {
    const { where } = read(`slow --loki-url ${LOKI}`, { LGTM_TUI_TEMPO_URL: 'tempo:3200' });
    expect(where.kind === 'servers' && where.servers.map(({ backend }) => backend)).toEqual(['loki', 'tempo']);
  });

  test('every flag that has a variable is read from it', () => {
    const values: Readonly<Record<string, string>> = {
      T: 'a',
      URL: LOKI,
      FILE: 'f',
      'K=V': 'X-Team=shop',
      '15m': '5m',
      '15s': '20s',
      '100ms': '250ms',
      TIME: '03:12',
      FORMAT: 'csv',
      C: 'central',
      NS: 'monitoring',
    };
    const ways = new Set([
      'demo',
      'replay',
      'mimir-url',
      'loki-url',
      'tempo-url',
      'basic-auth-file',
      'cert-file',
      'key-file',
      // Read before the others: what they name gives the rest.
      'profile',
      'config',
    ]);
    for (const flag of FLAGS) {
      if ('variable' in flag || ways.has(flag.name)) continue;
      const before = read(`slow --loki-url ${LOKI}`);
      const value = 'value' in flag ? (values[flag.value] ?? '') : '1';
      expect(read(`slow --loki-url ${LOKI}`, { [variableOf(flag)]: value }), flag.name).not.toEqual(before);
    }
  });

  test.each(['0', 'no', 'FALSE', ''])('a switch is off with %j', (text) => {
    expect(read('slow --demo', { LGTM_TUI_UTC: text }).utc).toBe(false);
  });

  test('a variable that idles is no mistake, a flag that idles is', () => {
    expect(read('--demo', { LGTM_TUI_OUTPUT: 'json', LGTM_TUI_REFRESH: '5s', LGTM_TUI_CA_FILE: 'x' }).format).toBe(
      'json',
    );
    expect(refused('--demo -o json')).toContain('--output belongs to a command');
    expect(refused('slow --demo --refresh 5s')).toContain('--refresh needs --watch');
    expect(refused('slow --demo --ca-file x')).toContain('--ca-file is for servers');
  });
});

describe('wrong use is one sentence that names the flag', () => {
  test.each<[string, string, Env?]>([
    ['slwo --demo', 'no command is called "slwo"; is it slow?'],
    ['nonsense', 'lgtm-tui --help lists them'],
    ['requests --demo', 'requests is a screen of the console only'],
    ['demo slow', 'lgtm-tui slow --demo'],
    ['slow checkout --demo', 'slow takes no word behind it; "checkout" was there'],
    ['trace --demo', 'trace needs ID'],
    ['trace a b --demo', '"b" is one too many'],
    ['trace xyz --demo', '"xyz" is no id'],
    ['logs --trace nothex --demo', '--trace: "nothex" is no id'],
    ['header --signal metric --demo', '--signal knows metrics, logs, traces, not "metric"; is it metrics?'],
    ['why --tenant staging --signal profiles --demo', '--signal knows metrics, logs, traces, not "profiles"'],
    ['queues --source agents --demo', '--source knows scrape, mimir, both, not "agents"'],
    ['labels --signal trace --demo', '--signal knows logs, traces, not "trace"; is it traces?'],
    ['values pod --signal log --demo', '--signal knows metrics, logs, not "log"; is it logs?'],
    ['why --tenant staging --tenant edge --demo', 'why is about one tenant: name one of staging, edge with --tenant'],
    ['why --mimir-url http://mimir', 'why is about one tenant: name one with --tenant'],
    ['traces --min 500 --demo', '--min: "500" has no unit'],
    ['slow --trace ab --demo', '--trace belongs to logs'],
    ['--service x --demo', 'not to the console'],
    ['slow --demo -o yaml', '--output knows text, json, csv, markdown, not "yaml"'],
    ['slow --demo -o jsn', 'is it json?'],
    ['slow --demo --since soon', '--since: "soon" is no duration'],
    ['slow --demo --since 999999d', '--since: 3660d is the most'],
    ['slow --demo --at noon', '--at: "noon" is no time'],
    ['slow --demo --watch --refresh 10ms', '--refresh: 1s is the least'],
    ['slow --demo --tenant a/b', '--tenant: a tenant id may not contain "/"'],
    ['slow --demo --replay x', '--demo and --replay: one of them can answer'],
    ['demo --replay x', 'demo and --replay: one of them can answer'],
    [`slow --demo --loki-url ${LOKI}`, '--demo and --loki-url: one of them can answer'],
    ['slow', 'LGTM_TUI_REPLAY and LGTM_TUI_LOKI_URL', { LGTM_TUI_REPLAY: 'x', LGTM_TUI_LOKI_URL: LOKI }],
    ['slow --loki-url ftp://x', '--loki-url'],
    [`slow --loki-url ${LOKI} --header x-scope-orgid=shop`, 'give it with --tenant'],
    [`slow --loki-url ${LOKI} --header X-Scope-OrgID=shop`, 'give it with --tenant'],
    [`slow --loki-url ${LOKI} --header Authorization=abc`, 'a secret'],
    [`slow --loki-url ${LOKI} --header nonsense`, '--header is K=V'],
    [`slow --loki-url ${LOKI} --header a=\u0000`, 'no header can carry'],
    [`slow --loki-url ${LOKI} --header host=x`, 'set by the connection itself'],
    [`slow --loki-url ${LOKI} --cert-file x`, '--cert-file needs --key-file'],
    [`slow --loki-url ${LOKI} --bearer-token-file x --basic-auth-file y`, 'only one of them'],
    [`slow --loki-url ${LOKI} --at 03:12 --watch`, '--at stands still'],
    ['slow --demo', 'LGTM_TUI_UTC is "maybe"', { LGTM_TUI_UTC: 'maybe' }],
    ['slow --demo', 'LGTM_TUI_AT: "noon" is no time', { LGTM_TUI_AT: 'noon' }],
  ])('lgtm-tui %s', (line, because, env) => {
    const said = refused(line, env);
    expect(said).toContain(because);
    expect(said).not.toContain('\n');
  });

  test('a secret in the environment is no argument, and is taken', () => {
    const { where } = read(`slow --loki-url ${LOKI}`, { LGTM_TUI_HEADER: 'Cookie=a=b, c\nX-Team=shop' });
    expect(where.kind === 'servers' && where.access.headers).toEqual({ cookie: 'a=b, c', 'x-team': 'shop' });
  });
});

test.each<[Env, boolean]>([
  [{}, false],
  [{ LANG: 'C' }, true],
  [{ LANG: 'POSIX' }, true],
  [{ LANG: 'C.UTF-8' }, false],
  [{ LANG: 'de_DE.ISO-8859-1' }, true],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, true],
  [{ LANG: 'C', LC_ALL: 'en_US.UTF-8' }, false],
])('the locale %j is ASCII: %s', (env, ascii) => {
  expect(read('slow --demo', env).ascii).toBe(ascii);
});

test('colours go with NO_COLOR and with the flag', () => {
  expect(read('slow --demo').color).toBe(true);
  expect(read('slow --demo', { NO_COLOR: '1' }).color).toBe(false);
  expect(read('slow --demo', { NO_COLOR: '' }).color).toBe(true);
  expect(read('slow --demo --no-color').color).toBe(false);
});

test('nothing given is told apart from something wrong', () => {
  expect(read('').where.kind).toBe('nothing');
  expect(read('slow').where.kind).toBe('nothing');
});

test.each<[string, Env, number]>([
  ['demo', {}, 50],
  ['demo', { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }, 100],
  ['demo --escape-timeout 250ms', { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }, 250],
  ['demo', { LGTM_TUI_ESCAPE_TIMEOUT: '1s' }, 1000],
])('an escape is waited for: %s with %j: %i ms', (line, env, milliseconds) => {
  expect(read(line, env).escapeMs).toBe(milliseconds);
});

test('what only a screen needs is refused where there is none', () => {
  expect(refused('slow --demo --screen-reader')).toBe(
    '--screen-reader belongs to the console: a command has no screen',
  );
  expect(refused('slow --demo --escape-timeout 1ms')).toContain('belongs to the console');
});

test('a screen reader is served by the flag, its variable, and the variable that programs of this kind share', () => {
  expect(read('demo').screenReader).toBe(false);
  expect(read('demo --screen-reader').screenReader).toBe(true);
  expect(read('demo', { LGTM_TUI_SCREEN_READER: '1' }).screenReader).toBe(true);
  expect(read('demo', { INK_SCREEN_READER: 'true' }).screenReader).toBe(true);
});
