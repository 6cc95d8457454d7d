import { JOINED } from './federation.ts';
import {
  every,
  type HeaderCase,
  type HeaderCause,
  type HeaderVerdict,
  type Heard,
  hasData,
  hear,
  isEmpty,
  isRefused,
  isSame,
  saidBy,
  sayProbe,
  switchedOff,
  type Told,
  taken,
} from './header-told.ts';

type Rule = (heard: Heard) => HeaderVerdict | undefined;

/**
 * Tell from probes how an entry point treats the tenant header: the first rule that fits, what was refused first.
 *
 * Fails:  never. Without the probe that would prove it nothing is good.
 * Source: the decision table of diagnostics.md 1.1; recorded at five entry points.
 */
export function judgeHeader(found: HeaderCase): HeaderVerdict {
  const heard = hear(found);
  for (const rule of RULES) {
    const judged = rule(heard);
    if (judged) return judged;
  }
  return {
    cause: 'unknown',
    verdict: 'unknown',
    because: `${found.entry}: the answers fit no rule: ${found.probes.map(sayProbe).join('; ')}`,
    next: 'read the evidence below, and ask the component itself',
  };
}

/** A comma joins two headers on the way. Source: nginx ≥ 1.23, and the words of the Mimir chart's gateway. */
const twoHeaders: Rule = (heard) => {
  const said = saidBy(heard).find((words) => /sending multiple|tenant ID '[^']*,[^']*' contains/i.test(words));
  if (said === undefined) return undefined;
  return {
    cause: 'two-headers',
    verdict: 'bad',
    because: `two X-Scope-OrgID headers arrive at ${heard.entry}: ${said}`,
    next: 'two layers add it: remove it from the proxy, or from the client behind which the proxy stands',
  };
};

const isLogin = ({ passed, refusal }: Told): boolean =>
  !passed && (refusal?.kind === 'auth' || refusal?.kind === 'forbidden');

const proxyAuth: Rule = (heard) => {
  const all = every(heard);
  if (all.length === 0 || !all.every(isLogin)) return undefined;
  return {
    cause: 'proxy-auth',
    verdict: 'unknown',
    because: `${heard.entry} wants a login, whatever the tenant (${all[0]?.refusal?.status ?? 401}: ${all[0]?.refusal?.said ?? ''}): this says nothing of the header`,
    next: 'give --basic-auth-file or --bearer-token-file; this is who you are, not which tenant',
  };
};

const federationOff: Rule = ({ own, entry, expected }) => {
  const said = own?.refusal?.said ?? '';
  if (!JOINED.test(said)) return undefined;
  return {
    cause: 'federation-off',
    verdict: 'bad',
    because: `${entry} does not answer for several tenants at once (${expected ?? 'a|b'}): ${own?.refusal?.status ?? ''} ${said}`,
    next: 'name one tenant at a time, or turn on tenant-federation.enabled (Mimir), multi_tenant_queries_enabled (Loki, Tempo)',
  };
};

const malformed: Rule = ({ own, entry, expected }) => {
  const said = own?.refusal?.kind === 'not-recorded' ? '' : (own?.refusal?.said ?? '');
  if (!/unsupported character|tenant ID is too long|a tenant id may/i.test(said)) return undefined;
  return {
    cause: 'malformed',
    verdict: 'bad',
    because: `what arrives at ${entry} for ${expected ?? 'the tenant'} is no tenant id: ${said}`,
    next: "letters, digits and !_.*'()- only, 150 bytes at most; look for quotes and blanks in what sets the header",
  };
};

const dropped: Rule = ({ none, random, own, entry }) => {
  if (!isRefused(own ?? random) || !/no org id/i.test((own ?? random)?.refusal?.said ?? '')) return undefined;
  if (none?.passed) return undefined;
  return {
    cause: 'overridden',
    verdict: 'bad',
    because: `the header was sent to ${entry}, and did not arrive: something on the way drops it`,
    next: 'let the proxy pass X-Scope-OrgID on, or ask the component directly',
  };
};

/** Who cannot exist holds data: the header does not decide. */
const ignored: Rule = (heard) => {
  const { none, random, own, entry, user } = heard;
  if (!hasData(random) || (own?.holds && !isSame(random, own))) return undefined;
  const off =
    heard.behind === 'multitenancy-off' || (user === undefined && none?.passed === true && !isEnforcing(heard.behind));
  return off
    ? switchedOff(entry)
    : taken(entry, user, `a tenant that cannot exist is answered with ${user ? `${user}’s` : 'somebody’s'} data`);
};

const isEnforcing = (behind: HeaderCause | undefined): boolean => behind === 'enforced' || behind === 'defaulted';

/** Nobody has data, a header or none: with a login it is the user who decides. */
const takenEmpty: Rule = (heard) => {
  const { none, random, own, user, entry } = heard;
  if (user === undefined || !none?.passed || hasData(none) || !isEmpty(random) || !isEmpty(own)) return undefined;
  return taken(entry, user, 'with and without a header all is answered, and empty');
};

/** Without a header it is answered: something puts one in its place. */
const defaulted: Rule = (heard) => {
  const { none, random, defaults, own, entry } = heard;
  if (!none?.passed || none.holds === undefined || random?.holds === undefined || hasData(random)) return undefined;
  const alike = hasData(none) ? [...defaults, ...(own ? [own] : [])].find((told) => isSame(told, none)) : undefined;
  const to = alike?.tenant ?? undefined;
  const guess = defaults[0]?.tenant;
  return {
    cause: 'defaulted',
    verdict: hasData(none) ? 'bad' : 'warn',
    ...(to === undefined ? {} : { to }),
    because: hasData(none)
      ? `${entry} puts ${to ?? 'a tenant'} in the place of a missing header, and there is data: somebody writes without one`
      : `${entry} answers without a header, and empty: it puts a default tenant in its place${guess ? `, likely ${guess}` : ''}`,
    next: hasData(none)
      ? `find who writes without a header: what is in ${to ?? 'the default tenant'} names its job; then let the entry point refuse it`
      : 'an agent without a header would be let in here, and its data would lie with nobody: let the entry point refuse it',
  };
};

const refusedWithout = ({ none, random }: Heard): boolean =>
  isRefused(none) && random?.passed === true && !hasData(random);

/** A missing header is refused here, and yet somebody's data lies in the default tenant. */
const spilled: Rule = (heard) => {
  const spill = heard.defaults.find(hasData);
  if (!refusedWithout(heard) || spill === undefined || heard.own?.tenant === spill.tenant) return undefined;
  return {
    cause: 'enforced',
    verdict: 'bad',
    to: spill.tenant ?? undefined,
    because: `${heard.entry} refuses a missing header, yet ${spill.tenant} holds data: somebody writes by a way that puts it in its place`,
    next: `look at the other entry points, and at who writes: what is in ${spill.tenant} names its job`,
  };
};

const absent: Rule = (heard) => {
  const { own, entry, expected = 'the tenant', knownBy, silentSince } = heard;
  if (!refusedWithout(heard) || !isEmpty(own)) return undefined;
  if (silentSince === undefined && knownBy === undefined)
    return {
      cause: 'unknown-tenant',
      verdict: 'bad',
      because: `${expected} is let in at ${entry} and holds nothing, like a tenant that cannot exist`,
      next: 'check the spelling; then whether the agent sends at all, and as whom: lgtm-tui why',
    };
  return {
    cause: 'silent',
    verdict: 'bad',
    because: `${expected} holds nothing at ${entry}${silentSince ? ` since ${silentSince}` : ''}${knownBy ? `, though it is known by ${knownBy}` : ''}`,
    next: 'look at its agents: lgtm-tui why names the hop',
  };
};

/** It held data once, and nothing new comes. */
const gone: Rule = ({ own, entry, expected = 'the tenant', silentSince, none, random }) => {
  if (silentSince === undefined || !hasData(own) || !refusedWithout({ none, random } as Heard)) return undefined;
  return {
    cause: 'silent',
    verdict: 'bad',
    because: `${expected} holds data at ${entry}, and nothing new since ${silentSince}`,
    next: 'look at its agents: lgtm-tui why names the hop',
  };
};

const enforced: Rule = (heard) => {
  const { own, random, expected } = heard;
  const unasked = own?.refusal?.kind === 'not-recorded' && !own.passed;
  if (!refusedWithout(heard) || !isEmpty(random) || (own !== undefined && !unasked && !hasData(own))) return undefined;
  const proven = hasData(own);
  return {
    cause: 'enforced',
    verdict: proven ? 'good' : 'unknown',
    because: proven
      ? `${heard.entry} refuses a missing header, and gives each tenant its own`
      : `${heard.entry} refuses a missing header; ${unasked ? `nobody asked as ${expected} while it was recorded` : 'with no tenant to ask for'}, so that it gives each its own is not proven`,
    next: proven ? null : 'name a tenant that has data: --tenant',
  };
};

/** A recording that was not made with these probes cannot prove that each is given its own. */
const unproven: Rule = ({ entry, none, random }) =>
  isRefused(none) && random?.refusal?.kind === 'not-recorded'
    ? {
        cause: 'unknown',
        verdict: 'unknown',
        because: `${entry} refuses a missing header; nobody asked as a tenant that cannot exist while it was recorded, so that it gives each its own is not proven`,
        next: 'probe it while it can be reached: lgtm-tui header --record FILE',
      }
    : undefined;

/** Without an answer to these two nothing is told, whatever the tenant itself may read. */
const unanswered: Rule = ({ entry, none, random, own }) => {
  const asked = [none ?? own, random].filter((told) => told !== undefined);
  const [first] = asked.flatMap(({ refusal }) => refusal ?? []);
  if (asked.some(({ passed, refusal }) => passed || refusal?.kind === 'tenant')) return undefined;
  const said = first?.kind === 'not-recorded' ? 'nobody probed it while it was recorded' : first && sayProbe(first);
  return {
    cause: 'unknown',
    verdict: 'unknown',
    because: said === undefined ? `${entry} was not asked` : `${entry} told nothing of the header: ${said}`,
    next:
      first?.kind === 'not-recorded'
        ? 'probe it while it can be reached: lgtm-tui header --record FILE'
        : 'bring the server or the way to it back first, then ask again',
  };
};

const RULES: readonly Rule[] = [
  twoHeaders,
  proxyAuth,
  federationOff,
  malformed,
  dropped,
  ignored,
  takenEmpty,
  defaulted,
  gone,
  spilled,
  absent,
  enforced,
  unproven,
  unanswered,
];
