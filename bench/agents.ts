// One refresh of the queues of two thousand agents, against fetching the same bodies and doing nothing with them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { makeClients } from '../src/clients/make.ts';
import { makeNetwork } from '../src/clients/network.ts';
import type { Asked } from '../src/domain/exchange.ts';
import type { Agent } from '../src/domain/fleet.ts';
import { lastOf } from '../src/views/arrival.ts';
import { loadQueues } from '../src/views/queues-load.ts';
import { type Figure, figure } from './measure.ts';

const AGENTS = 2_000;
const QUEUES = 3;
const AT_ONCE = 8;
const ROUNDS = 5;

/** CPU of a refresh ÷ CPU of the bare fetch, both over the same pool. */
export async function agentsRefresh(): Promise<readonly Figure[]> {
  const server = spawn(process.execPath, ['--no-warnings', new URL('metrics-server.ts', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    return await measure(`http://127.0.0.1:${String(port).trim()}`);
  } finally {
    server.stdin.end();
    await once(server, 'exit');
  }
}

async function measure(baseUrl: string): Promise<readonly Figure[]> {
  const network = makeNetwork({ baseUrl });
  const signal = new AbortController().signal;
  const asked: Asked = {
    component: 'agent/a',
    identity: '',
    method: 'GET',
    path: '/metrics',
    params: [],
    tenant: null,
    headers: {},
    deadlineMs: 10_000,
    bytesMax: 8_000_000,
  };
  const bare = async (): Promise<number> => {
    let left = AGENTS;
    let bytes = 0;
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        const answer = await network(asked, signal);
        bytes += answer.ok ? answer.text.length : 0;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return bytes;
  };
  const agents = Array.from(
    { length: AGENTS },
    (_, index): Agent => ({
      context: 'bench',
      namespace: 'monitoring',
      pod: `alloy-${index}`,
      ready: true,
      port: 12_345,
      alsoKnownAs: [],
    }),
  );
  const clock = { now: () => Date.now() / 1000, said: () => undefined };
  const cluster = {
    context: 'bench',
    exchange: network,
    namespaces: [],
    through: (_hop: string, question: Asked, stop: AbortSignal) => network(question, stop),
  };
  const clients = makeClients({ exchanges: {}, clusters: [cluster], clock });
  const found = { ...clients, agents: { ...clients.agents, fleet: async () => ({ agents, gaps: [] }) } };
  const refresh = async (): Promise<number> => {
    const nowUnix = clock.now();
    const loaded = await lastOf(
      loadQueues({
        clients: found,
        tenants: [],
        params: { source: 'scrape' },
        time: { endUnix: Math.floor(nowUnix), live: true },
        nowUnix,
        signal,
      }),
    );
    return loaded?.rows.length ?? 0;
  };
  // In turns, so that both meet the same load; the first of each only warms up.
  const [fetches, refreshes] = [[await cpuOf(bare)], [await cpuOf(refresh)]];
  for (let round = 0; round < ROUNDS; round++) {
    fetches[round] = await cpuOf(bare);
    refreshes[round] = await cpuOf(refresh);
  }
  await network.close();
  const [fetched, refreshed] = [middle(fetches), middle(refreshes)];
  const name = `${AGENTS} agents × ${QUEUES} queues: CPU of a refresh (${Math.round(refreshed.cpuMs)} ms) ÷ bare fetch (${Math.round(fetched.cpuMs)} ms)`;
  if (refreshed.value !== AGENTS * QUEUES) throw new Error(`${refreshed.value} rows instead of ${AGENTS * QUEUES}`);
  return [figure(name, refreshed.cpuMs / fetched.cpuMs, 2, '×')];
}

interface Cost {
  readonly value: number;
  readonly cpuMs: number;
}

const middle = (costs: readonly Cost[]): Cost =>
  costs.toSorted((left, right) => left.cpuMs - right.cpuMs)[Math.floor(costs.length / 2)] ?? {
    value: 0,
    cpuMs: Number.NaN,
  };

async function cpuOf(work: () => Promise<number>): Promise<Cost> {
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, cpuMs: (user + system) / 1000 };
}
