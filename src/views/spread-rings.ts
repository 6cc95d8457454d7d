import type { PartitionRingName, RingName } from '../clients/ring-types.ts';
import { REPLICATION_FACTOR_METRICS, REPLICATION_FACTORS } from '../domain/questions-rings.ts';
import type { Fault, Result } from '../domain/result.ts';
import type { PartitionRing, Ring } from '../domain/ring.ts';
import { NO_SETTINGS, type RingSettings, settingsIn } from '../domain/ring-config.ts';
import type { LoadInput } from './view.ts';

/** What the rings, and those who know their settings, said. */
export interface RingAnswers {
  readonly rings: ReadonlyMap<string, Result<Ring>>;
  readonly partitions: ReadonlyMap<PartitionRingName, Result<PartitionRing>>;
  settings(component: string): RingSettings;
  /** Its database has said all that it says, a fault among it. */
  answered(component: string): boolean;
  /** Shards of single tenants, where the runtime overrides could be read. */
  readonly tenantShards: ReadonlyMap<string, number>;
  /** Why nobody knows how large the tenants' shards are; undefined: it is known, or no Mimir was asked. */
  readonly shardsFault: Fault | undefined;
  /** Why settings that matter for these components are not known. */
  settingsGaps(components: readonly string[]): readonly Fault[];
}

const RINGS: readonly RingName[] = [
  'mimir ingester',
  'mimir distributor',
  'mimir store-gateway',
  'mimir compactor',
  'mimir ruler',
  'mimir alertmanager',
  'loki ingester',
  'tempo ingester',
  'tempo live-store',
];
const PARTITIONS: readonly PartitionRingName[] = ['mimir partitions', 'tempo partitions'];
const DATABASES = ['mimir', 'loki', 'tempo'] as const;
type Database = (typeof DATABASES)[number];

/**
 * Ask each database for its rings and settings, each on its own: one that hangs holds no other. Never rejects.
 *
 * `stored` is asked once, and only by a database that does not know its own replication factor.
 */
export function askRings(input: LoadInput): readonly Promise<RingAnswers>[] {
  const present = DATABASES.filter((database) => input.clients.sources.some(({ backend }) => backend === database));
  let asked: Promise<Readonly<Record<Database, readonly number[]>>> | undefined;
  const stored = () => {
    asked ??= storedFactors(input);
    return asked;
  };
  return present.map((database) => askDatabase(input, database, stored));
}

async function askDatabase(
  { clients, signal }: LoadInput,
  database: Database,
  stored: () => Promise<Readonly<Record<Database, readonly number[]>>>,
): Promise<RingAnswers> {
  const of = <Name extends string>(names: readonly Name[]): readonly Name[] =>
    names.filter((name) => databaseOf(name) === database);
  const [rings, partitions, config, factor, overrides] = await Promise.all([
    each(of(RINGS), (name) => clients.rings.ring(name, signal)),
    each(of(PARTITIONS), (name) => clients.rings.partitions(name, signal)),
    clients.rings.config(database, signal),
    clients.rings.replicationFactor(database, signal),
    database === 'mimir' ? clients.mimirAdmin.overrides(signal) : undefined,
  ]);
  const others = config.ok || factor.ok ? [] : (await stored())[database];
  const settings = (component: string): RingSettings => {
    const own = config.ok ? settingsIn(config.value, component) : NO_SETTINGS;
    if (!component.endsWith(' ingester')) return own;
    return {
      ...own,
      replicationFactor: agreed([own.replicationFactor, factor.ok ? factor.value : undefined, ...others]),
    };
  };
  return {
    rings,
    partitions,
    settings,
    answered: (component) => databaseOf(component) === database,
    tenantShards: overrides?.ok ? shardSizesIn(overrides.value) : new Map(),
    shardsFault: overrides && shardsFaultOf(config, overrides),
    settingsGaps: (components) =>
      components
        .filter((id) => databaseOf(id) === database && id.endsWith(' ingester'))
        .filter((id) => settings(id).replicationFactor === undefined)
        .flatMap(() => (config.ok ? [] : [config.fault])),
  };
}

/** The answers so far as one. */
export function mergeRings(answers: readonly RingAnswers[]): RingAnswers {
  return {
    rings: new Map(answers.flatMap(({ rings }) => [...rings])),
    partitions: new Map(answers.flatMap(({ partitions }) => [...partitions])),
    settings: (component) =>
      answers
        .find(({ rings }) => [...rings.keys()].some((ring) => databaseOf(ring) === databaseOf(component)))
        ?.settings(component) ?? NO_SETTINGS,
    tenantShards: new Map(answers.flatMap(({ tenantShards }) => [...tenantShards])),
    shardsFault: answers.find(({ shardsFault }) => shardsFault)?.shardsFault,
    answered: (component) => answers.some(({ answered }) => answered(component)),
    settingsGaps: (components) => answers.flatMap(({ settingsGaps }) => settingsGaps(components)),
  };
}

/**
 * A Mimir without a runtime configuration has no such page, and then no overrides; but who hides its configuration too
 * may hide them. Source: mimir pkg/mimir/modules.go, initRuntimeConfig.
 */
function shardsFaultOf(config: Result<unknown>, overrides: Result<unknown>): Fault | undefined {
  if (!config.ok) return config.fault;
  return overrides.ok || isAbsent(overrides.fault) ? undefined : overrides.fault;
}

/** Nobody there answers for it. */
export const isAbsent = ({ kind }: Fault): boolean => kind === 'not-found' || kind === 'not-recorded';

function shardSizesIn(overrides: ReadonlyMap<string, ReadonlyMap<string, string>>): ReadonlyMap<string, number> {
  const sizes = [...overrides].map(
    ([tenant, limits]) => [tenant, Number(limits.get('ingestion_tenant_shard_size') ?? Number.NaN)] as const,
  );
  return new Map(sizes.filter(([, size]) => Number.isInteger(size) && size >= 0));
}

const databaseOf = (component: string): Database => component.split(' ')[0] as Database;

async function each<Name, T>(
  names: readonly Name[],
  ask: (name: Name) => Promise<Result<T>>,
): Promise<ReadonlyMap<Name, Result<T>>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await ask(name)] as const)));
}

/** One factor where all who know it say the same; else it is not known. */
function agreed(said: readonly (number | undefined)[]): number | undefined {
  const [one, other] = new Set(said.filter((value) => value !== undefined && Number.isInteger(value) && value > 0));
  return other === undefined ? one : undefined;
}

/** The factors that the stack's own metrics hold, in whichever tenant they are stored. A failure here is no gap: others know them too. */
async function storedFactors({ clients, tenants, time, signal }: LoadInput): Promise<Record<Database, number[]>> {
  const found: Record<Database, number[]> = { mimir: [], loki: [], tempo: [] };
  const answers = await Promise.all(
    tenants.map((tenant) => clients.mimir(tenant).query(REPLICATION_FACTORS, time.endUnix, signal)),
  );
  for (const { labels, value } of answers.flatMap((answer) => (answer.ok ? answer.value : [])))
    for (const database of DATABASES)
      if (labels.__name__ === REPLICATION_FACTOR_METRICS[database] && value !== undefined) found[database].push(value);
  return found;
}
