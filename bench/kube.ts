import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { Agent } from 'undici';
import { makeKubeNetwork } from '../src/clients/kube-network.ts';
import { readKubeconfig } from '../src/clients/kubeconfig.ts';
import { makeClients } from '../src/clients/make.ts';
import { pods } from '../src/views/pods.ts';
import made from '../test/fixtures/made-tls.json' with { type: 'json' };
import { type Figure, figure, percentile, pressRepeatedly, withTerminal } from './measure.ts';

const ROUNDS = 9;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** 5,000 pods on 300 nodes: how long until the first rows, and whether a burst of changes holds up the keys. */
export async function bigCluster(program: string): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lgtm-tui-bench-'));
  const server = new Worker(new URL('./kube-server.ts', import.meta.url));
  try {
    const [{ port }] = await once(server, 'message');
    const kubeconfig = join(folder, 'config');
    writeFileSync(kubeconfig, kubeconfigOf(port));
    return [...(await firstRows(kubeconfig, port)), ...(await burst(program, kubeconfig, server))];
  } finally {
    await server.terminate();
    rmSync(folder, { recursive: true });
  }
}

const kubeconfigOf = (port: number): string => `apiVersion: v1
kind: Config
current-context: big
contexts: [{name: big, context: {cluster: big, user: me, namespace: big}}]
clusters: [{name: big, cluster: {server: "https://localhost:${port}", certificate-authority-data: ${Buffer.from(made.cert).toString('base64')}}}]
users: [{name: me, user: {token: a}}]
`;

/** In turns with the bare request of the same table, all pages, parsed: both meet the same load and the same server. */
async function firstRows(kubeconfig: string, port: number): Promise<readonly Figure[]> {
  const read = await readKubeconfig({ file: kubeconfig, env: {} });
  const opened = read.ok ? read.value.open('big') : read;
  if (!opened.ok) throw new Error(opened.because);
  const agent = new Agent({ connect: { ca: made.cert }, allowH2: false });
  const network = makeKubeNetwork(opened.login);
  const [bare, first, whole]: number[][] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    await bareRequest(agent, port);
    bare?.push(performance.now() - began);
    const seconds = await viewRows(network);
    first?.push(seconds.first);
    whole?.push(seconds.whole);
  }
  await Promise.all([agent.close(), network.close()]);
  const [bareMs, firstMs, wholeMs] = [bare, first, whole].map((each) => percentile(each ?? [], 0.5));
  const of = (name: string, ms = 0, base = 1): string =>
    `5,000 pods: ${name} (${Math.round(ms)} ms) ÷ bare request (${Math.round(base)} ms)`;
  return [
    figure(of('first rows', firstMs, bareMs), (firstMs ?? 0) / (bareMs ?? 1), 1.5, '×'),
    figure(of('all rows', wholeMs, bareMs), (wholeMs ?? 0) / (bareMs ?? 1), 1.5, '×'),
  ];
}

async function bareRequest(agent: Agent, port: number): Promise<void> {
  let next: string | undefined;
  do {
    const reply = await agent.request({
      origin: `https://localhost:${port}`,
      path: `/api/v1/pods?limit=500${next ? `&continue=${next}` : ''}`,
      method: 'GET',
      headers: { accept: TABLE },
    });
    const page = (await reply.body.json()) as { metadata: { continue?: string } };
    next = page.metadata.continue;
  } while (next !== undefined);
}

/** Milliseconds until the first 500 rows, and until 5,000, as `lgtm-tui pods --all-pods` loads them. */
async function viewRows(network: ReturnType<typeof makeKubeNetwork>): Promise<{ first: number; whole: number }> {
  const clock = { now: () => Date.now() / 1000, said: () => undefined };
  const clusters = [{ context: 'big', exchange: network, stream: network.stream, namespaces: [] }];
  const clients = makeClients({ exchanges: {}, clusters, clock });
  const began = performance.now();
  let first = 0;
  const input = {
    clients,
    tenants: [],
    params: { all: 'yes' },
    time: { endUnix: Math.floor(clock.now()), live: true },
    nowUnix: clock.now(),
    signal: new AbortController().signal,
  };
  for await (const { rows } of pods.load(input)) {
    if (rows.length > 0) first ||= performance.now() - began;
    if (rows.length === 5_000) return { first, whole: performance.now() - began };
  }
  throw new Error('not all pods came');
}

async function burst(program: string, kubeconfig: string, server: Worker): Promise<readonly Figure[]> {
  return withTerminal(program, ['--kubeconfig', kubeconfig], async (terminal) => {
    await terminal.shows(/ingester/, 20_000);
    terminal.press(':');
    terminal.press('pods\r');
    await terminal.shows('/5000', 20_000);
    await terminal.still();
    const done = once(server, 'message');
    server.postMessage('burst');
    const presses = (await pressRepeatedly(terminal, 'j', 30, 300)).map(({ milliseconds }) => milliseconds);
    await done;
    terminal.press('g');
    const last = await terminal.shows('LastState', 3_000).then(
      () => 'LastState',
      () => 'lost',
    );
    return [
      figure('1,000 changes/s for 10 s, 5,000 rows: key to frame p50', percentile(presses, 0.5), 16, ' ms'),
      figure('1,000 changes/s for 10 s, 5,000 rows: key to frame p99', percentile(presses, 0.99), 33, ' ms'),
      {
        name: 'the last state of the burst is on the screen',
        limit: 'LastState',
        measured: last,
        holds: last === 'LastState',
      },
    ];
  });
}
