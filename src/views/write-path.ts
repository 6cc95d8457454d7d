import { HELD, REPLICATION } from '../domain/questions-queues.ts';
import type { ServerSide } from '../domain/queues-server.ts';
import type { QueueRow } from '../domain/queues-sight.ts';
import type { Loaded, Origin, Source, Verdict } from '../domain/result.ts';
import type { Sample } from '../domain/series.ts';
import type { Tenant } from '../domain/tenant.ts';
import { formatRate, UNKNOWN } from '../domain/units.ts';
import { type FarSide, type Hop, writePath } from '../domain/write-path.ts';
import { type Gaps, makeGaps } from './arrival.ts';
import { loadQueues, nothingSeen } from './queues-load.ts';
import { go, type LoadInput, refuse, view } from './view.ts';

interface HopRow {
  readonly hop: Hop;
  readonly row: QueueRow;
  readonly origin: Origin;
}

const MARK: Readonly<Record<Verdict, string>> = { good: '✓', warn: '▲', bad: '✗', unknown: '?' };

/** The way of one queue's data: scrape, WAL, queue, HTTP, distributor, ingester, each with its rate. */
export const writePathView = view<HopRow>({
  id: 'write-path',
  aliases: ['wp', 'path'],
  about: 'where on its way to the ingester a queue’s data thins out',
  everySeconds: 15,
  judges: true,
  needsNoTenant: true,
  argument: { name: 'AGENT', param: 'agent', required: true },
  load: loadPath,
  body: {
    kind: 'table',
    rowId: ({ row, hop }) => `${row.id} ${hop.id}`,
    columns: [
      {
        id: 'hop',
        title: 'HOP',
        cell: ({ hop }) => `${MARK[hop.verdict]} ${hop.title}`,
        tone: ({ hop }) => hop.verdict,
        keep: 120,
        widthMin: 18,
        widthMax: 24,
      },
      {
        id: 'rate',
        title: 'PASSES',
        cell: ({ hop }) => formatRate(hop.perSecond),
        sortBy: ({ hop }) => hop.perSecond,
        alignRight: true,
        letter: 'P',
        keep: 110,
        widthMin: 8,
      },
      {
        id: 'thins',
        title: '',
        cell: ({ hop }) => (hop.thins ? '← here' : ''),
        tone: ({ hop }) => (hop.thins ? 'bad' : 'plain'),
        keep: 105,
        widthMin: 6,
      },
      {
        id: 'said',
        title: 'WHAT IS SEEN',
        cell: ({ hop }) => hop.said,
        letter: 'W',
        keep: 100,
        widthMin: 40,
        widthMax: 200,
        grow: true,
      },
      {
        id: 'queue',
        title: 'QUEUE',
        cell: ({ row }) => row.component,
        tone: () => 'dim',
        keep: 30,
        widthMin: 12,
        widthMax: 40,
      },
    ],
  },
  keys: [
    { key: 'p', does: 'its agent', on: ({ row }) => go('agents', { context: row.context, agent: row.agent }) },
    {
      key: 'l',
      does: 'logs of the agent’s namespace',
      on: ({ row }) =>
        row.tenant === undefined
          ? refuse('as whom it sends is not known, so neither is whose logs these are')
          : go('logs', { tenant: row.tenant, namespaces: row.namespace }),
    },
  ],
  record: ({ hop, row }) => ({
    ...{ context: row.context, agent: row.agent, component: row.component, tenant: row.tenant ?? null },
    ...{
      hop: hop.id,
      verdict: hop.verdict,
      cause: hop.verdict === 'bad' ? row.judged.cause : 'none',
      because: hop.said,
    },
    next: hop.thins ? (row.judged.next ?? null) : null,
    perSecond: hop.perSecond ?? null,
    thins: hop.thins,
  }),
  origin: ({ origin }) => origin,
  details: ({ hop, row }) => [
    ['hop', hop.title],
    ['passes', formatRate(hop.perSecond)],
    ['what is seen', hop.said],
    ['the queue', `${row.judged.verdict}: ${row.judged.because}`],
    ['next', row.judged.next ?? 'nothing is to be done'],
    ['tenant', row.tenant ?? UNKNOWN],
  ],
  crumb: (params) => params.agent ?? '',
});

async function* loadPath(input: LoadInput): AsyncGenerator<Loaded<HopRow>> {
  const gaps = makeGaps();
  const { agent, context, queue } = input.params;
  // The frame's tenant narrows nothing here: the queue was chosen, and an unknown tenant is no reason to lose it.
  const { tenant: _tenant, ...params } = input.params;
  const seen = nothingSeen();
  let far: ReadonlyMap<string, FarSide> = new Map();
  for await (const loaded of loadQueues({ ...input, params: { ...params, source: 'both' } }, seen)) {
    for (const gap of loaded.gaps) gaps.note(gap);
    const chosen = loaded.rows.filter(
      (row) => row.agent === agent && (!context || row.context === context) && (!queue || row.id === queue),
    );
    if (loaded.complete) far = await farSides(input, whoTells(input, seen.server), chosen, gaps);
    const rows = chosen.flatMap((row) =>
      writePath(row, far.get(row.id) ?? sideOf(row)).map((hop) => ({ hop, row, origin: row.origin })),
    );
    const because = rows.length > 0 || !loaded.complete ? undefined : `no queue of ${agent ?? 'this agent'} was seen`;
    // Where something could not be asked, that is the gap.
    const source = because !== undefined && gaps.list.length === 0 ? lookedIn(input) : undefined;
    if (source && because !== undefined) gaps.note({ kind: 'not-found', source, said: because });
    yield { rows, gaps: gaps.list, complete: loaded.complete, because, cursor: cursorOf(rows) };
  }
}

/** Where agents are looked for. */
const lookedIn = ({ clients: { clusters, sources } }: LoadInput): Source | undefined => {
  const [cluster] = clusters;
  return cluster ? { backend: 'kubernetes', place: cluster.context } : sources[0];
};

/** The tenant that holds the stack's own metrics, whoever is on the screen; where none was found any of these may. */
const whoTells = ({ tenants }: LoadInput, { stack }: ServerSide): readonly Tenant[] =>
  stack === undefined ? tenants : [stack];

const sideOf = ({ evidence: { discards, receivedPerSecond } }: QueueRow): FarSide => ({ discards, receivedPerSecond });

/** The cursor stands where the stream thins out. */
const cursorOf = (rows: readonly HopRow[]): string | undefined => {
  const found = rows.find(({ hop }) => hop.thins);
  return found && `${found.row.id} ${found.hop.id}`;
};

/** What the servers say of the tenants of these rows, by row. */
async function farSides(
  input: LoadInput,
  asked: readonly Tenant[],
  rows: readonly QueueRow[],
  gaps: Gaps,
): Promise<ReadonlyMap<string, FarSide>> {
  const known = rows.filter(({ tenant }) => tenant !== undefined);
  const isOf = (...signals: readonly string[]) =>
    known.some(({ queue }) => signals.includes(queue?.signal ?? 'metrics'));
  const [stored, held] = await Promise.all([
    isOf('metrics') ? storedBy(input, asked, gaps) : undefined,
    isOf('logs', 'traces') ? askEach(input, asked, HELD, makeGaps()) : [],
  ]);
  return new Map(
    known.map((row) => {
      const { id, queue, tenant } = row;
      const own = held.find(({ labels }) => labels.tenant === tenant && labels.signal === queue?.signal);
      const storedPerSecond = (queue?.signal ?? 'metrics') === 'metrics' ? stored?.get(tenant ?? '') : undefined;
      return [id, { ...sideOf(row), storedPerSecond, held: own?.value }];
    }),
  );
}

/** Samples a second by tenant; undefined where what is stored cannot be told from its copies. */
async function storedBy(
  input: LoadInput,
  asked: readonly Tenant[],
  gaps: Gaps,
): Promise<ReadonlyMap<string, number> | undefined> {
  const [stats, factors] = await Promise.all([
    input.clients.mimirAdmin.allUserStats(input.signal),
    askEach(input, asked, REPLICATION, gaps),
  ]);
  const factor = factors.find(({ labels }) => labels.__name__ === 'cortex_distributor_replication_factor')?.value;
  const known = gaps.take(stats);
  if (factor === undefined) return undefined;
  return known && new Map(known.map(({ tenant, samplesPerSecond }) => [tenant, samplesPerSecond / factor]));
}

/** One of them holds the stack's own metrics; the others know nothing of it. */
async function askEach(
  { clients, time, signal }: LoadInput,
  asked: readonly Tenant[],
  promql: string,
  gaps: Gaps,
): Promise<readonly Sample[]> {
  const answers = asked.map((tenant) => clients.mimir(tenant).query(promql, time.endUnix, signal));
  return (await Promise.all(answers)).flatMap((answer) => gaps.take(answer) ?? []);
}
