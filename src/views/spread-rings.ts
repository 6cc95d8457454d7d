import type { PartitionRingName, RingName } from '../clients/ring-types.ts';
import { REPLICATION_FACTOR_METRICS, REPLICATION_FACTORS } from '../domain/questions-rings.ts';
import type { Fault, Result } from '../domain/result.ts';
import type { PartitionRing, Ring } from '../domain/ring.ts';
import { type ConfigDump, NO_SETTINGS, type RingSettings, settingsIn } from '../domain/ring-config.ts';
import type { LoadInput } from './view.ts';

/** What the rings, and those who know their settings, said. */
export interface RingAnswers {
  readonly rings: ReadonlyMap<string, Result<Ring>>;
  readonly partitions: ReadonlyMap<PartitionRingName, Result<PartitionRing>>;
  settings(component: string): RingSettings;
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

/** Ask for all rings and settings at once. Never rejects. */
export async function askRings(input: LoadInput): Promise<RingAnswers> {
  const { clients, signal } = input;
  const present = DATABASES.filter((database) => clients.sources.some(({ backend }) => backend === database));
  const of = <Name extends string>(names: readonly Name[]): readonly Name[] =>
    names.filter((name) => present.some((database) => name.startsWith(database)));
  const [rings, partitions, configs, factors, stored] = await Promise.all([
    each(of(RINGS), (name) => clients.rings.ring(name, signal)),
    each(of(PARTITIONS), (name) => clients.rings.partitions(name, signal)),
    each(present, (database) => clients.rings.config(database, signal)),
    each(present, (database) => clients.rings.replicationFactor(database, signal)),
    storedFactors(input),
  ]);
  const known = (component: string): RingSettings => {
    const database = databaseOf(component);
    const config = configs.get(database);
    const settings = config?.ok ? settingsIn(config.value, component) : NO_SETTINGS;
    if (!component.endsWith(' ingester')) return settings;
    return {
      ...settings,
      replicationFactor: agreed([settings.replicationFactor, gauge(factors.get(database)), ...stored[database]]),
    };
  };
  return {
    rings,
    partitions,
    settings: known,
    settingsGaps: (components) =>
      components
        .filter((component) => component.endsWith(' ingester') && known(component).replicationFactor === undefined)
        .flatMap((component) => firstFault([configs.get(databaseOf(component)), factors.get(databaseOf(component))])),
  };
}

const databaseOf = (component: string): Database => component.split(' ')[0] as Database;

async function each<Name, T>(
  names: readonly Name[],
  ask: (name: Name) => Promise<Result<T>>,
): Promise<ReadonlyMap<Name, Result<T>>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await ask(name)] as const)));
}

const gauge = (result: Result<number> | undefined): number | undefined => (result?.ok ? result.value : undefined);

/** One factor where all who know it say the same; else it is not known. */
function agreed(said: readonly (number | undefined)[]): number | undefined {
  const [one, other] = new Set(said.filter((value) => value !== undefined && Number.isInteger(value) && value > 0));
  return other === undefined ? one : undefined;
}

const firstFault = (results: readonly (Result<ConfigDump | number> | undefined)[]): readonly Fault[] => {
  const faults = results.flatMap((result) => (result && !result.ok ? [result.fault] : []));
  return faults.slice(0, 1);
};

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
