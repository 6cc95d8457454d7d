import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readKubeconfig } from '../../src/clients/kubeconfig.ts';
import { kubeconfigFor, writeKubeconfig } from './kube-server.ts';

const written: { remove(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of written.splice(0)) await each.remove();
});

async function fileWith(text: string) {
  const config = await writeKubeconfig(text);
  written.push(config);
  return config;
}

async function becauseOf(options: Parameters<typeof readKubeconfig>[0]): Promise<string> {
  const read = await readKubeconfig(options);
  if (read.ok) throw new Error('it was read');
  return read.because;
}

test('contexts, the current one, its namespace and server', async () => {
  const { file } = await fileWith(kubeconfigFor('https://api.example.org:6443/'));
  const read = await readKubeconfig({ file, env: {} });
  expect(read.ok && read.value.current).toBe('prod');
  expect(read.ok && read.value.contexts).toEqual([
    { name: 'prod', cluster: 'prod', user: 'me', namespace: 'monitoring', server: 'https://api.example.org:6443' },
  ]);
});

test('of several files in KUBECONFIG the first that has a name wins, and one that is missing is passed over', async () => {
  const first = await fileWith(kubeconfigFor('https://first.example.org'));
  const second = await fileWith(
    kubeconfigFor('https://second.example.org').replace(
      'contexts: [',
      'contexts: [{name: other, context: {cluster: prod, user: me}}, ',
    ),
  );
  const env = { KUBECONFIG: [join(first.folder, 'absent'), first.file, second.file].join(delimiter) };
  const read = await readKubeconfig({ env });
  expect(read.ok && read.value.contexts.map(({ name, server }) => [name, server])).toEqual([
    ['prod', 'https://first.example.org'],
    ['other', 'https://first.example.org'],
  ]);
});

test('a file that is not there is named', async () => {
  expect(await becauseOf({ file: '/nowhere/config', env: {} })).toBe('--kubeconfig /nowhere/config: no such file');
});

test('a file that is no YAML is named', async () => {
  const { file } = await fileWith('contexts: [');
  expect(await becauseOf({ file, env: {} })).toMatch(new RegExp(`^${file} is no kubeconfig: `));
});

test.each([
  ['prd', 'no context is called "prd"; FILE has prod'],
  ['torn', 'context torn: its cluster "gone" is not in FILE'],
  ['nobody', 'context nobody: its user "gone" is not in FILE'],
])('a context that leads nowhere: %s', async (name, because) => {
  const { file } = await fileWith(
    kubeconfigFor('https://api.example.org').replace(
      'contexts: [',
      name === 'prd'
        ? 'contexts: ['
        : 'contexts: [{name: torn, context: {cluster: gone, user: me}}, {name: nobody, context: {cluster: prod, user: gone}}, ',
    ),
  );
  const read = await readKubeconfig({ file, env: {} });
  const opened = read.ok && read.value.open(name);
  expect(opened && !opened.ok && opened.because.replace(file, 'FILE')).toBe(because);
});

test('an empty file has no contexts, and says so', async () => {
  const { file } = await fileWith('');
  const read = await readKubeconfig({ file, env: {} });
  const opened = read.ok && read.value.open('prod');
  expect(opened && !opened.ok && opened.because).toBe(`no context "prod": ${file} has none`);
});

test('files in a kubeconfig are found beside it', async () => {
  const config = await fileWith(kubeconfigFor('https://localhost', '{token: a}', 'certificate-authority: ca.crt'));
  await writeFile(join(config.folder, 'ca.crt'), 'the authority');
  const read = await readKubeconfig({ file: config.file, env: {} });
  const opened = read.ok ? read.value.open('prod') : read;
  const harvest = opened.ok ? await opened.login.pass() : undefined;
  expect(harvest?.ok && harvest.pass.tls.ca).toBe('the authority');
});
