import { afterEach, describe, expect, test } from 'vitest';
import { makeJournal } from '../../src/clients/journal.ts';
import { tailLines } from '../../src/clients/loki-tail.ts';
import { makeClients } from '../../src/clients/make.ts';
import type { TailPart } from '../../src/domain/tail.ts';
import recorded from '../fixtures/loki-recorded.json' with { type: 'json' };
import { type Connection, startTail } from './made-tail.ts';
import { answerOf } from './scripted.ts';
import { CLOCK, tenantOf } from './server.ts';

const T = tenantOf('production-us-east');
const NEWEST = 1_795_448_130_000_000_000n;

/** One message with one stream, whose lines are so many nanoseconds after `NEWEST`. */
const message = (lines: Readonly<Record<string, number>>, more = {}) => ({
  streams: [
    {
      stream: { service: 'payments' },
      values: Object.entries(lines).map(([text, nanos]) => [
        String(NEWEST + BigInt(nanos)),
        text,
        { structuredMetadata: { trace_id: 'a1' } },
      ]),
    },
  ],
  encodingFlags: ['categorize-labels'],
  ...more,
});

let stopServer: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stopServer?.();
  stopServer = undefined;
});

async function serve(...how: Parameters<typeof startTail>) {
  const server = await startTail(...how);
  stopServer = server.stop;
  return server;
}

const texts = (parts: readonly TailPart[]): readonly string[] =>
  parts.flatMap(({ lines }) => lines.map(({ line }) => line));

/** Parts until `enough`, with short pauses. */
async function tailed(
  server: Awaited<ReturnType<typeof startTail>>,
  enough: (parts: readonly TailPart[]) => boolean,
  more: Partial<Parameters<typeof tailLines>[0]> = {},
): Promise<readonly TailPart[]> {
  const stop = new AbortController();
  const journal = makeJournal();
  const source = { backend: 'loki', place: 'here' } as const;
  const { follow } = server.network;
  const { lines } = server.clients.loki(T);
  const tailer = { follow, source, identity: '', clock: CLOCK, journal, retryMs: 5, pollMs: 5, ...more };
  const parts: TailPart[] = [];
  for await (const part of tailLines(tailer, { lines, tenant: T, logql: '{a="b"}', options: {} }, stop.signal)) {
    parts.push(part);
    if (enough(parts)) stop.abort();
  }
  return parts;
}

describe('over a WebSocket', () => {
  test('lines come as they are sent, with their metadata, asked as one tenant and with the flag', async () => {
    const server = await serve((connection) => connection.send(message({ b: 2, a: 1 }, { dropped_entries: [{}, {}] })));
    const stop = new AbortController();
    const parts: TailPart[] = [];
    for await (const part of server.clients.loki(T).tail('{a="b"}', stop.signal, { sinceUnix: 1_795_448_000 })) {
      parts.push(part);
      if (part.lines.length > 0) stop.abort();
    }
    expect(texts(parts)).toEqual(['b', 'a']);
    expect(parts.at(-1)).toMatchObject({ by: 'tail', dropped: 2, origin: { tenant: T, asked: '{a="b"}' } });
    expect(parts.at(-1)?.lines[0]?.metadata).toEqual({ trace_id: 'a1' });
    const [{ query, headers } = {} as Connection] = server.connections;
    expect([...query]).toEqual([
      ['query', '{a="b"}'],
      ['limit', '100'],
      ['start', '1795448000000000000'],
    ]);
    expect(headers).toMatchObject({
      'x-scope-orgid': T,
      'x-loki-response-encoding-flags': 'categorize-labels',
      authorization: 'Bearer x',
    });
    expect(server.clients.journal.entries()[0]).toMatchObject({ path: '/loki/api/v1/tail', status: 101 });
  });

  test('after an interruption it goes on where it was, and no line is told twice or lost', async () => {
    const server = await serve((connection, number) => {
      connection.send(message(number === 1 ? { a: 1, b: 2 } : { a: 1, b: 2, c: 3 }));
      if (number === 1) connection.cut();
    });
    const parts = await tailed(server, (all) => texts(all).length === 3);
    expect(texts(parts)).toEqual(['a', 'b', 'c']);
    expect(parts.find(({ gap }) => gap)).toMatchObject({
      said: 'the tail was interrupted: the connection broke; next try in 1 s',
      gap: { kind: 'unreachable', tenant: T },
    });
    expect(server.connections[1]?.query.get('start')).toBe(String(NEWEST + 2n - 1_000_000_000n));
    expect(server.connections[1]?.query.get('limit')).toBe('5000');
  });

  test.each([
    [1013, '', 'the tail was interrupted: closed with "try again later" (1013); next try in 1 s', 'limit'],
    [
      1011,
      'ingester gone',
      'the tail was interrupted: closed with an error (1011): ingester gone; next try in 1 s',
      'server',
    ],
  ])('a close with %d is said in one sentence, and tried again', async (code, reason, said, kind) => {
    const server = await serve((connection, number) => {
      if (number === 1) connection.close(code, reason);
      else connection.send(message({ a: 1 }));
    });
    const parts = await tailed(server, (all) => texts(all).length === 1);
    expect(parts.flatMap((part) => (part.gap ? [[part.said, part.gap.kind]] : []))).toEqual([[said, kind]]);
  });

  test('a query that cannot be tailed ends it', async () => {
    const server = await serve((connection) =>
      connection.close(1011, 'only log queries can be tailed, not metric queries'),
    );
    const parts = await tailed(server, () => false);
    expect(parts.at(-1)?.gap).toMatchObject({ kind: 'bad-query', said: expect.stringContaining('metric queries') });
    expect(server.connections).toHaveLength(1);
  });

  test('half a message is a gap, and the next one is read', async () => {
    const server = await serve((connection) => {
      connection.send('{"streams":[{');
      connection.send(message({ a: 1 }));
    });
    const parts = await tailed(server, (all) => texts(all).length === 1);
    expect(parts.some(({ gap }) => gap?.kind === 'shape')).toBe(true);
  });

  test('ten thousand lines a second for a second are all there', async () => {
    const server = await serve((connection) => {
      for (let batch = 0; batch < 100; batch++)
        connection.send(
          message(
            Object.fromEntries([...Array(100)].map((_, at) => [`${batch} ${at} ${'x'.repeat(150)}`, batch * 100 + at])),
          ),
        );
    });
    const parts = await tailed(server, (all) => texts(all).length >= 10_000);
    expect(new Set(texts(parts)).size).toBe(10_000);
  });
});

describe('where there is no WebSocket', () => {
  const answer = (): { status: number; text: string } => ({ status: 200, text: answerText });
  const found = answerOf(recorded.lines);
  const answerText = found.ok ? found.text : '';

  test('behind an API server’s proxy it asks again and again, and says why', async () => {
    const server = await serve(() => undefined, answer);
    const parts = await tailed(server, (all) => all.length === 3, { follow: undefined });
    expect(parts[0]?.said).toBe(
      'asked every 0.005 s: the API server’s proxy drops the query of a WebSocket; with --loki-url, or a port-forward, it is a tail',
    );
    expect(parts.map(({ by }) => by)).toEqual(['polling', 'polling', 'polling']);
    const times = (parts[0]?.lines ?? []).map(({ atNanos }) => atNanos);
    expect(times.length).toBeGreaterThan(1);
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)));
    expect([parts[1]?.lines, parts[2]?.lines]).toEqual([[], []]);
    expect(server.connections).toEqual([]);
  });

  test('a gateway that has no such path, or lets no upgrade through, is asked by polling', async () => {
    const gateway = await serve(
      () => undefined,
      ({ url }) => (url?.includes('/tail') ? { status: 404, text: 'nope' } : answer()),
      false,
    );
    expect((await tailed(gateway, (all) => all.length === 1))[0]).toMatchObject({
      by: 'polling',
      said: expect.stringContaining('nope'),
    });
    await stopServer?.();
    const proxy = await serve(
      () => undefined,
      ({ url }) =>
        url?.includes('/tail')
          ? { status: 400, text: 'Bad Request: the client is not using the websocket protocol' }
          : answer(),
      false,
    );
    const [part] = await tailed(proxy, (all) => all.length === 1);
    expect(part).toMatchObject({ by: 'polling', said: expect.stringContaining('lets no WebSocket through') });
  });

  test('who is not let in is told so, in the server’s words', async () => {
    const server = await serve(
      () => undefined,
      () => ({ status: 401, text: 'no org id' }),
      false,
    );
    const [part] = await tailed(server, (all) => all.length === 1);
    expect(part?.gap).toMatchObject({ kind: 'tenant', status: 401, said: 'no org id' });
  });

  test('no Loki at all is a gap that names the flag', async () => {
    const stop = new AbortController();
    const clients = makeClients({ exchanges: {}, clock: CLOCK });
    for await (const part of clients.loki(T).tail('{}', stop.signal)) {
      expect(part.gap?.said).toContain('--loki-url');
      stop.abort();
    }
  });
});
