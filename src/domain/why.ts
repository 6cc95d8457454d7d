import { nextStep, sayFault } from './faults.ts';
import type { HeaderSignal } from './header-probe.ts';
import type { HeaderVerdict } from './header-told.ts';
import type { QueueRow } from './queues-sight.ts';
import type { Fault } from './result.ts';
import { judgeSignal, type Signal } from './signals.ts';
import { formatAge, formatDuration, formatRate } from './units.ts';
import { blind, good, type WhyHop, type WhyHopId } from './why-hop.ts';

/** A station that nobody could be asked about. */
export const blindBy = (hop: WhyHopId, fault: Fault): WhyHop => blind(hop, sayFault(fault), nextStep(fault));

/** Does the agents' queue deliver? The worst of them decides. */
export function agentQueueHop(rows: readonly QueueRow[], signal: HeaderSignal): WhyHop {
  const hop = 'agent-queue';
  const [worst] = rows;
  if (worst === undefined)
    return blind(hop, `no queue of its agents was seen for ${signal}`, 'the agents must be reached: lgtm-tui queues');
  const { verdict, cause, because, next } = worst.judged;
  const said = `${worst.component} of ${worst.agent}: ${because}`;
  return { hop, verdict, cause: verdict === 'good' ? 'none' : cause, because: said, next: next ?? null };
}

/** What stands before the component, from what it does with the header. */
export function gatewayHop(judged: readonly HeaderVerdict[]): WhyHop {
  const hop = 'gateway';
  const broken = judged.find(({ cause }) => IN_THE_WAY.includes(cause));
  if (broken) return { ...pick(broken), hop, verdict: 'bad' };
  const proxy = judged.find(({ cause }) => cause === 'proxy-auth');
  if (proxy) return { ...pick(proxy), hop, verdict: 'bad' };
  const passing = judged.filter(({ cause }) => PASSES.includes(cause));
  const defaulting = passing.find(({ cause }) => cause === 'defaulted');
  if (defaulting) return { ...pick(defaulting), hop, verdict: 'warn' };
  const [first] = judged;
  if (passing.length > 0) return good(hop, 'the header arrives as it was sent, and a missing one is refused');
  return blind(hop, first?.because ?? 'no way in was asked', first?.next ?? null);
}

const pick = ({ cause, because, next }: HeaderVerdict) => ({ cause, because, next });

const IN_THE_WAY: readonly HeaderVerdict['cause'][] = [
  'overridden',
  'two-headers',
  'malformed',
  'federation-off',
  'multitenancy-off',
];
const PASSES: readonly HeaderVerdict['cause'][] = ['enforced', 'defaulted', 'unknown-tenant', 'silent'];

/** Does the database hold anything of the tenant, now or at any time? `probed`: what the plain way in says. */
export function componentHop(
  tenant: string,
  newest: Signal,
  probed: HeaderVerdict | undefined,
  fault: Fault | undefined,
): WhyHop {
  const hop = 'component';
  if (newest.ageSeconds !== undefined) return good(hop, `holds data of ${tenant}`);
  if (probed && (probed.cause === 'unknown-tenant' || probed.cause === 'silent'))
    return {
      ...pick(probed),
      hop,
      verdict: 'bad',
      next:
        probed.cause === 'silent'
          ? 'look at its agents: lgtm-tui agents says whether they run, queues whether they deliver'
          : 'check the spelling, and look at its agents: lgtm-tui tenants lists who there is, and who sends without a header',
    };
  if (fault)
    return fault.kind === 'not-recorded'
      ? blindBy(hop, fault)
      : { ...blindBy(hop, fault), verdict: 'bad', cause: fault.kind };
  return newest.asked ? good(hop, 'answers') : blind(hop, 'was not asked');
}

/** What is thrown away on arrival. `discards`: reason to units a second; undefined: nobody tells. `arrives`: anything does. */
export function limitsHop(
  signal: HeaderSignal,
  discards: ReadonlyMap<string, number> | undefined,
  arrives: boolean,
): WhyHop {
  const hop = 'limits';
  if (discards === undefined)
    return blind(
      hop,
      `what is thrown away of ${signal} is not known`,
      'only the tenant that holds the stack’s own metrics knows',
    );
  const worst = [...discards].filter(([, perSecond]) => perSecond > 0).sort((left, right) => right[1] - left[1]);
  const [first] = worst;
  if (first === undefined)
    return arrives
      ? good(hop, 'nothing is thrown away')
      : blind(hop, `nothing is thrown away, for nothing of its ${signal} is seen to arrive`);
  return {
    ...{ hop, verdict: LOSES.test(first[0]) || !arrives ? 'bad' : 'warn', cause: first[0] },
    because: `on arrival ${worst.map(([reason, perSecond]) => `${formatRate(perSecond)} are thrown away as ${reason}`).join(', ')}`,
    next:
      signal === 'metrics'
        ? 'lgtm-tui cardinality and limits name the offender; drop it first, then raise the limit'
        : `find what sends so much of ${signal}; drop it at the agent first, then raise the limit`,
  };
}

/** Reasons that throw good data away; others mostly say that it came twice, too late or broken. */
const LOSES = /limit|exceeded|blocked|missing|too_large|max_/;

/** How old the newest is. */
export function delayHop(signal: HeaderSignal, newest: Signal): WhyHop {
  const hop = 'ingestion-delay';
  if (!newest.asked) return blind(hop, `the newest of its ${signal} could not be asked`);
  if (newest.ageSeconds === undefined)
    return {
      ...{ hop, verdict: 'bad', cause: 'silent' },
      because: `no ${signal} in the window that was asked`,
      next: 'widen --since to see when it fell silent; then look at its agents',
    };
  const age = formatAge(newest.ageSeconds);
  if (judgeSignal(newest) === 'good') return good(hop, `the newest is ${newest.atMost ? 'at most ' : ''}${age} old`);
  return {
    ...{ hop, verdict: 'bad', cause: 'late' },
    because: `the newest is ${age} old: it stopped then, or is that late`,
    next: 'lgtm-tui queues tells whether its agent is behind',
  };
}

/** Whether what is asked for is still kept. Seconds; 0: for ever. */
export function retentionHop(keptSeconds: number | undefined, windowSeconds: number): WhyHop {
  const hop = 'retention';
  if (keptSeconds === undefined) return blind(hop, 'how long it is kept is not told');
  if (keptSeconds === 0) return good(hop, 'kept for ever');
  if (windowSeconds <= keptSeconds) return good(hop, `kept for ${formatDuration(keptSeconds)}`);
  return {
    ...{ hop, verdict: 'warn', cause: 'expired' },
    because: `${formatDuration(windowSeconds)} are asked for, and only ${formatDuration(keptSeconds)} are kept`,
    next: 'ask for less: --since',
  };
}

/** Whether the window that is asked holds the newest. */
export function windowHop(newest: Signal, windowSeconds: number): WhyHop {
  const hop = 'query-window';
  if (newest.ageSeconds === undefined) return blind(hop, 'where the newest lies is not known');
  if (newest.ageSeconds <= windowSeconds) return good(hop, `the last ${formatDuration(windowSeconds)} hold data`);
  return {
    ...{ hop, verdict: 'bad', cause: 'outside' },
    because: `the newest is ${formatAge(newest.ageSeconds)} old, and ${formatDuration(windowSeconds)} are asked for`,
    next: `widen the window: --since ${formatDuration(Math.ceil(newest.ageSeconds / 60 + 1) * 60)}`,
  };
}
