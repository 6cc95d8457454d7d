import type { Clients, Kubernetes } from '../clients/clients.ts';
import { discover } from '../domain/discover.ts';
import { nextStep, sayFault } from '../domain/faults.ts';
import { sayReach } from '../domain/reach.ts';
import type { Fault, Json } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { clean } from '../domain/text.ts';
import { formatSeconds } from '../domain/units.ts';
import { EXIT, type Out } from './out.ts';

/** How one backend answered. */
interface Checked {
  readonly backend: string;
  readonly place: string;
  readonly way: string;
  readonly ok: boolean;
  /** Seconds. */
  readonly tookSeconds?: number;
  readonly said: string;
  readonly next: string;
}

const DATABASES = ['mimir', 'loki', 'tempo'] as const;

/** `lgtm-tui config check`: every backend is tried once, and the table says how it went. Exit 2 where one did not answer. */
export async function checkConfig(
  what: { readonly clients: Clients; readonly tenants: readonly Tenant[]; readonly json: boolean },
  out: Out,
  signal: AbortSignal,
): Promise<number> {
  const { clients } = what;
  const rows = await Promise.all([
    ...clients.clusters.map((cluster) => checkCluster(clients, cluster)),
    ...DATABASES.map((database) => checkDatabase(clients, database, what.tenants[0] ?? null, signal)),
  ]);
  out.write(what.json ? printJson(rows) : printTable(rows));
  return rows.every(({ ok }) => ok) ? EXIT.good : EXIT.gap;
}

async function checkCluster({ journal }: Clients, cluster: Kubernetes): Promise<Checked> {
  const { inventory, gaps, origin } = await cluster.survey();
  const found = discover(inventory);
  const base = { backend: 'kubernetes', place: cluster.context, way: 'kubeconfig' };
  const [gap] = gaps;
  // What stands there was looked up on the way in: its slowest list is what one waits for.
  const own = journal.entries().filter(({ source }) => source === cluster.source);
  const tookSeconds = own.length === 0 ? undefined : Math.max(...own.map(({ milliseconds }) => milliseconds)) / 1000;
  if (!origin && gap) return { ...base, ...failed(gap) };
  const what = `${found.length} ${found.length === 1 ? 'workload' : 'workloads'} of the stack`;
  if (gap) return { ...base, ok: false, tookSeconds, said: `${what}; ${sayFault(gap)}`, next: nextStep(gap) };
  return { ...base, ok: true, tookSeconds, said: what, next: '' };
}

async function checkDatabase(
  clients: Clients,
  database: (typeof DATABASES)[number],
  tenant: Tenant | null,
  signal: AbortSignal,
): Promise<Checked> {
  const startedMs = performance.now();
  const answer = await clients.about.version(database, tenant, signal);
  const reach = clients.reach(database);
  const place = clients.sources.find(({ backend }) => backend === database)?.place ?? 'none';
  const base = { backend: database, place, way: reach ? sayReach(reach) : '–' };
  if (!answer.ok) return { ...base, ...failed(answer.fault) };
  const tookSeconds = (performance.now() - startedMs) / 1000;
  return { ...base, ok: true, tookSeconds, said: `version ${answer.value}`, next: '' };
}

const failed = (fault: Fault): Pick<Checked, 'ok' | 'said' | 'next'> => ({
  ok: false,
  said: sayFault(fault),
  next: nextStep(fault),
});

function printTable(rows: readonly Checked[]): string {
  const cells = [
    ['BACKEND', 'WHERE', 'BY', 'ANSWER', 'TOOK', 'WHAT'],
    ...rows.map((row) => [
      row.backend,
      row.place,
      row.way,
      row.ok ? '✓ good' : '✗ bad',
      row.tookSeconds === undefined ? '–' : formatSeconds(row.tookSeconds),
      row.ok ? row.said : `${row.said}; next: ${row.next}`,
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...cells.map((row) => (row[at] ?? '').length)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, at) => clean(cell).padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function printJson(rows: readonly Checked[]): string {
  const records: Json[] = rows.map((row) => ({ ...row, tookSeconds: row.tookSeconds ?? null }));
  return `${JSON.stringify({ view: 'config check', rows: records }, null, 2)}\n`;
}
