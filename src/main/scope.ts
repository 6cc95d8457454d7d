import type { Config } from '../config.ts';
import { nextStep, sayFault } from '../domain/faults.ts';
import type { Fault } from '../domain/result.ts';
import { parseTenant, type Tenant } from '../domain/tenant.ts';
import type { Opened } from './opened.ts';

/** Whose data to show, with a sentence about what was found on the way; or why that is not known. */
export type Scope =
  | { readonly ok: true; readonly tenants: readonly Tenant[]; readonly note?: string }
  | { readonly ok: false; readonly because: string; readonly wrong: boolean; readonly many?: true };

/** Tenants that Mimir itself knows, at most so many: each is asked on its own. */
const FOUND_MAX = 20;
const PATIENCE_MS = 3_000;

/**
 * Whose data to show: those that were named, those of the recording, those that Mimir lists.
 *
 * Fails: with a sentence that asks for `--tenant` (`wrong`), or that says why nobody could be asked.
 */
export async function scopeOf(config: Config, opened: Opened): Promise<Scope> {
  const { clients, tenants, recording } = opened;
  if (config.tenants.length > 0) return { ok: true, tenants: config.tenants };
  if (tenants.length > 0) return { ok: true, tenants };
  if (recording) return ask('the recording names no tenant');
  if (!clients.sources.some(({ backend }) => backend === 'mimir')) return ask('whose data is not known');
  const listed = await clients.mimirAdmin.allUserStats(AbortSignal.timeout(PATIENCE_MS));
  if (!listed.ok && shutsEverybodyOut(listed.fault))
    return { ok: false, because: `${sayFault(listed.fault)}; next: ${nextStep(listed.fault)}`, wrong: false };
  const found = (listed.ok ? listed.value : []).flatMap(({ tenant }) => {
    const parsed = parseTenant(tenant);
    return parsed.ok ? [parsed.tenant] : [];
  });
  if (found.length === 0) return ask('whose data is not known, and Mimir lists no tenants');
  const user = found.find((tenant) => tenant === opened.user);
  if (user !== undefined && found.length > 1 && (await answersAnybody(opened))) {
    const note = `the way in takes its user for the tenant: only ${user} can be seen with this login, whatever is asked`;
    return { ok: true, tenants: [user], note };
  }
  if (found.length > FOUND_MAX)
    return { ...ask(`Mimir lists ${found.length} tenants, ${found.slice(0, 5).join(', ')} among them`), many: true };
  return { ok: true, tenants: found };
}

const ask = (because: string): Extract<Scope, { ok: false }> => ({
  ok: false,
  because: `${because}: name one with --tenant, such as --tenant production`,
  wrong: true,
});

/** A list that is not served leaves the rest open; these do not. */
const shutsEverybodyOut = ({ kind, said }: Fault): boolean =>
  kind === 'unreachable' ||
  kind === 'auth' ||
  kind === 'timeout' ||
  // Not this list is forbidden, but the way through the cluster: another tenant would not help.
  (kind === 'forbidden' && /cannot \w+ resource/.test(said));

/**
 * Is a tenant that nobody has answered all the same? Then the header does not decide, and the same rows would stand
 * there under each tenant's name.
 */
async function answersAnybody({ clients, clock }: Opened): Promise<boolean> {
  const nobody = parseTenant('lgtm-tui-asks-who-decides');
  if (!nobody.ok) return false;
  const any = 'group({__name__=~"up|target_info|traces_spanmetrics_calls_total"})';
  const answer = await clients.mimir(nobody.tenant).query(any, clock.now(), AbortSignal.timeout(PATIENCE_MS));
  return answer.ok && answer.value.length > 0;
}
