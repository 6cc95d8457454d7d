import { describe, expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import { parseAlloy } from '../../src/domain/alloy.ts';
import { endpointsOf } from '../../src/domain/alloy-endpoints.ts';
import type { Answered, Asked } from '../../src/domain/exchange.ts';
import type { Agent } from '../../src/domain/fleet.ts';
import { lastOf } from '../../src/views/arrival.ts';
import { header } from '../../src/views/header.ts';
import { tenantOf } from '../../src/views/header-probe.ts';

const NOW = 1_795_447_980;
const NAMED = 'https://mimir.example.com';

/** An agent with one endpoint for metrics. */
function agentOf(context: string, url: string, tenant?: string): Agent {
  const headers = tenant === undefined ? '' : `headers = { "X-Scope-OrgID" = "${tenant}" }`;
  const config = parseAlloy(`prometheus.remote_write "m" {\n endpoint {\n url = "${url}"\n ${headers}\n }\n}\n`);
  return {
    ...{ context, namespace: 'mon', pod: `alloy-${context}`, node: `node-${context}`, ready: true, port: 12345 },
    ...{ alsoKnownAs: [], config: { configMap: 'alloy', file: 'f', config, endpoints: endpointsOf(config) } },
  };
}

const answered = (text: string, status = 200): Answered => ({ ok: true, status, headers: {}, text, atUnix: NOW });
const labels = (...names: string[]): Answered => answered(JSON.stringify({ status: 'success', data: names }));
const nothing = answered(JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } }));
const held = ({ path }: Asked, ...names: string[]): Answered => (path.endsWith('/labels') ? labels(...names) : nothing);

/** Refuses a missing header. */
const enforcing = (asked: Asked): Answered =>
  asked.tenant === null ? answered('no org id', 401) : held(asked, ...(asked.tenant === 'team-a' ? ['job'] : []));
/** Lets it in, as nobody. */
const defaulting = (asked: Asked): Answered => held(asked, ...(asked.tenant === 'team-a' ? ['job'] : []));
/** Whoever logs in is the tenant, whatever the header says. */
const byLogin = (asked: Asked): Answered => held(asked, 'job');

interface Story {
  readonly agents: readonly Agent[];
  /** What stands behind services, by cluster. */
  readonly behind?: Readonly<Record<string, (asked: Asked) => Answered>>;
  readonly namespaces?: ReadonlyMap<string, readonly string[]>;
  /** A recording answers. */
  readonly replays?: boolean;
}

async function rowsOf({ agents, behind = {}, namespaces, replays = false }: Story) {
  const opened: string[] = [];
  const unreachable = async (): Promise<Answered> => ({ ok: false, kind: 'unreachable', said: 'no route to host' });
  const clients = makeClients({
    exchanges: { mimir: { exchange: async (asked) => byLogin(asked), place: 'mimir.example.com', url: NAMED } },
    clusters: ['a', 'b'].map((context) => ({
      ...{ context, exchange: unreachable, namespaces: ['mon'] },
      through: async (_hop: string, asked: Asked) => behind[context]?.(asked) ?? unreachable(),
    })),
    clock: { now: () => NOW, said: () => undefined },
    login: 'oncall',
    elsewhere: (root) => {
      opened.push(root);
      return root === NAMED ? async (asked) => byLogin(asked) : unreachable;
    },
  });
  const loaded = await lastOf(
    header.load({
      clients: {
        ...clients,
        agents: { ...clients.agents, replays, fleet: async () => ({ agents, gaps: [], namespaces }) },
      },
      tenants: [tenantOf('team-a') ?? expect.fail()],
      params: { signal: 'metrics', tenant: 'team-a' },
      ...{ time: { endUnix: NOW, live: true }, nowUnix: NOW, signal: new AbortController().signal },
    }),
  );
  const all = (loaded?.rows ?? []).filter((row) => header.lists?.(row)).map((row) => header.record(row));
  return {
    opened,
    gaps: loaded?.gaps ?? [],
    note: loaded?.note,
    rows: all.filter(({ entry }) => /[:/]/.test(String(entry))),
  };
}

test('a server that was named is asked with our login, and says whose data that is: multi-tenancy is not off', async () => {
  const { rows } = await rowsOf({ agents: [agentOf('a', `${NAMED}/api/v1/push`, 'team-a')] });
  expect(rows).toMatchObject([{ cause: 'overridden', user: 'oncall', way: 'as agents reach it, with your login' }]);
  expect(rows[0]?.because).toContain('takes the user oncall for the tenant');
});

describe('a name within a cluster', () => {
  test('NAME.NAMESPACE in two clusters is two ways in, each with its own answer', async () => {
    const url = 'http://mimir.mon/api/v1/push';
    const { rows } = await rowsOf({
      agents: [agentOf('a', url, 'team-a'), agentOf('b', url)],
      behind: { a: enforcing, b: defaulting },
    });
    expect(rows).toMatchObject([
      { entry: `a: ${url}`, cause: 'enforced', verdict: 'good' },
      { entry: `b: ${url}`, cause: 'defaulted', verdict: 'bad' },
    ]);
  });

  test('a namespace that was seen in that cluster makes it a service; else nothing is asked of a host of that name', async () => {
    const agents = [agentOf('a', 'http://mimir.dev/api/v1/push', 'team-a')];
    const known = await rowsOf({ agents, behind: { a: enforcing }, namespaces: new Map([['a', ['dev', 'mon']]]) });
    expect(known.rows).toMatchObject([{ cause: 'enforced', way: 'service proxy dev/http:mimir:80 of a' }]);
    const unknown = await rowsOf({ agents });
    expect(unknown.rows).toMatchObject([{ cause: 'unknown', probes: [] }]);
    expect([...known.opened, ...unknown.opened]).toEqual([]);
  });

  test('OTLP over gRPC to one name in two clusters is two ways in', async () => {
    const otlp = (context: string): Agent => {
      const config = parseAlloy(
        'otelcol.exporter.otlp "m" {\n client {\n endpoint = "gw.mon.svc:4317"\n }\n}\notelcol.receiver.otlp "r" {\n output {\n metrics = [otelcol.exporter.otlp.m.input]\n }\n}\n',
      );
      const agent = agentOf(context, '');
      return { ...agent, config: { configMap: 'alloy', file: 'f', config, endpoints: endpointsOf(config) } };
    };
    const { rows } = await rowsOf({ agents: [otlp('a'), otlp('b')] });
    expect(rows.map(({ entry }) => entry)).toEqual(['a: gw.mon.svc:4317', 'b: gw.mon.svc:4317']);
  });
});

describe('what could not be asked', () => {
  test('is a gap where a probe failed; a sender without a header has that for its cause', async () => {
    const { rows, gaps } = await rowsOf({ agents: [agentOf('a', 'https://other.example.com/api/v1/push')] });
    expect(gaps).toMatchObject([
      { kind: 'unreachable', source: { backend: 'mimir', place: 'other.example.com' }, said: 'no route to host' },
    ]);
    expect(rows).toMatchObject([{ verdict: 'bad', cause: 'no-header' }]);
    expect(rows[0]?.because).toMatch(/^header missing: the agent on node-a sends no X-Scope-OrgID.*no route to host/);
  });

  test('while it was recorded is said by its row and a word, and is no gap of the replay', async () => {
    const agents = [agentOf('a', 'https://other.example.com/api/v1/push', 'team-a')];
    const { gaps, note, rows } = await rowsOf({ agents, replays: true });
    expect(gaps).toEqual([]);
    expect(note).toContain('1 way in of agents told nothing: its row says why');
    expect(rows).toMatchObject([{ cause: 'unknown', because: expect.stringContaining('no route to host') }]);
    expect((await rowsOf({ agents })).note ?? '').not.toContain('told nothing');
  });

  test('points to another row only where there is one', async () => {
    const own = await rowsOf({ agents: [agentOf('a', 'http://localhost:9009/api/v1/push', 'team-a')] });
    expect(own.rows).toMatchObject([{ entry: 'a: http://localhost:9009/api/v1/push', cause: 'unknown' }]);
    expect(own.rows[0]?.because).toMatch(/agent’s own pod.*agents send there as team-a/);
    expect(own.rows[0]?.next).toContain('row plain');
    expect(own.gaps).toEqual([]);
    expect(own.opened).toEqual([]);
  });
});
