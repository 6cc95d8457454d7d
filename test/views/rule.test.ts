import { afterAll, describe, expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Answered, Exchange } from '../../src/domain/exchange.ts';
import type { Reach } from '../../src/domain/reach.ts';
import type { Loaded } from '../../src/domain/result.ts';
import { openTape } from '../../src/tape/tape.ts';
import { INCIDENT_FILE, viewOf } from '../demo.ts';
import made from '../fixtures/made-grafana.json' with { type: 'json' };

const closers: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

const PATHS: Readonly<Record<string, { status: number; body: unknown }>> = {
  '/api/search': made.search,
  '/api/dashboards/uid/cIBgcSjkk': made.cIBgcSjkk,
  '/api/dashboards/uid/newSchema': made.newSchema,
  '/api/dashboards/uid/other': made.other,
  '/api/library-elements': made.library,
};

const answered = ({ status, body }: { status: number; body: unknown }): Answered => ({
  ok: true,
  status,
  headers: {},
  text: JSON.stringify(body),
  atUnix: 0,
});

const grafana: Exchange = async ({ path }) => answered(PATHS[path] ?? { status: 404, body: {} });
const locked: Exchange = async () => answered(made.noLogin);
const POD: Reach = { by: 'service-proxy', namespace: 'monitoring', service: 'grafana', port: 80 };

/** The rule of the recording's worst metric, twelve minutes in, beside a Grafana that answers so. */
async function ruleBeside(exchange: Exchange | undefined, way?: { url: string } | { reach: Reach }) {
  const opened = await openTape(INCIDENT_FILE, { running: false, at: ({ fromUnix }) => fromUnix + 720 });
  if (!opened.ok) throw new Error(opened.because);
  const { tape } = opened;
  closers.push(() => tape.close());
  const reached = { exchange: tape.exchange, place: 'central' };
  const url = way && 'url' in way ? { url: way.url } : {};
  const beside = exchange ? { grafana: { exchange, place: 'dash', ...url } } : {};
  const view = viewOf('rule');
  const yields: Loaded<unknown>[] = [];
  for await (const one of view.load({
    clients: makeClients({
      exchanges: { mimir: reached, loki: reached, tempo: reached, ...beside },
      clock: tape.clock,
      reach: (component) => (component === 'grafana' && way && 'reach' in way ? way.reach : undefined),
    }),
    tenants: tape.header.tenants.filter((tenant) => tenant === 'staging'),
    params: { tenant: 'staging' },
    time: { endUnix: Math.floor(tape.clock.now()), live: false },
    nowUnix: tape.clock.now(),
    signal: new AbortController().signal,
  }))
    yields.push(one);
  const { body } = view;
  if (body.kind !== 'report') throw new Error(body.kind);
  const texts = yields.map((one) => one.rows.map((row) => body.text(row)));
  return { yields, last: yields.at(-1), first: texts[0] ?? [], lines: texts.at(-1) ?? [] };
}

describe('who would miss the metric', () => {
  test('rules and dashboards are named, with the panels', async () => {
    const { last, lines } = await ruleBeside(grafana, { url: 'https://dash' });
    expect(lines).toContain('no rule of the ruler names it');
    expect(lines).toContain('dashboard Shop / Checkout overview: Steps a second, Steps now, Steps by session');
    expect(lines).toContain('dashboard Steps, new schema: By step');
    expect(last?.extras).toMatchObject({
      dashboardsRead: 3,
      usedBy: [
        { kind: 'dashboard', name: 'Checkout overview', group: 'Shop', uid: 'cIBgcSjkk' },
        { kind: 'dashboard', name: 'Steps, new schema', group: null },
      ],
    });
    expect(last?.gaps).toEqual([]);
  });

  test('the rule stands before the dashboards have been read', async () => {
    const { first } = await ruleBeside(grafana, { url: 'https://dash' });
    expect(first).toContain('dashboards are being read');
    expect(first.some((line) => line.includes('prometheus.relabel'))).toBe(true);
  });

  test('one dashboard that cannot be read leaves it open whether anybody needs the metric', async () => {
    const partly: Exchange = async ({ path }) =>
      answered(
        path.endsWith('/other') ? { status: 403, body: { message: 'Access denied' } } : (PATHS[path] ?? made.other),
      );
    const { last } = await ruleBeside(partly, { url: 'https://dash' });
    expect(last?.gaps.map(({ kind, source }) => [kind, source.backend])).toEqual([['forbidden', 'grafana']]);
    expect(last?.extras).toMatchObject({ dashboardsRead: 2 });
  });

  test('no Grafana is no gap: how to let it be asked is said', async () => {
    const { last, lines } = await ruleBeside(undefined);
    expect(last?.gaps).toEqual([]);
    expect(lines).toContain('no Grafana is known: --grafana-url lets its dashboards be asked');
    expect(last?.extras).toMatchObject({ usedBy: [], dashboardsRead: null });
  });

  test('one that was only found in a cluster and wants a login is no gap; one that was named is', async () => {
    const found = await ruleBeside(locked, { reach: POD });
    expect(found.last?.gaps).toEqual([]);
    expect(found.lines.join('\n')).toContain('Grafana in dash wants a login: --grafana-url with --grafana-token-file');
    const down: Exchange = async () => ({ ok: false, kind: 'unreachable', said: 'no endpoints', status: 503 });
    const silent = await ruleBeside(down, { reach: POD });
    expect(silent.last?.gaps).toEqual([]);
    expect(silent.lines.join('\n')).toContain('Grafana in dash could not be asked through the cluster (unreachable)');
    const named = await ruleBeside(locked, { url: 'https://dash' });
    expect(named.last?.gaps.map(({ kind }) => kind)).toEqual(['auth']);
  });
});
