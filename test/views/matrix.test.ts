import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answered } from '../../src/domain/exchange.ts';
import { sayFault } from '../../src/domain/faults.ts';
import { type Backend, type Fault, type Loaded, sourceKey } from '../../src/domain/result.ts';
import { globalKeys } from '../../src/state/keys.ts';
import { lastOf } from '../../src/views/arrival.ts';
import { views } from '../../src/views/index.ts';
import type { Column, Params, View } from '../../src/views/view.ts';
import { type Demo, demo, type Overlay, viewOf, worstTrace } from '../demo.ts';

const TENANT = 'production-us-east';

/** How each view is opened in the story; every view must have a line here. */
const OPENED: Readonly<Record<string, Params>> = {
  slow: {},
  exemplars: { tenant: TENANT, service: 'checkout', route: '/checkout' },
  heatmap: { tenant: TENANT, service: 'checkout' },
  traces: { tenant: TENANT, service: 'checkout', by: 'search' },
  trace: { tenant: TENANT, trace: 'the worst' },
  logs: { tenant: TENANT, trace: 'the worst' },
  patterns: { tenant: TENANT, service: 'checkout' },
  chain: {},
  tenants: {},
  header: { tenant: TENANT },
  why: { tenant: TENANT, signal: 'metrics' },
  cardinality: {},
  labels: { tenant: 'staging', metric: 'checkout_step_total' },
  values: { tenant: 'staging', metric: 'checkout_step_total', label: 'session' },
  rule: {},
  limits: {},
  stack: {},
  pods: {},
  pod: { pod: 'monitoring-server-loki-ingester-2' },
  nodes: {},
  events: {},
  contexts: {},
  spread: {},
  drain: { node: 'ip-10-0-2-11' },
  queues: {},
  'write-path': { agent: 'monitoring-agent-alloy-q9d4m' },
  agents: {},
  'alloy-components': { agent: 'monitoring-agent-alloy-x7k2p' },
  'alloy-component': { agent: 'monitoring-agent-alloy-x7k2p', component: 'x' },
  requests: {},
};

const NEEDS: Readonly<Record<string, readonly Backend[]>> = {
  slow: ['mimir'],
  exemplars: ['mimir', 'tempo'],
  heatmap: ['mimir'],
  traces: ['tempo'],
  trace: ['tempo'],
  logs: ['tempo', 'loki'],
  patterns: ['loki'],
  chain: ['mimir', 'tempo', 'loki'],
  tenants: ['mimir', 'loki', 'tempo'],
  // A refusal is what they look for: it stands in a row, and is no gap.
  header: [],
  why: [],
  cardinality: ['mimir', 'loki'],
  labels: ['mimir'],
  values: ['mimir'],
  rule: ['mimir'],
  limits: ['mimir', 'loki'],
  stack: ['kubernetes'],
  pods: ['kubernetes'],
  pod: ['kubernetes'],
  nodes: ['kubernetes'],
  events: ['kubernetes'],
  contexts: [],
  spread: ['mimir', 'loki', 'kubernetes'],
  drain: ['mimir', 'loki', 'kubernetes'],
  // Two sources: what one cannot say the other may, and test/views/queues.test.ts lays the faults over each.
  queues: [],
  'write-path': [],
  agents: ['kubernetes'],
  'alloy-components': [],
  'alloy-component': [],
  requests: [],
};

/** Keys that ask what nobody could ask beforehand: around just this line, each exemplar of just this service, logs of just this agent. */
const BEYOND = new Set(['logs o', 'chain o', 'chain e', 'trace e', 'write-path l']);
/** The recorded agents are Prometheus in agent mode: they have no API of Alloy's. These screens have their own tests. */
const NO_ALLOY = new Set(['alloy-components', 'alloy-component']);
/** Rows of the console itself, or that speak of no tenant. */
const NOBODYS = new Set(['agents', 'write-path', 'why', 'queues']);

let calm: Demo;
let worst = '';
beforeAll(async () => {
  calm = await demo();
  worst = await worstTrace(calm, OPENED.exemplars ?? {});
});

/** As listed, with the trace that the story leads to. */
const paramsOf = (params: Params | undefined): Params =>
  params?.trace === undefined ? (params ?? {}) : { ...params, trace: worst };
afterAll(() => calm.close());

const columnsOf = (view: View<unknown>): readonly Column<unknown>[] =>
  view.body.kind === 'table' || view.body.kind === 'waterfall' ? view.body.columns : [];

describe('every view on the bundled recording', () => {
  test('the lists of this test name every view', () => {
    expect(views.map((view) => view.id).sort()).toEqual(Object.keys(OPENED).sort());
    expect(Object.keys(NEEDS).sort()).toEqual(Object.keys(OPENED).sort());
  });

  test.each(Object.entries(OPENED).filter(([id]) => !NO_ALLOY.has(id)))(
    '%s has rows, no gap, and each row its own id, origin and record',
    async (id, params) => {
      await calm.load('tenants'); // So that there are requests.
      const view = viewOf(id);
      const loaded = await calm.load(id, paramsOf(params));
      expect(loaded.gaps.map(sayFault)).toEqual([]);
      expect(loaded.rows.length).toBeGreaterThan(0);
      expect(loaded.complete).toBe(true);
      const ids = loaded.rows.map((row) => view.body.rowId(row));
      expect(new Set(ids).size).toBe(ids.length);
      if (loaded.cursor !== undefined) expect(ids).toContain(loaded.cursor);
      for (const row of loaded.rows) {
        expect(Object.keys(JSON.parse(JSON.stringify(view.record(row)))).length).toBeGreaterThan(2);
        expect(view.details(row).length).toBeGreaterThan(2);
        for (const column of columnsOf(view)) expect(column.cell(row)).not.toMatch(/undefined|NaN|\[object/);
        if (!view.consoleOnly && !view.tenantless && !NOBODYS.has(id)) expect(view.origin(row)?.tenant).toBeTruthy();
      }
    },
  );

  test.each(Object.entries(OPENED).filter(([id]) => !NO_ALLOY.has(id)))(
    'every key of %s lands on a view that opens without a gap',
    async (id, params) => {
      const view = viewOf(id);
      const loaded = await calm.load(id, paramsOf(params));
      const marked = loaded.rows.find((row) => view.body.rowId(row) === loaded.cursor) ?? loaded.rows[0];
      for (const key of view.keys) {
        const intent = key.on(marked, { params: paramsOf(params), rows: loaded.rows });
        if (intent.do === 'refuse') expect(intent.because).toMatch(/\w+ \w+/);
        if (intent.do !== 'go' || BEYOND.has(`${id} ${key.key}`) || NO_ALLOY.has(intent.view)) continue;
        const next = await calm.load(intent.view, intent.params);
        expect([id, key.key, intent.view, next.gaps.map(sayFault)]).toEqual([id, key.key, intent.view, []]);
        if (next.rows.length === 0) expect(next.because).toMatch(/\w+ \w+ \w+/);
      }
    },
  );

  test.each(views.map((view) => [view.id, view] as const))('%s: letters and names are its own', (_id, view) => {
    const letters = columnsOf(view).flatMap((column) => column.letter ?? []);
    expect(new Set(letters).size).toBe(letters.length);
    expect(letters).not.toContain('G');
    const keys = view.keys.map((key) => key.key);
    expect(new Set(keys).size).toBe(keys.length);
    // In spread a mark means that the node is lost.
    const targets = new Set(['enter', 'l', 't', 'm', 'e', 'p', 'd', ...(view.id === 'spread' ? ['space'] : [])]);
    const taken = new Set(globalKeys.map((key) => key.key));
    // In `requests` c asks which form is wanted.
    const own = (key: string) => targets.has(key) || (view.id === 'requests' && key === 'c');
    for (const key of keys) if (!own(key)) expect([key, taken.has(key)]).toEqual([key, false]);
    const names = views.flatMap((other) => [other.id, ...other.aliases]);
    expect(names.filter((name) => name === view.id || view.aliases.includes(name))).toHaveLength(
      1 + view.aliases.length,
    );
  });

  test.each(views.map((view) => [view.id, view] as const))('%s fits 80 and 120 columns', (_id, view) => {
    for (const width of [80, 120]) {
      const always = columnsOf(view).filter((column) => column.keep >= 100);
      expect(
        always.reduce((sum, column) => sum + Math.max(column.widthMin ?? 0, column.title.length) + 2, 0),
      ).toBeLessThanOrEqual(width);
    }
  });
});

const answer = (status: number, text: string, headers: Record<string, string> = {}): Answered => ({
  ok: true,
  status,
  headers,
  text,
  atUnix: 0,
});

/** Faults at the wire, with the words the server said. Sources: reference answers of the servers, see test/fixtures. */
const FAULTS: Readonly<Record<string, { answered: Answered; kind: Fault['kind'] }>> = {
  'no tenant': { answered: answer(401, 'no org id\n', { 'content-type': 'text/plain' }), kind: 'tenant' },
  'a proxy wants a login': {
    answered: answer(401, '<html><title>401 Authorization Required</title></html>', {
      'content-type': 'text/html',
      'www-authenticate': 'Basic',
    }),
    kind: 'auth',
  },
  'too many requests': {
    answered: answer(429, 'too many outstanding requests', { 'retry-after': '7' }),
    kind: 'limit',
  },
  'ingesters down': { answered: answer(500, 'too many unhealthy instances in the ring'), kind: 'server' },
  'half an answer': { answered: answer(200, '{"status":"success","data":{"resultType":"vec'), kind: 'shape' },
  garbage: { answered: answer(200, '\u001b[2J<html>'), kind: 'shape' },
  'nobody there': { answered: { ok: false, kind: 'unreachable', said: 'connect ECONNREFUSED' }, kind: 'unreachable' },
};

const laid =
  (backend: Backend, answered: Answered): Overlay =>
  (asked) =>
    asked.component.split('/')[0] === backend ? Promise.resolve(answered) : undefined;

describe('every view × every fault', () => {
  const cases = Object.entries(NEEDS).flatMap(([id, backends]) =>
    backends.flatMap((backend) => Object.keys(FAULTS).map((fault) => [id, backend, fault] as const)),
  );
  test.each(cases)('%s with %s: %s', async (id, backend, name) => {
    const fault = FAULTS[name];
    if (fault === undefined) throw new Error(name);
    const opened = await demo(laid(backend, fault.answered));
    const loaded = await opened.load(id, paramsOf(OPENED[id]));
    await opened.close();
    const about = loaded.gaps.filter((gap) => gap.source.backend === backend);
    expect(about.map((gap) => gap.kind)).toContain(fault.kind);
    // A fault may lead to a question that was never asked while it was recorded: that is said too, and is not the point here.
    const unexpected = loaded.gaps.filter((gap) => gap.source.backend !== backend && gap.kind !== 'not-recorded');
    expect(unexpected.map(sayFault)).toEqual([]);
    for (const gap of about) expect(sayFault(gap)).toContain(sourceKey(gap.source));
    if (loaded.rows.length === 0) expect(loaded.because).toMatch(/\w+ \w+ \w+/);
    if (fault.kind === 'tenant') expect(about[0]?.said).toBe('no org id');
    if (name === 'too many requests') expect(about[0]?.retryAfterSeconds).toBe(7);
  });
});

describe('one backend hangs', () => {
  test('the others’ rows stand at once; the hanging one is a timeout that names its tenant', async () => {
    const opened = await demo(
      (asked, signal) =>
        asked.component !== 'tempo'
          ? undefined
          : new Promise((resolve) =>
              signal.addEventListener('abort', () => resolve({ ok: false, kind: 'cancelled', said: 'aborted' })),
            ),
      { deadlineMs: 400 },
    );
    const started = performance.now();
    let rowsMs = Number.POSITIVE_INFINITY;
    const loads: Loaded<unknown>[] = [];
    for await (const loaded of viewOf('tenants').load(opened.input())) {
      loads.push(loaded);
      const fresh = loaded.rows.filter((row) =>
        JSON.stringify(viewOf('tenants').record(row)).includes('"metrics":{"lastSampleAgeSeconds":'),
      );
      if (fresh.length > 0) rowsMs = Math.min(rowsMs, performance.now() - started);
    }
    await opened.close();
    expect(rowsMs).toBeLessThan(1000);
    expect(new Set(loads.at(-1)?.gaps.map((gap) => `${gap.kind} ${gap.source.backend}`))).toEqual(
      new Set(['timeout tempo']),
    );
  });
});

test('what a view still has when one of two tenants fails keeps its rows and names the other', async () => {
  const opened = await demo((asked) => (asked.tenant === 'staging' ? Promise.resolve(answer(500, 'boom')) : undefined));
  const loaded = await opened.load('slow');
  await opened.close();
  expect(loaded.rows.length).toBeGreaterThan(5);
  expect(new Set(loaded.gaps.map((gap) => `${gap.kind} ${gap.tenant}`))).toEqual(new Set(['server staging']));
});

test('the last yield of a load is the whole; each before it is a part that says so', async () => {
  const yields: Loaded<unknown>[] = [];
  for await (const loaded of viewOf('slow').load(calm.input())) yields.push(loaded);
  expect(yields.slice(0, -1).every((loaded) => !loaded.complete)).toBe(true);
  expect(yields.at(-1)?.complete).toBe(true);
  expect(await lastOf(viewOf('slow').load(calm.input()))).toMatchObject({ complete: true });
});
