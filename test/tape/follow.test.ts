import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Asked } from '../../src/domain/exchange.ts';
import type { HarEntry } from '../../src/tape/entry.ts';
import { tenantOf } from '../../src/tape/header.ts';
import { openTape, type Tape } from '../../src/tape/tape.ts';
import { entry, folder, opened, ownForm, START } from './made-tape.ts';

const FOLDER = process.env.LGTM_TUI_RECORDINGS ?? fileURLToPath(new URL('../../../shared/recordings', import.meta.url));
const incident = join(FOLDER, 'incident.ndjson.zst');
const absent = !existsSync(incident);
if (absent) console.log(`the shipped recordings are not in ${FOLDER}: recorded watches and tails are not replayed`);

const WATCH = '/api/v1/namespaces/monitoring/pods';
const watched = (version: string): Asked => ({
  component: 'kubernetes/central',
  identity: '',
  method: 'GET',
  path: WATCH,
  params: [
    ['watch', '1'],
    ['allowWatchBookmarks', 'true'],
    ['resourceVersion', version],
    ['timeoutSeconds', '290'],
  ],
  tenant: null,
  headers: {},
  deadlineMs: 1000,
  bytesMax: 1e6,
});

/** What comes within a moment. */
async function texts(tape: Tape, asked: Asked, milliseconds = 60): Promise<readonly string[] | string> {
  const stop = new AbortController();
  const followed = await tape.follow(asked, stop.signal);
  if (!followed.ok) return `${followed.kind}${followed.status ? ` ${followed.status}` : ''}`;
  const timer = setTimeout(() => stop.abort(), milliseconds);
  const seen: string[] = [];
  for await (const text of followed.lines) seen.push(text);
  clearTimeout(timer);
  return seen;
}

const change = (version: number): string =>
  JSON.stringify({ type: 'MODIFIED', object: { metadata: { name: 'a', resourceVersion: String(version) } } });

/** A watch that went on from `version`, and the versions of what it brought, by second. */
const watch = (
  at: number,
  seconds: number,
  version: string,
  brought: Readonly<Record<number, number>>,
  stream?: number,
): HarEntry => ({
  // What a head is read from stands before the answer.
  _component: 'kubernetes/central',
  time: seconds * 1000,
  ...(stream === undefined ? {} : { _stream: stream }),
  ...entry({
    name: '',
    tenant: null,
    at,
    url: `http://kubernetes${WATCH}?watch=1&allowWatchBookmarks=true&resourceVersion=${version}&timeoutSeconds=290`,
  }),
  _frames: Object.entries(brought)
    .map(([second, each]): [number, string] => [(Number(second) - at) * 1000, change(each)])
    .sort(([left], [right]) => left - right),
});

describe('a watch', () => {
  const night = async (atSeconds: number): Promise<Tape> => {
    const entries = [
      watch(0, 100, '10', { 5: 11, 50: 12 }, 1),
      watch(100, 100, '12', { 150: 13 }, 2),
      watch(200, 15, '13', { 205: 14 }, 3),
      watch(215, 85, '13', { 250: 15 }, 3),
      watch(400, 100, '20', { 450: 21 }, 4),
      entry({ at: 840, url: '/prometheus/api/v1/query?query=up' }),
    ];
    return opened(await ownForm(entries, join(await folder(), 'night.tape')), atSeconds);
  };
  const changes = (...versions: number[]): readonly string[] => versions.map(change);

  test('brings what had come by then, and what is older than the asker’s list is left out', async () => {
    expect(await texts(await night(60), watched('10'))).toEqual(changes(11, 12));
    expect(await texts(await night(60), watched('11'))).toEqual(changes(12));
    expect(await texts(await night(20), watched('10'))).toEqual(changes(11));
  });

  test('goes on over those that went on from it, piece by piece', async () => {
    expect(await texts(await night(260), watched('10'))).toEqual(changes(11, 12, 13, 14, 15));
  });

  test('where changes since the list are not on the tape, all must be listed anew', async () => {
    expect(await texts(await night(460), watched('15'))).toBe('not-recorded 410');
    expect(await texts(await night(460), watched('20'))).toEqual(changes(21));
  });

  test('of a time at which nobody watched is not recorded', async () => {
    expect(await texts(await night(350), watched('15'))).toBe('not-recorded');
    expect(await texts(await night(350), { ...watched('15'), path: '/api/v1/nodes' })).toBe('not-recorded');
  });

  test('follows the clock while it runs', async () => {
    const file = await ownForm(
      [watch(0, 100, '10', { 5: 11, 10.1: 12, 60: 13 }), entry({ at: 840, url: '/x' })],
      join(await folder(), 'run.tape'),
    );
    const result = await openTape(file, { running: true, at: () => START + 10 });
    if (!result.ok) throw new Error(result.because);
    expect(await texts(result.tape, watched('10'), 400)).toEqual(changes(11, 12));
  });
});

describe.skipIf(absent)('the shipped recording, at 12:00', () => {
  let tape: Tape;
  beforeAll(async () => {
    tape = await opened(incident, 720);
  }, 60_000);
  afterAll(() => tape.close());

  test('its tail brings the lines of the incident, with their metadata', async () => {
    const clients = makeClients({
      exchanges: { loki: { exchange: tape.exchange, follow: tape.follow, place: 'central' } },
      clock: tape.clock,
    });
    const [tenant] = tenantOf('production-us-east');
    if (!tenant) throw new Error('no tenant');
    const stop = new AbortController();
    let count = 0;
    let newest = 0n;
    setTimeout(() => stop.abort(), 1_000);
    for await (const part of clients.loki(tenant).tail('{namespace="shop"} | level=~"warn|error"', stop.signal)) {
      expect(part).toMatchObject({ by: 'tail', dropped: 0 });
      count += part.lines.length;
      for (const { atNanos, metadata } of part.lines) {
        if (atNanos > newest) newest = atNanos;
        expect(metadata.level).toMatch(/^(warn|error)$/);
      }
    }
    expect(count).toBeGreaterThan(1000);
    expect(Math.abs(Number(newest) / 1e9 - tape.clock.now())).toBeLessThan(5);
  });

  test('a tail that nobody opened is asked for again and again, and says so', async () => {
    const clients = makeClients({
      exchanges: { loki: { exchange: tape.exchange, follow: tape.follow, place: 'central' } },
      clock: tape.clock,
    });
    const [tenant] = tenantOf('staging');
    if (!tenant) throw new Error('no tenant');
    const stop = new AbortController();
    for await (const part of clients.loki(tenant).tail('{namespace="shop"} | level=~"warn|error"', stop.signal)) {
      expect(part.said).toBe('asked every 15 s: nobody tailed this while it was recorded');
      expect(part.by).toBe('polling');
      stop.abort();
    }
  });

  test('its watches bring what changed after a list of that time', async () => {
    const list = await tape.exchange({ ...watched('0'), params: [['limit', '500']] }, new AbortController().signal);
    const version = list.ok ? JSON.parse(list.text).metadata.resourceVersion : '';
    const since = await texts(tape, watched(version));
    const all = await texts(tape, watched('0'));
    expect(all.length).toBeGreaterThan(10);
    expect(since.length).toBeLessThan(all.length);
  });
});
