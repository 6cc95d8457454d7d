declare const brand: unique symbol;

/** A value that may be sent as X-Scope-OrgID; made only by `parseTenant`. */
export type Tenant = string & { readonly [brand]: true };

/** Bytes a tenant id may have. Source: dskit tenant/tenant.go, MaxTenantIDLength. */
export const TENANT_BYTES_MAX = 150;

const ALLOWED = /^[A-Za-z0-9!_.*'()-]$/;

/**
 * Parse one tenant, or several joined by `|`.
 *
 * Fails:  with a sentence that names the rule that is broken; nothing is sent with a tenant that did not parse.
 * Source: dskit tenant/tenant.go, ValidTenantID; `a|a` is `a` there too.
 */
export function parseTenant(text: string): { ok: true; tenant: Tenant } | { ok: false; because: string } {
  const parts = [...new Set(text.split('|'))];
  for (const part of parts) {
    const because = brokenRule(part);
    if (because) return { ok: false, because };
  }
  return { ok: true, tenant: parts.join('|') as Tenant };
}

/** The single tenants that a value stands for. */
export const tenantParts = (tenant: Tenant): readonly Tenant[] => tenant.split('|').map((part) => part as Tenant);

function brokenRule(part: string): string | undefined {
  if (part === '') return 'a tenant id may not be empty';
  if (part === '.' || part === '..') return `a tenant id may not be "${part}"`;
  const bytes = new TextEncoder().encode(part).length;
  if (bytes > TENANT_BYTES_MAX) return `a tenant id may have ${TENANT_BYTES_MAX} bytes, this one has ${bytes}`;
  for (const character of part)
    if (!ALLOWED.test(character))
      return `a tenant id may not contain ${JSON.stringify(character)}: letters, digits and !_.*'()- only`;
  return undefined;
}
