import type { Product } from './product.ts';

export type Mode =
  | 'classic'
  | 'ingest-storage'
  | 'ingesters'
  | 'live-store'
  | 'distributed'
  | 'simple-scalable'
  | 'single-binary';

/** How a database is set up, and what says so. */
export interface Setup {
  readonly mode: Mode;
  readonly because: string;
}

/** What is known of one release of one database. */
export interface Release {
  readonly components: ReadonlySet<string>;
  /** Arguments of all its containers. */
  readonly args: readonly string[];
  /** Its configuration, where it could be read. */
  readonly config?: string;
  readonly version?: string;
}

/**
 * The mode that a release's workloads declare.
 *
 * Fails:  undefined where the product has no modes, or nothing tells.
 * Source: apis.md 6 and 7; Mimir `-ingest-storage.enabled`, Tempo 3's live-store in place of ingesters.
 */
export function declaredMode(product: Product, release: Release): Setup | undefined {
  if (product === 'mimir') return mimirMode(release);
  if (product === 'loki') return lokiMode(release);
  return product === 'tempo' ? tempoMode(release) : undefined;
}

function mimirMode({ components, args, config }: Release): Setup {
  const argument = args.find((arg) => /^--?ingest-storage\.enabled(=(true|false))?$/.test(arg));
  if (argument !== undefined)
    return { mode: argument.endsWith('=false') ? 'classic' : 'ingest-storage', because: `argument ${argument}` };
  const configured =
    config && /^ingest_storage:\s*\n(?:[ \t]+.*\n)*?[ \t]+enabled:\s*(true|false)\b/m.exec(`${config}\n`);
  if (configured)
    return {
      mode: configured[1] === 'true' ? 'ingest-storage' : 'classic',
      because: `its configuration has ingest_storage.enabled: ${configured[1]}`,
    };
  if (components.has('kafka')) return { mode: 'ingest-storage', because: 'it has a Kafka of its own' };
  const read = config === undefined ? 'no ConfigMap of it could be read' : 'its configuration does not enable it';
  return { mode: 'classic', because: `no Kafka and no -ingest-storage.enabled among its workloads; ${read}` };
}

const SIMPLE_SCALABLE = ['write', 'read', 'backend'];
const LOKI_PARTS = ['ingester', 'distributor', 'querier', 'query-frontend'];

function lokiMode({ components }: Release): Setup | undefined {
  const scalable = SIMPLE_SCALABLE.filter((component) => components.has(component));
  if (scalable.length > 0) return { mode: 'simple-scalable', because: `workloads ${scalable.join(', ')}` };
  const parts = LOKI_PARTS.filter((component) => components.has(component));
  if (parts.length > 0) return { mode: 'distributed', because: `workloads ${parts.join(', ')}` };
  if (components.has('single-binary')) return { mode: 'single-binary', because: 'one workload without a component' };
  return undefined;
}

function tempoMode({ components, version }: Release): Setup | undefined {
  const stores = ['live-store', 'block-builder'].filter((component) => components.has(component));
  if (stores.length > 0) return { mode: 'live-store', because: `workloads ${stores.join(', ')}` };
  if (components.has('ingester')) return { mode: 'ingesters', because: 'workload ingester' };
  const major = /^v?(\d+)\./.exec(version ?? '')?.[1];
  if (major === undefined) return undefined;
  return { mode: Number(major) >= 3 ? 'live-store' : 'ingesters', because: `one process of version ${version}` };
}

/** Modules that only one process with everything runs side by side. */
const LOKI_WHOLE = ['ingester', 'distributor', 'querier', 'query-frontend-tripperware'];

/**
 * What a process says that it runs, in a sentence, where that is not what its workload declares.
 *
 * `services`: the text of `/services`, `name => state` a line. Source: the recordings' `loki/services`.
 */
export function sayReally(setup: Setup | undefined, services: string): string | undefined {
  if (setup === undefined || setup.mode === 'single-binary') return undefined;
  const running = new Set(services.split('\n').flatMap((line) => /^\s*([\w-]+) => /.exec(line)?.[1] ?? []));
  const whole = LOKI_WHOLE.filter((module) => running.has(module)).length >= 3;
  return whole ? 'single-binary: each pod runs every module (/services)' : undefined;
}
