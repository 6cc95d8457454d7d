import { DEFAULT_TENANTS } from '../domain/header-probe.ts';
import type { Backend } from '../domain/result.ts';
import { backendOfComponent } from './component.ts';
import type { EntryHead } from './entry.ts';
import { type TapeHeader, tenantOf } from './header.ts';
import { type Block, isById } from './shelf.ts';

/** Adds up what entries tell of a tape: who was asked, as whom, from when to when. */
export function makeSummary(): { add(head: EntryHead): void; header(context: string): TapeHeader | undefined } {
  const backends = new Set<Backend>();
  const tenants = new Set<string>();
  let fromUnix = Number.POSITIVE_INFINITY;
  let toUnix = Number.NEGATIVE_INFINITY;
  return {
    add(head) {
      const backend = backendOfComponent(head.component);
      if (backend && !head.exact) backends.add(backend);
      if (head.tenant !== null && !head.exact) tenants.add(head.tenant);
      fromUnix = Math.min(fromUnix, head.atUnix);
      toUnix = Math.max(toUnix, head.atUnix);
    },
    header: (context) =>
      toUnix < fromUnix
        ? undefined
        : {
            backends: [...backends],
            context,
            tenants: ownTenants([...tenants]).flatMap(tenantOf),
            fromUnix,
            toUnix,
            atUnix: toUnix,
          },
  };
}

/** Whoever was asked as only to see how a missing header or two tenants are treated is nobody's name, unless no other is there. */
function ownTenants(names: readonly string[]): readonly string[] {
  const single = names.filter((name) => !name.includes('|'));
  const own = single.filter((name) => !DEFAULTS.has(name));
  return own.length > 0 ? own : single;
}

const DEFAULTS = new Set(Object.values(DEFAULT_TENANTS).flat());

/** The same for blocks that were read, with every key but those of single traces. */
export function summarize(
  blocks: readonly Block[],
  context: string,
): { header: TapeHeader | undefined; keys: readonly string[] } {
  const summary = makeSummary();
  const keys = new Set<string>();
  for (const [key, entries] of blocks.flatMap((block) => [...(block.entries ?? [])])) {
    for (const entry of entries) summary.add(entry);
    if (entries.some((entry) => !isById(entry))) keys.add(key);
  }
  return { header: summary.header(context), keys: [...keys] };
}
