import { type Federation, judgeFederation } from '../domain/federation.ts';
import { HEADER_SIGNALS, type HeaderSignal, PROBES, type Probe } from '../domain/header-probe.ts';
import { isDefaultTenant } from '../domain/radar.ts';
import type { Fault } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { sayAsked, tenantOf } from './header-probe.ts';
import type { LoadInput } from './view.ts';

export type Federations = Readonly<Record<HeaderSignal, Federation>>;

const UNASKED: Federation = { state: 'unknown', said: 'not asked yet' };
export const NO_FEDERATION: Federations = { metrics: UNASKED, logs: UNASKED, traces: UNASKED };

/** The two names that stand for several tenants: the same whichever is chosen, so that a recording knows them. */
export function bothOf(names: readonly Tenant[]): Tenant | undefined {
  const [left, right] = names.filter((name) => !name.includes('|') && !isDefaultTenant(name)).toSorted();
  return left === undefined || right === undefined ? undefined : tenantOf(`${left}|${right}`);
}

/** One probe as two tenants at once. */
export async function probeBoth(
  { clients, signal }: LoadInput,
  name: HeaderSignal,
  both: Tenant | undefined,
): Promise<Probe | undefined> {
  const [entry] = clients.header.entries(name);
  const [question] = PROBES[name];
  if (both === undefined || entry === undefined || question === undefined) return undefined;
  const answer = await clients.header.ask(entry, question, both, signal);
  const as = { sent: 'expected', tenant: both, asked: sayAsked(question) } as const;
  return answer.ok ? { ...as, status: 200, said: answer.value.said } : { ...as, ...pick(answer.fault) };
}

const pick = ({ kind, status, said }: Fault) => ({ kind, status, said });

/** One probe a backend: does it answer for two known tenants at once? */
export async function federationOf(input: LoadInput, names: readonly Tenant[]): Promise<Federations> {
  const both = bothOf(names);
  const told = await Promise.all(
    HEADER_SIGNALS.map(
      async (name): Promise<[HeaderSignal, Federation]> => [
        name,
        judgeFederation(name, await probeBoth(input, name, both)),
      ],
    ),
  );
  return { ...NO_FEDERATION, ...Object.fromEntries(told) };
}
