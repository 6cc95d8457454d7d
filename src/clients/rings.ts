import { parseExposition } from '../domain/exposition.ts';
import { REPLICATION_FACTOR_METRICS } from '../domain/questions-rings.ts';
import type { PartitionRing, Ring } from '../domain/ring.ts';
import { type ConfigDump, parseConfigDump } from '../domain/ring-config.ts';
import { decodeMemberlistRing, decodePartitionRing, decodeRing, judgedAt } from './decode-ring.ts';
import type { Question, Send } from './http.ts';
import type { PartitionRingName, RingName, Rings } from './ring-types.ts';

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

/** Where the members stand in the gossip, for servers whose ring page is only for people. Source: apis.md 1.3. */
const MEMBERLIST_KEYS: Readonly<Partial<Record<RingName, string>>> = {
  'mimir ingester': 'collectors/ring',
  'mimir store-gateway': 'collectors/store-gateway',
  'mimir compactor': 'collectors/compactor',
  'mimir distributor': 'collectors/distributor',
  'mimir ruler': 'rulers/ring',
  'loki ingester': 'collectors/ring',
  'tempo ingester': 'collectors/ring',
};
/** The page is not there, or is no JSON. */
const NO_PAGE: ReadonlySet<string> = new Set(['not-found', 'shape']);
/** The gossip does not tell the ring's own timeout: dskit's default. */
const TIMEOUT_SECONDS = 60;

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
    async ring(name, signal) {
      const page = await ask<Ring>(RING_PAGES[name], [], decodeRing, signal);
      const key = MEMBERLIST_KEYS[name];
      if (page.ok || key === undefined || !NO_PAGE.has(page.fault.kind)) return page;
      const { component } = RING_PAGES[name];
      const params = [['viewKey', key] as const, ['format', 'json'] as const];
      const gossip = await ask<Ring>({ component, path: '/memberlist' }, params, decodeMemberlistRing, signal);
      return gossip.ok ? { ...gossip, value: judgedAt(gossip.value, gossip.origin.atUnix, TIMEOUT_SECONDS) } : page;
    },
    partitions: (name, signal) => ask<PartitionRing>(RING_PAGES[name], [], decodePartitionRing, signal),
    async config(backend, signal) {
      const dump = (params: readonly (readonly [string, string])[]) =>
        ask<ConfigDump>(CONFIGS[backend], params, (text) => parseConfigDump(text), signal);
      // Loki answers 500 to `mode=diff` (seen with main-65e30f8). Older recordings hold nothing but that refusal.
      const whole = backend === 'loki' ? await dump([]) : undefined;
      return whole && (whole.ok || whole.fault.kind !== 'not-recorded') ? whole : dump([['mode', 'diff']]);
    },
    replicationFactor: (backend, signal) =>
      ask<number | undefined>(
        { component: METRICS[backend], path: '/metrics' },
        [],
        (text) => {
          const wanted = REPLICATION_FACTOR_METRICS[backend];
          const { samples } = parseExposition(text, [wanted]);
          // Tempo 3 has no such factor, and its answer is none the worse for that.
          return { ok: true, value: samples.find(({ name }) => name === wanted)?.value };
        },
        signal,
      ),
  };
}
