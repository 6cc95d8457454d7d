import type { Probe, SentAs } from './header-probe.ts';
import type { Verdict } from './result.ts';

/** How an entry point treats the tenant header. `unknown`: nobody answered, or what was answered proves nothing. */
export type HeaderCause =
  | 'enforced'
  | 'defaulted'
  | 'multitenancy-off'
  | 'federation-off'
  | 'overridden'
  | 'two-headers'
  | 'proxy-auth'
  | 'malformed'
  | 'unknown-tenant'
  | 'silent'
  /** Of what agents send there: somebody sends no header, and what becomes of that could not be asked. */
  | 'no-header'
  | 'unknown';

export interface HeaderVerdict {
  readonly cause: HeaderCause;
  readonly verdict: Verdict;
  /** The tenant that takes the place of a missing header, where that could be told. */
  readonly to?: string;
  readonly because: string;
  readonly next: string | null;
}

/** What is known of one entry point and signal when it is judged. */
export interface HeaderCase {
  readonly entry: string;
  readonly probes: readonly Probe[];
  /** The tenant whose data is looked for. */
  readonly expected?: string;
  /** Who logs in at this entry point. */
  readonly user?: string;
  /** What another entry point of the same signal proves of the server behind. */
  readonly behind?: HeaderCause;
  /** By what the tenant is known though it holds nothing here: "its runtime overrides". */
  readonly knownBy?: string;
  /** Since when it has sent nothing, Unix seconds as text for people. */
  readonly silentSince?: string;
}

/** All probes as one, put together. */
export interface Told {
  readonly tenant: string | null;
  /** Let in. */
  readonly passed: boolean;
  readonly refusal?: Probe;
  /** Undefined where it could not be told. */
  readonly holds?: readonly string[];
}

export interface Heard extends HeaderCase {
  readonly none?: Told;
  readonly random?: Told;
  readonly own?: Told;
  readonly defaults: readonly Told[];
}

/** "without a header: 401 no org id". */
export function sayProbe({ tenant, sent, status, kind, said }: Probe): string {
  const who = sent === 'none' ? 'without a header' : `as ${tenant ?? sent}`;
  return `${who}: ${[status ?? kind ?? '', said].filter((part) => part !== '').join(' ')}`;
}

/** Put the probes of each sender together. */
export function hear(found: HeaderCase): Heard {
  const as = (sent: SentAs): readonly Told[] => {
    const some = found.probes.filter((probe) => probe.sent === sent);
    return [...Map.groupBy(some, ({ tenant }) => tenant).values()].map(together);
  };
  return { ...found, none: as('none')[0], random: as('random')[0], own: as('expected')[0], defaults: as('default') };
}

function together(probes: readonly Probe[]): Told {
  const answered = probes.filter(({ kind }) => kind === undefined);
  const holdings = answered.flatMap(({ holds, asked }) => (holds ? [holds.map((one) => `${asked} ${one}`)] : []));
  return {
    tenant: probes[0]?.tenant ?? null,
    passed: answered.length > 0,
    refusal: probes.find(({ kind }) => kind !== undefined),
    ...(holdings.length > 0 ? { holds: holdings.flat() } : {}),
  };
}

export const every = ({ none, random, own, defaults }: Heard): readonly Told[] =>
  [none, random, own, ...defaults].filter((told) => told !== undefined);

export const saidBy = (heard: Heard): readonly string[] => every(heard).flatMap(({ refusal }) => refusal?.said ?? []);

export const hasData = (told: Told | undefined): boolean => (told?.holds?.length ?? 0) > 0;
export const isEmpty = (told: Told | undefined): boolean => told?.holds?.length === 0;
export const isSame = (left: Told | undefined, right: Told | undefined): boolean =>
  left?.holds !== undefined && right?.holds !== undefined && String(left.holds) === String(right.holds);
export const isRefused = (told: Told | undefined): boolean =>
  told !== undefined && !told.passed && told.refusal?.kind === 'tenant';

/** No header decides there. */
export const switchedOff = (entry: string): HeaderVerdict => ({
  cause: 'multitenancy-off',
  verdict: 'bad',
  because: `${entry} ignores the header: nobody, anybody and a tenant that cannot exist get the same data`,
  next: 'turn on multi-tenancy: auth.multitenancy-enabled (Mimir), auth_enabled (Loki), multitenancy_enabled (Tempo, off by default)',
});

/** Something puts a tenant in the header's place: the user, or a proxy. */
export const taken = (entry: string, user: string | undefined, because: string): HeaderVerdict => ({
  cause: 'overridden',
  verdict: 'warn',
  because: `${entry} ${user ? `takes the user ${user} for the tenant` : 'puts a tenant of its own in the header’s place'}: ${because}`,
  next: user
    ? 'log in as the user of the tenant, or ask by an entry point that passes the header on'
    : 'ask by an entry point that passes the header on',
});
