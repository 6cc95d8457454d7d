import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { readProfile } from '../../src/config/profile.ts';
import { profileSchema } from '../../src/config/profile-keys.ts';
import { readAccess } from '../../src/config/secrets.ts';
import { readConfig } from '../../src/config.ts';
import { views } from '../../src/views/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'lgtm-tui-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function fileWith(text: string): string {
  files += 1;
  const file = join(folder, `config-${files}.yaml`);
  writeFileSync(file, text);
  return file;
}

const PROD = `profile: prod
profiles:
  prod:
    contexts: [central, eu-west, edge]
    namespace: monitoring
    loki: https://loki.example.org
    tenants: [production-us-east, staging]
    headers: { X-Team: shop }
    tls: { ca: ca.pem }
    basicAuth: { env: LOKI_LOGIN }
  quiet:
    mimir: https://mimir.example.org
`;

async function configOf(text: string, argv: readonly string[] = ['slow'], env: Record<string, string> = {}) {
  const file = fileWith(text);
  const profile = await readProfile([...argv, '--config', file], env);
  if (!profile.ok) throw new Error(profile.because);
  const config = readConfig([...argv, '--config', file], env, views, profile.value);
  if (!config.ok) throw new Error(config.because);
  return config.value;
}

async function becauseOf(text: string, argv: readonly string[] = []): Promise<string> {
  const file = fileWith(text);
  const profile = await readProfile([...argv, '--config', file], {});
  if (profile.ok) throw new Error('it was read');
  return profile.because.replaceAll(file, 'FILE');
}

test('a profile names contexts, URLs, tenants, headers, TLS and where a secret is', async () => {
  const { kube, tenants, where } = await configOf(PROD);
  expect(kube).toEqual({ contexts: ['central', 'eu-west', 'edge'], kubeconfig: undefined, namespace: 'monitoring' });
  expect(tenants).toEqual(['production-us-east', 'staging']);
  expect(where).toMatchObject({
    kind: 'servers',
    servers: [{ backend: 'loki', baseUrl: 'https://loki.example.org' }],
    access: {
      headers: { 'x-team': 'shop' },
      caFile: join(folder, 'ca.pem'),
      basicAuthFile: 'LOKI_LOGIN',
      secretFrom: 'env',
    },
  });
});

test('flags win over variables, variables over the profile', async () => {
  const argv = ['slow', '--tenant', 'a', '--context', 'only'];
  const { kube, tenants } = await configOf(PROD, argv, { LGTM_TUI_NAMESPACE: 'obs', LGTM_TUI_TENANT: 'b' });
  expect(tenants).toEqual(['a']);
  expect(kube).toMatchObject({ contexts: ['only'], namespace: 'obs' });
});

test('another profile by its name; a recording answers without any', async () => {
  expect((await configOf(PROD, ['slow', '--profile', 'quiet'])).where).toMatchObject({
    servers: [{ backend: 'mimir' }],
  });
  const { where, tenants } = await configOf(PROD, ['slow', '--demo']);
  expect([where, tenants]).toEqual([{ kind: 'demo' }, []]);
});

test('no file is no profile', async () => {
  expect(await readProfile(['slow'], { XDG_CONFIG_HOME: join(folder, 'nowhere') })).toEqual({ ok: true, value: {} });
});

describe('a secret', () => {
  const access = { headers: {}, insecure: false, basicAuthFile: 'LOGIN', secretFrom: 'env' } as const;

  test('from a variable', async () => {
    const read = await readAccess(access, { LOGIN: 'me:secret' });
    expect(read.ok && read.value.headers?.authorization).toBe(`Basic ${btoa('me:secret')}`);
  });

  test('from a command', async () => {
    const read = await readAccess(
      { headers: {}, insecure: false, bearerTokenFile: 'echo token', secretFrom: 'command' },
      process.env,
    );
    expect(read.ok && read.value.headers?.authorization).toBe('Bearer token');
  });

  test.each([
    [access, {}, 'the profile takes a secret from LOGIN, and that variable is empty'],
    [
      { ...access, basicAuthFile: 'exit 3', secretFrom: 'command' as const },
      {},
      'the profile takes a secret from the command "exit 3", which fails',
    ],
  ])('that is not there is told without it', async (wanted, env, because) => {
    expect(await readAccess(wanted, env)).toEqual({ ok: false, because });
  });

  test('in clear text is refused, with its line', async () => {
    expect(await becauseOf('profile: a\nprofiles:\n  a:\n    bearerToken: abc\n')).toBe(
      'FILE:4: profiles.a.bearerToken says where the secret is, with file, env or command; the secret itself does not belong here',
    );
  });
});

test.each([
  ['a wrong key', 'profiles:\n  a:\n    contxts: [x]\n', 'FILE:3: profiles.a.contxts is no key; is it contexts?'],
  ['a wrong key at the top', 'profile: a\nservers: {}\n', 'FILE:2: servers is no key; it has profile, profiles'],
  ['a wrong type', 'profiles:\n  a:\n    mimir: [1]\n', 'FILE:3: profiles.a.mimir must be a text'],
  [
    'a wrong type in a list',
    'profiles:\n  a:\n    tenants:\n      - a\n      - {}\n',
    'FILE:5: profiles.a.tenants[1] must be a text',
  ],
  [
    'a wrong switch',
    'profiles:\n  a:\n    tls: { insecure: maybe }\n',
    'FILE:3: profiles.a.tls.insecure is true or false',
  ],
  ['a list at the top', '- a\n', 'FILE:1: the file must hold keys with values'],
])('%s is told with file, line and key', async (_name, text, because) => {
  expect(await becauseOf(text)).toBe(because);
});

test('text that is no YAML is told with its line', async () => {
  expect(await becauseOf('profile: a\nprofiles: [\n')).toMatch(/^FILE:\d+: no YAML: /);
});

test.each([[['--profile', 'x'], '--profile x: FILE has prod, quiet']])(
  'a profile that is not there: %o',
  async (argv, because) => {
    expect(await becauseOf(PROD, argv)).toBe(because);
  },
);

test('a file that was named and is not there', async () => {
  expect(await readProfile(['--config', '/nowhere.yaml'], {})).toEqual({
    ok: false,
    because: '--config /nowhere.yaml: no such file',
  });
});

test('the schema for editors is what the code reads', () => {
  const file = fileURLToPath(new URL('../../docs/config.schema.json', import.meta.url));
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(profileSchema());
});
