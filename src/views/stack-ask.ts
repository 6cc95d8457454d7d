import type { Kubernetes } from '../clients/clients.ts';
import { sayFault } from '../domain/faults.ts';
import { agentsOf } from '../domain/fleet.ts';
import { sayReally } from '../domain/mode.ts';
import type { Version } from '../domain/product.ts';
import type { Fault, Result } from '../domain/result.ts';
import { settingsIn } from '../domain/ring-config.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Gaps } from './arrival.ts';
import type { StackRow } from './stack-row.ts';
import type { LoadInput } from './view.ts';

export const DATABASES = ['mimir', 'loki', 'tempo'] as const;
export type Database = (typeof DATABASES)[number];
export const isDatabase = (kind: string): kind is Database => DATABASES.some((database) => database === kind);

/** What is learned of rows by asking them; each rewrites the rows that it is about. */
export type Learned = (rows: readonly StackRow[]) => readonly StackRow[];

const NOTHING: Learned = (rows) => rows;
const isGateway = ({ component }: StackRow): boolean => component === 'gateway' || component === 'nginx';
/** Caches, queues and operators stand beside a database and do not speak its HTTP. */
const isMute = ({ component }: StackRow): boolean =>
  /cache|memcached|kafka|minio|operator|canary|gossip/.test(component);

/** Everything that is asked of the rows, each on its own: one that hangs holds no other. Never rejects. */
export function askRows(input: LoadInput, rows: readonly StackRow[], gaps: Gaps): readonly Promise<Learned>[] {
  const present = DATABASES.filter((database) => rows.some(({ kind }) => kind === database));
  return [
    ...present.map((database) => askDatabase(input, database, rows, gaps)),
    ...present.map((database) => askFactor(input, database)),
    ...rows.filter(({ kind }) => kind === 'agent').map((row) => askAgent(input, row, gaps)),
  ];
}

/** The one that answers queries first; only where that went well is each component asked too. */
async function askDatabase(
  input: LoadInput,
  database: Database,
  rows: readonly StackRow[],
  gaps: Gaps,
): Promise<Learned> {
  const { clients, signal } = input;
  const { answer, tenant } = await askVersion(input, database);
  const entry = entryOf(database, rows);
  if (!answer.ok) gaps.note(answer.fault);
  // Where one may not ask, or none is meant, twenty more would say the same.
  if (!answer.ok && !['unreachable', 'server', 'timeout'].includes(answer.fault.kind))
    return on(
      (row) => row.name === entry?.name && row.cluster === entry.cluster,
      () => saidOf(input, answer),
    );
  // Asked for one that is declared as many: only there may a process turn out to be more than it is called.
  const services =
    answer.ok && database === 'loki' && entry?.setup ? await clients.about.services(database, signal) : undefined;
  const really = services?.ok ? sayReally(entry?.setup, services.value) : undefined;
  const parts = clients.reach(database)?.by === 'url' ? [] : partsOf(database, rows, entry);
  const asked = await Promise.all(
    parts.map(async (part) => {
      const said = await clients.about.version(database, tenant, signal, part);
      // A page that is not there is an answer; what is not on a recording says nothing.
      if (!said.ok && !['not-found', 'not-recorded', 'shape'].includes(said.fault.kind)) gaps.note(said.fault);
      return [part, said] as const;
    }),
  );
  const byPart = new Map([...asked, ...(entry ? ([[entry.component, answer]] as const) : [])]);
  return on(
    ({ kind }) => kind === database,
    (row) => ({
      ...saidOf(input, byPart.get(row.component)),
      version: versionOf(row, byPart.get(row.component), answer.ok ? answer.value : undefined, entry),
      ...(really && !isGateway(row) && !isMute(row) ? { really } : {}),
    }),
  );
}

/** As nobody, for a build is nobody's; as the first tenant only where a way in wants one, or a recording knows no other. */
async function askVersion({ clients, tenants, signal }: LoadInput, database: Database) {
  let answer = await clients.about.version(database, null, signal);
  let asked: Tenant | null = null;
  for (const tenant of tenants) {
    if (answer.ok || !['tenant', 'auth', 'not-recorded'].includes(answer.fault.kind)) break;
    answer = await clients.about.version(database, tenant, signal);
    asked = tenant;
  }
  return { answer, tenant: asked };
}

const on =
  (about: (row: StackRow) => boolean, change: (row: StackRow) => Partial<StackRow>): Learned =>
  (rows) =>
    rows.map((row) => (about(row) ? { ...row, ...change(row) } : row));

/** Components with a page of their own, each named once; zones of one component answer for each other. */
const partsOf = (database: Database, rows: readonly StackRow[], entry: StackRow | undefined): readonly string[] => [
  ...new Set(
    rows
      .filter(
        (row) =>
          row.kind === database && row.component !== entry?.component && !isMute(row) && row.reach && row.desired !== 0,
      )
      .map(({ component }) => component),
  ),
];

function saidOf(
  { clients }: LoadInput,
  said: Result<string> | undefined,
): Pick<StackRow, 'roundTripSeconds' | 'lastFault'> {
  if (said === undefined || (!said.ok && said.fault.kind === 'not-recorded')) return {};
  if (!said.ok) return said.fault.kind === 'not-found' ? {} : { lastFault: sayFault(said.fault) };
  const { path, atUnix, source } = said.origin;
  const request = clients.journal
    .entries()
    .find((each) => each.path === path && each.answeredUnix === atUnix && each.source.backend === source.backend);
  return { roundTripSeconds: request && request.milliseconds / 1000 };
}

/** Its own build info; else that of who answered, where both run the same image. What a gateway passes on is not its own. */
function versionOf(
  row: StackRow,
  own: Result<string> | undefined,
  entrys: string | undefined,
  entry: StackRow | undefined,
): Version | undefined {
  if (isGateway(row) || isMute(row)) return row.version;
  if (own?.ok) return { version: own.value, from: 'build info' };
  const same = entrys !== undefined && row.image !== undefined && row.image === entry?.image;
  return same ? { version: entrys, from: 'build info' } : row.version;
}

/** The workload that answers for a database: no gateway, for that has an image of its own. */
function entryOf(database: Database, rows: readonly StackRow[]): StackRow | undefined {
  const own = rows.filter((row) => row.kind === database && !isGateway(row) && !isMute(row));
  return own.find(({ component }) => component === 'query-frontend') ?? own[0];
}

/** Copies that are kept of what was just received. Without an answer it is not known, and nothing else depends on it. */
async function askFactor({ clients, signal }: LoadInput, database: Database): Promise<Learned> {
  const config = await clients.rings.config(database, signal);
  const configured = config.ok ? settingsIn(config.value, `${database} ingester`).replicationFactor : undefined;
  const metric = configured === undefined ? await clients.rings.replicationFactor(database, signal) : undefined;
  const factor = configured ?? (metric?.ok ? metric.value : undefined);
  const ingestStorage =
    database === 'mimir' && config.ok ? config.value.get('ingest_storage.enabled') === 'true' : undefined;
  return on(
    (row) => row.kind === database,
    (row) => ({
      ...(factor !== undefined && keepsCopies(row) ? { replicationFactor: factor } : {}),
      ...(ingestStorage === undefined ? {} : runningMode(row, ingestStorage)),
    }),
  );
}

/** What Mimir runs with, beside what its workloads declare. */
function runningMode({ setup }: StackRow, ingestStorage: boolean): Partial<StackRow> {
  const mode = ingestStorage ? 'ingest-storage' : 'classic';
  if (setup === undefined) return {};
  if (setup.mode !== mode) return { really: `${mode}: its running configuration (/config) says so` };
  return { setup: { ...setup, because: `${setup.because}; its running configuration (/config) says the same` } };
}

/** Where a queue keeps what was received, its consumers keep no copies. */
const keepsCopies = (row: StackRow): boolean =>
  row.setup !== undefined && !['ingest-storage', 'live-store'].includes(row.setup.mode) && !isMute(row);

/** One agent of each workload: the image is what was meant, its build info what runs. */
async function askAgent({ clients, signal }: LoadInput, row: StackRow, gaps: Gaps): Promise<Learned> {
  const agent = row.agents.find(({ ready }) => ready) ?? row.agents[0];
  if (!agent) return NOTHING;
  const answer = await clients.agents.scrapeTwice(agent, signal);
  const same = (other: StackRow): boolean =>
    other.name === row.name && other.cluster === row.cluster && other.namespace === row.namespace;
  if (!answer.ok) {
    if (answer.fault.kind === 'not-recorded') return NOTHING;
    gaps.note(answer.fault);
    return on(same, () => ({ lastFault: sayFault(answer.fault) }));
  }
  const { build } = answer.value.now.reading;
  if (!build) return NOTHING;
  const version: Version = { version: build.version, from: 'build info' };
  const meant = row.component === 'alloy' && build.name === 'prometheus';
  const really = `Prometheus ${build.version} in agent mode (prometheus_build_info)`;
  return on(same, () => ({ version, ...(meant ? { really } : {}) }));
}

/** The agents of one cluster, by the workload that made them. */
export function agentsByPod({
  inventory,
}: Awaited<ReturnType<Kubernetes['survey']>>): ReadonlyMap<string, StackRow['agents'][number]> {
  return new Map(agentsOf(inventory, []).map((agent) => [`${agent.namespace}/${agent.pod}`, agent]));
}

/** The first fault of a kind in a cluster is enough: twenty pods that may not be asked are one missing right. */
export const onceEach = (gaps: Gaps): Gaps => {
  const seen = new Set<string>();
  return {
    take: gaps.take,
    note(fault: Fault) {
      const key = `${fault.kind} ${fault.source.backend} ${fault.source.place}`;
      if (fault.kind === 'forbidden' && seen.has(key)) return;
      seen.add(key);
      gaps.note(fault);
    },
    get list() {
      return gaps.list;
    },
  };
};
