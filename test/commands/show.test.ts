import { describe, expect, test } from 'vitest';
import type { Clients } from '../../src/clients/clients.ts';
import type { JournalEntry } from '../../src/clients/journal.ts';
import { type Show, show } from '../../src/commands/show.ts';
import type { Loaded } from '../../src/domain/result.ts';
import type { LoadInput, View } from '../../src/views/view.ts';
import { noClients } from '../made-views.ts';
import { AT_UNIX, BODIES, GAP, loadedOf, type MadeRow, madeView, tenantOf } from './made-answers.ts';

function outOf() {
  const written: string[] = [];
  const warned: string[] = [];
  return {
    written,
    warned,
    out: {
      write: (text: string) => void written.push(text),
      warn: (line: string) => void warned.push(line),
      closed: () => false,
    },
  };
}

const viewOf = (
  yields: readonly Loaded<MadeRow>[],
  more: Partial<View<MadeRow>> = {},
  seen: LoadInput[] = [],
): View<unknown> =>
  madeView(BODIES.table, {
    async *load(input) {
      seen.push(input);
      yield* yields;
    },
    ...more,
  });

const showOf = (view: View<unknown>, more: Partial<Show> = {}): Show => ({
  view,
  params: {},
  clients: noClients,
  clock: { now: () => AT_UNIX + 0.7, said: () => undefined },
  tenants: [tenantOf('shop')],
  format: 'text',
  page: { ascii: false, color: false, utc: true },
  requests: false,
  ...more,
});

const never = new AbortController().signal;
const BAD = { id: '1', name: 'checkout', seconds: 1, verdict: 'bad' };

describe('the exit code: 1 a finding is bad, else 2 a gap, else 0', () => {
  test.each<[string, Loaded<MadeRow>, boolean, number]>([
    ['rows and nothing missing', loadedOf([BAD]), false, 0],
    ['a view that only shows never finds anything bad', loadedOf([BAD], { gaps: [GAP] }), false, 2],
    ['a judged row is bad', loadedOf([BAD]), true, 1],
    ['evidence beats blindness', loadedOf([BAD], { gaps: [GAP] }), true, 1],
    ['judged, nothing bad, something not seen', loadedOf([{ ...BAD, verdict: 'warn' }], { gaps: [GAP] }), true, 2],
    ['nothing there, nothing missing', loadedOf([], { because: 'no requests' }), true, 0],
  ])('%s', async (_name, loaded, judges, code) => {
    expect(await show(showOf(viewOf([loaded], judges ? { judges } : {})), outOf().out, never)).toBe(code);
  });
});

test('only the last of a load is printed', async () => {
  const { out, written } = outOf();
  await show(showOf(viewOf([loadedOf([], { complete: false }), loadedOf([BAD])])), out, never);
  expect(written.join('')).toContain('checkout');
  expect(written).toHaveLength(1);
});

test('why it is empty, how it was found and what is missing go beside the rows, with what to do next', async () => {
  const { out, written, warned } = outOf();
  await show(showOf(viewOf([loadedOf([], { because: 'no requests', note: 'by search', gaps: [GAP] })])), out, never);
  expect(written.join('')).toBe('');
  expect(warned).toEqual([
    'no requests',
    'note: by search',
    expect.stringMatching(
      /^gap: timeout: loki@made did not answer in time for shop: no answer within 10 s; next: .*--since/,
    ),
  ]);
});

test('JSON says it all on stdout and nothing beside it', async () => {
  const { out, written, warned } = outOf();
  await show(showOf(viewOf([loadedOf([], { because: 'no requests', gaps: [GAP] })]), { format: 'json' }), out, never);
  expect(warned).toEqual([]);
  expect(JSON.parse(written.join(''))).toMatchObject({ because: 'no requests', gaps: [{ kind: 'timeout' }] });
});

test('a view is asked for the end and the window that were given', async () => {
  const seen: LoadInput[] = [];
  await show(showOf(viewOf([loadedOf([])], {}, seen)), outOf().out, never);
  await show(
    showOf(viewOf([loadedOf([])], {}, seen), { atUnix: 1000, sinceSeconds: 60, params: { service: 's' } }),
    outOf().out,
    never,
  );
  expect(seen.map(({ time }) => time)).toEqual([
    { endUnix: AT_UNIX, windowSeconds: undefined, live: false },
    { endUnix: 1000, windowSeconds: 60, live: false },
  ]);
  expect(seen[1]?.params).toEqual({ service: 's' });
});

describe('--watch', () => {
  test('JSON is one object a line, CSV has one header, and the end of a recording ends it', async () => {
    for (const format of ['json', 'csv'] as const) {
      const { out, written } = outOf();
      let asked = 0;
      const clock = { now: () => AT_UNIX, said: () => (asked++ < 2 ? undefined : 'end of recording') };
      expect(await show(showOf(viewOf([loadedOf([BAD])]), { format, clock, watchSeconds: 0.001 }), out, never)).toBe(0);
      const lines = written.join('').trimEnd().split('\n');
      if (format === 'json') expect(lines.map((line) => JSON.parse(line).view)).toEqual(['made', 'made', 'made']);
      else expect(lines).toEqual(['tenant,name,seconds,verdict', ...Array(3).fill('shop,checkout,1,bad')]);
    }
  });

  test('ends when nobody reads any more', async () => {
    const { out, written } = outOf();
    await show(
      showOf(viewOf([loadedOf([BAD])]), { watchSeconds: 60 }),
      { ...out, closed: () => written.length > 0 },
      never,
    );
    expect(written).toHaveLength(1);
  });

  test('ends when it has to', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    expect(await show(showOf(viewOf([loadedOf([BAD])]), { watchSeconds: 60 }), outOf().out, stop.signal)).toBe(0);
  });
});

test('--requests tells each request once, oldest first, in clean words', async () => {
  const entry = (id: number, said: string): JournalEntry => ({
    id,
    source: { backend: 'mimir', place: 'made' },
    tenant: tenantOf('shop'),
    method: 'GET',
    path: '/prometheus/api/v1/query',
    params: [['query', `up{a="${said}"}`]],
    sentUnix: AT_UNIX,
    milliseconds: 12.4,
    status: 200,
    bytes: 2048,
  });
  const entries: JournalEntry[] = [entry(1, 'before')];
  const listeners = new Set<() => void>();
  const journal = {
    entries: () => entries,
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const view = viewOf([], {
    async *load() {
      entries.unshift(entry(2, 'first\u001b[2J'));
      entries.unshift(entry(3, 'second'));
      for (const listener of listeners) listener();
      for (const listener of listeners) listener();
      yield loadedOf([BAD]);
    },
  });
  const clients: Clients = Object.assign(Object.create(noClients), { journal });
  const { out, warned } = outOf();
  await show(showOf(view, { clients, requests: true }), out, never);
  expect(warned).toEqual([
    'mimir@made shop GET /prometheus/api/v1/query query=up{a="first·"}: 200, 2KiB, 12 ms',
    'mimir@made shop GET /prometheus/api/v1/query query=up{a="second"}: 200, 2KiB, 12 ms',
  ]);
  expect(listeners.size).toBe(0);
});
