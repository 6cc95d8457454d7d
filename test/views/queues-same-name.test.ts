import { describe, expect, test } from 'vitest';
import type { Agent } from '../../src/domain/fleet.ts';
import type { Queue } from '../../src/domain/queues.ts';
import type { QueueRow, Sight } from '../../src/domain/queues-sight.ts';
import { makeGaps } from '../../src/views/arrival.ts';
import { gatherEvidence } from '../../src/views/queues-evidence.ts';
import { logKey, type Seen, told } from '../../src/views/queues-rows.ts';
import type { LoadInput } from '../../src/views/view.ts';
import { tenantOf } from '../clients/server.ts';

/* Made by hand: two StatefulSets of one name, in two clusters, as every chart installs them. */

const RATES = { seconds: 15, attempts: 200, delivered: 200, failed: 0, retried: 0, dropped: 0, in: 200 };
const QUEUE: Queue = {
  id: 'remote_write m',
  signal: 'metrics',
  kind: 'prometheus.remote_write',
  component: 'prometheus.remote_write.m',
  endpoint: 'http://m',
  atUnix: 1000,
  lagSeconds: 3,
  lagGrowth: 0,
  neverSent: false,
  rates: RATES,
  restarted: false,
  statuses: new Map(),
  reasons: new Map(),
};
const REFUSED: Queue = { ...QUEUE, rates: { ...RATES, delivered: 0, failed: 200 } };

const agentIn = (context: string, more: Partial<Agent> = {}): Agent => ({
  ...{ context, namespace: 'mon', pod: 'alloy-metrics-0', ready: true, port: 12_345, alsoKnownAs: [] },
  ...more,
});
const CENTRAL = agentIn('central');
const EDGE = agentIn('edge');

const ORIGIN = { tenant: null, atUnix: 1000, path: '/', asked: '' };

const scraped = (queue: Queue = QUEUE): Sight => ({
  ...{ queue, origin: { ...ORIGIN, source: { backend: 'agent', place: 'x' } }, agent: 'alloy-metrics-0' },
  ...{ namespace: 'mon', cluster: '' },
});
const inMimir = (cluster: string, more: Partial<Sight> = {}): Sight => ({
  ...scraped(),
  ...{ cluster, tenant: 'prod', origin: { ...ORIGIN, source: { backend: 'mimir', place: 'central' } } },
  trend: () => [[900, 5]],
  ...more,
});

function rowsOf(scrapes: readonly (readonly [Agent, Sight])[], copies: readonly Sight[], more: Partial<Seen> = {}) {
  const seen: Seen = {
    agents: scrapes.map(([agent]) => agent),
    scraped: new Map(scrapes.map(([agent, sight]) => [agent, [sight]])),
    silent: new Set(),
    mimir: [{ tenant: tenantOf('prod'), answered: true, sights: copies, origin: copies[0]?.origin }],
    ...{ covers: true, server: {}, logLines: new Map(), told: new Map(), judged: new WeakMap() },
    ...more,
  };
  const input = { nowUnix: 1000, params: {}, tenants: [] } as unknown as LoadInput;
  const rows = told(input, seen, 'both', [], true).rows;
  return (context: string): QueueRow | undefined => rows.find((row) => row.context === context);
}

describe('two agents whose pods have one name', () => {
  test('Mimir’s copy belongs to the cluster whose label it carries: the other is absent', () => {
    const at = rowsOf(
      [
        [CENTRAL, scraped()],
        [EDGE, scraped()],
      ],
      [inMimir('central')],
    );
    expect(at('central')).toMatchObject({ tenant: 'prod', judged: { verdict: 'good' } });
    expect(at('edge')).toMatchObject({ tenant: undefined, judged: { verdict: 'warn', cause: 'absent' } });
    expect(at('edge')?.trend()).toEqual([]);
  });

  test('in two namespaces of one cluster the label namespace decides', () => {
    const other = agentIn('central', { namespace: 'other' });
    const rows = rowsOf(
      [
        [other, { ...scraped(), namespace: 'other' }],
        [CENTRAL, scraped()],
      ],
      [inMimir('')],
    );
    // Rows of one context stand worst first.
    expect(rows('central')).toMatchObject({ namespace: 'other', judged: { cause: 'absent' } });
  });

  test('where nothing tells whose the copy is, nobody is called absent', () => {
    const copies = [inMimir('one'), inMimir('two', { trend: () => [[900, 7]] })];
    const at = rowsOf(
      [
        [CENTRAL, scraped()],
        [EDGE, scraped()],
      ],
      copies,
    );
    expect(at('central')?.judged.cause).not.toBe('absent');
    expect(at('edge')?.judged.cause).not.toBe('absent');
  });

  test('a line of one pod’s log gives the other no cause', () => {
    const lines = ['server returned HTTP status 413 Request Entity Too Large'];
    const at = rowsOf(
      [
        [CENTRAL, scraped(REFUSED)],
        [EDGE, scraped(REFUSED)],
      ],
      [inMimir('central')],
      { logLines: new Map([[logKey({ context: 'central', namespace: 'mon', agent: 'alloy-metrics-0' }), lines]]) },
    );
    expect(at('central')?.judged.because).toContain('HTTP 413');
    expect(at('edge')?.judged.because).not.toContain('413');
  });

  test('of lines that both may have written those count that carry the cluster', async () => {
    const said = (labels: Readonly<Record<string, string>>, line: string) => ({
      labels: { pod: 'alloy-metrics-0', ...labels },
      line,
    });
    const lines = [said({ cluster: 'edge' }, 'HTTP status 413'), said({}, 'HTTP status 400')];
    const rowOf = (context: string) => ({
      ...{ context, agent: 'alloy-metrics-0', namespace: 'mon', tenant: 'prod' },
      ...{ judged: { cause: 'refused' }, evidence: {} },
    });
    const seen = { logLines: new Map<string, readonly string[]>() };
    const loki = () => ({ lines: async () => ({ ok: true, value: lines, gaps: [] }) });
    const input = { clients: { loki }, time: { endUnix: 1000, live: true }, signal: new AbortController().signal };
    await gatherEvidence(
      input as unknown as LoadInput,
      seen as unknown as Seen,
      [rowOf('central'), rowOf('edge')] as unknown as readonly QueueRow[],
      makeGaps(),
    );
    expect([...seen.logLines]).toEqual([['edge/mon/alloy-metrics-0', ['HTTP status 413']]]);
  });

  test('who is silent has its row, though another of its name answers', () => {
    const endpoint = {
      ...{
        component: 'prometheus.remote_write.m',
        kind: 'prometheus.remote_write',
        name: 'm',
        url: 'http://m',
        line: 3,
      },
      ...{ signals: ['metrics' as const], tenant: { state: 'missing' as const, line: 3 } },
    };
    const config = { configMap: 'cm', file: 'f', config: { problems: [] }, endpoints: [endpoint] };
    const silent = agentIn('edge', { config: config as unknown as NonNullable<Agent['config']> });
    const at = rowsOf([[CENTRAL, scraped()]], [inMimir('central')], {
      agents: [CENTRAL, silent],
      silent: new Set([silent]),
    });
    expect(at('central')?.judged.verdict).toBe('good');
    expect(at('edge')).toMatchObject({ judged: { verdict: 'bad', cause: 'absent' } });
    expect(at('edge')?.judged.next).toContain('X-Scope-OrgID');
  });
});
