import { HEADER_SIGNALS, type HeaderSignal } from './header-probe.ts';
import type { Sample } from './series.ts';

/** What a server counts of one signal of one tenant. Undefined: nobody tells. */
export interface Counted {
  /** Samples, lines, spans a second. */
  readonly perSecond?: number;
  /** Series; of logs and traces bytes a second. */
  readonly used?: number;
  /** Of what is used, in the same unit. */
  readonly limit?: number;
  /** Reason to samples, lines, spans a second. */
  readonly discards?: ReadonlyMap<string, number>;
  /** Unix seconds. */
  readonly newestUnix?: number;
  /** How long it is kept, seconds; 0: as the server's own configuration has it. */
  readonly keptSeconds?: number;
}

/** What the stack's own metrics tell of all tenants. */
export interface TenantCounts {
  /** Of whoever they name; a signal that is told of others only is empty there. */
  of(tenant: string, signal: HeaderSignal): Counted | undefined;
  /** Whether the servers of a signal count at all: only then is who is missing silent. */
  tells(signal: HeaderSignal): boolean;
  /** Every tenant of whom something arrived or is thrown away, by signal. */
  names(signal: HeaderSignal): readonly string[];
}

type Draft = { -readonly [Field in keyof Counted]: Counted[Field] } & { reasons: Map<string, number> };

const FIELD = {
  'per-second': 'perSecond',
  used: 'used',
  limit: 'limit',
  newest: 'newestUnix',
  kept: 'keptSeconds',
} as const satisfies Readonly<Record<string, keyof Counted>>;

/**
 * Read the answer to `TENANT_COUNTS`.
 *
 * Fails: never; what is no number is not known, and is not nothing.
 */
export function readTenantCounts(samples: readonly Sample[]): TenantCounts {
  const drafts = new Map<string, Draft>();
  const usual = new Map<HeaderSignal, number>();
  const arriving = new Map<HeaderSignal, Set<string>>(HEADER_SIGNALS.map((signal) => [signal, new Set()]));
  for (const { labels, value } of samples) {
    const signal = HEADER_SIGNALS.find((each) => each === labels.signal);
    if (signal === undefined || !Number.isFinite(value)) continue;
    const { what = '', tenant = '' } = labels;
    if (tenant === '') {
      if (what === 'limit') usual.set(signal, value);
      continue;
    }
    const key = `${signal} ${tenant}`;
    const draft: Draft = drafts.get(key) ?? { reasons: new Map() };
    drafts.set(key, draft);
    put(draft, labels, value);
    if (isArrival(what, value)) arriving.get(signal)?.add(tenant);
  }
  const tells = (signal: HeaderSignal): boolean => (arriving.get(signal)?.size ?? 0) > 0;
  return {
    of(tenant, signal) {
      const draft = drafts.get(`${signal} ${tenant}`);
      if (draft === undefined && !tells(signal)) return undefined;
      const { reasons, ...counted }: Draft = draft ?? { reasons: new Map() };
      const limit = counted.limit ?? usual.get(signal);
      // A limit of 0 is none.
      return { ...counted, limit: limit === 0 ? undefined : limit, discards: reasons };
    },
    tells,
    names: (signal) => [...(arriving.get(signal) ?? [])],
  };
}

function put(draft: Draft, { what = '', reason = '' }: Sample['labels'], value: number): void {
  if (what === 'discarded') draft.reasons.set(reason, value);
  else if (Object.hasOwn(FIELD, what)) draft[FIELD[what as keyof typeof FIELD]] = value;
}

const isArrival = (what: string, value: number): boolean =>
  what === 'per-second' || what === 'newest' || (what === 'discarded' && value > 0);

/** Units a second of all reasons together. */
export const discardedPerSecond = ({ discards }: Counted): number | undefined =>
  discards && [...discards.values()].reduce((sum, each) => sum + each, 0);
