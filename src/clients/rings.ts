import { parseExposition } from '../domain/exposition.ts';
import { REPLICATION_FACTOR_METRICS } from '../domain/questions-rings.ts';
import type { PartitionRing, Ring } from '../domain/ring.ts';
import { type ConfigDump, parseConfigDump } from '../domain/ring-config.ts';
import type { PartitionRingName, RingName, Rings } from './clients.ts';
import { decodePartitionRing, decodeRing } from './decode-ring.ts';
import type { Question, Send } from './http.ts';

/** 300 members with 512 tokens are 2 MB; a ring of thousands is still read. */
const RING_BYTES_MAX = 64 * 1024 * 1024;
const JSON_ONLY = { accept: 'application/json' };

/**
 * Who is asked for which ring, and where. Source: apis.md 1.4, 2 and 3; the paths are dskit's one handler in all three.
 */
export const RING_PAGES: Readonly<Record<RingName | PartitionRingName, { component: string; path: string }>> = {
  'mimir ingester': { component: 'mimir/distributor', path: '/ingester/ring' },
  'mimir distributor': { component: 'mimir/distributor', path: '/distributor/ring' },
  'mimir store-gateway': { component: 'mimir/store-gateway', path: '/store-gateway/ring' },
  'mimir compactor': { component: 'mimir/compactor', path: '/compactor/ring' },
  'mimir ruler': { component: 'mimir/ruler', path: '/ruler/ring' },
  'mimir alertmanager': { component: 'mimir/alertmanager', path: '/multitenant_alertmanager/ring' },
  'loki ingester': { component: 'loki', path: '/ring' },
  'tempo ingester': { component: 'tempo', path: '/ingester/ring' },
  'tempo live-store': { component: 'tempo', path: '/live-store/ring' },
  'mimir partitions': { component: 'mimir/distributor', path: '/ingester/partition-ring' },
  'tempo partitions': { component: 'tempo', path: '/partition-ring' },
};

const CONFIGS = {
  mimir: { component: 'mimir/distributor', path: '/config' },
  loki: { component: 'loki', path: '/config' },
  tempo: { component: 'tempo', path: '/status/config' },
} as const;

const METRICS = { mimir: 'mimir/distributor', loki: 'loki', tempo: 'tempo' } as const;

/** The rings of a stack, each asked of a component that has it. Only ever GET: a POST would forget a member. */
export function makeRings(sends: Readonly<Record<'mimir' | 'loki' | 'tempo', Send>>): Rings {
  const sendOf = (component: string): Send => sends[component.split('/')[0] as 'mimir' | 'loki' | 'tempo'];
  const ask = <T>(
    { component, path }: { component: string; path: string },
    params: Question<T>['params'],
    decode: Question<T>['decode'],
    signal: AbortSignal,
  ) =>
    sendOf(component)(
      { component, path, params, tenant: null, headers: JSON_ONLY, bytesMax: RING_BYTES_MAX, decode },
      signal,
    );

  return {
    ring: (name, signal) => ask<Ring>(RING_PAGES[name], [], decodeRing, signal),
    partitions: (name, signal) => ask<PartitionRing>(RING_PAGES[name], [], decodePartitionRing, signal),
    config: (backend, signal) =>
      ask<ConfigDump>(CONFIGS[backend], [['mode', 'diff']], (text) => parseConfigDump(text), signal),
    replicationFactor: (backend, signal) =>
      ask<number>(
        { component: METRICS[backend], path: '/metrics' },
        [],
        (text) => {
          const wanted = REPLICATION_FACTOR_METRICS[backend];
          const { samples } = parseExposition(text, [wanted]);
          const value = samples.find(({ name }) => name === wanted)?.value;
          return value === undefined ? { ok: false, said: `no ${wanted} among the metrics` } : { ok: true, value };
        },
        signal,
      ),
  };
}
