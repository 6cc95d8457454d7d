import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGrafanaToken } from '../../src/config/secrets.ts';
import { readConfig } from '../../src/config.ts';
import { views } from '../../src/views/index.ts';

function whereOf(line: string) {
  const read = readConfig(line.split(' '), {}, views);
  if (!read.ok) throw new Error(read.because);
  const { where } = read.value;
  if (where.kind !== 'servers') throw new Error(where.kind);
  return where;
}

describe('Grafana', () => {
  test('alone is no stack: the current context still answers', () => {
    const where = whereOf('rule --grafana-url https://graf.example/grafana/d/abc/checkout');
    expect(where.servers).toMatchObject([{ backend: 'grafana', baseUrl: 'https://graf.example/grafana' }]);
    expect(where.kube).toEqual({ contexts: [] });
  });

  test('beside servers that were named no cluster is looked into', () => {
    const where = whereOf('rule --grafana-url graf:3000 --mimir-url mimir:8080');
    expect(where.servers.map(({ backend }) => backend)).toEqual(['mimir', 'grafana']);
    expect(where.kube).toBeUndefined();
  });

  test('has a token of its own, from a file, which errors never show', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lgtm-tui-'));
    const file = join(folder, 'token');
    await writeFile(file, 'glsa_abc\n');
    const { access } = whereOf(`rule --grafana-url graf:3000 --grafana-token-file ${file}`);
    expect(await readGrafanaToken(access)).toEqual({ ok: true, value: 'Bearer glsa_abc' });
    const missing = whereOf(`rule --grafana-url graf:3000 --grafana-token-file ${file}.none`).access;
    expect(await readGrafanaToken(missing)).toMatchObject({
      ok: false,
      because: expect.stringContaining('--grafana-token-file'),
    });
    expect(await readGrafanaToken(whereOf('rule --grafana-url graf:3000').access)).toEqual({
      ok: true,
      value: undefined,
    });
  });
});
