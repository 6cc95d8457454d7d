import { DEFAULT_TENANTS, HEADER_SIGNALS, type HeaderSignal } from './header-probe.ts';
import { isLookAlike } from './look-alike.ts';
import type { Verdict } from './result.ts';
import { isGone, judgeSignal, type Signal, worstOf } from './signals.ts';
import { formatAge, formatBytes, formatCount, formatRate, formatShare } from './units.ts';

export type TenantCause =
  | 'none'
  | 'silent'
  | 'orphan'
  | 'late'
  | 'spill-over'
  | 'look-alike'
  | 'no-header'
  | 'discarded'
  | 'limit'
  | 'unknown';

/** What is counted of one signal of a tenant. Undefined: nobody tells. */
export interface SignalUse {
  /** Samples, lines, spans a second. */
  readonly perSecond?: number;
  /** Series; of logs and traces bytes a second. */
  readonly used?: number;
  readonly limit?: number;
  /** Rate and use are upper bounds: replicas may be counted. */
  readonly atMost?: boolean;
  /** Samples, lines, spans a second. */
  readonly discardedPerSecond?: number;
}

/** Everything that was found of one tenant. */
export interface Found {
  readonly tenant: string;
  readonly signals: Readonly<Record<HeaderSignal, Signal>>;
  readonly use: Readonly<Record<HeaderSignal, SignalUse>>;
  /** Where its name stands: the profile, all_user_stats, runtime overrides, an agent's configuration. */
  readonly foundBy: readonly string[];
  /** The name that it may be a misspelling of. */
  readonly like?: string;
  /** A sentence about an agent that should send as it, and sends as nobody. */
  readonly bare?: string;
}

export interface TenantVerdict {
  readonly verdict: Verdict;
  readonly cause: TenantCause;
  readonly because: string;
  readonly next: string | null;
}

const DEFAULTS = new Set(Object.values(DEFAULT_TENANTS).flat());

/** Stands for nobody: what lies there was written without a header. */
export const isDefaultTenant = (tenant: string): boolean => DEFAULTS.has(tenant);

/** Above this share of its limit a tenant is nearly full. Heuristic. */
const FULL_SHARE = 0.9;

/** Judge one tenant: the worst first. Fails: never; what was not asked is unknown, and never good. */
export function judgeTenant(found: Found): TenantVerdict {
  for (const rule of RULES) {
    const judged = rule(found);
    if (judged) return judged;
  }
  const { signals } = found;
  const verdict = worstOf(HEADER_SIGNALS.map((name) => judgeSignal(signals[name])));
  return {
    verdict,
    cause: verdict === 'good' ? 'none' : verdict === 'unknown' ? 'unknown' : verdict === 'warn' ? 'late' : 'silent',
    because: sayFreshness(signals),
    next: verdict === 'good' ? null : 'lgtm-tui why names the hop that is broken',
  };
}

type Rule = (found: Found) => TenantVerdict | undefined;

const has = (signal: Signal): boolean => signal.asked && signal.ageSeconds !== undefined;
const lacks = (signal: Signal): boolean => signal.asked && signal.ageSeconds === undefined;
const isFresh = (signal: Signal): boolean => judgeSignal(signal) === 'good';
const arrives = (signal: Signal): boolean => has(signal) && !isGone(signal);

const spilled: Rule = ({ tenant, signals, use }) => {
  if (!isDefaultTenant(tenant) || !HEADER_SIGNALS.some((name) => has(signals[name]))) return undefined;
  const { used: series, perSecond } = use.metrics;
  const rate = perSecond === undefined ? '' : `, ${sayBound(use.metrics)}${formatRate(perSecond)}`;
  return {
    verdict: 'bad',
    cause: 'spill-over',
    because: `no header: somebody writes without X-Scope-OrgID, and it lies in ${tenant}${series === undefined ? '' : `, ${sayBound(use.metrics)}${formatCount(series)} series`}${rate}`,
    next: 'its series name the job; lgtm-tui header names the way in that lets it through',
  };
};

const bare: Rule = ({ bare: sentence, signals }) =>
  sentence === undefined || HEADER_SIGNALS.every((name) => arrives(signals[name]))
    ? undefined
    : {
        verdict: 'bad',
        cause: 'no-header',
        because: `header missing: ${sentence}`,
        next: 'give that endpoint its X-Scope-OrgID; lgtm-tui why has the lines of all signals',
      };

const alike: Rule = ({ tenant, like }) =>
  like === undefined
    ? undefined
    : {
        verdict: 'warn',
        cause: 'look-alike',
        because: `${tenant} is nearly ${like}: misspelt somewhere?`,
        next: `if so, its data is missing in ${like}: look for ${tenant} in the agents’ configurations`,
      };

const orphan: Rule = ({ signals }) => {
  const present = HEADER_SIGNALS.filter((name) => isFresh(signals[name]));
  const missing = HEADER_SIGNALS.filter((name) => isGone(signals[name]));
  const [only] = present;
  if (only === undefined || present.length > 1 || missing.length < 2) return undefined;
  return {
    verdict: 'bad',
    cause: 'orphan',
    because: `only ${only} arrive, ${missing.map((name) => sayLack(name, signals[name])).join(', ')}`,
    next: `its agent’s exporters disagree: lgtm-tui why --signal ${missing[0]}`,
  };
};

const silent: Rule = ({ signals, foundBy }) => {
  if (!HEADER_SIGNALS.every((name) => isGone(signals[name]))) return undefined;
  return {
    verdict: 'bad',
    cause: 'silent',
    because: `${sayFreshness(signals)}${foundBy.length > 0 ? `; known by ${foundBy.join(', ')}` : ''}`,
    next: 'is the X-Scope-OrgID what the agents send? lgtm-tui why names the hop',
  };
};

const sayBound = ({ atMost }: SignalUse): string => (atMost ? '≤' : '');

const thrownAway: Rule = ({ use, signals }) => {
  if (HEADER_SIGNALS.some((name) => isGone(signals[name]))) return undefined;
  const thrown = HEADER_SIGNALS.filter((name) => (use[name].discardedPerSecond ?? 0) > 0);
  if (thrown.length === 0) return undefined;
  return {
    verdict: 'warn',
    cause: 'discarded',
    because: `${thrown.map((name) => `${formatRate(use[name].discardedPerSecond)} of its ${name}`).join(', ')} are thrown away on arrival`,
    next: thrown.includes('metrics')
      ? 'lgtm-tui limits and cardinality name the reason'
      : `lgtm-tui why --signal ${thrown[0]} names the reason`,
  };
};

/**
 * Signals whose use and limit are told of the same thing. Of traces they are not: how many distributors share the use is
 * not asked, and each of them has the limit for itself unless `rate_strategy` is global. What is thrown away tells.
 *
 * Source: tempo modules/distributor, `ingestion_rate_strategy: local` by default.
 */
export const FILLS: readonly HeaderSignal[] = ['metrics', 'logs'];

const full: Rule = ({ use, signals }) => {
  if (HEADER_SIGNALS.some((name) => isGone(signals[name]))) return undefined;
  const name = FILLS.find((each) => fillOf(use[each]) >= FULL_SHARE);
  if (name === undefined) return undefined;
  const { limit } = use[name];
  const share = formatShare(fillOf(use[name]));
  return {
    verdict: 'warn',
    cause: 'limit',
    because:
      name === 'metrics'
        ? `${share} of its ${formatCount(limit)} series are used`
        : `${share} of the ${formatBytes(limit)}/s that it may send of ${name} are used`,
    next:
      name === 'metrics' ? 'lgtm-tui cardinality names what to drop' : `drop ${name} at the agent, or raise its limit`,
  };
};

/** 0 where it is not known, or may be less. */
const fillOf = ({ used, limit = 0, atMost = false }: SignalUse): number =>
  atMost || used === undefined || limit <= 0 ? 0 : used / limit;

const RULES: readonly Rule[] = [spilled, bare, orphan, silent, alike, thrownAway, full];

const sayLack = (name: HeaderSignal, { ageSeconds }: Signal): string =>
  ageSeconds === undefined ? `no ${name}` : `nothing new of ${name} for ${formatAge(ageSeconds)}`;

function sayFreshness(signals: Found['signals']): string {
  const none = HEADER_SIGNALS.filter((name) => lacks(signals[name]));
  const late = HEADER_SIGNALS.filter((name) => has(signals[name]) && !isFresh(signals[name]));
  const unseen = HEADER_SIGNALS.filter((name) => !signals[name].asked);
  const parts = [
    none.map((name) => sayLack(name, signals[name])).join(', '),
    late.map((name) => sayLack(name, signals[name])).join(', '),
    unseen.length > 0 ? `${unseen.join(', ')} not answered` : '',
  ].filter((part) => part !== '');
  return parts.join('; ') || 'all three signals are fresh';
}

/**
 * For each name the one that it may be a misspelling of: a listed one before others, else the one with more series. Of two
 * that nobody tells apart neither is.
 */
export function lookAlikes(
  names: readonly { readonly name: string; readonly weight: number }[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, weight } of names) {
    const like = names.find((other) => other.weight > weight && isLookAlike(name, other.name));
    if (like) found.set(name, like.name);
  }
  return found;
}
