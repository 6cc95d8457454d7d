import type { HeaderProbes } from '../clients/header.ts';
import { DEFAULT_TENANTS, PROBES, type Probe, type ProbeQuestion, type SentAs } from '../domain/header-probe.ts';
import type { Origin } from '../domain/result.ts';
import { parseTenant, type Tenant } from '../domain/tenant.ts';

type EntryPoint = ReturnType<HeaderProbes['entries']>[number];

/** What one entry point answered to all probes. */
export interface Probed {
  readonly probes: readonly Probe[];
  /** Of the first that was answered. */
  readonly origin?: Origin;
}

export interface Whose {
  readonly expected?: Tenant;
  /** Names of somebody who cannot exist, the first that a recording knows. */
  readonly random: readonly Tenant[];
}

/** Names that the recordings asked as. */
const RECORDED_NOBODY = ['nobody-7f3a', 'nobody'];

/** Somebody who cannot exist. The others are asked only where a recording does not know that one. */
export const nobody = ({ stranger }: Pick<HeaderProbes, 'stranger'>): readonly Tenant[] =>
  [stranger, ...RECORDED_NOBODY].flatMap((name) => tenantOf(name) ?? []);

export function tenantOf(name: string): Tenant | undefined {
  const parsed = parseTenant(name);
  return parsed.ok ? parsed.tenant : undefined;
}

/**
 * Ask one entry point as nobody, as somebody who cannot exist, as whom one expects and as the defaults. Only reads.
 *
 * Fails: never; a refusal is what is looked for, and stands among the probes.
 */
export async function probeEntry(
  header: HeaderProbes,
  entry: EntryPoint,
  { expected, random }: Whose,
  signal: AbortSignal,
): Promise<Probed> {
  const defaults = DEFAULT_TENANTS[entry.signal].flatMap((name) => tenantOf(name) ?? []);
  const asked = await Promise.all([
    probeAs(header, entry, 'none', null, signal),
    probeAsNobody(header, entry, random, signal),
    ...(expected === undefined ? [] : [probeAs(header, entry, 'expected', expected, signal)]),
    ...defaults
      .filter((tenant) => tenant !== expected)
      .map((tenant) => probeAs(header, entry, 'default', tenant, signal)),
  ]);
  // A default that nobody asked for while it was recorded proves nothing, and is no evidence either.
  const kept = asked.filter(({ probes }) => !probes.some((probe) => probe.sent === 'default' && isUnrecorded(probe)));
  return {
    probes: kept.flatMap(({ probes }) => probes),
    origin: asked.find(({ origin }) => origin !== undefined)?.origin,
  };
}

const isUnrecorded = ({ kind }: Probe): boolean => kind === 'not-recorded';

async function probeAsNobody(
  header: HeaderProbes,
  entry: EntryPoint,
  names: readonly Tenant[],
  signal: AbortSignal,
): Promise<Probed> {
  let last: Probed = { probes: [] };
  for (const name of names) {
    last = await probeAs(header, entry, 'random', name, signal);
    if (!last.probes.some(isUnrecorded)) return last;
  }
  return last;
}

/** Until it is refused, or seen to hold something: what is heavier is asked only where what is light told nothing. */
async function probeAs(
  header: HeaderProbes,
  entry: EntryPoint,
  sent: SentAs,
  tenant: Tenant | null,
  signal: AbortSignal,
): Promise<Probed> {
  const probes: Probe[] = [];
  let origin: Origin | undefined;
  for (const question of PROBES[entry.signal]) {
    const answer = await header.ask(entry, question, tenant, signal);
    const asked = sayAsked(question);
    if (!answer.ok) {
      const { kind, status, said } = answer.fault;
      // What holds data by one question need not answer another on a recording.
      if (kind === 'not-recorded' && probes.length > 0) continue;
      return { probes: [...probes, { sent, tenant, asked, kind, status, said }], origin };
    }
    origin ??= answer.origin;
    probes.push({ sent, tenant, asked, status: 200, ...answer.value });
    if ((answer.value.holds?.length ?? 0) > 0) break;
  }
  return { probes, origin };
}

export const sayAsked = ({ path, params }: ProbeQuestion): string =>
  params.length === 0 ? path : `${path}?${params.map(([name, value]) => `${name}=${value}`).join('&')}`;
