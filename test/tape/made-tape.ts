import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answered, Asked } from '../../src/domain/exchange.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import type { HarEntry } from '../../src/tape/entry.ts';
import { openTape, type Tape } from '../../src/tape/tape.ts';
import { createTape } from '../../src/tape/writer.ts';

/** Made, in the form of the shipped recordings: HAR 1.2 entries with `_name`, `_label`, `_tenant`. */
export const START = 1_795_447_260;

export interface Made {
  name?: string;
  tenant?: string | null;
  /** Seconds after START. */
  at: number;
  url: string;
  headers?: Record<string, string>;
  text?: string;
  status?: number;
  method?: string;
  body?: string;
  more?: Partial<HarEntry>;
}

export function entry(made: Made): HarEntry {
  const headers = Object.entries(made.headers ?? {}).map(([name, value]) => ({ name, value }));
  return {
    _name: made.name ?? 'mimir/query/made',
    _tenant: made.tenant === undefined ? 'staging' : made.tenant,
    startedDateTime: new Date((START + made.at) * 1000).toISOString().replace('Z', '+00:00'),
    request: {
      method: made.method ?? 'GET',
      url: made.url.startsWith('/') ? `http://10.0.0.1:8080${made.url}` : made.url,
      headers,
      ...(made.body === undefined ? {} : { postData: { text: made.body } }),
    },
    response: {
      status: made.status ?? 200,
      headers: [{ name: 'Content-Type', value: 'application/json' }],
      content: { mimeType: 'application/json', text: made.text ?? `"at ${made.at}"` },
    },
    ...made.more,
  };
}

export const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'tape-'));

/** The same entries in both forms: plain lines, and our own format with a frame for each two entries. */
export async function bothForms(made: readonly Made[]): Promise<readonly string[]> {
  const into = await folder();
  const entries = made.map(entry);
  const plain = join(into, 'made.ndjson');
  await writeFile(plain, entries.map((each) => `${JSON.stringify(each)}\n`).join(''));
  return [plain, await ownForm(entries, join(into, 'made.tape'))];
}

export async function ownForm(entries: readonly HarEntry[], file: string, close = true): Promise<string> {
  const created = await createTape(file, {
    backends: [],
    context: 'central',
    tenants: [],
    fromUnix: START,
    toUnix: START,
    atUnix: 0,
  });
  if (!created.ok) throw new Error(created.because);
  for (const [index, each] of entries.entries()) {
    created.writer.add(each);
    if (index % 2 === 1) await created.writer.endRound();
  }
  if (close) await created.writer.close({ atUnix: START + 600, toUnix: START + 840 });
  else await created.writer.endRound();
  return file;
}

export async function opened(file: string, atSeconds?: number): Promise<Tape> {
  const result = await openTape(file, {
    running: false,
    at: () => (atSeconds === undefined ? undefined : START + atSeconds),
  });
  if (!result.ok) throw new Error(result.because);
  return result.tape;
}

export function ask(
  tape: Tape,
  url: string,
  more: Partial<Omit<Asked, 'tenant'>> & { tenant?: string | null } = {},
): Promise<Answered> {
  const [path = '', query = ''] = url.split('?');
  const { tenant = 'staging', ...rest } = more;
  return tape.exchange(
    {
      component: 'mimir',
      identity: '',
      method: 'GET',
      path,
      params: [...new URLSearchParams(query)],
      headers: {},
      deadlineMs: 10_000,
      bytesMax: 1e9,
      ...rest,
      tenant: tenant as Tenant | null,
    },
    new AbortController().signal,
  );
}

/** The text, or `kind: said`. */
export const textOf = (answered: Answered): string =>
  answered.ok ? answered.text : `${answered.kind}: ${answered.said}`;
