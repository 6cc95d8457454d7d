import type { Kubernetes } from '../clients/clients.ts';
import { type Component, discover, type Inventory, isZoneAware } from '../domain/discover.ts';
import { sayFault } from '../domain/faults.ts';
import { sayReally } from '../domain/mode.ts';
import type { Version } from '../domain/product.ts';
import { type Reach, wayOf } from '../domain/reach.ts';
import type { Loaded, Origin } from '../domain/result.ts';
import { asTheyArrive, type Gaps, makeGaps } from './arrival.ts';
import { clustersOf } from './cluster-rows.ts';
import type { LoadInput } from './view.ts';

export interface StackRow extends Component {
  readonly zoneAware: boolean;
  /** Nodes of its pods. */
  readonly nodes: readonly string[];
  readonly reach?: Reach;
  /** Of the last question that went to it. */
  readonly roundTripSeconds?: number;
  readonly lastFault?: string;
  /** What its process says that it runs, where that is not what is declared. */
  readonly really?: string;
  readonly origin: Origin;
}

const DATABASES = ['mimir', 'loki', 'tempo'] as const;
type Database = (typeof DATABASES)[number];
const isDatabase = (kind: string): kind is Database => DATABASES.some((database) => database === kind);

/** What a database says of itself. */
interface Said {
  readonly version?: string;
  readonly really?: string;
  readonly roundTripSeconds?: number;
  readonly lastFault?: string;
}

/** Rows as the clusters answer, then again with what the databases say of themselves. */
export async function* loadStack(input: LoadInput): AsyncGenerator<Loaded<StackRow>> {
  const clusters = clustersOf(input);
  const gaps = makeGaps();
  let rows: readonly StackRow[] = [];
  for await (const found of asTheyArrive(clusters.map((cluster) => rowsOf(input, cluster, gaps)))) {
    rows = sorted([...rows, ...found]);
    yield { rows, gaps: gaps.list, complete: false };
  }
  const present = DATABASES.filter((database) => rows.some(({ kind }) => kind === database));
  for await (const [database, said] of asTheyArrive(present.map((each) => ask(input, each, rows, gaps)))) {
    rows = rows.map((row) => (row.kind === database ? withSaid(row, said, rows) : row));
    yield { rows, gaps: gaps.list, complete: false };
  }
  yield { rows, gaps: gaps.list, complete: true, because: rows.length > 0 ? undefined : sayEmpty(clusters, gaps) };
}

async function rowsOf(input: LoadInput, cluster: Kubernetes, gaps: Gaps): Promise<readonly StackRow[]> {
  const { inventory, gaps: unseen, origin } = await cluster.survey();
  for (const gap of unseen) gaps.note(gap);
  const found = discover(inventory);
  return found.map((component) => ({
    ...component,
    zoneAware: isZoneAware(component, found),
    nodes: [...new Set(component.pods.flatMap(({ node }) => node ?? []))],
    reach: reachOf(input, component, inventory),
    origin: origin ?? originOf(input, cluster),
  }));
}

const originOf = (input: LoadInput, { source }: Kubernetes): Origin => ({
  source,
  tenant: null,
  atUnix: input.nowUnix,
  path: '',
  asked: '',
});

/** A URL where one was given; else the way that is tried first. Grafana is not asked anything. */
function reachOf({ clients }: LoadInput, component: Component, inventory: Inventory): Reach | undefined {
  if (component.kind === 'grafana') return undefined;
  const url = isDatabase(component.kind) ? clients.reach(component.kind) : undefined;
  return url?.by === 'url' ? url : wayOf(component, inventory);
}

async function ask(
  input: LoadInput,
  database: Database,
  rows: readonly StackRow[],
  gaps: Gaps,
): Promise<readonly [Database, Said]> {
  const { clients, tenants, signal } = input;
  const answer = await clients.about.version(database, tenants[0] ?? null, signal);
  if (!answer.ok) gaps.note(answer.fault);
  const setup = rows.find(({ kind }) => kind === database)?.setup;
  // Asked for one that is declared as many: only there may a process turn out to be more than it is called.
  const services = database === 'loki' && setup ? await clients.about.services(database, signal) : undefined;
  const last = clients.journal
    .entries()
    .find(({ source, fault }) => source.backend === database && fault === undefined);
  return [
    database,
    {
      version: answer.ok ? answer.value : undefined,
      really: services?.ok ? sayReally(setup, services.value) : undefined,
      roundTripSeconds: last && last.milliseconds / 1000,
      lastFault: answer.ok ? undefined : sayFault(answer.fault),
    },
  ];
}

/** Build info is of the process that answered; workloads of the same image are the same build. */
function withSaid(row: StackRow, said: Said, rows: readonly StackRow[]): StackRow {
  const { version, really, roundTripSeconds, lastFault } = said;
  const asked = entryOf(row.kind, rows);
  const same = version !== undefined && row.image !== undefined && row.image === asked?.image;
  const built: Version | undefined = same && version ? { version, from: 'build info' } : row.version;
  const own = asked?.name === row.name;
  return {
    ...row,
    version: built,
    ...(really && !isGateway(row.component) ? { really } : {}),
    ...(own ? { roundTripSeconds, lastFault } : {}),
  };
}

const isGateway = (component: string): boolean => component === 'gateway' || component === 'nginx';

/** The workload that answers for a database: no gateway, for that has an image of its own. */
const entryOf = (kind: string, rows: readonly StackRow[]): StackRow | undefined => {
  const own = rows.filter((row) => row.kind === kind && !isGateway(row.component));
  return own.find(({ component }) => component === 'query-frontend') ?? own[0];
};

const KINDS = ['mimir', 'loki', 'tempo', 'grafana', 'agent'];

const sorted = (rows: readonly StackRow[]): readonly StackRow[] =>
  [...rows].sort(
    (left, right) =>
      KINDS.indexOf(left.kind) - KINDS.indexOf(right.kind) ||
      left.cluster.localeCompare(right.cluster) ||
      left.namespace.localeCompare(right.namespace) ||
      left.name.localeCompare(right.name),
  );

function sayEmpty(clusters: readonly Kubernetes[], gaps: Gaps): string {
  if (clusters.length === 0) return 'no cluster was chosen: --context, or a kubeconfig with a current context';
  const names = clusters.map(({ context }) => context).join(', ');
  if (gaps.list.length > 0) return `nothing of the stack could be seen in ${names}`;
  return `nothing of the stack runs in ${names}: no workload with its labels, images or names`;
}
