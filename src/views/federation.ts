import { type Federation, judgeFederation } from '../domain/federation.ts';
import { HEADER_SIGNALS, type HeaderSignal, PROBES, type Probe } from '../domain/header-probe.ts';
import type { Tenant } from '../domain/tenant.ts';
import { sayAsked, tenantOf } from './header-probe.ts';
import type { LoadInput } from './view.ts';

export type Federations = Readonly<Record<HeaderSignal, Federation>>;

const UNASKED: Federation = { state: 'unknown', said: 'not asked yet' };
export const NO_FEDERATION: Federations = { metrics: UNASKED, logs: UNASKED, traces: UNASKED };

/** One probe a backend, as two tenants that are known: does it answer for both at once? */
export async function federationOf({ clients, signal }: LoadInput, names: readonly Tenant[]): Promise<Federations> {
  // The same two whichever tenant is chosen: a recording then knows them.
  const [left, right] = names.filter((name) => !name.includes('|')).toSorted();
  const both = left === undefined || right === undefined ? undefined : tenantOf(`${left}|${right}`);
  const told = await Promise.all(
    HEADER_SIGNALS.map(async (name): Promise<[HeaderSignal, Federation]> => {
      const [entry] = clients.header.entries(name);
      const [question] = PROBES[name];
      if (both === undefined || entry === undefined || question === undefined)
        return [name, judgeFederation(name, undefined)];
      const answer = await clients.header.ask(entry, question, both, signal);
      const probe: Probe = answer.ok
        ? { sent: 'expected', tenant: both, asked: sayAsked(question), status: 200, said: answer.value.said }
        : { sent: 'expected', tenant: both, asked: sayAsked(question), ...answer.fault };
      return [name, judgeFederation(name, probe)];
    }),
  );
  return { ...NO_FEDERATION, ...Object.fromEntries(told) };
}
