// All pairs of nodes of a large ring, and how long a key waits while they are worked out.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { simulate } from '../src/domain/quorum.ts';
import { ruleFor } from '../src/domain/ring-rules.ts';
import { seeded } from '../test/domain/made-rings.ts';
import made from '../test/fixtures/made-tls.json' with { type: 'json' };
import type { OpenTerminal } from '../test/pty/terminal.ts';
import { type Figure, figure, percentile, pressRepeatedly, withTerminal } from './measure.ts';

const INGESTERS = 300;
const TOKENS = 512;
/** Keys between two refreshes: about as long as one takes, so that there is always one under way. */
const KEYS_A_REFRESH = 30;
const REFRESHES = 10;

/** CPU of the whole, and the longest of its steps: a frame and a key come between two. */
export async function spreadPairs(program: string): Promise<readonly Figure[]> {
  const random = seeded(INGESTERS);
  const members = Array.from({ length: INGESTERS }, (_, index) => ({
    state: 'ACTIVE' as const,
    alive: true,
    zone: `zone-${index % 3}`,
    tokens: Array.from({ length: TOKENS }, () => Math.floor(random() * 2 ** 32)),
  }));
  const groups = { of: members.map((_, index) => index), count: INGESTERS };
  const steps = simulate(members, ruleFor('mimir ingester', 3, false), groups, true);
  const spent: number[] = [];
  for (let done = false; !done; await setImmediate()) {
    const before = process.cpuUsage();
    done = steps.next().done ?? false;
    const { user, system } = process.cpuUsage(before);
    spent.push((user + system) / 1000);
  }
  const wholeMs = spent.reduce((sum, one) => sum + one, 0);
  return [
    figure(`all pairs of ${INGESTERS} ingesters × ${TOKENS} tokens, CPU`, wholeMs, 1000, ' ms'),
    figure('the same, its longest step but one in a hundred', percentile(spent, 0.99), 33, ' ms'),
    ...(await keysMeanwhile(program)),
  ];
}

/** The console on that ring, refreshed without a pause: rings and lists are asked, read, joined, and every pair is worked out. */
async function keysMeanwhile(program: string): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lgtm-tui-bench-'));
  const server = new Worker(new URL('./spread-server.ts', import.meta.url), {
    workerData: { ingesters: INGESTERS, tokens: TOKENS },
  });
  try {
    const [ports] = (await once(server, 'message')) as [{ readonly mimir: number; readonly kube: number }];
    const kubeconfig = join(folder, 'config');
    writeFileSync(kubeconfig, kubeconfigOf(ports.kube));
    const args = ['--kubeconfig', kubeconfig, '--mimir-url', `http://localhost:${ports.mimir}`, '--tenant', 'big'];
    return await withTerminal(program, args, pressThere);
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

async function pressThere(terminal: OpenTerminal): Promise<readonly Figure[]> {
  await terminal.still();
  terminal.press(':');
  terminal.press('spread\r');
  await terminal.shows(/nothing is lost with it/, 20_000);
  await terminal.still();
  const presses: number[] = [];
  for (let refresh = 0; refresh < REFRESHES; refresh++) {
    terminal.press('\u0012');
    for (const { milliseconds } of await pressRepeatedly(terminal, refresh % 2 ? 'k' : 'j', 30, KEYS_A_REFRESH))
      presses.push(milliseconds);
  }
  return [
    figure('key to frame while all pairs are worked out, 30 keys/s: p50', percentile(presses, 0.5), 16, ' ms'),
    figure('key to frame while all pairs are worked out: p99', percentile(presses, 0.99), 33, ' ms'),
  ];
}
